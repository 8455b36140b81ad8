"""Arrays in: without a copy where the library can read them, and refused with a sentence where they are none."""

import numpy as np
import pytest
import tepui

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(60, 5))
Y = RNG.normal(size=60)
NET = tepui.Network(RNG.normal(size=(2, 4)), RNG.normal(size=2))


def reads_in_place(problem, array):
    """The loss follows a change of the array."""
    before, there = problem.loss(NET), array[0, 0].copy()
    array[0, 0] += 1.0
    after = problem.loss(NET)
    array[0, 0] = there
    return before != after


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_no_copies(dtype, tmp_path):
    x = np.ascontiguousarray(TABLE[:, :3], dtype=dtype)
    table = np.ascontiguousarray(TABLE, dtype=dtype)
    mapped = np.memmap(tmp_path / "x.bin", dtype, "w+", shape=x.shape)
    mapped[:] = x
    expected = tepui.Problem(x.astype(np.float64), Y).loss(NET)
    for array, given in ((x, x), (table, table[:, :3]), (mapped, mapped), (table, table[::1, :3])):
        p = tepui.Problem(given, Y)
        assert np.shares_memory(p.X, array) and reads_in_place(p, array)
        assert p.loss(NET) == expected
    every_other = tepui.Problem(table[::2, :3], Y[::2])
    assert np.shares_memory(every_other.X, table)
    assert every_other.loss(NET) == tepui.Problem(x[::2].copy(), Y[::2]).loss(NET)


def test_others_are_copied_once():
    x = TABLE[:, :3].copy()
    expected = tepui.Problem(x, Y).loss(NET)
    for given in (np.asfortranarray(x), x[:, ::-1][:, ::-1].astype(">f8"), x.tolist(), x[::-1][::-1].astype(object)):
        assert tepui.Problem(given, Y).loss(NET) == expected
    assert tepui.Problem(x[::-1], Y[::-1]).loss(NET) == pytest.approx(expected, rel=1e-14)
    counts = np.arange(180).reshape(60, 3)
    assert tepui.Problem(counts, Y).loss(NET) == tepui.Problem(counts.astype(float), Y).loss(NET)


class Exchanged:
    """Of another library, by DLPack alone."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self, **options):
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


class Converted:
    """Of another library, by __array__ alone."""

    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return self.array


@pytest.mark.parametrize("kind", [Exchanged, Converted])
def test_other_libraries(kind):
    x = TABLE[:, :3].copy()
    p = tepui.Problem(kind(x), kind(Y.copy()))
    assert np.shares_memory(p.X, x) and p.loss(NET) == tepui.Problem(x, Y).loss(NET)


def test_standardize_is_of_a_copy():
    x = TABLE[:, :3].copy()
    x[:, 2] = 7.0
    kept = x.copy()
    p = tepui.Problem(x, Y, standardize=True, sample_weight=np.arange(60.0))
    assert np.array_equal(x, kept)
    weights = np.arange(60.0) / np.arange(60.0).sum()
    assert np.allclose(weights @ p.X, 0.0, atol=1e-14) and np.allclose(weights @ p.X[:, :2] ** 2, 1.0)
    assert np.array_equal(p.X[:, 2], np.zeros(60)) and p.x_scaling.scale[2] == 1.0
    assert np.allclose(p.X[:, 0] * p.x_scaling.scale[0] + p.x_scaling.mean[0], x[:, 0])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"X": TABLE.astype(complex)}, "X: real numbers are expected"),
        ({"X": np.array([["a", "b"]] * 60)}, "X: real numbers are expected"),
        ({"X": np.zeros((0, 3))}, r"X: has shape \(0, 3\)"),
        ({"y": Y[:-1]}, r"y: has shape \(59,\)"),
        ({"y": np.where(np.arange(60) == 7, np.nan, Y)}, r"y\[7\] is nan"),
        ({"sample_weight": -Y}, "sample_weight: values of at least 0"),
        ({"loss": "hinge"}, "loss = 'hinge'"),
        ({"loss": "logistic", "y": np.arange(60)}, "60 different labels"),
        ({"loss": "softmax", "y": np.zeros(60)}, "one class alone"),
        ({"loss": "poisson", "y": -np.ones(60)}, "y"),
        ({"activation": "swish"}, "swish"),
        ({"weight_decay": -1.0}, "weight_decay = -1.0"),
        ({"weight_decay": {"biases": 1.0}}, "hidden_biases"),
        ({"weight_decay": "keras:1"}, "nnet:DECAY"),
        ({"reduction": "median"}, "reduction = 'median'"),
    ],
)
def test_refusals(change, sentence):
    with pytest.raises(tepui.InvalidArgument, match=sentence) as error:
        tepui.Problem(**{"X": TABLE[:, :3].copy(), "y": Y, **change})
    assert isinstance(error.value, ValueError) and isinstance(error.value, tepui.TepuiError)


def test_values_that_are_not_finite_are_named():
    x = TABLE[:, :3].copy()
    x[4, 1] = np.inf
    with pytest.raises(tepui.NotFinite, match=r"x\[.*inf") as error:
        tepui.Problem(x, Y)
    assert error.value.status == "TEPUI_ERROR_NOT_FINITE"


def test_networks_that_do_not_fit():
    p = tepui.Problem(TABLE[:, :3].copy(), Y)
    for net, sentence in (
        (tepui.Network(NET.W[:, :3], NET.a), "bias weights is missing"),
        (tepui.Network(NET.W.T[:, [0, 1, 0, 1, 0]][:4], NET.W[0]), "W: has 5 columns"),
        (tepui.Network(NET.W, NET.a, b=[0.5]), "output biases"),
        (tepui.Network(NET.W, NET.a, "gelu"), "activation: the network has gelu"),
        (tepui.Network(NET.W, np.ones((2, 3))), "outputs: 3"),
        ("weights", "a tepui.Network"),
    ):
        with pytest.raises(tepui.InvalidArgument, match=sentence):
            p.classify(net)
    with pytest.raises(tepui.InvalidArgument, match="no width has so many"):
        p.loss(np.zeros(7))
    with pytest.raises(tepui.InvalidArgument, match="sum 1"):
        NET.split(0, [0.5, 0.6])
    with pytest.raises(tepui.InvalidArgument, match="2 neurons"):
        NET.split(2, [0.5, 0.5])
    with pytest.raises(tepui.NotFinite, match=r"W\[0, 1\]"):
        tepui.Network([[1.0, np.nan]], [1.0])


def test_networks_keep_their_own_numbers(tmp_path):
    W = NET.W.copy()
    net = tepui.Network(W, NET.a, b=[0.5])
    W[0, 0] = 99.0
    assert net.W[0, 0] == NET.W[0, 0]
    net.save(tmp_path / "net.npz")
    again = tepui.Network.load(tmp_path / "net.npz")
    assert np.array_equal(again.parameters, net.parameters) and again.b.tolist() == [0.5] and again.C is None
