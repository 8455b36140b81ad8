"""The critical set of a real point: dimensions by the formula, nullities that agree, a picture that says so."""

import math
import unittest

from command import InTemporaryDirectory, run, run_json
from test_plateau import POINT, words_in

SET = ("critical-set", *POINT, "--wide", 4)
R, M, D = 2, 4, 2


def surjections(n, r):
    return sum(math.comb(r, j) * (-1) ** (r - j) * j**n for j in range(1, r + 1))


class CriticalSet(InTemporaryDirectory):
    def test_the_table_is_the_theorem(self):
        report = run_json(*SET, "--samples", 4)
        self.assertEqual((report["narrow_width"], report["wide_width"], report["narrow_nullity"]), (R, M, 0))
        self.assertEqual(len(report["branches"]), M - R + 1)
        self.assertEqual(len(report["meetings"]), R)
        for l, branch in enumerate(report["branches"]):
            self.assertEqual(branch["null_neurons"], l)
            self.assertEqual(branch["dimension"], (M - l - R) + l * (D - 1))
            self.assertEqual(branch["surjections"], str(surjections(M - l, R)))
            self.assertEqual(branch["pieces"], str(math.comb(M, l) * surjections(M - l, R)))
            self.assertEqual(branch["drawn"], 4)
            self.assertEqual(branch["existence"], "found")
            for sample in branch["samples"]:
                self.assertLessEqual(sample["gradient_relative"], 1e-8)
                self.assertEqual(len(sample["parameters"]), M * (D + 1))
                self.assertEqual(sample["nullity"], sample["counted_nullity"])
                self.assertGreaterEqual(sample["nullity"], branch["dimension"])
                if sample["verdict"] == "saddle":
                    self.assertGreater(sample["fall"], 0.0)
                if l:
                    self.assertEqual(sample["verdict"], "saddle")
                    self.assertLessEqual(sample["psi_residual"], 1e-12)
        self.assertEqual(report["branches"][0]["content"], "minima_and_saddles")
        self.assertEqual({b["content"] for b in report["branches"][1:]}, {"saddles"})

    def test_the_picture(self):
        file = self.directory / "branches.svg"
        done = run(*SET, "--samples", 3, "--out", file)
        self.assertEqual(done.returncode, 0, done.stderr)
        words = " | ".join(words_in(file))
        for expected in ("Critical set in width 4 of a function of 2 neurons", "diabetes.csv", "gelu", "loss 142.426",
                         "dimension 2", "minima and saddles", "saddles", "14 pieces", "meet in | dim. 1", "null neurons"):
            self.assertIn(expected, words)
        for expected in ("C^{2,0}", "C^{2,2}", "minima and saddles", "psi = 0 reaches"):
            self.assertIn(expected, done.stdout)

    def test_without_samples(self):
        file = self.directory / "branches.png"
        report = run_json(*SET, "--samples", 0, "--out", file)
        self.assertEqual([branch["samples"] for branch in report["branches"]], [[], [], []])
        self.assertTrue(file.read_bytes().startswith(b"\x89PNG"))

    def test_bad_input(self):
        for arguments, words in (((*SET[:-1], 1), ("--wide 1", "from 2")), ((*SET[:-1], 1001), ("--wide", '"1001"',)),
                                 ((*SET, "--out", "x.bmp"), (".svg, .pdf or .png",)), (SET[:-2], ("--wide",))):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
            for word in words:
                self.assertIn(word, done.stderr)


if __name__ == "__main__":
    unittest.main()
