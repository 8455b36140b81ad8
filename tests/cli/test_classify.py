import csv
import json
import unittest

import numpy as np

from command import DATA, DIABETES, InTemporaryDirectory, run, run_json
from verdicts import check_witness, region_of

DATA_ARGUMENTS = (DIABETES, "--target", "progression", "--features", "bmi,s5", "--activation", "silu", "--bias",
                  "--standardize")


class Classify(InTemporaryDirectory):
    def setUp(self):
        super().setUp()
        self.found = run_json("analyze", *DATA_ARGUMENTS, "--width", 2, "--starts", 4, "--out", self.directory)
        self.weights = ("--weights", self.directory / "point_1_W.npy", self.directory / "point_1_a.npy")

    def test_saved_weights_give_the_same_verdicts(self):
        again = run_json("classify", *DATA_ARGUMENTS, *self.weights)["points"][0]
        before = dict(self.found["points"][0])
        del before["starts"]
        self.assertEqual(again, before)

    def test_splits_follow_the_plateau(self):
        gammas = ["0.3,0.7", "1.5,-0.5", "1/3,1/3,1/3", "2,-0.5,-0.5", "1.5,0.5,-1", "-0.25,1.25"]
        report = run_json("classify", *DATA_ARGUMENTS, *self.weights, *(word for g in gammas for word in ("--gamma", g)))
        point = report["points"][0]
        for neuron in point["neurons"]:
            self.assertEqual(len(neuron["splits"]), len(gammas))
            inertia = neuron["inner_hessian"]["inertia"]
            for split in neuron["splits"]:
                with self.subTest(neuron=neuron["neuron"], gamma=split["gamma"]):
                    p = sum(g > 0 for g in split["gamma"])
                    q = sum(g < 0 for g in split["gamma"])
                    index = (point["hessian"]["inertia"]["negative"] + (p - 1) * inertia["negative"] + q * inertia["positive"])
                    self.assertEqual(split["morse_index"], index)
                    if neuron["definiteness"] in ("positive_definite", "negative_definite", "indefinite"):
                        good = region_of(split["gamma"]) == neuron["local_minima"]
                        self.assertEqual(split["verdict"], "local_minimum" if good else "saddle")
                    if split["verdict"] == "saddle":
                        check_witness(self, split["witness"])
                    else:
                        self.assertIsNone(split["witness"])

    def test_neuron_chooses_one(self):
        report = run_json("classify", *DATA_ARGUMENTS, *self.weights, "--gamma", "0.5,0.5", "--neuron", 1)
        asked = ["splits" in neuron for neuron in report["points"][0]["neurons"]]
        self.assertEqual(asked, [False, True])

    def test_text_shows_the_splits(self):
        done = run("classify", *DATA_ARGUMENTS, *self.weights, "--gamma", "0.25,0.75")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Neuron 1 split by gamma (0.25, 0.75)", done.stdout)
        self.assertIn("Morse index", done.stdout)

    def test_moved_weights_are_not_stationary_and_polish_brings_them_back(self):
        w = np.load(self.directory / "point_1_W.npy") + 1e-5
        np.save(self.directory / "moved.npy", w)
        moved = ("--weights", self.directory / "moved.npy", self.directory / "point_1_a.npy")
        done = run("classify", *DATA_ARGUMENTS, *moved, "--json")
        self.assertEqual(done.returncode, 3)
        point = json.loads(done.stdout)["points"][0]
        self.assertEqual((point["verdict"], {"witness", "hessian", "neurons"} & set(point)), ("not_stationary", set()))
        self.assertIn("NOT STATIONARY", run("classify", *DATA_ARGUMENTS, *moved).stdout)
        report = run_json("classify", *DATA_ARGUMENTS, *moved, "--polish")
        self.assertEqual(report["polish"]["outcome"], "converged")
        self.assertLess(report["polish"]["relative_distance_moved"], 1e-2)
        self.assertAlmostEqual(report["points"][0]["loss"], self.found["points"][0]["loss"], places=9)

    def test_split_weights_are_a_saddle_of_the_same_loss(self):
        """The wide network that a saddle split makes, brought back as weights of its own."""
        w = np.load(self.directory / "point_1_W.npy")
        a = np.load(self.directory / "point_1_a.npy")
        gamma = self.found["points"][0]["neurons"][0]["best_escape"]["gamma"]
        np.save(self.directory / "wide_W.npy", np.vstack([w[0], w[0], w[1]]))
        np.save(self.directory / "wide_a.npy", np.array([gamma[0] * a[0], gamma[1] * a[0], a[1]]))
        wide = run_json("classify", *DATA_ARGUMENTS, "--weights", self.directory / "wide_W.npy", self.directory / "wide_a.npy")
        point = wide["points"][0]
        self.assertEqual(point["verdict"], "saddle")
        self.assertAlmostEqual(point["loss"], self.found["points"][0]["loss"], places=9)
        check_witness(self, point["witness"])

    def wide(self, gamma, neuron=0):
        """The found point with one neuron split, as weights of its own."""
        w = np.load(self.directory / "point_1_W.npy")
        a = np.load(self.directory / "point_1_a.npy")
        other = 1 - neuron
        np.save(self.directory / "wide_W.npy", np.vstack([w[neuron]] * len(gamma) + [w[other]]))
        np.save(self.directory / "wide_a.npy", np.array([g * a[neuron] for g in gamma] + [a[other]]))
        return ("--weights", self.directory / "wide_W.npy", self.directory / "wide_a.npy")

    def test_a_wide_network_is_reduced_and_judged(self):
        """Every split of the found minimum, as a network of its own, gets the verdict of the split."""
        for gamma in ([0.25, 0.75], [1.5, -0.5], [2.0, -0.5, -0.5]):
            weights = self.wide(gamma)
            split = run_json("classify", *DATA_ARGUMENTS, *self.weights, "--gamma", ",".join(map(str, gamma)), "--neuron", 0)
            split = split["points"][0]["neurons"][0]["splits"][0]
            point = run_json("classify", *DATA_ARGUMENTS, *weights)["points"][0]
            with self.subTest(gamma=gamma):
                self.assertEqual(point["verdict"], split["verdict"])
                whole = point["whole"]
                self.assertEqual(whole["narrow_width"], 2)
                self.assertEqual((whole["rank"], whole["data_nullity"]), (3, 0))
                self.assertEqual(whole["morse_index"], split["morse_index"])
                self.assertEqual(whole["nullity"], split["nullity"])
                group = whole["groups"][0]
                self.assertEqual(group["neurons"], list(range(len(gamma))))
                np.testing.assert_allclose(group["gamma"], gamma, rtol=1e-12)
                if point["verdict"] == "saddle":
                    check_witness(self, point["witness"])
        text = run("classify", *DATA_ARGUMENTS, *self.wide([1.5, -0.5])).stdout
        self.assertIn("Reduced   to 2 distinct neurons", text)
        self.assertIn("neurons 0, 1 are one neuron split by gamma (1.5, -0.5)", " ".join(text.split()))

    def test_splits_of_a_reduced_network_are_those_of_its_neurons(self):
        weights = self.wide([0.25, 0.75])
        asked = ("--gamma", "0.4,0.6", "--gamma", "1.5,-0.5")
        narrow = run_json("classify", *DATA_ARGUMENTS, *self.weights, *asked)["points"][0]
        wide = run_json("classify", *DATA_ARGUMENTS, *weights, *asked)["points"][0]
        self.assertEqual((narrow["neurons_of"], wide["neurons_of"]), ("network", "reduced_network"))
        self.assertEqual([neuron["given_neurons"] for neuron in wide["neurons"]], [[0, 1], [2]])
        self.assertEqual(wide["hessian"]["inertia"], narrow["hessian"]["inertia"])
        for one, other in zip(wide["neurons"], narrow["neurons"]):
            self.assertNotIn("given_neurons", other)
            self.assertAlmostEqual(one["a"], other["a"], places=9)
            for key in ("definiteness", "plateau", "rule", "local_minima", "saddles"):
                self.assertEqual(one[key], other[key])
            for split, before in zip(one["splits"], other["splits"], strict=True):
                for key in ("gamma", "verdict", "rule", "morse_index", "nullity"):
                    self.assertEqual(split[key], before[key])
        # By the number of any of the neurons that are one.
        for neuron, distinct in ((0, 0), (1, 0), (2, 1)):
            point = run_json("classify", *DATA_ARGUMENTS, *weights, "--gamma", "0.5,0.5", "--neuron", neuron)["points"][0]
            self.assertEqual(["splits" in each for each in point["neurons"]], [distinct == 0, distinct == 1])
        text = run("classify", *DATA_ARGUMENTS, *weights, *asked, "--split", "1:0.5,0.5", "--split", "2:0.5,0.5").stdout
        text = " ".join(text.split())
        self.assertIn("Neurons of the reduced network", text)
        self.assertIn("Neurons 0, 1 as one, split by gamma (0.4, 0.6)", text)
        self.assertIn("Neuron 2 split by gamma (0.4, 0.6)", text)
        self.assertIn("In the reduced network, split at once, neuron 0, 1 by gamma (0.5, 0.5), neuron 2 by gamma", text)
        joint = run_json("classify", *DATA_ARGUMENTS, *weights, "--split", "1:0.5,0.5")["points"][0]["split_at_once"]
        self.assertEqual([part["neuron"] for part in joint["parts"]], [0])
        self.assertEqual(joint["nullity"], narrow["neurons"][0]["splits"][0]["nullity"])
        done = run("classify", *DATA_ARGUMENTS, *weights, "--split", "0:0.5,0.5", "--split", "1:0.5,0.5")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("the same neuron of the reduced network", done.stderr)

    def test_inputs_that_depend_on_others(self):
        """A column given twice: singular as it stands, and the same verdict in the space of the inputs."""
        rows = list(csv.reader(open(DIABETES)))
        name = rows[0].index("bmi")
        table = self.write("twice.csv", "".join(
            ",".join(row + [("bmi_again" if k == 0 else row[name])]) + "\n" for k, row in enumerate(rows)))
        w = np.load(self.directory / "point_1_W.npy")
        np.save(self.directory / "more_W.npy", np.column_stack([w[:, 0] - 0.5, w[:, 1], [0.5] * 2, w[:, 2]]))
        arguments = ("--target", "progression", "--features", "bmi,s5,bmi_again", "--activation", "silu", "--bias", "--standardize")
        report = run_json("classify", table, *arguments, "--weights", self.directory / "more_W.npy", self.directory / "point_1_a.npy")
        point = report["points"][0]
        self.assertEqual((point["whole"]["rank"], point["whole"]["data_nullity"]), (3, 2))
        self.assertEqual(point["verdict"], self.found["points"][0]["verdict"])
        self.assertEqual(point["rule"], self.found["points"][0]["rule"])
        for neuron, before in zip(point["neurons"], self.found["points"][0]["neurons"]):
            self.assertEqual(neuron["definiteness"], before["definiteness"])

    def test_several_splits_at_once(self):
        asked = ("--split", "0:0.3,0.7", "--split", "1:1.5,-0.25,-0.25")
        point = run_json("classify", *DATA_ARGUMENTS, *self.weights, *asked)["points"][0]
        joint = point["split_at_once"]
        alone = [part["verdict_alone"] for part in joint["parts"]]
        self.assertEqual(joint["verdict"], "saddle" if "saddle" in alone else "local_minimum")
        self.assertEqual(joint["nullity"], 1 + 2)
        inertias = [neuron["inner_hessian"]["inertia"] for neuron in point["neurons"]]
        self.assertEqual(joint["morse_index"], inertias[0]["negative"] + 2 * inertias[1]["positive"])
        self.assertIn("Split at once, neuron 0 by gamma (0.3, 0.7)", run("classify", *DATA_ARGUMENTS, *self.weights, *asked).stdout)
        for bad, words in (("0:0.3,0.6", "sums to"), ("2:0.5,0.5", "2 neurons"), ("x:1,0", "NEURON"), ("0:1", "two coefficients")):
            done = run("classify", *DATA_ARGUMENTS, *self.weights, "--split", bad)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(words, done.stderr)
        done = run("classify", *DATA_ARGUMENTS, *self.weights, "--split", "0:0.5,0.5", "--split", "0:2,-1")
        self.assertIn("twice", done.stderr)

    def test_digits_are_analysed_in_the_space_of_their_pixels(self):
        report = run_json("analyze", DATA / "digits.csv", "--target", "digit", "--activation", "tanh", "--bias", "--standardize",
                          "--width", 1, "--starts", 1, "--keep-constant")
        point = report["points"][0]
        self.assertEqual(point["verdict"], "local_minimum")
        self.assertEqual((point["whole"]["rank"], point["whole"]["data_nullity"]), (62, 3))

    def test_neuron_method_and_scope(self):
        """Each way to judge inner Hessians reports the same definiteness, and itself."""
        judged = {}
        for method in ("automatic", "spectrum", "inertia", "matrix_free"):
            for scope in ((), ("--neurons-only",)):
                with self.subTest(method=method, scope=scope):
                    point = run_json("classify", *DATA_ARGUMENTS, *self.weights, "--neuron-method", method, *scope)["points"][0]
                    self.assertEqual(point["hessian"] is None, bool(scope))
                    if scope:
                        self.assertEqual((point["verdict"], point["rule"]), ("undetermined", "neurons_alone"))
                    kinds = [neuron["definiteness"] for neuron in point["neurons"]]
                    self.assertEqual(judged.setdefault("kinds", kinds), kinds)
                    for neuron in point["neurons"]:
                        by_products = method == "matrix_free" and neuron["definiteness"] == "indefinite"
                        self.assertEqual(neuron["method"], "matrix_free" if by_products else "spectrum")
                        self.assertEqual(neuron["inner_hessian"]["inertia"]["negative"] is None, by_products)
                        self.assertEqual(neuron["best_escape"] is None, bool(scope))
        text = run("classify", *DATA_ARGUMENTS, *self.weights, "--neurons-only", "--neuron-method", "matrix_free")
        self.assertEqual(text.returncode, 0, text.stderr)
        self.assertEqual("by products" in text.stdout, "indefinite" in judged["kinds"])
        refused = run("classify", *DATA_ARGUMENTS, *self.weights, "--neuron-method", "guess")
        self.assertNotEqual(refused.returncode, 0)

    def test_precision(self):
        """Single precision reports the same verdicts, and for each neuron what it was summed in."""
        double, single = (run_json("classify", *DATA_ARGUMENTS, *self.weights, "--precision", name)["points"][0]
                          for name in ("double", "single"))
        for one, two in zip(double["neurons"], single["neurons"], strict=True):
            self.assertEqual(one["precision"], "double")
            self.assertEqual(one["definiteness"], two["definiteness"])
            self.assertEqual(two["precision"] == "single", two["inner_hessian"]["tau"] > one["inner_hessian"]["tau"])
        self.assertIn("single", [neuron["precision"] for neuron in single["neurons"]])
        self.assertNotEqual(run("classify", *DATA_ARGUMENTS, *self.weights, "--precision", "half").returncode, 0)


if __name__ == "__main__":
    unittest.main()
