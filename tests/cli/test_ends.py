"""Ends at infinity: what tepui analyze says of them beside what NumPy makes of the limit."""

import math
import unittest

import numpy as np

from arithmetic import Read, places
from command import DATA, DIABETES, InTemporaryDirectory, run, run_json
from test_search import text_of

ARGUMENTS = ("--target", "progression", "--features", "bmi", "--bias", "--standardize", "--starts", 8)
UNDRAWN = ("cubic", "exponential", "exponential_pair", "quadratic", "square")  # finite_neurons has none
FUNCTIONS = {"tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2, (-1, 1)),
             "softplus": (lambda z: np.logaddexp(0, z), lambda z: 1 / (1 + np.exp(-z)), (0, math.nan))}


def standardised():
    table = np.genfromtxt(DIABETES, delimiter=",", names=True)
    x, y = table["bmi"], table["progression"]
    return np.column_stack([(x - x.mean()) / x.std(), np.ones(len(x))]), (y - y.mean()) / y.std()


def finite_neurons(unit, eps, activation):
    """Weights and outputs of the unit's neurons where what runs off has size 1 / eps (src/MATH.md section 13)."""
    w, v, u = (np.array(unit.get(name, 0.0)) for name in ("w", "v", "u"))
    alpha, c, a = (unit.get(name, [None])[0] for name in ("alpha", "c", "a"))
    slope = FUNCTIONS[activation][1]
    match unit["kind"]:
        case "neuron":
            return [(w, a)]
        case "channel":
            return [(w - eps * v, c / 2 - alpha / (2 * eps)), (w + eps * v, c / 2 + alpha / (2 * eps))]
        case "linear":
            return [(eps * v, alpha / (eps * slope(0.0)))]
        case "saturated":
            return [(u + v / eps, a)]
        case "rectified":
            return [(v / eps, alpha * eps)]
        case "triple_channel":
            q, beta = np.array(unit["q"]), unit["beta"][0]
            return [(w + tau * eps * v + (tau * eps) ** 2 * q,
                     (1 - tau**2) * c + (1.5 * tau**2 - 1) * beta / eps**2 + tau * alpha / (2 * eps)) for tau in (-1, 0, 1)]
    return None


def unit_output(unit, x, activation):
    sigma, slope, ends = FUNCTIONS[activation]
    along = {name: x @ np.array(unit[name]) for name in ("w", "v", "u", "q") if name in unit}
    number = {name: unit[name][0] for name in ("a", "c", "alpha", "beta") if name in unit}
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
        case "exponential_pair":
            e = np.exp(along["w"])
            return number["c"] * e + number["beta"] * e * (e + along["q"])
        case "quadratic":
            return number["alpha"] * along["v"] + number["beta"] * (along["v"] ** 2 + along["q"])
        case "square":
            return number["beta"] * along["v"] ** 2
        case "triple_channel":
            first = slope(along["w"])
            step = 1e-4
            second = (slope(along["w"] + step) - slope(along["w"] - step)) / (2 * step)
            return (number["c"] * sigma(along["w"]) + number["alpha"] * along["v"] * first
                    + number["beta"] * (along["v"] ** 2 * second / 2 + along["q"] * first))
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
            self.assertLessEqual(set(end["fitted_samples"]), set(range(len(y))))
            self.assertEqual((end["b"], end["C"]), (None, None))
            self.check_approach(end, x, y, activation)
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

    def check_approach(self, end, x, y, activation):
        approach = end["approach"]
        inverse, change, error = (np.array(approach[name]) for name in ("inverse_eps", "loss_change", "loss_change_error"))
        self.assertTrue((np.diff(inverse) > 0).all() and len(inverse) > 10)
        if end["verdict"] == "minimum":
            self.assertGreater(change[-1] + error[-1], 0.0)
        sigma = FUNCTIONS[activation][0]
        compared = 0
        for size, told, bound in zip(inverse, change, error):
            neurons = [finite_neurons(unit, 1 / size, activation) for unit in end["units"]]
            if None in neurons or size > 1e4:
                continue
            f = sum(a * sigma(x @ w) for w, a in sum(neurons, []))
            self.assertLess(abs(0.5 * np.sum((f - y) ** 2) - end["loss"] - told), bound + 1e-7 * end["loss"], (size, end["units"]))
            compared += 1
        if end["verdict"] == "minimum" and not any(unit["kind"] in UNDRAWN for unit in end["units"]):
            self.assertGreater(compared, 10)

    def test_steps_and_linear_units(self):
        self.assertLessEqual({"saturated", "linear", "neuron"}, self.check("tanh", 2))

    def test_ramps_and_tails(self):
        self.assertLessEqual({"rectified", "neuron"}, self.check("softplus", 3))

    def test_the_main_job_ends_in_answers(self):
        search = run_json("analyze", DIABETES, "--target", "progression", "--width", 2, "--bias", "--standardize")["search"]
        outcomes = search["outcomes"]
        self.assertGreaterEqual(outcomes["converged"] + outcomes["at_infinity"], 15)
        # A fall that is proven but below what doubles resolve is one that the search cannot follow.
        self.assertLessEqual(sum(end["starts"] for end in search["ends"] if end["verdict"] == "saddle"), 2)
        minima = sum(end["starts"] for end in search["ends"] if end["verdict"] == "minimum")
        self.assertGreaterEqual(outcomes["converged"] + minima, 13)

    def test_out_holds_the_limits(self):
        out = self.directory / "out"
        report = run_json("analyze", DIABETES, *ARGUMENTS, "--output-bias", "--activation", "tanh", "--width", 2, "--out", out)
        ends = report["search"]["ends"]
        self.assertGreater(len(ends), 0)
        x, y = standardised()
        for end in ends:
            arrays = np.load(out / f"end_{end['end']}.npz")
            self.assertEqual([str(kind) for kind in arrays["units"]], [unit["kind"] for unit in end["units"]])
            units = [{"kind": unit["kind"], **{name: arrays[f"unit_{u}_{name}"] for name in unit if f"unit_{u}_{name}" in arrays}}
                     for u, unit in enumerate(end["units"])]
            for unit in units:
                if "kept" in unit:
                    unit["kept"] = unit["kept"].astype(int)
            f = arrays["b"][0] + sum(unit_output(unit, x, "tanh") for unit in units)
            self.assertLess(abs(0.5 * np.sum((f - y) ** 2) - float(arrays["limit_loss"])), 1e-9 * end["loss"])
            self.assertEqual((float(arrays["limit_loss"]), str(arrays["activation"])), (end["loss"], "tanh"))
            self.assertEqual(list(arrays["loss_change"]), end["approach"]["loss_change"])
        run_json("analyze", DIABETES, *ARGUMENTS, "--activation", "gelu", "--width", 1, "--out", out)
        self.assertEqual(sorted(path.name for path in out.glob("end_*")), [], "what an earlier run wrote is gone")

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

    def test_the_tail_of_silu_is_no_finite_minimum(self):
        """Best losses at z near -100, -200, -375 and -1000 fall to the limit's like 0.006 / z^2."""
        report = run_json("analyze", DATA / "run_off/silu_tail.csv", "--target", "y0", "--width", 1, "--activation", "silu",
                          "--starts", 6, as_given=True)
        end = report["search"]["ends"][0]
        self.assertEqual((end["verdict"], end["units"][0]["kind"]), ("minimum", "exponential"))
        self.assertAlmostEqual(end["loss"], 0.778908593188, places=10)
        for point in report["points"]:
            self.assertGreater(point["loss"], 0.8)

    def test_a_neuron_that_steepens_is_no_finite_unit(self):
        """A form 28 and more from its hyperplane everywhere has a definite Hessian all along the way to a step."""
        report = run_json("analyze", DATA / "run_off/two_steps.csv", "--target", "y0", "--features", "x1,x2", "--width", 2,
                          "--activation", "tanh", "--starts", 6, as_given=True)
        ends = [end for end in report["search"]["ends"] if abs(end["loss"] - 3.55347627) < 1e-6]
        for end in ends:
            if end["verdict"] == "minimum":
                self.assertNotIn("neuron", [unit["kind"] for unit in end["units"]])

    def test_the_way_down_has_the_change_that_is_told(self):
        """A ramp beside the unit that falls: near its limit alone it adds more than the fall."""
        rows = [(-0.533, 1.227, 0.0), (-0.966, 0.644, 0.0), (0.478, 0.222, 1.0), (0.645, 0.646, 0.0), (0.816,
                0.294, 1.0), (-1.436, 0.002, 1.0), (0.543, 1.036, 1.0), (-1.182, -1.486, 1.0),
                (1.584, -0.071, 1.0), (-0.145, 0.453, 0.0), (-0.224, -1.219, 0.0), (-0.051, 0.612,
                0.0)]
        table = self.write("ramp.csv", text_of(["x0", "x1", "y0"], rows))
        x, y = np.array(rows)[:, :2], np.array(rows)[:, 2]
        x = np.column_stack([x, np.ones(len(x))])
        shown = 0
        for activation, seed, sigma in (("softplus", 398, lambda z: np.logaddexp(z, 0)), ("tanh", 4, np.tanh),
                                        ("tanh", 11, np.tanh)):
            arguments = ("analyze", table, "--target", "y0", "--activation", activation, "--width", 2, "--starts", 6,
                         "--seed", seed, "--loss", "squared", "--no-standardize")
            for end in run_json(*arguments, as_given=True)["search"]["ends"]:
                if end["verdict"] != "saddle":
                    continue
                way = end["way"]
                if way is None:
                    self.assertIn("rounding hides it", " ".join(run(*arguments, as_given=True).stdout.split()))
                    continue
                z = np.longdouble(1) * x @ np.array(way["W"], np.longdouble).T
                f = sigma(z) @ np.array(way["a"], np.longdouble).reshape(-1) + np.array(way["b"], np.longdouble)
                change = 0.5 * np.sum((f - y) ** 2) - np.longdouble(end["loss"])
                self.assertLess(way["change"], -way["change_error"])
                self.assertLess(abs(change - way["change"]), way["change_error"] + 1e-14 * end["loss"])
                shown += 1
        self.assertGreater(shown, 0)


if __name__ == "__main__":
    unittest.main()
