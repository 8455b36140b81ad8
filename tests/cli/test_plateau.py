"""Maps of plateaus: the table, the JSON and the picture say the same, and what the theorems say."""

import unittest
import xml.etree.ElementTree

from command import DATA, DIABETES, InTemporaryDirectory, run, run_json
from verdicts import MINIMA_OF, region_of

POINT = (DIABETES, "--target", "progression", "--features", "bmi", "--bias", "--standardize", "--activation", "gelu",
         "--width", 2, "--starts", 4)
PLATEAU = ("plateau", *POINT, "--neuron", 0)


def words_in(path):
    """The text of a well-formed SVG picture."""
    root = xml.etree.ElementTree.parse(path).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg", root.tag
    return ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]


class Plateau(InTemporaryDirectory):
    def check_map(self, report, daughters):
        self.assertIn(report["definiteness"], MINIMA_OF, "this point's inner Hessian is clear")
        for split in report["splits"]:
            gamma = split["gamma"]
            self.assertEqual(len(gamma), daughters)
            self.assertAlmostEqual(sum(gamma), 1.0, places=12)
            self.assertGreaterEqual(min(gamma), report["lower"] - 1e-12)
            good = region_of(gamma) == MINIMA_OF[report["definiteness"]]
            self.assertEqual(split["verdict"], "local_minimum" if good else "saddle", gamma)
            if good:
                self.assertIsNone(split["measured"])
            else:
                self.assertLess(split["measured"] + split["measured_error"], 0.0)
            part = report["parts"][split["part"]]
            self.assertEqual(part["signs"], [(g > 0) - (g < 0) for g in gamma])
            self.assertEqual(part["verdict"], split["verdict"])
            self.assertLessEqual(part["least_fall"], -(split["measured"] or 0.0))
            self.assertGreaterEqual(part["largest_fall"], -(split["measured"] or 0.0))
        self.assertEqual(sum(part["splits"] for part in report["parts"]), len(report["splits"]))

    def test_the_line_of_two_daughters(self):
        report = run_json(*PLATEAU, "--steps", 8)
        self.check_map(report, 2)
        self.assertEqual(sorted(part["signs"] for part in report["parts"]), [[-1, 1], [0, 1], [1, -1], [1, 0], [1, 1]])
        self.assertEqual(len(report["splits"]), 21)

    def test_the_plane_of_three(self):
        report = run_json(*PLATEAU, "--steps", 3, "--daughters", 3)
        self.check_map(report, 3)
        self.assertEqual(len(report["parts"]), 7 + 9 + 3)
        self.assertEqual({part["region"] for part in report["parts"]}, {"Gamma+", "Gamma-", "mixed signs", "boundary"})

    def test_verdicts_are_those_of_classify(self):
        run_json("analyze", *POINT, "--out", self.directory)
        weights = ("--weights", self.directory / "point_1_W.npy", self.directory / "point_1_a.npy")
        data = POINT[:POINT.index("--width")]
        report = run_json("plateau", *data, *weights, "--neuron", 0, "--steps", 4)
        gammas = [word for split in report["splits"] for word in ("--gamma", ",".join(map(repr, split["gamma"])))]
        neuron = run_json("classify", *data, *weights, "--neuron", 0, *gammas)["points"][0]["neurons"][0]
        for ours, theirs in zip(report["splits"], neuron["splits"], strict=True):
            for key in ("gamma", "verdict", "rule", "morse_index", "nullity"):
                self.assertEqual(ours[key], theirs[key])

    def test_pictures(self):
        for daughters, steps in ((2, 8), (3, 3)):
            file = self.directory / f"plateau's {daughters}.svg"
            done = run(*PLATEAU, "--steps", steps, "--daughters", daughters, "--out", file)
            self.assertEqual(done.returncode, 0, done.stderr)
            words = " | ".join(words_in(file))
            for expected in ("Plateau of neuron 0", "diabetes.csv", "gelu", "width 2", "loss 142.426", "Γ", "saddle",
                             "local minimum", "Morse index 0"):
                self.assertIn(expected, words)
            self.assertIn("boundary" if daughters == 2 else "mixed signs", words)
        self.assertIn("Gamma+", done.stdout)

    def test_other_formats(self):
        for ending, magic in (("png", b"\x89PNG"), ("pdf", b"%PDF")):
            file = self.directory / f"plateau.{ending}"
            self.assertEqual(run(*PLATEAU, "--steps", 4, "--out", file).returncode, 0)
            self.assertTrue(file.read_bytes().startswith(magic))

    def refused(self, arguments, *words, **options):
        done = run(*arguments, **options)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertTrue(done.stderr.startswith("tepui: "))
        for word in words:
            self.assertIn(word, done.stderr)

    def test_bad_input(self):
        self.refused((*PLATEAU, "--out", self.directory / "x.jpg"), ".svg, .pdf or .png")
        self.refused((*PLATEAU, "--out", self.directory / "nowhere" / "x.svg"), "no directory")
        self.refused((*PLATEAU, "--out", "x.svg"), "apt-get install gnuplot-nox", "--json",
                     environment={"TEPUI_GNUPLOT": str(self.directory / "missing")})
        self.refused((*PLATEAU, "--daughters", 4), "--daughters")
        self.refused(("plateau", *POINT), "--neuron")
        self.refused(("plateau", *POINT, "--neuron", 2), "2 neurons, numbered from 0")
        self.refused((*PLATEAU, "--point", 99), "--point 99")
        self.refused((*PLATEAU, "--weights", "W.npy", "a.npy"), "either --width", "--weights")
        self.refused(("plateau", *POINT[:POINT.index("--width")], "--neuron", 0), "either --width")

    def test_a_program_that_fails_is_quoted(self):
        fake = self.write("gnuplot", "#!/bin/sh\necho 'line 7: no such terminal' >&2\nexit 1\n")
        (self.directory / "gnuplot").chmod(0o755)
        done = run(*PLATEAU, "--steps", 4, "--out", self.directory / "x.svg", environment={"TEPUI_GNUPLOT": fake})
        self.assertEqual(done.returncode, 2)
        self.assertIn("line 7: no such terminal", done.stderr)
        self.assertIn("Gamma+", done.stdout)

    def test_a_file_that_cannot_be_written_costs_the_picture_alone(self):
        """The work is done: its report is shown, and one line says what is missing."""
        (self.directory / "x.svg").mkdir()
        done = run(*PLATEAU, "--steps", 4, "--out", self.directory / "x.svg")
        self.assertEqual(done.returncode, 2)
        self.assertIn("Gamma+", done.stdout)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn("x.svg: cannot be written: Is a directory", done.stderr)

    def test_the_neuron_is_that_of_the_reduced_network(self):
        """Daughters with coefficients of both signs and a null neuron: the plateau drawn is the parent's."""
        import numpy as np
        run_json("analyze", *POINT, "--out", self.directory)
        w, a = (np.load(self.directory / f"point_1_{name}.npy") for name in ("W", "a"))
        data = POINT[:POINT.index("--width")]
        narrow = run_json("plateau", *data, "--weights", self.directory / "point_1_W.npy", self.directory / "point_1_a.npy",
                          "--neuron", 1, "--steps", 4)
        np.save(self.directory / "wide_W.npy", np.vstack([w[1], w[0], w[1], w[0], 0.0 * w[1]]))
        np.save(self.directory / "wide_a.npy", np.array([1.5 * a[1], 0.25 * a[0], -0.5 * a[1], 0.75 * a[0], 0.0]))
        weights = ("--weights", self.directory / "wide_W.npy", self.directory / "wide_a.npy", "--steps", 4)
        for neuron in (0, 2):
            wide = run_json("plateau", *data, *weights, "--neuron", neuron)
            self.assertEqual((wide["neuron"], wide["together"], wide["point"]["narrow_width"]), (neuron, [0, 2], 2))
            self.assertEqual(wide["point"]["verdict"], "local_minimum")
            for ours, theirs in zip(wide["splits"], narrow["splits"], strict=True):
                for key in ("gamma", "verdict", "rule", "morse_index", "nullity"):
                    self.assertEqual(ours[key], theirs[key])
                if theirs["measured"] is not None:
                    self.assertAlmostEqual(ours["measured"] / theirs["measured"], 1.0, places=6)
        self.assertIn("Neurons 0 and 2 as one", run("plateau", *data, *weights, "--neuron", 2).stdout)
        self.refused(("plateau", *data, *weights, "--neuron", 4), "--neuron 4", "output weight is 0")

    def test_digits_are_drawn_in_the_space_of_their_pixels(self):
        """Three pixels are never lit: as given every inner Hessian is singular, and nothing could be drawn but doubt."""
        file = self.directory / "digits.svg"
        report = run_json("plateau", DATA / "digits.csv", "--target", "digit", "--activation", "tanh", "--bias", "--standardize",
                          "--keep-constant", "--width", 1, "--starts", 1, "--neuron", 0, "--steps", 4, "--out", file)
        self.assertEqual((report["point"]["rank"], report["point"]["inputs"]), (62, 65))
        self.assertEqual(report["point"]["verdict"], "local_minimum")
        self.assertEqual(report["definiteness"], "indefinite")
        for split in report["splits"]:
            self.assertEqual(split["verdict"], "saddle")
            self.assertLess(split["measured"] + split["measured_error"], 0.0)
        self.assertIn("inputs of rank 62 of 65", " | ".join(words_in(file)))

    def test_not_stationary(self):
        run_json("analyze", *POINT, "--out", self.directory)
        a = self.directory / "point_1_a.npy"
        import numpy as np
        np.save(a, np.load(a) + 0.1)
        done = run("plateau", *POINT[:POINT.index("--width")], "--neuron", 0, "--weights", self.directory / "point_1_W.npy", a)
        self.assertEqual(done.returncode, 3)
        self.assertIn("not stationary", done.stderr)


if __name__ == "__main__":
    unittest.main()
