"""Activations by name: what the command computes with them, from the mathematics in plain Python; kinks of selu."""

import csv
import math
import unittest

import numpy as np

from command import DIABETES, InTemporaryDirectory, run, run_json

ARGUMENTS = ("analyze", DIABETES, "--target", "progression", "--features", "bmi,s5", "--width", 1, "--bias", "--standardize",
             "--starts", 4)


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


FUNCTIONS = {
    "normal_cdf": lambda z: 0.5 * math.erfc(-z / math.sqrt(2)),
    "gelu_tanh": lambda z: 0.5 * z * (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))),
    "sigmoid_softplus": lambda z: sigmoid(4 * z) + math.log1p(math.exp(z)),
    "selu": lambda z: 1.0507009873554805 * z if z > 0 else 1.7580993408473766 * math.expm1(z),
}


def loss(report, point, function):
    with open(DIABETES, newline="") as table:
        rows = list(csv.DictReader(table))
    x = np.array([[float(row[name]) for name in report["data"]["features"]] for row in rows])
    y = np.array([float(row[report["data"]["target"]]) for row in rows])
    scaling = report["preprocessing"]
    x = np.column_stack([(x - scaling["features"]["mean"]) / scaling["features"]["scale"], np.ones(len(x))])
    y = (y - scaling["target"]["mean"]) / scaling["target"]["scale"]
    features = np.vectorize(function)(x @ np.array(point["W"]).T)
    return 0.5 * np.sum((features @ np.array(point["a"]) - y) ** 2)


class Activations(InTemporaryDirectory):
    def test_points_have_the_loss_of_the_formula(self):
        for name, function in FUNCTIONS.items():
            with self.subTest(activation=name):
                report = run_json(*ARGUMENTS, "--activation", name)
                self.assertGreater(len(report["points"]), 0)
                for point in report["points"]:
                    self.assertAlmostEqual(point["loss"], loss(report, point, function), delta=1e-10 * point["loss"])
                    self.assertIn(point["verdict"], ("local_minimum", "saddle"))

    def classified(self, rows, *options):
        (self.directory / "table.csv").write_text("p,q,y\n" + "".join(f"{p},{q},{y}\n" for p, q, y in rows))
        np.save(self.directory / "W.npy", np.array([[1.0, 0.0]]))
        np.save(self.directory / "a.npy", np.array([1.0]))
        return ("classify", self.directory / "table.csv", "--target", "y", "--activation", "selu", "--weights",
                self.directory / "W.npy", self.directory / "a.npy", *options)

    def test_a_kink_leaves_a_point_of_selu_undetermined(self):
        rows = [(0, 1, 1), (1, 0.5, 1.2), (-1, 2, -1), (2, -1, 2)]
        point = run_json(*self.classified(rows))["points"][0]
        self.assertEqual((point["verdict"], point["rule"]), ("undetermined", "kink"))
        self.assertIsNone(point["hessian"])
        text = " ".join(run(*self.classified(rows)).stdout.split())
        self.assertIn("where the slope of its activation jumps", text)

    def test_certificates_of_selu_are_refused_with_the_reason(self):
        done = run(*ARGUMENTS, "--activation", "selu", "--certify")
        self.assertIn("selu", " ".join((done.stdout + done.stderr).split()))
        self.assertRegex(" ".join((done.stdout + done.stderr).split()), "continuous second derivative|without MPFR")


if __name__ == "__main__":
    unittest.main()
