"""A saddle-to-saddle run on real data: the table, the picture and the numbers agree."""

import os
import pathlib
import unittest

import numpy as np

from command import InTemporaryDirectory, run, run_json
from test_plateau import words_in

DATA = pathlib.Path(os.environ["TEPUI_TEST_DATA"])
DIABETES, LINNERUD, IRIS = (DATA / f"{name}.csv" for name in ("diabetes", "linnerud", "iris"))
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

    def test_models(self):
        for arguments in (("--target", "weight,waist,pulse"), ("--target", "weight,waist", "--output-bias", "--decay", 1),
                          ("--target", "weight", "--skip", "--loss", "pseudo_huber:0.5")):
            arguments = (LINNERUD, "--features", "chins,situps,jumps", *arguments, "--standardize", "--bias", "--activation", "relu")
            report = run_json("trace", *arguments, "--width", 3)
            first, last = report["plateaus"][0], report["plateaus"][-1]
            self.assertEqual((first["waiting"], first["verdict"]), ([0, 1, 2], "saddle"))
            self.assertLess(first["witness"]["measured"], 0.0)
            self.assertTrue(last["found"])
            for plateau in report["plateaus"]:
                self.assertEqual(plateau["outcome"], "converged")
                # What the command that judges given weights says of them.
                files = self.files_of(report["model"], plateau["parameters"])
                judged = run_json("classify", *arguments, *files)["points"][0]
                self.assertAlmostEqual(judged["loss"], plateau["exact_loss"], delta=1e-9 * report["curve"]["loss"][0])
                self.assertEqual(judged["verdict"], plateau["verdict"])

    def test_classes_told_apart(self):
        file = self.directory / "run.svg"
        done = run("trace", IRIS, "--target", "species", "--features", "petal_length", "--width", 2, "--output-bias", "--seed", 1,
                   "--max-steps", 4000, "--out", file)
        self.assertEqual(done.returncode, 0, done.stderr)
        report = run_json("trace", IRIS, "--target", "species", "--features", "petal_length", "--width", 2, "--output-bias", "--seed", 1,
                          "--max-steps", 4000)
        ends = [plateau for plateau in report["plateaus"] if plateau["outcome"] == "at_infinity"]
        self.assertTrue(ends)
        for plateau in ends:
            self.assertEqual((plateau["verdict"], plateau["at_infinity"]["loss"]), ("undetermined", plateau["exact_loss"]))
        self.assertIn("at infinity", done.stdout)
        self.assertIn("at infinity", " | ".join(words_in(file)))

    def files_of(self, model, values):
        """An archive of the plateau's parameters."""
        width, inputs, outputs = model["width"], model["inputs"], len(model["outputs"])
        sizes = {"W": (width, inputs), "a": (width, outputs), "b": (outputs,) if model["output_bias"] else (0,),
                 "C": (outputs, inputs) if model["skip"] else (0,)}
        arrays, at = {}, 0
        for name, shape in sizes.items():
            count = int(np.prod(shape))
            if count:
                arrays[name] = np.array(values[at:at + count]).reshape(shape)
            at += count
        self.assertEqual(at, len(values))
        np.savez(self.directory / "net.npz", **arrays)
        return "--weights", self.directory / "net.npz"

    def test_bad_input(self):
        for arguments, words in (((*RUN, "--activation", "tanh"), ("--activation tanh", "relu, leaky_relu or abs")),
                                 ((*RUN[:-1], "0"), ("--init-scale",)), ((*RUN, "--out", "x.bmp"), (".svg, .pdf or .png",)),
                                 ((*RUN, "--activation", "leaky_relu:x"), ("leaky_relu:x", "leaky_relu:SLOPE")),
                                 ((*RUN, "--decay-w", 1), ("--decay", "hidden weights alone"))):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
            for word in words:
                self.assertIn(word, done.stderr)


if __name__ == "__main__":
    unittest.main()
