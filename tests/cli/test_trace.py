"""A saddle-to-saddle run on real data: the table, the picture and the numbers agree."""

import os
import pathlib
import unittest

from command import InTemporaryDirectory, run, run_json
from test_plateau import words_in

DIABETES = pathlib.Path(os.environ["TEPUI_TEST_DATA"]) / "diabetes.csv"
RUN = ("trace", DIABETES, "--target", "progression", "--features", "bmi,s5", "--standardize", "--bias", "--width", 4,
       "--init-scale", "1e-6")


class Trace(InTemporaryDirectory):
    def test_the_numbers(self):
        report = run_json(*RUN)
        curve = report["curve"]
        self.assertEqual(len(curve["time"]), len(curve["loss"]))
        self.assertEqual(curve["time"], sorted(curve["time"]))
        self.assertAlmostEqual(curve["loss"][0], 221.0, delta=1e-6)  # half of 442 standardised targets
        plateaus = report["plateaus"]
        self.assertGreaterEqual(len(plateaus), 2)
        first, last = plateaus[0], plateaus[-1]
        self.assertEqual((first["waiting"], first["escape_neurons"]), ([0, 1, 2, 3], [0, 1, 2, 3]))
        self.assertEqual((first["verdict"], first["found"]), ("saddle", True))
        self.assertLess(first["witness"]["measured"], 0.0)
        self.assertTrue(last["found"])
        for before, after in zip(plateaus, plateaus[1:]):
            self.assertLess(after["exact_loss"], before["exact_loss"])
            self.assertLess(before["end"], after["begin"])
        for plateau in plateaus:
            self.assertEqual(plateau["outcome"], "converged")
            self.assertLessEqual(plateau["gradient_relative"], 1e-12)
            self.assertEqual(len(plateau["parameters"]), 4 * (3 + 1))
            self.assertEqual(plateau["verdict"], "saddle" if plateau["escape_neurons"] else "local_minimum")

    def test_the_picture(self):
        file = self.directory / "run.svg"
        done = run(*RUN, "--out", file)
        self.assertEqual(done.returncode, 0, done.stderr)
        words = " | ".join(words_in(file))
        for expected in ("Gradient flow from vanishing weights", "diabetes.csv", "4 relu neurons", "loss of the run",
                         "exact point: saddle", "saddle, 4 escape neurons", "L = 221", "time of the flow"):
            self.assertIn(expected, words)
        for expected in ("escape neurons", "0-3", "exact loss", "Ended by", "local minimum exactly when it has none"):
            self.assertIn(expected, done.stdout)

    def test_bad_input(self):
        for arguments, words in (((*RUN, "--activation", "tanh"), ("--activation tanh", "relu, leaky_relu or abs")),
                                 ((*RUN[:-1], "0"), ("--init-scale",)), ((*RUN, "--out", "x.bmp"), (".svg, .pdf or .png",)),
                                 ((*RUN, "--activation", "leaky_relu:x"), ("leaky_relu:x", "leaky_relu:SLOPE"))):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
            for word in words:
                self.assertIn(word, done.stderr)


if __name__ == "__main__":
    unittest.main()
