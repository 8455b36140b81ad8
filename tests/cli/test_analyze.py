import csv
import json
import unittest

import numpy as np

from command import DATA, DIABETES, InTemporaryDirectory, run, run_json
from verdicts import check_point

ARGUMENTS = ("analyze", DIABETES, "--target", "progression", "--features", "bmi,s5", "--width", 2, "--activation", "silu",
             "--bias", "--standardize", "--starts", 6)


def silu_network(report, point):
    """Loss and gradient of a point, from the table, by NumPy alone."""
    with open(DIABETES, newline="") as table:
        rows = list(csv.DictReader(table))
    x = np.array([[float(row[name]) for name in report["data"]["features"]] for row in rows])
    y = np.array([float(row[report["data"]["target"]]) for row in rows])
    scaling = report["preprocessing"]
    x = (x - scaling["features"]["mean"]) / scaling["features"]["scale"]
    y = (y - scaling["target"]["mean"]) / scaling["target"]["scale"]
    x = np.column_stack([x, np.ones(len(x))])
    w, a = np.array(point["W"]), np.array(point["a"])
    z = x @ w.T
    s = 1 / (1 + np.exp(-z))
    value, first, second = z * s, s * (1 + z * (1 - s)), s * (1 - s) * (2 + z * (1 - 2 * s))
    residual = value @ a - y
    gradient_w = (residual[:, None] * first * a).T @ x
    gradient_a = value.T @ residual
    inner = np.einsum("ki,kp,kq->ipq", residual[:, None] * a * second, x, x)
    return 0.5 * residual @ residual, np.concatenate([gradient_w.ravel(), gradient_a]), inner


class OnDiabetes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.report = run_json(*ARGUMENTS)

    def test_every_start_is_accounted_for(self):
        search = self.report["search"]
        self.assertEqual(len(search["starts"]), 6)
        self.assertEqual(sum(search["outcomes"].values()), 6)
        self.assertEqual(search["outcomes"]["cancelled"], 0)
        for start in search["starts"]:
            self.assertTrue(start["reason"])
            self.assertEqual(start["point"] is not None, start["outcome"] == "converged")
        for point in self.report["points"]:
            hits = sum(start["point"] == point["point"] for start in search["starts"])
            self.assertEqual(hits, point["starts"])

    def test_points_satisfy_the_theorems(self):
        self.assertGreater(len(self.report["points"]), 0)
        for point in self.report["points"]:
            with self.subTest(point=point["point"]):
                check_point(self, point, self.report["model"])

    def test_points_are_distinct_and_sorted(self):
        losses = [point["loss"] for point in self.report["points"]]
        self.assertEqual(losses, sorted(losses))

    def test_numpy_finds_the_same_loss_gradient_and_inner_hessians(self):
        for point in self.report["points"]:
            loss, gradient, inner = silu_network(self.report, point)
            self.assertAlmostEqual(point["loss"] / loss, 1.0, places=11)  # NumPy's sums differ by processor
            # Within rounding where large output weights cancel.
            self.assertLess(np.linalg.norm(gradient), max(1e-9 * loss, 2 * point["gradient_norm"]))
            for neuron, matrix in zip(point["neurons"], inner):
                values = np.linalg.eigvalsh(matrix)
                size = np.abs(values).max()
                self.assertAlmostEqual(neuron["inner_hessian"]["lambda_min"] / size, values[0] / size, places=8)
                self.assertAlmostEqual(neuron["inner_hessian"]["lambda_max"] / size, values[-1] / size, places=8)

    def test_standardisation_is_reported(self):
        self.assertTrue(self.report["preprocessing"]["standardized"])
        self.assertEqual(len(self.report["preprocessing"]["features"]["mean"]), 2)
        self.assertAlmostEqual(self.report["preprocessing"]["target"]["mean"], 152.13348416289594, places=10)

    def test_the_seed_decides_and_the_threads_do_not(self):
        one = run(*ARGUMENTS, "--json", "--threads", 1)
        two = run(*ARGUMENTS, "--json", "--threads", 2)
        self.assertEqual(one.returncode, 0)
        self.assertEqual(one.stdout, two.stdout)
        other = run_json(*ARGUMENTS, "--seed", 4)
        self.assertNotEqual(other["search"]["starts"], self.report["search"]["starts"])


class Reports(InTemporaryDirectory):
    def test_text_names_points_and_neurons(self):
        done = run(*ARGUMENTS)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "", "nothing but warnings goes to a standard error that is no terminal")
        for word in ("Point 1 of", "lambda_min", "plateau", "Gamma+", "Gradient", "Search"):
            self.assertIn(word, done.stdout)
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 125)

    def test_timings_account_for_the_run(self):
        done = run(*ARGUMENTS, "--timings")
        self.assertEqual(done.returncode, 0, done.stderr)
        for word in ("Where the time went", "read data", "find points", "inner Hessians", "witnesses", "in all"):
            self.assertIn(word, done.stdout)
        self.assertNotIn("Where the time went", run(*ARGUMENTS).stdout)

        report = run_json(*ARGUMENTS, "--timings")
        timings = report.pop("timings")
        self.assertEqual(report, run_json(*ARGUMENTS), "timings add to the report and change nothing in it")
        names = [phase["phase"] for phase in timings["phases"]]
        self.assertEqual(names[:5], ["read data", "find points", "reduction", "gradient", "Hessian"])
        self.assertLessEqual({"Hessian spectrum", "inner Hessians", "inner Hessian spectra", "verdicts", "witnesses"}, set(names))
        self.assertEqual(len(names), len(set(names)), "points add up under one name")
        seconds = [phase["seconds"] for phase in timings["phases"]]
        self.assertTrue(all(value > 0 for value in seconds), timings)
        self.assertLessEqual(sum(seconds), timings["seconds"])
        self.assertGreater(sum(seconds), 0.5 * timings["seconds"], "most of the time has a name")

    def test_out_holds_the_json_and_the_weights(self):
        out = self.directory / "new" / "results"
        done = run(*ARGUMENTS, "--json", "--out", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((out / "report.json").read_text(), done.stdout)
        for point in json.loads(done.stdout)["points"]:
            w = np.load(out / f"point_{point['point']}_W.npy")
            a = np.load(out / f"point_{point['point']}_a.npy")
            self.assertEqual((w.dtype, w.shape, a.shape), (np.float64, (2, 3), (2,)))
            self.assertTrue((w == np.array(point["W"])).all() and (a == np.array(point["a"])).all())

    def test_sample_weights_count_samples(self):
        rng = np.random.default_rng(5)
        x = rng.normal(size=(40, 2))
        y = np.tanh(x[:, 0]) + 0.5 * np.tanh(x[:, 1] - x[:, 0]) + 0.3 * rng.normal(size=40)
        count = rng.integers(0, 3, size=40)
        weighted = "u,v,y,s\n" + "".join(f"{p!r},{q!r},{t!r},{s}\n" for (p, q), t, s in zip(x.tolist(), y.tolist(), count))
        repeated = "u,v,y\n" + "".join(f"{p!r},{q!r},{t!r}\n" * s for (p, q), t, s in zip(x.tolist(), y.tolist(), count))
        arguments = ("--target", "y", "--width", 1, "--activation", "tanh", "--standardize", "--starts", 4)
        once = run_json("analyze", self.write("w.csv", weighted), *arguments, "--sample-weights", "s")
        each = run_json("analyze", self.write("r.csv", repeated), *arguments)
        self.assertEqual(once["data"]["sample_weights"], "s")
        self.assertAlmostEqual(once["preprocessing"]["target"]["scale"], each["preprocessing"]["target"]["scale"], places=12)
        self.assertAlmostEqual(once["points"][0]["loss"], each["points"][0]["loss"], places=9)

    def test_features_choose_and_order_the_inputs(self):
        report = run_json("analyze", DIABETES, "--target", "progression", "--features", "s5,bmi", "--width", 1,
                          "--bias", "--standardize", "--starts", 2)
        self.assertEqual(report["data"]["features"], ["s5", "bmi"])
        self.assertEqual(report["model"]["inputs"], 3)

    def test_constant_columns_are_left_out_aloud(self):
        done = run("analyze", DATA / "digits.csv", "--target", "digit", "--features", "p00,p32,p39,p20,p36", "--width", 1,
                   "--bias", "--standardize", "--starts", 2, "--json")
        self.assertIn("left out 3 constant columns: p00, p32, p39", done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(report["data"]["left_out_constant"], ["p00", "p32", "p39"])
        self.assertEqual(report["model"]["inputs"], 3)

    def test_more_parameters_than_samples_is_a_warning(self):
        rows = "".join(f"{k},{k * k % 7},{k % 3}\n" for k in range(8))
        done = run("analyze", self.write("few.csv", "u,v,y\n" + rows), "--target", "y", "--width", 3, "--bias",
                   "--standardize", "--starts", 1, "--json")
        self.assertIn("more parameters (12) than samples (8)", done.stderr)
        self.assertIn(done.returncode, (0, 3))
        self.assertIn("more parameters", json.loads(done.stdout)["warnings"][0])



class ByProducts(unittest.TestCase):
    """The Hessian of the point judged by products alone."""

    def test_minima_are_indicated_saddles_proven(self):
        seen = set()
        for find in ("minimum", "stationary"):
            arguments = (*ARGUMENTS, "--find", find)
            dense = run_json(*arguments)["points"]
            products = run_json(*arguments, "--hessian-method", "matrix_free")["points"]
            self.assertEqual(len(dense), len(products))
            for one, two in zip(dense, products):
                if one["verdict"] == "local_minimum" and one["strict"]:
                    self.assertEqual(two["verdict"], "indicated_minimum")
                    self.assertEqual(two["rule"], "smallest_ritz_value")
                    evidence = two["hessian"]["evidence"]
                    self.assertGreater(evidence["ritz_value"] - evidence["residual"], evidence["tau"])
                    self.assertLessEqual(evidence["miss_probability"], 1e-9)
                elif one["verdict"] == "saddle" and one["rule"] == "hessian_negative_eigenvalue":
                    self.assertEqual(two["verdict"], "saddle")
                    self.assertLess(two["witness"]["measured"], 0)
                else:
                    continue
                seen.add(two["verdict"])
                self.assertIsNone(two["hessian"]["inertia"]["negative"])
                self.assertIsNone(two["whole"]["morse_index"])
                self.assertGreater(two["hessian"]["evidence"]["products"], 0)
        self.assertIn("indicated_minimum", seen)

    def test_text(self):
        text = " ".join(run(*ARGUMENTS, "--hessian-method", "matrix_free").stdout.split())
        self.assertIn("INDICATED, NOT PROVEN", text)
        self.assertIn("smallest Ritz value", text)


if __name__ == "__main__":
    unittest.main()
