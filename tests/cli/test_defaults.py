"""What a search does where nothing but a table, a target and a width is given."""

import json
import unittest

from command import DATA, DIABETES, InTemporaryDirectory, run

PROGRESSION = (DIABETES, "--target", "progression")


def report_of(test, *arguments):
    done = run(*arguments, "--json", as_given=True)
    test.assertEqual(done.returncode, 0, done.stderr)
    return json.loads(done.stdout)


def chosen_in(report):
    return {one["option"]: (one["what"], one["because"]) for one in report["chosen"]}


class Defaults(InTemporaryDirectory):
    def analyze(self, *arguments):
        return report_of(self, "analyze", *arguments)

    def test_a_table_a_target_and_a_width(self):
        report = self.analyze(*PROGRESSION, "--width", 2)
        model, search = report["model"], report["search"]
        self.assertEqual((model["activation"], model["bias"], model["output_bias"], model["loss_name"]),
                         ("gelu", True, True, "squared"))
        self.assertIs(report["preprocessing"]["standardized"], True)
        self.assertEqual(len(search["starts"]), 16)
        chosen = chosen_in(report)
        self.assertEqual(list(chosen), ["--no-standardize", "--no-bias", "--no-output-bias", "--loss", "--activation", "--starts"])
        self.assertEqual(chosen["--loss"], ("the squared loss", "the target holds numbers"))
        ended = search["outcomes"]["converged"] + search["outcomes"]["at_infinity"]
        self.assertGreaterEqual(ended, 14, search["outcomes"])
        self.assertTrue(all(point["verdict"] != "undetermined" for point in report["points"]))

    def test_text_says_what_was_chosen(self):
        text = " ".join(run("analyze", *PROGRESSION, "--features", "bmi", "--width", 1, as_given=True).stdout.split())
        self.assertIn("Chosen standardised; input biases; an output bias", text)
        self.assertIn("To choose otherwise: --no-standardize, --no-bias, --no-output-bias, --loss, --activation, --starts.", text)

    def test_what_is_given_is_not_chosen(self):
        given = ("--bias", "--output-bias", "--standardize", "--loss", "squared", "--activation", "gelu", "--starts", 16)
        report, same = self.analyze(*PROGRESSION, "--width", 1, *given), self.analyze(*PROGRESSION, "--width", 1)
        self.assertEqual(report["chosen"], [])
        self.assertEqual(report["points"], same["points"], "the defaults are what they are called")

    def test_without(self):
        report = self.analyze(*PROGRESSION, "--width", 1, "--no-bias", "--no-output-bias", "--no-standardize", "--starts", 2)
        self.assertEqual((report["model"]["bias"], report["model"]["output_bias"]), (False, False))
        self.assertIs(report["preprocessing"]["standardized"], False)
        self.assertEqual(list(chosen_in(report)), ["--loss", "--activation"])
        done = run("analyze", *PROGRESSION, "--width", 1, "--bias", "--no-bias", as_given=True)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("--bias and --no-bias are both given", done.stderr)

    def test_no_output_bias_where_it_would_take_something_away(self):
        few = *PROGRESSION, "--features", "bmi", "--width", 1, "--starts", 2
        report = self.analyze(*few, "--skip", "--decay", "1")
        self.assertIs(report["model"]["output_bias"], False)
        self.assertIn("skip", chosen_in(report)["--output-bias"][1])
        self.assertIs(self.analyze(*few, "--activation", "relu")["model"]["output_bias"], True)

    def test_words_are_classes(self):
        report = self.analyze(DATA / "iris.csv", "--target", "species", "--width", 2, "--decay", "0.1", "--starts", 2)
        self.assertEqual((report["model"]["loss_name"], report["model"]["outputs"]), ("softmax", ["setosa", "versicolor", "virginica"]))
        self.assertEqual(chosen_in(report)["--loss"], ("the softmax loss", "the target holds words of 3 kinds"))
        given = self.analyze(DATA / "iris.csv", "--target", "species", "--width", 2, "--decay", "0.1", "--starts", 2, "--loss", "softmax")
        self.assertEqual(report["points"], given["points"])
        rows = "".join(f"{k},{'no yes'.split()[k % 3 == 0]}\n" for k in range(30))
        two = self.write("two.csv", "u,y\n" + rows)
        report = self.analyze(two, "--target", "y", "--width", 1, "--decay", "0.1", "--starts", 2)
        self.assertEqual((report["model"]["loss_name"], report["data"]["targets"]), ("logistic", [{"column": "y", "classes": ["no", "yes"]}]))
        given = self.analyze(two, "--target", "y", "--width", 1, "--decay", "0.1", "--starts", 2, "--loss", "logistic")
        self.assertEqual(report["points"], given["points"])

    def test_slips_are_no_classes(self):
        def refused(rows, *words):
            done = run("analyze", self.write("t.csv", "u,y\n" + "".join(f"{k},{y}\n" for k, y in enumerate(rows))),
                       "--target", "y", "--width", 1, as_given=True)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            for word in words:
                self.assertIn(word, done.stderr)
        refused(["1", "2.5", "oops", "4"], "oops", "is not a number", "--loss softmax")
        refused(["a", "b", "3", "a"], "is a number where rows before have words", "--loss softmax")
        refused(["inf", "2"], "not a finite number")
        refused([f"name{k}" for k in range(20)], "20 different words in 20 rows", "hardly classes")

    def test_codes_of_classes_are_pointed_out(self):
        report = self.analyze(DATA / "digits.csv", "--target", "digit", "--features", "p20,p36", "--width", 1, "--starts", 8)
        self.assertIn("10 different whole ones", chosen_in(report)["--loss"][1])

    def test_pictures_and_traces(self):
        for command in (("plateau", "--width", 1, "--neuron", 0, "--steps", 2), ("critical-set", "--width", 1, "--wide", 2), ("trace", "--width", 1)):
            report = report_of(self, command[0], *PROGRESSION, "--features", "bmi", *command[1:])
            self.assertEqual((report["model"]["bias"], report["model"]["output_bias"]), (True, command[0] != "trace"))
            self.assertIs(report["preprocessing"]["standardized"], True)
            self.assertEqual(list(chosen_in(report))[:2], ["--no-standardize", "--no-bias"])

    def test_weights_belong_to_what_is_said(self):
        self.analyze(*PROGRESSION, "--features", "bmi", "--width", 1, "--starts", 2, "--activation", "tanh", "--out", self.directory)
        archive = self.directory / "point_1.npz"
        done = run("classify", *PROGRESSION, "--features", "bmi", "--weights", archive, as_given=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("give --bias", done.stderr)
        point = report_of(self, "classify", *PROGRESSION, "--features", "bmi", "--bias", "--standardize", "--weights", archive)
        self.assertEqual((point["points"][0]["verdict"], point["chosen"]), ("local_minimum", []))


if __name__ == "__main__":
    unittest.main()
