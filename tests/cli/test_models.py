"""The models people train: several targets, classes, other losses, weight decay, networks in archives."""

import json
import unittest
import zipfile

import numpy as np

from command import DATA, DIABETES, InTemporaryDirectory, run, run_json
from models_arithmetic import PARTS, Model, hessian, loss_of
from readers import ReaderTest

IRIS = (DATA / "iris.csv", "--target", "species", "--loss", "softmax", "--bias", "--standardize")
LINNERUD = (DATA / "linnerud.csv", "--target", "weight,waist,pulse", "--bias", "--standardize")
LABELS = "u,y\n1,red\n2,blue\n3,red\n4,green\n"


def table_of(path, columns):
    rows = [line.split(",") for line in path.read_text().splitlines()]
    places = [rows[0].index(name) for name in columns]
    return [[row[place] for place in places] for row in rows[1:]]


def standardised(v):
    return (v - v.mean(axis=0)) / v.std(axis=0)


def with_bias(x):
    return np.column_stack([x, np.ones(len(x))])


class Reading(ReaderTest):
    def test_labels_are_classes_in_their_order(self):
        result = self.read(LABELS, loss="softmax")
        self.assertEqual((result["classes"], result["outputs"]), ([["blue", "green", "red"]], ["blue", "green", "red"]))
        self.assertEqual(result["y"], [0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0])
        result = self.read("u,y\n1,10\n2,9\n3,10.0\n4,-1\n", loss="softmax")  # numbers by size; 10 and 10.0 are one
        self.assertEqual(result["outputs"], ["-1", "9", "10"])
        self.assertEqual(result["y"], [0, 0, 1, 0, 1, 0, 0, 0, 1, 1, 0, 0])

    def test_two_classes_and_chances(self):
        for values, classes, expected in ((("no", "yes", "no"), ["no", "yes"], [0, 1, 0]), (("2", "1", "1"), ["1", "2"], [1, 0, 0]),
                                          (("1", "0", "1"), ["0", "1"], [1, 0, 1]), (("0.25", "1", "0.25"), [], [0.25, 1, 0.25]),
                                          (("0", "0.5", "1"), [], [0, 0.5, 1]), (("0.5", "0.5", "0", "1"), [], [0.5, 0.5, 0, 1])):
            text = "u,y\n" + "".join(f"{k},{value}\n" for k, value in enumerate(values))
            result = self.read(text, loss="logistic")
            self.assertEqual((result["classes"], result["y"], result["outputs"]), ([classes], expected, ["y"]))
        result = self.read("u,y,z\n1,a,0\n2,b,0.5\n3,a,1\n", target="y,z", loss="logistic")
        self.assertEqual((result["classes"], result["y"]), ([["a", "b"], []], [0, 0, 1, 0.5, 0, 1]))

    def test_several_targets(self):
        text = "a,b,u,c\n1,2,3,4\n5,6,7,8\n"
        result = self.read(text, target="c, a")
        self.assertEqual((result["target"], result["outputs"], result["features"]), ("c, a", ["c", "a"], ["b", "u"]))
        self.assertEqual(result["y"], [4, 1, 8, 5])
        self.assertEqual(self.read('"a,b",u\n1,2\n3,4\n', target="a,b")["y"], [1, 3])  # the name of one column
        self.assertEqual(self.read("1,2,3\n4,5,6\n", target="-1,0", no_header=True)["y"], [3, 1, 6, 4])
        self.refused(text, 'named twice', target="a,a")
        self.refused(text, 'no column "d"', target="a,d")
        result = self.read("p,q,u\n0.25,0.75,1\n1,0,2\n", target="p,q", loss="softmax")
        self.assertEqual((result["y"], result["outputs"], result["classes"]), ([0.25, 0.75, 1, 0], ["p", "q"], [[], []]))

    def test_arrays(self):
        x, y = np.arange(8.0).reshape(4, 2), np.array([[1, 2], [3, 5], [0, 1], [2, 2]])
        np.save(self.directory / "x.npy", x)
        for number, (labels, outputs) in enumerate(((y[:, 0], ["0", "1", "2", "3"]), (y[:, 0].astype(float), ["0", "1", "2", "3"]))):
            np.save(self.directory / f"y{number}.npy", labels)
            result = self.read((self.directory / "x.npy").read_bytes(), name="x.npy", target="", y=str(self.directory / f"y{number}.npy"),
                               loss="softmax")
            self.assertEqual((result["outputs"], result["in_place"]), (outputs, True))
            self.assertEqual(np.argmax(np.reshape(result["y"], (4, 4)), axis=1).tolist(), y[:, 0].tolist())
        np.save(self.directory / "y.npy", y)
        result = self.read((self.directory / "x.npy").read_bytes(), name="x.npy", target="", y=str(self.directory / "y.npy"))
        self.assertEqual((result["y"], len(result["outputs"])), (y.ravel().tolist(), 2))
        np.save(self.directory / "both.npy", np.column_stack([x, y]))
        result = self.read((self.directory / "both.npy").read_bytes(), name="both.npy", target="-2,-1")
        self.assertEqual((result["y"], result["in_place"]), (y.ravel().tolist(), True))
        np.save(self.directory / "bad.npy", -y)
        self.refused((self.directory / "x.npy").read_bytes(), "bad.npy: the value at [0, 0]", "-1 is negative", name="x.npy", target="",
                     y=str(self.directory / "bad.npy"), loss="poisson")

    def test_labels_as_text_in_arrays(self):
        x = np.linspace(-1, 1, 12)[:, None]
        species = np.array(["setosa", "virginica", "na\u00efve \U0001f33c"])[np.arange(12) % 3]
        np.save(self.directory / "X.npy", x)
        net = {"W": [[1.0]], "a": [[1.0, 0.0, -1.0]]}
        np.savez(self.directory / "net.npz", **net)
        for labels in (species, species.astype(">U20"), species.reshape(-1, 1), np.char.encode(species, "utf-8")):
            np.save(self.directory / "y.npy", labels)
            done = run("classify", "--data", self.directory / "X.npy", "--y", self.directory / "y.npy", "--loss", "softmax",
                       "--weights", self.directory / "net.npz", "--json")
            report = json.loads(done.stdout)
            self.assertEqual(report["model"]["outputs"], sorted(set(species.tolist())), done.stderr)
            onehot = np.array([[one == name for name in report["model"]["outputs"]] for one in species], float)
            np.testing.assert_allclose(report["points"][0]["loss"], Model(x, onehot, {k: np.array(v) for k, v in net.items()}, "softmax").loss)
        for labels, word in ((np.array([["a", "b"]] * 12), "one column"), (np.array(["a"] * 11 + [""]), "is empty")):
            np.save(self.directory / "y.npy", labels)
            done = run("classify", "--data", self.directory / "X.npy", "--y", self.directory / "y.npy", "--loss", "softmax",
                       "--weights", self.directory / "net.npz")
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(word, done.stderr)
        done = run("classify", "--data", self.directory / "X.npy", "--y", self.directory / "y.npy", "--loss", "squared",
                   "--weights", self.directory / "net.npz")
        self.assertIn("holds text", done.stderr)

    def test_what_a_loss_has_no_use_for(self):
        self.refused(LABELS, 'row 1 (line 2), column "y"', '"red" is not a number', "--loss softmax", "--loss logistic")
        self.refused(LABELS, 'row 4 (line 5), column "y"', '"green" is a third class', "--loss softmax", loss="logistic")
        self.refused("u,y\n1,0.5\n2,0.25\n3,1\n4,2\n", 'row 4 (line 5), column "y"', "numbers from 0 to 1", loss="logistic")
        self.refused("u,y\n1,2\n2,0\n3,-1\n", "row 3 (line 4)", "-1 is negative", "--loss poisson", loss="poisson")
        self.refused("u,y\n1,a\n2,a\n", 'one class alone, "a"', loss="softmax")
        self.refused("u,y\n1,1\n2,1\n", 'one class alone, "1"', loss="logistic")
        self.refused("p,q,u\n0.5,0.5,1\n0.5,0.6,2\n", "row 2 (line 3)", "sum to 1.1", "probabilities", target="p,q", loss="softmax")
        self.refused("p,q,u\n0.5,0.5,1\n-0.5,1.5,2\n", "row 2 (line 3)", "is negative", target="p,q", loss="softmax")
        self.refused("y,z,u\n1,2,1\n1,3,2\n", 'target "y" is constant', target="y,z")
        many = "u,y\n" + "".join(f"{k},{k}\n" for k in range(1001))
        self.refused(many, "row 1001 (line 1002)", "more than 1000", "too many to be classes", loss="softmax")
        missing = "u,y\n1,red\n2,\n3,blue\n"
        self.refused(missing, 'column "y": empty', loss="softmax")
        self.assertEqual(self.read(missing, loss="softmax", drop_missing=True)["count"], 2)


class Options(InTemporaryDirectory):
    def test_losses(self):
        for name in ("custom", "linear", "hinge", "squared:1", "pseudo_huber:0", "pseudo_huber:-1", "pseudo_huber:x", ""):
            done = run("analyze", DIABETES, "--target", "progression", "--width", 1, "--loss", name)
            self.assertEqual((done.returncode, done.stdout), (2, ""), name)
            self.assertIn("pseudo_huber:DELTA", done.stderr)

    def net(self, *arrays):
        paths = []
        for name, array in zip(("W", "a", "b", "C"), arrays):
            paths.append(self.directory / f"{name}.npy")
            np.save(paths[-1], array)
        return ("--weights", *paths)

    def test_decay_by_its_conventions(self):
        x, y = np.linspace(-1, 1, 9), np.sin(np.arange(9.0))
        table = self.write("t.csv", "x,y,c\n" + "".join(f"{u!r},{v!r},{'ab'[v > 0]}\n" for u, v in zip(x.tolist(), y.tolist())))
        net = {"W": np.array([[0.5, -0.25], [1.0, 0.125]]), "a": np.array([1.0, -2.0]), "b": np.array([0.5]), "C": np.array([[0.75, 0.25]])}
        seen = with_bias(x)
        for loss, target, factor in (("squared", y, 1), ("logistic", y > 0, 2)):
            base = ("classify", table, "--target", "y" if loss == "squared" else "c", "--features", "x", "--loss", loss, "--bias")
            for part in ("b", "C"):
                given = {name: array for name, array in net.items() if name in ("W", "a", part)}
                for arguments, decay in (
                        (("0.5",), {"w": 0.5, "a": 0.5, "c": 0.5, "biases": 0}),
                        (("scikit-learn:0.5",), {"w": 0.5, "a": 0.5, "c": 0.5, "biases": 0}),
                        (("nnet:0.5",), dict.fromkeys(("w", "a", "c", "biases"), 0.5 * factor)),
                        (("1", "--decay-w", 2, "--decay-c", "0.25"), {"w": 2, "a": 1, "c": 0.25, "biases": 0}),
                        (("1", "--decay-a", 0, "--decay-biases", 3), {"w": 1, "a": 0, "c": 1, "biases": 3})):
                    done = run(*base, *self.net(*given.values()), "--decay", *arguments, "--json")
                    report = json.loads(done.stdout)
                    self.assertEqual(report["model"]["decay"], decay)
                    expected = Model(seen, target, given, loss, decay=decay)
                    self.assertAlmostEqual(report["points"][0]["loss"], expected.loss, places=12)
                    self.assertAlmostEqual(report["points"][0]["gradient_norm"], np.linalg.norm(expected.gradient), places=11)
        for text in ("-1", "x", "nan", "nnet:", "torch:0.1", "nnet:-1"):
            self.assertIn("nnet:DECAY or scikit-learn:ALPHA", run(*base, *self.net(*given.values()), "--decay", text).stderr)
        counts = self.write("n.csv", "x,n\n1,2\n2,0\n")
        self.assertIn("nnet has no --loss poisson",
                      run("classify", counts, "--target", "n", "--loss", "poisson", "--decay", "nnet:1", *self.net(*given.values())).stderr)

    def test_commands_that_decay_leaves_nothing_to(self):
        net = self.net(np.ones((2, 2)), np.ones(2))
        pictures = ("plateau", "--neuron", 0, "--width", 1), ("critical-set", "--wide", 3, "--width", 1)
        for command in pictures:
            done = run(command[0], DIABETES, "--target", "progression", "--features", "bmi", "--bias", *command[1:], "--decay", 1)
            self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
            self.assertIn("not stationary under weight decay", done.stderr)
        done = run("reduce", DIABETES, "--target", "progression", "--features", "bmi", "--bias", "--decay", 1, *net)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertIn("another penalty", done.stderr)

    def test_reduce_and_embed_of_several_outputs(self):
        w, a, b = np.arange(4.0).reshape(2, 2), np.arange(6.0).reshape(2, 3), np.ones(3)
        run("embed", *self.net(w, a, b), "--split", "0:0.25,0.75", "--null", "5,6", "--out", self.directory / "out")
        wide = np.load(self.directory / "out" / "wide.npz")
        np.testing.assert_array_equal(wide["W"], [w[0], w[0], w[1], [5, 6]])
        np.testing.assert_array_equal(wide["a"], [a[0] / 4, a[0] * 3 / 4, a[1], np.zeros(3)])
        np.testing.assert_array_equal(wide["b"], b)
        # Output vectors that are no multiples of their sum, a pair that cancels, a mirror image: there and back.
        w, a = np.array([[1.0, 2], [1, 2], [3, 1], [-3, -1], [0.5, 0.5]]), np.array([[1.0, 0], [0, 2], [1, 1], [1, 1], [2, 3]])
        report = run_json("reduce", *self.net(w, a, b[:2]), "--activation", "tanh", "--out", self.directory / "narrow")
        self.assertEqual(report["narrow"]["a"], [[1, 2], [2, 3]])
        first, second, *cancelled, last = report["embedding"]["neurons"]
        self.assertAlmostEqual(first["gamma"], 0.2)
        np.testing.assert_allclose(np.add(first["outputs"], second["outputs"]), 0, atol=1e-15)
        self.assertEqual([one["outputs"] for one in cancelled], [[1, 1], [-1, -1]])
        self.assertNotIn("outputs", last)
        done = run("embed", "--weights", self.directory / "narrow" / "narrow.npz", "--embedding", self.directory / "narrow" / "embedding.json",
                   "--out", self.directory / "wide")
        self.assertEqual(done.returncode, 0, done.stderr)
        back = np.load(self.directory / "wide" / "wide.npz")
        np.testing.assert_array_equal(back["W"], w)
        np.testing.assert_allclose(back["a"], a, atol=1e-15)

    def test_mirror_images_that_an_output_bias_makes(self):
        w, a, b = np.array([[1.0, 2], [-1, -2]]), np.array([2.0, 0.5]), np.array([1.0])
        report = run_json("reduce", *self.net(w, a, b), "--activation", "sigmoid")
        self.assertEqual((report["narrow"]["a"], report["narrow"]["b"]), ([1.5], [1.5]))  # sigma(-z) = 1 - sigma(z)
        self.assertEqual([one["sign"] for one in report["embedding"]["neurons"]], [1, -1])
        self.assertEqual(run_json("reduce", *self.net(w, a), "--activation", "sigmoid")["narrow"]["width"], 2)

    def test_plateau_of_several_outputs(self):
        report = run_json("plateau", *LINNERUD, "--activation", "gelu", "--width", 1, "--starts", 4, "--neuron", 0, "--steps", 4)
        verdicts = {split["verdict"] for split in report["splits"]}
        self.assertEqual(verdicts, {"saddle"})  # three outputs: Psi is not zero
        falls = [split["measured"] for split in report["splits"]]
        self.assertTrue(all(fall < 0 for fall in falls), falls)
        text = run("plateau", *LINNERUD, "--activation", "gelu", "--width", 1, "--starts", 4, "--neuron", 0, "--steps", 4, "--out", self.directory / "p.svg")
        self.assertIn("Psi of rank", text.stdout)
        self.assertTrue((self.directory / "p.svg").stat().st_size > 1000)

    def test_critical_set_of_several_outputs(self):
        """Every sample is a stationary point of the function, of the nullity that its branch has."""
        table = np.array(table_of(DATA / "linnerud.csv", ("chins", "situps", "jumps", "weight", "waist", "pulse")), float)
        x, y = with_bias(standardised(table[:, :3])), standardised(table[:, 3:])
        report = run_json("critical-set", *LINNERUD, "--no-output-bias", "--activation", "tanh", "--width", 2, "--starts", 16, "--seed", 3,
                          "--wide", 4, "--samples", 4)
        self.assertEqual((report["psi_equations"], report["sharing_dimension"]), (3, 1))
        self.assertEqual([branch["content"] for branch in report["branches"]], ["saddles"] * 3)
        drawn = 0
        for branch in report["branches"]:
            nulls = branch["null_neurons"]
            self.assertEqual(branch["dimension"], (2 - nulls) + report["narrow_nullity"] + nulls * (4 - 3))
            for sample in branch["samples"]:
                theta, drawn = np.array(sample["parameters"]), drawn + 1
                model = Model(x, y, {"W": theta[:16].reshape(4, 4), "a": theta[16:].reshape(4, 3)})
                self.assertAlmostEqual(model.loss, report["point"]["loss"], places=9)
                self.assertLess(np.linalg.norm(model.gradient), 1e-5)
        self.assertGreater(drawn, 4)


class Weights(InTemporaryDirectory):
    def setUp(self):
        super().setUp()
        rng = np.random.default_rng(2)
        self.net = {"W": rng.normal(size=(2, 5)), "a": rng.normal(size=(2, 3)), "b": rng.normal(size=3), "C": rng.normal(size=(3, 5))}

    def saved(self, name, array):
        np.save(self.directory / f"{name}.npy", array)
        return self.directory / f"{name}.npy"

    def point(self, *arguments):
        done = run("classify", *arguments, "--json")
        self.assertIn(done.returncode, (0, 3), done.stderr)
        return json.loads(done.stdout)["points"][0]

    def refused(self, *words, data=IRIS, weights=()):
        done = run("classify", *data, "--weights", *weights)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_files_and_archives_say_the_same(self):
        files = {name: self.saved(name, array) for name, array in self.net.items()}
        for parts in ("Wa", "Wab", "WaC", "WabC"):
            paths = [files[part] for part in parts]
            np.savez_compressed(self.directory / "net.npz", **{part: self.net[part] for part in parts[::-1]}, text=np.array(["no", "number"]))
            point = self.point(*IRIS, "--weights", *paths)
            self.assertEqual(self.point(*IRIS, "--weights", self.directory / "net.npz"), point)
            for part in parts:
                np.testing.assert_array_equal(point[part], self.net[part])
        # DATA may come behind them, as it always could.
        data, options = IRIS[0], IRIS[1:]
        self.assertEqual(self.point("--weights", files["W"], files["a"], data, *options)["a"], self.net["a"].tolist())
        self.assertEqual(self.point("--weights", self.directory / "net.npz", data, *options), point)
        self.refused("DATA is required", data=options, weights=(files["W"], files["a"]))

    def test_skip_connections_without_the_bias(self):
        paths = [self.saved(name, array) for name, array in self.net.items()]
        paths[3] = self.saved("C", self.net["C"][:, :-1])
        point = self.point(*IRIS, "--weights", *paths)
        self.assertNotIn("b", point)
        np.testing.assert_array_equal(point["C"], np.column_stack([self.net["C"][:, :-1], self.net["b"]]))

    def test_shapes(self):
        w, a = self.saved("W", self.net["W"]), self.saved("a", self.net["a"])
        self.refused("transposed", "a.T", weights=(w, self.saved("t", self.net["a"].T)))
        self.refused("weights of 2 outputs", "3 classes", weights=(w, self.saved("two", self.net["a"][:, :2])))
        self.refused("weights of 1 output ", "3 classes", weights=(w, self.saved("one", self.net["a"][:, 0])))
        self.refused("(2,)", "3 output biases", weights=(w, a, self.saved("b", np.ones(2))))
        self.refused("(3, 7)", "(3, 5)", weights=(w, a, self.saved("c", np.ones((3, 7)))))
        self.refused("second array of one axis", weights=(w, a, self.saved("b", np.ones(3)), self.saved("b2", np.ones(3))))
        self.refused("2 outputs", "3 targets", data=(*LINNERUD,), weights=(self.saved("w4", np.ones((2, 4))), self.saved("two", np.ones((2, 2)))))
        self.refused("is not a finite number", weights=(w, a, self.saved("nan", np.full(3, np.nan))))
        self.refused("--skip: the weights have no C", data=(*IRIS, "--skip"), weights=(w, a))
        self.refused("--output-bias: the weights have no b", data=(*IRIS, "--output-bias"), weights=(w, a))
        self.refused("are expected", weights=(w,))
        self.refused("are expected", weights=(self.directory / "net.npz", w))

    def test_hostile_archives(self):
        good = self.directory / "good.npz"
        np.savez(good, W=self.net["W"], a=self.net["a"])
        content = good.read_bytes()
        self.refused('has no array "a"', "there are W, y", weights=(self.archive(W=self.net["W"], y=np.ones(2)),))
        self.refused("has no array", weights=(self.archive(other=np.ones(2)),))
        self.refused("no such file", weights=(self.directory / "none.npz",))
        for at in (10, len(content) // 2, len(content) - 10):
            self.refused("cut.npz: ", "(is the file whole?)" if at > len(content) // 2 else "cut short",
                         weights=(self.write("cut.npz", content[:at]),))
        self.refused("holds text", weights=(self.archive(W=self.net["W"], a=np.array(["x", "y"])),))
        damaged = bytearray(content)
        damaged[content.index(b"\x93NUMPY") + 140] ^= 0xFF
        self.refused("damaged", weights=(self.write("damaged.npz", bytes(damaged)),))
        # A header that asks for more than is there, and one that is no header.
        header = b"\x93NUMPY\x01\x00\x76\x00" + b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999, 9999)}".ljust(117) + b"\n"
        for name, inside, words in (("W.npy", header, "cut short"), ("W.npy", b"PK\x03\x04" + content, "is no .npy file")):
            with zipfile.ZipFile(self.directory / "bad.npz", "w") as archive:
                archive.writestr(name, inside)
                archive.writestr("a.npy", header)
            self.refused(words, weights=(self.directory / "bad.npz",))

    def archive(self, **arrays):
        np.savez(self.directory / "some.npz", **arrays)
        return self.directory / "some.npz"

    def test_what_is_written_can_be_used_again(self):
        out = self.directory / "out"
        run_json("analyze", DIABETES, "--target", "progression", "--features", "bmi,bp", "--bias", "--standardize", "--width", 2,
                 "--starts", 2, "--out", out)
        net = np.load(out / "point_1.npz")
        np.testing.assert_array_equal(net["W"], np.load(out / "point_1_W.npy"))
        np.testing.assert_array_equal(net["a"], np.load(out / "point_1_a.npy"))
        self.assertEqual((str(net["activation"]), str(net["loss"]), float(net["bias"])), ("tanh", "squared", 1.0))
        self.assertEqual((net["features"].tolist(), net["outputs"].tolist()), (["bmi", "bp"], ["progression"]))
        table = np.array(table_of(DATA / "diabetes.csv", ("bmi", "bp", "progression")), float)
        x = with_bias((table[:, :2] - net["feature_mean"]) / net["feature_scale"])
        y = (table[:, 2] - net["target_mean"]) / net["target_scale"]
        report = json.loads((out / "report.json").read_text())
        self.assertAlmostEqual(Model(x, y, {"W": net["W"], "a": net["a"]}).loss, report["points"][0]["loss"], places=9)
        again = run_json("classify", DIABETES, "--target", "progression", "--features", "bmi,bp", "--bias", "--standardize",
                         "--weights", out / "point_1.npz")
        self.assertEqual(again["points"][0]["verdict"], report["points"][0]["verdict"])
        self.assertEqual(again["weight_files"], [str(out / "point_1.npz")])
        rows = table_of(DATA / "linnerud.csv", ("chins", "weight"))
        odd = self.write("ö.csv", "größe,雨\n" + "".join(",".join(row) + "\n" for row in rows))
        run_json("analyze", odd, "--target", "雨", "--width", 1, "--starts", 2, "--bias", "--out", out)
        net = np.load(out / "point_1.npz")
        self.assertEqual((net["features"].tolist(), net["outputs"].tolist()), (["größe"], ["雨"]))


class Reports(InTemporaryDirectory):
    def check(self, data, x, y, net, loss, arguments=(), **model):
        np.savez(self.directory / "net.npz", **net)
        done = run("classify", *data, *arguments, "--weights", self.directory / "net.npz", "--json")
        self.assertEqual(done.returncode, 3, done.stderr)
        report = json.loads(done.stdout)
        point, expected = report["points"][0], Model(x, y, net, loss, **model)
        np.testing.assert_allclose(point["loss"], expected.loss, rtol=1e-12)
        np.testing.assert_allclose(point["gradient_norm"], np.linalg.norm(expected.gradient), rtol=1e-11)
        self.text = " ".join(run("classify", *data, *arguments, "--weights", self.directory / "net.npz").stdout.split())
        return report, point, expected

    def test_classes(self):
        rng = np.random.default_rng(5)
        rows = table_of(DATA / "iris.csv", ("sepal_length", "sepal_width", "petal_length", "petal_width", "species"))
        x = with_bias(standardised(np.array([row[:4] for row in rows], float)))
        names = sorted({row[4] for row in rows})
        y = np.array([[row[4] == name for name in names] for row in rows], float)
        net = {"W": rng.normal(size=(2, 5)), "a": rng.normal(size=(2, 3)), "b": rng.normal(size=3)}
        report, point, expected = self.check(IRIS, x, y, net, "softmax")
        self.assertEqual(report["data"]["targets"], [{"column": "species", "classes": names}])
        self.assertEqual((report["model"]["outputs"], report["model"]["loss_name"], report["model"]["output_bias"], report["model"]["skip"],
                          report["model"]["parameters"]), (names, "softmax", True, False, 19))
        self.assertEqual(report["preprocessing"]["targets"]["mean"] + report["preprocessing"]["targets"]["scale"], [0, 0, 0, 1, 1, 1])
        right = int(np.sum(expected.f.argmax(axis=1) == y.argmax(axis=1)))
        self.assertEqual(point["fit"], {"r_squared": None, "correct_classes": right, "accuracy": right / 150})
        self.assertIn("target species of 3 classes, each an output (setosa, versicolor, virginica)", self.text)
        self.assertIn("Features standardised", self.text)
        self.assertIn(f"{right} of 150 samples in the right class", self.text)

    def test_several_targets(self):
        rng = np.random.default_rng(6)
        table = np.array(table_of(DATA / "linnerud.csv", ("chins", "situps", "jumps", "weight", "waist", "pulse")), float)
        x, y = with_bias(standardised(table[:, :3])), standardised(table[:, 3:])
        net = {"W": rng.normal(size=(2, 4)), "a": rng.normal(size=(2, 3)), "C": rng.normal(size=(3, 4))}
        report, point, expected = self.check(LINNERUD, x, y, net, "squared")
        np.testing.assert_allclose(point["fit"]["r_squared"], 1 - (expected.residuals ** 2).sum(axis=0) / 20, rtol=1e-10)
        self.assertEqual((report["data"]["target"], report["model"]["skip"]), ("weight, waist, pulse", True))
        np.testing.assert_allclose(report["preprocessing"]["targets"]["scale"], table[:, 3:].std(axis=0), rtol=1e-12)
        np.testing.assert_allclose(report["preprocessing"]["targets"]["variation"], [20] * 3, rtol=1e-12)
        self.assertIn("of pulse is", self.text)
        report, point, _ = self.check(LINNERUD, x, y, net, "pseudo_huber", ("--loss", "pseudo-huber:0.5"), delta=0.5)
        self.assertEqual(report["model"]["loss_name"], "pseudo_huber:0.5")
        self.assertEqual(len(point["fit"]["r_squared"]), 3)

    def test_two_classes_and_counts(self):
        rng = np.random.default_rng(7)
        rows = table_of(DATA / "breast_cancer.csv", ("radius", "texture", "diagnosis"))
        x = with_bias(standardised(np.array([row[:2] for row in rows], float)))
        y = np.array([row[2] == "malignant" for row in rows], float)
        net = {"W": rng.normal(size=(3, 3)), "a": rng.normal(size=3), "b": rng.normal(size=1)}
        data = (DATA / "breast_cancer.csv", "--target", "diagnosis", "--features", "radius,texture", "--bias", "--standardize")
        _, point, expected = self.check((*data, "--loss", "logistic"), x, y, net, "logistic")
        right = int(np.sum((expected.f[:, 0] > 0) == (y > 0)))
        self.assertEqual((point["fit"]["correct_classes"], point["fit"]["accuracy"]), (right, right / 569))
        self.assertIn("target diagnosis (1 for malignant, 0 for benign)", self.text)
        counts = rng.poisson(2.0, 40)
        table = self.write("counts.csv", "u,n,s\n" + "".join(f"{u!r},{n},{1 + n % 2}\n" for u, n in zip(np.linspace(-1, 1, 40).tolist(), counts)))
        net = {"W": rng.normal(size=(2, 2)), "a": rng.normal(size=2)}
        _, point, _ = self.check((table, "--target", "n", "--sample-weights", "s", "--loss", "poisson", "--bias"),
                                 with_bias(np.linspace(-1, 1, 40)), counts, net, "poisson", s=1 + counts % 2)
        self.assertEqual(point["fit"], {"r_squared": None, "correct_classes": None, "accuracy": None})


class GivenPoints(InTemporaryDirectory):
    def test_two_outputs_that_are_one(self):
        """Psi_i is zero at a point of one output doubled: its plateaus are those of the one output."""
        rows = table_of(DATA / "diabetes.csv", ("bmi", "bp", "progression"))
        table = self.write("two.csv", "bmi,bp,y,z\n" + "".join(",".join([*row, row[2]]) + "\n" for row in rows))
        data = (table, "--features", "bmi,bp", "--bias", "--standardize")
        one = run_json("analyze", *data, "--target", "y", "--width", 2, "--starts", 4)["points"][0]
        a = np.array(one["a"])
        np.savez(self.directory / "net.npz", W=one["W"], a=np.column_stack([a, a]))
        report = run_json("classify", *data, "--target", "y,z", "--weights", self.directory / "net.npz", "--gamma", "0.3,0.7")
        point = report["points"][0]
        self.assertEqual((point["verdict"], point["rule"]), (one["verdict"], one["rule"]))
        self.assertEqual((point["whole"]["morse_index"], point["whole"]["nullity"]), (one["whole"]["morse_index"], one["whole"]["nullity"]))
        np.testing.assert_allclose(point["loss"], 2 * one["loss"], rtol=1e-12)
        for narrow, neuron in zip(one["neurons"], point["neurons"], strict=True):
            self.assertEqual((neuron["slopes"]["rank"], neuron["plateau"], neuron["local_minima"]),
                             (0, narrow["plateau"], narrow["local_minima"]))
            np.testing.assert_allclose(neuron["inner_hessian"]["lambda_max"], 2 * narrow["inner_hessian"]["lambda_max"], rtol=1e-8)
            self.assertEqual(len(neuron["splits"]), 1)
        done = run("classify", *data, "--target", "y,z", "--weights", self.directory / "net.npz")
        text = " ".join(done.stdout.split())
        for word in ("STRICT LOCAL MINIMUM", "rank Psi", "Psi_i = sum_k", f"R^2 {point['fit']['r_squared'][0]:.4f} of y"):
            self.assertIn(word, text)


class Verdicts(InTemporaryDirectory):
    """Points found by a search, beside Hessians by differences."""

    def points(self, data, x, y, loss, arguments, decay=None):
        done = run("analyze", *data, *arguments, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads(done.stdout)
        self.assertGreater(len(report["points"]), 0)
        for point in report["points"]:
            net = {part: np.array(point[part]) for part in PARTS if part in point}
            yield point, lambda at: Model(x, y, at, loss, decay=decay), net

    def check(self, point, model_at, net):
        model = model_at(net)
        np.testing.assert_allclose(point["loss"], model.loss, rtol=1e-9, atol=1e-9)
        self.assertTrue(point["stationary"])
        self.assertLess(np.linalg.norm(model.gradient), 1e-6)
        values = np.linalg.eigvalsh(hessian(model_at, net))
        small = 1e-6 * np.abs(values).max()
        negative, zero = int(np.sum(values < -small)), int(np.sum(np.abs(values) <= small))
        least, most = point["whole"]["morse_index_bounds"]
        self.assertTrue(least <= negative <= most, (least, negative, most))
        least, most = point["whole"]["nullity_bounds"]
        self.assertTrue(least <= zero <= most, (least, zero, most, values))
        self.assertEqual(point["verdict"] == "saddle", negative > 0)
        return model

    def check_neurons(self, point, model, width):
        self.assertEqual(len(point["neurons"]), width)
        for i, neuron in enumerate(point["neurons"]):
            rank, values = model.inner_on_kernel(i)
            self.assertEqual(neuron["slopes"]["rank"], rank)
            self.assertEqual(neuron["inner_hessian_order"], len(values))
            if rank > 0:
                self.assertEqual((neuron["plateau"], neuron["saddles"], neuron["rule"]), ("all_saddles", "everywhere", "output_slopes"))
            np.testing.assert_allclose(neuron["a"], np.reshape(model.net["a"][i], -1), rtol=1e-12)

    TWO = (DIABETES, "--target", "progression,bp", "--features", "bmi,s5", "--bias", "--standardize")

    def two(self):
        table = np.array(table_of(DATA / "diabetes.csv", ("bmi", "s5", "progression", "bp")), float)
        return with_bias(standardised(table[:, :2])), standardised(table[:, 2:])

    def iris(self):
        rows = table_of(DATA / "iris.csv", ("sepal_length", "sepal_width", "petal_length", "petal_width", "species"))
        names = sorted({row[4] for row in rows})
        return (with_bias(standardised(np.array([row[:4] for row in rows], float))),
                np.array([[row[4] == name for name in names] for row in rows], float))

    def test_several_targets(self):
        x, y = self.two()
        for point, model_at, net in self.points(self.TWO, x, y, "squared", ("--output-bias", "--width", 1, "--starts", 8)):
            model = self.check(point, model_at, net)
            self.check_neurons(point, model, 1)
            np.testing.assert_allclose(point["fit"]["r_squared"], 1 - (model.residuals ** 2).sum(axis=0) / 442, rtol=1e-7)

    def test_classes_under_decay(self):
        x, y = self.iris()
        decay = {"w": 0.5, "a": 0.5, "c": 0.5, "biases": 0.0}
        for point, model_at, net in self.points(IRIS, x, y, "softmax", ("--output-bias", "--decay", "0.5", "--width", 2, "--starts", 4), decay):
            self.check(point, model_at, net)
            self.assertTrue(point["weight_decay"])
            self.assertEqual((point["neurons"], point["splits_refused"][:12]), ([], "Weight decay"))

    def test_relu_under_decay(self):
        """Every start ends in a minimum; nothing near is lower, and daughters of the same decay are minima too."""
        x, y = self.iris()
        out, generator = self.directory / "out", np.random.default_rng(7)
        options = *IRIS, "--activation", "relu", "--output-bias", "--decay", "0.1"

        def loss(net):
            value = loss_of("softmax", np.maximum(x @ net["W"].T, 0.0) @ net["a"] + net["b"], y)[0].sum()
            return value + 0.05 * (np.sum(net["W"][:, :-1] ** 2) + np.sum(net["a"] ** 2))

        report = run_json("analyze", *options, "--width", 3, "--starts", 6, "--out", out)
        self.assertEqual([start["outcome"] for start in report["search"]["starts"]], ["converged"] * 6)
        for point in report["points"]:
            self.assertEqual((point["verdict"], point["rule"]), ("local_minimum", "face_minimum"))
            net = {part: np.array(point[part]) for part in "Wab"}
            here = loss(net)
            np.testing.assert_allclose(point["loss"], here, rtol=1e-12)
            for size in (1e-2, 1e-4, 1e-6):
                for _ in range(100):
                    step = {part: size * generator.normal(size=net[part].shape) for part in net}
                    self.assertGreater(loss({part: net[part] + step[part] for part in net}), here * (1 - 1e-13))
        # Here some come to the rim of the plateau of neurons that are on at every sample.
        wine = run_json("analyze", DATA / "wine.csv", "--target", "cultivar", "--bias", "--standardize", "--output-bias",
                        "--activation", "relu", "--decay", "1", "--width", 5, "--starts", 8)
        self.assertEqual({point["verdict"] for point in wine["points"]}, {"local_minimum"})
        asked = run_json("classify", *options, "--weights", out / "point_1.npz", "--gamma", "0.3,0.7")["points"][0]
        self.assertEqual([neuron["splits"][0]["verdict"] for neuron in asked["neurons"]], ["local_minimum"] * 3)
        done = run("classify", *options, "--weights", out / "point_1.npz", "--gamma", "1.5,-0.5")
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("at least 0 is expected", done.stderr)

    def test_splits(self):
        out = self.directory / "out"
        found = run_json("analyze", *self.TWO, "--output-bias", "--width", 1, "--starts", 8, "--out", out)["points"][0]
        x, y = self.two()
        report = run_json("classify", *self.TWO, "--weights", out / "point_1.npz", "--gamma", "0.3,0.7", "--split", "0:1.5,-0.5")
        point = report["points"][0]
        self.assertEqual((point["verdict"], point["W"]), (found["verdict"], found["W"]))
        splits, joint = point["neurons"][0]["splits"], point["split_at_once"]
        self.assertEqual([split["gamma"] for split in splits], [[0.3, 0.7]])
        self.assertEqual(joint["parts"], [{"neuron": 0, "gamma": [1.5, -0.5], "verdict_alone": joint["verdict"]}])
        w, a, b = (np.array(point[part]) for part in "Wab")
        for split, gamma in ((splits[0], [0.3, 0.7]), ({**joint, "index": joint}, [1.5, -0.5])):
            gamma = np.array(gamma)[:, None]
            wide = {"W": np.vstack([w, w]), "a": gamma * a, "b": b}
            values = np.linalg.eigvalsh(hessian(lambda at: Model(x, y, at), wide))
            small = 1e-6 * np.abs(values).max()
            self.assertEqual((split["index"]["morse_index"], split["index"]["nullity"]),
                             (int(np.sum(values < -small)), int(np.sum(np.abs(values) <= small))))
            self.assertEqual(split["verdict"] == "saddle", values[0] < -small)
            self.assertEqual(split["witness"] is None, split["verdict"] != "saddle")
            if split["witness"]:
                self.assertLess(split["witness"]["measured"], -split["witness"]["measured_error"])
                self.assertLess(split["witness"]["predicted"], 0)
            np.savez(self.directory / "wide.npz", **wide)
            whole = run_json("classify", *self.TWO, "--weights", self.directory / "wide.npz")["points"][0]
            self.assertEqual((whole["verdict"], whole["neurons_of"], whole["neurons"][0]["given_neurons"]),
                             (split["verdict"], "reduced_network", [0, 1]))
        alone = run_json("classify", *self.TWO, "--weights", out / "point_1.npz", "--neurons-only", "--gamma", "0.3,0.7")["points"][0]
        self.assertEqual((alone["verdict"], alone["rule"], alone["hessian"]["inertia"]["negative"]), ("undetermined", "neurons_alone", None))
        for name in ("slopes", "definiteness"):
            self.assertEqual(alone["neurons"][0][name]["rank_bounds"] if name == "slopes" else alone["neurons"][0][name],
                             point["neurons"][0][name]["rank_bounds"] if name == "slopes" else point["neurons"][0][name])
        if point["neurons"][0]["plateau"] == "all_saddles":
            self.assertEqual((alone["neurons"][0]["plateau"], alone["neurons"][0]["splits"][0]["verdict"]), ("all_saddles", "saddle"))
        products = run_json("classify", *self.TWO, "--weights", out / "point_1.npz", "--hessian-method", "matrix_free")["points"][0]
        self.assertEqual(products["verdict"], {"local_minimum": "indicated_minimum"}.get(point["verdict"], point["verdict"]))
        self.assertEqual((products["hessian"]["method"], point["hessian"]["method"]), ("matrix_free", "dense"))
        self.assertGreater(products["hessian"]["evidence"]["products"], 0)
        self.assertIn("smallest Ritz value", " ".join(run("classify", *self.TWO, "--weights", out / "point_1.npz", "--hessian-method",
                                                          "matrix_free").stdout.split()))
        done = run("classify", *self.TWO, "--weights", out / "point_1.npz", "--split", "0:0.5,0.5", "--split", "0:2,-1")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("split twice", done.stderr)

    def test_relu_of_several_outputs(self):
        """Neurons that no sample reaches, outputs at the means: nothing pulls but what biases lack."""
        w, a = np.array([[0.1, 0, 0, -9], [0, 0.2, 0, -7]]), np.array([[1.0, 2, 3], [-1, 0.5, 2]])
        relu = *LINNERUD, "--activation", "relu"
        for bias, verdict, rule in ((0, "local_minimum", "no_escape_neuron"), (1, "not_stationary", "beside_neurons")):
            np.savez(self.directory / "net.npz", W=w, a=a, b=np.full(3, float(bias)))
            done = run("classify", *relu, "--weights", self.directory / "net.npz", "--gamma", "0.3,0.7", "--json")
            self.assertEqual(done.returncode, 3 * bias, done.stderr)
            point = json.loads(done.stdout)["points"][0]
            self.assertEqual((point["verdict"], point["rule"], point["outputs"]), (verdict, rule, 3))
            self.assertEqual((point["a"], point["b"]), (a.tolist(), [bias] * 3))
            if bias == 0:
                self.assertEqual([neuron["splits"][0]["verdict"] for neuron in point["neurons"]], ["local_minimum"] * 2)
        text = run("classify", *relu, "--weights", self.directory / "net.npz").stdout
        self.assertIn("NOT STATIONARY (beside_neurons)", text)
        done = run("classify", *relu, "--loss", "pseudo_huber", "--weights", self.directory / "net.npz", "--json")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertEqual(json.loads(done.stdout)["points"][0]["rule"], "beside_neurons")
        done = run("classify", *relu, "--decay", 0.1, "--weights", self.directory / "net.npz", "--gamma", "0.3,0.7")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("NOT STATIONARY", done.stdout)

    def test_relu_searches(self):
        """Three targets, and classes: points and ends with verdicts, and what the report says of them."""
        report = run_json("analyze", *LINNERUD, "--activation", "relu", "--output-bias", "--width", 2, "--starts", 4)
        self.assertTrue(report["points"])
        for point in report["points"]:
            self.assertTrue(point["stationary"] and 0.0 < point["kink_tolerance"] < 1e-14)
            self.assertEqual((len(point["b"]), point["outputs"]), (3, 3))
            if point["rule"] == "face_minimum":
                face = point["face"]
                self.assertEqual((face["negative"], face["zero"], face["kinks_hold"]), (0, face["still"], True))
        self.assertIn("face_minimum", [point["rule"] for point in report["points"]])
        classes = DATA / "iris.csv", "--target", "species", "--bias", "--standardize", "--output-bias"
        found = run_json("analyze", *classes, "--activation", "relu", "--width", 2, "--starts", 4)
        ends = {end["rule"]: end for end in found["search"]["ends"]}
        self.assertIn("kinked_minimum", ends)
        end = ends["kinked_minimum"]
        self.assertEqual(end["verdict"], "minimum")
        self.assertGreater(end["separation"]["samples"], 0)
        self.assertLess(abs(end["approach"]["loss_change"][-1]), 1e-5)

    def test_several_neurons_split_at_once(self):
        out = self.directory / "out"
        found = run_json("analyze", *self.TWO, "--output-bias", "--width", 2, "--starts", 4, "--out", out)["points"][0]
        x, y = self.two()
        asked = "--split", "0:0.4,0.6", "--split", "1:2,-0.5,-0.5"
        point = run_json("classify", *self.TWO, "--weights", out / "point_1.npz", *asked, "--out", self.directory / "ways")["points"][0]
        joint = point["split_at_once"]
        self.assertEqual([part["neuron"] for part in joint["parts"]], [0, 1])
        w, a, b = (np.array(point[part]) for part in "Wab")
        wide = {"W": w[[0, 0, 1, 1, 1]], "a": np.array([0.4, 0.6, 2, -0.5, -0.5])[:, None] * a[[0, 0, 1, 1, 1]], "b": b}
        values = np.linalg.eigvalsh(hessian(lambda at: Model(x, y, at), wide))
        small = 1e-6 * np.abs(values).max()
        self.assertEqual((joint["morse_index"], joint["nullity"]), (int(np.sum(values < -small)), int(np.sum(np.abs(values) <= small))))
        self.assertEqual((found["verdict"], joint["verdict"]), (point["verdict"], "saddle"))
        there = np.load(self.directory / "ways" / "point_1_splits_escape.npz")
        fall = Model(x, y, {part: there[part] for part in "Wab"}).loss - Model(x, y, wide).loss
        np.testing.assert_allclose(fall, joint["witness"]["measured"], rtol=1e-4)
        text = run("classify", *self.TWO, "--weights", out / "point_1.npz", *asked).stdout
        self.assertIn("Split at once, neuron 0 by gamma", " ".join(text.split()))

    ONE = (DIABETES, "--target", "progression", "--features", "bmi", "--bias", "--standardize")

    def test_one_output_with_an_output_bias(self):
        """What is said of one output is said with output bias and skip connections, too."""
        table = np.array(table_of(DATA / "diabetes.csv", ("bmi", "progression")), float)
        x, y = with_bias(standardised(table[:, :1])), standardised(table[:, 1:])
        out = self.directory / "out"
        for model in (("--output-bias",), ("--skip",)):
            for point, model_at, net in self.points((*self.ONE, "--activation", "silu"), x, y, "squared", (*model, "--width", 1, "--starts", 8, "--out", out)):
                self.assertIn("best_escape", point["neurons"][0])
                self.assertEqual(len(point["fit"]["r_squared"]), 1)
            weights = "--weights", out / "point_1.npz"
            data = (*self.ONE, "--activation", "silu")
            shown = run("classify", *data, *weights).stdout
            self.assertEqual(shown.count("R^2"), 1, shown)
            point = run_json("classify", *data, *weights, "--certify", "--gamma", "0.5,0.5")["points"][0]
            self.assertTrue(point["certificate"]["complete"], point["certificate"])
            plateau = run_json("plateau", *data, *weights, "--neuron", 0)
            self.assertEqual(plateau["point"]["verdict"], point["verdict"])
            wide = run_json("critical-set", *data, *weights, "--wide", 3, "--samples", 2)
            self.assertEqual([branch["dimension"] for branch in wide["branches"]], [2, 2, 2])
            self.assertEqual(run("embed", *weights, "--split", "0:0.3,0.7", "--out", self.directory / "wide").returncode, 0)
            reduced = run("reduce", "--weights", self.directory / "wide" / "wide.npz", "--out", self.directory / "narrow")
            self.assertEqual(reduced.returncode, 0, reduced.stderr)
            back, first = np.load(self.directory / "narrow" / "narrow.npz"), np.load(out / "point_1.npz")
            for part in "WabC":
                if part in first:
                    np.testing.assert_allclose(back[part], first[part], rtol=1e-14)

    def test_ten_classes_stay_readable(self):
        digits = (DATA / "digits.csv", "--target", "digit", "--loss", "softmax", "--features", "p20,p21,p28,p36,p42,p43", "--bias", "--standardize")
        done = run("analyze", *digits, "--output-bias", "--decay", "1", "--width", 2, "--starts", 1)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("10 classes, each an output (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)", " ".join(done.stdout.split()))
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 110)
        self.assertLess(len(done.stdout.splitlines()), 60)


if __name__ == "__main__":
    unittest.main()
