"""Fits of R's nnet against the library: loss, gradient and Hessian, the verdict on each fit, and splits of its neurons
against the eigenvalues of nnetHess at the wider network.

tests/data/nnet_fits.json was written by nnet_fits.R (the versions of R and nnet stand in it). Where R and nnet are there,
the same script is run and its numbers are compared as well: `live` as the argument, with a number that of so many random
networks, untrained.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import numpy as np

from library import Model

HERE = os.path.dirname(os.path.abspath(__file__))
TABLES = os.environ["TEPUI_TEST_DATA"]
SKIPPED = 77
STATIONARITY = 1e-6  # nnet ends where its value no longer falls: gradients of the root of the rounding


def logistic_least_squares(f, y):
    """nnet's loss without linout, entropy and softmax."""
    p = 1 / (1 + np.exp(-f))
    first = p * (1 - p)
    return (((p - y) ** 2).sum(axis=1), 2 * (p - y) * first,
            (2 * first ** 2 + 2 * (p - y) * first * (1 - 2 * p))[:, :, None] * np.eye(f.shape[1]))


class Fit:
    """A fit as a model of the library. In nnet's value squares have no 1/2, so that it is `scale` times tepui's loss, and
    decay is that of the sum of squares; values of entropy are deviances, whose `constant` depends on the targets alone."""

    def __init__(self, fit):
        self.__dict__.update({name: np.array(value) if name in ("x", "y", "weights", "decay", "conn") else value
                              for name, value in fit.items()})
        self.inputs, self.outputs = self.x.shape[1], self.y.shape[1]
        self.scale, self.constant, loss = 1.0, 0.0, logistic_least_squares
        if self.softmax:
            loss = "softmax"
        elif self.entropy:
            loss = "logistic"
            with np.errstate(divide="ignore", invalid="ignore"):
                entropy = np.nan_to_num(self.y * np.log(self.y)) + np.nan_to_num((1 - self.y) * np.log(1 - self.y))
            self.constant = self.weights @ entropy.sum(axis=1)
        elif self.linout:
            loss, self.scale = "squared", 2.0
        self.order = self.parameter_order()
        decay = np.broadcast_to(self.decay, len(self.order))[self.order] * 2 / self.scale
        m, d = self.size, self.inputs + 1
        first_bias = m * d + m * self.outputs + (self.inputs if self.skip else 0)
        self.model = Model(self.x, self.y, m, loss, weights=self.weights, skip=self.skip,
                           decay=[decay[0], decay[d - 1], decay[m * d], decay[first_bias],
                                  decay[m * d + m * self.outputs] if self.skip else 0])

    def parameter_order(self):
        """Where in nnet's weights each of tepui's parameters is: nnet lists, unit by unit, what comes in from unit conn."""
        m, hidden = self.size, self.inputs + 1
        at = {}
        for to in range(hidden, len(self.nconn) - 1):
            for w in range(self.nconn[to], self.nconn[to + 1]):
                at[to, int(self.conn[w])] = w
        order = [at[hidden + i, source] for i in range(m) for source in [*range(1, hidden), 0]]
        order += [at[hidden + m + o, hidden + i] for i in range(m) for o in range(self.outputs)]
        order += [at[hidden + m + o, source] for o in range(self.outputs)
                  for source in ([*range(1, hidden), 0] if self.skip else [0])]
        return np.array(order)

    def theta(self, point):
        return np.array(point["wts"])[self.order]

    def hessian(self, point):
        lower, size = np.zeros((len(self.order),) * 2), len(self.order)
        lower.T[np.triu_indices(size)] = point["hessian"]
        full = lower + np.tril(lower, -1).T
        return full[np.ix_(self.order, self.order)]


class Fits(unittest.TestCase):
    fits = None

    def each(self, check):
        for fit in self.fits:
            with self.subTest(fit["name"]):
                check(Fit(fit))

    def test_loss_gradient_and_hessian(self):
        def check(fit):
            for point in (fit.start, fit.end):
                loss, gradient, hessian = fit.model.derivatives(fit.theta(point))
                terms = max(fit.scale * loss, abs(fit.constant))
                self.assertAlmostEqual(fit.scale * loss + fit.constant, point["value"], delta=1e-13 * max(1, terms))
                theirs = fit.hessian(point)
                np.testing.assert_allclose(fit.scale * hessian, theirs, rtol=0, atol=3e-14 * np.abs(theirs).max())
                # Differences of values, extrapolated from steps of 1e-3.
                np.testing.assert_allclose(fit.scale * gradient, np.array(point["gradient"])[fit.order], rtol=0,
                                           atol=1e-9 * np.abs(theirs).max())
        self.each(check)

    def test_verdicts_on_the_fits_as_they_are(self):
        verdicts = set()

        def check(fit):
            _, report = fit.model.classify(fit.theta(fit.end), STATIONARITY)
            self.assertEqual(report["verdict"], "saddle" if fit.inertia["negative"] else "local_minimum")
            verdicts.add(report["verdict"])
            self.assertEqual([report["whole"][name] for name in ("morse_index", "nullity")],
                             [fit.inertia[name] for name in ("negative", "zero")])
            _, report = fit.model.classify(fit.theta(fit.start), STATIONARITY)
            self.assertEqual(report["verdict"], "not_stationary")
        self.each(check)
        self.assertEqual(verdicts, {"local_minimum", "saddle"})

    def test_splits_of_fits(self):
        judged = []

        def check(fit):
            verdict, _ = fit.model.classify(fit.theta(fit.end), STATIONARITY)
            for wide in fit.splits or []:
                self.assertAlmostEqual(wide["value"], fit.end["value"], delta=1e-12 * max(1, fit.end["value"]))
                split = fit.model.split(verdict, wide["neuron"], wide["gamma"])
                self.assertEqual([split["index"][name] for name in ("morse_index", "nullity")],
                                 [wide["negative"], wide["zero"]])
                self.assertEqual(split["verdict"], "saddle" if wide["negative"] else "local_minimum")
                judged.append(split["verdict"])
        self.each(check)
        self.assertGreaterEqual(len(judged), 24)
        self.assertIn("local_minimum", judged)

    def test_decay_refuses_splits(self):
        def check(fit):
            if np.any(fit.decay > 0):
                verdict, report = fit.model.classify(fit.theta(fit.end), STATIONARITY)
                self.assertIn("decay", report["splits_refused"])
                with self.assertRaisesRegex(RuntimeError, "decay"):
                    fit.model.split(verdict, 0, [0.5, 0.5])
        self.each(check)


class Networks(Fits):
    """Untrained: no verdicts to compare."""

    test_verdicts_on_the_fits_as_they_are = test_splits_of_fits = test_decay_refuses_splits = None


def written_by_r(*random):
    rscript = shutil.which("Rscript")
    if rscript is None or subprocess.run([rscript, "-e", "library(nnet)"], capture_output=True).returncode != 0:
        print("skipped: R with nnet is not there (bash cmake/install-dependencies.sh --oracles)")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "fits.json")
        subprocess.run([rscript, "--vanilla", os.path.join(HERE, "nnet_fits.R"), TABLES, path, *random], check=True)
        return json.load(open(path))


if __name__ == "__main__":
    live, random = sys.argv[1:2] == ["live"], sys.argv[2:3]
    written = written_by_r(*random) if live else json.load(open(os.path.join(TABLES, "nnet_fits.json")))
    print(f"{len(written['fits'])} networks of nnet {written['nnet']}, {written['R']}")
    Fits.fits = written["fits"]
    unittest.main(argv=sys.argv[:1], verbosity=2, defaultTest="Networks" if random else "Fits")
