"""Short calls of tepui beside the threads of NumPy, scikit-learn and torch: each alone and in turns, in one process.

    python compare_neighbours.py [--samples 2000] [--order 300] [--repetitions 400]

The Python package is what is measured (pip install ./src/python); scikit-learn and torch are left out where they are not
installed. Wall clock; medians, and how much slower in turns than alone. "plain" is work of one thread that has nothing
to do with tepui, tanh of an array: what it loses, too, is the neighbour's doing, whose threads stay awake for a while."""

import argparse
import time

import numpy as np


def median_times(functions, repetitions):
    """Of each function, called one after the other."""
    times = np.empty((repetitions, len(functions)))
    for repetition in range(repetitions):
        for which, function in enumerate(functions):
            start = time.perf_counter()
            function()
            times[repetition, which] = time.perf_counter() - start
    return np.median(times[repetitions // 10 :], axis=0)


def neighbours(order):
    matrix = np.random.default_rng(1).normal(size=(order, order))
    yield "NumPy", lambda: matrix @ matrix
    try:
        from sklearn.metrics import pairwise_distances_argmin

        points = np.random.default_rng(2).normal(size=(order, 10))
        yield "sklearn", lambda: pairwise_distances_argmin(points, points)
    except ImportError:
        pass
    try:
        import torch
    except ImportError:
        return
    tensor = torch.tensor(matrix)
    yield "torch", lambda: torch.tanh(tensor @ tensor)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--order", type=int, default=300)
    parser.add_argument("--repetitions", type=int, default=400)
    asked = parser.parse_args()

    import tepui

    rng = np.random.default_rng(0)
    problem = tepui.Problem(rng.normal(size=(asked.samples, 10)), rng.normal(size=asked.samples))
    theta = rng.normal(size=8 * 12)

    numbers = rng.normal(size=4 * asked.samples)
    works = {"tepui": lambda: problem.loss_and_gradient(theta), "plain": lambda: np.tanh(numbers)}
    print(f"tepui {tepui.__version__}, {tepui.info()['threads']} threads; microseconds alone, in turns, ratio")
    for name, theirs in neighbours(asked.order):
        for who, ours in works.items():
            alone = [median_times([one], asked.repetitions)[0] for one in (ours, theirs)]
            turns = median_times([ours, theirs], asked.repetitions)
            for one, beside, before, after in zip((who, name), (name, who), alone, turns, strict=True):
                print(f"{one:7} beside {beside:7} {1e6 * before:9.1f} {1e6 * after:9.1f} {after / before:6.2f}")


if __name__ == "__main__":
    main()
