import re
import unittest

from command import DIABETES, run, run_json


class Info(unittest.TestCase):
    def test_version(self):
        self.assertRegex(run("--version").stdout, r"^tepui \d+\.\d+\.\d+\n$")

    def test_info_names_what_is_in_use(self):
        done = run("info")
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in ("tepui", "kernels", "threads", "BLAS", "LAPACK", "certificates", "linear programs"):
            self.assertRegex(done.stdout, rf"(?m)^{name} +\S")

    def test_json_says_what_the_text_says(self):
        text = run("info").stdout
        json = run_json("info")
        self.assertIn(json["isa"], json["isas"])
        self.assertEqual(json["blas_remedy"] is None, "remedy:" not in text)
        for name, component in (("certificates", "MPFR"), ("linear programs", "Clp")):
            told = json[name.replace(" ", "_")] or f"none: built without {component}"
            self.assertRegex(text, rf"(?m)^{name} +{re.escape(told)}$")

    def test_the_remedy_for_slow_blas_kernels_helps(self):
        remedy = re.search(r"([A-Z_]+)=(\S+)", run("info").stdout.partition("remedy:")[2])
        if remedy:
            mended = run("info", environment={remedy[1]: remedy[2]})
            self.assertEqual(mended.returncode, 0, mended.stderr)
            self.assertNotIn("remedy:", mended.stdout)

    def test_an_unknown_instruction_set_is_refused(self):
        available = run_json("info")["isas"]
        for command in (("info",), ("analyze", DIABETES, "--target", "progression", "--width", 1)):
            done = run(*command, environment={"TEPUI_ISA": "garbage\x1b[2J"})
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("TEPUI_ISA is 'garbage\\x1b[2J'", done.stderr)
            self.assertIn(" ".join(available), done.stderr)
        self.assertEqual(run_json("info", environment={"TEPUI_ISA": available[-1]})["isa"], available[-1])

    def test_help_has_examples(self):
        for command in ("analyze", "classify"):
            done = run(command, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertIn("Examples:", done.stdout)
            self.assertIn("Exit status", done.stdout)
        self.assertEqual(run("--help").returncode, 0)


if __name__ == "__main__":
    unittest.main()
