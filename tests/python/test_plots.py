"""Pictures and frames: that they show the numbers they are of."""

import numpy as np
import pytest
import tepui

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402
from tepui import plots  # noqa: E402


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_plateau_of_two_daughters(diabetes_fits):
    plateau = diabetes_fits[0].plateau(0)
    ax = plateau.plot()
    assert words(ax)[:3] == ["saddle\nMorse index 2", "local minimum\nMorse index 0", "saddle\nMorse index 2"]
    lines = [line.get_xydata() for line in ax.lines if len(line.get_xydata()) > 2]
    shown = np.concatenate(lines)
    assert len(shown) == len(plateau.gammas) - 2  # all but the boundary, which is marked by itself
    assert (shown[(shown[:, 0] > 0) & (shown[:, 0] < 1), 1] == 0).all() and (shown[shown[:, 0] > 1, 1] < 0).all()
    best = plateau.splits[-1].escape().measured
    assert shown[-1] == pytest.approx([plateau.gammas[-1, 0], best])
    assert ax.get_ylim()[0] < plots.falls(plateau).min()
    other = plt.subplots()[1]
    assert plateau.plot(ax=other, ways=False) is other and not other.get_ylabel()


def test_plateau_of_three_daughters(diabetes_fits):
    plateau = diabetes_fits[0].plateau(0, daughters=3, steps=6)
    ax = plateau.plot()
    shown = {marks.get_label(): len(marks.get_offsets()) for marks in ax.collections}
    assert shown == {name.replace("_", " "): (plateau.verdicts == name).sum() for name in ("saddle", "local_minimum")}
    # A split with shares 1/3 is in the middle of the triangle, and a minimum.
    minima = next(marks for marks in ax.collections if marks.get_label() == "local minimum").get_offsets()
    assert np.allclose(minima.mean(axis=0), [0.5, np.sqrt(0.75) / 3])
    assert sum("= 0" in text for text in words(ax)) == 3


def test_critical_set(diabetes_fits):
    wide = diabetes_fits[0].critical_set(4, samples=3)
    ax = wide.plot()
    assert len(wide.branches) == 3 and ax.get_title() == "Critical set in width 4 of a function of 2 neurons"
    boxes = [text for text in words(ax) if "dimension" in text]
    for branch, text in zip(wide.branches, boxes):
        assert f"dimension {branch.dimension}" in text and branch.content.replace("_", " ") in text
    marks = [line for line in ax.lines if line.get_marker() in "o^s"]
    assert len(marks) == sum(len(branch.samples) for branch in wide.branches)
    places = np.array([mark.get_xdata()[0] for mark in marks])
    assert len(set(places)) == len(places) and (abs(places - np.round(places)) < 0.36).all()


@pytest.mark.parametrize(
    ("targets", "width", "kinds"),
    [
        (np.sign, 1, {"saturated"}),
        (lambda x: x + 0.05 * x**2, 1, {"linear"}),
        (lambda x: np.sin(x) + 0.3 * np.cos(5 * x), 2, {"saturated", "neuron", "channel", "cubic"}),
    ],
)
def test_ends_at_finite_weights(targets, width, kinds):
    x = np.linspace(-1.9, 1.9, 20)
    p = tepui.Problem(x, targets(x))
    found = set()
    for end in p.solve(width=width, starts=6).ends:
        kind = {unit["kind"] for unit in end.units}
        found |= kind
        if kind <= {"saturated", "linear", "channel", "neuron"}:
            above = [p.loss(end.network(one)) - end.loss for one in (1e-2, 1e-3, 1e-4)]
            assert abs(above[-1]) < 1e-4 * max(end.loss, 1e-3) and abs(above[-1]) <= abs(above[0])
            if end.verdict == "minimum":
                assert above[-1] > -1e-12
            ax = end.plot()
            assert ax.get_xscale() == ax.get_yscale() == "log" and end.verdict in ax.get_title()
        else:
            with pytest.raises(tepui.Unsupported, match="cubic unit of tanh"):
                end.plot()
    assert found == kinds
    with pytest.raises(tepui.InvalidArgument, match="epsilon = 0"):
        end.network(0.0)


def test_ends_whose_report_lacks_output_biases():
    x = np.linspace(-1.9, 1.9, 20)
    end = tepui.Problem(x, np.sign(x), output_bias=True).solve(width=1, starts=3).ends[0]
    if end.report.get("b") is None:
        with pytest.raises(tepui.Unsupported, match="output biases"):
            end.plot()


def test_ends_of_separated_classes():
    x = np.linspace(-1.9, 1.9, 20)
    end = tepui.Problem(x, (x > 0.1).astype(float), loss="logistic").solve(width=1, starts=3).ends[0]
    with pytest.raises(tepui.Unsupported, match="told apart"):
        end.plot()


def test_trace():
    x = np.linspace(-2, 2, 30)
    run = tepui.Problem(x, np.sin(x), "relu").trace(width=3, steps=20000)
    ax = run.plot()
    assert np.array_equal(ax.lines[0].get_xydata(), np.column_stack([run.time, run.loss]))
    assert len(ax.patches) == len(run.plateaus) >= 2


def test_frame(diabetes_fits):
    pytest.importorskip("pandas")
    frame = diabetes_fits.to_frame()
    assert list(frame.columns) == ["loss", "starts", "verdict", "rule", "morse_index", "nullity", "plateaus"]
    assert len(frame) == len(diabetes_fits) and np.array_equal(frame["loss"], diabetes_fits.losses)
    assert (frame["verdict"] == "local_minimum").all() and frame["plateaus"][0][0] == "local_minima_and_saddles"


def test_frames_of_results(diabetes_fits):
    pytest.importorskip("pandas")
    v = diabetes_fits[0].classify()
    neurons = v.to_frame()
    assert list(neurons["plateau"]) == [one.plateau for one in v.neurons] and neurons.index.name == "neuron"
    plateau = v.plateau(0, daughters=3, steps=3)
    splits = plateau.to_frame()
    assert np.array_equal(splits[["gamma_1", "gamma_2", "gamma_3"]], plateau.gammas)
    assert (splits["verdict"] == plateau.verdicts).all()
    wide = diabetes_fits[0].critical_set(3, samples=2)
    samples = wide.to_frame()
    assert samples.loc[(1, 0), "fall"] == wide.branches[1].samples[0]["fall"]
    assert len(samples) == sum(len(branch.samples) for branch in wide.branches)
    x = np.linspace(-2, 2, 30)
    run = tepui.Problem(x, np.sin(x), "relu").trace(width=3, steps=20000)
    points = run.to_frame()
    for number, one in enumerate(run.plateaus):
        on = points[points["plateau"] == number]
        assert len(on) and on["time"].between(one["begin"], one["end"]).all()
    assert (points["plateau"] == -1).any()


def test_frames_are_data(diabetes_fits):
    pandas = pytest.importorskip("pandas")
    x = np.linspace(-2, 2, 30)
    frame = pandas.DataFrame({"a": x, "b": x**2, "y": np.sin(x)})
    theta = np.linspace(0.1, 0.8, 8)
    p, same = tepui.Problem(frame[["a", "b"]], frame["y"]), tepui.Problem(np.column_stack([x, x**2]), np.sin(x))
    assert p.loss(theta) == same.loss(theta)
