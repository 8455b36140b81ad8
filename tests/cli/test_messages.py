"""What a newcomer meets first: the message says what to do."""

import json
import unittest

import numpy as np

from command import DATA, DIABETES, InTemporaryDirectory, run, run_json

TABLE = (DIABETES, "--target", "progression", "--features", "bmi,s5,bp", "--standardize")
MODEL = (*TABLE, "--bias", "--activation", "silu")


class Messages(InTemporaryDirectory):
    def setUp(self):
        super().setUp()
        self.number = 0

    def weights(self, w, a):
        self.number += 1
        files = self.directory / f"W{self.number}.npy", self.directory / f"a{self.number}.npy"
        for file, array in zip(files, (w, a)):
            np.save(file, array)
        return ("--weights", *files)

    def refused(self, arguments, *words):
        done = run(*arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_single_precision_weights(self):
        point = run_json("analyze", *MODEL, "--width", 2, "--starts", 4)["points"][0]
        single = self.weights(np.array(point["W"], np.float32), np.array(point["a"], np.float32))
        done = run("classify", *MODEL, *single)
        self.assertEqual(done.returncode, 3)
        text = " ".join(done.stdout.split())
        self.assertIn("in single precision (float32)", text)
        self.assertIn("--polish moves them", text)
        report = run_json("classify", *MODEL, *single, "--polish", "--out", self.directory / "out")
        self.assertTrue(report["polish"]["accepted"])
        self.assertLess(report["polish"]["relative_distance_moved"], 1e-5)
        self.assertEqual(report["points"][0]["verdict"], point["verdict"])
        self.assertIsNone(report["advice"])
        np.testing.assert_allclose(np.load(self.directory / "out" / "point_1_W.npy"), point["W"], rtol=1e-6)
        for command in (("plateau", "--neuron", 0), ("critical-set", "--wide", 3)):
            done = run(command[0], *MODEL, *single, *command[1:])
            self.assertEqual(done.returncode, 3)
            self.assertIn("tepui classify --polish", done.stderr)

    def test_polish_does_not_wander_off(self):
        rng = np.random.default_rng(3)
        far = self.weights(rng.normal(size=(2, 4)), rng.normal(size=2))
        done = run("classify", *MODEL, *far, "--polish", "--json")
        report = json.loads(done.stdout)
        self.assertFalse(report["polish"]["accepted"])
        self.assertEqual(done.returncode, 3)
        self.assertEqual(report["points"][0]["W"], np.load(far[1]).tolist(), "judged as given")
        self.assertIn("No stationary point is near", report["advice"])
        self.assertIn("judged as given", " ".join(run("classify", *MODEL, *far, "--polish").stdout.split()))

    def test_shapes(self):
        base = ("classify", *TABLE)
        self.refused((*base, "--bias", *self.weights(np.ones((4, 2)), np.ones(4))), "transposed", "W.T")
        self.refused((*base, "--bias", *self.weights(np.ones((4, 2)), np.ones(2))), "transposed", "W.T")
        self.refused((*base, "--bias", *self.weights(np.ones((2, 3)), np.ones(2))), "bias weights is missing", "last one")
        self.refused((*base, *self.weights(np.ones((2, 4)), np.ones(2))), "give --bias")
        constant = ("classify", DATA / "digits.csv", "--target", "digit", "--features", "p00,p20,p36", "--bias")
        self.refused((*constant, *self.weights(np.ones((1, 4)), np.ones(1))), "--keep-constant")
        for command, more in (("reduce", ()), ("plateau", ("--neuron", 0)), ("critical-set", ("--wide", 5))):
            self.refused((command, *TABLE, "--bias", *self.weights(np.ones((4, 2)), np.ones(4)), *more), "transposed")

    def test_activations(self):
        weights = self.weights(np.ones((2, 3)), np.ones(2))
        for command in (("plateau", "--neuron", 0), ("critical-set", "--wide", 3)):
            for name in ("relu", "abs", "leaky_relu", "leaky_relu:0.1"):
                self.refused((command[0], *TABLE, *weights, *command[1:], "--activation", name), "smooth activations", "softplus, gelu")
        self.refused(("classify", *TABLE, *weights, "--activation", "relu", "--certify"), "smooth activations")
        self.refused(("trace", *TABLE, "--width", 2, "--activation", "tanh"), "relu, leaky_relu or abs", "tepui analyze")


if __name__ == "__main__":
    unittest.main()
