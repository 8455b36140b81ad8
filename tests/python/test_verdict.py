"""Points and splits, against what the command says of the same (tests/cli, README.md)."""

import pickle

import numpy as np
import pytest
import tepui


def test_the_readme_search(diabetes_fits):
    assert [round(fit.loss, 7) for fit in diabetes_fits][:3] == [142.4261181, 143.7048359, 144.1660016]
    assert diabetes_fits[0].starts == 4
    assert diabetes_fits.outcomes == {"converged": 16}
    v = diabetes_fits[0].classify()
    assert (v.verdict, v.rule, v.morse_index, v.nullity) == ("local_minimum", "hessian_positive_definite", 0, 0)
    assert [neuron.plateau for neuron in v.neurons] == ["local_minima_and_saddles", "all_saddles"]
    assert v.why.startswith("The Hessian is positive definite")


def test_spectra_are_those_of_the_report(diabetes_fits):
    v = diabetes_fits[0].classify()
    for spectrum in (v.hessian, *(neuron.inner_hessian for neuron in v.neurons)):
        assert spectrum.eigenvalues[0] == pytest.approx(spectrum.lambda_min, rel=1e-9)
        assert spectrum.eigenvalues[-1] == pytest.approx(spectrum.lambda_max, rel=1e-12)
        assert sum(spectrum.inertia) == len(spectrum.eigenvalues)
        assert np.array_equal(spectrum.matrix, spectrum.matrix.T)


def test_splits_and_their_ways_down(diabetes, diabetes_fits):
    v = diabetes_fits[0].classify()
    inside, outside = v.splits([(0, [0.4, 0.6]), (0, [2.0, -1.0])])
    assert inside.is_minimum and not inside.is_saddle and inside.morse_index == 0
    with pytest.raises(tepui.TepuiError, match="no way down"):
        inside.escape()
    assert outside.is_saddle and outside.morse_index == 2
    way = outside.escape()
    assert way.network.width == 3
    assert diabetes.loss(outside.network) == pytest.approx(v.loss, rel=1e-14)
    assert diabetes.loss(way.network) - v.loss == pytest.approx(way.measured, rel=1e-9)
    assert np.allclose(way.at(0.0).parameters, outside.network.parameters)
    best = v.neurons[0].escape()
    assert best.measured == pytest.approx(-0.336, abs=5e-4) and best.predicted == pytest.approx(-0.611, abs=5e-4)


def test_several_at_once(diabetes_fits):
    v = diabetes_fits[0].classify()
    both = v.split_together({0: [0.5, 0.5], 1: [0.5, 0.5]})
    assert both.is_saddle and both.network.width == 4 and both.neurons == (0, 1)


def test_a_wide_network_is_judged_by_its_distinct_neurons(diabetes, diabetes_fits):
    narrow = diabetes_fits[0].network
    wide = narrow.split(0, [0.3, 0.7])
    v = diabetes.classify(wide)
    assert v.is_minimum and v.narrow.width == 2 and len(v.neurons) == 3
    assert v.neurons[0].members == (0, 1) and v.neurons[1].distinct == 0 and v.neurons[2].distinct == 1
    assert v.neurons[0].inner_hessian.lambda_min == v.neurons[1].inner_hessian.lambda_min
    assert v.split(1, [2.0, -1.0]).is_saddle


def test_polish(diabetes, diabetes_fits):
    exact = diabetes_fits[0].network
    near = exact.with_parameters(exact.parameters * (1.0 + 1e-4))
    assert diabetes.classify(near).verdict == "not_stationary"
    assert diabetes.classify(near).neurons == []
    with pytest.raises(tepui.NotStationary):
        diabetes.classify(near).split(0, [0.5, 0.5])
    v = diabetes.classify(near, polish=True)
    assert v.is_minimum and v.polish["accepted"] and 0.0 < v.polish["relative_distance_moved"] < 1e-3
    assert np.allclose(v.network.parameters, exact.parameters, rtol=1e-9)


def test_a_saddle_and_its_way_down(diabetes, diabetes_fits):
    v = diabetes.classify(diabetes_fits[0].network.split(1, [0.5, 0.5]))
    assert v.is_saddle and v.morse_index >= 1
    way = v.escape()
    assert diabetes.loss(way.network) - v.loss == pytest.approx(way.measured, rel=1e-9) and way.measured < 0.0


def test_plateau(diabetes_fits):
    plateau = diabetes_fits[0].plateau(0)
    inside = (plateau.gammas > 0.0).all(axis=1)
    assert plateau.gammas.shape == (101, 2) and np.allclose(plateau.gammas.sum(axis=1), 1.0)
    assert (plateau.verdicts == np.where(inside, "local_minimum", "saddle")).all()
    assert diabetes_fits[0].plateau(0, daughters=3, steps=3).gammas.shape[1] == 3


def test_critical_set(diabetes, diabetes_fits):
    wide = diabetes_fits[0].critical_set(3, samples=2)
    assert [branch.null_neurons for branch in wide.branches] == [0, 1]
    net = wide.network(0, 0)
    assert net.width == 3 and diabetes.loss(net) == pytest.approx(diabetes_fits[0].loss, rel=1e-12)
    with pytest.raises(tepui.InvalidArgument, match="no such sample"):
        wide.network(7, 0)


def test_verdicts_can_be_pickled(diabetes, diabetes_fits):
    v = diabetes_fits[0].classify()
    again = pickle.loads(pickle.dumps(v))
    assert again.report == v.report and again.split(0, [2.0, -1.0]).is_saddle
    assert again.problem.loss(again.network) == diabetes.loss(v.network)


def test_classes(iris):
    fits = iris.solve(width=2, starts=3)
    assert fits[0].loss == pytest.approx(9.335477095, rel=1e-9)
    v = fits[0].classify()
    assert (v.verdict, v.rule, v.morse_index, v.nullity) == ("local_minimum", "gauge_orbit", 0, 1)
    assert list(iris.classes_) == ["setosa", "versicolor", "virginica"]
    assert iris.y[[0, 50, 100]].tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    right = iris.classes_[iris.outputs_of(fits[0].network).argmax(axis=1)] == iris.classes_[iris.y.argmax(axis=1)]
    assert right.sum() == 148
    with pytest.raises(tepui.Unsupported, match="weight decay"):
        v.split(0, [0.5, 0.5])


def test_several_outputs(linnerud):
    v = linnerud.solve(width=2, starts=4)[0].classify()
    assert v.is_minimum and v.neurons[0].plateau == "all_saddles" and v.neurons[0].rule == "output_slopes"
    s = v.split(0, [1.5, -0.5])
    assert s.morse_index is not None and s.morse_index > 0
    way = s.escape()
    assert s.is_saddle and linnerud.loss(way.network) - v.loss == pytest.approx(way.measured, rel=1e-9)
    assert way.measured < 0.0
    both = v.split_together({0: [1.5, -0.5], 1: [0.5, 0.5]})
    assert both.is_saddle and both.network.width == 4
    assert linnerud.loss(both.escape().network) < v.loss


def test_relu():
    x = np.linspace(-2.0, 2.0, 30)
    p = tepui.Problem(x, np.sin(x), "relu")
    v = p.solve(width=2, starts=4)[0].classify()
    assert v.is_minimum and len(v.neurons) == 2 and v.hessian is None and v.morse_index is None
    assert v.split(0, [0.5, 0.5]).is_minimum
    edge = v.split(0, [1.0, 0.0])
    assert edge.verdict in ("saddle", "local_minimum")
    if edge.is_saddle:
        assert p.loss(edge.escape().network) < v.loss


def test_relu_with_several_outputs():
    x = np.linspace(-2.0, 2.0, 30)
    y = np.column_stack([np.abs(x), x + np.abs(x)])
    p = tepui.Problem(x, y, "relu")
    v = p.classify(tepui.Network([[1.0, 0.0], [-1.0, 0.0]], [[1.0, 2.0], [1.0, 0.0]], "relu"))
    assert v.is_minimum and v.rule == "zero_loss" and v.loss == 0.0
    away = p.classify(tepui.Network([[1.0, 0.1], [-1.0, 0.0]], [[1.0, 2.0], [1.0, 0.5]], "relu"))
    assert away.verdict == "not_stationary" and p.loss(away.escape().network) < away.loss
    assert v.split(0, [0.5, 0.5]).is_minimum  # the point of a wider network


def test_relu_under_weight_decay():
    """f = c x for x > 0, c = a w, the least of the squares and lambda |c|; and a neuron without weights."""
    x, y, decay = np.array([1.0, 2.0, 3.0, -1.0, -2.0]), np.array([1.0, 2.5, 2.0, 0.0, 0.0]), 0.5
    root = np.sqrt(((x[:3] * y[:3]).sum() - decay) / (x[:3] ** 2).sum())
    net = tepui.Network([[root], [0.0]], [root, 0.0], "relu")
    v = tepui.Problem(x, y, "relu", bias=False, weight_decay=decay).classify(net)
    assert v.is_minimum and v.rule == "dual_minimum"
    p = tepui.Problem(x, [*y[:4], -0.3], "relu", bias=False, weight_decay=decay)
    grows = p.classify(net)
    assert grows.is_saddle and grows.rule == "decayed_neuron_grows" and grows.loss == pytest.approx(p.loss(net))
    assert p.loss(grows.escape().network) < grows.loss
    assert p.classify(tepui.Network([[root]], [1.1 * root], "relu")).verdict == "not_stationary"


def test_ends_at_infinity():
    x = np.linspace(-1.9, 1.9, 20)
    fits = tepui.Problem(x, np.sign(x)).solve(width=1, starts=3)
    assert len(fits) == 0 and fits.outcomes == {"at_infinity": 3}
    assert fits.ends[0].verdict == "minimum" and fits.ends[0].units[0]["kind"] == "saturated"
    with pytest.raises(IndexError, match=r"no point at finite weights .starts: 3 at_infinity"):
        fits[0]


def test_relu_of_classes():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(60, 2))
    labels = (x[:, 0] + 0.8 * rng.normal(size=60) > 0.0).astype(int) + (x[:, 1] > 1.0)
    p = tepui.Problem(x, labels, "relu", output_bias=True, loss="softmax")
    fits = p.solve(width=2, starts=4)
    assert len(fits) + len(fits.ends) > 0
    for fit in fits:
        v = fit.classify()
        assert v.verdict != "not_stationary" and v.loss == pytest.approx(fit.loss)
