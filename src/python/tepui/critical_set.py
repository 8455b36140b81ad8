"""Everything in a wider network that computes the same as a stationary point."""

from __future__ import annotations

import dataclasses
from typing import Any

from . import plots
from ._arrays import whole
from ._context import Caller, caller
from ._library import Handle, library
from ._model import Model
from ._optional import optional
from ._progress import Progress
from .errors import InvalidArgument
from .escape import Escape, escape_of
from .network import Network, network_from
from .options import Options


@dataclasses.dataclass
class Branch:
    """The part of a critical set with so many null neurons.

    Attributes
    ----------
    null_neurons, dimension : int
    content : str
        What it is known to consist of: "local_minima", "saddles", "minima_and_saddles", ...
    samples : list of dict
        The points drawn on it: verdict, rule, Morse index, ...
    report : dict
        All that the library says (``src/docs/REPORTS.md``, "Critical set").
    """

    null_neurons: int
    dimension: int
    content: str
    samples: list[dict[str, Any]] = dataclasses.field(repr=False)
    report: dict[str, Any] = dataclasses.field(repr=False)


class CriticalSet:
    """The critical set of a point's function in a wider network, by branches of l = 0, 1, ... null neurons.

    Attributes
    ----------
    branches : list of Branch
    minimal : Network
        The network of distinct neurons that it is about.
    width : int
    report : dict

    Examples
    --------
    >>> import numpy as np, tepui
    >>> x = np.linspace(-2, 2, 30)
    >>> fit = tepui.Problem(x, np.sin(x)).solve(width=1)[0]
    >>> wide = fit.critical_set(2, samples=1)
    >>> [branch.null_neurons for branch in wide.branches], wide.network(0, 0).width
    ([0, 1], 2)
    """

    def __init__(self, call: Caller, handle: Handle, problem: Model, width: int) -> None:
        self._call, self._handle, self.problem, self.width = call, handle, problem, width
        self.report = call.report("tepui_critical_set_report", handle)
        self.minimal = network_from(library.tepui_critical_set_minimal(handle.pointer), problem.activation)
        self.branches = [
            Branch(one["null_neurons"], one["dimension"], one["content"], one["samples"], one)
            for one in self.report["branches"]
        ]

    def network(self, branch: int, sample: int) -> Network:
        """The network of a sample.

        Raises
        ------
        InvalidArgument
            There is no such sample.
        """
        found = library.tepui_critical_set_network(self._handle.pointer, branch, sample)
        if not found:
            raise InvalidArgument(f"branch = {branch}, sample = {sample}: there is no such sample")
        return network_from(found, self.problem.activation)

    def escape(self, branch: int, sample: int) -> Escape | None:
        """The best way down from a sample; None where there is none."""
        witness = library.tepui_critical_set_witness(self._handle.pointer, branch, sample)
        return escape_of(self._call, witness, self._handle, self.problem.activation)

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draws it with matplotlib, where that is installed; gives the axes."""
        return plots.critical_set(self, ax=ax, **options)

    def to_frame(self) -> Any:
        """The samples as a pandas DataFrame, by branch and number.

        Raises
        ------
        ImportError
            pandas is not installed.
        """
        pandas = optional("pandas", "to_frame()")

        rows = [
            {
                "null_neurons": branch.null_neurons, "sample": number, "dimension": branch.dimension,
                "content": branch.content, "verdict": sample["verdict"], "rule": sample["rule"],
                "morse_index": sample["morse_index"], "fall": sample["fall"],
            }
            for branch in self.branches
            for number, sample in enumerate(branch.samples)
        ]  # fmt: skip
        names = ["null_neurons", "sample", "dimension", "content", "verdict", "rule", "morse_index", "fall"]
        return pandas.DataFrame(rows, columns=names).set_index(["null_neurons", "sample"])

    def __repr__(self) -> str:
        parts = "; ".join(f"{one.null_neurons} null: {one.content}, dimension {one.dimension}" for one in self.branches)
        return f"<tepui.CriticalSet in width {self.width}: {parts}>"


def critical_set(
    problem: Model, network: Network, width: int, samples: int, options: Options, progress: Progress
) -> CriticalSet:
    width, samples = whole(width, "width", 1), whole(samples, "samples", 0)
    call = caller(options)
    handle = call.make(
        "tepui_map_critical_set", "critical_set", problem._dataset, network._handle(call), width, samples,
        keep=(problem._dataset,), progress=progress,
    )  # fmt: skip
    return CriticalSet(call, handle, problem, width)
