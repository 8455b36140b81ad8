"""How the runs of a search end on real and made tables: a finite point, a point at infinity with its verdict, or none.

    TEPUI_COMMAND=build/src/cli/tepui TEPUI_TEST_DATA=tests/data python3 -B ends_survey.py [--decay LAMBDA] [WORD...]

prints a line a table and model whose name has every WORD, then totals and the reasons of runs without an answer.
"""

import argparse
import collections
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np

ACTIVATIONS = ("tanh", "softplus", "gelu", "relu")
WIDTHS = (1, 2, 3, 4, 5)
STARTS = 8
# Name, file, target of the regression, labels of the classes.
REAL = (("diabetes", "diabetes.csv", "progression", None), ("wine", "wine.csv", "proline", "cultivar"),
        ("breast_cancer", "breast_cancer.csv", "fractal_dimension", "diagnosis"),
        ("iris", "iris.csv", "petal_width", "species"), ("linnerud", "linnerud.csv", "weight,waist,pulse", None),
        ("digits", "digits.csv", "digit", "digit"))


def friedman(number, seed, samples=200):
    """J. H. Friedman, "Multivariate Adaptive Regression Splines", Annals of Statistics 19, 1991."""
    random = np.random.default_rng(seed)
    if number == 1:
        x = random.uniform(size=(samples, 10))
        y = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]
        return x, y + random.normal(size=samples)
    x = random.uniform((0, 40 * np.pi, 0, 1), (100, 560 * np.pi, 1, 11), size=(samples, 4))
    reactance = x[:, 1] * x[:, 2] - 1 / (x[:, 1] * x[:, 3])
    if number == 2:
        return x, np.hypot(x[:, 0], reactance) + 125 * random.normal(size=samples)
    return x, np.arctan(reactance / x[:, 0]) + 0.1 * random.normal(size=samples)


def sine(seed, samples=100):
    random = np.random.default_rng(seed)
    x = random.uniform(-3, 3, size=(samples, 1))
    return x, np.sin(2 * x[:, 0]) + 0.3 * random.normal(size=samples)


class Case:
    def __init__(self, name, table, target, loss, activation, width):
        self.name = f"{name} {loss} {activation} {width}"
        self.table, self.target, self.loss, self.activation, self.width = table, target, loss, activation, width

    def arguments(self):
        return ["analyze", self.table, "--target", self.target, "--loss", self.loss, "--activation", self.activation,
                "--width", str(self.width), "--starts", str(STARTS), "--bias", "--standardize", "--output-bias"]


def cases(data, directory, seed=0):
    tables = []
    for name, file, target, label in REAL:
        tables.append((name, data / file, target, "squared", label))
        if label is not None:
            tables.append((name, data / file, label, "softmax", target if target != label else None))
    made = [(f"friedman{number}", friedman(number, seed)) for number in (1, 2, 3)] + [("sine", sine(seed))]
    for name, (x, y) in made:
        path = Path(directory) / f"{name}.csv"
        header = ",".join([f"x{j + 1}" for j in range(x.shape[1])] + ["y"])
        np.savetxt(path, np.column_stack([x, y]), delimiter=",", header=header, comments="", fmt="%.17g")
        tables.append((name, path, "y", "squared", None))
    for name, path, target, loss, other in tables:
        for activation in ACTIVATIONS:
            for width in WIDTHS:
                case = Case(name, path, target, loss, activation, width)
                if loss == "squared" and other is not None and other != target:
                    columns = path.read_text().split("\n", 1)[0].split(",")
                    features = [c for c in columns if c not in (other, target)]
                    case.features = features
                else:
                    case.features = None
                yield case


def run_case(command, case, prefix=(), more=(), timeout=900):
    arguments = [*prefix, command, *map(str, case.arguments()), *more, "--json", "--timings"]
    if case.features:
        arguments += ["--features", ",".join(case.features)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=timeout)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"{case.name}: exit status {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def answers(report):
    """Of every start: (outcome, verdict or None, reason)."""
    search = report["search"]
    verdicts = {point["point"]: point["verdict"] for point in report["points"]}
    ends = {end["end"]: end for end in search["ends"]}
    result = []
    for start in search["starts"]:
        if start["point"] is not None:
            result.append(("finite", verdicts.get(start["point"]), "point " + str(verdicts.get(start["point"]))))
        elif start["end"] is not None:
            end = ends[start["end"]]
            kinds = "+".join(sorted({unit["kind"] for unit in end["units"]} - {"neuron"}))
            open_units = [f'{unit["kind"]}: {unit["across"]["reason"]}' for unit in end["units"]
                          if unit.get("across") and unit["across"]["sign"] == "open"]
            reason = f'{end["rule"]} [{kinds}] {"; ".join(sorted(set(open_units)))}'
            result.append(("infinity", end["verdict"], reason))
        else:
            result.append((start["outcome"], None, re.sub(r"neurons? [\d, ]+", "neurons ",
                                                          re.sub(r"\d\.\d+e[+-]\d+", "#", start["reason"]))))
    return result


def determined(answer):
    outcome, verdict, _ = answer
    return outcome in ("finite", "infinity") and verdict not in (None, "undetermined")


def main():
    parser = argparse.ArgumentParser(description="How the runs of a search end.")
    parser.add_argument("--decay", metavar="LAMBDA", help="weight decay of all runs")
    parser.add_argument("words", metavar="WORD", nargs="*")
    options = parser.parse_args()
    words, more = options.words, () if options.decay is None else ("--decay", options.decay)
    command, data = os.environ["TEPUI_COMMAND"], Path(os.environ["TEPUI_TEST_DATA"])
    prefix = os.environ.get("SURVEY_PREFIX", "").split()
    total, by_kind, reasons = [], collections.defaultdict(list), collections.Counter()
    with tempfile.TemporaryDirectory() as directory:
        for case in cases(data, directory):
            if not all(word in case.name.split() or word in case.name for word in words):
                continue
            try:
                report = run_case(command, case, prefix, more)
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                print(case.name, "FAILED", str(error)[-300:], flush=True)
                continue
            found = answers(report)
            ended = sum(a[0] in ("finite", "infinity") for a in found)
            finite = sum(a[0] == "finite" for a in found)
            clear = sum(determined(a) for a in found)
            seconds = report.get("timings", {})
            print(f"{case.name:32} finite {finite} infinity {ended - finite} open {len(found) - ended} "
                  f"determined {clear}", flush=True)
            for answer in found:
                if not determined(answer):
                    reasons[answer] += 1
                    print("   ", answer, flush=True)
            total += found
            by_kind[case.name.rsplit(" ", 2)[0]] += found
            by_kind[" ".join(case.name.split()[1:3])] += found
    by_kind["all"] = total
    for kind, found in by_kind.items():
        ended = sum(a[0] in ("finite", "infinity") for a in found)
        clear = sum(determined(a) for a in found)
        print(f"{kind:28} {len(found):5} runs, {100 * ended / len(found):5.1f} % in an answer, "
              f"{100 * clear / len(found):5.1f} % determined")
    for answer, count in reasons.most_common(60):
        print(f"{count:5}  {answer[0]} {answer[1] or ''}: {answer[2]}")


if __name__ == "__main__":
    main()
