"""Tables and arrays through the whole command: what the report says about them, and files that mean harm."""

import json
import os
import subprocess
import unittest

import numpy as np

from command import COMMAND, InTemporaryDirectory, run

FIT = ("--width", 1, "--starts", 2)
ROWS = [(0.3, "red", 1.2), (1.1, "blue", 0.4), (-0.7, "red", -1), (0.2, "green", 2), (2.1, "blue", 0.7), (-1.4, "green", 0.1)]


def report(*arguments):
    """Whether points were found or not."""
    done = run(*arguments, "--json")
    if done.returncode not in (0, 3):
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


class Reports(InTemporaryDirectory):
    def table(self, rows, header="u,colour,y"):
        return self.write("t.csv", "\n".join([header] + [",".join(map(str, row)) for row in rows]) + "\n")

    def test_categories_and_missing_rows(self):
        whole = self.table(ROWS + [("NA", "white", 1), (1, "", 2)])
        arguments = ("--target", "y", "--categorical", "colour", *FIT)
        done = run("analyze", whole, *arguments)
        self.assertEqual(done.returncode, 2)
        self.assertIn("2 of 8 rows have missing values", done.stderr)
        done = run("analyze", whole, *arguments, "--missing", "drop")
        text = " ".join(done.stdout.split())
        self.assertIn("6 samples, 4 features", text)
        self.assertIn("a 0/1 column for each of the 3 values of colour", text)
        self.assertIn("left out 2 rows of 8 with missing values", text)
        self.assertIn("left out 2 rows of 8", done.stderr)
        data = report("analyze", whole, *arguments, "--missing", "drop")["data"]
        self.assertEqual(data["samples"], 6)
        self.assertEqual(data["features"], ["u", "colour=blue", "colour=green", "colour=red"])
        self.assertEqual(data["categorical"], {"colour": ["blue", "green", "red"]})
        self.assertEqual((data["left_out_rows"], data["comment_lines"]), (2, 0))
        # The same as made by hand.
        by_hand = [(u, *(int(colour == name) for name in ("blue", "green", "red")), y) for u, colour, y in ROWS]
        expected = report("analyze", self.table(by_hand, "u,b,g,r,y"), "--target", "y", *FIT)
        again = report("analyze", self.table(ROWS), *arguments)
        self.assertEqual(again["points"], expected["points"])
        self.assertEqual(again["search"], expected["search"])

    def test_rows_without_names_and_comments(self):
        numbers = "".join(f"{u};{y}\n" for u, _, y in ROWS)
        path = self.write("t.csv", numbers)
        done = run("analyze", path, "--target", 1, *FIT)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("--no-header", done.stderr)
        found = report("analyze", path, "--target", 1, "--no-header", *FIT)
        named = report("analyze", self.write("n.csv", "# by hand\nu;y\n" + numbers), "--target", "y", *FIT)
        self.assertEqual(found["points"], named["points"])
        self.assertEqual((found["data"]["features"], found["data"]["target"], named["data"]["comment_lines"]), (["0"], "1", 1))

    def test_arrays_in_archives(self):
        table = np.random.default_rng(1).normal(size=(30, 3))
        table[:, 2] = np.tanh(table[:, 0] - table[:, 1] / 3) + table[:, 2] / 5
        np.save(self.directory / "t.npy", table)
        np.savez_compressed(self.directory / "d.npz", X=table[:, :2], y=table[:, 2])
        found = report("analyze", self.directory / "t.npy", "--target", -1, *FIT, "--out", self.directory)
        archive = report("analyze", f"{self.directory}/d.npz:X", "--y", f"{self.directory}/d.npz:y", *FIT)
        self.assertEqual(archive["points"], found["points"])
        w, a = np.load(self.directory / "point_1_W.npy"), np.load(self.directory / "point_1_a.npy")
        np.savez(self.directory / "net.npz", W=np.asfortranarray(w.astype(">f8")), a=a[:, None].astype(np.longdouble))
        data = (self.directory / "t.npy", "--target", -1, "--weights")
        given = report("classify", *data, self.directory / "point_1_W.npy", self.directory / "point_1_a.npy")
        packed = report("classify", *data, f"{self.directory}/net.npz:W", f"{self.directory}/net.npz:a")
        self.assertEqual(packed["points"], given["points"])

    def test_shapes_of_weights(self):
        w = self.directory / "w.npy"
        np.save(w, np.ones((4, 2)))
        for a, word in ((np.ones((2, 2)), "(2, 2)"), (np.ones(()), "()"), (np.ones(3), "3 values"), (np.full(4, np.nan), "[0]")):
            np.save(self.directory / "a.npy", a)
            done = run("reduce", "--weights", w, self.directory / "a.npy")
            self.assertEqual(done.returncode, 2)
            self.assertIn("a.npy", done.stderr)
            self.assertIn(word, done.stderr)
        np.save(w, np.ones(4))
        self.assertIn("2-D array [neurons][inputs]", run("reduce", "--weights", w, self.directory / "a.npy").stderr)
        for shape in ((4,), (4, 1), (1, 4)):
            np.save(w, np.asfortranarray(np.arange(8).reshape(4, 2)))
            np.save(self.directory / "a.npy", np.ones(shape, "f2"))
            self.assertEqual(report("reduce", "--weights", w, self.directory / "a.npy")["wide_width"], 4)


class Harm(InTemporaryDirectory):
    def refused(self, *arguments):
        """The message; little memory is taken for it."""
        with open(self.directory / "out.txt", "w+") as out, open(self.directory / "error.txt", "w+") as error:
            process = subprocess.Popen([COMMAND, *map(str, arguments)], stdout=out, stderr=error)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0), error.seek(0)
            message = error.read()
            self.assertEqual((process.returncode, out.read()), (2, ""), message[:1000])
        self.assertLess(usage.ru_maxrss, 400_000)  # kB
        return message

    def test_sizes_that_are_not_there(self):
        np.save(self.directory / "a.npy", np.ones(1))
        for shape in ("(274177, 67280421310721)", "(2305843009213693953, 8)", "(200000000, 2)"):
            for version in (1, 2):
                header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(115) + "\n"
                size = len(header).to_bytes(2 * version, "little")
                path = self.write("big.npy", b"\x93NUMPY" + bytes([version, 0]) + size + header.encode() + bytes(64))
                for arguments in (("analyze", path, "--target", 0, *FIT), ("analyze", path, "--y", path, *FIT),
                                  ("reduce", "--weights", path, self.directory / "a.npy"),
                                  ("reduce", "--weights", self.directory / "a.npy", path)):
                    self.assertIn(shape, self.refused(*arguments))

    def test_embeddings(self):
        np.save(self.directory / "w.npy", np.ones((1, 3)))
        np.save(self.directory / "a.npy", np.ones(1))
        embed = ("embed", "--weights", self.directory / "w.npy", self.directory / "a.npy", "--out", self.directory / "out", "--embedding")
        for text in ("[" * 100000, "[" * 100000 + "]" * 100000, '{"a":' * 100000 + "1" + "}" * 100000):
            self.assertIn("nested deeper", self.refused(*embed, self.write("e.json", text)))
        large = {"format": 1, "activation": "tanh", "narrow_width": 1, "inputs": 500000000,
                 "neurons": [{"role": "daughter", "parent": 0, "gamma": 1}]}
        self.assertIn("500000000 inputs", self.refused(*embed, self.write("e.json", json.dumps(large))))


if __name__ == "__main__":
    unittest.main()
