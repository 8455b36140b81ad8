"""Fits of scikit-learn's MLPRegressor and MLPClassifier against the library: loss and gradient, and the verdict on each.

scikit-learn's alpha over n samples is decay alpha / n of W and a beside a mean loss. Of several targets its loss is that of
their mean, its gradient that of their sum (https://github.com/scikit-learn/scikit-learn/issues/8349): what it descends along
is compared. tests/data/sklearn_fits.json was written by sklearn_fits.py (the version stands in it); `live` as the argument
runs the same fits where scikit-learn is there.
"""

import json
import os
import sys
import unittest

import numpy as np

from library import Model

SKIPPED = 77


class Fit:
    def __init__(self, fit):
        self.__dict__.update(fit)
        self.x, self.y = np.array(self.x), np.array(self.y)
        n = len(self.x)
        self.inputs, self.outputs, m = self.x.shape[1], self.y.shape[1], self.width
        decay = self.alpha / n
        self.model = Model(self.x, self.y, m, self.loss, activation={"logistic": "sigmoid"}.get(self.activation, self.activation),
                           mean=True, decay=[decay, 0, decay, 0, 0])
        # Both order: coefs [inputs][m] and [m][K], intercepts [m] and [K]; tepui W[m][inputs + 1], a[m][K], b[K].
        at = np.arange(self.inputs * m + m * self.outputs + m + self.outputs)
        first, second, hidden, out = np.split(at, np.cumsum([self.inputs * m, m * self.outputs, m]))
        rows = np.column_stack([first.reshape(self.inputs, m).T, hidden])
        self.order = np.concatenate([rows.ravel(), second, out])

    def theta(self, point):
        return np.array(point["theta"])[self.order]

    def theirs(self, loss, theta):
        """The library's loss as scikit-learn tells it; and as it would if it told the function of its gradient."""
        rows = self.width * self.model.d
        decaying = np.concatenate([np.delete(theta[:rows], np.s_[self.inputs:rows:self.model.d]), theta[rows:-self.outputs]])
        penalty = 0.5 * self.alpha / len(self.x) * decaying @ decaying
        return ((loss - penalty) / self.outputs + penalty if self.loss == "squared" else loss), loss


class Fits(unittest.TestCase):
    fits = None

    def each(self, check):
        for fit in self.fits:
            with self.subTest(fit["name"]):
                check(Fit(fit))

    def test_loss_and_gradient(self):
        def check(fit):
            for point in (fit.start, fit.end, fit.stationary):
                theta = fit.theta(point)
                loss, gradient, _ = fit.model.derivatives(theta)
                self.assertLess(min(abs(one - point["loss"]) for one in fit.theirs(loss, theta)), 1e-13)
                np.testing.assert_allclose(gradient, np.array(point["gradient"])[fit.order], rtol=0, atol=1e-13)
        self.each(check)

    def test_verdicts_on_stationary_points(self):
        def check(fit):
            _, report = fit.model.classify(fit.theta(fit.stationary))
            self.assertEqual(report["verdict"], "saddle" if fit.inertia["negative"] else "local_minimum")
            self.assertEqual([report["whole"][name] for name in ("morse_index", "nullity")],
                             [fit.inertia[name] for name in ("negative", "zero")])
        self.each(check)

    def test_verdicts_on_the_fits_as_they_are(self):
        """lbfgs ends where the loss no longer falls by 2e-9 of itself, and gradients of up to its root are left."""
        verdicts, told_as_mean = {}, True

        def check(fit):
            nonlocal told_as_mean
            verdicts[fit.name] = fit.model.classify(fit.theta(fit.end), stationarity=1e-6)[1]["verdict"]
            self.assertIn(verdicts[fit.name], ("local_minimum", "not_stationary"))
            self.assertEqual(fit.model.classify(fit.theta(fit.start), stationarity=1e-6)[1]["verdict"], "not_stationary")
            if fit.name == "two targets with decay":
                mean, _ = fit.theirs(fit.model.derivatives(fit.theta(fit.end))[0], fit.theta(fit.end))
                told_as_mean = abs(mean - fit.end["loss"]) < 1e-13
        self.each(check)
        self.assertEqual(verdicts["two classes"], "local_minimum")
        # scikit-learn#8349: a search whose loss is not that of its gradient comes to rest elsewhere.
        self.assertEqual(verdicts["two targets with decay"], "not_stationary" if told_as_mean else "local_minimum")


def live_fits():
    try:
        import sklearn_fits
    except ImportError as error:
        print(f"skipped: {error} (bash cmake/install-dependencies.sh --oracles)")
        sys.exit(SKIPPED)
    return json.loads(json.dumps(sklearn_fits.written()))


if __name__ == "__main__":
    live = sys.argv[1:2] == ["live"]
    written = live_fits() if live else json.load(open(os.path.join(os.environ["TEPUI_TEST_DATA"], "sklearn_fits.json")))
    print(f"{len(written['fits'])} fits of scikit-learn {written['scikit-learn']}")
    Fits.fits = written["fits"]
    unittest.main(argv=sys.argv[:1] + sys.argv[1 + live:], verbosity=2)
