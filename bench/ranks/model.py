"""Time of a pass against ranks: fitted to what bench_ranks printed at one rank, checked at the others, carried on to 1,024.

    mpirun -n 1 bench_ranks cost ... >> costs.jsonl ; mpirun -n 2 ... >> costs.jsonl
    python3 model.py costs.jsonl [--latency SECONDS] [--bandwidth BYTES_PER_SECOND]

T(R) = W / R * imbalance + L (4 latency + 2 S / bandwidth + S / merging), L = ceil(log2 R): up the tree S bytes of sums and
a status, down the same. W: the pass of one rank with as many threads; imbalance: whole slabs, of which each rank has its
share rounded up. Without the options latency and bandwidth are those of the runs with several ranks.
"""

import argparse
import heapq
import json
import math
import random

MERGING = 4e9  # bytes a second that are added: two read, one written


def slabs_of(n):
    count = 1
    while count < 16 and 2 * count * 1024 <= n:
        count *= 2
    while count < 4096 and 2 * count * 4096 <= n:
        count *= 2
    return count


def slabs_of_sums(n, size, block):
    most = 64 if size <= 16 << 20 else 16 if size <= 64 << 20 else 4 if size <= 256 << 20 else 1
    count = 1
    while 2 * count <= min(most, slabs_of(n)) and 2 * count * 8 * block <= n:
        count *= 2
    return count


def bytes_of_sums(kind, d, m):
    p = m * (d + 1)
    return 8 * {"gradient": p + 8, "product": p, "inner_hessians": math.ceil(m / 8) * 8 * d * (d + 1) // 2 + 2 * p,
                "hessian": math.ceil(m * (m + 1) / 16) * 8 * d * (d + 1) // 2 + m * m * d}[kind]


def predicted(work, ranks, slabs, size, latency, bandwidth):
    depth = math.ceil(math.log2(ranks)) if ranks > 1 else 0
    imbalance = math.ceil(slabs / ranks) / (slabs / ranks)
    return work / ranks * imbalance + depth * (4 * latency + 2 * size / bandwidth + size / MERGING)


def simulated_threads(n, threads, jitter, turns=20):
    """Ideal time over that of threads that take slabs as they come, each slab jitter off, and merge their halves."""
    numbers = random.Random(7)
    slabs, merging, total = slabs_of(n), 50 * slabs_of(n) / n, 0.0
    for _ in range(turns):
        free = [0.0] * threads
        for _ in range(slabs):
            heapq.heapreplace(free, free[0] + max(0.5, numbers.gauss(1.0, jitter)) + merging)
        total += slabs / threads / (max(free) + merging * math.log2(max(slabs, 2)))
    return total / turns


def simulate():
    print("simulated, not measured: share of the ideal speed of threads with slabs of their own (slabs 10 % off each other)")
    for n in (10_000, 100_000, 1_000_000, 10_000_000):
        told = ", ".join(f"{threads}: {simulated_threads(n, threads, 0.1):.2f}" for threads in (2, 4, 8, 16, 32, 64))
        print(f"  n = {n:,} ({slabs_of(n)} slabs): {told}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("costs", nargs="?", help="what bench_ranks printed; without it threads are simulated")
    parser.add_argument("--latency", type=float)
    parser.add_argument("--bandwidth", type=float)
    arguments = parser.parse_args()
    if arguments.costs is None:
        return simulate()
    runs = [json.loads(line) for line in open(arguments.costs)]
    several = [run for run in runs if run["ranks"] > 1]
    latency = arguments.latency or (min(run["latency"] for run in several) if several else 2e-6)
    bandwidth = arguments.bandwidth or (max(2**20 / run["mebibyte"] for run in several) if several else 1e10)
    print(f"latency {latency * 1e6:.2f} us, bandwidth {bandwidth / 1e9:.2f} GB/s")
    for shape in sorted({(run["n"], run["d"], run["m"], run["threads"]) for run in runs}):
        of_shape = [run for run in runs if (run["n"], run["d"], run["m"], run["threads"]) == shape]
        one = next((run for run in of_shape if run["ranks"] == 1), None)
        if one is None:
            continue
        n, d, m, threads = shape
        print(f"\nn = {n:,}, d = {d}, m = {m}, {threads} threads a rank")
        for kind in ("gradient", "product", "inner_hessians", "hessian"):
            size, work = bytes_of_sums(kind, d, m), one[kind]["seconds"]
            slabs = slabs_of_sums(n, size, 2048 if size > 8 << 20 else 512) if kind == "hessian" or size > 2 << 20 else slabs_of(n)
            print(f"  {kind}: {size / 1024:.0f} KiB of sums, {slabs} slabs, one rank {work * 1e3:.2f} ms")
            for run in sorted(of_shape, key=lambda run: run["ranks"]):
                if run["ranks"] == 1:
                    continue
                told = predicted(work, run["ranks"], slabs, size, latency, bandwidth)
                print(f"    {run['ranks']} ranks: {run[kind]['seconds'] * 1e3:.2f} ms measured, {told * 1e3:.2f} ms by the model"
                      f" ({run[kind]['bytes_sent']:,} bytes, {run[kind]['messages']} messages by the rank that sent most)")
            times = {ranks: predicted(work, ranks, slabs, size, latency, bandwidth) for ranks in (2**e for e in range(11))}
            best = min(times, key=times.get)
            print("    model: " + ", ".join(f"{ranks}: {time * 1e3:.3g}" for ranks, time in times.items()) + " ms;"
                  f" half of the ideal up to {max(r for r in times if times[r] <= 2 * work / r)} ranks, fastest at {best}")


if __name__ == "__main__":
    main()
