"""Ends of searches on small made tables (tests/data/ends), each of which once ended in a verdict that was wrong."""

import json
import math
import unittest

import numpy as np

from command import DATA, InTemporaryDirectory, run_json

ENDS = DATA / "ends"


def found(name, target, activation, width, seed, *options, loss="squared", starts=8):
    return run_json("analyze", ENDS / f"{name}.csv", "--target", target, "--activation", activation, "--width", width,
                    "--starts", starts,
                    "--seed", seed, "--loss", loss, *options, as_given=True)["search"]["ends"]


class SmallTables(InTemporaryDirectory):
    def check(self, ends):
        """What holds of every end: the loss tends to the limit's, from above where that is a minimum."""
        self.assertTrue(ends)
        for end in ends:
            self.assertNotIn("null", json.dumps(end["way"] or {}))
            changes, errors = (np.array(end["approach"][of], dtype=float) for of in ("loss_change", "loss_change_error"))
            if not any((unit.get("across") or {}).get("sign") == "falls" for unit in end["units"]):
                self.assertLess(abs(changes[-1]), 1e-4 * (1 + end["loss"]) + 10 * errors[-1], end)
            if end["verdict"] == "minimum":
                visible = [change for change, error in zip(changes, errors) if abs(change) > 10 * error]
                self.assertGreater(visible[-1] if visible else 1.0, 0.0, end)

    def test_steps_that_cancel_have_not_fitted_the_samples(self):
        ends = found("cancelling_steps", "y0,y1", "tanh", 2, 308, "--no-standardize", starts=6)
        self.check(ends)
        for end in ends:
            if end["rule"] == "zero_loss":
                self.assertLess(end["loss"], 1e-12)

    def test_without_a_hidden_bias_none_is_moved(self):
        ends = found("no_hidden_bias", "y0,y1", "gelu", 2, 657, "--no-bias", loss="pseudo_huber:0.3", starts=6)
        self.check(ends)
        losses = {"2.037343": "channel", "2.719778": "channel"}  # measured by descents in the charts
        for end in ends:
            if end["verdict"] == "minimum":
                self.assertIn(losses[f"{end['loss']:.6f}"], [unit["kind"] for unit in end["units"]])
        self.assertFalse([end for end in ends if end["verdict"] == "saddle"])

    def test_a_constant_column_serves_as_the_bias(self):
        ends = found("constant_column", "y0", "sigmoid", 2, 2, "--no-standardize", "--no-bias", "--keep-constant",
                     loss="poisson", starts=6)
        self.check(ends)
        self.assertIn("exponential", [unit["kind"] for end in ends for unit in end["units"]])

    def test_a_neuron_that_mirrors_a_centre_is_at_an_inflection(self):
        ends = found("mirrored_centre", "y0,y1", "silu", 4, 486, "--no-standardize", "--no-bias")
        self.check(ends)
        for end in ends:
            if abs(end["loss"] - 7.0408251) < 1e-6:  # from there it falls like a cube, to 7.0405385
                self.assertNotEqual(end["verdict"], "minimum")

    def test_near_ties_show_before_the_nearest_decides(self):
        self.check(found("near_ties", "y0,y1,y2", "sigmoid", 2, 213, "--no-output-bias"))

    def test_a_level_that_few_samples_have_runs_off_alone(self):
        ends = [end for end in found("rare_levels", "y", "tanh", 2, 1) if abs(end["loss"] - 1.6362) < 1e-4]
        self.check(ends)
        self.assertEqual([end["verdict"] for end in ends], ["minimum"])
        steps = [unit for unit in ends[0]["units"] if unit["kind"] == "saturated"]
        self.assertTrue(any(0 < len(unit["kept"]) < 36 for unit in steps), steps)

    def test_the_limit_that_is_printed_has_the_loss_that_is_said(self):
        table = np.genfromtxt(ENDS / "sum_of_columns.csv", delimiter=",", names=True)
        x, y = np.column_stack([table[name] for name in table.dtype.names[:-1]] + [np.ones(len(table))]), table["y0"]
        erf = np.vectorize(lambda z: math.erf(z / math.sqrt(2)))
        checked = 0
        for end in found("sum_of_columns", "y0", "erf", 2, 596, "--no-standardize"):
            if not all(unit["kind"] in ("neuron", "saturated") for unit in end["units"]):
                continue
            f, size = np.full(len(y), end["b"][0]), max(abs(unit["a"][0]) for unit in end["units"])
            for unit in end["units"]:
                if unit["kind"] == "neuron":
                    f += unit["a"][0] * erf(x @ unit["w"])
                    continue
                step = np.sign(x @ unit["v"])
                step[unit["kept"]] = erf(x @ unit["u"])[unit["kept"]]
                self.assertLess(np.abs(x @ unit["v"])[unit["kept"]].max(initial=0), 1e-9)
                f += unit["a"][0] * step
            self.assertAlmostEqual(0.5 * np.sum((f - y) ** 2), end["loss"], delta=1e-9 + 1e-15 * size)
            checked += 1
        self.assertGreater(checked, 1)

    def test_samples_with_inputs_of_their_own_are_fitted_and_set_apart(self):
        """One level stands in two rows with equal inputs and other targets: what is fitted is their mean."""
        table = np.genfromtxt(ENDS / "own_levels.csv", delimiter=",", names=True)
        x = np.column_stack([table[name] for name in table.dtype.names[:-1]])
        x = x[:, x.std(axis=0) > 0]
        x = np.column_stack([(x - x.mean(axis=0)) / x.std(axis=0), np.ones(len(x))])
        y = (table["y"] - table["y"].mean()) / table["y"].std()
        ends = found("own_levels", "y", "tanh", 2, 1, "--standardize")
        self.check(ends)
        self.assertGreater(sum(end["verdict"] == "minimum" for end in ends), 4)
        checked = 0
        for end in ends:
            if not end["fitted_samples"] or any(unit["kind"] not in ("neuron", "saturated") for unit in end["units"]):
                continue
            f = np.full(len(y), end["b"][0])
            for unit in end["units"]:
                if unit["kind"] == "neuron":
                    f += unit["a"][0] * np.tanh(x @ unit["w"])
                    continue
                step = np.sign(x @ unit["v"])
                step[unit["kept"]] = np.tanh(x @ unit["u"])[unit["kept"]]
                f += unit["a"][0] * step
            self.assertAlmostEqual(0.5 * np.sum((f - y) ** 2), end["loss"], delta=1e-8)
            for k in end["fitted_samples"]:
                equal = np.all(x == x[k], axis=1)
                self.assertEqual(set(np.flatnonzero(equal)) - set(end["fitted_samples"]), set())
                self.assertLess(abs(np.mean((f - y)[equal])), 1e-7)
                checked += 1
        self.assertGreater(checked, 4)

    def test_a_level_that_one_class_has_is_told_apart_by_a_hidden_weight(self):
        """Level b3 stands in two rows, both of class lo. Without them the same table has these minima at finite
        weights, of the same losses."""
        text = (ENDS / "level_of_one_class.csv").read_text().splitlines()
        level = text[0].split(",").index("b3")
        others = self.write("others.csv", "\n".join(line for line in text if line.split(",")[level] != "1") + "\n")
        options = ("--target", "y", "--activation", "relu", "--width", 1, "--starts", 8)
        losses = [point["loss"] for point in run_json("analyze", others, *options, as_given=True)["points"]]
        ends = found("level_of_one_class", "y", "relu", 1, 1, "--standardize", loss="softmax")
        self.check(ends)
        minima = [end for end in ends if end["verdict"] == "minimum"]
        self.assertGreater(sum(any(abs(of / end["loss"] - 1.0) < 1e-8 for of in losses) for end in minima), 1)
        for end in minima:
            self.assertEqual((end["separation"]["samples"], end["separation"]["partly"]), (2, 0))
            self.assertGreater(np.abs(end["separation"]["hidden_direction"]).max(), 0.0)

    def test_classes_left_behind_in_some_samples(self):
        """A relu neuron that is on for x > 0 alone, where class hi never is: there lo and mid are left, a logistic
        regression of its own slope and bias; on the other side all three are equally frequent."""
        lines = [line.split(",") for line in (ENDS / "partly_told_apart.csv").read_text().splitlines()[1:]]
        x, label = np.array([float(line[0]) for line in lines]), np.array([line[1] for line in lines])
        on = x > 0
        self.assertEqual([int(np.sum(label[~on] == name)) for name in ("lo", "mid", "hi")], [12, 12, 12])
        y, h = (label[on] == "lo").astype(float), np.column_stack([x[on], np.ones(on.sum())])
        b = np.zeros(2)
        for _ in range(50):
            p = 1 / (1 + np.exp(-h @ b))
            b -= np.linalg.solve(h.T @ (h * (p * (1 - p))[:, None]), h.T @ (p - y))
        best = 36 * math.log(3) - np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))
        ends = found("partly_told_apart", "y", "relu", 1, 1, "--standardize", loss="softmax")
        self.check(ends)
        end = ends[0]
        self.assertEqual((end["verdict"], end["rule"]), ("minimum", "kinked_minimum"))
        self.assertAlmostEqual(end["loss"], best, delta=1e-9)
        self.assertEqual((end["separation"]["samples"], end["separation"]["partly"]), (0, 43))
        hi, lo, mid = end["separation"]["direction"][0]
        self.assertLess(abs(lo - mid), 1e-12 * abs(hi))
        self.assertLess(hi, min(lo, mid))


if __name__ == "__main__":
    unittest.main()
