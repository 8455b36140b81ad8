"""What the command writes is whole or not there, and nothing that a user can name is run or acts on a terminal."""

import json
import os
import re
import resource
import signal
import subprocess
import threading
import time
import unittest
import xml.etree.ElementTree
from pathlib import Path

import numpy as np

from command import COMMAND, DATA, DIABETES, InTemporaryDirectory, Started, run, wait_until_heard

POINT = ("--target", "progression", "--features", "bmi", "--bias", "--standardize", "--activation", "gelu", "--width", "2",
         "--starts", "4")
PLATEAU = ("plateau", DIABETES, *POINT, "--neuron", "0", "--steps", "2")
ANALYZE = ("analyze", DIABETES, *POINT)


def words_in(path):
    root = xml.etree.ElementTree.parse(path).getroot()
    return " | ".join("".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text"))


def limited(size):
    """Files of at most so many bytes, and no signal about it: what a full disk looks like."""
    def before():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    return before


def start(*arguments, **options):
    return subprocess.run([COMMAND, *map(str, arguments)], stderr=subprocess.PIPE, timeout=300, **options)


class Pictures(InTemporaryDirectory):
    def draw(self, name, table=DIABETES, arguments=PLATEAU, **options):
        done = run(*(table if word is DIABETES else word for word in arguments), "--out", name, cwd=self.directory, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Gamma+", done.stdout)
        self.assertFalse((self.directory / "PWNED").exists(), "something that was named was run")
        return words_in(self.directory / name)

    def test_names_of_pictures_are_names(self):
        for name in ("|touch PWNED; cat > x.svg", 'x\nsystem("touch PWNED")\n#.svg', "`touch PWNED`.svg", "'.svg", "''.svg", '".svg',
                     "x'; system('touch PWNED') #.svg", "back\\slash\\.svg", "@x{}^_&.svg", "-d.svg", "$HOME.svg"):
            with self.subTest(name=name):
                self.assertIn("Plateau of neuron 0", self.draw(name))
        self.assertEqual(len(list(self.directory.iterdir())), 11, "one file each, nothing else")

    def test_names_in_pictures_are_drawn_as_they_are(self):
        header, rows = Path(DIABETES).read_text().split("\n", 1)
        files = ("'.csv", "''x.csv", "`touch PWNED`.csv", '"; system("touch PWNED").csv', "a_b^{c}@d&e~f.csv")
        for number, name in enumerate(("''", "'leading", "`touch PWNED`", "a_b^{c}@d&e~f\\n\\101", "0.1.426", "γ→'", "<b>&amp;", "$HOME %s")):
            with self.subTest(name=name):
                table = self.write(files[number % len(files)], header.replace("progression", name) + "\n" + rows)
                words = self.draw("x.svg", table, [name if word == "progression" else word for word in PLATEAU])
                self.assertIn("→ " + name + ",", words)
                self.assertIn(os.path.basename(table), words)

    def test_the_start_file_of_gnuplot_is_not_run(self):
        self.write(".gnuplot", "system('touch PWNED')\nset terminal dumb\n")
        self.assertIn("Plateau", self.draw("x.svg", environment={"HOME": str(self.directory)}))

    def test_the_terminal_of_the_user_is_not_asked_for(self):
        self.assertIn("Plateau", self.draw("x.svg", environment={"GNUTERM": "no such terminal"}))

    def test_all_commands_that_draw(self):
        trace = ("trace", DIABETES, "--target", "progression", "--features", "bmi", "--standardize", "--bias", "--width", "2")
        critical = ("critical-set", DIABETES, *POINT, "--wide", "3", "--samples", "1")
        for arguments in (trace, critical):
            done = run(*arguments, "--out", "|touch PWNED;'.svg", cwd=self.directory)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("diabetes.csv", words_in(self.directory / "|touch PWNED;'.svg"))
            self.assertFalse((self.directory / "PWNED").exists())

    def test_a_picture_cut_short_is_none(self):
        """A gnuplot that says it is well and writes half."""
        old = self.write("x.svg", "the picture of yesterday")
        fake = self.write("gnuplot", "#!/bin/sh\ncat > /dev/null\necho '<svg>'\n")
        os.chmod(fake, 0o755)
        done = run(*PLATEAU, "--out", old, environment={"TEPUI_GNUPLOT": fake})
        self.assertEqual(done.returncode, 2)
        self.assertIn("did not draw", done.stderr)
        self.assertIn("Gamma+", done.stdout)
        self.assertEqual(Path(old).read_text(), "the picture of yesterday")

    def test_a_full_disk(self):
        old = self.write("x.svg", "the picture of yesterday")
        for file in (old, self.directory / "new.svg"):
            done = start(*PLATEAU, "--out", file, stdout=subprocess.PIPE, preexec_fn=limited(9000))
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"File too large", done.stderr)
            self.assertIn(b"Gamma+", done.stdout)
        self.assertEqual(Path(old).read_text(), "the picture of yesterday")
        self.assertEqual([path.name for path in self.directory.iterdir()], ["x.svg"])

    def test_devices_and_pipes_are_written_as_they_stand(self):
        os.symlink("/dev/full", self.directory / "full.svg")
        done = run(*PLATEAU, "--out", self.directory / "full.svg")
        self.assertEqual(done.returncode, 2)
        self.assertIn("No space left", done.stderr)
        self.assertTrue((self.directory / "full.svg").is_symlink())
        pipe = self.directory / "pipe.svg"
        os.mkfifo(pipe)
        read = []
        reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
        reader.start()
        self.assertEqual(run(*PLATEAU, "--out", pipe).returncode, 0)
        reader.join()
        self.assertIn("</svg>", read[0])
        os.symlink("/dev/stdout", self.directory / "out.svg")
        done = run(*PLATEAU, "--out", self.directory / "out.svg")
        self.assertEqual(done.returncode, 0)
        self.assertLess(done.stdout.index("</svg>"), done.stdout.index("Gamma+"), "files first")

    def test_links_and_permissions_stay(self):
        real = self.write("real.svg", "old")
        os.chmod(real, 0o604)
        os.symlink("real.svg", self.directory / "link.svg")
        self.draw("link.svg")
        self.assertTrue((self.directory / "link.svg").is_symlink())
        self.assertEqual(os.stat(real).st_mode & 0o777, 0o604)
        self.assertIn("Plateau", words_in(real))
        mask = os.umask(0)
        os.umask(mask)
        self.draw("new.svg")
        self.assertEqual(os.stat(self.directory / "new.svg").st_mode & 0o777, 0o666 & ~mask)


class Directories(InTemporaryDirectory):
    def analyze(self, *more, **options):
        out = self.directory / "out"
        return out, start(*ANALYZE, "--out", out, *more, **options)

    def test_files_are_there_whatever_becomes_of_standard_output(self):
        weights = self.directory / "out" / "point_1_W.npy", self.directory / "out" / "point_1_a.npy"
        commands = ((ANALYZE, "report.json"), (("reduce", "--weights", *weights), "narrow_a.npy"),
                    (("embed", "--weights", *weights, "--split", "0:0.5,0.5"), "wide_a.npy"))
        for arguments, file in commands:
            for kind in ("full", "closed", "pipe"):
                with self.subTest(command=arguments[0], stdout=kind):
                    out = self.directory / ("out" if arguments is ANALYZE else f"{arguments[0]}-{kind}")
                    if kind == "full":
                        with open("/dev/full", "w") as full:
                            done = start(*arguments, "--out", out, stdout=full)
                        self.assertEqual(done.returncode, 2)
                        self.assertIn(b"standard output cannot be written: No space left", done.stderr)
                    elif kind == "closed":
                        done = start(*arguments, "--out", out, preexec_fn=lambda: os.close(1))
                        self.assertEqual(done.returncode, 2)
                        self.assertIn(b"standard output cannot be written", done.stderr)
                    else:
                        ours, theirs = os.pipe()
                        os.close(ours)
                        done = start(*arguments, "--out", out, stdout=theirs)
                        os.close(theirs)
                        self.assertEqual(done.returncode, -signal.SIGPIPE, done.stderr)
                    self.assertTrue((out / file).exists())
                    if file == "report.json":
                        json.loads((out / file).read_text())
                    else:
                        np.load(out / file)
                    self.assertEqual([path.name for path in out.iterdir() if path.suffix == ".tmp"], [])

    def test_a_full_disk_leaves_the_files_of_before(self):
        out, done = self.analyze(stdout=subprocess.PIPE)
        self.assertEqual(done.returncode, 0)
        before = {path.name: path.read_bytes() for path in out.iterdir()}
        out, done = self.analyze("--seed", 7, stdout=subprocess.PIPE, preexec_fn=limited(4096))
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"File too large", done.stderr)
        self.assertIn(b"Point 1 of", done.stdout, "the work is done: it is shown")
        self.assertEqual({path.name: path.read_bytes() for path in out.iterdir()}, before)

    def test_a_later_run_removes_what_an_earlier_one_wrote_and_only_that(self):
        out, done = self.analyze(stdout=subprocess.PIPE)
        self.assertEqual(done.returncode, 0)
        earlier = {path.name for path in out.iterdir()}
        self.assertIn("point_3_W.npy", earlier)
        (out / "point_99_W.npy").write_bytes(b"mine, though it looks like one of theirs")
        (out / "notes.txt").write_text("mine")
        np.save(out / "point_2_a.npy", np.ones(2))  # changed: mine now
        with open(out / ".tepui-files", "a") as files:
            files.write("0-0 ../../etc/passwd\n0-0 notes.txt\n")
        done = start("reduce", "--weights", out / "point_1_W.npy", out / "point_1_a.npy", "--out", out, stdout=subprocess.PIPE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"point_2_a.npy: left where it is", done.stderr)
        self.assertEqual({path.name for path in out.iterdir()},
                         {".tepui-files", "report.json", "embedding.json", "narrow_W.npy", "narrow_a.npy", "narrow.npz", "point_1_W.npy",
                          "point_1_a.npy", "point_2_a.npy", "point_99_W.npy", "notes.txt"})
        # What was kept because it was read is still known as written by an earlier run.
        self.assertEqual(self.analyze("--seed", 3, stdout=subprocess.PIPE)[1].returncode, 0)
        names = {path.name for path in out.iterdir()}
        self.assertFalse(names & {"embedding.json", "narrow_W.npy", "narrow_a.npy"})
        self.assertLessEqual({"notes.txt", "point_99_W.npy"}, names)

    def test_what_is_no_directory_is_said_before_the_work(self):
        for arguments in (ANALYZE, ("reduce", "--weights", "W", "a"), ("embed", "--weights", "W", "a")):
            done = run(*arguments, "--out", self.write("file", "here already"))
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("is no directory", done.stderr)

    def test_signals(self):
        """The first is heard and what was found is reported and written; the second ends the command at once."""
        for number in (signal.SIGTERM, signal.SIGINT):
            out = self.directory / number.name
            with Started([COMMAND, "analyze", str(DATA / "digits.csv"), "--target", "digit", "--width", "4", "--bias",
                          "--standardize", "--starts", "2000", "--out", str(out)], stdout=subprocess.DEVNULL) as child:
                wait_until_heard(child, number)
                time.sleep(1)
                child.send_signal(number)
                self.assertEqual(child.wait(timeout=120), 128 + number)
            self.assertTrue(json.loads((out / "report.json").read_text())["interrupted"])
            self.assertEqual([path.name for path in out.iterdir() if path.suffix == ".tmp"], [])

    def test_temporary_files_go_with_the_command(self):
        """The files are staged while the command waits for somebody to read a pipe among them."""
        out = self.directory / "out"
        out.mkdir()
        os.mkfifo(out / ".tepui-files")
        weights = self.directory / "W.npy", self.directory / "a.npy"
        np.save(weights[0], np.ones((2, 2)))
        np.save(weights[1], np.ones(2))
        with Started([COMMAND, "embed", "--weights", *map(str, weights), "--split", "0:0.5,0.5", "--out", str(out)],
                     stdout=subprocess.DEVNULL) as child:
            for _ in range(200):
                time.sleep(0.05)
                if len([path for path in out.iterdir() if path.suffix == ".tmp"]) == 4:
                    break
            else:
                self.fail("the four files were never staged")
            child.send_signal(signal.SIGTERM)
            self.assertEqual(child.wait(timeout=60), -signal.SIGTERM)
        self.assertEqual([path.name for path in out.iterdir()], [".tepui-files"])


class Terminals(InTemporaryDirectory):
    NAMES = ("a\x1b[31m", "b\x9b2J", "c\x07", "d\u202e", "e\x7f")

    def test_escape_sequences_in_names_do_not_reach_a_terminal(self):
        rows = "".join(f"{k},{k * k % 7}\n" for k in range(12))
        # Not as text and not as JSON, on neither stream: in a report, a warning (constant column) and an error.
        control = re.compile(b"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]")
        for name in self.NAMES:
            table = self.write(f"{name}.csv", f"u,{name}\n" + rows)
            constant = self.write(f"k{name}.csv", f"u,y,{name}\n" + rows.replace("\n", ",1\n"))
            for arguments in (("analyze", table, "--target", name), ("analyze", table, "--target", name, "--json"),
                              ("analyze", table, "--target", "missing"), ("analyze", table, "--target", f"no{name}"),
                              ("analyze", constant, "--target", "y", "--bias"), ("analyze", f"nowhere{name}.csv", "--target", "y"),
                              (f"comm{name}",), ("analyze", table, "--target", name, "--activation", name)):
                more = ("--width", "1", "--starts", "1") if len(arguments) > 1 else ()
                done = subprocess.run([COMMAND, *arguments, *more], capture_output=True, timeout=300)
                self.assertIsNone(control.search(done.stdout), (arguments, done.stdout))
                self.assertIsNone(control.search(done.stderr), (arguments, done.stderr))
        done = run("analyze", table, "--target", name, "--width", "1", "--starts", "1")
        self.assertIn("target e\\x7f", done.stdout)

    def test_json_names_them_exactly(self):
        rows = "".join(f"{k},{k * k % 7}\n" for k in range(12))
        for name in self.NAMES:
            table = self.write("table.csv", f"u,{name}\n" + rows)
            done = run("analyze", table, "--target", name, "--width", "1", "--starts", "1", "--json")
            self.assertEqual(json.loads(done.stdout)["data"]["target"], name)


if __name__ == "__main__":
    unittest.main()
