"""One session with everything in it: each line runs as users write it."""

import types

import numpy as np
import pytest
import tepui

from test_interop import Linear, layer, module_of

pytest.importorskip("pandas")
pytest.importorskip("matplotlib").use("agg")

SESSION = """
p = tepui.Problem(X, y, activation="tanh", bias=True, output_bias=True, loss="softmax", weight_decay=0.0, standardize=True)
v = p.classify(net, polish=True);  v.verdict, v.morse_index, v.rule, v.why;  v.neurons[0].inner_hessian.eigenvalues
s = v.split(0, [1.5, -0.5]);  s.is_saddle and s.escape().network           # ways down on demand
fits = p.solve(width=3, starts=64);  fits.to_frame();  fits[0].plateau(0).plot();  fits[0].critical_set(5).plot()
loss, grad = p.loss_and_gradient(theta)                                     # as scipy.optimize takes it; hessian, hvp too
net = tepui.from_sklearn(mlp);  tepui.from_torch(module);  tepui.inspect_layer(h, g, W, A, "gelu")
"""  # noqa: E501


def classes():
    """Drawn from the chances that three neurons give three classes."""
    rng = np.random.default_rng(2)
    X = rng.normal(size=(400, 2))
    f = 3.0 * np.tanh(X @ np.array([[1.5, 0.0], [-0.8, 1.3], [-0.8, -1.3]]).T) - 1.0
    return X, np.array(["red", "green", "blue"])[np.argmax(f + rng.gumbel(size=f.shape), axis=1)]


def perceptron(X, y):
    """Of scikit-learn, or what looks like one."""
    try:
        from sklearn.neural_network import MLPClassifier
    except ImportError:
        rng = np.random.default_rng(1)
        weights = [rng.normal(size=(2, 3)), rng.normal(size=(3, 3))]
        return types.SimpleNamespace(coefs_=weights, intercepts_=[np.zeros(3), np.zeros(3)], activation="tanh")
    return MLPClassifier((3,), activation="tanh", max_iter=20, random_state=0).fit(X, y)


def module():
    """Of PyTorch, or what looks like one."""
    try:
        from torch.nn import GELU, Sequential
        from torch.nn import Linear as Layer
    except ImportError:
        hidden, output = Linear([[1.0, 2.0], [3.0, 4.0]], [0.1, 0.2]), Linear([[1.0, -1.0]], [0.5])
        return module_of(hidden, layer("GELU", approximate="none"), output)
    return Sequential(Layer(2, 2), GELU(), Layer(2, 1))


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_one_session():
    X, y = classes()
    inputs = np.linspace(-1.95, 1.95, 40)
    names = {
        "tepui": tepui, "X": X, "y": y, "mlp": perceptron(X, y), "module": module(),
        "theta": np.linspace(-1.0, 1.0, 3 * 3 + 3 * 3 + 3),
        "h": inputs, "g": np.cos(4 * inputs), "W": [[0.0]], "A": [1.0],
    }  # fmt: skip
    problem = tepui.Problem(X, y, output_bias=True, loss="softmax", standardize=True)
    found = problem.solve(width=3, starts=16)[0].network
    names["net"] = found.with_parameters(found.parameters * (1.0 + 1e-4))
    exec(SESSION, names)
    verdict, split, fits, loss, grad = (names[name] for name in ("v", "s", "fits", "loss", "grad"))
    assert verdict.polish["accepted"] and verdict.is_minimum and verdict.morse_index == 0
    assert split.is_saddle and names["p"].loss(split.escape().network) < verdict.loss
    assert fits.problem is names["p"] and len(fits.to_frame()) == len(fits)
    assert isinstance(loss, float) and grad.shape == names["theta"].shape
    assert names["net"].width == 3 and tepui.from_torch(names["module"]).activation == "gelu"
