"""The table of misuse can fail: headers that say something else than the library does, or declare what no valid call is known
of, turn it red."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HEADERS = Path(os.environ["TEPUI_HEADERS"])


class Generator(unittest.TestCase):
    def red(self, header, before, after, function, sentence):
        """What the table says of the function when the first `before` in the header reads `after`."""
        with tempfile.TemporaryDirectory() as directory:
            headers = Path(shutil.copytree(HEADERS, Path(directory) / "tepui"))
            text, changes = re.subn(before, after, (headers / header).read_text(), count=1, flags=re.DOTALL)
            self.assertEqual(changes, 1, "the header reads otherwise by now")
            (headers / header).write_text(text)
            done = subprocess.run([sys.executable, "-B", "misuse.py", "--library", os.environ["TEPUI_LIBRARY"], "--harness",
                                   os.environ["TEPUI_HARNESS"], "--headers", str(headers), "--only", function],
                                  capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertRegex(done.stdout + done.stderr, sentence)

    def test_a_parameter_without_a_known_value(self):
        self.red("network.h", r"(tepui_loss\([^;]*)double\* loss\)", r"\1double loss)", "tepui_loss", "no valid call: .*no value for double loss")

    def test_a_function_that_is_not_there(self):
        self.red("solve.h", r"TEPUI_API void tepui_solution_destroy", "TEPUI_API tepui_status tepui_anew(tepui_context* context);\n\\g<0>",
                 "tepui_anew", "tepui_anew")

    def test_a_declaration_that_is_not_understood(self):
        self.red("solve.h", r"TEPUI_API void tepui_solution_destroy", "TEPUI_API tepui_status tepui_anew(int (*f)(int));\n\\g<0>", "tepui_anew",
                 "Error")

    def test_a_size_without_a_bound(self):
        self.red("directional.h", r"(The samples of K_i.*?may be null\.) Errors:\s+\* TEPUI_ERROR_INVALID_SIZE \(neuron\)\.", r"\1",
                 "tepui_directional_kinks", "tepui_directional_kinks.*says neither what neuron is at least")

    def test_a_status_that_is_not_listed(self):
        self.red("classification.h", r"TEPUI_ERROR_UNSUPPORTED \(activation not twice differentiable, another network\),", "", "tepui_analyze",
                 "tepui_analyze, .*TEPUI_ERROR_UNSUPPORTED, which is not described")

    def test_null_where_the_library_allows_it_unsaid(self):
        self.red("directional.h", r"(The samples of K_i, ascending, borrowed, and their number\.) Any output pointer may be null\.", r"\1",
                 "tepui_directional_kinks", "samples null: is TEPUI_OK, TEPUI_ERROR_NULL_POINTER is described")


if __name__ == "__main__":
    unittest.main()
