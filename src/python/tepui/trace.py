"""Saddle-to-saddle runs of ReLU-like networks."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from . import plots
from ._arrays import Floats
from ._context import caller
from ._library import Handle, library
from ._model import Model
from ._optional import optional
from ._progress import Progress
from .network import Network, network_from


class Trace:
    """A gradient flow from small weights, its plateaus, and the stationary point behind each; made by `Problem.trace`.

    Attributes
    ----------
    time, loss : array (T,)
        The recorded points.
    plateaus : list of dict
        Begin, end, the point behind it and its verdict (``src/docs/REPORTS.md``, "Trace").
    ending : str
    report : dict

    Examples
    --------
    >>> import numpy as np, tepui
    >>> x = np.linspace(-2, 2, 30)
    >>> run = tepui.Problem(x, np.sin(x), activation="relu").trace(width=3, steps=20000)
    >>> run.ending, run.network(-1).width
    ('at_rest', 3)
    """

    def __init__(self, problem: Model, handle: Handle, report: dict[str, Any]) -> None:
        self._problem, self._handle, self.report = problem, handle, report
        self.ending: str = report["ending"]
        self.time: Floats = np.array(report["curve"]["time"], dtype=np.float64)
        self.loss: Floats = np.array(report["curve"]["loss"], dtype=np.float64)
        self.plateaus: list[dict[str, Any]] = report["plateaus"]

    def network(self, index: int) -> Network:
        """At a recorded point; from the end where the index is negative."""
        return self._network(library.tepui_trace_point_network, range(len(self.time))[index])

    def plateau_network(self, index: int) -> Network:
        """The stationary point behind a plateau; neurons that wait at zero have w = 0, a = 0."""
        return self._network(library.tepui_trace_plateau_network, range(len(self.plateaus))[index])

    def _network(self, function: Any, index: int) -> Network:
        return network_from(function(self._handle.pointer, index), self._problem.activation)

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draws the loss and its plateaus with matplotlib, where that is installed; gives the axes."""
        return plots.trace(self, ax=ax, **options)

    def to_frame(self) -> Any:
        """The recorded points as a pandas DataFrame: time, loss, the number of the plateau they are on, from 0, or -1.

        Raises
        ------
        ImportError
            pandas is not installed.
        """
        pandas = optional("pandas", "to_frame()")

        plateau = np.full(len(self.time), -1)
        for number, one in enumerate(self.plateaus):
            plateau[(self.time >= one["begin"]) & (self.time <= one["end"])] = number
        return pandas.DataFrame({"time": self.time, "loss": self.loss, "plateau": plateau})

    def __repr__(self) -> str:
        return f"<tepui.Trace: {len(self.plateaus)} plateaus, {self.ending}>"


def trace(problem: Model, width: int, scale: float, steps: int, seed: int, progress: Progress) -> Trace:
    call = caller(dataclasses.replace(problem.options, seed=seed, ways_down="all"))
    handle = call.make(
        "tepui_trace_like",
        "trace",
        problem._dataset,
        problem._like(int(width))._handle(call),
        float(scale),
        int(steps),
        progress=progress,
    )
    return Trace(problem, handle, call.report("tepui_trace_report", handle))
