"""--out holds where each way down leads: there the loss is lower by what the report says, by NumPy alone."""

import csv
import unittest

import numpy as np

from command import DIABETES, InTemporaryDirectory, run_json

DATA = (DIABETES, "--target", "progression", "--features", "bmi,s5", "--bias", "--standardize")


def table(report):
    with open(report["data"]["file"], newline="") as file:
        rows = list(csv.DictReader(file))
    x = np.array([[float(row[name]) for name in report["data"]["features"]] for row in rows])
    y = np.array([float(row[report["data"]["target"]]) for row in rows])
    scaling = report["preprocessing"]
    x = (x - scaling["features"]["mean"]) / scaling["features"]["scale"]
    return np.column_stack([x, np.ones(len(x))]), (y - scaling["target"]["mean"]) / scaling["target"]["scale"]


SIGMA = {"silu": lambda z: z / (1 + np.exp(-z)), "relu": lambda z: np.maximum(z, 0.0)}


class Ways(InTemporaryDirectory):
    def setUp(self):
        super().setUp()
        self.out = self.directory / "out"
        self.checked = self.left = 0

    def loss(self, report, w, a):
        x, y = table(report)
        return 0.5 * np.sum((SIGMA[report["model"]["activation"]](x @ w.T) @ a - y) ** 2)

    def check(self, report, point, witness, stem, saddle):
        """saddle: W and a of the network that the way leads away from."""
        w, a = np.load(self.out / f"{stem}_escape_W.npy"), np.load(self.out / f"{stem}_escape_a.npy")
        start_w, start_a = (np.array(part) for part in saddle)
        fall = self.loss(report, w, a) - self.loss(report, start_w, start_a)
        self.assertLess(fall, 0.0)
        self.assertAlmostEqual(fall / witness["measured"], 1.0, delta=1e-6 + 1e-11 * point["loss"] / -witness["measured"])
        for name, start, end in (("W", start_w, w), ("a", start_a, a)):
            direction = np.array(witness["direction"][name])
            np.testing.assert_allclose(start + witness["epsilon"] * direction, end, rtol=1e-9, atol=1e-12)
        self.checked += 1

    def daughters(self, point, neuron, gamma):
        w, a = np.array(point["W"]), np.array(point["a"])
        if not any(gamma):  # the way of the point itself
            return w, a
        return (np.vstack([w[:neuron], *[w[neuron]] * len(gamma), w[neuron + 1:]]),
                np.concatenate([a[:neuron], np.array(gamma) * a[neuron], a[neuron + 1:]]))

    def test_of_points_neurons_and_splits(self):
        model = (*DATA, "--activation", "silu")
        report = run_json("analyze", *model, "--width", 2, "--starts", 8, "--find", "stationary", "--out", self.out)
        saddles = 0
        for point in report["points"]:
            stem = f"point_{point['point']}"
            if point["witness"]:
                self.check(report, point, point["witness"], stem, (point["W"], point["a"]))
                saddles += 1
            else:
                self.assertFalse((self.out / f"{stem}_escape_W.npy").exists())
            for neuron in point["neurons"] if point["neurons_of"] == "network" else ():
                if neuron["best_escape"]:
                    self.check(report, point, neuron["best_escape"]["witness"], f"{stem}_neuron_{neuron['neuron']}",
                               self.daughters(point, neuron["neuron"], neuron["best_escape"]["gamma"]))
        self.assertGreater(saddles, 0, "a saddle is needed for this test")
        self.assertGreater(self.checked, 4)

        weights = ("--weights", self.out / "point_1_W.npy", self.out / "point_1_a.npy")
        gammas = ((2.0, -1.0), (0.25, 0.75), (-0.5, -0.5, 2.0))
        report = run_json("classify", *model, *weights, "--out", self.out, "--split", "0:2,-1", "--split", "1:1.5,-0.5",
                          *(word for gamma in gammas for word in ("--gamma", ",".join(map(str, gamma)))))
        point, before = report["points"][0], self.checked
        for neuron in point["neurons"]:
            for number, split in enumerate(neuron["splits"], 1):
                stem = f"point_1_neuron_{neuron['neuron']}_split_{number}"
                self.assertEqual(split["witness"] is not None, (self.out / f"{stem}_escape_a.npy").exists())
                if split["witness"]:
                    self.check(report, point, split["witness"], stem, self.daughters(point, neuron["neuron"], split["gamma"]))
        self.assertGreater(self.checked, before)
        self.assertEqual(point["split_at_once"]["verdict"], "saddle")
        both = self.daughters(point, 1, (1.5, -0.5))
        both = self.daughters({"W": both[0], "a": both[1]}, 0, (2.0, -1.0))
        self.check(report, point, point["split_at_once"]["witness"], "point_1_splits", both)
        self.assertFalse((self.out / "point_2_W.npy").exists(), "of the earlier run")

    def left_out(self, witness, stem):
        """Where a sample that is set apart cannot be kept fitted, the step is measured and its end not written."""
        there = (self.out / f"{stem}_escape_W.npy").exists()
        self.assertEqual(there, witness["direction"] is not None)
        self.left += not there
        return not there

    def judge_all(self, *data):
        """Splits of every neuron of the points found; how many were checked, and how many samples were set apart."""
        model = (*data, "--activation", "silu")
        report = run_json("analyze", *model, "--width", 2, "--starts", 8, "--find", "stationary", "--out", self.out)
        found = set()
        for point in report["points"]:
            files = [self.directory / f"given_{part}.npy" for part in "Wa"]
            for file, part in zip(files, "Wa"):
                np.save(file, np.array(point[part]))
            report = run_json("classify", *model, "--weights", *files, "--out", self.out, "--split", "0:2,-1", "--split", "1:1.5,-0.5",
                              "--gamma", "2,-1", "--gamma=-0.5,-0.5,2")
            one = report["points"][0]
            if one["verdict"] == "not_stationary" or one["neurons_of"] != "network":
                continue
            found.add(len(one["whole"]["fitted_samples"]))
            for neuron in one["neurons"]:
                stem = f"point_1_neuron_{neuron['neuron']}"
                if neuron["best_escape"] and not self.left_out(neuron["best_escape"]["witness"], stem):
                    gamma = neuron["best_escape"]["gamma"]
                    start = self.daughters(one, neuron["neuron"], gamma) if any(gamma) else (one["W"], one["a"])
                    self.check(report, one, neuron["best_escape"]["witness"], stem, start)
                for number, split in enumerate(neuron["splits"], 1):
                    if split["witness"] and not self.left_out(split["witness"], f"{stem}_split_{number}"):
                        self.check(report, one, split["witness"], f"{stem}_split_{number}",
                                   self.daughters(one, neuron["neuron"], split["gamma"]))
            if one["split_at_once"]["witness"] and not self.left_out(one["split_at_once"]["witness"], "point_1_splits"):
                both = self.daughters(one, 1, (1.5, -0.5))
                both = self.daughters({"W": both[0], "a": both[1]}, 0, (2.0, -1.0))
                self.check(report, one, one["split_at_once"]["witness"], "point_1_splits", both)
        return found

    def with_column(self, name, value):
        """The table with one more column."""
        with open(DIABETES, newline="") as file:
            rows = list(csv.DictReader(file))
        with open(self.directory / "more.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, [*rows[0], name])
            writer.writeheader()
            for index, row in enumerate(rows):
                writer.writerow({**row, name: value(index, row)})
        return (self.directory / "more.csv", "--target", "progression", "--features", f"bmi,s5,{name}", "--bias", "--standardize")

    def test_of_neurons_where_a_column_is_given_twice(self):
        found = self.judge_all(*self.with_column("twice", lambda index, row: 2.0 * float(row["bmi"])))
        self.assertEqual((found, self.left), ({0}, 0))
        self.assertGreater(self.checked, 4)

    def test_of_neurons_where_a_sample_is_set_apart(self):
        found = self.judge_all(*self.with_column("alone", lambda index, row: 3.0 if index == 7 else 0.0))
        self.assertIn(1, found)
        self.assertGreater(self.checked, self.left)

    def test_of_relu(self):
        report = run_json("trace", *DATA, "--width", 2)
        saddle = next(plateau for plateau in report["plateaus"] if plateau["verdict"] == "saddle")
        w, a = np.array(saddle["parameters"][:6]).reshape(2, 3), np.array(saddle["parameters"][6:])
        np.save(self.directory / "W.npy", w)
        np.save(self.directory / "a.npy", a)
        report = run_json("classify", *DATA, "--activation", "relu", "--weights", self.directory / "W.npy", self.directory / "a.npy",
                          "--out", self.out)
        point = report["points"][0]
        self.check(report, point, point["witness"], "point_1", (w, a))


if __name__ == "__main__":
    unittest.main()
