"""A loss of the caller's: its numbers are those of the same loss of the library, and of differences."""

import pickle

import numpy as np
import pytest
import tepui

RNG = np.random.default_rng(12)
X = RNG.normal(size=(200, 2))
Y = np.sin(X[:, 0]) + 0.3 * X[:, 1]


def squared(f, y):
    if f.ndim == 1:
        return 0.5 * (f - y) ** 2, f - y, np.ones(len(f))
    return 0.5 * ((f - y) ** 2).sum(axis=1), f - y, np.eye(f.shape[1])


def softmax(f, y):
    top = f.max(axis=1, keepdims=True)
    e = np.exp(f - top)
    p = e / e.sum(axis=1, keepdims=True)
    value = np.log(e.sum(axis=1)) + top[:, 0] - (y * f).sum(axis=1)
    return value, p - y, np.einsum("ko,op->kop", p, np.eye(f.shape[1])) - p[:, :, np.newaxis] * p[:, np.newaxis, :]


def quartic(f, y):
    r = f - y
    return r**2 / 2 + r**4 / 4, r + r**3, 1 + 3 * r**2


def test_one_output():
    own, known = (tepui.Problem(X, Y, loss=loss) for loss in (tepui.Loss.custom(squared, convex=True), "squared"))
    theta = RNG.normal(size=8)
    assert own.loss(theta) == pytest.approx(known.loss(theta), rel=1e-14)
    assert np.allclose(own.gradient(theta), known.gradient(theta), rtol=1e-12, atol=1e-13)
    assert np.allclose(own.hessian(theta), known.hessian(theta), rtol=1e-11, atol=1e-12)
    assert np.allclose(own.hvp(theta, theta), known.hessian(theta) @ theta, rtol=1e-11, atol=1e-12)
    v, w = (one.solve(width=1, starts=4)[0].classify() for one in (own, known))
    assert (v.verdict, v.morse_index, v.neurons[0].plateau) == (w.verdict, w.morse_index, w.neurons[0].plateau)
    assert v.loss == pytest.approx(w.loss, rel=1e-12)
    assert v.split(0, [1.5, -0.5]).verdict == w.split(0, [1.5, -0.5]).verdict


def test_several_outputs():
    labels = np.digitize(Y, [-0.3, 0.5])
    options = {"output_bias": True, "weight_decay": 0.1}
    own = tepui.Problem(X, np.eye(3)[labels], loss=tepui.Loss.custom(softmax, convex=True), **options)
    known = tepui.Problem(X, labels, loss="softmax", **options)
    theta = RNG.normal(size=2 * 3 + 2 * 3 + 3)
    assert own.loss(theta) == pytest.approx(known.loss(theta), rel=1e-13)
    assert np.allclose(own.hessian(theta), known.hessian(theta), rtol=1e-10, atol=1e-12)
    targets = np.column_stack([Y, np.tanh(X[:, 1] - X[:, 0])])
    own, known = (tepui.Problem(X, targets, loss=loss) for loss in (tepui.Loss.custom(squared, convex=True), "squared"))
    v, w = (one.solve(width=1, starts=4)[0].classify() for one in (own, known))
    assert (v.verdict, v.rule, v.morse_index) == (w.verdict, w.rule, w.morse_index)
    assert v.loss == pytest.approx(w.loss, rel=1e-12)


def test_derivatives_are_those_of_the_loss():
    p = tepui.Problem(X, Y, loss=tepui.Loss.custom(quartic, convex=True), sample_weight=RNG.uniform(0.5, 2.0, 200))
    theta, step = RNG.normal(size=8), 1e-5
    along = RNG.normal(size=8)
    slope = (p.loss(theta + step * along) - p.loss(theta - step * along)) / (2 * step)
    assert p.gradient(theta) @ along == pytest.approx(slope, rel=1e-7)
    curved = (p.gradient(theta + step * along) - p.gradient(theta - step * along)) / (2 * step)
    assert np.allclose(p.hvp(theta, along), curved, rtol=1e-6, atol=1e-6 * abs(curved).max())
    v = p.solve(width=1, starts=4)[0].classify()
    assert v.is_minimum and v.why
    saddle = v.split(0, [1.5, -0.5])
    if saddle.is_saddle:
        assert p.loss(saddle.escape().network) < v.loss


def test_with_chunks():
    chunks = tepui.Chunks(lambda first, count: X[first : first + count], 200, 2)
    here, there = (tepui.Problem(x, Y, loss=tepui.Loss.custom(quartic)) for x in (chunks, X))
    assert np.array_equal(here.gradient(np.ones(8)), there.gradient(np.ones(8)))


def test_what_goes_wrong():
    def two(f, y):
        return f, f

    with pytest.raises(tepui.CallbackError) as error:
        tepui.Problem(X, Y, loss=tepui.Loss.custom(two)).loss(np.ones(8))
    assert isinstance(error.value.__cause__, ValueError)
    with pytest.raises(tepui.NumericError):
        tepui.Problem(X, Y, loss=tepui.Loss.custom(lambda f, y: (f * np.nan, f, f))).loss(np.ones(8))
    for loss in ("custom", "hinge", squared):
        with pytest.raises(tepui.InvalidArgument, match="loss = "):
            tepui.Problem(X, Y, loss=loss)
    with pytest.raises(tepui.InvalidArgument, match="custom"):
        tepui.Loss("custom")
    with pytest.raises(tepui.InvalidArgument, match="nnet has no loss 'custom'"):
        tepui.Problem(X, Y, loss=tepui.Loss.custom(quartic), weight_decay="nnet:0.1")


def test_copies_by_pickle():
    p = tepui.Problem(X, Y, loss=tepui.Loss.custom(quartic))
    assert pickle.loads(pickle.dumps(p)).loss(np.ones(8)) == p.loss(np.ones(8))
