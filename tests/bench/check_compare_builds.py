"""compare_builds.py on programs that say what times they want: a real change is told from noise."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = os.environ["TEPUI_COMPARE_BUILDS"]

# A stand-in for a Google Benchmark executable: each call takes the next time from its list.
STAND_IN = """#!{python}
import json, pathlib, sys
assert "--benchmark_format=json" in sys.argv
counter = pathlib.Path(__file__ + ".calls")
call = int(counter.read_text()) if counter.exists() else 0
counter.write_text(str(call + 1))
times = {times}
json.dump({{"benchmarks": [
    {{"name": name, "run_type": "iteration", "real_time": values[call % len(values)] if "manual_time" in name else 1e9,
      "cpu_time": 1e9 if "manual_time" in name else values[call % len(values)], "time_unit": "us"}}
    for name, values in times.items()]}}, sys.stdout)
"""

STEADY = [100.0, 101.0, 99.0, 100.5, 99.5, 100.2, 99.8]
NOISE = [100.0, 160.0, 90.0, 140.0, 80.0, 120.0, 95.0]


def scaled(values, factor):
    return [factor * value for value in values]


class CompareBuilds(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def build(self, name, times, program="bench_stand_in"):
        folder = self.directory / name / "bench"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / program
        path.write_text(STAND_IN.format(python=sys.executable, times=times))
        path.chmod(0o755)
        return str(self.directory / name)

    def compare(self, *arguments):
        return subprocess.run([sys.executable, "-B", SCRIPT, *arguments], capture_output=True, text=True, timeout=120)

    def test_a_change_is_told_from_noise(self):
        before = self.build("before", {"slow/manual_time": STEADY, "fast": STEADY, "noisy": NOISE, "tiny": STEADY})
        after = self.build("after", {"slow/manual_time": scaled(STEADY[::-1], 1.2), "fast": scaled(STEADY, 0.7),
                                     "noisy": scaled(NOISE[::-1], 1.1), "tiny": scaled(STEADY, 1.005)})
        done = self.compare(before, after, "--json")
        self.assertEqual(done.returncode, 1, done.stderr)
        results = json.loads(done.stdout)["benchmarks"]
        verdicts = {name.split(": ")[1]: result["verdict"] for name, result in results.items()}
        self.assertEqual(verdicts, {"slow/manual_time": "slower", "fast": "faster", "noisy": "same", "tiny": "same"})
        slow = results["bench_stand_in: slow/manual_time"]
        self.assertAlmostEqual(slow["ratio"], 1.2, delta=0.01)
        self.assertAlmostEqual(slow["before"], 1e-4, delta=2e-6)
        self.assertLessEqual(slow["lowest"], slow["ratio"])
        self.assertLessEqual(slow["ratio"], slow["highest"])

    def test_nothing_slower_is_success(self):
        before = self.build("before", {"same": STEADY, "only_before": STEADY})
        after = self.build("after", {"same": STEADY, "only_after": STEADY})
        self.build("after", {"same": STEADY}, program="bench_new")
        done = self.compare(before, after)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stderr, "")
        for line in ("in one build only: bench_stand_in: only_before", "in one build only: bench_new",
                     "1 benchmarks, 7 rounds: 0 slower, 0 faster beyond the noise"):
            self.assertIn(line, done.stdout)

    def test_mistakes_are_named(self):
        before = self.build("before", {"same": STEADY})
        for arguments, words in (((before, str(self.directory / "nowhere")), "no program"), ((before, before, "--rounds", "1"), "3")):
            done = self.compare(*arguments)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(words, done.stderr)


if __name__ == "__main__":
    unittest.main()
