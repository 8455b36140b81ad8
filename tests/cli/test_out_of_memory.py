"""Memory that ends while a report is built: one line and status 4, never a signal, and no file that is half there."""

import json
import os
import unittest

import numpy as np

from command import DIABETES, InTemporaryDirectory, run

FAILING = os.environ["TEPUI_FAILING_NEW"]


class OutOfMemory(InTemporaryDirectory):
    def fails_at(self, number, arguments):
        done = run(*arguments, environment={"LD_PRELOAD": FAILING, "TEPUI_FAIL_AT": str(number)})
        if done.returncode == 0:  # this run needed fewer
            return
        self.assertEqual(done.returncode, 4, (number, done.stderr))
        self.assertIn("out of memory", done.stderr)
        self.assertEqual(done.stderr.count("tepui: "), 1, done.stderr)

    def sweep(self, arguments, tries, share):
        """The last part of the run, where the report is built and written."""
        counter = self.directory / "count"
        self.assertEqual(run(*arguments, environment={"LD_PRELOAD": FAILING, "TEPUI_COUNT_NEW": str(counter)}).returncode, 0)
        total = int(counter.read_text())
        for number in np.unique(np.linspace((1 - share) * total, total, tries).astype(int)):
            self.fails_at(max(1, int(number)), arguments)

    def test_reports(self):
        point = (DIABETES, "--target", "progression", "--features", "bmi", "--bias", "--standardize", "--activation", "gelu",
                 "--width", 1, "--starts", 1, "--threads", 1)
        for arguments, share in ((("info", "--json"), 0.6), (("info",), 0.6), (("analyze", *point, "--json"), 0.3),
                                 (("analyze", *point), 0.1), (("plateau", *point, "--neuron", 0, "--steps", 2, "--json"), 0.2)):
            self.sweep(arguments, 12, share)

    def test_files(self):
        np.save(self.directory / "W.npy", np.ones((2, 2)))
        np.save(self.directory / "a.npy", np.ones(2))
        out = self.directory / "out"
        arguments = ("embed", "--weights", self.directory / "W.npy", self.directory / "a.npy", "--split", "0:0.5,0.5", "--out", out)
        self.sweep(arguments, 30, 0.8)
        self.assertEqual([path.name for path in out.iterdir() if path.suffix == ".tmp"], [])
        json.loads((out / "embedding.json").read_text())


if __name__ == "__main__":
    unittest.main()
