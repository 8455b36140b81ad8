"""Compares the benchmarks of two builds, run in turns: which got faster or slower, beyond the noise.

    python3 bench/compare_builds.py BEFORE AFTER [--filter REGEX] [--rounds 7]

BEFORE and AFTER are build directories whose bench/ holds Google Benchmark executables (bench_*), or, with
--revisions, git revisions of this checkout, each of which is built in a temporary worktree first.

Every round runs each executable of both builds, one right after the other, the first of them changing from round to
round; a benchmark's ratio in that round is its time after over its time before, so what disturbs the machine for
longer than a round disturbs neither side. The median of the ratios counts. It is beyond the noise when it differs from
1 by more than --least, by more than twice its standard error (from the median absolute deviation of the ratios), and
every round but one in eight agrees on the side. Exit status: 0, or 1 when something is slower beyond the noise.
"""

import argparse
import contextlib
import json
import math
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--revisions", action="store_true", help="BEFORE and AFTER are git revisions, to be built")
    parser.add_argument("--programs", default="bench_*", help="executables of bench/ to run, as a shell pattern (default bench_*)")
    parser.add_argument("--filter", default=".", help="benchmarks to run, as Google Benchmark's --benchmark_filter")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--min-time", type=float, help="seconds for each benchmark and round (default: what the program says)")
    parser.add_argument("--least", type=float, default=0.02, help="changes below this are nobody's concern (default 0.02)")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.rounds < 3:
        parser.error("--rounds: at least 3 are needed to tell a change from noise")
    return arguments


# ---- Running ----


def run_program(program, arguments):
    """Seconds of every benchmark. Manual and wall-clock times as reported; otherwise the processor's, which a busy
    machine changes least."""
    command = [str(program), "--benchmark_format=json", f"--benchmark_filter={arguments.filter}"]
    if arguments.min_time:
        command.append(f"--benchmark_min_time={arguments.min_time}")
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{program}: exit status {done.returncode}: {done.stderr.strip()}")
    times = {}
    if not done.stdout.strip():
        return times  # nothing matches the filter
    for benchmark in json.loads(done.stdout)["benchmarks"]:
        if benchmark.get("run_type") == "aggregate" or benchmark.get("error_occurred"):
            continue
        wall = re.search(r"/(manual|real)_time\b", benchmark["name"])
        times[benchmark["name"]] = benchmark["real_time" if wall else "cpu_time"] * UNITS[benchmark["time_unit"]]
    return times


def programs_of(builds, pattern):
    """Those that both builds have, by name; and those that only one has."""
    found = [{path.name: path for path in sorted((build / "bench").glob(pattern)) if path.is_file()} for build in builds]
    common = [name for name in found[0] if name in found[1]]
    return {name: (found[0][name], found[1][name]) for name in common}, sorted(found[0].keys() ^ found[1].keys())


def run_rounds(programs, arguments):
    """[(seconds before, seconds after), ...] of every benchmark that both have, a pair for each round."""
    pairs, alone = {}, set()
    for turn in range(arguments.rounds):
        for name, both in programs.items():
            if sys.stderr.isatty():
                print(f"\r\033[Kround {turn + 1} of {arguments.rounds}: {name}", end="", file=sys.stderr, flush=True)
            times = [None, None]
            for side in (0, 1) if turn % 2 == 0 else (1, 0):
                times[side] = run_program(both[side], arguments)
            for benchmark in times[0].keys() & times[1].keys():
                pairs.setdefault(f"{name}: {benchmark}", []).append((times[0][benchmark], times[1][benchmark]))
            alone |= {f"{name}: {benchmark}" for benchmark in times[0].keys() ^ times[1].keys()}
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    return pairs, sorted(alone)


# ---- Judging ----


def judge(pairs, least):
    ratios = [after / before for before, after in pairs]
    ratio = statistics.median(ratios)
    deviation = 1.4826 * statistics.median(abs(value - ratio) for value in ratios)
    error = math.sqrt(math.pi / 2) * deviation / math.sqrt(len(ratios))
    dissenters = sum(1 for value in ratios if (value - 1.0) * (ratio - 1.0) <= 0.0)
    beyond = abs(ratio - 1.0) > max(least, 2.0 * error) and dissenters <= len(ratios) // 8
    return {"before": statistics.median(before for before, _ in pairs), "after": statistics.median(after for _, after in pairs),
            "ratio": ratio, "lowest": min(ratios), "highest": max(ratios),
            "verdict": "same" if not beyond else "slower" if ratio > 1.0 else "faster"}


def duration(seconds):
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{1e9 * seconds:.3g} ns"


def table(results):
    lines = [("benchmark", "before", "after", "after/before", "lowest .. highest", "")]
    for name, result in results.items():
        lines.append((name, duration(result["before"]), duration(result["after"]), f"{result['ratio']:.3f}",
                      f"{result['lowest']:.3f} .. {result['highest']:.3f}",
                      "" if result["verdict"] == "same" else result["verdict"].upper()))
    width = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(size) if column in (0, 5) else cell.rjust(size)
                               for column, (cell, size) in enumerate(zip(line, width))).rstrip() for line in lines)


# ---- Building ----


def build_revision(revision, directory):
    source, build = directory / "source", directory / "build"
    subprocess.run(["git", "-C", ROOT, "worktree", "add", "--quiet", "--detach", source, revision], check=True)
    options = ["-DTEPUI_BUILD_BENCH=ON", "-DTEPUI_BUILD_TESTS=OFF", "-DTEPUI_BUILD_CLI=OFF"]
    for command in (["cmake", "-S", source, "-B", build, *options], ["cmake", "--build", build, "--parallel"]):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{revision} does not build:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return build


@contextlib.contextmanager
def builds_of(arguments):
    if not arguments.revisions:
        yield [pathlib.Path(arguments.before), pathlib.Path(arguments.after)]
        return
    with tempfile.TemporaryDirectory(prefix="tepui-compare-") as temporary:
        directories = [pathlib.Path(temporary, side) for side in ("before", "after")]
        try:
            yield [build_revision(revision, directory)
                   for revision, directory in zip((arguments.before, arguments.after), directories)]
        finally:
            for directory in directories:
                subprocess.run(["git", "-C", ROOT, "worktree", "remove", "--force", directory / "source"], capture_output=True)


def main():
    arguments = parse_arguments()
    with builds_of(arguments) as builds:
        programs, lone_programs = programs_of(builds, arguments.programs)
        if not programs:
            raise SystemExit(f"no program {arguments.programs} is in both {builds[0] / 'bench'} and {builds[1] / 'bench'}")
        pairs, lone_benchmarks = run_rounds(programs, arguments)
    if not pairs:
        raise SystemExit(f"no benchmark of both builds matches {arguments.filter}")
    results = {name: judge(times, arguments.least) for name, times in pairs.items()}
    slower = sum(result["verdict"] == "slower" for result in results.values())
    faster = sum(result["verdict"] == "faster" for result in results.values())
    if arguments.json:
        json.dump({"format": 1, "rounds": arguments.rounds, "benchmarks": results, "in_one_build_only": lone_programs + lone_benchmarks},
                  sys.stdout, indent=2)
        print()
    else:
        print(table(results))
        for name in lone_programs + lone_benchmarks:
            print(f"in one build only: {name}")
        print(f"{len(results)} benchmarks, {arguments.rounds} rounds: {slower} slower, {faster} faster beyond the noise")
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
