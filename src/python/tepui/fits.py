"""What a search found: stationary points, ends at infinity, and how each start ended."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np

from . import plots
from ._arrays import Floats
from ._context import caller
from ._library import library
from ._model import Model
from ._optional import optional
from ._progress import Progress
from .critical_set import CriticalSet
from .ends import network_towards
from .network import Network, network_from
from .options import Options
from .plateau import Plateau
from .verdict import Verdict

COLUMNS = ["point", "loss", "starts", "verdict", "rule", "morse_index", "nullity", "plateaus"]


@dataclasses.dataclass(eq=False)
class Fit:
    """A stationary point that a search found.

    Attributes
    ----------
    network : Network
    loss : float
    starts : int
        How many starts ended there.
    """

    problem: Model = dataclasses.field(repr=False)
    network: Network = dataclasses.field(repr=False)
    loss: float
    starts: int

    def classify(self) -> Verdict:
        """Its verdict, computed once."""
        return self._verdict

    @functools.cached_property
    def _verdict(self) -> Verdict:
        return Verdict(self.problem, self.network)

    @property
    def verdict(self) -> str:
        return self._verdict.verdict

    def plateau(self, neuron: int, daughters: int = 2, steps: int | None = None) -> Plateau:
        """The verdicts on all splits of one neuron; see `Plateau`."""
        return self._verdict.plateau(neuron, daughters, steps)

    def critical_set(self, width: int, samples: int = 8, *, seed: int = 1, progress: Progress = None) -> CriticalSet:
        """Everything in a wider network that computes the same; see `CriticalSet`."""
        return self._verdict.critical_set(width, samples, seed=seed, progress=progress)


class End:
    """An end at infinity: what the network becomes in the limit as its weights grow without bound.

    Attributes
    ----------
    verdict, rule, why : str
        "minimum", "saddle" or "undetermined"; what decided.
    loss : float
        Of the limit.
    starts : int
    units : list of dict
        What the limit is the sum of (``src/docs/INFINITY.md``).
    way : Network or None
        At finite weights, with a smaller loss: of a saddle.
    report : dict
    """

    def __init__(self, problem: Model, report: dict[str, Any], like: Network) -> None:
        self.problem, self.report, self._like = problem, report, like
        self.verdict: str = report["verdict"]
        self.rule: str = report["rule"]
        self.why: str = report["reason"]
        self.loss: float = report["loss"]
        self.starts: int = report["starts"]
        self.units: list[dict[str, Any]] = report["units"]
        way = report["way"]
        self.way = None if way is None else _network_of(way, like)

    def network(self, epsilon: float) -> Network:
        """At finite weights, on the way there: what runs off at 1 / epsilon, the rest as in the limit.

        Raises
        ------
        InvalidArgument, Unsupported
            epsilon is not positive; cubic, quadratic and exponential units and pairs, linear units of an activation
            with sigma(0) != 0.
        """
        return network_towards(self.report, self._like, float(epsilon))

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draws the loss against 1 / epsilon with matplotlib, where that is installed; gives the axes."""
        return plots.end(self, ax=ax, **options)

    def __repr__(self) -> str:
        kinds = ", ".join(unit["kind"] for unit in self.units)
        return f"<tepui.End: {self.verdict} at infinity ({self.rule}), loss {self.loss:.6g}: {kinds}>"


def _network_of(part: dict[str, Any], like: Network) -> Network:
    """Out of W, a, b and C in a report."""
    b, C = part.get("b"), part.get("C")
    return Network(
        np.array(part["W"]),
        np.array(part["a"]),
        like.activation,
        None if b is None else np.array(b),
        None if C is None else np.array(C),
    )


class Fits(Sequence[Fit]):
    """The distinct points that a search found, by ascending loss; made by `Problem.solve`.

    Attributes
    ----------
    ends : list of End
        Ends at infinity.
    starts : list of dict
        How each start ended: outcome, reason, iterations, loss, ...
    report : dict
        All that the library says.

    Examples
    --------
    >>> import numpy as np, tepui
    >>> x = np.linspace(-2, 2, 50)
    >>> fits = tepui.Problem(x, np.sin(x), bias=False).solve(width=1, starts=4)
    >>> len(fits), round(fits[0].loss, 6), fits[0].verdict
    (1, 0.032219, 'local_minimum')
    >>> fits.records()[0]["starts"]
    4
    """

    def __init__(
        self, problem: Model, report: dict[str, Any], points: list[Network], ended: list[Network], width: int
    ) -> None:
        self.problem, self.report, self.width, self._ended = problem, report, width, ended
        told = report["points"]
        self._points = [Fit(problem, net, one["loss"], one["starts"]) for net, one in zip(points, told)]
        self.starts: list[dict[str, Any]] = report["starts"]
        self.ends = [End(problem, one, problem._like(width)) for one in report["ends"]]

    def __len__(self) -> int:
        return len(self._points)

    @overload
    def __getitem__(self, index: int) -> Fit: ...

    @overload
    def __getitem__(self, index: slice) -> list[Fit]: ...

    def __getitem__(self, index: int | slice) -> Fit | list[Fit]:
        if not self._points and not isinstance(index, slice):
            told = ", ".join(f"{count} {outcome}" for outcome, count in self.outcomes.items())
            raise IndexError(f"the search found no point at finite weights (starts: {told}); see .ends and .starts")
        return self._points[index]

    def __iter__(self) -> Iterator[Fit]:
        return iter(self._points)

    def start_network(self, index: int) -> Network:
        """Where a start ended, whatever its outcome."""
        return self._ended[index]

    @property
    def losses(self) -> Floats:
        return np.array([fit.loss for fit in self._points])

    @property
    def outcomes(self) -> dict[str, int]:
        """How many starts ended in which way."""
        found: dict[str, int] = {}
        for start in self.starts:
            found[start["outcome"]] = found.get(start["outcome"], 0) + 1
        return found

    def records(self) -> list[dict[str, Any]]:
        """A row a point, each judged: loss, starts, verdict, rule, Morse index, nullity, plateau of each neuron."""
        rows = []
        for number, fit in enumerate(self._points):
            v = fit.classify()
            rows.append(
                {
                    "point": number, "loss": fit.loss, "starts": fit.starts, "verdict": v.verdict, "rule": v.rule,
                    "morse_index": v.morse_index, "nullity": v.nullity, "plateaus": tuple(one.plateau for one in
                    v.neurons),
                }
            )  # fmt: skip
        return rows

    def to_frame(self) -> Any:
        """`records` as a pandas DataFrame.

        Raises
        ------
        ImportError
            pandas is not installed.
        """
        pandas = optional("pandas", "to_frame()")

        return pandas.DataFrame(self.records(), columns=COLUMNS).set_index("point")

    def __repr__(self) -> str:
        ended = ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in self.outcomes.items())
        return f"<tepui.Fits: {len(self)} points, {len(self.ends)} ends at infinity; starts: {ended}>"


def solve(problem: Model, width: int, options: Options, progress: Progress) -> Fits:
    call = caller(options)
    if problem.activation.is_relu_like and problem.plain:
        solution = call.make(
            "tepui_solve", "solution", problem._dataset, problem.activation.handle, width, progress=progress
        )
    else:
        solution = call.make(
            "tepui_solve_like", "solution", problem._dataset, problem._like(width)._handle(call), progress=progress
        )
    report = call.report("tepui_solution_report", solution)
    count = library.tepui_solution_points(solution.pointer)
    points = [network_from(library.tepui_solution_point(solution.pointer, i), problem.activation) for i in range(count)]
    ended = [
        network_from(library.tepui_solution_start_point(solution.pointer, i), problem.activation)
        for i in range(len(report["starts"]))
    ]
    return Fits(problem, report, points, ended, width)
