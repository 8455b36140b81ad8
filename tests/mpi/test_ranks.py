"""One MPI: its ranks say what one process says, end together on an error, and are ended when one is killed.

python3 test_ranks.py MPICC MPIF90 PYTHON MPIRUN INCLUDE LIBRARY [TEPUI_MPI TEPUI]

MPIF90, PYTHON (with mpi4py and NumPy, for this MPI): "" where there is none.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

MPICC, MPIF90, PYTHON, MPIRUN, INCLUDE, LIBRARY = sys.argv[1:7]
COMMANDS = sys.argv[7:9]
HERE = pathlib.Path(__file__).parent
SOURCES = HERE.parents[1] / "src"
PATIENCE = 60  # seconds in which everything ends that is to end by itself; what is stated for killed ranks is 30
DIVISIONS = ["even", "odd", "empty", "last"]
QUIET = {"OMPI_MCA_btl_vader_single_copy_mechanism": "none", "OMPI_MCA_rmaps_base_oversubscribe": "1",
         "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMP_NUM_THREADS": "1",
         "OMPI_MCA_mpi_yield_when_idle": "1", "OMPI_MCA_hwloc_base_binding_policy": "none"}


def run(ranks, *command, **more):
    return subprocess.run([MPIRUN, "-n", str(ranks), *map(str, command)], capture_output=True, text=True,
                          timeout=PATIENCE, env={**os.environ, **QUIET, **more})


class Ranks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.program = pathlib.Path(cls.folder.name) / "ranks"
        library = pathlib.Path(LIBRARY)
        subprocess.run([MPICC, "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", f"-I{INCLUDE}",
                        f"-I{library.parent / 'include'}", str(HERE / "ranks.c"), str(library),
                        f"-Wl,-rpath,{library.parent}", "-o", str(cls.program)], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_every_division_gives_what_one_rank_gives(self):
        one = run(1, self.program, "even", 0)
        self.assertEqual(one.returncode, 0, one.stderr)
        said = one.stdout.replace("shared 0", "shared 1")
        self.assertIn("alike on all", said)
        for ranks in (2, 3, 4):
            for division in DIVISIONS if ranks == 3 else DIVISIONS[:2]:
                several = run(ranks, self.program, division, 0)
                self.assertEqual(several.returncode, 0, several.stdout + several.stderr)
                self.assertEqual(several.stdout, said, (ranks, division))
        gathered = run(2, self.program, "odd", 1 << 23)
        self.assertEqual(gathered.stdout, one.stdout)

    def test_an_error_on_one_rank_is_said_by_all(self):
        failed = run(3, self.program, "odd", 0, "fail")
        self.assertNotEqual(failed.returncode, 0)
        sentences = set(re.findall(r"rank \d: (.*)", failed.stdout))
        self.assertEqual(len(sentences), 1, failed.stdout)
        self.assertIn("TEPUI_ERROR_NOT_FINITE", sentences.pop())

    def test_killed_rank_ends_all(self):
        begin = time.monotonic()
        killed = run(3, self.program, "even", 0, "kill")
        self.assertNotEqual(killed.returncode, 0)
        self.assertNotIn("results", killed.stdout)
        self.assertLess(time.monotonic() - begin, 30)


class OtherLanguages(unittest.TestCase):
    """Shared samples, not gathered ones: one rank and several say the same bits."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def ranks_agree(self, numbers, *command, **more):
        one = run(1, *command, **more)
        self.assertEqual(one.returncode, 0, one.stdout + one.stderr)
        for ranks in numbers:
            several = run(ranks, *command, **more)
            self.assertEqual((several.returncode, several.stdout), (0, one.stdout), several.stderr)
        return one.stdout

    @unittest.skipUnless(MPIF90, "no Fortran compiler of this MPI")
    def test_fortran(self):
        program = self.folder / "ranks"
        library = pathlib.Path(LIBRARY)
        subprocess.run([MPIF90, "-O1", "-Wall", "-Wextra", "-Werror", "-J", str(self.folder),
                        str(SOURCES / "fortran" / "tepui.f90"), str(SOURCES / "fortran" / "tepui_mpi.f90"),
                        str(HERE / "ranks.f90"), str(library), f"-Wl,-rpath,{library.parent}", "-o", str(program)],
                       check=True)
        self.assertRegex(self.ranks_agree((2, 3), program), r"^loss [0-9A-F]{16}\n$")

    @unittest.skipUnless(PYTHON, "no Python with mpi4py for this MPI")
    def test_lines_for_mpi4py(self):
        """Those of the page on ranks, as they are but for the option that shares small samples out."""
        page = (SOURCES / "docs" / "RANKS.md").read_text()
        lines = re.search(r"^## mpi4py.*?```python\n(.*?)```", page, re.DOTALL | re.MULTILINE)[1]
        number = re.search(r"TEPUI_OPTION_GATHERED_VALUES = (\d+)", (pathlib.Path(INCLUDE) / "tepui" / "context.h").read_text())
        open_ranks = re.search(r"^call\(tepui.tepui_context_set_collective.*\n", lines, re.MULTILINE)[0]
        share = f"call(tepui.tepui_context_set_integer, c.c_int32({number[1]}), i64(0))\n"
        script = self.folder / "lines.py"
        script.write_text(lines.replace(open_ranks, open_ranks + share))
        made = ("import numpy as np; x = np.random.default_rng(0).normal(size=(301, 3)); np.save('x.npy', x); "
                "np.save('y.npy', np.tanh(x @ [1, 2, -1]) + 0.1 * x[:, 0] ** 2)")
        subprocess.run([PYTHON, "-c", made], cwd=self.folder, check=True)
        said = self.ranks_agree((2,), PYTHON, script, self.folder / "x.npy", self.folder / "y.npy",
                                LD_LIBRARY_PATH=str(pathlib.Path(LIBRARY).parent))
        self.assertRegex(said, r"^[1-9]\d* stationary points\n$")


@unittest.skipUnless(COMMANDS, "tepui-mpi is not built for this MPI")
class Command(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        import numpy
        cls.folder = tempfile.TemporaryDirectory()
        cls.data = pathlib.Path(cls.folder.name) / "data.npy"
        random = numpy.random.default_rng(5)
        x = random.normal(size=(6000, 4))
        y = numpy.tanh(x @ random.normal(size=4)) + 0.1 * random.normal(size=6000)
        numpy.save(cls.data, numpy.column_stack([x, y]))
        cls.arguments = ["analyze", str(cls.data), "--target", "4", "--bias", "--width", "1", "--json"]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_ranks_report_what_the_command_reports(self):
        mpi, plain = COMMANDS
        one = subprocess.run([plain, *self.arguments, "--starts", "2"], capture_output=True, text=True)
        self.assertEqual(one.returncode, 0, one.stderr)
        for ranks in (1, 2, 3):
            for values in ("0", str(1 << 23)):
                several = run(ranks, mpi, *self.arguments, "--starts", "2", TEPUI_GATHERED_VALUES=values)
                self.assertEqual(several.returncode, 0, several.stderr)
                self.assertEqual(several.stdout, one.stdout, (ranks, values))

    def test_rows_that_are_left_out_and_values_that_have_no_meaning(self):
        import numpy
        mpi, plain = COMMANDS
        path = self.data.with_name("rows.npy")
        table = numpy.load(self.data).astype(numpy.float32)
        table[[5, 5999], [0, 4]] = numpy.nan
        for infinite in (False, True):
            if infinite:
                table[[3500, 5800], [1, 0]] = numpy.inf
            numpy.save(path, table)
            arguments = ["analyze", str(path), "--target", "4", "--missing", "drop", "--width", "1", "--starts", "2", "--json"]
            one = subprocess.run([plain, *arguments], capture_output=True, text=True)
            self.assertEqual((one.returncode, "[3500, 1]" in one.stderr), (2 if infinite else 0, infinite), one.stderr)
            for ranks in (2, 3):
                several = run(ranks, mpi, *arguments, TEPUI_GATHERED_VALUES="0")
                self.assertEqual(several.stdout, one.stdout, ranks)
                self.assertEqual(several.returncode, one.returncode, several.stderr)
                self.assertEqual(several.stderr.count(one.stderr), 1, several.stderr)  # beside what mpirun says

    def test_rank_zero_writes_whole_files_or_none(self):
        mpi, _ = COMMANDS
        out = pathlib.Path(self.folder.name) / "out"
        written = run(2, mpi, *self.arguments, "--starts", "2", "--out", out, TEPUI_GATHERED_VALUES="0")
        self.assertEqual(written.returncode, 0, written.stderr)
        self.assertTrue((out / "report.json").exists())
        missing = run(2, mpi, "analyze", "nowhere.npy", "--target", "0", "--width", "1")
        self.assertEqual(missing.returncode, 2, missing.stderr)
        self.assertEqual(missing.stderr.count("nowhere.npy"), 1, missing.stderr)

    def test_killed_rank_leaves_no_half_file(self):
        mpi, _ = COMMANDS
        out = pathlib.Path(self.folder.name) / "never"
        arguments = [*self.arguments, "--starts", "100000", "--out", str(out)]
        begin = time.monotonic()
        ranks = subprocess.Popen([MPIRUN, "-n", "2", mpi, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 env={**os.environ, **QUIET, "TEPUI_GATHERED_VALUES": "0"})
        victim = None
        while victim is None and time.monotonic() - begin < PATIENCE:
            time.sleep(0.3)
            found = subprocess.run(["pgrep", "-f", str(out)], capture_output=True, text=True).stdout.split()
            running = [int(one) for one in found
                       if os.path.realpath(f"/proc/{one}/exe") == os.path.realpath(mpi)]
            if len(running) == 2:
                victim = running[1]
        self.assertIsNotNone(victim)
        time.sleep(1.0)
        os.kill(victim, 9)
        ranks.communicate(timeout=30)
        self.assertNotEqual(ranks.returncode, 0)
        self.assertFalse(out.exists() and any(out.iterdir()))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
