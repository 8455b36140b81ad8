"""Reports beside what NumPy makes of the same table and weights: what the tests of all fields share."""

import json
import math

import numpy as np

from arithmetic import Plain, Read, eigenvalues, places, silu
from command import InTemporaryDirectory, run


class ValuesTest(InTemporaryDirectory):
    def report(self, *arguments, status=0):
        done = run(*arguments, "--json")
        self.assertEqual(done.returncode, status, done.stderr)
        self.stderr = done.stderr
        report = Read(json.loads(done.stdout))
        if "chosen" in report:
            self.check_chosen(report["chosen"], arguments)
        self.assertEqual((report["tepui"], report["format"], report["command"]), (run("--version").stdout.split()[-1], 1, arguments[0]))
        return report

    def check_chosen(self, chosen, arguments):
        """These tests spell out all but the loss and, some, the starts."""
        expected = []
        if "--weights" not in arguments:
            expected += [("--loss", "the squared loss", "the target holds numbers")] * ("--loss" not in arguments)
            if arguments[0] != "trace" and "--starts" not in arguments:
                expected.append(("--starts", "16 starts", None))
        if arguments[0] == "trace" and "--activation" not in arguments:
            expected.append(("--activation", "relu", None))
        self.assertEqual([(one["option"], one["what"], one["because"]) for one in chosen], expected)

    def all_read(self, report, *elsewhere):
        """elsewhere: fields that another test here checks, with all that is below them."""
        left = {place for place in places(report) if place not in report.seen and not any(name in place for name in elsewhere)}
        self.assertEqual(sorted(".".join(place) for place in left), [], "fields that no test looks at")

    def near(self, found, expected, tolerance=1e-9):
        np.testing.assert_allclose(np.array(found, dtype=float), np.array(expected, dtype=float), rtol=tolerance,
                                   atol=tolerance * max(1e-300, float(np.abs(expected).max())))

    def weights(self, name, w, a):
        np.save(self.directory / f"{name}_W.npy", w)
        np.save(self.directory / f"{name}_a.npy", a)
        return "--weights", self.directory / f"{name}_W.npy", self.directory / f"{name}_a.npy"

    def weighted_table(self, copies=False):
        """60 samples with weights; copies: the first column once more."""
        rng = np.random.default_rng(3)
        x = rng.normal(size=(60, 2)) * [2.0, 0.5] + [5.0, -1.0]
        inside = (x - [5.0, -1.0]) / [2.0, 0.5]
        y = silu(inside @ [1.5, -0.5] + 0.3)[0] - silu(inside @ [-0.7, 1.2])[0] + 0.2 * rng.normal(size=60)
        s = rng.integers(0, 4, size=60).astype(float)
        if copies:
            x = np.column_stack([x, x[:, 0]])
        names = ",".join("uvw"[:x.shape[1]])
        text = f"{names},s,y\n" + "".join(",".join(map(repr, [*row, weight, target])) + "\n"
                                          for row, weight, target in zip(x.tolist(), s.tolist(), y.tolist()))
        self.x, self.y, self.s = self.standardised(x, y, s)
        self.data = (self.write("weighted.csv", text), "--target", "y", "--sample-weights", "s", "--bias", "--standardize",
                     "--activation", "silu")

    @staticmethod
    def standardised(x, y, s):
        def centred(v):
            mean = np.average(v, axis=0, weights=s)
            return (v - mean) / np.sqrt(np.average((v - mean) ** 2, axis=0, weights=s))
        return np.column_stack([centred(x), np.ones(len(x))]), centred(y), s

    def plain(self, w, a):
        return Plain(self.x, self.y, self.s, w, a)

    def check_witness(self, witness, start, point_of):
        """start: the network that it leads away from."""
        self.near(witness["predicted"], witness["coefficient"] * witness["epsilon"] ** witness["order"])
        self.assertLess(witness["predicted"], 0.0)
        self.assertLess(witness["measured"], 0.0)
        self.assertLessEqual(witness["measured_error"], 1e-8 * -witness["measured"])
        step = witness["epsilon"]
        end = point_of(start.w + step * np.array(witness["direction"]["W"]), start.a + step * np.array(witness["direction"]["a"]))
        fall = np.longdouble(end.loss) - start.loss
        self.assertLessEqual(abs(fall - witness["measured"]), witness["measured_error"] + 1e-12 * start.loss)

    def check_spectrum(self, spectrum, matrix):
        values, inertia = eigenvalues(matrix)
        self.assertEqual({key: spectrum["inertia"][key] for key in inertia}, inertia)
        size = np.abs(values).max()
        self.near([spectrum["lambda_min"] / size, spectrum["lambda_max"] / size], [values[0] / size, values[-1] / size], 1e-8)
        # tau and margin speak of the equilibrated matrix: a unit diagonal of absolute terms, to a factor of two each way.
        self.assertTrue(0.0 < spectrum["tau"] < 1e-8, spectrum["tau"])
        if inertia["zero"] == 0:
            self.assertTrue(1.0 <= spectrum["margin"] and 1e-7 < spectrum["margin"] * spectrum["tau"] < 4.0 * len(matrix))

    def check_index(self, judged, negative, zero, known=True):
        for name, count in (("morse_index", negative), ("nullity", zero)):
            least, most = judged[f"{name}_bounds"]
            self.assertTrue(least <= count <= most, (name, least, count, most))
            self.assertEqual(judged[name], count if least == most else None)
            self.assertTrue(least == most or not known)

    def check_split(self, split, point, neuron, gamma, w, a):
        self.assertEqual(split["gamma"], gamma)
        wide = self.plain(np.vstack([w[:neuron["neuron"]], *[w[neuron["neuron"]]] * len(gamma), w[neuron["neuron"] + 1:]]),
                          np.concatenate([a[:neuron["neuron"]], np.array(gamma) * a[neuron["neuron"]], a[neuron["neuron"] + 1:]]))
        _, inertia = eigenvalues(wide.hessian())
        self.check_index(split, inertia["negative"], inertia["zero"])
        decided = point["hessian"] if split["rule"] == "theorem_4" else neuron["inner_hessian"]
        self.assertEqual((split["tau"], split["margin"]), (decided["tau"], decided["margin"]))
        self.assertLessEqual(split["gradient_norm"], 1e-9)
        self.assertEqual(split["verdict"], "saddle" if inertia["negative"] else split["verdict"])
        self.assertIn(split["verdict"], ("saddle", "local_minimum"))
        self.assertGreater(len(split["reason"]), 20)
        if split["verdict"] == "saddle":
            self.check_witness(split["witness"], wide, self.plain)
        else:
            self.assertIsNone(split["witness"])
