"""The command on several ranks, which fork in the place of MPI's: what one process says, in results and errors."""

import os
import pathlib
import shutil
import unittest

import numpy as np

from command import InTemporaryDirectory, run, subprocess

FORKED = os.environ["TEPUI_FORKED_RANKS"]
FIT = ("--width", 1, "--starts", 2, "--threads", 1)
N = 5000  # parts and ranks do not divide each other


def table(seed=3):
    random = np.random.default_rng(seed)
    x = 3.0 + random.normal(size=(N, 4)) * [1.0, 20.0, 0.1, 1.0]
    return np.column_stack([x, np.tanh(x[:, 0] - 3.0) + 0.1 * random.normal(size=N), random.uniform(size=N)])


class Ranks(InTemporaryDirectory):
    def save(self, array, name="t.npy"):
        path = str(self.directory / name)
        np.save(path, array)
        return path

    def on_ranks(self, size, arguments, gathered, **more):
        return subprocess.run([FORKED, str(size), *map(str, arguments)], capture_output=True, text=True, timeout=300,
                              env={**os.environ, "TEPUI_GATHERED_VALUES": str(gathered), "OMP_NUM_THREADS": "1", **more})

    def agrees(self, *arguments, status=0, sizes=(1, 2, 3, 4), words=()):
        one = run(*arguments, as_given=True)
        self.assertEqual(one.returncode, status, one.stderr)
        for word in words:
            self.assertIn(word, one.stdout + one.stderr)
        for size in sizes:
            for gathered in (0, 1 << 23) if size == 2 else (0,):
                for copied in (0, 1 << 30) if size != 2 else (1 << 30,):  # read from the file whenever asked for, or copied
                    several = self.on_ranks(size, arguments, gathered, TEPUI_COPIED_BYTES=str(copied))
                    self.assertEqual((several.returncode, several.stdout, several.stderr),
                                     (status, one.stdout, one.stderr), (size, gathered, copied))

    def test_standardised_tables(self):
        for kind in (np.float64, np.float32):
            path = self.save(table().astype(kind))
            self.agrees("analyze", path, "--target", 4, "--features", "0,1,2,3", *FIT, "--json")
        self.agrees("analyze", path, "--target", 4, "--sample-weights", 5, "--features", "3,1", *FIT, "--json", sizes=(3,))
        # Rows for one rank alone.
        self.agrees("analyze", self.save(table()[:300]), "--target", 4, "--features", "0,1", *FIT, "--json", sizes=(3,))

    def test_columns_and_rows_that_are_left_out(self):
        array = table()
        array[:, 2] = 7.0
        array[[1, 2300, 4999], [0, 1, 4]] = np.nan
        self.agrees("analyze", self.save(array), "--target", 4, "--features", "0,1,2", "--missing", "drop", *FIT, "--json",
                    words=["left out 1 constant column: 2", "left out 3 rows of 5000", "[1, 0] is nan"])
        # A column that only one rank sees change, and one that is constant on each of two.
        array = table()
        array[:, 2] = 7.0
        array[4990, 2] = 8.0
        array[:, 3] = np.arange(N) >= 2500
        self.agrees("analyze", self.save(array), "--target", 4, "--features", "0,2,3", *FIT, "--json", sizes=(2, 3))

    def test_classes(self):
        array = table()
        for classes in (2, 3):
            array[:, 4] = np.arange(N) * classes // N
            self.agrees("analyze", self.save(array), "--target", 4, "--features", "0,1", "--loss", "softmax", *FIT,
                        "--json", sizes=(3,))
        words = np.array(["red", "green"])[(array[:, 0] > 3).astype(int)]
        self.agrees("analyze", self.save(array), "--features", "0,1", "--y", self.save(words, "y.npy"), *FIT, "--json",
                    sizes=(3,), words=["green"])

    def test_text_and_categories(self):
        array = table()
        array[:, 3] = np.arange(N) % 3
        self.agrees("analyze", self.save(array), "--target", 4, "--features", "0,3", "--categorical", 3, *FIT, "--json",
                    sizes=(3,))
        lines = "\n".join(["a,b,y"] + [f"{a!r},{b!r},{y!r}" for a, b, y in array[:, [0, 1, 4]].tolist()])
        self.agrees("analyze", self.write("t.csv", lines + "\n"), "--target", "y", *FIT, "--json", sizes=(3,))

    def test_errors_are_those_of_one_process(self):
        def bad(**cells):
            array = table()
            for cell, value in cells.items():
                row, column = cell[1:].split("_")
                array[int(row), int(column)] = value
            return self.save(array)

        options = ("--features", "0,1", "--target", 4, *FIT)
        self.agrees("analyze", bad(r4000_1=np.inf, r1500_0=-np.inf), *options, status=2, words=["[1500, 0]"])
        self.agrees("analyze", bad(r4000_1=np.nan, r700_4=np.nan), *options, status=2,
                    words=["2 of 5000 rows have missing", "[700, 4] is nan"])
        # Of a target without meaning and an infinite input the first row's counts.
        poisson = (*options, "--loss", "poisson", "--sample-weights", 5)
        array = table()
        array[:, 4] = 1.0
        array[3000, 4] = -2.0
        array[3001, 0] = np.inf
        self.agrees("analyze", self.save(array), *poisson, status=2, words=["[3000, 4]", "is negative"])
        array[2999, 0] = np.inf
        self.agrees("analyze", self.save(array), *poisson, status=2, words=["[2999, 0]", "finite"])
        self.agrees("analyze", bad(r4999_5=-1.0), *options, "--sample-weights", 5, status=2, words=["row 5000"])
        self.agrees("analyze", "nowhere.npy", *options, status=2, words=["no such file"])
        self.agrees("analyze", bad(), *options, "--out", "/dev/null/x", status=2, words=["--out"])
        self.agrees("classify", bad(), "--features", "0,1", "--target", 4, "--weights", "nowhere.npz", status=2, words=["nowhere"])

    def test_an_error_of_one_rank_is_that_of_all(self):
        """A file that one rank alone cannot see, as on another machine."""
        path = pathlib.Path(self.save(table()))
        weights = self.directory / "net.npz"
        np.savez(weights, W=np.ones((1, 2)), a=np.ones(1))
        for rank in range(3):
            (self.directory / f"rank{rank}").mkdir()
            for file in (path, weights):
                (self.directory / f"rank{rank}" / file.name).hardlink_to(file)
        arguments = ("classify", path.name, "--target", 4, "--features", "0,1", "--weights", weights.name)

        def ended():
            done = self.on_ranks(3, arguments, 0, TEPUI_RANK_FOLDER=str(self.directory / "rank"))
            return done.returncode, done.stderr

        self.assertEqual(ended()[0], 3)
        (self.directory / "rank1" / weights.name).unlink()
        self.assertEqual(ended(), (2, f"tepui: {weights.name}: no such file\n"))
        (self.directory / "rank2" / path.name).unlink()
        self.assertEqual(ended(), (2, f"tepui: {path.name}: no such file\n"))
        self.save(table()[:-1], f"rank2/{path.name}")
        status, said = ended()
        self.assertEqual((status, said.count("shape on other ranks")), (2, 1), said)

    @unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not there")
    def test_pictures(self):
        """Rank 0 draws the samples of all."""
        x = table()[:, 0]
        path = self.save(np.column_stack([x, np.sign(x - 3.0)]))
        arguments = ("analyze", path, "--target", 1, "--activation", "tanh", *FIT, "--json", "--draw-end")
        one = run(*arguments, self.directory / "one.svg", as_given=True)
        several = self.on_ranks(3, (*arguments, self.directory / "three.svg"), 0)
        self.assertEqual((several.returncode, several.stdout), (one.returncode, one.stdout), several.stderr)
        self.assertEqual((self.directory / "one.svg").read_bytes(), (self.directory / "three.svg").read_bytes())



if __name__ == "__main__":
    unittest.main()
