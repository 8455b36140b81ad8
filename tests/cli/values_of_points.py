"""The fields of tables, searches, points, neurons and splits (run by test_values)."""

import math

import numpy as np

from arithmetic import Plain, eigenvalues, singular_values
from command import run
from values_test import ValuesTest


class PointValues(ValuesTest):
    def test_the_table_and_the_search(self):
        rng = np.random.default_rng(8)
        rows, kept = [], []
        for k in range(40):
            u, v, s = float(rng.normal(2, 3)), float(rng.normal()), float(rng.integers(1, 4))
            kind, y = "ab"[k % 2], float(math.tanh(u) + 0.3 * rng.normal())
            kept.append((u, v, kind, s, y))
            rows.append(f"{u!r},{v!r},{kind},7,{s},{y!r}")
        rows[3:3] = ["1,2,a,99,0,1.5", "# a comment", "1,,b,7,1,2"]  # no weight, none, no value
        kept.insert(3, (1.0, 2.0, "a", 0.0, 1.5))
        table = self.write("table.csv", "u,v,kind,flat,s,y\n" + "\n".join(rows) + "\n")
        report = self.report("analyze", table, "--target", "y", "--sample-weights", "s", "--categorical", "kind", "--missing", "drop",
                             "--bias", "--standardize", "--activation", "silu", "--width", 1, "--starts", 5, "--seed", 9,
                             "--max-iterations", 300)
        data, done, model, search = (report[key] for key in ("data", "preprocessing", "model", "search"))
        expected = {"file": table, "samples": 41, "features": ["u", "v", "kind=a", "kind=b"], "target": "y", "sample_weights": "s",
                    "left_out_constant": ["flat"], "left_out_rows": 1, "comment_lines": 1}
        self.assertEqual({key: data[key] for key in expected}, expected)
        self.assertEqual(data["categorical"]["kind"], ["a", "b"])
        x = np.array([[u, v, kind == "a", kind == "b"] for u, v, kind, _, _ in kept], dtype=float)
        s, y = np.array([row[3] for row in kept]), np.array([row[4] for row in kept])
        mean, target = np.average(x, axis=0, weights=s), np.average(y, weights=s)
        deviation = np.sqrt(np.average((x - mean) ** 2, axis=0, weights=s))
        self.assertIs(done["standardized"], True)
        self.near(done["features"]["mean"], mean, 1e-13)
        self.near(done["features"]["scale"], deviation, 1e-13)
        self.near(done["target"]["mean"], target, 1e-13)
        self.near(done["target"]["scale"], math.sqrt(np.average((y - target) ** 2, weights=s)), 1e-13)
        self.near(done["target_variation"], s.sum(), 1e-12)
        of_targets = done["targets"]
        self.near([of_targets["mean"][0], of_targets["scale"][0]], [done["target"]["mean"], done["target"]["scale"]], 1e-15)
        self.near(of_targets["variation"], [done["target_variation"]], 1e-15)
        self.assertEqual([(column["column"], list(column["classes"])) for column in data["targets"]], [("y", [])])
        expected = {"activation": "silu", "width": 1, "inputs": 5, "bias": True, "parameters": 6, "outputs": ["y"],
                    "loss": "1/2 sum_k s_k (f(x_k) - y_k)^2", "loss_name": "squared", "output_bias": False, "skip": False}
        self.assertEqual({key: model[key] for key in expected}, expected)
        self.assertEqual({key: model["decay"][key] for key in ("w", "a", "c", "biases")}, dict.fromkeys(("w", "a", "c", "biases"), 0.0))
        seen = np.column_stack([(x - mean) / deviation, np.ones(len(x))])
        values = singular_values(seen, s)
        found = search["inputs"]
        self.assertEqual(found["used"], 4)  # kind=a and kind=b are opposite once they are standardised
        self.assertTrue(any(abs(v[3] / v[0] - found["smallest_used"]) < 1e-9 for v in values))
        self.assertLessEqual(found["largest_unused"], 1e-14)
        self.assertEqual(found["distinct_samples"], len({tuple(row) for row in seen.tolist()}))
        self.assertEqual([sorted(dependence["inputs"]) for dependence in found["dependences"]], [[2, 3]])
        self.assertLessEqual(found["dependences"][0]["size"], 1e-12)
        self.assertEqual((search["find"], search["seed"], search["max_iterations"], search["tolerance"]), ("minimum", 9, 300, 1e-12))
        starts = search["starts"]
        self.assertEqual([start["start"] for start in starts], [1, 2, 3, 4, 5])
        for outcome in ("converged", "stalled", "cancelled", "at_infinity"):
            self.assertEqual(search["outcomes"][outcome], sum(start["outcome"] == outcome for start in starts))
        losses = [point["loss"] for point in report["points"]]
        self.assertEqual(losses, sorted(losses))
        self.assertEqual(len(search["ends"]), len({start["end"] for start in starts} - {None}))  # test_ends.py reads them
        for start in starts:
            self.assertTrue(start["reason"] and 0 < start["iterations"] <= 300)
            self.assertEqual(start["point"] is None, start["outcome"] != "converged")
            self.assertEqual(start["end"] is None, start["outcome"] != "at_infinity")
            if start["point"]:
                self.near(start["loss"], losses[start["point"] - 1], 1e-6)
                self.assertLessEqual(start["gradient_relative"], 1e-8)
        for number, point in enumerate(report["points"], 1):
            self.assertEqual(point["point"], number)
            self.assertEqual(point["starts"], sum(start["point"] == number for start in starts))
            self.near(point["loss"], Plain(seen, (y - target) / done["target"]["scale"], s, point["W"], point["a"]).loss, 1e-10)
        self.assertIsNone(report["advice"])
        self.assertIs(report["interrupted"], False)
        self.assertTrue(all(warning in self.stderr for warning in report["warnings"]) and report["warnings"])
        self.all_read(report, "points")
        text = " ".join(run("analyze", table, "--target", "y", "--sample-weights", "s", "--categorical", "kind", "--missing", "drop",
                            "--bias", "--activation", "silu", "--width", 1, "--starts", 5, "--seed", 9).stdout.split())
        plain = self.report("analyze", table, "--target", "y", "--sample-weights", "s", "--categorical", "kind", "--missing", "drop",
                            "--bias", "--activation", "silu", "--width", 1, "--starts", 5, "--seed", 9)
        variation = np.sum(s * (y - target) ** 2)
        self.near(plain["preprocessing"]["target_variation"], variation, 1e-12)
        self.assertIn(f"R^2 {1 - 2 * plain['points'][0]['loss'] / variation:.4f}", text)
        self.assertEqual(text.count("R^2"), len(plain["points"]))

    def test_points_neurons_and_splits(self):
        self.weighted_table()
        found = self.report("analyze", *self.data, "--width", 2, "--starts", 24, "--find", "stationary")["points"]
        kinds = set()
        for number, given in enumerate(found):
            if given["whole"]["narrow_width"] < 2 or given["global"]:
                continue
            w, a = np.array(given["W"]), np.array(given["a"])
            if self.plain(w, a).curvature_ratio() < 1e-6:  # more digits than here are needed to tell signs from zero
                continue
            report = self.report("classify", *self.data, *self.weights(f"p{number}", w, a), "--gamma", "0.3,0.7", "--gamma", "2,-1",
                                 "--split", "0:0.5,0.5", "--split", "1:2,-1")
            self.assertEqual([str(file) for file in report["weight_files"]],
                             [str(self.directory / f"p{number}_{part}.npy") for part in "Wa"])
            point, plain = report["points"][0], self.plain(w, a)
            self.near(point["loss"], plain.loss, 1e-12)
            self.assertEqual((point["point"], point["stationary"], point["neurons_of"], point["global"]), (1, True, "network", False))
            self.assertLessEqual(point["gradient_norm"], 1e-10)
            self.assertLessEqual(point["gradient_relative"], point["stationarity_tolerance"])
            self.near(point["stationarity_tolerance"], 1e-8, 1e-12)
            self.check_spectrum(point["hessian"], plain.hessian())
            self.assertEqual(point["hessian"]["method"], "dense")
            _, inertia = eigenvalues(plain.hessian())
            verdict = "saddle" if inertia["negative"] else "local_minimum"
            kinds.add(verdict)
            self.assertEqual((point["verdict"], point["strict"]), (verdict, verdict == "local_minimum"))
            self.assertTrue(point["rule"].startswith("hessian_") and "Hessian" in point["reason"])
            if verdict == "saddle":
                self.check_witness(point["witness"], plain, self.plain)
            else:
                self.assertIsNone(point["witness"])
            self.assertEqual((point["W"], point["a"]), (w.tolist(), a.tolist()))
            for i, neuron in enumerate(point["neurons"]):
                self.assertEqual((neuron["neuron"], neuron["a"], neuron["precision"]), (i, a[i], "double"))
                self.assertIn(neuron["method"], ("spectrum", "inertia"))
                inner, counts = eigenvalues(plain.inner(i))
                self.check_spectrum(neuron["inner_hessian"], plain.inner(i))
                kind = "indefinite" if inner[0] < 0 < inner[-1] else "positive_definite" if inner[0] > 0 else "negative_definite"
                self.assertEqual((neuron["definiteness"], counts["zero"]), (kind, 0))
                region = {"indefinite": ("none", "everywhere"), "positive_definite": ("gamma_plus", "off_gamma_plus"),
                          "negative_definite": ("gamma_minus", "off_gamma_minus")}[kind]
                if verdict == "saddle":
                    region = ("none", "everywhere")
                self.assertEqual((neuron["local_minima"], neuron["saddles"]), region)
                self.assertEqual(neuron["plateau"], "local_minima_and_saddles" if region[0] != "none" else "all_saddles")
                self.assertEqual(neuron["rule"], "theorem_4" if verdict == "saddle" else f"theorem_1_{kind}")
                self.assertTrue(neuron["reason"])
                if verdict == "local_minimum":
                    gamma = np.array(neuron["best_escape"]["gamma"])
                    self.near(gamma.sum(), 1.0, 1e-12)
                    parts = np.vstack([w[:i], w[i], w[i], w[i + 1:]]), np.concatenate([a[:i], gamma * a[i], a[i + 1:]])
                    self.check_witness(neuron["best_escape"]["witness"], self.plain(*parts), self.plain)
                elif neuron["best_escape"]:  # that of the point itself
                    self.assertEqual(neuron["best_escape"]["gamma"], [0.0, 0.0])
                    self.check_witness(neuron["best_escape"]["witness"], plain, self.plain)
                for split, asked in zip(neuron["splits"], ([0.3, 0.7], [2.0, -1.0]), strict=True):
                    self.check_split(split, point, neuron, asked, w, a)
            whole, joint = point["whole"], point["split_at_once"]
            values = singular_values(self.x, self.s)
            self.assertEqual((whole["rank"], whole["narrow_width"], whole["data_nullity"], whole["fitted_samples"]), (3, 2, 0, []))
            self.near(whole["rank_tolerance"], 32 * 2.0 ** -52 * (3 + math.sqrt(60)), 1e-12)
            self.assertTrue(any(abs(v[2] / v[0] - whole["smallest_singular_value_kept"]) < 1e-9 for v in values))
            self.assertEqual(whole["largest_singular_value_dropped"], 0.0)
            self.check_index(whole, inertia["negative"], inertia["zero"])
            for i, group in enumerate(whole["groups"]):
                self.assertEqual((group["kind"], group["neurons"], group["signs"], group["gamma"]), ("parent", [i], [1], [1.0]))
                self.assertEqual((group["verdict"], group["rule"], group["reason"]), (point["verdict"], point["rule"], point["reason"]))
                self.assertEqual({key: group["inertia"][key] for key in ("negative", "zero", "positive")},
                                 {key: point["neurons"][i]["inner_hessian"]["inertia"][key] for key in ("negative", "zero", "positive")})
            both = self.plain(w[[0, 0, 1, 1]], np.array([0.5, 0.5, 2.0, -1.0]) * a[[0, 0, 1, 1]])
            _, inertia = eigenvalues(both.hessian())
            self.check_index(joint, inertia["negative"], inertia["zero"])
            self.assertEqual(joint["verdict"], "saddle" if inertia["negative"] else "local_minimum")
            self.assertTrue(joint["rule"] and joint["reason"] and joint["gradient_norm"] <= 1e-9)
            tolerances = [(part["tau"], part["margin"]) for part in (point["hessian"], *(n["inner_hessian"] for n in point["neurons"]))]
            self.assertIn((joint["tau"], joint["margin"]), tolerances)
            if joint["witness"]:
                self.check_witness(joint["witness"], both, self.plain)
            for i, part in enumerate(joint["parts"]):
                self.assertEqual((part["neuron"], part["gamma"]), (i, [[0.5, 0.5], [2.0, -1.0]][i]))
                alone = part["verdict_alone"]
                self.assertIn(alone, ("saddle",) if verdict == "saddle" else ("saddle", "local_minimum"))
            self.all_read(report, "data", "preprocessing", "model", "advice", "warnings", "interrupted")
        self.assertEqual(kinds, {"saddle", "local_minimum"})

    def test_a_point_that_is_not_stationary_and_polish(self):
        self.weighted_table()
        given = self.report("analyze", *self.data, "--width", 2, "--starts", 4)["points"][0]
        w, a = np.array(given["W"]) + 1e-5, np.array(given["a"])
        weights = self.weights("moved", w, a)
        report = self.report("classify", *self.data, *weights, status=3)
        point, plain = report["points"][0], self.plain(w, a)
        self.near(point["gradient_norm"], np.linalg.norm(plain.gradient), 1e-8)
        self.near(point["gradient_relative"], plain.relative, 1e-8)
        self.assertEqual((point["stationary"], point["verdict"], point["strict"], point["global"]), (False, "not_stationary", False, False))
        self.assertIn("--polish", report["advice"])
        report = self.report("classify", *self.data, *weights, "--polish")
        polish, end = report["polish"], report["points"][0]
        self.assertEqual((polish["outcome"], polish["accepted"]), ("converged", True))
        self.assertTrue(polish["reason"] and 0 < polish["iterations"] < 50 and polish["gradient_relative"] < 1e-10)
        self.near(polish["loss"], end["loss"], 1e-12)
        moved = np.concatenate([np.array(end["W"]).ravel() - w.ravel(), np.array(end["a"]) - a])
        self.near(polish["relative_distance_moved"], np.linalg.norm(moved) / np.linalg.norm(np.concatenate([w.ravel(), a])), 1e-6)

    def test_a_wide_network_on_dependent_columns(self):
        self.weighted_table()
        point = self.report("analyze", *self.data, "--width", 2, "--starts", 4)["points"][0]
        w, a = np.array(point["W"]), np.array(point["a"])
        self.weighted_table(copies=True)
        narrow = np.column_stack([0.25 * w[:, 0], w[:, 1], 0.75 * w[:, 0], w[:, 2]])
        wide_w = narrow[[0, 0, 1]]
        wide_a = np.array([1.5 * a[0], -0.5 * a[0], a[1]])
        report = self.report("classify", *self.data, *self.weights("wide", wide_w, wide_a))
        found, plain = report["points"][0], self.plain(wide_w, wide_a)
        whole, groups = found["whole"], found["whole"]["groups"]
        _, inertia = eigenvalues(plain.hessian(), 1e-11)
        self.assertEqual((whole["rank"], whole["narrow_width"], whole["data_nullity"]), (3, 2, 3))
        self.assertTrue(0.0 < whole["largest_singular_value_dropped"] <= 1e-14 or whole["largest_singular_value_dropped"] == 0.0)
        self.assertGreater(whole["smallest_singular_value_kept"], 0.01)
        self.check_index(whole, inertia["negative"], inertia["zero"])
        self.assertEqual([group["kind"] for group in groups], ["parent", "parent"])
        self.assertEqual([group["neurons"] for group in groups], [[0, 1], [2]])
        self.near(groups[0]["gamma"], [1.5, -0.5], 1e-12)
        self.assertEqual(found["neurons_of"], "reduced_network")
        self.assertEqual([neuron["given_neurons"] for neuron in found["neurons"]], [[0, 1], [2]])
        self.near([neuron["a"] for neuron in found["neurons"]], a, 1e-12)
        self.assertEqual(found["verdict"], "saddle")
        self.check_witness(found["witness"], plain, self.plain)

    def test_evidence_of_products(self):
        self.weighted_table()
        arguments = ("analyze", *self.data, "--width", 2, "--starts", 4)
        dense = self.report(*arguments)["points"][0]["hessian"]
        hessian = self.report(*arguments, "--hessian-method", "matrix_free")["points"][0]["hessian"]
        self.assertEqual((dense["method"], hessian["method"]), ("dense", "matrix_free"))
        evidence = hessian["evidence"]
        self.assertIsNone(hessian["inertia"]["negative"])
        self.assertTrue(dense["lambda_min"] * (1 - 1e-6) <= hessian["lambda_min"] <= hessian["lambda_max"] <= dense["lambda_max"] * (1 + 1e-6))
        self.assertTrue(0 < evidence["products"] < 500 and 0.0 <= evidence["miss_probability"] <= 1e-9)
        self.assertGreater(evidence["ritz_value"] - evidence["residual"], evidence["tau"])
        self.assertTrue(0.0 < evidence["tau"] < 1e-8)
        self.assertTrue(evidence["residual"] >= 0.0 and evidence["residual"] != evidence["tau"])
