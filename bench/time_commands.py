"""Times whole runs of the command on the table that the tests use, in turns with those of other builds.

    python3 bench/time_commands.py build/src/cli/tepui [other/src/cli/tepui ...] [--runs 5] [--long] [--only TEXT]

Prints the median processor time (user and system) and wall-clock time of each. --long: also the runs that took
minutes once.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import time

TABLES = pathlib.Path(__file__).resolve().parent.parent / "tests" / "data"
MODEL = f"{TABLES / 'diabetes.csv'} --target progression --features bmi --bias --standardize --activation gelu --width 2"
RUNS = {
    "analyze": f"analyze {MODEL}",
    "plateau --daughters 2": f"plateau {MODEL} --neuron 0",
    "plateau --daughters 3": f"plateau {MODEL} --neuron 0 --daughters 3",
    "critical-set --wide 4": f"critical-set {MODEL} --wide 4",
}
CLASSES = f"{TABLES / 'digits.csv'} --target digit --loss softmax --bias --standardize --output-bias --starts 8"
ENDS = (("tanh", 2), ("tanh", 3), ("tanh", 4), ("softplus", 2), ("gelu", 2), ("relu", 2))
LONG = {
    f"digits {activation} {width}": f"analyze {CLASSES} --activation {activation} --width {width} --threads 1"
    for activation, width in ENDS
} | {
    "plateau --daughters 3 --steps 100": f"plateau {MODEL} --neuron 0 --daughters 3 --steps 100",
    "plateau --daughters 3 --steps 300": f"plateau {MODEL} --neuron 0 --daughters 3 --steps 300",
    "critical-set --wide 30": f"critical-set {MODEL} --wide 30",
    "critical-set --wide 100": f"critical-set {MODEL} --wide 100",
}


def run_once(command, arguments):
    before, start = os.times(), time.perf_counter()
    done = subprocess.run([command, *arguments.split()], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    wall, after = time.perf_counter() - start, os.times()
    if done.returncode not in (0, 3):  # 3: nothing found to judge
        raise SystemExit(f"{command} {arguments}: exit status {done.returncode}: {done.stderr.decode()}")
    processor = after.children_user - before.children_user + after.children_system - before.children_system
    return processor, wall


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commands", nargs="+", metavar="tepui")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--only", default="", metavar="TEXT")
    arguments = parser.parse_args()
    runs = RUNS | (LONG if arguments.long else {})
    print(f"{'run':36} {'build':>5} {'processor s':>12} {'wall s':>8}")
    for name, line in runs.items():
        if arguments.only not in name:
            continue
        times = [[] for _ in arguments.commands]
        for _ in range(arguments.runs):
            for kept, command in zip(times, arguments.commands):
                kept.append(run_once(command, line))
        for number, kept in enumerate(times):
            processor, wall = (statistics.median(values) for values in zip(*kept))
            print(f"{name:36} {number:>5} {processor:>12.3f} {wall:>8.3f}")


if __name__ == "__main__":
    main()
