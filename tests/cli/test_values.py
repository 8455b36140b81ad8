"""Every field of every report has the value that NumPy finds from the table and the weights; one that nobody checks fails."""

import csv
import json
import math
import unittest

import numpy as np

from arithmetic import Plain, Read, eigenvalues, places
from command import DIABETES, run
from values_of_points import PointValues  # its tests run here, too
from values_test import ValuesTest

__all__ = ["PointValues", "OtherValues"]


def surjections(n, r):
    return sum((-1) ** j * math.comb(r, j) * (r - j) ** n for j in range(r + 1))


class OtherValues(ValuesTest):
    def test_certificates(self):
        if not Read(json.loads(run("info", "--json").stdout))["certificates"]:
            self.skipTest("built without certificates")
        self.weighted_table()
        given = self.report("analyze", *self.data, "--width", 2, "--starts", 4)["points"][0]
        w, a = np.array(given["W"]), np.array(given["a"])
        report = self.report("classify", *self.data, *self.weights("p", w, a), "--certify", "--gamma", "2,-1")
        found, plain, point = report["points"][0]["certificate"], self.plain(w, a), report["points"][0]
        self.assertEqual((found["complete"], found["about"], found["failed_step"], found["failed_neuron"], found["reason"]),
                         (True, "network", None, None, ""))
        self.assertEqual((found["stationary"], found["verdict"], found["morse_index"]), (True, point["verdict"], 0))
        newton, box = found["newton"], found["parameters"]
        self.assertTrue(0.0 < newton["step_at_most"] < newton["radius"] < 1e-20 and 0.0 <= newton["contraction_at_most"] < 0.5)
        self.assertGreaterEqual(newton["radius"] * (1 - newton["contraction_at_most"]), newton["step_at_most"])
        given = np.concatenate([w.ravel(), a])
        lower, upper = np.array(box["lower"]), np.array(box["upper"])
        self.assertTrue((lower < upper).all() and (np.abs(lower - given) <= 1e-12).all() and (upper - lower <= 1e-14).all())
        for text, least, most in zip(box["balls"], lower, upper, strict=True):
            self.assertTrue(least <= float(text.strip("[").split(" ")[0]) <= most, text)
        self.assertTrue(np.linalg.norm(np.maximum(given - upper, lower - given).clip(0)) <= found["distance_at_most"] < 1e-12)
        self.assertEqual((found["precision_bits"], list(box["held"])), (127, []))

        def holds(interval, value, slack):
            self.assertTrue(interval["lower"] <= interval["upper"] <= interval["lower"] + slack)
            self.assertTrue(interval["lower"] - slack <= value <= interval["upper"] + slack)

        def proves(spectrum, matrix):
            values, inertia = eigenvalues(matrix)
            self.assertEqual((spectrum["negative_at_least"], spectrum["positive_at_least"]), (inertia["negative"], inertia["positive"]))
            slack = 1e-11 * np.abs(values).max()
            holds(spectrum["smallest"], values[0], slack)
            holds(spectrum["largest"], values[-1], slack)
            self.assertTrue(0.0 < spectrum["weakest_equilibrated"] < 4.0 * len(values))

        holds(found["loss"], plain.loss, 1e-11)
        proves(found["hessian"], plain.hessian())
        self.assertIn("strict local minimum", found["statement"])
        for i, neuron in enumerate(found["neurons"]):
            self.assertEqual((neuron["neuron"], neuron["complete"]), (i, True))
            proves(neuron["inner_hessian"], plain.inner(i))
            self.assertEqual((neuron["slopes"]["at_least"], neuron["slopes"]["zero_by_structure"]), (0.0, True))
            self.assertEqual((neuron["local_minima"], neuron["saddles"]), tuple(point["neurons"][i][key] for key in ("local_minima", "saddles")))
            self.assertTrue(neuron["statement"].startswith(f"Neuron {i}: "))
        for i, split in enumerate(found["splits"]):
            self.assertEqual((split["neurons"], split["gammas"], split["what"]), ([i], [[2.0, -1.0]], f"neuron {i} split"))
            self.assertEqual(split["verdict"], point["neurons"][i]["splits"][0]["verdict"])
        left = {place for place in places(report) if "certificate" in place and place not in report.seen}
        self.assertEqual(left, set())

    def test_relu(self):
        arguments = (DIABETES, "--target", "progression", "--features", "bmi", "--bias", "--standardize", "--activation", "relu")
        with open(DIABETES, newline="") as file:
            rows = list(csv.DictReader(file))
        x, y, s = self.standardised(np.array([[float(row["bmi"])] for row in rows]), np.array([float(row["progression"]) for row in rows]),
                                    np.ones(len(rows)))
        found = self.report("analyze", *arguments, "--width", 2, "--starts", 4)["points"]
        shared = 0
        for number, given in enumerate(found):
            w, a = np.array(given["W"]), np.array(given["a"])
            report = self.report("classify", *arguments, *self.weights(f"relu{number}", w, a), "--gamma", "0.5,0.5", "--gamma", "1,0")
            point, plain = report["points"][0], Plain(x, y, s, w, a, "relu")
            self.near(point["loss"], plain.loss, 1e-10)
            self.assertEqual((point["point"], point["stationary"], point["global"]), (1, True, False))
            self.assertEqual((point["stationarity_tolerance"], point["W"], point["a"]), (1e-8, w.tolist(), a.tolist()))
            self.assertTrue(0.0 < point["kink_tolerance"] < 1e-14 and point["rule"] and point["reason"])
            escapes = [i for i, neuron in enumerate(point["neurons"]) if neuron["escape"]]
            self.assertEqual(point["verdict"], "saddle" if escapes else "local_minimum")
            self.assertEqual(point["deciding_neuron"] is None, not escapes)
            self.assertEqual(point["witness"] is None, not escapes)
            for i, neuron in enumerate(point["neurons"]):
                at_kink = np.abs(x @ w[i]) <= point["kink_tolerance"] * (np.abs(x) @ np.abs(w[i]))
                self.assertEqual((neuron["neuron"], neuron["a"], neuron["kinks"]), (i, a[i], int(at_kink.sum())))
                self.assertEqual(neuron["merged_kinks"], len(np.unique(x[at_kink], axis=0)))
                shared += neuron["kinks"] > neuron["merged_kinks"] > 0
                terms = np.abs(plain.r * plain.u[:, i]).sum()
                self.assertLessEqual(abs(neuron["psi"]), 1e-13 * terms)
                self.near(neuron["psi_tolerance"], 1e-8 * terms, 1e-6)
                # What the kinks hold: a_i sum r x away from them is a combination of theirs.
                away = np.abs((plain.r[~at_kink] * (x[~at_kink] @ w[i] > 0)) @ x[~at_kink]).max()
                self.assertEqual(neuron["identically_zero"], bool(away <= 1e-9 * terms and not at_kink.any()))
                self.assertEqual((neuron["nonnegative"], neuron["undetermined_because"], neuron["direction"]), ("yes", "", None))
                self.assertEqual(neuron["method"], "independent" if neuron["merged_kinks"] else "linear")
                self.assertTrue(0.0 <= neuron["defect"] <= neuron["defect_tolerance"] <= 1.001e-8 and 0.0 <= neuron["margin"] <= 1.0, neuron)
                flat = neuron["identically_zero"]
                self.assertEqual([neuron[key] for key in ("plateau", "stationary", "local_minima", "saddles")],
                                 ["all_local_minima", "everywhere", "everywhere", "none"] if flat else
                                 ["local_minima_and_saddles", "not_negative", "gamma_plus", "gamma_boundary"])
                for split, gamma in zip(neuron["splits"], ([0.5, 0.5], [1.0, 0.0]), strict=True):
                    saddle = not flat and 0.0 in gamma
                    self.assertEqual((split["gamma"], split["verdict"]), (gamma, "saddle" if saddle else "local_minimum"))
                    self.assertEqual(split["rule"], "identically_zero" if flat else "zero_share" if saddle else "positive_shares")
                    self.assertTrue(split["reason"])
                    self.assertEqual(split["deciding_neuron"], i + 1 if saddle else None)
                    if saddle:
                        parts = np.vstack([w[:i], w[i], w[i], w[i + 1:]]), np.concatenate([a[:i], [a[i], 0.0], a[i + 1:]])
                        self.check_witness(split["witness"], Plain(x, y, s, *parts, "relu"), lambda *p: Plain(x, y, s, *p, "relu"))
                    else:
                        self.assertIsNone(split["witness"])
            self.all_read(report, "data", "preprocessing", "model", "advice", "warnings", "interrupted", "weight_files")
        self.assertGreater(shared, 0)

    def test_plateau(self):
        self.weighted_table()
        model = (*self.data, "--width", 2, "--starts", 4)
        point = self.report("analyze", *model)["points"][0]
        w, a = np.array(point["W"]), np.array(point["a"])
        report = self.report("plateau", *model, "--neuron", 1, "--steps", 4)
        head, neuron = report["point"], point["neurons"][1]
        self.near(head["loss"], point["loss"], 1e-13)
        self.assertEqual([head[key] for key in ("verdict", "strict", "global", "rank", "inputs", "fitted_samples", "narrow_width")],
                         [point["verdict"], point["strict"], False, 3, 3, [], 2])
        self.assertTrue(head["description"].startswith("point 1 of "))
        self.assertEqual([report[key] for key in ("neuron", "distinct_neuron", "together", "daughters", "steps", "lower")], [1, 1, [1], 2, 4, -0.75])
        self.assertEqual((report["definiteness"], report["plateau"]), (neuron["definiteness"], neuron["plateau"]))
        self.assertEqual([split["gamma"] for split in report["splits"]], [[k / 4, 1 - k / 4] for k in range(-3, 8)])
        members = {}
        for split in report["splits"]:
            gamma = np.array(split["gamma"])
            start = self.plain(w[[0, 1, 1]], np.concatenate([a[:1], gamma * a[1]]))
            _, inertia = eigenvalues(start.hessian())
            self.check_index(split, inertia["negative"], inertia["zero"])
            part = report["parts"][split["part"]]
            self.assertEqual(part["signs"], np.sign(gamma).astype(int).tolist())
            self.assertTrue(split["rule"])
            if split["verdict"] == "saddle":
                self.assertTrue(split["predicted"] < 0 and split["measured"] < 0 and split["measured_error"] <= 1e-8 * -split["measured"])
            else:
                self.assertEqual([split[key] for key in ("predicted", "measured", "measured_error")], [None] * 3)
            members.setdefault(split["part"], []).append(split)
        for index, part in enumerate(report["parts"]):
            splits, signs = members[index], part["signs"]
            falls = [-split["measured"] if split["measured"] else 0.0 for split in splits]
            name = "boundary" if 0 in signs else "Gamma+" if signs == [1, 1] else "Gamma-"
            self.assertEqual((part["region"], part["boundary"], part["splits"]), (name, 0 in signs, len(splits)))
            self.assertEqual(part["others"], sum(split["verdict"] != part["verdict"] for split in splits))
            shared = ("rule", "morse_index", "nullity", "morse_index_bounds", "nullity_bounds")
            self.assertIn([part[key] for key in shared],
                          [[split[key] for key in shared] for split in splits if split["verdict"] == part["verdict"]])
            self.assertEqual((part["least_fall"], part["largest_fall"]), (min(falls), max(falls)))
        self.all_read(report, "data", "preprocessing", "model", "search", "warnings")

    def test_critical_set(self):
        self.weighted_table()
        model = (*self.data, "--width", 2, "--starts", 4)
        point = self.report("analyze", *model)["points"][0]
        report = self.report("critical-set", *model, "--wide", 4, "--samples", 3)
        head = report["point"]
        self.near(head["loss"], point["loss"], 1e-13)
        self.assertEqual((head["verdict"], head["description"][:7]), (point["verdict"], "point 1"))
        self.assertEqual([report[key] for key in ("narrow_width", "wide_width", "narrow_nullity")], [2, 4, 0])
        self.assertEqual([report[key] for key in ("psi_equations", "sharing_dimension")], [1, 1])
        self.near(report["minimal_parameters"], np.concatenate([np.array(point["W"]).ravel(), point["a"]]), 1e-12)
        self.assertEqual(report["meetings"], ["yes" if n["definiteness"] == "indefinite" else "no" for n in point["neurons"]])
        for l, branch in enumerate(report["branches"]):
            ways = surjections(4 - l, 2)
            self.assertEqual((branch["null_neurons"], branch["surjections"], branch["pieces"]), (l, str(ways), str(math.comb(4, l) * ways)))
            self.assertEqual((branch["dimension"], branch["meeting_dimension"]), (2 - l + 2 * l, None if l == 0 else 2 + l - 2))
            self.assertEqual((branch["reached"], branch["existence"], branch["drawn"]), (True, "found", 3))
            falls = [sample["fall"] for sample in branch["samples"]]
            self.assertEqual(branch["largest_fall"], max(falls) or None)
            self.assertEqual(branch["least_fall"], min((fall for fall in falls if fall > 0), default=None))
            self.assertIn(branch["content"], ("saddles",) if l else ("minima_and_saddles", "saddles", "local_minima"))
            for goal in ("deepest", "flattest"):
                search = branch[goal]
                if search:
                    self.assertTrue(0 <= search["from"] < 3 and 0 <= search["improved"] <= search["tried"])
                    self.assertEqual(search["sample"] == search["from"], search["improved"] == 0)
            for sample in branch["samples"]:
                values = np.array(sample["parameters"])
                plain = self.plain(values[:12], values[12:])
                self.near(plain.loss, point["loss"], 1e-10)
                numbers, _ = eigenvalues(plain.hessian())
                zero = np.abs(numbers) <= 1e-10 * np.abs(numbers).max()
                self.check_index(sample, int(np.sum(numbers[~zero] < 0)), int(zero.sum()), known=sample["morse_index"] is not None)
                self.assertEqual(sample["counted_nullity"], int(zero.sum()))
                self.assertEqual(sample["verdict"] == "saddle", sample["fall"] > 0)
                self.assertTrue(sample["rule"] and sample["gradient_relative"] <= 1e-8 and 0.0 <= sample["psi_residual"] <= 1e-13)
                nearest = numbers[~zero][np.argmin(np.abs(numbers[~zero]))]
                self.near(sample["flattest_curvature"], nearest, 1e-6)
                v = np.array(sample["flattest_direction"])
                self.near(v @ plain.hessian() @ v / (v @ v), nearest, 1e-5)
        self.all_read(report, "data", "preprocessing", "model", "search", "warnings")

    def test_trace(self):
        report = self.report("trace", DIABETES, "--target", "progression", "--features", "bmi", "--bias", "--standardize", "--width", 3,
                             "--seed", 4)
        with open(DIABETES, newline="") as file:
            rows = list(csv.DictReader(file))
        x, y, s = self.standardised(np.array([[float(row["bmi"])] for row in rows]), np.array([float(row["progression"]) for row in rows]),
                                    np.ones(len(rows)))
        self.assertEqual((report["initial_scale"], report["seed"], report["max_steps"], report["ending"]), (1e-6, 4, 50000, "at_rest"))
        curve = {key: np.array(report["curve"][key]) for key in ("step", "time", "loss")}
        self.assertEqual((curve["step"][0], curve["time"][0], len(curve["time"]), len(curve["loss"])), (0, 0.0, *[len(curve["step"])] * 2))
        self.assertTrue((np.diff(curve["step"]) > 0).all() and (np.diff(curve["time"]) > 0).all() and (np.diff(curve["loss"]) <= 1e-9).all())
        self.near(curve["loss"][0], 0.5 * y @ y, 1e-9)
        before = -1.0
        for plateau in report["plateaus"]:
            self.assertTrue(before <= plateau["begin"] <= plateau["slowest"] <= plateau["end"] <= curve["time"][-1])
            before = plateau["end"]
            self.assertEqual([curve["time"][l] for l in plateau["curve_points"]], [plateau["begin"], plateau["end"], plateau["slowest"]])
            self.near(plateau["loss"], np.interp(plateau["slowest"], curve["time"], curve["loss"]), 1e-6)
            self.assertTrue(0.0 < plateau["rate"] < curve["loss"][0])
            values = np.array(plateau["parameters"])
            plain = Plain(x, y, s, values[:6], values[6:], "relu")
            self.near(plateau["exact_loss"], plain.loss, 1e-11)
            self.assertEqual(plateau["found"], abs(plateau["exact_loss"] - plateau["loss"]) <= 1e-2 * curve["loss"][0])
            self.assertEqual((plateau["outcome"], plateau["waiting"]), ("converged", [i for i in range(3) if not plain.w[i].any() and plain.a[i] == 0]))
            self.assertTrue(plateau["reason"] and plateau["gradient_relative"] <= 1e-12 and plateau["iterations"] >= 0)
            self.assertIsNone(plateau["at_infinity"])
            self.assertEqual(plateau["verdict"], "saddle" if plateau["escape_neurons"] else "local_minimum")
            self.assertTrue(set(plateau["escape_neurons"]) <= {i for i in range(3) if plain.a[i] == 0} and plateau["verdict_reason"])
            if plateau["witness"]:
                self.check_witness(plateau["witness"], plain, lambda w, a: Plain(x, y, s, w, a, "relu"))
        self.assertGreaterEqual(len(report["plateaus"]), 2)
        self.all_read(report, "data", "preprocessing", "model", "warnings")

    def test_info(self):
        report = self.report("info")
        self.assertIn(report["isa"], report["isas"])
        self.assertTrue(report["threads"] >= 1 and all(report[name] for name in ("blas", "blas_kernels", "lapack", "lapack_blas")))
        for name in ("blas_remedy", "certificates", "linear_programs"):
            self.assertTrue(report[name] is None or report[name])
        self.all_read(report, "components")  # test_components

    def test_reduce_and_embed(self):
        w = np.array([[1.0, 2.0], [-0.5, 0.25]])
        wide = np.vstack([w, w[0] * (1 + 1e-12), -w[1], [3.0, 3.0], [3.0, 3.0], [0.7, 0.1], [0.0, 0.0]])
        a = np.array([1.0, 2.0, 3.0, -0.5, 2.0, -2.0 + 1e-13, 0.0, 0.4])
        weights = self.weights("wide", wide, a)
        report = self.report("reduce", *weights)
        self.assertIsNone(report["data"])
        self.assertEqual([str(file) for file in report["weight_files"]], [str(file) for file in weights[1:]])
        narrow, embedding = report["narrow"], report["embedding"]
        self.assertEqual([report[key] for key in ("activation", "wide_width", "cancelled_groups")], ["tanh", 8, 1])
        self.assertEqual((narrow["width"], narrow["inputs"]), (2, 2))
        self.near(narrow["W"], w, 1e-11)
        self.near(narrow["a"], [4.0, 2.5], 1e-12)
        merged = (1.0 * wide[0] + 3.0 * wide[2]) / 4.0
        spread = max(np.linalg.norm(row - merged) / max(np.linalg.norm(row), np.linalg.norm(merged)) for row in wide[[0, 2]])
        self.near(report["weight_spread"], spread, 1e-3)
        self.near(report["output_spread"], 1e-13 / 4.0, 1e-2)
        self.assertTrue(0.0 < report["tolerance"]["weights"] < 1e-6 and 0.0 < report["tolerance"]["outputs"] < 1e-6)
        given = self.report("reduce", *weights, "--weight-tolerance", 1e-5, "--output-tolerance", 1e-7)["tolerance"]
        self.assertEqual((given["weights"], given["outputs"]), (1e-5, 1e-7))
        self.assertEqual([embedding[key] for key in ("tepui", "format", "activation", "narrow_width", "inputs")],
                         [report["tepui"], 1, "tanh", 2, 2])
        self.assertEqual(len(embedding["neurons"]), 8)
        self.assertEqual(report["warnings"], [])
        self.all_read(report, "neurons")
        # The embedding's neurons give the wide network back.
        out = self.directory / "narrow"
        self.assertEqual(run("reduce", *weights, "--out", out).returncode, 0)
        again = self.directory / "again"
        done = run("embed", "--weights", out / "narrow_W.npy", out / "narrow_a.npy", "--embedding", out / "embedding.json", "--out", again)
        self.assertEqual(done.returncode, 0, done.stderr)
        x = np.random.default_rng(1).normal(size=(20, 2))
        found = np.tanh(x @ np.load(again / "wide_W.npy").T) @ np.load(again / "wide_a.npy")
        self.near(found, np.tanh(x @ wide.T) @ a, 1e-11)


if __name__ == "__main__":
    unittest.main()
