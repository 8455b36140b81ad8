"""Samples that a function reads piece by piece: the numbers of those in memory, bit by bit, and no more memory."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
import tepui

RNG = np.random.default_rng(11)
X = RNG.normal(size=(3000, 4)) + 5.0
Y = np.sin(X[:, 0]) + 0.1 * X[:, 1] + 0.05 * RNG.normal(size=3000)
WEIGHTS = RNG.uniform(0.5, 2.0, size=3000)


def read(first, count):
    return X[first : first + count]


CHUNKS = tepui.Chunks(read, 3000, 4)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"standardize": True, "sample_weight": WEIGHTS, "reduction": "mean"},
        {"output_bias": True, "weight_decay": 0.1, "activation": "gelu"},
        {"loss": "pseudo_huber:0.5", "standardize": True},
    ],
)
def test_numbers_are_those_in_memory(options):
    here, there = tepui.Problem(CHUNKS, Y, **options), tepui.Problem(X, Y, **options)
    assert (here.samples, here.inputs, here.outputs) == (3000, 5, 1)
    if here.x_scaling is not None:
        assert np.array_equal(here.x_scaling.mean, there.x_scaling.mean)
        assert np.array_equal(here.x_scaling.scale, there.x_scaling.scale)
    net = here._like(2)
    theta = RNG.normal(size=net.parameters.size) / 5.0
    assert here.loss(theta) == there.loss(theta)
    assert np.array_equal(here.gradient(theta), there.gradient(theta))
    assert np.array_equal(here.hessian(theta), there.hessian(theta))
    assert np.array_equal(here.outputs_of(here.network(theta)), there.outputs_of(there.network(theta)))
    found, expected = (one.solve(width=1, starts=2, max_iterations=300) for one in (here, there))
    assert found.report == expected.report
    if len(found):
        assert found[0].classify().report == expected[0].classify().report


def test_targets_and_weights_of_later_pieces():
    wide = RNG.normal(size=(6000, 100))  # the library reads about 2,600 of these at a time
    y, weights, theta = RNG.normal(size=6000), RNG.uniform(0.0, 2.0, size=6000), 0.1 * RNG.normal(size=102)
    pieces = []

    def read_wide(first, count):
        pieces.append(first)
        return wide[first : first + count]

    for given in (None, weights):
        here = tepui.Problem(tepui.Chunks(read_wide, 6000, 100), y, sample_weight=given)
        there = tepui.Problem(wide, y, sample_weight=given)
        assert here.loss(theta) == there.loss(theta)
        assert np.array_equal(here.gradient(theta), there.gradient(theta))
    assert max(pieces) > 0


def test_many_pieces_are_scaled_as_one(monkeypatch):
    from tepui import chunks

    monkeypatch.setattr(chunks, "PIECE", 8 * 4 * 700)
    flat = np.column_stack([X, np.full(3000, 3.0)])
    weights = np.where(np.arange(3000) < 800, 0.0, WEIGHTS)  # none of the first piece counts
    pieces = tepui.Chunks(lambda first, count: flat[first : first + count], 3000, 5)
    here, there = (tepui.Problem(x, Y, standardize=True, sample_weight=weights) for x in (pieces, flat))
    assert len(list(pieces.pieces())) == 6
    assert np.allclose(here.x_scaling.mean, there.x_scaling.mean, rtol=1e-15)
    assert np.allclose(here.x_scaling.scale, there.x_scaling.scale, rtol=1e-14)
    assert here.x_scaling.scale[4] == 1.0


def test_classes_and_several_outputs():
    labels = np.digitize(Y, [-0.3, 0.5])
    here, there = (tepui.Problem(x, labels, loss="softmax", output_bias=True) for x in (CHUNKS, X))
    theta = RNG.normal(size=2 * 5 + 2 * 3 + 3)
    assert here.outputs == 3 and here.loss(theta) == there.loss(theta)
    targets = np.column_stack([np.abs(Y), Y])
    here, there = (tepui.Problem(x, targets, "relu", bias=False) for x in (CHUNKS, X))
    net = tepui.Network(RNG.normal(size=(2, 4)), RNG.normal(size=(2, 2)), "relu")
    assert here.classify(net).report == there.classify(net).report


def test_what_the_function_raises_comes_through():
    class Lost(Exception):
        pass

    broken = []

    def failing(first, count):
        if broken:
            raise Lost(f"samples {first} to {first + count}")
        return X[first : first + count]

    p = tepui.Problem(tepui.Chunks(failing, 3000, 4), Y)
    theta = np.ones(12)
    value = p.loss(theta)
    broken.append(True)
    with pytest.raises(tepui.CallbackError) as error:
        p.loss(theta)
    assert isinstance(error.value.__cause__, Lost)
    broken.clear()
    assert p.loss(theta) == value


def test_what_is_refused():
    with pytest.raises(tepui.InvalidArgument, match="samples = 0"):
        tepui.Chunks(read, 0, 4)
    with pytest.raises(tepui.CallbackError) as error:
        tepui.Problem(tepui.Chunks(read, 3000, 3), Y)
    assert "shape" in str(error.value.__cause__)
    with pytest.raises(tepui.InvalidArgument, match="y: has shape"):
        tepui.Problem(CHUNKS, Y[:-1])
    hole = np.where(np.arange(3000)[:, np.newaxis] == 1234, np.nan, X)
    with pytest.raises(tepui.NotFinite, match="1234"):
        tepui.Problem(tepui.Chunks(lambda first, count: hole[first : first + count], 3000, 4), Y)


def test_copies_by_pickle():
    p = tepui.Problem(CHUNKS, Y, standardize=True)
    theta = np.ones(12)
    assert pickle.loads(pickle.dumps(p)).loss(theta) == p.loss(theta)


def test_memory_does_not_grow():
    """300,000 samples of 40 columns are 96 MB."""
    script = """
import resource, numpy as np, tepui
n = 300_000
y = np.zeros(n)
def read(first, count):
    return np.linspace(-1.0, 1.0, 40 * count).reshape(count, 40) * (1.0 + first / n)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
p = tepui.Problem(tepui.Chunks(read, n, 40), y, standardize=True)
p.loss_and_gradient(np.full(42 * 3, 0.01))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 60_000, done.stdout  # kB
