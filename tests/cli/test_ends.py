"""Ends at infinity: what tepui analyze says of them beside what NumPy makes of the limit."""

import math
import unittest

import numpy as np

from arithmetic import Read, places
from command import DATA, DIABETES, InTemporaryDirectory, run, run_json
from test_search import text_of

ARGUMENTS = ("--target", "progression", "--features", "bmi", "--bias", "--standardize", "--starts", 8)
FUNCTIONS = {"tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2, (-1, 1)),
             "softplus": (lambda z: np.logaddexp(0, z), lambda z: 1 / (1 + np.exp(-z)), None)}


def standardised():
    table = np.genfromtxt(DIABETES, delimiter=",", names=True)
    x, y = table["bmi"], table["progression"]
    return np.column_stack([(x - x.mean()) / x.std(), np.ones(len(x))]), (y - y.mean()) / y.std()


def unit_output(unit, x, activation):
    sigma, slope, ends = FUNCTIONS[activation]
    along = {name: x @ np.array(unit[name]) for name in ("w", "v", "u") if name in unit}
    number = {name: unit[name][0] for name in ("a", "c", "alpha") if name in unit}
    match unit["kind"]:
        case "neuron":
            return number["a"] * sigma(along["w"])
        case "channel":
            return number["c"] * sigma(along["w"]) + number["alpha"] * along["v"] * slope(along["w"])
        case "linear":
            return number["alpha"] * along["v"]
        case "saturated":
            step = np.where(along["v"] > 0, ends[1], ends[0]).astype(float)
            step[unit["kept"]] = sigma(along["u"][unit["kept"]])
            return number["a"] * step
        case "rectified":
            ramp = np.maximum(0, along["v"])
            ramp[unit["kept"]] = 0
            return number["alpha"] * ramp
        case "exponential":
            return number["alpha"] * np.exp(along["v"])
        case "cubic":
            return along["w"] + number["alpha"] * along["v"] ** 3
    raise AssertionError(unit["kind"])


class Ends(InTemporaryDirectory):
    def check(self, activation, width):
        search = Read(run_json("analyze", DIABETES, *ARGUMENTS, "--activation", activation, "--width", width)["search"])
        x, y = standardised()
        kinds = set()
        losses = []
        for number, end in enumerate(search["ends"], 1):
            self.assertEqual(end["end"], number)
            f = sum(unit_output(unit, x, activation) for unit in end["units"])
            loss = 0.5 * np.sum((f - y) ** 2)
            self.assertLess(abs(loss - end["loss"]), 1e-9 * loss)
            losses.append(end["loss"])
            reached = [start for start in search["starts"] if start["end"] == number]
            self.assertEqual(end["starts"], len(reached))
            for start in reached:
                self.assertEqual(start["outcome"], "at_infinity")
                self.assertLess(abs(start["loss"] - end["loss"]), 1e-7 * loss)
            self.assertIsNone(end["separation"])  # no classes
            self.assertLess(end["gradient_norm"], 1e-6)
            self.assertLess(end["gradient_relative"], 1e-8)
            self.assertTrue(end["reason"].endswith("."))
            self.assertIn(end["rule"], ("definite", "falls_across", "degenerate", "sign_open"))
            self.assertEqual(end["verdict"] == "minimum", end["rule"] == "definite")
            hessian = end["hessian"]
            if end["verdict"] == "minimum":
                self.assertEqual((hessian["inertia"]["negative"], hessian["inertia"]["zero"]), (0, 0))
                self.assertGreater(hessian["inertia"]["positive"], 0)
                self.assertGreater(hessian["lambda_min"], 0)
                self.assertGreaterEqual(hessian["lambda_max"], hessian["lambda_min"])
                self.assertTrue(hessian["margin"] >= 2 and hessian["tau"] > 0)
                self.assertIsNone(end["way"])
            self.assertEqual(sorted(sum((unit["neurons"] for unit in end["units"]), [])), list(range(width)))
            for unit in end["units"]:
                kinds.add(unit["kind"])
                if "v" in unit and unit["kind"] not in ("saturated", "exponential"):
                    self.assertLess(abs(math.hypot(*unit["v"]) - 1), 1e-12)
                if unit["kind"] == "neuron":
                    continue
                across = unit["across"]
                if end["verdict"] == "minimum":
                    self.assertEqual(across["sign"], "grows")
                    self.assertGreater(across["value"], across["error"])
                self.assertIsInstance(across["reason"], str)
                self.assertTrue(across["sample"] is None or 0 <= across["sample"] < len(y))
        self.assertEqual(losses, sorted(losses))
        self.assertEqual(sum(end["starts"] for end in search["ends"]), search["outcomes"]["at_infinity"])
        left = {place for place in places(search) if place not in search.seen and place[0] == "ends"}
        self.assertEqual({place for place in left if not {"hessian", "way"} & set(place)}, set())
        return kinds

    def test_steps_and_linear_units(self):
        self.assertLessEqual({"saturated", "linear", "neuron"}, self.check("tanh", 2))

    def test_ramps_and_tails(self):
        self.assertLessEqual({"rectified", "neuron"}, self.check("softplus", 3))

    def test_the_main_job_ends_in_answers(self):
        search = run_json("analyze", DIABETES, "--target", "progression", "--width", 2, "--bias", "--standardize")["search"]
        outcomes = search["outcomes"]
        self.assertGreaterEqual(outcomes["converged"] + outcomes["at_infinity"], 15)
        self.assertEqual([end["verdict"] for end in search["ends"] if end["verdict"] == "saddle"], [])
        minima = sum(end["starts"] for end in search["ends"] if end["verdict"] == "minimum")
        self.assertGreaterEqual(outcomes["converged"] + minima, 13)

    def test_classes_told_apart(self):
        search = run_json("analyze", DATA / "iris.csv", "--target", "species", "--loss", "softmax", "--width", 3, "--starts", 4,
                          "--bias", "--output-bias", "--standardize")["search"]
        table = np.genfromtxt(DATA / "iris.csv", delimiter=",", skip_header=1, usecols=range(4))
        x = np.column_stack([(table - table.mean(0)) / table.std(0), np.ones(150)])
        label = np.repeat([0, 1, 2], 50)
        apart = [end for end in search["ends"] if end["rule"] == "separated"]
        self.assertEqual(len(apart), 1)
        for end in apart:
            self.assertEqual((end["verdict"], end["loss"]), ("minimum", 0))
            separation = end["separation"]
            self.assertEqual((separation["groups"], separation["samples"]), ([0, 1, 2], 150))
            features = [np.tanh(x @ np.array(unit["w"])) for unit in end["units"]] + [np.ones(150)]
            f = np.column_stack(features) @ np.array(separation["direction"])
            others = np.where(np.eye(3)[label] == 1, -np.inf, f).max(1)
            margin = f[np.arange(150), label] - others
            self.assertGreater(margin.min(), 0)
            spread = (f[np.arange(150), label][:, None] - f).max()
            self.assertLess(abs(separation["margin"] - margin.min() / spread), 1e-6)

    def test_a_separable_step_has_zero_loss_in_the_limit(self):
        table = self.write("step.csv", text_of(["x", "y"], [(t, 1.0 if t > 0 else -1.0) for t in np.arange(-1.9, 2.0, 0.2)]))
        end, = run_json("analyze", table, "--target", "y", "--width", 1, "--bias", "--starts", 4)["search"]["ends"]
        self.assertEqual((end["verdict"], end["rule"]), ("minimum", "zero_loss"))
        self.assertLess(end["loss"], 1e-28)
        done = run("analyze", table, "--target", "y", "--width", 1, "--bias", "--starts", 4)
        self.assertIn("MINIMUM AT INFINITY (zero_loss)", done.stdout)


if __name__ == "__main__":
    unittest.main()
