"""Each mistake gives one line that names it, exit status 2, and nothing on standard output."""

import subprocess
import unittest

import numpy as np

from command import COMMAND, DIABETES, InTemporaryDirectory, run

GOOD = "u,v,y\n1,2,3\n2,1,5\n4,4,1\n"
TABLE = ("--target", "y", "--width", 1, "--starts", 1)


class BadInput(InTemporaryDirectory):
    def refused(self, arguments, *words):
        done = run(*arguments)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(done.stdout, "")
        lines = [line for line in done.stderr.splitlines() if "warning" not in line]
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertTrue(lines[0].startswith("tepui: "))
        for word in words:
            self.assertIn(word, lines[0])

    def table_refused(self, text, *words, options=()):
        path = self.write("table.csv", text)
        self.refused(("analyze", path, *TABLE, *options), path, *words)

    def test_the_good_table_is_accepted(self):
        self.assertIn(run("analyze", self.write("table.csv", GOOD), *TABLE).returncode, (0, 3))

    def test_missing_file(self):
        self.refused(("analyze", "nowhere.csv", *TABLE), "nowhere.csv", "no such file")
        self.refused(("analyze", self.directory, *TABLE), "directory")

    def test_missing_column_lists_those_there(self):
        self.refused(("analyze", DIABETES, "--target", "outcome", "--width", 2), '"outcome"', "age, sex, bmi")
        self.table_refused(GOOD, '"z"', "--features", options=("--features", "u,z"))
        self.table_refused(GOOD, '"z"', "--sample-weights", options=("--sample-weights", "z"))
        self.table_refused("1,2,3\n4,5,6\n", "column names are expected")

    def test_text_in_a_number(self):
        self.table_refused("u,v,y\n1,2,3\n1,abc,3\n", "row 2 (line 3)", '"v"', '"abc"', "not a number")
        self.table_refused("u,v,y\n1,2,3\n1,2x,3\n", '"2x"')
        self.table_refused("u,v,y\n1,2,3\n1,,3\n", "row 2", '"v"', "empty")
        self.table_refused("u,v,y\n1,2,3\n\n\n1,0x10,3\n", "row 2 (line 5)", '"0x10"')

    def test_not_finite(self):
        for word in ("inf", "-Infinity", "1e999"):
            self.table_refused(f"u,v,y\n1,2,3\n1,2,{word}\n", "row 2", '"y"', word, "finite")

    def test_numbers_in_options(self):
        table = self.write("table.csv", GOOD)
        start = ("analyze", table, "--target", "y")
        for value in ("0", "-1", "1.5", "1e3", "many", "99999999999999999999", "1000001", ""):
            self.refused((*start, "--width", value), "--width", f'"{value}"', "a whole number from 1 to 1000000")
        self.refused((*start, "--width", 1, "--seed", 2**64 - 1), "--seed", str(2**64 - 1))
        self.refused((*start, "--width", 1, "--starts", 0), "--starts", "from 1 to 100000")
        self.refused((*start, "--width", 1, "--starts", 10**7), "--starts", '"10000000"', "from 1 to 100000")
        self.refused((*start, "--width", 1, "--threads", 4097), "--threads", '"4097"', "from 0 to 4096")
        for value in ("0", "nan", "2", "small"):
            self.refused((*start, "--width", 1, "--stationarity", value), "--stationarity", f'"{value}"', "above 0")
        self.refused(("trace", table, "--target", "y", "--width", 1, "--init-scale", "inf"), "--init-scale", "inf")

    def test_options_without_a_meaning(self):
        table = self.write("table.csv", GOOD)
        start = ("analyze", table, *TABLE)
        self.refused((*start, "--delimiter", ""), "--delimiter", "a single character")
        for name in (", ", "TABS", '"', "#", "\n"):
            self.refused((*start, "--delimiter", name), "--delimiter", "a single character", "TAB or SPACE")
        self.refused((*start, "--missing", "skip"), "--missing", "skip")
        self.refused((*start, "--categorical", ""), "--categorical", "a value is expected")
        self.refused((*start, "--header", "--no-header"), "--header", "--no-header")
        self.refused((*start, "--features", ""), "--features", "a value is expected")
        self.refused((*start, "--out", ""), "--out", "a value is expected")
        self.refused(("analyse", table, *TABLE), 'unknown command "analyse"')
        self.refused(("--verbose",), 'unknown option "--verbose"')

    def test_numbers_too_large_for_their_squares(self):
        done = run("analyze", self.write("table.csv", "u,v,y\n1e200,2,3\n2e200,1,5\n-4e200,4,1\n"), *TABLE)
        self.assertIn(done.returncode, (0, 3), "each input has a unit of its own: nothing overflows")
        self.assertIn("1 random start", done.stdout)

    def test_standard_output_that_is_full(self):
        with open("/dev/full", "w") as full:
            for arguments in (("--help",), ("analyze", "--help"), ("--version",), ("info",)):
                done = subprocess.run([COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, text=True)
                self.assertEqual(done.returncode, 2, arguments)
                self.assertIn("standard output cannot be written", done.stderr)

    def test_ragged_rows(self):
        self.table_refused("u,v,y\n1,2,3\n1,2\n", "row 2 (line 3)", "2 fields", "3")
        self.table_refused("u,v,y\n1,2,3,4\n", "row 1", "4 fields")
        self.table_refused('u,v,y\n1,2,"3\n', "line 2", "quote")

    def test_columns_in_disorder(self):
        self.table_refused("u,u,y\n1,2,3\n2,3,4\n", 'two columns are called "u"')
        self.table_refused(",v,y\n0,2,3\n1,3,4\n", "column 1 has no name")
        self.table_refused(GOOD, "twice", options=("--features", "u,y"))
        self.table_refused("y\n1\n2\n", "no column is left")
        self.table_refused("u;v;y\n1;2;3\n", "--delimiter ';'", options=("--delimiter", ","))

    def test_nothing_to_fit(self):
        self.table_refused("", "is empty")
        self.table_refused("\n\n", "is empty")
        self.table_refused("u,v,y\n", "no rows")
        self.table_refused("u,v,y\n1,2,7\n2,2,7\n", "constant", "7")
        self.table_refused("u,v,y\n1,2,7\n1,2,8\n", "every feature is constant", options=("--bias",))

    def test_weights(self):
        self.table_refused("u,y,s\n1,2,1\n2,3,-1\n", "row 2", "negative", options=("--sample-weights", "s"))
        self.table_refused("u,y,s\n1,2,0\n2,3,0\n", "every sample weight is zero", options=("--sample-weights", "s"))
        self.table_refused("u,y,s\n1,2,1\n2,3,0\n3,2,1\n", "constant", options=("--sample-weights", "s"))

    def test_options(self):
        self.refused(("analyze", DIABETES, "--target", "progression", "--width", 2, "--activation", "tanhh"),
                     '"tanhh"', "tanh, sigmoid, softplus")
        self.refused(("analyze", DIABETES, "--target", "progression"), "--width")
        self.refused(("analyze", DIABETES, "--width", 2), "--target")
        self.refused(("analyze", DIABETES, "--target", "progression", "--width", 0), "--width")
        self.refused(("analyze", DIABETES, "--target", "progression", "--width", "two"), "--width", "two")
        self.refused(("analyze", DIABETES, "--target", "progression", "--width", 2, "--depth", 3), "--depth")
        self.refused((), "subcommand")
        self.refused(("dance",), "unknown command", "dance")

    def test_weights_are_those_of_a_network(self):
        table = self.write("table.csv", GOOD)
        for command in ("analyze", "trace"):
            for given in (("u",), ("W.npy", "a.npy")):
                self.refused((command, table, *TABLE[:4], "--weights", *given), "--weights", "--sample-weights", command)
            self.assertNotIn("--weights", run(command, "--help").stdout.replace("--sample-weights", ""))

    def test_spellings_of_delimiters(self):
        for text, names in ((GOOD.replace(",", "\t"), ("TAB", "tab", "\\t", "\t")), (GOOD.replace(",", "  "), ("SPACE", " ")),
                            (GOOD.replace(",", "|"), ("|",))):
            for name in names:
                self.assertIn(run("analyze", self.write("table.csv", text), *TABLE, "--delimiter", name).returncode, (0, 3))

    def test_binary_table(self):
        self.table_refused(b"u,v,y\n1,\x00,3\n", "no CSV")

    def test_line_ends(self):
        self.assertIn(run("analyze", self.write("table.csv", GOOD.replace("\n", "\r\n")), *TABLE).returncode, (0, 3))
        self.assertIn(run("analyze", self.write("table.csv", GOOD.replace("\n", "\r")), *TABLE).returncode, (0, 3))

    def test_npy(self):
        good = self.directory / "x.npy"
        np.save(good, np.arange(12.0).reshape(4, 3))
        fit = ("--width", 1)
        self.refused(("analyze", good, *fit), "--target", "--y")
        self.refused(("analyze", good, "--target", 3, *fit), "from 0 to 2")
        self.refused(("analyze", good, "--target", "y", *fit), "column index")
        cut = self.write("cut.npy", good.read_bytes()[:-8])
        self.refused(("analyze", cut, "--target", 0, *fit), "cut short")
        self.refused(("analyze", self.write("no.npy", b"hello, I am no array"), "--target", 0, *fit), "no .npy")
        self.refused(("analyze", self.write("tiny.npy", b"\x93NUMPY"), "--target", 0, *fit), "no .npy")
        for name, array, word in (("flat", np.arange(4.0), "(4,)"), ("text", np.array([["a"]]), "<U1"),
                                  ("complex", np.ones((2, 2), complex), "<c16"),
                                  ("hole", np.array([[1.0, 2.0], [3.0, np.nan]]), "[1, 1]"),
                                  ("none", np.ones((0, 3)), "(0, 3)")):
            path = self.directory / f"{name}.npy"
            np.save(path, array)
            self.refused(("analyze", path, "--target", 0, *fit), str(path), word)
        np.save(self.directory / "y.npy", np.arange(3.0))
        self.refused(("analyze", good, "--y", self.directory / "y.npy", *fit), "(3,)", "4 targets")

    def test_classify(self):
        w, a = self.directory / "w.npy", self.directory / "a.npy"
        np.save(w, np.ones((2, 2)))
        np.save(a, np.ones(2))
        table = self.write("table.csv", GOOD)
        base = ("classify", table, "--target", "y")
        self.refused((*base, "--bias", "--weights", w, a), "2 columns", "3 inputs", "bias")
        self.refused((*base, "--weights", w), "--weights")
        self.refused((*base, "--weights", w, a, "--neuron", 2, "--gamma", "0.5,0.5"), "--neuron 2", "2 neurons")
        self.refused((*base, "--weights", w, a, "--gamma", "0.5,0.6"), "sums to 1.1")
        self.refused((*base, "--weights", w, a, "--gamma", "0.5,x"), '"x"')
        self.refused((*base, "--weights", w, a, "--gamma", "1"), "two")
        self.refused((*base, "--weights", w, a, "--gamma", "1/0,1"), "1/0")
        np.save(a, np.ones(3))
        self.refused((*base, "--weights", w, a), "3 values", "2 neurons")

    def test_out_that_cannot_be_made(self):
        path = self.write("file", "here already")
        done = run("analyze", DIABETES, "--target", "progression", "--width", 1, "--starts", 1, "--standardize",
                   "--out", path)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--out", done.stderr)


if __name__ == "__main__":
    unittest.main()
