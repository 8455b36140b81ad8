"""compare_peers.py --quick with NumPy alone: the peers agree with the library, and the report has its form."""

import json
import os
import subprocess
import sys
import unittest

COMMAND = [sys.executable, "-B", os.environ["TEPUI_COMPARE_PEERS"], "--library", os.environ["TEPUI_LIBRARY"], "--quick",
           "--without-jax", "--threads", "1"]


def run(*arguments):
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Peers(unittest.TestCase):
    def test_json(self):
        report = json.loads(run("--json"))
        works = {(row["kernel"], row["rival"]) for row in report["rows"]}
        self.assertEqual(works, {("inner_hessians", "numpy"), ("inner_hessians", "numpy_einsum"), ("hessian", "numpy"),
                                 ("loss_gradient_inner_hessians", "numpy"), ("inner_hessians_and_verdicts", "numpy"),
                                 ("inner_hessians_and_spectra", "numpy")})
        for row in report["rows"]:
            self.assertGreater(row["seconds"], 0)
            self.assertAlmostEqual(row["ratio_to_rival"], row["rival_seconds"] / row["seconds"])
            self.assertLess(row["largest_difference"], 1e-10)
            self.assertEqual(set(row["shape"]), {"m", "d", "n"})

    def test_table(self):
        text = run("--only", "^hessian$")
        self.assertIn("faster", text)
        self.assertIn("hessian", text)
        self.assertNotIn("inner_hessians", text)


if __name__ == "__main__":
    unittest.main()
