"""Models of include/tepui/models.h through ctypes: their loss, gradient and Hessian, and the verdict on a point."""

import ctypes
import json
import os

import numpy as np

lib = ctypes.CDLL(os.environ["TEPUI_LIBRARY"])
lib.tepui_context_message.restype = ctypes.c_char_p
lib.tepui_model_verdict_layer.restype = ctypes.c_void_p
pointer, int64, double = ctypes.c_void_p, ctypes.c_int64, ctypes.c_double
BIAS, MEAN_LOSS = 2, 4  # tepui_dataset_flags
OUTPUT_BIAS, SKIP = 1, 2  # tepui_model_flags
LOSSES = {"squared": 1, "logistic": 2, "softmax": 3, "poisson": 4}
STATIONARITY = 200  # TEPUI_OPTION_STATIONARITY
LossFunction = ctypes.CFUNCTYPE(ctypes.c_int32, pointer, int64, int64, *[ctypes.POINTER(double)] * 5)


def array(values):
    return None if values is None else values.ctypes.data_as(pointer)


class Model:
    """x[n][inputs], y[n][K], a network of m neurons with biases, and decay of W, hidden biases, a, output biases, C. loss: a
    name, or a function of (f, y) that gives values [n], gradients [n][K] and Hessians [n][K][K]."""

    def __init__(self, x, y, m, loss, activation="sigmoid", weights=None, mean=False, skip=False, decay=None):
        self.context = pointer()
        assert lib.tepui_context_create(ctypes.byref(self.context)) == 0
        x, y = np.ascontiguousarray(x, float), np.ascontiguousarray(y, float)
        self.kept = x, y, None if weights is None else np.ascontiguousarray(weights, float)
        n, inputs = x.shape
        self.m, self.d, self.outputs, self.skip = m, inputs + 1, y.shape[1], skip
        self.data = self.made("tepui_dataset_create", int64(n), int64(inputs), array(x), int64(inputs), None,
                              array(self.kept[2]), ctypes.c_int32(BIAS + MEAN_LOSS * mean))
        if callable(loss):
            self.function = LossFunction(self.in_arrays(loss))
            self.call("tepui_dataset_set_custom_loss", self.data, self.function, None, ctypes.c_int32(0),
                      int64(self.outputs), array(y))
        else:
            self.call("tepui_dataset_set_targets", self.data, ctypes.c_int32(LOSSES[loss]), double(0), int64(self.outputs),
                      array(y))
        if decay is not None:
            self.call("tepui_dataset_set_decay", self.data, *[double(one) for one in decay])
        self.activation = self.made("tepui_activation_create_named", activation.encode())
        # With a bias input, the output biases are the last column of the skip connections.
        self.flags = ctypes.c_int32(SKIP if skip else OUTPUT_BIAS)
        self.count = m * self.d + (m + (self.d if skip else 1)) * self.outputs

    @staticmethod
    def in_arrays(loss):
        def function(_, count, outputs, f, y, value, gradient, hessian):
            shapes = (count, outputs), (count, outputs), (count,), (count, outputs), (count, outputs, outputs)
            f, y, *filled = [np.ctypeslib.as_array(one, shape) for one, shape in zip((f, y, value, gradient, hessian), shapes)]
            for one, numbers in zip(filled, loss(f, y)):
                one[...] = numbers
            return 0
        return function

    def call(self, name, *arguments):
        if getattr(lib, name)(self.context, *arguments) != 0:
            raise RuntimeError(f"{name}: {lib.tepui_context_message(self.context).decode()}")

    def made(self, name, *arguments):
        handle = pointer()
        self.call(name, *arguments, ctypes.byref(handle))
        return handle

    def report(self, name, handle):
        report, text = pointer(), ctypes.c_char_p()
        self.call(name, handle, ctypes.byref(report))
        self.call("tepui_report_json", report, ctypes.byref(text))
        return json.loads(text.value)

    def network(self, theta):
        theta = np.ascontiguousarray(theta, float)
        assert len(theta) == self.count
        return self.made("tepui_network_create_model", self.activation, int64(self.m), int64(self.d), int64(self.outputs),
                         self.flags, array(theta))

    def derivatives(self, theta):
        """Loss, gradient, Hessian."""
        objective = self.made("tepui_objective_create", self.data, self.network(theta))
        loss, gradient, hessian = double(), np.empty(self.count), np.empty((self.count, self.count))
        self.call("tepui_objective_hessian", objective, array(np.ascontiguousarray(theta, float)), ctypes.byref(loss),
                  array(gradient), array(hessian), int64(self.count))
        lib.tepui_objective_destroy(objective)
        return loss.value, gradient, hessian

    def classify(self, theta, stationarity=1e-8):
        self.call("tepui_context_set_real", ctypes.c_int32(STATIONARITY), double(stationarity))
        verdict = self.made("tepui_classify_model", self.data, self.network(theta))
        return verdict, self.report("tepui_model_verdict_report", verdict)

    def split(self, verdict, neuron, gamma):
        """Of one neuron of the point's layer."""
        split = self.made("tepui_classify_layer_split", pointer(lib.tepui_model_verdict_layer(verdict)), int64(neuron),
                          int64(len(gamma)), array(np.asarray(gamma, float)))
        return self.report("tepui_layer_split_report", split)


def on_all_parameters(report):
    """Morse index and nullity of the whole Hessian."""
    return report["whole"]["morse_index"], report["whole"]["nullity"]
