"""Searches on tables that are wide, nearly dependent, repeated or far from unit scale, and what is said of them."""

import csv
import unittest

import numpy as np

from command import DIABETES, InTemporaryDirectory, run, run_json


def text_of(columns, rows):
    return "\n".join([",".join(columns)] + [",".join(repr(float(value)) for value in row) for row in rows]) + "\n"


class Tables(InTemporaryDirectory):
    def diabetes_with(self, name, column):
        with open(DIABETES, newline="") as table:
            rows = list(csv.DictReader(table))
        lines = [",".join([*rows[0], name])]
        lines += [",".join([*row.values(), column(row)]) for row in rows]
        return self.write("table.csv", "\n".join(lines) + "\n")

    def search(self, table, *arguments):
        return run_json("analyze", table, *arguments)

    def test_a_column_that_is_the_sum_of_two_is_no_obstacle_and_is_named(self):
        table = self.diabetes_with("sum", lambda row: f"{float(row['bmi']) + float(row['bp']):.10g}")
        common = ("--target", "progression", "--bias", "--standardize", "--width", 2, "--starts", 12)
        report = self.search(table, "--features", "bmi,bp,sum", *common)
        self.assertGreaterEqual(report["search"]["outcomes"]["converged"], 6)
        self.assertEqual(report["search"]["inputs"]["used"], 3)
        self.assertEqual(sorted(report["search"]["inputs"]["dependences"][0]["inputs"]), [0, 1, 2])
        for point in report["points"]:
            self.assertNotEqual(point["verdict"], "not_stationary")
        text = run("analyze", table, "--features", "bmi,bp,sum", *common).stdout
        self.assertIn("depend on each other", " ".join(text.split()))

    def test_the_same_quantity_in_two_units(self):
        table = self.diabetes_with("kpa", lambda row: f"{float(row['bp']) * 0.133322:.6g}")
        report = self.search(table, "--target", "progression", "--features", "bmi,bp,kpa", "--bias", "--standardize",
                             "--width", 2, "--starts", 12)
        # Most starts find lower losses at infinity, where digits of kpa are fitted: that is no stall.
        self.assertEqual(report["search"]["outcomes"]["stalled"], 0)
        self.assertGreaterEqual(report["search"]["outcomes"]["converged"], 2)
        self.assertEqual(sorted(report["search"]["inputs"]["dependences"][0]["inputs"]), [1, 2])
        for point in report["points"]:
            self.assertNotEqual(point["verdict"], "not_stationary")

    def test_saddles_are_found_beside_minima(self):
        found = 0
        for model in (("tanh", 2), ("gelu", 3)):
            report = self.search(DIABETES, "--target", "progression", "--features", "bmi,s5", "--bias", "--output-bias", "--standardize",
                                 "--activation", model[0], "--width", model[1], "--starts", 16, "--find", "stationary")
            outcomes = report["search"]["outcomes"]
            self.assertGreaterEqual(outcomes["converged"] + outcomes["at_infinity"], 13, outcomes)
            saddles = [point for point in report["points"] if point["verdict"] == "saddle"]
            self.assertGreaterEqual(len(saddles), 2, report["search"])
            found += len(saddles)
            for point in saddles:
                self.assertTrue(point["whole"]["morse_index_bounds"][0] > 0 or point["witness"]["measured"] < 0)
        self.assertGreaterEqual(found, 8)

    def test_more_columns_than_rows(self):
        random = np.random.default_rng(3)
        for d in (100, 3000):
            with self.subTest(d=d):
                names = [f"x{j}" for j in range(d)] + ["y"]
                table = self.write("wide.csv", text_of(names, random.standard_normal((20, d + 1))))
                report = self.search(table, "--target", "y", "--width", 1, "--starts", 1)
                self.assertEqual(report["search"]["outcomes"]["converged"], 1)
                self.assertEqual(report["search"]["inputs"]["used"], 20)
                self.assertTrue(report["points"][0]["global"])

    def test_two_different_targets_at_one_input_are_one_point(self):
        table = self.write("two.csv", "x,y\n0,1\n0,3\n0,5\n0,2\n")
        report = self.search(table, "--target", "y", "--width", 1, "--bias", "--starts", 6, "--keep-constant")
        self.assertEqual(report["search"]["outcomes"]["converged"], 6)
        self.assertEqual(len(report["points"]), 1)
        self.assertEqual(report["points"][0]["starts"], 6)
        self.assertAlmostEqual(report["points"][0]["loss"], 0.5 * (1.75**2 + 0.25**2 + 2.25**2 + 0.75**2))

    def test_tiny_and_huge_targets_get_the_verdicts_of_ordinary_ones(self):
        random = np.random.default_rng(5)
        x = random.standard_normal((12, 2))
        y = np.sin(2 * x[:, 0]) + 0.4 * random.standard_normal(12)

        def findings(power):
            table = self.write("table.csv", text_of(["u", "v", "y"], np.column_stack([x, np.ldexp(y, power)])))
            report = self.search(table, "--target", "y", "--width", 1, "--bias", "--starts", 6)
            return (report["search"]["outcomes"],
                    [(point["verdict"], point["rule"], point["global"], point["starts"]) for point in report["points"]])

        plain = findings(0)
        self.assertGreater(len(plain[1]), 0)
        for power in (-1000, -660, -300, 300, 900):
            with self.subTest(power=power):
                self.assertEqual(findings(power), plain)


class Nothing(InTemporaryDirectory):
    def test_a_minimum_at_infinity_is_told_and_nothing_is_advised(self):
        table = self.write("step.csv", text_of(["x", "y"], [(t, 1.0 if t > 0 else -1.0) for t in np.arange(-1.9, 2.0, 0.2)]))
        done = run("analyze", table, "--target", "y", "--width", 1, "--bias", "--starts", 2, "--seed", 4)
        text = " ".join(done.stdout.split())
        self.assertIn("No start reached a stationary point", text)
        self.assertIn("MINIMUM AT INFINITY (zero_loss)", text)
        self.assertIn("in the limit a step across the hyperplane", text)
        self.assertNotIn("--max-iterations", text)
        self.assertNotIn("--standardize", text)

    def test_a_spent_budget_is_named(self):
        random = np.random.default_rng(5)
        table = self.write("table.csv", text_of(["u", "v", "y"], random.standard_normal((40, 3))))
        done = run("analyze", table, "--target", "y", "--width", 2, "--bias", "--starts", 2, "--max-iterations", 1)
        text = " ".join(done.stdout.split())
        self.assertIn("used up the iterations", text)
        self.assertNotIn("grow without bound", text)


if __name__ == "__main__":
    unittest.main()
