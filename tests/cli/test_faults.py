"""Every command while memory ends, the disk is full, the directory cannot be written, nobody reads, or a signal comes: one line
and a status that says so, and of its files each is whole or not there. A command without an example here fails the test."""

import ctypes
import json
import os
import re
import resource
import signal
import subprocess
import time
import unittest
import xml.etree.ElementTree

import numpy as np

from command import COMMAND, DIABETES, InTemporaryDirectory, Started, run

FAILING = os.environ["TEPUI_FAILING_NEW"]
TIMES = int(os.environ.get("TEPUI_TEST_TIMES", "1"))
TABLE = (DIABETES, "--target", "progression", "--features", "bmi", "--bias", "--standardize")
POINT = (*TABLE, "--activation", "gelu", "--weights", "W.npy", "a.npy", "--threads", 1)
# Of every command, and of each with --out what is written there.
EXAMPLES = {
    "analyze": (*TABLE, "--no-output-bias", "--activation", "gelu", "--width", 1, "--starts", 1, "--threads", 1),
    "classify": (*POINT, "--gamma", "0.5,0.5"),
    "reduce": ("--weights", "W.npy", "a.npy"),
    "embed": ("--weights", "W.npy", "a.npy", "--split", "0:0.5,0.5"),
    "plateau": (*POINT, "--neuron", 0, "--steps", 2),
    "critical-set": (*POINT, "--wide", 2, "--samples", 1),
    "trace": (*TABLE, "--width", 1, "--max-steps", 50),
    "info": (),
}
PICTURES = {"plateau", "critical-set", "trace"}
DAC_OVERRIDE, PR_CAPBSET_DROP = 1, 24


def commands():
    """As the command itself lists them."""
    listed = run("--help").stdout.partition("Subcommands:\n")[2]
    return re.findall(r"^  ([a-z][\w-]*) ", listed, re.MULTILINE)


def writes(command):
    return re.search(r"^  --out ", run(command, "--help").stdout, re.MULTILINE) is not None


def without_privilege():
    """root does not ask for permission, unless it has lost the right not to."""
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, DAC_OVERRIDE, 0, 0, 0)


def disk_of(size):
    def before():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    return before


class Faults(InTemporaryDirectory):
    @classmethod
    def setUpClass(cls):
        cls.commands = commands()

    def setUp(self):
        super().setUp()
        done = run("analyze", *EXAMPLES["analyze"], "--out", self.directory / "point", cwd=self.directory)
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in ("W", "a"):
            os.rename(self.directory / "point" / f"point_1_{name}.npy", self.directory / f"{name}.npy")

    def call(self, command, *more, environment=None, **options):
        return subprocess.run([COMMAND, *map(str, (command, *EXAMPLES[command], *more))], stderr=subprocess.PIPE, timeout=120,
                              cwd=self.directory, env={**os.environ, **(environment or {})}, **options)

    def place(self, command, name):
        return self.directory / (f"{name}-{command}" + (".svg" if command in PICTURES else ""))

    def whole(self, path):
        """What is there can be read, and nothing temporary stays behind."""
        files = list(path.iterdir()) if path.is_dir() else [path] if path.exists() else []
        for file in files:
            with self.subTest(file=file.name):
                self.assertNotIn("tmp", file.name)
                if file.suffix == ".npy":
                    np.load(file)
                elif file.suffix == ".npz":
                    with np.load(file) as arrays:
                        self.assertLessEqual({"W", "a"}, {name for name in arrays if arrays[name] is not None})
                elif file.suffix == ".json":
                    json.loads(file.read_text())
                elif file.suffix == ".svg":
                    xml.etree.ElementTree.parse(file)
        self.assertEqual([name for name in os.listdir(self.directory) if "tmp" in name], [])

    def test_every_command_has_an_example(self):
        self.assertEqual(sorted(self.commands), sorted(EXAMPLES), "tell this test how a new command is called")
        for command in EXAMPLES:
            with self.subTest(command=command):
                done = self.call(command, *(("--out", self.place(command, "x")) if writes(command) else ()), stdout=subprocess.PIPE)
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                self.whole(self.place(command, "x"))

    def test_memory_ends(self):
        """From an allocation on, and at one alone."""
        if not FAILING:
            self.skipTest("a sanitizer's operator new cannot be replaced")
        counter = self.directory / "count"
        for command in EXAMPLES:
            out = self.place(command, "x")
            more = ("--out", out) if writes(command) else ("--json",)
            self.assertEqual(self.call(command, *more, environment={"LD_PRELOAD": FAILING, "TEPUI_COUNT_NEW": str(counter)},
                                       stdout=subprocess.DEVNULL).returncode, 0)
            total = int(counter.read_text())
            turns = np.unique(np.geomspace(1, total, 4 * TIMES).astype(int)) if TIMES == 1 else np.linspace(1, total, 10 * TIMES).astype(int)
            turns = sorted({*map(int, turns), *(total - int(k) for k in np.unique(np.geomspace(1, total / 2, 4 * TIMES).astype(int)))})
            if command in PICTURES:  # scripts are written and the program is looked for among the last
                turns = sorted({*turns, *range(total - 60, total, 6)})
            for number in turns:
                for once in ("", "1"):
                    with self.subTest(command=command, allocation=number, of=total, once=once):
                        done = self.call(command, *more, stdout=subprocess.DEVNULL,
                                         environment={"LD_PRELOAD": FAILING, "TEPUI_FAIL_AT": str(number), "TEPUI_FAIL_ONCE": once})
                        if done.returncode != 0:  # 0: this run needed fewer
                            self.assertEqual(done.returncode, 4, done.stderr)
                            self.assertIn(b"out of memory", done.stderr)
                            self.assertEqual(done.stderr.count(b"tepui: "), 1, done.stderr)
                        self.whole(out)

    def test_standard_output_cannot_be_written(self):
        """Its files are there all the same."""
        for command in EXAMPLES:
            for kind in ("full", "closed", "pipe"):
                out = self.place(command, kind)
                more = ("--out", out) if writes(command) else ()
                with self.subTest(command=command, stdout=kind):
                    if kind == "full":
                        with open("/dev/full", "w") as full:
                            done = self.call(command, *more, stdout=full)
                    elif kind == "closed":
                        done = self.call(command, *more, preexec_fn=lambda: os.close(1))
                    else:
                        ours, theirs = os.pipe()
                        os.close(ours)
                        done = self.call(command, *more, stdout=theirs)
                        os.close(theirs)
                    self.assertEqual(done.returncode, -signal.SIGPIPE if kind == "pipe" else 2, done.stderr)
                    if kind != "pipe":
                        self.assertIn(b"standard output cannot be written", done.stderr)
                    self.assertEqual(out.exists(), bool(more))
                    self.whole(out)

    def test_a_full_disk_and_a_closed_directory(self):
        closed = self.directory / "closed"
        closed.mkdir()
        os.chmod(closed, 0o555)
        for command in filter(writes, EXAMPLES):
            out = self.place(command, "x")
            self.assertEqual(self.call(command, "--out", out, stdout=subprocess.DEVNULL).returncode, 0)
            before = {file: file.read_bytes() for file in (out.iterdir() if out.is_dir() else [out])}
            for size in (0, 100) if FAILING else ():  # the OpenMP of sanitized builds makes a file as it starts
                with self.subTest(command=command, bytes=size):
                    done = self.call(command, "--out", out, stdout=subprocess.PIPE, preexec_fn=disk_of(size))
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(b"File too large", done.stderr)
                    self.assertEqual({file: file.read_bytes() for file in before}, before)
                    self.whole(out)
            with self.subTest(command=command, directory="closed"):
                inside = closed / self.place(command, "x").name
                done = self.call(command, "--out", inside, stdout=subprocess.PIPE, preexec_fn=without_privilege)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(b"Permission denied", done.stderr)
                self.assertIn(b"closed", done.stderr)
                self.assertEqual(os.listdir(closed), [])

    def test_terminated(self):
        """At any moment: finished, or told to the shell."""
        for command in EXAMPLES:
            begin = time.monotonic()
            out = self.place(command, "x")
            more = ("--out", out) if writes(command) else ()
            self.assertEqual(self.call(command, *more, stdout=subprocess.DEVNULL).returncode, 0)
            length = time.monotonic() - begin
            for share in np.linspace(0.02, 0.98, 4 * TIMES):
                with self.subTest(command=command, share=share):
                    with Started([COMMAND, *map(str, (command, *EXAMPLES[command], *more))], cwd=self.directory,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
                        time.sleep(share * length)
                        child.send_signal(signal.SIGTERM)
                        _, errors = child.communicate(timeout=60)
                    self.assertIn(child.returncode, (0, 128 + signal.SIGTERM, -signal.SIGTERM), errors)
                    self.whole(out)


if __name__ == "__main__":
    unittest.main()
