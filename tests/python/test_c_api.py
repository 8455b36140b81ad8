"""The package's numbers are those of the C functions, called here by hand, and of the formulas."""

import ctypes
from ctypes import byref, c_double, c_int64, c_void_p

import numpy as np
import pytest
import tepui
from tepui import _library


@pytest.fixture(scope="module")
def raw():
    """Calls without prototypes: every argument says its type."""
    library = ctypes.CDLL(_library._path())
    context = c_void_p()
    assert library.tepui_context_create(byref(context)) == 0

    def call(name, *arguments):
        arguments = [c_void_p(one.ctypes.data) if isinstance(one, np.ndarray) else one for one in arguments]
        assert getattr(library, name)(context, *arguments) == 0, name

    yield call
    library.tepui_context_destroy(context)


@pytest.fixture(scope="module")
def point():
    rng = np.random.default_rng(3)
    X, y, s = rng.normal(size=(40, 3)), rng.normal(size=40), rng.uniform(0.5, 2.0, size=40)
    net = tepui.Network(rng.normal(size=(2, 4)), rng.normal(size=2), "silu")
    return X, y, s, net, rng.normal(size=10)


def test_objective(raw, point):
    X, y, s, net, v = point
    activation, data, network = c_void_p(), c_void_p(), c_void_p()
    raw("tepui_activation_create_named", ctypes.c_char_p(b"silu"), byref(activation))
    raw("tepui_dataset_create", c_int64(40), c_int64(3), X, c_int64(3), y, s, ctypes.c_int32(2), byref(data))
    raw("tepui_network_create", activation, c_int64(2), c_int64(4), net.W, c_int64(4), net.a, byref(network))
    loss, gradient, hessian, product = c_double(), np.empty(10), np.empty((10, 10)), np.empty(10)
    raw("tepui_gradient", data, network, byref(loss), gradient, None)
    raw("tepui_hessian", data, network, hessian, c_int64(10))
    raw("tepui_hessian_vector", data, network, v, product)
    inner = np.empty((2, 4, 4))
    raw("tepui_inner_hessians", data, network, inner)

    p = tepui.Problem(X, y, "silu", sample_weight=s)
    theta = net.parameters
    value, slope = p.loss_and_gradient(theta)
    assert value == loss.value == p.loss(net) and np.array_equal(slope, gradient)
    assert np.array_equal(p.gradient(theta), gradient)
    assert np.array_equal(p.hessian(theta), hessian) and np.array_equal(p.hvp(theta, v), product)

    inputs = np.column_stack([X, np.ones(40)])
    z = inputs @ net.W.T
    residual = (z / (1.0 + np.exp(-z))) @ net.a - y
    assert value == pytest.approx(0.5 * (s * residual**2).sum(), rel=1e-13)
    assert np.allclose(p.outputs_of(net), residual + y, rtol=1e-13)
    assert np.array_equal(p.network(theta).W, net.W)

    v = tepui.Verdict(p, net)
    assert v.verdict == "not_stationary"


def test_weighted_reduction(point):
    X, y, s, net, _ = point
    summed = tepui.Problem(X, y, "silu", sample_weight=s)
    mean = tepui.Problem(X, y, "silu", sample_weight=s, reduction="mean")
    assert mean.loss(net) == pytest.approx(summed.loss(net) / s.sum(), rel=1e-14)


def test_models(point):
    X, _, _, _, _ = point
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 3, size=40)
    net = tepui.Network(rng.normal(size=(2, 4)), rng.normal(size=(2, 3)), "tanh", rng.normal(size=3))
    p = tepui.Problem(X, labels, output_bias=True, loss="softmax", weight_decay=0.2)
    f = np.tanh(np.column_stack([X, np.ones(40)]) @ net.W.T) @ net.a + net.b
    softmax = np.log(np.exp(f).sum(axis=1)) - f[np.arange(40), labels]
    decay = 0.1 * ((net.W[:, :3] ** 2).sum() + (net.a**2).sum())
    assert p.loss(net) == pytest.approx(softmax.sum() + decay, rel=1e-13)
    theta, gradient = net.parameters, p.gradient(net)
    step = 1e-6 * rng.normal(size=theta.size)
    change = p.loss(theta + step) - p.loss(theta - step)
    assert change == pytest.approx(2.0 * gradient @ step, rel=1e-6)
    assert np.allclose(p.hvp(theta, step), p.hessian(theta) @ step, rtol=1e-10)


def test_skip_connections_and_mixed_activations(point):
    X, y, _, _, _ = point
    rng = np.random.default_rng(5)
    net = tepui.Network(rng.normal(size=(2, 3)), rng.normal(size=2), ["tanh", "sin"], None, rng.normal(size=(1, 3)))
    p = tepui.Problem(X, y, bias=False, skip=True)
    z = X @ net.W.T
    f = np.column_stack([np.tanh(z[:, 0]), np.sin(z[:, 1])]) @ net.a + X @ net.C[0]
    assert p.loss(net) == pytest.approx(0.5 * ((f - y) ** 2).sum(), rel=1e-13)
    assert p.classify(net).verdict == "not_stationary"


def test_inner_hessians_of_several_outputs(linnerud):
    v = linnerud.solve(width=2, starts=4)[0].classify()
    for neuron in v.neurons:
        spectrum = neuron.inner_hessian
        assert len(spectrum.eigenvalues) == neuron.report["inner_hessian_order"]
        assert spectrum.eigenvalues[0] == pytest.approx(spectrum.lambda_min, rel=1e-6)
        assert spectrum.eigenvalues[-1] == pytest.approx(spectrum.lambda_max, rel=1e-6)


def test_reduce_and_embed():
    wide = tepui.Network([[1.0, 0.5], [-1.0, -0.5], [-1.0, 2.0], [0.3, 0.3]], [0.5, -1.5, 1.0, 0.0])
    found = tepui.reduce(wide)
    assert found.network.a.tolist() == [2.0, 1.0] and found.signs.tolist() == [1, -1, 1, 1]
    assert found.roles == ["daughter", "daughter", "daughter", "null"]
    assert np.array_equal(found.embed().parameters, wide.parameters)
    with pytest.raises(tepui.InvalidArgument, match="roles"):
        tepui.embed(found.network, ["son"], [0], [1.0])


def test_reduce_and_embed_several_outputs():
    W, a = [[1.0, 2.0], [1.0, 2.0], [-1.0, 0.5]], [[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]
    found = tepui.reduce(tepui.Network(W, a))
    np.testing.assert_array_equal(found.network.a, [[1, 2], [1, 1]])
    np.testing.assert_allclose(found.outputs.sum(axis=0), 0, atol=1e-15)
    np.testing.assert_allclose(found.embed().a, a, atol=1e-15)
    mirrored = tepui.reduce(tepui.Network([[1.0, 2.0], [-1.0, -2.0]], [2.0, 0.5], "sigmoid", b=1.0))
    assert (mirrored.network.a.tolist(), mirrored.network.b.tolist()) == ([1.5], [1.5])


def test_relu_with_output_biases():
    """Neurons that no sample reaches: what pulls at the output biases alone."""
    x = np.linspace(0, 1, 9)[:, None]
    y = np.column_stack([x - x.mean(), x**2 - (x**2).mean()])
    net = tepui.Network([[-1.0, -1.0]], [[1.0, 2.0]], "relu", b=[0.0, 0.0])
    problem = tepui.Problem(x, y, "relu", output_bias=True)
    verdict = problem.classify(net)
    assert (verdict.verdict, verdict.split(0, [0.5, 0.5]).verdict) == ("local_minimum", "local_minimum")
    moved = problem.classify(tepui.Network([[-1.0, -1.0]], [[1.0, 2.0]], "relu", b=[0.5, 0.0]))
    assert (moved.verdict, moved.rule) == ("not_stationary", "beside_neurons")


def test_certificate(diabetes_fits):
    v = diabetes_fits[0].classify()
    if not tepui.info()["certificates"]:
        with pytest.raises(tepui.Unsupported, match="MPFR"):
            v.certificate()
        return
    proof = v.certificate()
    assert proof.complete and proof.verdict == "local_minimum" and "exactly one stationary point" in proof.statement
    assert proof.splits({0: [0.5, 0.5]}) == "local_minimum" and proof.splits({0: [2.0, -1.0]}) == "saddle"
    assert proof.report["morse_index"] == 0


def test_certificate_of_classes():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(30, 2))
    labels = (x[:, 0] + 0.7 * rng.normal(size=30) > 0).astype(int) + (x[:, 1] > 0.5)
    problem = tepui.Problem(x, labels, "tanh", bias=True, loss="softmax", output_bias=True, weight_decay=0.05)
    v = problem.solve(2, starts=4)[0].classify()
    if not tepui.info()["certificates"]:
        with pytest.raises(tepui.Unsupported, match="MPFR"):
            v.certificate()
        return
    heard = []
    proof = v.certificate(lambda phase, part: heard.append(phase))
    assert proof.complete and proof.verdict == "local_minimum", proof.statement
    assert all(phase.startswith("certificate") for phase in heard)  # none of a proof that takes no time
    # The output biases do not decay: that of the last class is held.
    assert proof.report["neurons"] == [] and proof.report["parameters"]["held"] == [14]
    with pytest.raises(tepui.TepuiError):
        proof.splits({0: [0.5, 0.5]})


def test_trace():
    x = np.linspace(-2.0, 2.0, 30)
    p = tepui.Problem(x, np.sin(x), "relu")
    run = p.trace(3, steps=20000)
    assert len(run.time) == len(run.loss) and run.loss[-1] < run.loss[0]
    assert p.loss(run.network(-1)) == pytest.approx(run.loss[-1], rel=1e-9)
    with pytest.raises(IndexError):
        run.network(10**6)
    with pytest.raises(tepui.Unsupported):
        tepui.Problem(x, np.sin(x)).trace(3)


def test_trace_of_classes():
    x = np.linspace(-2.0, 2.0, 45)
    y = np.where(np.abs(x) < 1.0, "inside", np.where(np.sin(9.0 * x) > 0.6, "inside", "outside"))
    p = tepui.Problem(x, y, "relu", loss="softmax", bias=True, output_bias=True, weight_decay=0.1)
    run = p.trace(3, steps=20000)
    first, last = run.plateaus[0], run.plateaus[-1]
    assert run.loss[0] == pytest.approx(45 * np.log(2.0)) and first["waiting"] == [0, 1, 2]
    point = run.plateau_network(0)
    assert point.a.shape == (3, 2) and point.b.shape == (2,)
    shares = [np.mean(y == name) for name in sorted(set(y))]
    assert first["exact_loss"] == pytest.approx(-45 * np.dot(shares, np.log(shares)), rel=1e-12)
    assert first["verdict"] == "saddle" and first["witness"]["measured"] < 0.0 and first["begin"] > 0.0
    assert last["found"] and p.loss(run.plateau_network(-1)) == pytest.approx(last["exact_loss"], rel=1e-9)
