"""Fits of scikit-learn's MLPRegressor and MLPClassifier with their losses and gradients, written as JSON for test_sklearn.py:

    python3 sklearn_fits.py OUT.json

The gradient is the one that scikit-learn descends along (`_loss_grad_lbfgs`). Its loss of several targets is the mean over
these, its gradient that of the sum (https://github.com/scikit-learn/scikit-learn/issues/8349): the line searches of lbfgs
see two different functions and end early, unless a fit is continued again and again, as here.
"""

import inspect
import json
import sys
import warnings

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier, MLPRegressor


def packed(mlp):
    return np.concatenate([np.ravel(one) for one in mlp.coefs_ + mlp.intercepts_])


def loss_and_gradient(mlp, theta, x, y):
    """At any weights: coefs, then intercepts."""
    units = [x.shape[1], *mlp.hidden_layer_sizes, mlp.n_outputs_]
    activations = [x] + [np.empty((len(x), size)) for size in units[1:]]
    deltas = [np.empty_like(one) for one in activations[1:]]
    weighted = "sample_weight" in inspect.signature(mlp._loss_grad_lbfgs).parameters  # of newer versions
    loss, gradient = mlp._loss_grad_lbfgs(theta, x, y, *([None] if weighted else []), activations, deltas,
                                          [np.empty_like(one) for one in mlp.coefs_],
                                          [np.empty_like(one) for one in mlp.intercepts_])
    return float(loss), np.array(gradient)


def hessian(mlp, theta, x, y, step=1e-4):
    """By differences of scikit-learn's gradient, extrapolated."""
    def slope(e, h):
        return (loss_and_gradient(mlp, theta + h * e, x, y)[1] - loss_and_gradient(mlp, theta - h * e, x, y)[1]) / (2 * h)
    matrix = np.array([(4 * slope(e, step / 2) - slope(e, step)) / 3 for e in np.eye(len(theta))])
    return (matrix + matrix.T) / 2


def stationary(mlp, theta, x, y):
    """Newton's method on scikit-learn's gradient; directions that nothing depends on stay."""
    for _ in range(20):
        theta = theta - np.linalg.lstsq(hessian(mlp, theta, x, y), loss_and_gradient(mlp, theta, x, y)[1], rcond=1e-9)[0]
    return theta


def fit(name, kind, x, y, compared_by, width, activation, alpha, seed, **options):
    """y: what scikit-learn is given; recorded as the K numbers a sample that its last layer is compared with."""
    mlp = kind(hidden_layer_sizes=(width,), activation=activation, solver="lbfgs", alpha=alpha, tol=1e-14, max_iter=20000,
               max_fun=100000, random_state=seed, warm_start=True, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has not converged
        mlp.set_params(max_iter=1).fit(x, y)
        start = packed(mlp)
        mlp.set_params(max_iter=20000)
        for _ in range(40):
            mlp.fit(x, y)
    numbers = (np.asarray(mlp._label_binarizer.transform(y), float) if kind is MLPClassifier
               else np.asarray(y, float).reshape(len(x), -1))
    result = {"name": name, "x": x.tolist(), "y": numbers.tolist(), "loss": compared_by, "width": width,
              "activation": activation, "alpha": alpha}
    for at, theta in (("start", start), ("end", packed(mlp)), ("stationary", stationary(mlp, packed(mlp), x, numbers))):
        value, gradient = loss_and_gradient(mlp, theta, x, numbers)
        result[at] = {"theta": theta.tolist(), "loss": value, "gradient": gradient.tolist()}
    eigenvalues = np.linalg.eigvalsh(hessian(mlp, theta, x, numbers))
    zero = 1e-9 * eigenvalues[-1]
    result["inertia"] = {"negative": int(np.sum(eigenvalues < -zero)), "zero": int(np.sum(abs(eigenvalues) <= zero)),
                         "nearest": float(np.min(abs(eigenvalues[abs(eigenvalues) > zero])))}
    return result


def fits():
    grid = np.linspace(-2, 2, 24).reshape(-1, 1)
    waves = np.column_stack([np.sin(1.5 * grid) + 0.2 * np.cos(4 * grid), np.tanh(grid) - 0.3 * np.sin(3 * grid)])
    plane = np.column_stack([grid, np.cos(2.5 * np.arange(24))])
    three = np.searchsorted([-0.5, 0.4], np.sin(1.7 * plane[:, 0]) + 0.6 * plane[:, 1])
    two = np.array(["no", "yes"])[(three > 0).astype(int)]
    yield fit("one target", MLPRegressor, grid, waves[:, 0], "squared", 1, "tanh", 0.0, 3)
    yield fit("one target with decay", MLPRegressor, plane, waves[:, 0], "squared", 3, "logistic", 0.01, 1)
    yield fit("two targets", MLPRegressor, grid, waves, "squared", 1, "tanh", 0.0, 2)
    yield fit("two targets with decay", MLPRegressor, plane, waves, "squared", 2, "tanh", 0.05, 4)
    yield fit("two classes", MLPClassifier, plane, two, "logistic", 2, "logistic", 0.1, 5)
    yield fit("three classes", MLPClassifier, plane, three, "softmax", 2, "tanh", 0.1, 6)
    yield fit("labels", MLPClassifier, plane, np.column_stack([three > 0, three > 1]).astype(int), "logistic", 2, "tanh", 0.1, 7)
    if "loss" in inspect.signature(MLPRegressor.__init__).parameters:
        yield fit("counts", MLPRegressor, grid, np.round(np.exp(waves[:, 0] + 1)), "poisson", 1, "tanh", 0.01, 8, loss="poisson")


def written():
    return {"scikit-learn": sklearn.__version__, "written_by": "tests/oracles/sklearn_fits.py", "fits": list(fits())}


if __name__ == "__main__":
    with open(sys.argv[1], "w") as file:
        json.dump(written(), file, indent=None, separators=(",", ":"))
