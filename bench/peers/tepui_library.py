"""The few functions of libtepui that the comparison calls, through ctypes and NumPy arrays, without a copy."""

import ctypes
from ctypes import byref, c_char_p, c_double, c_int32, c_int64, c_void_p

import numpy as np

INFO_ISA, INFO_BLAS, INFO_BLAS_KERNELS, INFO_BLAS_REMEDY = 1, 4, 5, 8
OPTION_THREADS, OPTION_STATIONARITY, OPTION_ANALYSIS_SCOPE = 100, 200, 240
SCOPE_NEURONS = 2
BORROW = 0


def pointer(array):
    assert array.dtype == np.float64 and array.flags.c_contiguous
    return array.ctypes.data_as(c_void_p)


class Library:
    def __init__(self, path, threads):
        self.library = ctypes.CDLL(path)
        self.library.tepui_context_message.restype = c_char_p
        self.library.tepui_version.restype = c_char_p
        self.context = c_void_p()
        status = self.library.tepui_context_create(byref(self.context))
        assert status == 0, status
        self.call("tepui_context_set_integer", c_int32(OPTION_THREADS), c_int64(threads))

        # Any point will do to time verdicts at.
        self.call("tepui_context_set_real", c_int32(OPTION_STATIONARITY), c_double(1.0))
        self.call("tepui_context_set_integer", c_int32(OPTION_ANALYSIS_SCOPE), c_int64(SCOPE_NEURONS))

    def call(self, name, *arguments):
        status = getattr(self.library, name)(self.context, *arguments)
        if status != 0:
            raise RuntimeError(f"{name}: {self.library.tepui_context_message(self.context).decode()}")

    def handle(self, name, *arguments):
        made = c_void_p()
        self.call(name, *arguments, byref(made))
        return made

    def info(self, item):
        text = c_char_p()
        self.call("tepui_info", c_int32(item), byref(text))
        return text.value.decode()


class Problem:
    """A network on a table; the arrays are the caller's and outlive this object."""

    def __init__(self, library, x, y, w, a):
        self.library = library
        self.n, self.d = x.shape
        self.m = len(a)
        activation = library.handle("tepui_activation_create_named", c_char_p(b"tanh"))
        self.dataset = library.handle("tepui_dataset_create", c_int64(self.n), c_int64(self.d), pointer(x), c_int64(self.d),
                                      pointer(y), None, c_int32(BORROW))
        self.network = library.handle("tepui_network_create", activation, c_int64(self.m), c_int64(self.d), pointer(w),
                                      c_int64(self.d), pointer(a))

    def inner_hessians(self):
        result = np.empty((self.m, self.d, self.d))
        self.library.call("tepui_inner_hessians", self.dataset, self.network, pointer(result))
        return result

    def loss_and_gradient(self):
        loss = c_double()
        gradient = np.empty(self.m * (self.d + 1))
        self.library.call("tepui_gradient", self.dataset, self.network, byref(loss), pointer(gradient), None)
        return loss.value, gradient

    def hessian(self):
        order = self.m * (self.d + 1)
        result = np.empty((order, order))
        self.library.call("tepui_hessian", self.dataset, self.network, pointer(result), c_int64(order))
        return result

    def verdicts(self):
        """1 positive definite, 2 negative definite, 3 indefinite, ... for every neuron."""
        analysis = self.library.handle("tepui_analyze", self.dataset, self.network)
        result = np.zeros(self.m, dtype=int)
        report, definiteness = c_void_p(), c_int64()
        self.library.call("tepui_analysis_report", analysis, byref(report))
        for neuron in range(self.m):
            path = f"neurons/{neuron}/definiteness".encode()
            self.library.call("tepui_report_integer", report, c_char_p(path), byref(definiteness))
            result[neuron] = definiteness.value
        self.library.library.tepui_analysis_destroy(analysis)
        return result

    def eigen(self, matrices):
        count, d, _ = matrices.shape
        values, vectors = np.empty((count, d)), np.empty((count, d, d))
        self.library.call("tepui_symmetric_eigen", c_int64(count), c_int64(d), pointer(matrices), pointer(values),
                          pointer(vectors))
        return values, vectors
