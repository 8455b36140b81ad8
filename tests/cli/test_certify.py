"""--certify: theorems in text and JSON, refusals with their step."""

import unittest

import numpy as np

from command import DATA, DIABETES, InTemporaryDirectory, run, run_json

DATA_ARGUMENTS = (DIABETES, "--target", "progression", "--features", "bmi,s5", "--activation", "silu", "--standardize")


def certificates_missing():
    return "none: built without MPFR" in run("info").stdout


@unittest.skipIf(certificates_missing(), "built without MPFR")
class Certify(InTemporaryDirectory):
    def check(self, point):
        certificate = point["certificate"]
        if not certificate["stationary"]:
            self.assertFalse(certificate["complete"])
            self.assertTrue(certificate["reason"])
            return certificate
        parameters = np.concatenate([np.ravel(point[part]) for part in "WabC" if part in point])
        box = certificate["parameters"]
        self.assertEqual(len(box["balls"]), len(parameters))
        for lower, upper, ball, given in zip(box["lower"], box["upper"], box["balls"], parameters):
            self.assertLessEqual(lower, upper)
            middle = float(ball.strip("[]").split()[0])
            self.assertTrue(np.nextafter(lower, -np.inf) <= middle <= np.nextafter(upper, np.inf))
            self.assertLessEqual(abs(middle - given), certificate["distance_at_most"] + 1e-15 * abs(given))
        newton = certificate["newton"]
        self.assertLess(newton["step_at_most"] + newton["contraction_at_most"] * newton["radius"], newton["radius"])
        self.assertGreaterEqual(certificate["loss"]["upper"], point["loss"] * (1 - 1e-12))
        self.assertLessEqual(certificate["loss"]["lower"], point["loss"] * (1 + 1e-12))
        if certificate["complete"]:
            self.assertEqual(certificate["verdict"], point["verdict"])
            for held in box["held"]:
                self.assertEqual((box["lower"][held], box["upper"][held]), (parameters[held], parameters[held]))
            self.assertIsNone(certificate["failed_step"])
            for proof, neuron in zip(certificate["neurons"], point["neurons"]):
                self.assertTrue(proof["complete"])
                self.assertIn(proof["local_minima"], (neuron["local_minima"], "none"))
        return certificate

    def test_every_fit_of_a_neuron_is_a_theorem(self):
        report = run_json("analyze", *DATA_ARGUMENTS, "--width", 1, "--starts", 8, "--find", "stationary", "--certify")
        self.assertGreater(len(report["points"]), 0)
        proven = [self.check(point)["complete"] for point in report["points"]]
        self.assertTrue(any(proven))

    def test_splits_asked_for_are_proven(self):
        run_json("analyze", *DATA_ARGUMENTS, "--width", 1, "--starts", 4, "--out", self.directory)
        weights = ("--weights", self.directory / "point_1_W.npy", self.directory / "point_1_a.npy")
        point = run_json("classify", *DATA_ARGUMENTS, *weights, "--certify", "--gamma", "0.3,0.7", "--gamma",
                         "1.5,-0.5", "--split", "0:0.2,0.8")["points"][0]
        certificate = self.check(point)
        self.assertTrue(certificate["complete"], certificate["reason"])
        verdicts = [split["verdict"] for split in point["neurons"][0]["splits"]]
        verdicts.append(point["split_at_once"]["verdict"])
        self.assertEqual([split["verdict"] for split in certificate["splits"]], verdicts)
        text = run("classify", *DATA_ARGUMENTS, *weights, "--certify", "--gamma", "0.3,0.7").stdout
        self.assertIn("THEOREM", text)
        self.assertIn("exactly one stationary point", text)
        self.assertIn("Hence neuron 0 split", text)

    def test_a_duplicated_neuron_is_proven_through_the_narrow_network(self):
        run_json("analyze", *DATA_ARGUMENTS, "--width", 1, "--starts", 4, "--out", self.directory)
        w = np.load(self.directory / "point_1_W.npy")
        a = np.load(self.directory / "point_1_a.npy")
        np.save(self.directory / "W.npy", np.concatenate([w, w]))
        for share in (0.25, 1.5):
            np.save(self.directory / "a.npy", np.concatenate([share * a, (1 - share) * a]))
            point = run_json("classify", *DATA_ARGUMENTS, "--weights", self.directory / "W.npy",
                             self.directory / "a.npy", "--certify")["points"][0]
            certificate = point["certificate"]
            self.assertEqual(certificate["about"], "narrow_network")
            self.assertEqual(len(certificate["splits"]), 1)
            self.assertEqual(certificate["splits"][0]["verdict"], point["verdict"])

    def test_a_moved_point_is_refused_by_its_step(self):
        run_json("analyze", *DATA_ARGUMENTS, "--width", 1, "--starts", 4, "--out", self.directory)
        np.save(self.directory / "moved.npy", np.load(self.directory / "point_1_W.npy") + 1e-4)
        arguments = ("classify", *DATA_ARGUMENTS, "--weights", self.directory / "moved.npy",
                     self.directory / "point_1_a.npy", "--certify")
        done = run(*arguments)
        self.assertEqual(done.returncode, 3)
        self.assertIn("the step claim failed", " ".join(done.stdout.split()))
        # Even where any gradient is taken for zero, there is no theorem.
        report = run_json(*arguments, "--stationarity", 1)
        certificate = report["points"][0]["certificate"]
        self.assertFalse(certificate["stationary"])
        self.assertIn(certificate["failed_step"], ("claim", "approximation"))

    def proven(self, *arguments):
        """Certificates of the points of a search, all of them checked, and complete where there is a verdict."""
        points = run_json("analyze", *arguments, "--starts", 16, "--certify")["points"]
        points = [point for point in points if point["verdict"] != "undetermined"]
        self.assertTrue(points)
        proofs = [self.check(point) for point in points]
        for proof in proofs:
            self.assertTrue(proof["complete"], proof["reason"])
        return proofs

    def test_classes_under_decay(self):
        for table, target, inputs in (("iris", "species", 4), ("wine", "cultivar", 13)):
            data = DATA / f"{table}.csv", "--target", target, "--loss", "softmax", "--bias", "--standardize", "--output-bias"
            parameters = 2 * (inputs + 1) + 3 * 3
            for proof in self.proven(*data, "--width", 2, "--decay", 0.01):  # the output biases do not decay
                self.assertEqual((proof["parameters"]["held"], proof["neurons"]), ([parameters - 1], []))
                self.assertEqual(proof["hessian"]["positive_at_least"] + proof["hessian"]["negative_at_least"], parameters - 1)
                self.assertIn("strict but for these motions", proof["statement"])
            for proof in self.proven(*data, "--width", 2, "--decay", "nnet:0.05"):  # nor is anything held where they do
                self.assertEqual((proof["parameters"]["held"], proof["neurons"]), ([], []))
                self.assertIn("a strict local minimum", proof["statement"])

    def test_three_targets(self):
        data = DATA / "linnerud.csv", "--target", "weight,waist,pulse", "--bias", "--standardize", "--activation", "gelu"
        out = self.directory / "out"
        proofs = self.proven(*data, "--width", 1, "--output-bias", "--out", out)
        for proof in proofs:
            self.assertEqual((proof["parameters"]["held"], proof["neurons"][0]["saddles"]), ([], "everywhere"))
            self.assertGreater(proof["neurons"][0]["slopes"]["at_least"], 0.0)
            self.assertFalse(proof["neurons"][0]["slopes"]["zero_by_structure"])
            self.assertIn("every split is a saddle", proof["neurons"][0]["statement"])
        point = run_json("classify", *data, "--weights", out / "point_1.npz", "--certify", "--gamma", "0.3,0.7")["points"][0]
        self.assertEqual([split["verdict"] for split in self.check(point)["splits"]], ["saddle"])
        text = " ".join(run("classify", *data, "--weights", out / "point_1.npz", "--certify", "--gamma", "0.3,0.7").stdout.split())
        self.assertIn("Hence neuron 0 split, neuron 0 by gamma (0.3, 0.7): proven to be a saddle.", text)
        # Two daughters of the neuron: through the narrow network.
        net = dict(np.load(out / "point_1.npz"))
        wide = dict(net, W=net["W"][[0, 0]], a=np.array([[0.25], [0.75]]) * net["a"][[0, 0]])
        np.savez(self.directory / "wide.npz", **wide)
        point = run_json("classify", *data, "--weights", self.directory / "wide.npz", "--certify")["points"][0]
        certificate = point["certificate"]
        self.assertEqual((certificate["about"], certificate["complete"]), ("narrow_network", True))
        self.assertEqual([split["verdict"] for split in certificate["splits"]], [point["verdict"]])
        # Skip connections, of the constant as well; then output biases beside them, each of which is held.
        self.proven(*data, "--width", 1, "--skip", "--out", out)
        net = dict(np.load(out / "point_1.npz"))
        both = dict(net, b=np.array([0.5, -0.25, 0.125]), C=net["C"] - np.array([[0.5], [-0.25], [0.125]]) * (np.arange(4) == 3))
        np.savez(self.directory / "both.npz", **both)
        proof = self.check(run_json("classify", *data, "--weights", self.directory / "both.npz", "--certify")["points"][0])
        self.assertTrue(proof["complete"], proof["reason"])
        self.assertEqual(proof["parameters"]["held"], [4 + 3, 4 + 4, 4 + 5])
        self.assertIn("an output bias is exchanged for a skip connection of a constant input", proof["statement"])

    def test_two_classes_counts_and_outliers(self):
        data = DATA / "breast_cancer.csv", "--target", "diagnosis", "--features", "texture,smoothness", "--bias", "--standardize"
        self.proven(*data, "--loss", "logistic", "--width", 1, "--decay", 0.1)
        diabetes = DIABETES, "--target", "progression", "--features", "bmi,s5", "--bias", "--standardize", "--activation", "silu"
        self.proven(*diabetes, "--loss", "pseudo_huber:1", "--width", 1, "--decay", 0.5)
        self.proven(*DATA_ARGUMENTS, "--loss", "pseudo_huber:1", "--width", 1)

    def test_what_is_not_covered_is_said(self):
        report = run_json("analyze", *DATA_ARGUMENTS, "--width", 1, "--starts", 2, "--certify", "--neurons-only")
        for point in report["points"]:
            self.assertFalse(point["certificate"]["complete"])
            self.assertIn("neurons alone", point["certificate"]["reason"])


@unittest.skipUnless(certificates_missing(), "built with MPFR")
class WithoutMpfr(unittest.TestCase):
    def test_certify_is_refused(self):
        done = run("analyze", *DATA_ARGUMENTS, "--width", 1, "--certify")
        self.assertEqual(done.returncode, 2)
        self.assertIn("built without MPFR", done.stderr)


if __name__ == "__main__":
    unittest.main()
