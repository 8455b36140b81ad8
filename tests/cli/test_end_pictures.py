"""Pictures of ends at infinity (tepui analyze --draw-end)."""

import re
import unittest
from pathlib import Path

from command import DIABETES, InTemporaryDirectory, run

ONE = ("analyze", DIABETES, "--target", "progression", "--features", "bmi", "--bias", "--output-bias", "--standardize",
       "--activation", "tanh", "--width", 2, "--starts", 8)
THREE = ("analyze", DIABETES, "--target", "progression", "--features", "bmi,s5,bp", "--bias", "--standardize", "--activation", "tanh",
         "--width", 2, "--starts", 8)


def words_in(file):
    return " | ".join(re.sub(r"<[^>]*>", "", text).strip() for text in re.findall(r"<text[^>]*>(.*?)</text>", Path(file).read_text(), re.DOTALL))


class Pictures(InTemporaryDirectory):
    def setUp(self):
        super().setUp()
        if run("plateau", *ONE[1:-2], "--starts", 1, "--no-output-bias", "--neuron", 0, "--steps", 2, "--out", self.directory / "t.svg").returncode != 0:
            self.skipTest("gnuplot is not there")

    def test_loss_and_functions_of_one_input(self):
        file = self.directory / "end.svg"
        done = run(*ONE, "--draw-end", file)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("at infinity", done.stdout)
        words = words_in(file)
        for word in ("End 1 at infinity", "diabetes.csv", "progression", "Loss on the way to the limit", "1 / ε", "What the limit network computes",
                     "bmi", "samples", "limit network", "saturated"):
            self.assertIn(word, words)

    def test_loss_alone_of_several_inputs(self):
        for name, mark in (("end.svg", b"</svg>"), ("end.pdf", b"%%EOF"), ("end.png", b"IEND")):
            done = run(*THREE, "--draw-end", self.directory / name, "--end", 2)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(mark, (self.directory / name).read_bytes())
        words = words_in(self.directory / "end.svg")
        self.assertIn("End 2 at infinity", words)
        self.assertIn("Loss on the way", words)
        self.assertNotIn("What the limit network computes", words)

    def test_what_is_not_there(self):
        file = self.directory / "end.svg"
        done = run(*ONE, "--draw-end", file, "--end", 99)
        self.assertEqual(done.returncode, 0)
        self.assertIn("--end 99 is asked for", done.stderr)
        self.assertFalse(file.exists())
        done = run(*ONE, "--draw-end", self.directory / "end.gif")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("--draw-end", done.stderr)


if __name__ == "__main__":
    unittest.main()
