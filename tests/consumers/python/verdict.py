"""tepui from Python with ctypes and NumPy arrays, without a copy.

Plants a stationary point (MATH.md section 11): the residual is taken from the null space of the Jacobian, so that the
point is stationary by construction, and such that the neuron's inner Hessian is a wanted matrix. Then asks for the
verdict on the point and on splits, and checks them against the wide network's Hessian.
"""

import ctypes
import json
import sys

import numpy as np

library = ctypes.CDLL(sys.argv[1])
int64, pointer = ctypes.c_int64, ctypes.c_void_p
library.tepui_context_message.restype = ctypes.c_char_p
library.tepui_network_parameters.restype = ctypes.POINTER(ctypes.c_double)
library.tepui_network_parameter_count.restype = int64

context = pointer()
assert library.tepui_context_create(ctypes.byref(context)) == 0
WAYS_DOWN, ALL = 257, 1  # TEPUI_OPTION_WAYS_DOWN, TEPUI_WAYS_DOWN_ALL
assert library.tepui_context_set_integer(context, WAYS_DOWN, int64(ALL)) == 0


def array(values):
    """The address of a C-contiguous array of doubles: what the library reads or writes is the array itself."""
    assert values.dtype == np.float64 and values.flags.c_contiguous
    return values.ctypes.data_as(pointer)


def call(function, *arguments):
    status = getattr(library, function)(context, *arguments)
    if status != 0:
        raise RuntimeError(f"{function}: {library.tepui_context_message(context).decode()}")


def report(kind, handle):
    """All that is known of a result."""
    told, text = pointer(), ctypes.c_char_p()
    call(f"tepui_{kind}_report", handle, ctypes.byref(told))
    call("tepui_report_json", told, ctypes.byref(text))
    return json.loads(text.value)


def made(function, *arguments):
    handle = pointer()
    call(function, *arguments, ctypes.byref(handle))
    return handle


def dataset(x, y):
    return made("tepui_dataset_create", int64(len(x)), int64(x.shape[1]), array(x), int64(x.shape[1]), array(y), None, 0)


rng = np.random.default_rng(5)
n, d = 24, 3
x = rng.normal(size=(n, d))
w, a = rng.normal(size=d), 1.3
t = np.tanh(x @ w)
jacobian = np.column_stack([a * (1 - t**2)[:, None] * x, t])
# The shortest residual with J^T r = 0 and inner Hessian a sum_k r_k sigma''(z_k) x_k x_k^T = wanted: a linear system.
wanted = np.diag([1.0, 2.0, 3.0])
entries = [(i, j) for i in range(d) for j in range(i + 1)]
inner_rows = np.array([a * -2 * t * (1 - t**2) * x[:, i] * x[:, j] for i, j in entries])
system = np.vstack([jacobian.T, inner_rows])
right = np.concatenate([np.zeros(d + 1), [wanted[i, j] for i, j in entries]])
r = np.linalg.lstsq(system, right, rcond=None)[0]
epsilon = 1e-3
y = a * t - epsilon * r

tanh = made("tepui_activation_create_named", b"tanh")
network = made("tepui_network_create", tanh, int64(1), int64(d), array(w), int64(d), array(np.array([a])))
data = dataset(x, y)
point = made("tepui_analyze", data, network)
verdict = report("analysis", point)["verdict"]
print("the planted point:", verdict)
assert verdict == "local_minimum"

inner = np.empty((d, d))
call("tepui_inner_hessian", data, network, int64(0), array(inner), int64(d))
assert np.allclose(inner, epsilon * wanted, rtol=0, atol=1e-10 * epsilon)

for gamma in ([0.4, 0.6], [0.2, 0.3, 0.5], [1.5, -0.5], [2.0, -0.5, -0.5], [0.75, 0.75, -0.5]):
    gamma = np.array(gamma)
    size = int64(len(gamma))
    split = made("tepui_classify_split", point, int64(0), size, array(gamma))
    answer = report("split_verdict", split)["verdict"]
    told = report("split_verdict", split)
    index, nullity = told["morse_index"], told["nullity"]

    wide = made("tepui_split", network, int64(0), size, array(gamma))
    count = library.tepui_network_parameter_count(wide)
    # The parameters are a view of the library's own memory.
    parameters = np.ctypeslib.as_array(library.tepui_network_parameters(wide), (count,))
    assert np.array_equal(parameters[-len(gamma) :], gamma * a)
    hessian = np.empty((count, count))
    call("tepui_hessian", data, wide, array(hessian), int64(count))
    spectrum = np.linalg.eigvalsh(hessian)
    tolerance = 1e-10 * spectrum[-1]
    print(f"gamma {gamma}: {answer}, Morse index {index}, nullity {nullity}")
    assert index == np.sum(spectrum < -tolerance)
    assert nullity == np.sum(abs(spectrum) <= tolerance)
    assert answer == ("local_minimum" if np.all(gamma > 0) else "saddle")
    if answer == "saddle":
        measured, predicted = told["witness"]["measured"], told["witness"]["predicted"]
        print(f"    the loss falls by {-measured:.3e} where {-predicted:.3e} is predicted")
        assert measured < 0
    library.tepui_network_destroy(wide)
    library.tepui_split_verdict_destroy(split)

# Borrowed means borrowed: the library reads these very arrays.
loss = ctypes.c_double()
call("tepui_loss", data, network, ctypes.byref(loss))
assert np.isclose(loss.value, 0.5 * epsilon**2 * r @ r)
y += epsilon * r
call("tepui_loss", data, network, ctypes.byref(loss))
assert loss.value < 1e-25

# A refusal names the argument, the place and the value.
x[4, 1] = np.nan
try:
    dataset(x, y)
    raise AssertionError("NaN was accepted")
except RuntimeError as error:
    print(error)
    assert "x[4][1] is nan" in str(error)

for kind, handle in (("analysis", point), ("dataset", data), ("network", network), ("activation", tanh)):
    getattr(library, f"tepui_{kind}_destroy")(handle)
library.tepui_context_destroy(context)
print("all checks passed")
