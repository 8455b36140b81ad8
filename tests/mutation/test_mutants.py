"""The script's own eyes: mutants that do not apply, and tests that run nothing."""

import pathlib
import sys
import tempfile
import unittest

from ctest_list import Test
from mutants import Mutant, misfits, mutants_of, read_mutants

TABLE = """
[[mutant]]
name = "one"
why = "A sum is a difference."
file = "sum.cpp"
before = '''a + b'''
after = '''a - b'''
killed_by = ["test_sum"]
"""


class Tables(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)

    def table(self, text):
        path = self.root / "table.toml"
        path.write_text(text)
        return path

    def misfits(self, source):
        (self.root / "sum.cpp").write_text(source)
        return list(misfits(mutants_of(self.table(TABLE)), self.root))

    def test_a_text_stands_exactly_once(self):
        self.assertEqual(self.misfits("return a + b;\n"), [])
        self.assertIn("0 times", self.misfits("return a - b;\n")[0])
        self.assertIn("2 times", self.misfits("return a + b + (a + b);\n")[0])
        (self.root / "sum.cpp").unlink()
        self.assertIn("there is no sum.cpp", list(misfits(mutants_of(self.table(TABLE)), self.root))[0])

    def test_it_is_planted_where_it_stands(self):
        mutant = next(mutants_of(self.table(TABLE)))
        self.assertEqual(mutant.planted("x = a + b;"), "x = a - b;")

    def test_tables_that_say_too_little_or_nothing(self):
        for text, words in ((TABLE.replace('why = "A sum is a difference."\n', ""), "why"),
                            (TABLE.replace("killed_by", "killed"), "killed_by"),
                            (TABLE.replace('["test_sum"]', "[]"), "no test"),
                            (TABLE.replace("a - b", "a + b"), "changes nothing"),
                            ("needs = 1\n" + TABLE, "not known")):
            with self.assertRaises(ValueError) as caught:
                list(mutants_of(self.table(text)))
            self.assertIn(words, str(caught.exception))
        self.table(TABLE + TABLE)
        with self.assertRaises(ValueError):
            read_mutants(self.root)


class Runs(unittest.TestCase):
    def state(self, program, seconds=20):
        entry = {"name": "t", "command": [sys.executable, "-c", program], "properties": []}
        return Test(entry, "", pathlib.Path("/")).run(seconds)[0]

    def test_what_a_test_says(self):
        self.assertEqual(self.state("pass"), "green")
        self.assertEqual(self.state("raise SystemExit(1)"), "red")
        self.assertEqual(self.state("import os; os.abort()"), "crashed")
        self.assertEqual(self.state("import time; time.sleep(60)", 0.5), "too slow")
        self.assertEqual(self.state("print('No tests ran')"), "nothing ran")


if __name__ == "__main__":
    unittest.main()
