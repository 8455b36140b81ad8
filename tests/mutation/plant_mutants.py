"""Plants the defects of mutants/*.toml one at a time and shows that the tests they name turn red.

    plant_mutants.py --check [--build DIR]      does every mutant still apply, and are its tests known? (a moment)
    plant_mutants.py [--only NAME]...          plant them; NAME may hold * and ?

The sources are copied to WORK/tree and built in WORK/tree/build, which stays for the next time; nothing outside WORK is
touched. Every test is green before the first defect. The script fails when a mutant does not apply or does not
compile, names a test that there is not, or leaves one of its tests green.
"""

import argparse
import fnmatch
import os
import pathlib
import shutil
import subprocess
import sys
import time

from ctest_list import TestList
from mutants import misfits, read_mutants

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
KILLED = ("red", "crashed", "too slow")


def say(text):
    print(text, flush=True)


def copy_sources(tree):
    """What git knows or would know. Files that are the same keep their time stamps, so that no object is built anew."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout
    wanted = {name for name in listed.split("\0") if name and (ROOT / name).is_file()}
    for name in wanted:
        content, to = (ROOT / name).read_bytes(), tree / name
        if to.is_file() and to.read_bytes() == content:
            continue
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(content)
        shutil.copymode(ROOT / name, to)
    for path in tree.rglob("*"):
        name = path.relative_to(tree)
        if path.is_file() and name.parts[0] != "build" and str(name) not in wanted:
            path.unlink()


class Nursery:
    """The copied tree and its build."""

    def __init__(self, work, jobs, configuration):
        self.tree, self.build, self.jobs = work / "tree", work / "tree" / "build", jobs
        copy_sources(self.tree)
        # As an ordinary build is configured: a compiler cache then has the objects that no mutant touches.
        subprocess.run(["cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DTEPUI_BUILD_TESTS=ON",
                        "-DTEPUI_BUILD_CLI=ON", "-DTEPUI_WARNINGS_AS_ERRORS=ON", *configuration], cwd=self.tree, check=True,
                       stdout=subprocess.DEVNULL)
        self.tests = TestList(self.build)
        self.seconds = {}  # of each test without a defect

    def make(self, tests):
        targets = sorted({target for test in tests for target in test.targets})
        done = subprocess.run(["ninja", "-C", str(self.build), f"-j{self.jobs}", *targets], capture_output=True, text=True)
        return "" if done.returncode == 0 else done.stdout[-3000:] + done.stderr[-1000:]

    def show_green(self, names):
        """Builds and runs the tests without any defect; returns those that are not green."""
        failures = self.make([self.tests.find(name) for name in names])
        if failures:
            raise SystemExit("the tree does not build without a defect:\n" + failures)
        self.tests = TestList(self.build)  # now with every command
        bad = []
        for name in names:
            state, self.seconds[name] = self.tests.find(name).run(900)
            if state != "green":
                bad.append(f"{name} is {state} without any defect")
        return bad

    def plant(self, mutant):
        """The state of each of its tests."""
        path = self.tree / mutant.file
        path.write_text(mutant.planted((ROOT / mutant.file).read_text()))
        tests = [self.tests.find(name) for name in mutant.killed_by]
        failures = self.make(tests)
        if failures:
            return dict.fromkeys(mutant.killed_by, "does not compile:\n" + failures)
        return {name: test.run(30 + 10 * self.seconds[name])[0] for name, test in zip(mutant.killed_by, tests)}

    def clear(self, file):
        (self.tree / file).write_text((ROOT / file).read_text())


def left_out(mutant, tests, flags):
    if mutant.needs_test and mutant.needs_test not in tests:
        return f"no {mutant.needs_test} in this build"
    if mutant.needs_cpu and mutant.needs_cpu not in flags:
        return f"no {mutant.needs_cpu} on this processor"
    return ""


def processor_flags():
    try:
        return set(pathlib.Path("/proc/cpuinfo").read_text().split())
    except OSError:
        return set()


def unknown_tests(mutants, tests):
    return [f"{mutant.name}: there is no test {name}" for mutant in mutants if not left_out(mutant, tests, processor_flags())
            for name in mutant.killed_by if name not in tests]


def check(mutants, build):
    failures = list(misfits(mutants, ROOT))
    if build:
        failures += unknown_tests(mutants, TestList(build))
    for failure in failures:
        say(failure)
    say(f"{len(mutants)} mutants, {len(failures)} failures")
    return 1 if failures else 0


def plant_all(mutants, arguments):
    failures = list(misfits(mutants, ROOT))
    nursery = Nursery(arguments.work.resolve(), arguments.jobs, arguments.cmake)
    failures += unknown_tests(mutants, nursery.tests)
    if failures:
        say("\n".join(failures))
        return 1
    reasons = {mutant.name: left_out(mutant, nursery.tests, processor_flags()) for mutant in mutants}
    wanted = [mutant for mutant in mutants if not reasons[mutant.name]]
    names = sorted({name for mutant in wanted for name in mutant.killed_by})
    failures = nursery.show_green(names)
    say("\n".join(failures) or f"{len(names)} tests are green without a defect")
    table, alive = [], []
    for place, mutant in enumerate(wanted):
        begin = time.monotonic()
        states = nursery.plant(mutant)
        if place + 1 == len(wanted) or wanted[place + 1].file != mutant.file:
            nursery.clear(mutant.file)
        killed = all(state in KILLED for state in states.values())
        if not killed:
            alive.append(mutant)
        table.append(f"{'killed' if killed else 'ALIVE':7} {mutant.name:36} {time.monotonic() - begin:5.0f} s  " +
                     "; ".join(f"{name} ({state})" for name, state in states.items()))
        say(table[-1])
    say("\n" + "\n".join(sorted(table)))
    for name, reason in reasons.items():
        if reason:
            say(f"not run {name:36} {reason}")
    for mutant in alive:
        say(f"\n{mutant.name} in {mutant.file} goes unnoticed: {mutant.why}")
    say(f"\n{len(wanted)} mutants planted, {len(wanted) - len(alive)} killed, {len(alive)} alive, "
        f"{len(mutants) - len(wanted)} not run here")
    return 1 if alive or failures else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--build", type=pathlib.Path, help="with --check: a build tree whose tests are to be known")
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build-mutation")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--cmake", action="append", default=[], metavar="-DNAME=VALUE", help="for the build of the copy")
    arguments = parser.parse_args()
    mutants = read_mutants(HERE / "mutants")
    if arguments.only:
        mutants = [mutant for mutant in mutants if any(fnmatch.fnmatch(mutant.name, name) for name in arguments.only)]
        if not mutants:
            raise SystemExit("no mutant is called so")
    return check(mutants, arguments.build) if arguments.check else plant_all(mutants, arguments)


if __name__ == "__main__":
    sys.exit(main())
