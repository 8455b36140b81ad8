import ctypes, numpy as np
tepui = ctypes.CDLL("libtepui.so")
tepui.tepui_name.restype = ctypes.c_char_p
i64, ptr, ref = ctypes.c_int64, lambda a: a.ctypes.data_as(ctypes.c_void_p), ctypes.byref
def handle(function, *arguments):
    out = ctypes.c_void_p()
    assert getattr(tepui, function)(*arguments, ref(out)) == 0
    return out

x = np.linspace(-2, 2, 50).reshape(-1, 1)
y = np.sin(x[:, 0])
context = handle("tepui_context_create")
tanh = handle("tepui_activation_create_named", context, b"tanh")
data = handle("tepui_dataset_create", context, i64(50), i64(1), ptr(x), i64(1), ptr(y), None, 0)
fits = handle("tepui_solve", context, data, tanh, i64(1))
tepui.tepui_solution_point.restype = ctypes.c_void_p
best = ctypes.c_void_p(tepui.tepui_solution_point(fits, i64(0)))
point = handle("tepui_analyze", context, data, best)
for gamma in ([0.4, 0.6], [1.5, -0.5]):
    split = handle("tepui_classify_split", context, point, i64(0), i64(2), ptr(np.array(gamma)))
    print(gamma, tepui.tepui_name(1, tepui.tepui_split_verdict_verdict(split)).decode())
