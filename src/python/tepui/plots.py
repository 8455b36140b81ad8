"""The command's pictures by matplotlib, which is imported when one is drawn.

Each function draws on the axes given, or on new ones, and gives them back."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ._arrays import Floats
from ._model import Model
from ._optional import optional
from .errors import InvalidArgument, TepuiError
from .network import Network
from .neuron import Neuron
from .splits import SplitVerdict


class DrawnPlateau(Protocol):
    """What the pictures read of a plateau ..."""

    gammas: Floats
    morse_indices: Floats
    verdicts: npt.NDArray[np.str_]
    splits: list[SplitVerdict]
    neuron: Neuron


class DrawnBranch(Protocol):
    """... a branch of a critical set ..."""

    null_neurons: int
    dimension: int
    content: str
    samples: list[dict[str, Any]]
    report: dict[str, Any]


class DrawnSet(Protocol):
    """... a critical set ..."""

    width: int
    report: dict[str, Any]

    @property
    def branches(self) -> Sequence[DrawnBranch]: ...


class DrawnEnd(Protocol):
    """... an end at infinity ..."""

    verdict: str
    rule: str
    loss: float
    units: list[dict[str, Any]]
    problem: Model

    def network(self, epsilon: float) -> Network: ...


class DrawnTrace(Protocol):
    """... and a trace."""

    time: Floats
    loss: Floats
    plateaus: list[dict[str, Any]]
    ending: str


# As the command has them: name, line, tint, letters, hatching, marker.
STYLES = {
    "local_minimum": ("local minimum", "#0072B2", "#CFE6F5", "#004B75", None, "o"),
    "saddle": ("saddle", "#D55E00", "#FBE3D0", "#8A3C00", "//", "^"),
    "undetermined": ("undetermined", "#666666", "#EFEFEF", "#333333", "\\\\", "s"),
}


def style_of(verdict: str) -> tuple[str, str, str, str, str | None, str]:
    return STYLES.get(verdict, STYLES["undetermined"])


def _axes(ax: Any) -> Any:
    if ax is not None:
        return ax
    return optional("matplotlib.pyplot", "plot()").subplots(figsize=(7.6, 4.8), layout="constrained")[1]


def _line(plateau: DrawnPlateau) -> str:
    index = plateau.neuron.index
    return f"Splits of neuron {index}: {plateau.neuron.plateau.replace('_', ' ')} ({plateau.neuron.rule})"


def falls(plateau: DrawnPlateau) -> Floats:
    """Of each split the change of the loss along its best way down, 0 of minima; NaN where none is known."""
    found = np.zeros(len(plateau.splits))
    for at, split in enumerate(plateau.splits):
        if split.is_saddle:
            try:
                found[at] = split.escape().measured
            except TepuiError:
                found[at] = np.nan
        elif not split.is_minimum:
            found[at] = np.nan
    return found


def plateau(plateau: DrawnPlateau, ax: Any = None, ways: bool = True) -> Any:
    """Verdicts over the splitting coefficients of two or three daughters; of two with the change of the loss along
    the best way down of each split, unless ``ways`` is False (they take most of the time)."""
    ax = _axes(ax)
    if plateau.gammas.shape[1] == 3:
        return _triangle(plateau, ax)
    gamma = plateau.gammas[:, 0]
    change = falls(plateau) if ways else np.zeros(len(gamma))
    deepest = max(-np.nanmin(change, initial=0.0), np.finfo(float).tiny) if ways else 1.0
    named: set[str] = set()
    edge = 1e-12
    parts = (
        (gamma[0], 0.0, gamma < -edge),
        (0.0, 1.0, (gamma > edge) & (gamma < 1.0 - edge)),
        (1.0, gamma[-1], gamma > 1.0 + edge),
    )
    for low, high, inside in parts:
        verdicts = plateau.verdicts[inside]
        if len(verdicts) == 0:
            continue
        # One verdict on each open part; where several were met, no area says more than its points.
        common = verdicts[0] if (verdicts == verdicts[0]).all() else "undetermined"
        name, line, tint, letters, hatch, marker = style_of(common)
        ax.axvspan(
            low, high, facecolor=tint, edgecolor="#F0B48C" if hatch else "none", hatch=hatch, linewidth=0, zorder=0
        )
        label = name if common == verdicts[0] and common not in named else None
        named.add(common)
        ax.plot(gamma[inside], change[inside], color=line, marker=marker, markersize=3, label=label)
        indices = np.unique(plateau.morse_indices[inside])
        text = name + (f"\nMorse index {int(indices[0])}" if len(indices) == 1 and np.isfinite(indices[0]) else "")
        ax.text(0.5 * (low + high), 0.3 * deepest, text, ha="center", va="center", color=letters)
    for boundary in (0.0, 1.0):
        ax.axvline(boundary, color="black", linewidth=1.2)
        at = np.flatnonzero(abs(gamma - boundary) <= edge)
        for one in at:
            _, line, _, _, _, marker = style_of(plateau.verdicts[one])
            ax.plot(gamma[one], change[one], color=line, marker=marker, markersize=8)
    ax.set(xlim=(gamma[0], gamma[-1]), ylim=(-1.12 * deepest, 0.5 * deepest), title=_line(plateau))
    ax.set_xlabel(r"$\gamma_1$   ($\gamma_2 = 1 - \gamma_1$)")
    if ways:
        ax.set_ylabel("change of the loss L along the best way down, measured")
    else:
        ax.set_yticks([])
    return ax


def _triangle(plateau: DrawnPlateau, ax: Any) -> Any:
    """Three daughters: the plane of sum 1, with the lines on which one share is zero."""
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])
    at = plateau.gammas @ corners
    for verdict in dict.fromkeys(plateau.verdicts):
        name, line, _, _, _, marker = style_of(verdict)
        these = plateau.verdicts == verdict
        ax.scatter(*at[these].T, color=line, marker=marker, s=22, label=name, zorder=2)
    reach = 1.0 - plateau.gammas.min()
    for one in range(3):
        a, b = corners[(one + 1) % 3], corners[(one + 2) % 3]
        ends = np.array([a + (b - a) * (1.0 - reach), a + (b - a) * reach])
        ax.plot(*ends.T, color="black", linewidth=1.0, zorder=1)
        out = ends[1] + 0.06 * (b - a)
        ax.text(*out, rf"$\gamma_{one + 1} = 0$", ha="center", va="center", fontsize=9, bbox=_READABLE)
    ax.set_aspect("equal")
    ax.set_axis_off()
    ax.set_title(_line(plateau))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, -0.08), ncols=3, frameon=False)
    return ax


_OF_CONTENT = {
    "saddles": "saddle", "some_saddles": "saddle", "undetermined": "undetermined",
}  # fmt: skip


def critical_set(critical_set: DrawnSet, ax: Any = None) -> Any:
    """The branches as boxes at the height of their dimension, joined where they meet; the width of a box has its
    samples, as marks."""
    ax = _axes(ax)
    branches = critical_set.branches
    heights = [branch.dimension for branch in branches]
    half, high = 0.36, max(0.10 * (max(heights) - min(heights) + 2.0), 0.3)
    for branch in branches:
        _box(ax, branch, half, high, critical_set.report["narrow_width"])
    for before, branch in itertools.pairwise(branches):
        left, right = before.null_neurons + half, branch.null_neurons - half
        arrow = {"arrowstyle": "<->", "color": "#333333"}
        ax.annotate("", (right, branch.dimension), (left, before.dimension), arrowprops=arrow)
        meets = branch.report["meeting_dimension"]
        words = "meet" if meets is None else f"meet in\ndim. {meets}"
        middle = 0.5 * (before.dimension + branch.dimension) + 0.9 * high
        ax.text(branch.null_neurons - 0.5, middle, words, ha="center", va="bottom", fontsize=8, color="#333333")
    handles, labels = ax.get_legend_handles_labels()
    one_of_each = dict(zip(labels, handles))
    if one_of_each:
        ax.legend(
            one_of_each.values(), one_of_each.keys(), title="samples", loc="upper center", bbox_to_anchor=(0.5, -0.14),
            ncols=3, frameon=False,
        )  # fmt: skip
    margin = max(0.75, 2.2 * high)
    ax.set(xlim=(-0.5, len(branches) - 0.5), ylim=(min(heights) - margin, max(heights) + margin))
    ax.set(xlabel="l, number of null neurons", ylabel="dimension of the branch")
    ax.set_xticks(range(len(branches)))
    ax.yaxis.get_major_locator().set_params(integer=True)
    neurons = critical_set.report["narrow_width"]
    ax.set_title(f"Critical set in width {critical_set.width} of a function of {neurons} neuron{'s' * (neurons != 1)}")
    return ax


def _box(ax: Any, branch: DrawnBranch, half: float, high: float, narrow: int) -> None:
    from matplotlib.patches import Rectangle

    x, y = branch.null_neurons, branch.dimension
    leading = _OF_CONTENT.get(branch.content, "local_minimum")
    both = branch.content == "minima_and_saddles"
    parts = [(x - half, x if both else x + half, leading)] + ([(x, x + half, "saddle")] if both else [])
    for low, top, verdict in parts:
        _, _, tint, _, hatch, _ = style_of(verdict)
        ax.add_patch(
            Rectangle(
                (low, y - high), top - low, 2 * high, facecolor=tint, hatch=hatch, edgecolor="#F0B48C", linewidth=0
            )
        )
    line = style_of(leading)[1]
    ax.add_patch(Rectangle((x - half, y - high), 2 * half, 2 * high, fill=False, edgecolor=line, linewidth=1.6))
    words = rf"$C^{{{narrow},{x}}}$" + f"  dimension {y}\n{branch.content.replace('_', ' ')}"
    if branch.report["existence"] == "open":
        words += ", if any"
    digits = branch.report["pieces"]
    words += f"\n{digits if len(digits) <= 7 else f'{float(digits):.1e}'} piece{'s' * (digits != '1')}"
    ax.text(x, y + 0.25 * high, words, ha="center", va="center", fontsize=8, bbox=_READABLE)
    for at, sample in enumerate(branch.samples):
        name, colour, _, _, _, marker = style_of(sample["verdict"])
        place = x - half + 2 * half * (at + 0.5) / len(branch.samples)
        ax.plot(place, y - 0.82 * high, marker, color=colour, markersize=5, label=name)


_READABLE = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1.5}


def end(end: DrawnEnd, ax: Any = None, least: float = 1e-4) -> Any:
    """The loss above that of the limit against 1/epsilon, on the way there by ever larger weights."""
    if not 0.0 < least < 1.0:
        raise InvalidArgument(f"least = {least}: a number between 0 and 1 is expected")
    ax = _axes(ax)
    epsilon = np.geomspace(1.0, least, 60)
    above = np.array([end.problem.loss(end.network(one)) - end.loss for one in epsilon])
    floor = 1e-15 * max(end.loss, np.finfo(float).tiny)
    for sign, verdict, words in ((1.0, "local_minimum", "above"), (-1.0, "saddle", "below")):
        these = sign * above > floor
        if these.any():
            _, line, _, _, _, marker = style_of(verdict)
            ax.loglog(1.0 / epsilon[these], sign * above[these], marker, color=line, markersize=3, label=words)
    kinds = ", ".join(unit["kind"] for unit in end.units)
    ax.set(xlabel=r"$1/\epsilon$", ylabel="|loss - loss of the limit|")
    ax.set_title(f"Towards infinity ({kinds}): {end.verdict} ({end.rule}), limit loss {end.loss:.6g}")
    if ax.get_legend_handles_labels()[0]:
        ax.legend(title="than the limit", frameon=False)
    return ax


def trace(trace: DrawnTrace, ax: Any = None) -> Any:
    """The loss along a descent from small weights, its plateaus as bands."""
    ax = _axes(ax)
    ax.plot(trace.time, trace.loss, color="#333333", linewidth=1.4)
    labels: set[str] = set()
    for one in trace.plateaus:
        name, line, tint, _, _, _ = style_of(one["verdict"] or "undetermined")
        ax.axvspan(
            one["begin"], one["end"], facecolor=tint, edgecolor=line, linewidth=0.8, zorder=0,
            label=None if name in labels else name,
        )  # fmt: skip
        labels.add(name)
    ax.set(xlabel="time", ylabel="loss", title=f"Descent from small weights: {trace.ending.replace('_', ' ')}")
    if labels:
        ax.legend(title="plateaus", frameon=False)
    return ax
