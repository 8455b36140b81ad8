"""--certify: theorems in text and JSON, refusals with their step."""

import unittest

import numpy as np

from command import DIABETES, InTemporaryDirectory, run, run_json

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
        parameters = np.concatenate([np.ravel(point["W"]), point["a"]])
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
