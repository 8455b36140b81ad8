"""Ctrl-C: the search stops, what was found is reported, and the shell is told."""

import json
import os
import pty
import select
import signal
import subprocess
import tempfile
import time
import unittest

import numpy as np

from command import COMMAND, DATA, Started, run, wait_until_heard

LONG = (COMMAND, "analyze", str(DATA / "digits.csv"), "--target", "digit", "--width", "4", "--bias", "--standardize",
        "--starts", "400", "--json")


class Interrupt(unittest.TestCase):
    def test_a_long_search_stops_and_reports(self):
        with Started(LONG, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
            wait_until_heard(child, signal.SIGINT)
            time.sleep(3)
            self.assertIsNone(child.poll(), "the search is too short for this test")
            child.send_signal(signal.SIGINT)
            output, _ = child.communicate(timeout=60)
        self.assertEqual(child.returncode, 130)
        report = json.loads(output)
        self.assertTrue(report["interrupted"])
        self.assertGreater(report["search"]["outcomes"]["cancelled"], 0)
        self.assertEqual(sum(report["search"]["outcomes"].values()), 400)

    def test_a_run_of_many_short_calls_stops(self):
        data = (str(DATA / "diabetes.csv"), "--target", "progression", "--features", "bmi", "--bias", "--standardize",
                "--activation", "gelu")
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        subprocess.run([COMMAND, "analyze", *data, "--no-output-bias", "--width", "1", "--starts", "2", "--out", directory.name],
                       stdout=subprocess.DEVNULL, check=True)
        weights = (f"{directory.name}/point_1_W.npy", f"{directory.name}/point_1_a.npy")
        many = (COMMAND, "plateau", *data, "--weights", *weights, "--neuron", "0", "--daughters", "3", "--steps", "1000")
        with Started(many, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
            wait_until_heard(child, signal.SIGINT)
            time.sleep(3)
            self.assertIsNone(child.poll(), "there are too few splits for this test")
            child.send_signal(signal.SIGINT)
            output, errors = child.communicate(timeout=20)
        self.assertEqual(child.returncode, 130)
        self.assertEqual(output, "")
        self.assertIn("interrupted", errors)

    def test_a_search_before_a_picture_ends_the_run(self):
        point = LONG[2:-1]  # a long search
        for command in (("plateau", *point, "--neuron", "0"), ("critical-set", *point, "--wide", "5")):
            for number in (signal.SIGINT, signal.SIGTERM):
                with Started((COMMAND, *command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
                    wait_until_heard(child, number)
                    time.sleep(1)
                    self.assertIsNone(child.poll(), "the search is too short for this test")
                    child.send_signal(number)
                    output, errors = child.communicate(timeout=60)
                self.assertEqual((child.returncode, output), (128 + number, ""), command)
                self.assertEqual(errors.splitlines()[-1], "tepui: interrupted")

    def test_the_help_tells_the_status(self):
        for command in ("analyze", "classify", "reduce", "plateau", "critical-set", "trace"):
            text = " ".join(run(command, "--help").stdout.split())
            self.assertIn("128 + the signal when interrupted (Ctrl-C: 130, SIGTERM: 143", text)

    def drawn_by(self, command, until):
        """What the command draws on a terminal, until it has drawn this, or for a minute."""
        try:
            ours, theirs = pty.openpty()
        except OSError as error:
            self.skipTest(f"no terminal to be had: {error}")
        drawn = b""
        with Started(command, stdout=subprocess.DEVNULL, stderr=theirs) as child:
            os.close(theirs)
            end = time.monotonic() + 60
            # Our end must keep reading, or a full terminal would block the child.
            while True:
                if select.select([ours], [], [], 0.1)[0]:
                    try:
                        piece = os.read(ours, 4096)
                    except OSError:
                        break
                    if not piece:
                        break
                    drawn += piece
                if until in drawn or time.monotonic() > end:
                    child.kill()
            child.wait(timeout=60)
        os.close(ours)
        return drawn.decode()

    def test_long_runs_tell_how_far_they_are_and_how_long_they_take(self):
        bmi = (str(DATA / "diabetes.csv"), "--target", "progression", "--features", "bmi", "--bias", "--standardize")
        runs = {"solving": LONG[1:-1],
                "splits": ("plateau", *bmi, "--activation", "gelu", "--width", "2", "--neuron", "0", "--daughters", "3", "--steps", "1000"),
                "critical set": ("critical-set", *bmi, "--activation", "gelu", "--width", "2", "--wide", "60"),
                "gradient flow": ("trace", *LONG[2:5], "--bias", "--standardize", "--width", "20", "--max-steps", "1000000", "--init-scale", "1e-2")}
        wide = self.arrays(samples=400_000, inputs=30, width=1000)
        runs["pass over samples"] = ("classify", wide["x"], "--y", wide["y"], "--weights", wide["W"], wide["a"])
        circle = self.arrays(samples=1, inputs=2, width=150_000)
        runs["comparing neurons"] = ("reduce", "--weights", circle["W"], circle["a"])
        for phase, command in runs.items():
            drawn = self.drawn_by((COMMAND, *command), b"to go")
            self.assertRegex(drawn, r"\d %", command)
            self.assertRegex(drawn, r"%, about \d+ (s|min|h) to go", command)
            self.assertIn(phase, drawn)
        drawn = self.drawn_by((COMMAND, "analyze", self.long_table(), "--target", "y", "--width", "1"), b"reading")
        self.assertRegex(drawn, r"reading .*long\.csv \[")

    def arrays(self, samples, inputs, width):
        """Data, and neurons of one length whose weights all differ."""
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        random = np.random.default_rng(1)
        weights = random.standard_normal((width, inputs))
        weights /= np.linalg.norm(weights, axis=1, keepdims=True)
        paths = {}
        for name, values in (("x", random.standard_normal((samples, inputs))), ("y", random.standard_normal(samples)),
                             ("W", weights), ("a", np.ones(width))):
            paths[name] = f"{directory.name}/{name}.npy"
            np.save(paths[name], values)
        return paths

    def long_table(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        path = f"{directory.name}/long.csv"
        with open(path, "w", encoding="ascii") as table:
            table.write(",".join(f"x{j}" for j in range(19)) + ",y\n")
            block = "".join(",".join(f"{(k * j) % 97 / 7:.12f}" for j in range(20)) + "\n" for k in range(1000))
            for _ in range(30):
                table.write(block)
        return path


if __name__ == "__main__":
    unittest.main()
