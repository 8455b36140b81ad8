"""Networks, estimators and modules of other libraries, where these are installed."""

import types

import numpy as np
import pytest
import tepui

RNG = np.random.default_rng(6)
X = RNG.normal(size=(120, 3))
Y = np.sin(X[:, 0]) + 0.3 * X[:, 1] ** 2 + 0.1 * RNG.normal(size=120)


def fitted(kind, y, **options):
    neural = pytest.importorskip("sklearn.neural_network")
    return getattr(neural, kind)(
        hidden_layer_sizes=(4,), solver="lbfgs", max_iter=20000, max_fun=10**6, tol=1e-14, random_state=0, **options
    ).fit(X, y)


@pytest.mark.parametrize("activation", ["tanh", "logistic"])
def test_mlp_regressor(activation):
    mlp = fitted("MLPRegressor", Y, activation=activation, alpha=0.05)
    net = tepui.from_sklearn(mlp)
    p = tepui.Problem(X, Y, net.activation, output_bias=True, weight_decay="scikit-learn:0.05")
    assert np.allclose(p.outputs_of(mlp), mlp.predict(X), rtol=1e-12)
    assert p.loss(net) / 120 == pytest.approx(mlp.loss_, rel=1e-6)
    mean = tepui.Problem(X, Y, net.activation, output_bias=True, weight_decay="scikit-learn:0.05", reduction="mean")
    assert mean.loss(net) == pytest.approx(p.loss(net) / 120, rel=1e-13)
    v = p.classify(mlp, polish=True)
    assert v.polish["accepted"], v.polish
    assert v.is_minimum and v.loss <= p.loss(net) * (1.0 + 1e-12)


def test_mlp_classifier():
    labels = np.array(["low", "middle", "high"])[np.digitize(Y, [-0.3, 0.5])]
    mlp = fitted("MLPClassifier", labels, activation="tanh", alpha=1.0)
    p = tepui.Problem(X, labels, output_bias=True, loss="softmax", weight_decay="scikit-learn:1.0")
    assert list(p.classes_) == list(mlp.classes_)
    assert (p.classes_[p.outputs_of(mlp).argmax(axis=1)] == mlp.predict(X)).all()
    assert p.loss(tepui.from_sklearn(mlp)) / 120 == pytest.approx(mlp.loss_, rel=1e-6)
    assert p.classify(mlp, polish=True).is_minimum


def test_relu_as_scikit_learn_trains_it():
    """Its fits stop beside kinks; the minimum on them is near, lower, and so are splits of the same decay."""
    mlp = fitted("MLPRegressor", Y, activation="relu", alpha=1.0)
    p = tepui.Problem(X, Y, "relu", output_bias=True, weight_decay="scikit-learn:1.0")
    assert p.loss(tepui.from_sklearn(mlp)) / 120 == pytest.approx(mlp.loss_, rel=1e-12)
    v = p.classify(mlp, polish=True)
    assert v.polish["accepted"] and v.is_minimum and v.report["rule"] == "face_minimum"
    assert 0.999 * 120 * mlp.loss_ < v.loss < 120 * mlp.loss_
    active = next(i for i in range(4) if np.abs(v.network.a[i]).max() > 0.0)
    split = v.split(active, [0.3, 0.7])
    assert split.is_minimum and p.loss(split.network) == pytest.approx(v.loss, rel=1e-13)
    assert p.loss(v.network.split(active, [0.3, 0.7])) > v.loss * (1.0 + 1e-6)
    with pytest.raises(tepui.InvalidArgument, match="none below 0"):
        v.split(active, [1.5, -0.5])

    labels = np.array(["low", "middle", "high"])[np.digitize(Y, [-0.3, 0.5])]
    mlp = fitted("MLPClassifier", labels, activation="relu", alpha=2.0)
    p = tepui.Problem(X, labels, "relu", output_bias=True, loss="softmax", weight_decay="scikit-learn:2.0")
    v = p.classify(mlp, polish=True)
    assert v.polish["accepted"] and v.is_minimum and v.loss < 120 * mlp.loss_


def test_two_classes():
    mlp = fitted("MLPClassifier", Y > 0.2, activation="tanh", alpha=1.0)
    p = tepui.Problem(X, Y > 0.2, output_bias=True, loss="logistic", weight_decay="scikit-learn:1.0")
    assert p.loss(tepui.from_sklearn(mlp)) / 120 == pytest.approx(mlp.loss_, rel=1e-6)
    assert p.classify(mlp, polish=True).is_minimum
    named = tepui.Problem(X, np.where(Y > 0.2, "yes", "no"), output_bias=True, loss="logistic")
    assert list(named.classes_) == ["no", "yes"] and np.array_equal(named.y, p.y)


def test_what_is_no_such_estimator():
    with pytest.raises(tepui.InvalidArgument, match="coefs_"):
        tepui.from_sklearn(object())
    deep = types.SimpleNamespace(coefs_=[1, 2, 3], intercepts_=[1, 2, 3], activation="tanh")
    with pytest.raises(tepui.InvalidArgument, match="2 hidden layers"):
        tepui.from_sklearn(deep)


def test_decay_of_nnet():
    p = tepui.Problem(X, Y, output_bias=True, weight_decay="nnet:0.25")
    assert p.weight_decay == tepui.WeightDecay(0.25, 0.25, 0.25, 0.25, 0.25)
    classes = tepui.Problem(X, Y > 0, loss="logistic", output_bias=True, weight_decay="nnet:0.25")
    assert classes.weight_decay.weights == 0.5
    with pytest.raises(tepui.InvalidArgument, match="nnet has no loss"):
        tepui.Problem(X, np.abs(Y), loss="poisson", weight_decay="nnet:0.25")


def test_scipy_minimizes():
    optimize = pytest.importorskip("scipy.optimize")
    p = tepui.Problem(X, Y, weight_decay=0.1)
    start = 0.5 * RNG.normal(size=10)
    found = optimize.minimize(
        p.loss_and_gradient, start, jac=True, hessp=p.hvp, method="trust-ncg", options={"gtol": 1e-9}
    )
    dense = optimize.minimize(
        p.loss_and_gradient, start, jac=True, hess=p.hessian, method="trust-exact", options={"gtol": 1e-9}
    )
    assert found.fun == pytest.approx(dense.fun, rel=1e-3)
    v = p.classify(p.network(dense.x), polish=True)
    assert v.is_minimum and v.loss == pytest.approx(dense.fun, rel=1e-9)


def test_frames():
    pandas = pytest.importorskip("pandas")
    frame = tepui.Problem(pandas.DataFrame(X), pandas.Series(Y)).solve(1, 6).to_frame()
    assert frame.index.name == "point" and frame.loss.is_monotonic_increasing
    assert {"starts", "verdict", "rule", "morse_index", "plateaus"} <= set(frame.columns)


class Linear:
    """As torch has them."""

    def __init__(self, weight, bias):
        self.weight = Parameter(weight)
        self.bias = None if bias is None else Parameter(bias)

    def children(self):
        return []


class Parameter:
    def __init__(self, values):
        self.values = np.asarray(values, dtype=np.float32)

    def detach(self):
        return self

    cpu = detach

    def __array__(self, dtype=None, copy=None):
        return self.values


def module_of(*layers):
    return types.SimpleNamespace(modules=lambda: layers, parameters=list, children=list)


def layer(name, **attributes):
    made = type(name, (), {"children": lambda self: []})()
    made.__dict__.update(attributes)
    return made


def test_modules_that_look_like_those_of_torch():
    hidden, output = Linear([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [0.1, 0.2, 0.3]), Linear([[1.0, -1.0, 2.0]], [0.5])
    net = tepui.from_torch(module_of(hidden, layer("GELU", approximate="tanh"), output))
    assert net.activation == "gelu_tanh" and net.W.shape == (3, 3) and net.b.tolist() == [0.5]
    assert np.allclose(net.W[:, 2], [0.1, 0.2, 0.3]) and net.a.tolist() == [1.0, -1.0, 2.0]
    leaky = tepui.from_torch(module_of(hidden, layer("LeakyReLU", negative_slope=0.2), Linear([[1.0, 2.0, 3.0]], None)))
    assert leaky.activation == "leaky_relu:0.2" and leaky.b is None
    with pytest.raises(tepui.Unsupported, match="Mish"):
        tepui.from_torch(module_of(hidden, layer("Mish"), output))
    with pytest.raises(tepui.InvalidArgument, match="Linear, an activation, Linear"):
        tepui.from_torch(module_of(hidden, output))


def test_torch():
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1)).double()
    x = torch.tensor(X)
    p = tepui.Problem(x, torch.tensor(Y), output_bias=True)
    assert np.shares_memory(p.X, x.numpy())
    assert np.allclose(p.outputs_of(module), module(x).detach().numpy()[:, 0], rtol=1e-12)
    loss = 0.5 * ((module(x)[:, 0] - torch.tensor(Y)) ** 2).sum()
    loss.backward()
    gradient = p.gradient(tepui.from_torch(module))
    assert np.allclose(gradient[16:20], module[2].weight.grad.numpy()[0], rtol=1e-9)
