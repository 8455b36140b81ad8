"""Every report is what src/docs/report.schema.json says, no field more and none less."""

import json
import pathlib
import unittest

import jsonschema
import numpy as np

from command import DATA, DIABETES, InTemporaryDirectory, run, run_json

SCHEMA = json.loads((pathlib.Path(__file__).parents[2] / "src" / "docs" / "report.schema.json").read_text())
DEFINITION_OF = {"analyze": "analysis_report", "classify": "analysis_report", "plateau": "plateau_report",
                 "critical-set": "critical_set_report", "trace": "trace_report", "reduce": "reduction_report", "info": "info_report"}
TABLE = ("--target", "progression", "--features", "bmi", "--bias", "--standardize")
POINT = (DIABETES, *TABLE, "--activation", "gelu", "--width", 2, "--starts", 4)


def errors_in(report):
    """Against the definition of its own command, so that an error names the field."""
    name = DEFINITION_OF[report["command"]] if "command" in report else "embedding"
    validator = jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]})
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in validator.iter_errors(report)]


def objects_in(schema):
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for value in schema.values():
            yield from objects_in(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects_in(value)


class Schema(unittest.TestCase):
    def test_it_is_one_and_a_strict_one(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        objects = list(objects_in(SCHEMA))
        self.assertGreater(len(objects), 40)
        for definition in objects:
            self.assertIs(definition["additionalProperties"], False, definition.get("description"))
            for name, field in definition["properties"].items():
                described = field.get("description") or SCHEMA["$defs"].get(field.get("$ref", "").rsplit("/", 1)[-1], {}).get("description")
                self.assertTrue(described, f"{name} has no description")

    def test_a_field_more_or_less_is_seen(self):
        report = run_json("info")
        self.assertEqual(errors_in(report), [])
        self.assertTrue(errors_in({**report, "more": 1}))
        del report["blas"]
        self.assertTrue(errors_in(report))


class Reports(InTemporaryDirectory):
    def check(self, *arguments, status=0):
        done = run(*arguments, "--json")
        self.assertEqual(done.returncode, status, done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(errors_in(report), [], arguments)
        jsonschema.Draft202012Validator(SCHEMA).validate(report)
        return report

    def weights(self, name, w, a):
        np.save(self.directory / f"{name}_W.npy", w)
        np.save(self.directory / f"{name}_a.npy", a)
        return "--weights", self.directory / f"{name}_W.npy", self.directory / f"{name}_a.npy"

    def test_analyze(self):
        self.check("analyze", *POINT, "--timings")
        self.check("analyze", *POINT, "--find", "stationary", "--hessian-method", "matrix_free")
        self.check("analyze", *POINT, "--neurons-only")
        self.check("analyze", DATA / "digits.csv", "--target", "digit", "--features", "p00,p20,p36,p44", "--width", 1, "--bias",
                   "--standardize", "--starts", 2)
        self.check("analyze", DIABETES, *TABLE, "--activation", "relu", "--width", 2, "--starts", 4)
        table = self.write("two.csv", "x,y,s\n" + "".join(f"{k},{k % 3},{1 + k % 2}\n" for k in range(9)))
        self.check("analyze", table, "--target", "y", "--sample-weights", "s", "--width", 1, "--starts", 2, "--max-iterations", 1, status=3)

    def test_the_same_in_files(self):
        out = self.directory / "out"
        run_json("analyze", *POINT, "--out", out)
        self.assertEqual(errors_in(json.loads((out / "report.json").read_text())), [])
        weights = ("--weights", out / "point_1_W.npy", out / "point_1_a.npy")
        self.check("reduce", *weights, "--out", self.directory / "narrow")
        for file in ("report.json", "embedding.json"):
            self.assertEqual(errors_in(json.loads((self.directory / "narrow" / file).read_text())), [])

    def test_classify(self):
        found = self.check("analyze", *POINT)["points"][0]
        w, a = np.array(found["W"]), np.array(found["a"])
        data = ("classify", DIABETES, *TABLE, "--activation", "gelu")
        self.check(*data, *self.weights("point", w, a), "--gamma", "0.3,0.7", "--gamma", "1.5,-0.5", "--split", "0:0.5,0.5",
                   "--split", "1:2,-1")
        wide = self.weights("wide", np.vstack([w[0], w, w[1], w[1]]), np.array([0.25 * a[0], 0.75 * a[0], a[1], 1.0, -1.0]))
        self.check(*data, *wide, "--neuron", 0, "--gamma", "2,-1")
        moved = self.weights("moved", w + 1e-5, a)
        report = self.check(*data, *moved, status=3)
        self.assertIn("--polish", report["advice"])
        self.check(*data, *moved, "--polish")
        if run_json("info")["certificates"]:
            self.check(*data, *self.weights("point", w, a), "--certify", "--gamma", "0.3,0.7")
            self.check(*data, *moved, "--certify", status=3)
        relu = self.check("analyze", DIABETES, *TABLE, "--activation", "relu", "--width", 2, "--starts", 4)["points"][0]
        self.check("classify", DIABETES, *TABLE, "--activation", "relu", *self.weights("relu", relu["W"], relu["a"]), "--gamma",
                   "0.5,0.5", "--gamma", "2,-1")

    def test_models(self):
        rng = np.random.default_rng(2)
        np.savez(self.directory / "net.npz", W=rng.normal(size=(2, 5)), a=rng.normal(size=(2, 3)), b=np.ones(3), C=rng.normal(size=(3, 5)))
        self.check("classify", DATA / "iris.csv", "--target", "species", "--loss", "softmax", "--bias", "--decay", "nnet:0.1",
                   "--weights", self.directory / "net.npz", status=3)
        np.savez(self.directory / "net.npz", W=rng.normal(size=(2, 4)), a=rng.normal(size=(2, 2)))
        self.check("classify", DATA / "linnerud.csv", "--target", "weight,waist", "--features", "chins,situps,jumps", "--bias",
                   "--weights", self.directory / "net.npz", status=3)

    def test_found_points_of_models(self):
        out = self.directory / "out"
        two = (DIABETES, "--target", "progression,bp", "--features", "bmi,s5", "--bias", "--standardize", "--output-bias")
        self.check("analyze", *two, "--width", 1, "--starts", 2, "--out", out, "--timings")
        self.check("classify", *two, "--weights", out / "point_1.npz", "--gamma", "0.3,0.7")
        self.check("analyze", DATA / "iris.csv", "--target", "species", "--loss", "softmax", "--decay", "1", "--bias", "--skip",
                   "--width", 1, "--starts", 2, "--find", "stationary")

    def test_plateau_and_critical_set(self):
        self.check("plateau", *POINT, "--neuron", 0, "--steps", 4)
        self.check("plateau", *POINT, "--neuron", 1, "--steps", 2, "--daughters", 3)
        self.check("critical-set", *POINT, "--wide", 4, "--samples", 2)

    def test_trace(self):
        self.check("trace", DIABETES, *TABLE, "--width", 3)
        self.check("trace", DATA / "iris.csv", "--target", "species", "--width", 3, "--output-bias", "--max-steps", 3000)

    def test_reduce_and_embed(self):
        rng = np.random.default_rng(1)
        w = rng.normal(size=(3, 2))
        wide = self.weights("wide", np.vstack([w, w[0], -w[1], w[2], w[2], 0.0 * w[0]]), np.array([1.0, 2.0, 0.5, 3.0, 1.0, 1.0, -1.5, 0.7]))
        self.check("reduce", *wide)
        narrow = self.weights("narrow", w, np.ones(3))
        self.check("embed", *narrow, "--split", "0:0.3,0.7", "--null", "1,2", "--out", self.directory / "embedded")
        self.check("reduce", DIABETES, *TABLE, *self.weights("two", w, np.ones(3)))

    def test_names_that_are_no_text(self):
        table = self.write("table.csv", b"u,y\xff\x1b\n" + b"".join(b"%d,%d\n" % (k, k * k % 7) for k in range(9)))
        done = run("analyze", table, "--target", b"y\xff\x1b".decode(errors="surrogateescape"), "--width", 1, "--starts", 1, "--json")
        self.assertIn(done.returncode, (0, 2, 3), done.stderr)
        if done.returncode != 2:
            self.assertEqual(errors_in(json.loads(done.stdout)), [])


if __name__ == "__main__":
    unittest.main()
