"""tepui against NumPy and JAX: the same work in turns, in one run, on the same threads.

    python compare_peers.py --library build/libtepui.so [--json] [--quick] [--threads 1,2] [--only WORK] [--peers PEERS]

All of it takes about ten minutes; a line on standard error says what is there. Results are compared before anything is timed. Seconds are medians; with one thread the processor time of the whole
process counts, with several the wall clock. Each number of threads has a process of its own, held to as many cores:
only so do all the libraries inside agree on it.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time

# Neurons, inputs, samples.
SHAPES = {
    "inner_hessians": [(24, 4, 20000), (24, 10, 20000), (24, 16, 20000), (24, 32, 20000), (24, 64, 20000), (24, 256, 8192),
                       (24, 784, 4096)],
    "loss_gradient_inner_hessians": [(24, 10, 20000), (24, 64, 20000), (24, 256, 8192)],
    "inner_hessians_and_spectra": [(64, 16, 100000), (64, 64, 100000)],
    "inner_hessians_and_verdicts": [(64, 16, 100000), (64, 64, 100000), (32, 256, 8192)],
    "hessian": [(16, 64, 5000)],
}
MOST_OF_EINSUM = 1 << 31  # products: more take it minutes
QUICK = {name: [(3, 5, 200)] for name in SHAPES}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--library", required=True, help="libtepui.so to compare")
    parser.add_argument("--json", action="store_true", help="write JSON instead of a table")
    parser.add_argument("--quick", action="store_true", help="tiny shapes, one repetition: the form, not the speed")
    parser.add_argument("--threads", default=None, help="e.g. 1,2 (default: 1 and all cores)")
    parser.add_argument("--seconds", type=float, default=1.0, help="at least so long for each contender on each shape")
    parser.add_argument("--only", default=".*", help="only work whose name matches this regular expression")
    parser.add_argument("--peers", default=".*", help="only peers whose name matches this regular expression, e.g. 'numpy$|jax'")
    parser.add_argument("--patience", type=float, default=5.0,
                        help="a peer that takes longer than so many seconds for a call is called once")
    parser.add_argument("--without-jax", action="store_true")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


# ---- The process of one number of threads ----


def hold_to(threads):
    """Before any numerical library is loaded."""
    cores = sorted(os.sched_getaffinity(0))
    if threads < len(cores):
        os.sched_setaffinity(0, cores[:threads])
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NPROC"):
        os.environ[name] = str(threads)
    os.environ["BLIS_NUM_THREADS"] = "1"  # inside calls of LAPACK; tepui's loops over matrices are parallel
    os.environ["JAX_PLATFORMS"] = "cpu"
    if threads == 1:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def start_with_good_blas_kernels(path):
    """BLAS chooses once per process: when the library knows better, start again as it says, as its command does."""
    from tepui_library import INFO_BLAS_REMEDY, Library

    assignment = re.search(r"\b([A-Z][A-Z0-9_]+)=(\S+)", Library(path, 1).info(INFO_BLAS_REMEDY))
    if assignment and assignment[1] not in os.environ:
        os.environ[assignment[1]] = assignment[2]
        os.execv(sys.executable, [sys.executable, "-B", *sys.argv])


def make_problem(m, d, n):
    import numpy as np

    rng = np.random.default_rng(7)
    scale = 1.0 / np.sqrt(d)
    return rng.normal(size=(n, d)), rng.normal(size=n), scale * rng.normal(size=(m, d)), scale * rng.normal(size=m)


def definiteness(values):
    """Of each matrix, from its eigenvalues, as the library numbers it."""
    import numpy as np

    lowest, highest = values.min(axis=1), values.max(axis=1)
    return np.where(lowest > 0.0, 1, np.where(highest < 0.0, 2, 3))


def check_agreement(work, ours, theirs, rival):
    """The largest difference over the largest value; raises when it is no rounding error."""
    import numpy as np

    if work == "inner_hessians_and_verdicts":
        if (ours != definiteness(np.asarray(theirs[0]))).any():
            raise AssertionError(f"{work}: {rival} gives other verdicts")
        return 0.0
    if work == "inner_hessians_and_spectra":
        pairs = [(ours[0], theirs[0])]
    elif work == "loss_gradient_inner_hessians":
        pairs = list(zip(ours, theirs))
    else:
        pairs = [(ours, theirs)]
    worst = max(np.abs(np.asarray(a) - np.asarray(b)).max() / np.abs(np.asarray(a)).max() for a, b in pairs)
    if not worst < 1e-10:
        raise AssertionError(f"{work}: {rival} differs by {worst:.2e}")
    return worst


def contenders(work, problem, peers):
    """Name and function of tepui's way and of each peer's."""
    if work == "loss_gradient_inner_hessians":
        yield "tepui", lambda: (*problem.loss_and_gradient(), problem.inner_hessians())
    elif work == "inner_hessians_and_spectra":
        yield "tepui", lambda: problem.eigen(problem.inner_hessians())
    elif work == "inner_hessians_and_verdicts":
        yield "tepui", problem.verdicts
    else:
        yield "tepui", getattr(problem, work)
    method = "spectra" if work.startswith("inner_hessians_and_") else work
    for peer in peers:
        function = getattr(peer, method, None)
        if peer.name == "numpy_einsum" and (work != "inner_hessians" or problem.m * problem.n * problem.d**2 > MOST_OF_EINSUM):
            continue
        if function is not None:
            yield peer.name, function


def clock_of(threads):
    return time.process_time if threads == 1 else time.perf_counter


def time_in_turns(functions, threads, seconds, quick):
    clock = clock_of(threads)
    taken = [[] for _ in functions]
    begin = time.perf_counter()
    budget = 0.0 if quick else seconds * len(functions)
    while len(taken[0]) < (1 if quick else 5) or (time.perf_counter() - begin < budget and len(taken[0]) < 200):
        for function, times in zip(functions, taken):
            time.sleep(0.002)  # threads that spin after the call before have come to rest
            start = clock()
            function()
            times.append(clock() - start)
    return taken


def median(values):
    ordered = sorted(values)
    return 0.5 * (ordered[len(ordered) // 2] + ordered[(len(ordered) - 1) // 2])


def compare(arguments, work, shape, make_peers, library):
    from tepui_library import Problem

    arrays = make_problem(*shape)
    every = list(contenders(work, Problem(library, *arrays), make_peers(*arrays)))
    every[1:] = [(name, function) for name, function in every[1:] if re.search(arguments.peers, name)]
    clock, ours = clock_of(arguments.worker), every[0][1]()
    agreement, slow = {}, {}
    for name, function in every[1:]:
        start = clock()
        theirs = function()
        first = clock() - start
        agreement[name] = check_agreement(work, ours, theirs, name)
        if first > arguments.patience and name != "jax":  # whose first call compiles
            slow[name] = [first]
    quick = [one for one in every if one[0] not in slow]
    taken = time_in_turns([function for _, function in quick], arguments.worker, arguments.seconds, arguments.quick)
    times_of = slow | {name: times for (name, _), times in zip(quick, taken)}
    for name, _ in every[1:]:
        times = times_of[name]
        yield {"kernel": work, "shape": dict(zip("mdn", shape)), "threads": arguments.worker, "seconds": median(taken[0]),
               "rival": name, "rival_seconds": median(times), "ratio_to_rival": median(times) / median(taken[0]),
               "seconds_best": min(taken[0]), "rival_seconds_best": min(times), "repetitions": len(times),
               "largest_difference": float(agreement[name])}


def describe(library):
    import numpy as np
    import tepui_library

    versions = {"tepui": library.library.tepui_version().decode(), "isa": library.info(tepui_library.INFO_ISA),
                "blas": library.info(tepui_library.INFO_BLAS), "blas_kernels": library.info(tepui_library.INFO_BLAS_KERNELS),
                "numpy": np.__version__, "python": sys.version.split()[0]}
    if "jax" in sys.modules:
        versions["jax"] = sys.modules["jax"].__version__
    try:
        from threadpoolctl import threadpool_info

        versions["thread_pools"] = [{key: pool.get(key) for key in ("internal_api", "version", "architecture", "num_threads")}
                                    for pool in threadpool_info()]
    except ImportError:
        pass
    return versions


def work_alone(arguments):
    hold_to(arguments.worker)
    start_with_good_blas_kernels(arguments.library)
    from numpy_peer import NumpyEinsumPeer, NumpyPeer
    from tepui_library import Library

    kinds = [NumpyPeer, NumpyEinsumPeer]
    if not arguments.without_jax:
        from jax_peer import JaxPeer

        kinds.append(JaxPeer)
    library = Library(arguments.library, arguments.worker)
    rows = []
    for work, shapes in (QUICK if arguments.quick else SHAPES).items():
        if not re.search(arguments.only, work):
            continue
        for shape in shapes:
            more = list(compare(arguments, work, shape, lambda *arrays: [kind(*arrays) for kind in kinds], library))
            ratios = ", ".join(f"{row['rival']} {row['ratio_to_rival']:.2f} x" for row in more)
            print(f"{work} m, d, n = {shape}, {arguments.worker} threads: {ratios}", file=sys.stderr, flush=True)
            rows += more
    json.dump({"libraries": describe(library), "rows": rows}, sys.stdout)


# ---- The process that starts them ----


def run_worker(threads):
    done = subprocess.run([sys.executable, __file__, *sys.argv[1:], "--worker", str(threads)], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(done.returncode)
    return json.loads(done.stdout)


def table(report):
    lines = [("work", "m", "d", "n", "threads", "tepui ms", "rival", "rival ms", "faster", "difference")]
    for row in report["rows"]:
        lines.append((row["kernel"], *(str(row["shape"][name]) for name in "mdn"), str(row["threads"]),
                      f"{1e3 * row['seconds']:.3f}", row["rival"], f"{1e3 * row['rival_seconds']:.3f}",
                      f"{row['ratio_to_rival']:.2f} x", f"{row['largest_difference']:.1e}"))
    width = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    left = (0, 6)
    return "\n".join("  ".join(cell.ljust(size) if column in left else cell.rjust(size)
                               for column, (cell, size) in enumerate(zip(line, width))).rstrip() for line in lines)


def main():
    arguments = parse_arguments()
    if arguments.worker:
        return work_alone(arguments)
    cores = len(os.sched_getaffinity(0))
    threads = sorted({int(item) for item in arguments.threads.split(",")} if arguments.threads else {1, cores})
    load = [os.getloadavg()[0]]
    reports = [run_worker(count) for count in threads]
    load.append(os.getloadavg()[0])
    report = {"format": 1, "libraries": reports[0]["libraries"], "load_before": load[0], "load_after": load[1],
              "rows": [row for one in reports for row in one["rows"]]}
    if arguments.json:
        json.dump(report, sys.stdout, indent=2)
        print()
        return
    libraries = report["libraries"]
    print(f"tepui {libraries['tepui']} ({libraries['isa']}, {libraries['blas']} with {libraries['blas_kernels']} kernels), "
          + ", ".join(f"{name} {libraries[name]}" for name in ("numpy", "jax", "python") if name in libraries))
    print(f"load {load[0]:.2f} before, {load[1]:.2f} after (this program itself counts)\n")
    print(table(report))


if __name__ == "__main__":
    main()
