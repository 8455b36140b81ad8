"""The whole Hessian of a softmax network against the same in NumPy, block by block, in turns in one run.

    python compare_models.py --library build/libtepui.so [--threads 2] [--shape m,d,K,n] [--repetitions 7]

Results are compared before anything is timed. Wall clock; medians.
"""

import argparse
import ctypes
import os
import sys
import time

from compare_peers import hold_to, median, start_with_good_blas_kernels


def softmax_hessian(x, labels, w, a):
    """Of logsumexp(f) - f_label, f = tanh(x W^T) A: blocks over W, between W and A, and over A."""
    import numpy as np

    n, d = x.shape
    m, outputs = a.shape
    u = np.tanh(x @ w.T)
    first = 1.0 - u * u
    second = -2.0 * u * first
    f = u @ a
    p = np.exp(f - f.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    g = p.copy()
    g[np.arange(n), labels] -= 1.0
    mean = p @ a.T  # p . a_i
    turned = p[:, None, :] * (a[None, :, :] - mean[:, :, None])  # G a_i
    order = m * (d + outputs)
    result = np.empty((order, order))
    bend = (g @ a.T) * second
    for i in range(m):
        for l in range(i + 1):
            c = np.einsum("ko,o->k", turned[:, i], a[l]) * first[:, i] * first[:, l]
            if i == l:
                c += bend[:, i]
            block = (x * c[:, None]).T @ x
            result[i * d:(i + 1) * d, l * d:(l + 1) * d] = block
            result[l * d:(l + 1) * d, i * d:(i + 1) * d] = block.T
    at = m * d
    for i in range(m):
        slope = (first[:, i, None] * g).T @ x  # Psi_i^T
        for o in range(outputs):
            block = (x * (turned[:, i, o] * first[:, i])[:, None]).T @ u
            block[:, i] += slope[o]
            rows, columns = slice(i * d, (i + 1) * d), slice(at + o, order, outputs)
            result[rows, columns] = block
            result[columns, rows] = block.T
    for o in range(outputs):
        for q in range(o + 1):
            c = p[:, o] * ((o == q) - p[:, q])
            block = (u * c[:, None]).T @ u
            result[at + o::outputs, at + q::outputs] = block
            result[at + q::outputs, at + o::outputs] = block
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--library", required=True)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--shape", default="32,16,10,20000")
    parser.add_argument("--repetitions", type=int, default=7)
    arguments = parser.parse_args()
    hold_to(arguments.threads)
    start_with_good_blas_kernels(arguments.library)
    import numpy as np
    from tepui_library import BORROW, Library, pointer

    m, d, outputs, n = map(int, arguments.shape.split(","))
    numbers = np.random.default_rng(7)
    x, w = numbers.normal(size=(n, d)), numbers.normal(size=(m, d)) / np.sqrt(d)
    a, labels = numbers.normal(size=(m, outputs)) / np.sqrt(m), numbers.integers(0, outputs, n)
    theta = np.concatenate([w.ravel(), a.ravel()])
    library = Library(arguments.library, arguments.threads)
    int64, int32 = ctypes.c_int64, ctypes.c_int32
    activation = library.handle("tepui_activation_create_named", ctypes.c_char_p(b"tanh"))
    data = library.handle("tepui_dataset_create", int64(n), int64(d), pointer(x), int64(d), None, None, int32(BORROW))
    library.call("tepui_dataset_set_classes", data, int64(outputs), labels.ctypes.data_as(ctypes.c_void_p))
    network = library.handle("tepui_network_create_model", activation, int64(m), int64(d), int64(outputs), int32(0),
                             pointer(theta))
    ours = np.empty((len(theta), len(theta)))
    run = {"tepui": lambda: library.call("tepui_hessian", data, network, pointer(ours), int64(len(theta))),
           "numpy": lambda: softmax_hessian(x, labels, w, a)}
    run["tepui"]()
    difference = np.abs(ours - run["numpy"]()).max() / np.abs(ours).max()
    if not difference < 1e-11:
        sys.exit(f"the Hessians differ by {difference:.1e} of the largest entry")
    taken = {name: [] for name in run}
    for _ in range(arguments.repetitions):
        for name, work in run.items():
            begin = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - begin)
    times = {name: median(values) for name, values in taken.items()}
    print(f"softmax Hessian, m = {m}, d = {d}, K = {outputs}, n = {n}, {arguments.threads} threads: tepui {times['tepui']:.3f} s, "
          f"numpy {times['numpy']:.3f} s, {times['numpy'] / times['tepui']:.1f} times as fast; largest difference {difference:.1e}")


if __name__ == "__main__":
    main()
