"""The verdicts on all splits of one neuron."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from . import plots
from ._arrays import Floats, whole
from ._judged_point import JudgedPoint
from ._optional import optional
from .errors import InvalidArgument
from .neuron import Neuron
from .splits import SplitVerdict

# A picture shows about as many.
STEPS = {2: 40, 3: 9}
TOGETHER = 512  # so that Ctrl-C need not wait for all


class Plateau:
    """The plateau of one neuron: the verdicts on its splits into two or three, on a lattice of splitting coefficients.

    Attributes
    ----------
    gammas : array (N, daughters)
        Every tuple of multiples of 1 / steps with sum 1 down to three quarters (two thirds, of three daughters)
        below 0.
    verdicts, rules : array (N,) of str
    morse_indices : array (N,)
        NaN where it is not known.
    neuron : Neuron
        Its type and regions (`Neuron.plateau`, `Neuron.local_minima`, `Neuron.saddles`).

    Raises
    ------
    InvalidArgument, NotStationary
        A neuron that is not there; a number of daughters other than 2 or 3; a point that is not stationary.
    """

    def __init__(self, verdict: JudgedPoint, neuron: Neuron, daughters: int = 2, steps: int | None = None) -> None:
        if daughters not in STEPS:
            raise InvalidArgument(f"daughters = {daughters}: 2 or 3 are expected")
        self.steps = STEPS[daughters] if steps is None else whole(steps, "steps", 1)
        self.point = verdict
        self.gammas = lattice(daughters, self.steps)
        splits: list[SplitVerdict] = []
        for first in range(0, len(self.gammas), TOGETHER):
            splits += verdict.splits([(neuron.index, gamma) for gamma in self.gammas[first : first + TOGETHER]])
        self.neuron = neuron
        self.splits = splits
        self.verdicts: npt.NDArray[np.str_] = np.array([one.verdict for one in splits])
        self.rules: npt.NDArray[np.str_] = np.array([one.rule for one in splits])
        self.morse_indices = np.array([np.nan if one.morse_index is None else one.morse_index for one in splits])

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draws it with matplotlib, where that is installed; gives the axes."""
        return plots.plateau(self, ax=ax, **options)

    def to_frame(self) -> Any:
        """The splits as a pandas DataFrame: coefficients, verdict, rule, Morse index.

        Raises
        ------
        ImportError
            pandas is not installed.
        """
        pandas = optional("pandas", "to_frame()")

        columns: dict[str, Any] = {f"gamma_{j + 1}": gamma for j, gamma in enumerate(self.gammas.T)}
        return pandas.DataFrame(
            columns | {"verdict": self.verdicts, "rule": self.rules, "morse_index": self.morse_indices}
        )

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {name}" for name, count in zip(*np.unique(self.verdicts, return_counts=True)))
        return f"<tepui.Plateau of neuron {self.neuron.index}: {self.neuron.plateau}; {counts}>"


def lattice(daughters: int, steps: int) -> Floats:
    """Coefficients (N, daughters) of sum 1, ascending, as ``tepui plateau`` takes them."""
    least = -(3 * steps // 4) if daughters == 2 else -(2 * steps // 3)
    most = steps - (daughters - 1) * least
    tuples: list[tuple[int, ...]]
    if daughters == 2:
        tuples = [(i, steps - i) for i in range(least, most + 1)]
    else:
        tuples = [(i, j, steps - i - j) for i in range(least, most + 1) for j in range(least, steps - least - i + 1)]
    return np.array(tuples, dtype=np.float64) / steps
