"""Arrays of other libraries: through __dlpack__ or __array__, JAX's among them."""

import subprocess
import sys

import numpy as np
import pytest
import tepui


class ByCapsule:
    """Memory of somebody else, by DLPack alone."""

    def __init__(self, array):
        self._array = array

    def __dlpack__(self, **options):
        return self._array.__dlpack__(**options)

    def __dlpack_device__(self):
        return self._array.__dlpack_device__()


class ByArray:
    """What can be converted alone."""

    def __init__(self, array):
        self._array = array

    def __array__(self, dtype=None, copy=None):
        return np.array(self._array, dtype=dtype)


x = np.linspace(-2.0, 2.0, 50).reshape(-1, 1)
y = np.sin(x[:, 0])


@pytest.mark.parametrize("kind", [ByCapsule, ByArray])
def test_arrays_of_others(kind):
    p, same = tepui.Problem(kind(x), kind(y), bias=False), tepui.Problem(x, y, bias=False)
    theta = np.array([1.0, 0.5])
    assert p.loss(theta) == same.loss(theta)
    assert np.shares_memory(p.X, x) == (kind is ByCapsule)
    net = tepui.Network(kind(np.ones((2, 1))), kind(np.ones(2)))
    assert p.classify(net).verdict == "not_stationary"
    layer = tepui.inspect_layer(kind(x), kind(np.cos(4.0 * x)), kind(np.zeros((1, 1))), kind(np.ones(1)), "gelu")
    assert layer.report["samples"] == 50


def test_jax():
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    X, Y = jax.numpy.asarray(x), jax.numpy.asarray(y)
    p = tepui.Problem(X, Y, output_bias=True, loss="squared")

    def loss(parameters):
        W, a, b = parameters
        f = jax.numpy.tanh(X @ W[:, :-1].T + W[:, -1]) @ a + b
        return 0.5 * jax.numpy.sum((f - Y) ** 2)

    parameters = jax.numpy.array([[1.0, 0.2], [-0.5, 0.3]]), jax.numpy.array([0.7, -0.2]), jax.numpy.array([0.1])
    W, a, b = parameters
    net = tepui.Network(W, a, "tanh", b)
    value, gradient = jax.value_and_grad(loss)(parameters)
    ours, slopes = p.loss_and_gradient(net.parameters)
    assert ours == pytest.approx(float(value), rel=1e-14)
    assert np.allclose(slopes, np.concatenate([np.ravel(one) for one in gradient]), rtol=1e-12, atol=1e-13)
    fit = p.solve(width=2, starts=4)[0]
    back = jax.numpy.asarray(fit.network.W), jax.numpy.asarray(fit.network.a), jax.numpy.asarray(fit.network.b)
    assert float(loss(back)) == pytest.approx(fit.loss, rel=1e-10)


def test_nothing_else_is_imported():
    heavy = "{'torch', 'jax', 'sklearn', 'scipy', 'pandas', 'matplotlib', 'tqdm'}"
    code = f"import sys, tepui; found = {heavy} & set(sys.modules); assert not found, found"
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="no attribute 'TwoLayer'"):
        _ = tepui.TwoLayer
