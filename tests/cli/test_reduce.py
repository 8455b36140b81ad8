"""tepui reduce and tepui embed: there and back, on .npy files and JSON."""

import json
import unittest

import numpy as np

from command import DIABETES, InTemporaryDirectory, run, run_json

W = np.array([[0.3, -0.8, 0.1], [0.6, 0.9, -0.4], [1.5, 0.2, 0.7]])
A = np.array([1.2, -0.7, 0.4])


class ReduceAndEmbed(InTemporaryDirectory):
    def save(self, stem, w, a):
        files = (self.directory / f"{stem}_W.npy", self.directory / f"{stem}_a.npy")
        np.save(files[0], w)
        np.save(files[1], a)
        return files

    def load(self, *path):
        return np.load(self.directory.joinpath(*path))

    def refused(self, arguments, *words):
        done = run(*arguments)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_split_null_and_back(self):
        narrow = self.save("narrow", W, A)
        out = self.directory / "wide"
        done = run("embed", "--weights", *narrow, "--split", "0:0.25,0.75", "--split", "2:1.5,-1,1/2", "--null", "-1,2,0",
                   "--out", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("7 neurons: 6 daughters of 3 parents, 1 null, 0 cancelled, 0 idle", done.stdout)
        w, a = self.load("wide", "wide_W.npy"), self.load("wide", "wide_a.npy")
        np.testing.assert_array_equal(w, [W[0], W[0], W[1], W[2], W[2], W[2], [-1, 2, 0]])
        np.testing.assert_allclose(a, [0.3, 0.9, -0.7, 0.6, -0.4, 0.2, 0.0], rtol=1e-15)

        report = run_json("reduce", "--weights", out / "wide_W.npy", out / "wide_a.npy", "--out", self.directory / "back")
        self.assertEqual(report["narrow"]["width"], 3)
        self.assertEqual(report["wide_width"], 7)
        self.assertEqual(report["weight_spread"], 0)
        self.assertIsNone(report["data"])
        np.testing.assert_array_equal(self.load("back", "narrow_W.npy"), W)
        np.testing.assert_allclose(self.load("back", "narrow_a.npy"), A, rtol=1e-15)
        written = json.loads((self.directory / "back" / "embedding.json").read_text())
        self.assertEqual(written, report["embedding"])
        self.assertEqual(json.loads((self.directory / "back" / "report.json").read_text()), report)
        original = json.loads((out / "embedding.json").read_text())
        for one, other in zip(report["embedding"]["neurons"], original["neurons"]):
            self.assertAlmostEqual(one.pop("gamma", 0), other.pop("gamma", 0), places=14)
            self.assertEqual(one, other)

        again = self.directory / "again"
        done = run("embed", "--weights", self.directory / "back" / "narrow_W.npy", self.directory / "back" / "narrow_a.npy",
                   "--embedding", self.directory / "back" / "embedding.json", "--out", again, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout), written)
        np.testing.assert_array_equal(np.load(again / "wide_W.npy"), w)
        np.testing.assert_allclose(np.load(again / "wide_a.npy"), a, rtol=1e-15)

    def test_mirrored_cancelled_null_and_idle(self):
        wide = self.save("wide", [[1, 2], [3, -1], [-1, -2], [0, 0], [-3, 1], [5, 5]], [1.0, 2.0, 1.5, 4.0, 2.0, 0.0])
        report = run_json("reduce", "--weights", *wide, "--activation", "tanh")
        roles = [(n["role"], n.get("sign"), n.get("gamma", n.get("output"))) for n in report["embedding"]["neurons"]]
        self.assertEqual(roles, [("daughter", 1, -2.0), ("cancelled", 1, 2.0), ("daughter", -1, 3.0), ("idle", None, 4.0),
                                 ("cancelled", -1, -2.0), ("null", None, None)])
        self.assertEqual(report["narrow"]["a"], [-0.5])
        self.assertEqual(report["cancelled_groups"], 1)
        text = run("reduce", "--weights", *wide, "--activation", "tanh").stdout
        self.assertIn("parent 0, mirrored", text)
        self.assertIn("6 neurons: 2 daughters of 1 parent, 1 null, 2 cancelled, 1 idle", text)
        even = run_json("reduce", "--weights", *wide, "--activation", "gaussian")
        self.assertEqual(even["narrow"]["a"], [2.5, 4.0, 4.0])
        self.assertEqual(run_json("reduce", "--weights", *wide, "--activation", "gelu")["narrow"]["width"], 4)

    def test_network_that_contributes_nothing(self):
        wide = self.save("wide", W, np.zeros(3))
        out = self.directory / "none"
        self.assertEqual(run_json("reduce", "--weights", *wide, "--out", out)["narrow"]["width"], 0)
        self.assertEqual(np.load(out / "narrow_W.npy").shape, (0, 3))
        self.assertEqual(np.load(out / "narrow_a.npy").shape, (0,))
        done = run("embed", "--weights", out / "narrow_W.npy", out / "narrow_a.npy", "--embedding", out / "embedding.json",
                   "--out", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        np.testing.assert_array_equal(np.load(out / "wide_W.npy"), W)

    def test_tolerances(self):
        wide = self.save("wide", [[1, 2, 3], [1, 2, 3 + 1e-6]], [1.0, -1.0 + 1e-6])
        width = lambda *options: run_json("reduce", "--weights", *wide, *options)["narrow"]["width"]
        self.assertEqual(width(), 2)
        self.assertEqual(width("--weight-tolerance", "1e-5"), 1)
        self.assertEqual(width("--weight-tolerance", "1e-5", "--output-tolerance", "1e-5"), 0)

    def test_data_tell_what_is_equal(self):
        """A copied column: the samples see the sum of its two weights only."""
        random = np.random.default_rng(1)
        x = random.normal(size=(30, 1))
        np.save(self.directory / "x.npy", np.hstack([x, x, random.normal(size=(30, 1))]))
        wide = self.save("wide", [[1, 2, 0.5], [2.5, 0.5, 0.5], [1, -1, 0]], [1.0, 2.0, 3.0])
        np.save(self.directory / "y.npy", random.normal(size=30))
        report = run_json("reduce", self.directory / "x.npy", "--y", self.directory / "y.npy", "--weights", *wide)
        self.assertEqual(report["data"]["samples"], 30)
        self.assertEqual([n["role"] for n in report["embedding"]["neurons"]], ["daughter", "daughter", "idle"])
        self.assertEqual(report["narrow"]["a"], [3.0])
        self.assertEqual(run_json("reduce", "--weights", *wide)["narrow"]["width"], 3)

    def test_function_of_a_table_stays(self):
        table = (DIABETES, "--target", "progression", "--features", "bmi,s5", "--activation", "silu", "--bias", "--standardize")
        narrow = self.save("narrow", W, A)
        wide = self.directory / "wide"
        self.assertEqual(run("embed", "--weights", *narrow, "--split", "1:-2,3", "--out", wide).returncode, 0)
        files = (wide / "wide_W.npy", wide / "wide_a.npy")
        loss = lambda weights: json.loads(run("classify", *table, "--weights", *weights, "--json").stdout)["points"][0]["loss"]
        self.assertAlmostEqual(loss(files), loss(narrow), delta=1e-10 * loss(narrow))
        report = run_json("reduce", *table, "--weights", *files)
        np.testing.assert_array_equal(report["narrow"]["W"], W)

    def test_bad_input(self):
        narrow = self.save("narrow", W, A)
        embed = ("embed", "--weights", *narrow, "--out", self.directory / "out")
        self.refused(embed, "--embedding", "--split")
        self.refused((*embed, "--split", "3:0.5,0.5"), "--split 3:0.5,0.5", "3 neurons")
        self.refused((*embed, "--split", "0.5,0.5"), "NEURON:G1,G2")
        self.refused((*embed, "--split", "0:0.5,0.6"), "daughters of neuron 0 sum to 1 + 0.1")
        self.refused((*embed, "--split", "0:1"), "at least two")
        self.refused((*embed, "--split", "0:0.5,x"), '"x"')
        self.refused((*embed, "--split", "0:2,-1", "--split", "0:2,-1"), "split twice")
        self.refused((*embed, "--null", "1,2"), "2 weights", "3 inputs")
        self.refused((*embed, "--null", "1,2,nan"), "nan")
        self.refused((*embed, "--split", "0:0.5,0.5", "--activation", "tanhh"), '"tanhh"')
        self.refused(("embed", "--weights", *narrow, "--split", "0:0.5,0.5"), "--out")
        self.refused(("reduce", "--weights", *narrow, "--bias"), "no data")
        self.refused(("reduce", "--weights", *narrow, "--weight-tolerance", 2), "--weight-tolerance")
        self.refused(("reduce", DIABETES, "--target", "progression", "--weights", *narrow), "3 columns", "10 inputs")
        self.assertFalse((self.directory / "out").exists())

    def test_bad_embedding_files(self):
        narrow = self.save("narrow", W[:1], A[:1])
        good = {"format": 1, "activation": "tanh", "narrow_width": 1, "inputs": 3,
                "neurons": [{"role": "daughter", "parent": 0, "gamma": 1}, {"role": "null", "weights": [1, 2, 3]},
                            {"role": "idle", "output": 2}]}
        embed = ("embed", "--weights", *narrow, "--out", self.directory / "out", "--embedding")
        self.assertEqual(run(*embed, self.write("good.json", json.dumps(good))).returncode, 0)

        def bad(text, *words, options=()):
            path = self.write("bad.json", text if isinstance(text, str) else json.dumps(text))
            self.refused((*embed, path, *options), path, *words)

        def neuron(*words, **fields):
            bad({**good, "neurons": [good["neurons"][0], fields]}, "neuron 1", *words)

        self.refused((*embed, "nowhere.json"), "nowhere.json", "cannot be opened")
        bad("{", "JSON")
        bad("[]", "format")
        bad({**good, "format": 2}, "format")
        bad({**good, "inputs": "three"}, '"inputs"', "number of inputs")
        bad({**good, "narrow_width": 2}, "2 neurons of 3 inputs", "1 neuron of 3 inputs")
        bad({**good, "neurons": 3}, '"neurons"')
        bad({**good, "neurons": []}, "neuron 0 of the narrow network has no daughter")
        bad(good, "tanh", options=("--activation", "gelu"))
        neuron("role", parent=0)
        neuron('"twin"', role="twin")
        neuron("gamma", role="daughter", parent=0)
        neuron("gamma", "a number", role="daughter", parent=0, gamma="1")
        neuron("parent", "is 1", role="daughter", parent=1, gamma=0)
        neuron('"sign" is 3', "1 or -1", role="daughter", parent=0, gamma=0, sign=3)
        neuron("weights", "2 numbers, 3", role="null", weights=[1, 2])
        neuron("weights", "list", role="null", weights=[1, 2, "x"])
        bad({**good, "neurons": [good["neurons"][0], {"role": "cancelled", "group": 0, "output": 1, "weights": [1, 2, 3]}]},
            "cancelled group 0 sum to 1")
        bad({**good, "activation": "sigmoid"}, "sigmoid is 0.5 at 0")
        # Sizes and numbers that are not there, or are no number of that kind.
        for opening, closing in (("[", "]"), ('{"a":', "}"), ('{"neurons":[{"weights":', "}]}")):
            for depth in (30, 100000):
                bad(opening * depth + "1" + closing * depth, "nested deeper")
            bad(opening * 100000, "nested deeper")
        bad({**good, "inputs": 500000000}, "500000000 inputs", "3 inputs")
        bad({**good, "narrow_width": 500000000}, "500000000 neurons")
        for value in (2**32 + 1, 2**63, 2**64 - 1, 2**64, -1, 0, 1.0, "1", True, None):
            bad({**good, "format": value}, '"format" is')
        for value in (2**32 + 3, 2**63 + 3, 2**64, 0, -3, 3.0):
            bad({**good, "inputs": value})
        for value in (2**32 + 1, 2**64 - 1, 2, 0, 1.0, None):
            neuron('"sign" is', "1 or -1", role="daughter", parent=0, gamma=0, sign=value)
        for value in (2**63, 2**64, -1, 0.5):
            neuron('"parent" is', role="daughter", parent=value, gamma=0)
            neuron('"group" is', role="cancelled", group=value, output=0, weights=[1, 2, 3])
        bad(json.dumps(good).replace('"gamma": 1', '"gamma": 1e999'), "cannot be read as JSON")


if __name__ == "__main__":
    unittest.main()
