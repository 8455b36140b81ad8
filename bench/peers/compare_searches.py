"""Searches of tepui beside least_squares (trf, lm) and BFGS of SciPy, from the same starts, in one run.

    python3 bench/peers/compare_searches.py --library build/libtepui.so [--starts 8] [--seconds 20] [--only TEXT]
        [--largest 16] [--threads 1] [--json FILE]

Planted (a teacher of the same width, noise), teacher-student (a wider teacher, none) and real problems; tanh, erf,
softplus, gelu. Random starts of wide networks hardly ever end in the same minimum: `near teacher` starts near a
planted teacher, every weight off by a tenth of itself (PERTURBED; root mean square), whose neurons are far enough
apart for the data to tell them: some 10 to 20 iterations. At most 3 starts there, 1 of more than 500 parameters; of
more than 1,000 SciPy's runs get four times as long. SciPy gets residuals, Jacobian and gradient from NumPy, as
products of matrices. What is compared is the time until the loss is within 1e-10, relatively, of the lowest that both
reach from this start: of SciPy the moment when it first evaluates such a loss, of tepui a call of as many iterations
as it takes (max_iterations), from the arguments to the solution. `call` is the whole call without that limit: the
last steps to rounding, and the judgement of the end. Short runs are repeated, and medians count, of both. A start
counts where both reach the loss.
Every point that tepui calls converged is judged again by NumPy in extended precision. Needs SciPy (Debian:
python3-scipy).
"""

import argparse
import csv
import ctypes
import json
import os
import pathlib
import statistics
import sys
import time
from ctypes import byref, c_char_p, c_double, c_int32, c_int64, c_void_p

# Of one thread processor time, which a shared machine leaves alone; of several the clock's (--threads).
clock = time.process_time
DATA = pathlib.Path(__file__).resolve().parent.parent.parent / "tests" / "data"
GAP, SAME, STATIONARY = 1e-10, 1e-9, 1e-8
PERTURBED = 0.1  # every weight of a teacher, relatively
SHORT, REPEATS = 0.1, 5  # runs of fewer seconds are repeated
THREADS, MAX_ITERATIONS = 100, 320  # options of a context


def activation(name):
    """sigma and its derivative."""
    def erf(z):  # of z / sqrt 2, as tepui's
        return special.erf(z / np.sqrt(2)), np.sqrt(2 / np.pi) * np.exp(-0.5 * z * z)

    def tanh(z):
        value = np.tanh(z)
        return value, 1 - value * value

    def softplus(z):
        return np.logaddexp(0, z), special.expit(z)

    def gelu(z):
        below = special.ndtr(z)
        return z * below, below + z * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)

    return {"erf": erf, "tanh": tanh, "softplus": softplus, "gelu": gelu}[name]


class Fit:
    """1/2 sum of squared residuals of sum_i a_i sigma(w_i . x) on x, y; theta: W row by row, then a."""

    def __init__(self, x, y, name, width):
        self.x, self.y, self.name, self.m = np.ascontiguousarray(x), y, name, width
        self.sigma = activation(name)
        self.n, self.d = x.shape

    def parts(self, theta):
        w, a = theta[:self.m * self.d].reshape(self.m, self.d), theta[self.m * self.d:]
        value, slope = self.sigma(self.x @ w.T)
        return a, value, slope, value @ a - self.y

    def residuals(self, theta):
        return self.parts(theta)[3]

    def jacobian(self, theta):
        a, value, slope, _ = self.parts(theta)
        of_w = (slope * a)[:, :, None] * self.x[:, None, :]
        return np.hstack([of_w.reshape(self.n, -1), value])

    def loss_and_gradient(self, theta):
        a, value, slope, r = self.parts(theta)
        return 0.5 * r @ r, np.concatenate([((slope * r[:, None] * a).T @ self.x).ravel(), value.T @ r])

    def relative_gradient(self, theta):
        """Largest component over the sum of its absolute terms, those within the residuals included."""
        a, value, slope, _ = self.parts(theta)
        long = [part.astype(np.longdouble) for part in (a, value, slope, self.x)]
        r = long[1] @ long[0] - self.y.astype(np.longdouble)
        size = np.abs(long[1]) @ np.abs(long[0]) + np.abs(self.y)
        of_w = long[2] * long[0]
        terms = np.concatenate([((of_w * r[:, None]).T @ long[3]).ravel(), long[1].T @ r])
        sizes = np.concatenate([(np.abs(of_w * size[:, None]).T @ np.abs(long[3])).ravel(), np.abs(long[1]).T @ size])
        return float(np.max(np.abs(terms) / np.maximum(sizes, 1e-300)))


class Tepui:
    def __init__(self, path, threads):
        self.library = ctypes.CDLL(path)
        self.library.tepui_context_message.restype = c_char_p
        self.library.tepui_solution_start_point.restype = c_void_p
        self.library.tepui_network_parameters.restype = ctypes.POINTER(c_double)
        self.context = c_void_p()
        assert self.library.tepui_context_create(byref(self.context)) == 0
        self.set(THREADS, threads)

    def set(self, option, value):
        self.call("tepui_context_set_integer", c_int32(option), c_int64(value))

    def call(self, name, *arguments):
        if getattr(self.library, name)(self.context, *arguments) != 0:
            raise RuntimeError(f"{name}: {self.library.tepui_context_message(self.context).decode()}")

    def handle(self, name, *arguments):
        made = c_void_p()
        self.call(name, *arguments, byref(made))
        return made

    def problem(self, fit):
        sigma = self.handle("tepui_activation_create_named", c_char_p(fit.name.encode()))
        data = self.handle("tepui_dataset_create", c_int64(fit.n), c_int64(fit.d), fit.x.ctypes.data_as(c_void_p), c_int64(fit.d),
                           fit.y.ctypes.data_as(c_void_p), None, c_int32(0))
        return sigma, data

    def search(self, problem, fit, start, limit=500):
        """Seconds, its report, its parameters."""
        self.set(MAX_ITERATIONS, limit)
        w, a = np.ascontiguousarray(start[:fit.m * fit.d]), np.ascontiguousarray(start[fit.m * fit.d:])
        network = self.handle("tepui_network_create", problem[0], c_int64(fit.m), c_int64(fit.d), w.ctypes.data_as(c_void_p),
                              c_int64(fit.d), a.ctypes.data_as(c_void_p))
        begin = clock()
        found = self.handle("tepui_solve_from", problem[1], network)
        seconds = clock() - begin
        report = self.handle("tepui_solution_report", found)
        text = c_char_p()
        self.call("tepui_report_json", report, byref(text))
        ended = json.loads(text.value)["starts"][0]
        point = self.library.tepui_network_parameters(c_void_p(self.library.tepui_solution_start_point(found, c_int64(0))))
        theta = np.array(point[:fit.m * (fit.d + 1)])
        self.library.tepui_solution_destroy(found), self.library.tepui_network_destroy(network)
        return seconds, ended, theta

    def seconds_to(self, loss, problem, fit, start, most):
        """Of the least number of iterations, at most `most`, that come to this loss."""
        def lost(limit):
            return self.search(problem, fit, start, limit)[1]["loss"] > loss
        few, enough = 0, most
        while enough - few > 1:
            middle = (few + enough) // 2
            few, enough = (middle, enough) if lost(middle) else (few, middle)
        return repeated(lambda: self.search(problem, fit, start, enough)[0])


def repeated(seconds_of, first=None):
    """The median of several runs, where the first is short."""
    taken = [seconds_of() if first is None else first]
    while taken[0] < SHORT and len(taken) < REPEATS:
        taken.append(seconds_of())
    return statistics.median(taken)


class OutOfTime(Exception):
    pass


class Watched:
    """Losses as they come, with their times."""

    def __init__(self, seconds):
        self.begin, self.limit, self.seen = clock(), seconds, []

    def note(self, loss):
        now = clock() - self.begin
        if np.isfinite(loss) and (not self.seen or loss < self.seen[-1][1]):
            self.seen.append((now, float(loss)))
        if now > self.limit:
            raise OutOfTime

    def lowest(self):
        return self.seen[-1][1] if self.seen else float("inf")

    def time_to(self, loss):
        return next((seconds for seconds, value in self.seen if value <= loss), None)


def scipy_runs(fit, start, seconds):
    """Name, and a run that tells a Watched of every loss."""
    def least_squares(method):
        def run(watched):
            def residuals(theta):
                r = fit.residuals(theta)
                watched.note(0.5 * r @ r)
                return r
            optimize.least_squares(residuals, start, fit.jacobian, method=method, ftol=1e-15, xtol=1e-15, gtol=1e-15,
                                   max_nfev=5000)
        return run

    def bfgs(watched):
        def value(theta):
            loss, gradient = fit.loss_and_gradient(theta)
            watched.note(loss)
            return loss, gradient
        optimize.minimize(value, start, jac=True, method="BFGS", options={"gtol": 1e-13, "maxiter": 50000})

    def watching(run):
        watched = Watched(seconds)
        try:
            with np.errstate(all="ignore"):
                run(watched)
        except (OutOfTime, ValueError, np.linalg.LinAlgError):
            pass
        return watched

    return {name: lambda run=run: watching(run)
            for name, run in (("trf", least_squares("trf")), ("lm", least_squares("lm")), ("BFGS", bfgs))}


def table(name, target):
    with open(DATA / name, newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [column for column in rows[0] if column != target]
    x, y = (np.array([[float(row[column]) for column in part] for row in rows]) for part in (columns, [target]))
    x, y = x[:, x.std(axis=0) > 0], y[:, 0]
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return np.column_stack([x, np.ones(len(x))]), (y - y.mean()) / y.std()


# Every kind with every activation of the small sizes, some of the large ones, whose runs of SciPy take long.
KINDS = [(kind, name) for name in ("tanh", "erf", "softplus", "gelu") for kind in ("planted", "teacher-student")]
SIZES = [((2, 2), KINDS), ((4, 8), KINDS), ((8, 8), KINDS), ((2, 32), KINDS[::3]), ((8, 2), KINDS[1::3]),
         ((16, 8), KINDS[::3]), ((8, 32), KINDS[1::3]), ((32, 2), KINDS[::3]), ((16, 32), KINDS[::4]),
         ((32, 8), KINDS[2::4]), ((32, 32), KINDS[::4])]
# Where random starts end in different minima: starts near the teacher of a planted problem.
NEAR = [((width, inputs), [("near teacher", name) for name in ("tanh", "erf", "softplus", "gelu")[::step]])
        for width in (8, 16, 32) for inputs in (2, 8, 32) for step in [3 if width * inputs > 1000 else 1]]


def apart(rng, width, inputs):
    """Weights of neurons of which data tell every one: directions far apart, as steep as these are near."""
    chosen = []
    for _ in range(width):
        some = rng.normal(size=(64, inputs))
        some /= np.linalg.norm(some, axis=1)[:, None]
        nearest = np.max(np.abs(some @ np.array(chosen).T), axis=1) if chosen else np.zeros(64)
        chosen.append(some[np.argmin(nearest)])
    return 1.5 * width ** (1 / (inputs - 1)) * np.array(chosen)


def problems(largest):
    """Name, fit, and the teacher that starts are near, or None."""
    for (width, inputs), kinds in SIZES + NEAR:
        for kind, name in kinds if width <= largest else []:
            teacher, noise = {"planted": (width, 0.1), "teacher-student": (2 * width, 0.0),
                              "near teacher": (width, 0.01)}[kind]
            rng = np.random.default_rng([width, inputs, len(name), teacher])
            n = max(200, min(10000, 10 * width * (inputs + 1)))
            x = rng.normal(size=(n, inputs))
            w, a = rng.normal(size=(teacher, inputs)) / np.sqrt(inputs) * 1.5, rng.normal(size=teacher)
            if kind == "near teacher":
                w, a = apart(rng, width, inputs), np.sign(a) * (0.5 + np.abs(a))
            y = activation(name)(x @ w.T)[0] @ a
            y += noise * y.std() * rng.normal(size=n)
            near = np.concatenate([w.ravel(), a]) if kind == "near teacher" else None
            yield f"{kind} {name} m={width} d={inputs} n={n}", Fit(x, y, name, width), near
    for file, target in (("diabetes.csv", "progression"), ("digits.csv", "digit")):
        x, y = table(file, target)
        for width in [w for w in (2, 4) if w <= largest]:
            for name in ("tanh", "erf", "softplus", "gelu"):
                yield f"{file[:-4]} {name} m={width} d={x.shape[1]} n={len(x)}", Fit(x, y, name, width), None


def start_of(fit, number, near):
    """A random start, or one PERTURBED, relatively, by so much in every weight from where it is near."""
    rng = np.random.default_rng([number, fit.m, fit.d])
    if near is not None:
        return near * (1 + PERTURBED * rng.normal(size=near.size))
    return np.concatenate([rng.normal(size=fit.m * fit.d) / np.sqrt(fit.d), rng.normal(size=fit.m) / np.sqrt(fit.m)])


def compare(tepui, fit, near, starts, seconds):
    problem = tepui.problem(fit)
    parameters = fit.m * (fit.d + 1)
    if near is not None:
        starts = min(starts, 3 if parameters <= 500 else 1)
        seconds *= 1 if parameters <= 1000 else 4
    result = {"starts": starts, "counted": 0, "tepui": [], "call": [], "best": [], "trf": [], "lm": [], "BFGS": [],
              "converged": 0, "not stationary": 0, "tepui lower": 0, "scipy lower": 0, "outcomes": {}}
    for number in range(starts):
        start = start_of(fit, number, near)
        taken, ended, theta = tepui.search(problem, fit, start)
        outcome, loss = ended["outcome"], ended["loss"]
        result["outcomes"][outcome] = result["outcomes"].get(outcome, 0) + 1
        if outcome == "converged":
            result["converged"] += 1
            result["not stationary"] += fit.relative_gradient(theta) > STATIONARY
        runs = scipy_runs(fit, start, seconds)
        ends = {name: run() for name, run in runs.items()}
        lowest = min(watched.lowest() for watched in ends.values())
        result["tepui lower"] += loss < lowest * (1 - SAME)
        result["scipy lower"] += lowest < loss * (1 - SAME)
        same = [name for name, watched in ends.items() if abs(watched.lowest() - loss) <= SAME * loss]
        if outcome != "converged" or not same:
            continue
        goal = max(loss, min(ends[name].lowest() for name in same)) * (1 + GAP)
        times = {name: repeated(lambda of=name: runs[of]().time_to(goal) or np.inf, ends[name].time_to(goal))
                 for name in same if ends[name].time_to(goal) is not None}
        if not times:
            continue
        result["counted"] += 1
        result["call"].append(repeated(lambda: tepui.search(problem, fit, start)[0], taken))
        result["tepui"].append(tepui.seconds_to(goal, problem, fit, start, max(1, ended["iterations"])))
        result["best"].append(min(times.values()))
        for name, value in times.items():
            result[name].append(value)
    return result


def median_ratio(results, whose="tepui"):
    ratios = [best / ours for result in results for best, ours in zip(result["best"], result[whose])]
    return statistics.median(ratios) if ratios else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", required=True)
    parser.add_argument("--starts", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=20.0, help="for each run of SciPy")
    parser.add_argument("--largest", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1, help="of tepui; NumPy's are those of OPENBLAS_NUM_THREADS, else as many")
    parser.add_argument("--only", default="")
    parser.add_argument("--json")
    options = parser.parse_args()
    global clock
    if options.threads != 1:
        clock = time.perf_counter
    tepui, all_of_them = Tepui(options.library, options.threads), {}
    print(f"SciPy {scipy.__version__}, NumPy {np.__version__}, Python {sys.version.split()[0]}; medians in milliseconds over "
          "counted starts, ratios: SciPy's best of a start over ours")
    print(f"{'problem':40} counted   tepui    call     trf      lm    BFGS  ratio  of call  lower(tepui/scipy)  outcomes",
          flush=True)
    for name, fit, near in problems(options.largest):
        if options.only not in name:
            continue
        result = all_of_them[name] = compare(tepui, fit, near, options.starts, options.seconds)
        shown = [f"{1e3 * statistics.median(result[who]):7.2f}" if result[who] else "      -"
                 for who in ("tepui", "call", "trf", "lm", "BFGS")]
        ratios = [f"{ratio:6.1f}" if ratio else "     -" for ratio in (median_ratio([result]), median_ratio([result], "call"))]
        print(f"{name:40} {result['counted']:3}/{result['starts']:<3} {' '.join(shown)} {ratios[0]} {ratios[1]}    "
              f"{result['tepui lower']:3}/{result['scipy lower']:<3}              {result['outcomes']}", flush=True)
    for text, part in (("small (m <= 4)", lambda name: int(name.split("m=")[1].split()[0]) <= 4),
                       ("large (m >= 8)", lambda name: int(name.split("m=")[1].split()[0]) >= 8),
                       ("all", lambda name: True)):
        chosen = [result for name, result in all_of_them.items() if part(name)]
        if median_ratio(chosen):
            print(f"{text}: {sum(result['counted'] for result in chosen)} starts counted, median ratio "
                  f"{median_ratio(chosen):.1f}, of whole calls {median_ratio(chosen, 'call'):.1f}")
    wrong = sum(result["not stationary"] for result in all_of_them.values())
    print(f"reported stationary and not so: {wrong} of {sum(result['converged'] for result in all_of_them.values())}")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(all_of_them, indent=1) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    if "--threads" not in sys.argv:
        for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "BLIS_NUM_THREADS"):
            os.environ.setdefault(variable, "1")
    import numpy as np
    import scipy
    from scipy import optimize, special
    sys.exit(main())
