"""ReLU-like networks: verdicts by one-sided derivatives (MATH.md section 9)."""

import unittest

import numpy as np

from command import DIABETES, InTemporaryDirectory, run, run_json
from verdicts import check_witness

# w = (0, 1): the first sample is at the kink, the others are on. For a = 1 the residuals are 1, 1/4, -1/4 and the kink
# holds half of what it could.
SAMPLES = [(1, 0, -1), (0, 1, 0.75), (1, 1, 1.25)]


class Directional(InTemporaryDirectory):
    def classify(self, w, a, *options, samples=SAMPLES, activation="relu", report=run_json):
        table = self.write("table.csv", "u,v,y\n" + "".join(f"{u},{v},{y}\n" for u, v, y in samples))
        np.save(self.directory / "W.npy", np.array(w, dtype=float))
        np.save(self.directory / "a.npy", np.array(a, dtype=float))
        return report("classify", table, "--target", "y", "--activation", activation, "--weights",
                      self.directory / "W.npy", self.directory / "a.npy", *options)

    def test_a_minimum_at_a_kink(self):
        gammas = {"0.25,0.75": ("local_minimum", "positive_shares"), "0,1": ("saddle", "zero_share"),
                  "-1,2": ("not_stationary", "opposed_shares")}
        report = self.classify([[0, 1]], [1], *(word for gamma in gammas for word in ("--gamma", gamma)))
        point = report["points"][0]
        self.assertEqual((point["verdict"], point["rule"]), ("local_minimum", "no_escape_neuron"))
        self.assertTrue(point["stationary"])
        self.assertIsNone(point["witness"])
        neuron = point["neurons"][0]
        self.assertEqual((neuron["kinks"], neuron["nonnegative"], neuron["method"]), (1, "yes", "independent"))
        self.assertAlmostEqual(neuron["margin"], 0.5)
        self.assertEqual((neuron["stationary"], neuron["local_minima"], neuron["saddles"]),
                         ("not_negative", "gamma_plus", "gamma_boundary"))
        self.assertEqual([(split["verdict"], split["rule"]) for split in neuron["splits"]], list(gammas.values()))
        for split in neuron["splits"][1:]:
            check_witness(self, split["witness"])

    def test_an_escape_neuron(self):
        point = self.classify([[0, 1], [0, 0]], [1, 0])["points"][0]
        self.assertEqual((point["verdict"], point["rule"], point["deciding_neuron"]), ("saddle", "escape_neuron", 1))
        self.assertEqual([neuron["escape"] for neuron in point["neurons"]], [False, True])
        check_witness(self, point["witness"])
        self.assertEqual(point["witness"]["order"], 2)

    def test_not_stationary_has_its_own_exit_status(self):
        done = self.classify([[0, 1]], [2], report=run)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("NOT STATIONARY", done.stdout)
        self.assertIn("Way down", done.stdout)

    def test_text(self):
        done = self.classify([[0, 1]], [1], "--gamma", "0,1", report=run)
        self.assertEqual(done.returncode, 0, done.stderr)
        for words in ("LOCAL MINIMUM (no_escape_neuron)", "held by kinks", "Neuron 0 split by gamma (0, 1): saddle",
                      "Reading this"):
            self.assertIn(words, done.stdout)

    def test_several_splits_at_once_are_refused(self):
        done = self.classify([[0, 1]], [1], "--split", "0:0.5,0.5", report=run)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("--split", done.stderr)

    def test_points_that_analyze_finds_are_stationary(self):
        for activation in ("relu", "abs"):
            report = run_json("analyze", DIABETES, "--target", "progression", "--features", "bmi,s5", "--bias",
                              "--standardize", "--activation", activation, "--width", 2, "--starts", 3)
            self.assertTrue(report["points"])
            for point in report["points"]:
                self.assertIn(point["verdict"], ("local_minimum", "saddle"))
                self.assertEqual(point["verdict"] == "saddle", any(n["escape"] for n in point["neurons"]))


if __name__ == "__main__":
    unittest.main()
