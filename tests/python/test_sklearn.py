"""scikit-learn: estimators that are estimators, and what its own networks are."""

import inspect
import warnings

import numpy as np
import pytest
import tepui

from conftest import columns

pytest.importorskip("sklearn", minversion="1.6")
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks


@parametrize_with_checks([tepui.TwoLayerRegressor(starts=4), tepui.TwoLayerClassifier(starts=4)])
def test_it_is_an_estimator(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # some checks have two samples
        check(estimator)


@pytest.fixture(scope="module")
def bodies():
    table = columns("linnerud.csv", "chins", "situps", "jumps", "weight", "waist", "pulse")
    return table[:, :3], table[:, 3:]


def test_regressor(bodies):
    X, Y = bodies
    fit = tepui.TwoLayerRegressor(n_neurons=2, weight_decay=0.05, random_state=1).fit(X, Y)
    v = fit.verdict_
    assert v.is_minimum and v.morse_index == 0 and fit.points_[0].loss == v.loss == fit.loss_
    assert [one.shape for one in fit.coefs_ + fit.intercepts_] == [(3, 2), (2, 3), (2,), (3,)]
    # In the units of the data it is the network that was judged.
    p = fit.problem_
    assert np.allclose(fit.predict(X)[np.lexsort(np.column_stack([X, Y]).T[::-1])],
                       p.outputs_of(v.network) * p.y_scaling.scale + p.y_scaling.mean, rtol=1e-12)  # fmt: skip
    hidden = np.tanh(X @ fit.coefs_[0] + fit.intercepts_[0])
    assert np.allclose(hidden @ fit.coefs_[1] + fit.intercepts_[1], fit.predict(X))
    assert tepui.from_sklearn(fit) is fit.network_
    one = tepui.TwoLayerRegressor(n_neurons=1, weight_decay=0.05, random_state=1).fit(X, Y[:, 0])
    assert one.predict(X).shape == (20,) and one.coefs_[1].shape == (1, 1)


def test_plateaus_of_a_regressor():
    x = np.linspace(-2.0, 2.0, 40).reshape(-1, 1)
    targets = np.sin(1.5 * x[:, 0]) + 0.2 * np.cos(4 * x[:, 0])
    fit = tepui.TwoLayerRegressor(n_neurons=1, random_state=0).fit(x, targets)
    s = fit.verdict_.split(0, [1.5, -0.5])
    assert s.is_saddle and s.escape().measured < 0.0
    wide = fit.in_units_of_the_data(s.escape().network)
    given = tepui.Problem(x, targets, output_bias=True, reduction="mean")
    fall = (given.loss(wide) - given.loss(fit.network_)) / targets.var()
    assert wide.width == 2 and fall == pytest.approx(s.escape().measured, rel=1e-6)


def test_classifier():
    X, y = columns("iris.csv", "petal_length", "petal_width"), columns("iris.csv", "species")[:, 0]
    fit = tepui.TwoLayerClassifier(n_neurons=2, starts=6, random_state=1).fit(X, y)
    assert fit.verdict_.is_minimum and list(fit.classes_) == ["setosa", "versicolor", "virginica"]
    assert fit.score(X, y) > 0.95 and fit.predict_proba(X).sum(axis=1) == pytest.approx(1.0)
    assert (fit.decision_function(X).argmax(axis=1) == fit.predict_proba(X).argmax(axis=1)).all()
    two = tepui.TwoLayerClassifier(n_neurons=2, starts=4, random_state=1).fit(X, y == "virginica")
    assert two.verdict_.is_minimum and two.decision_function(X).shape == (150,)
    assert ((two.predict_proba(X)[:, 1] > 0.5) == two.predict(X)).all()
    search = GridSearchCV(tepui.TwoLayerClassifier(starts=2, random_state=1), {"n_neurons": [1, 2]}, cv=3).fit(X, y)
    assert search.best_score_ > 0.9


def test_a_linear_unit_in_the_limit():
    X, y = columns("iris.csv", "petal_length", "petal_width"), columns("iris.csv", "species")[:, 0]
    with pytest.warns(ConvergenceWarning, match="a minimum at infinity"):
        fit = tepui.TwoLayerClassifier(2, "softplus", 0.1, starts=3, random_state=0).fit(X, y)
    end, problem = fit.end_, fit.problem_
    assert "asymptote" in {unit["kind"] for unit in end.units} and fit.score(X, y) > 0.9
    assert fit.loss_ == pytest.approx(end.loss, rel=1e-6)
    above = [problem.loss(end.network(epsilon)) - end.loss for epsilon in (1e-2, 1e-4, 1e-6)]
    assert all(higher > 0.0 for higher in above) and above[0] / above[1] == pytest.approx(100.0, rel=0.1)


def test_without_a_stationary_point():
    x = np.linspace(-2.0, 2.0, 20).reshape(-1, 1)
    with pytest.warns(ConvergenceWarning, match="a minimum at infinity"):
        fit = tepui.TwoLayerClassifier(n_neurons=1, weight_decay=0.0, starts=2, random_state=0).fit(x, x[:, 0] > 0.1)
    assert fit.end_.verdict == "minimum" and not fit.verdict_.is_minimum and fit.score(x, x[:, 0] > 0.1) == 1.0
    with pytest.raises(tepui.InvalidArgument, match="n_neurons = 0"):
        tepui.TwoLayerRegressor(n_neurons=0).fit(x, x[:, 0])
    with pytest.raises(tepui.InvalidArgument, match="activation"):
        tepui.TwoLayerRegressor(activation="maxout").fit(x, x[:, 0])


def gradient_of(mlp, X, Y):
    """scikit-learn's own, in tepui's order."""
    units = [X.shape[1], *mlp.hidden_layer_sizes, mlp.n_outputs_]
    activations = [X] + [np.empty((len(X), size)) for size in units[1:]]
    grads = [[np.empty_like(one) for one in part] for part in (mlp.coefs_, mlp.intercepts_)]
    packed = np.concatenate([one.ravel() for one in mlp.coefs_ + mlp.intercepts_])
    weights = [None] if "sample_weight" in inspect.signature(mlp._loss_grad_lbfgs).parameters else []
    mlp._loss_grad_lbfgs(packed, X, Y, *weights, activations, [np.empty_like(one) for one in activations[1:]], *grads)
    (first, second), (hidden, out) = grads
    return np.concatenate([np.column_stack([first.T, hidden]).ravel(), second.ravel(), out])


def test_networks_of_scikit_learn(bodies):
    X, Y = ((one - one.mean(axis=0)) / one.std(axis=0) for one in bodies)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        kept = {"solver": "lbfgs", "random_state": 2}
        mlp = MLPRegressor(hidden_layer_sizes=(3,), activation="tanh", alpha=0.1, max_iter=30, **kept).fit(X, Y)
        p = tepui.Problem(X, Y, output_bias=True, weight_decay="scikit-learn:0.1", reduction="mean")
        assert np.allclose(p.gradient(p.as_network(mlp)), gradient_of(mlp, X, Y), rtol=0.0, atol=1e-14)
        labels = np.array(["low", "middle", "high"])[np.digitize(Y[:, 0], [-0.5, 0.5])]
        mlp = MLPClassifier(hidden_layer_sizes=(2,), activation="logistic", alpha=0.3, tol=1e-12, max_iter=5000, **kept)
        mlp.fit(X, labels)
    p = tepui.Problem(
        X, labels, "sigmoid", output_bias=True, loss="softmax", weight_decay="scikit-learn:0.3", reduction="mean"
    )
    assert np.allclose(p.gradient(tepui.from_sklearn(mlp)), gradient_of(mlp, X, p.y), rtol=0.0, atol=1e-14)
    v = p.classify(mlp, polish=True)
    assert v.is_minimum and v.nullity == 1 and v.polish["relative_distance_moved"] < 1e-2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        deep = MLPRegressor(hidden_layer_sizes=(2, 2), max_iter=2, **kept).fit(X, Y[:, 0])
    with pytest.raises(tepui.InvalidArgument, match="2 hidden layers"):
        tepui.from_sklearn(deep)
