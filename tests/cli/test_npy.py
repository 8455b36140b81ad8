import csv
import os
import signal
import subprocess
import time
import unittest

import numpy as np

from command import COMMAND, DIABETES, InTemporaryDirectory, Started, run_json, wait_until_heard

FIT = ("--width", 1, "--activation", "tanh", "--bias", "--standardize", "--starts", 2)


class FromNpy(InTemporaryDirectory):
    def setUp(self):
        super().setUp()
        with open(DIABETES, newline="") as table:
            rows = list(csv.reader(table))[1:]
        self.table = np.array(rows, dtype=float)
        self.expected = run_json("analyze", DIABETES, "--target", "progression", *FIT)["points"]

    def save(self, name, array):
        np.save(self.directory / name, array)
        return self.directory / name

    def test_same_points_as_from_csv(self):
        c_order = self.save("c.npy", self.table)
        fortran = self.save("f.npy", np.asfortranarray(self.table))
        for path in (c_order, fortran):
            for target in ("10", "-1"):
                self.assertEqual(run_json("analyze", path, "--target", target, *FIT)["points"], self.expected)

    def test_targets_in_a_file_of_their_own(self):
        x = self.save("x.npy", self.table[:, :10])
        for y in (self.table[:, 10], self.table[:, 10:]):
            report = run_json("analyze", x, "--y", self.save("y.npy", y), *FIT)
            self.assertEqual(report["points"], self.expected)

    def test_integer_and_single_precision(self):
        whole = np.round(self.table)
        for kind in ("i2", "i4", "i8", "u2", "u4", "u8", "f4", "f8"):
            report = run_json("analyze", self.save("t.npy", whole.astype(kind)), "--target", "-1", *FIT)
            if kind == "i2":
                expected = report["points"]
            self.assertEqual(report["points"], expected)

    def test_files_used_in_place_and_copied_agree(self):
        # Neighbouring columns in C order are used in place, others are copied.
        expected = None
        scaled = ((self.table - self.table.mean(0)) / self.table.std(0)).astype("f4")
        for kind in ("f8", "f4"):
            table = scaled.astype(kind)
            plain = ("--width", 1, "--activation", "tanh", "--bias", "--starts", 2, "--seed", 3)
            x = self.save("x.npy", table[:, :10])
            y = self.save("y.npy", table[:, 10])
            runs = [("analyze", self.save("t.npy", table), "--target", -1),
                    ("analyze", self.save("f.npy", np.asfortranarray(table)), "--target", -1),
                    ("analyze", x, "--y", y)]
            for run in runs:
                points = run_json(*run, *plain)["points"]
                expected = expected or points
                self.assertEqual(points, expected)
        back = np.ascontiguousarray(scaled[:, [10] + list(range(10))])
        self.assertEqual(run_json("analyze", self.save("b.npy", back), "--target", 0, *plain)["points"], expected)

    def test_a_file_cut_short_while_in_use_is_named(self):
        random = np.random.default_rng(1)
        path = self.save("cut\x1b[2J.npy", random.standard_normal((20000, 11)))
        out = self.directory / "out"
        command = (COMMAND, "analyze", path, "--target", "-1", "--no-standardize", "--width", "4", "--starts", "500", "--out", out)
        with Started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
            wait_until_heard(child, signal.SIGINT)
            time.sleep(0.5)
            self.assertIsNone(child.poll(), "the search is too short for this test")
            os.truncate(path, 4096)
            output, errors = child.communicate(timeout=60)
        self.assertEqual((child.returncode, output), (2, ""))
        self.assertEqual(errors.count("tepui: "), 1, errors)
        self.assertIn("cut\\x1b[2J.npy: cannot be read any more; it was cut short while in use", errors)
        self.assertFalse(out.exists() and list(out.iterdir()))

    def test_columns_by_index(self):
        report = run_json("analyze", self.save("t.npy", self.table), "--target", 10, "--features", "8,2", *FIT)
        by_name = run_json("analyze", DIABETES, "--target", "progression", "--features", "s5,bmi", *FIT)
        self.assertEqual(report["points"], by_name["points"])


if __name__ == "__main__":
    unittest.main()
