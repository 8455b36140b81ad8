"""Runs tepui_roofline --quick and checks the form of what it says; no figure is judged but that it is one."""

import json
import math
import os
import subprocess
import unittest

PROGRAM = os.environ["TEPUI_ROOFLINE"]
KERNELS = {"weighted_gram", "hidden_layer", "preactivations", "inner_hessian_pass", "hessian", "activation_tanh",
           "activation_gelu", "batched_eigen", "verdict_indefinite", "verdict_definite", "verdict_few_negative", "matrix_free_proof"}
RIVALS = {("weighted_gram", "dgemm_per_row"), ("weighted_gram", "dsyrk_per_row"), ("inner_hessian_pass", "gram_alone"),
          ("inner_hessian_pass", "gram_in_cache"), ("inner_hessian_pass", "activations_in_cache"), ("inner_hessian_pass", "both_in_cache"),
          ("hessian", "dsyrk_ready_jacobian"), ("batched_eigen", "dsyevd_loop"), ("verdict_definite", "dsyevd_vectors"),
          ("activation_tanh", "libm"), ("matrix_free_proof", "forming_all")}
WITHOUT_FLOPS = ("activation_", "batched_eigen", "verdict_", "matrix_free_")


def run(*arguments):
    return subprocess.run([PROGRAM, "--quick", "--threads", "1,2", *arguments], capture_output=True, text=True, timeout=300)


class Json(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = run("--json")
        assert done.returncode == 0, done.stderr
        cls.errors = done.stderr
        cls.report = json.loads(done.stdout)

    def assert_positive(self, value):
        self.assertIsInstance(value, (int, float))
        self.assertTrue(math.isfinite(value) and value > 0, value)

    def test_nothing_on_a_standard_error_that_is_no_terminal(self):
        self.assertEqual(self.errors, "")

    def test_limits_of_every_number_of_threads(self):
        self.assertEqual([limit["threads"] for limit in self.report["limits"]], [1, 2])
        for limit in self.report["limits"]:
            self.assert_positive(limit["fma_peak"])
            self.assert_positive(limit["memory_bandwidth"])

    def test_every_kernel_and_rival_is_there(self):
        rows = self.report["rows"]
        self.assertLessEqual(KERNELS, {row["kernel"] for row in rows})
        self.assertLessEqual(RIVALS, {(row["kernel"], row["rival"]) for row in rows})
        for kernel in ("weighted_gram", "inner_hessian_pass", "batched_eigen"):
            self.assertEqual({row["threads"] for row in rows if row["kernel"] == kernel}, {1, 2})

    def test_rows_are_consistent(self):
        for row in self.report["rows"]:
            with self.subTest(row=row):
                self.assert_positive(row["seconds"])
                self.assert_positive(row["repetitions"])
                self.assertLessEqual(row["seconds_best"], row["seconds"])
                self.assertTrue(row["shape"] and all(isinstance(size, int) and size > 0 for size in row["shape"].values()))
                if row["kernel"].startswith(WITHOUT_FLOPS):
                    self.assertIsNone(row["useful_flops"])
                    self.assertIsNone(row["ratio_to_peak"])
                else:
                    self.assert_positive(row["useful_flops"])
                    ratio = row["useful_flops"] / row["seconds"] / row["fma_peak"]
                    self.assertAlmostEqual(row["ratio_to_peak"] / ratio, 1.0, places=12)
                if row["rival"] is None:
                    self.assertIsNone(row["ratio_to_rival"])
                else:
                    ratio = row["rival_seconds"] / row["seconds"]
                    self.assertAlmostEqual(row["ratio_to_rival"] / ratio, 1.0, places=12)

    def test_the_gram_counts_its_triangle_only(self):
        for row in self.report["rows"]:
            if row["kernel"] == "weighted_gram":
                q, d, n = (row["shape"][name] for name in ("Q", "d", "n"))
                self.assertEqual(row["useful_flops"], q * n * d * (d + 1))

    def test_memory_of_a_pass_does_not_grow_with_the_samples(self):
        memory = self.report["pass_memory"]
        self.assertGreater(memory[-1]["samples"], 50 * memory[0]["samples"])
        self.assertGreater(memory[0]["bytes"], 0)
        # But for the sums that wait on each level of the tree: a level for each doubling.
        self.assertLess(memory[-1]["bytes"], 1.1 * memory[0]["bytes"])


class Text(unittest.TestCase):
    def test_table(self):
        done = run("--only", "weighted_gram|activation_tanh")
        self.assertEqual(done.returncode, 0, done.stderr)
        for word in ("Machine", "GF/s", "GB/s", "of peak", "faster", "weighted_gram", "dsyrk_per_row", "activation_tanh"):
            self.assertIn(word, done.stdout)
        self.assertNotIn("batched_eigen", done.stdout)

    def test_bad_arguments_are_refused(self):
        for arguments in (("--threads", "0"), ("--seconds", "-1"), ("--only", "("), ("--no-such-option",)):
            self.assertNotEqual(run(*arguments).returncode, 0)


if __name__ == "__main__":
    unittest.main()
