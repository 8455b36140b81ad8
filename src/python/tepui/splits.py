"""Verdicts on splits of neurons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._arrays import Floats
from ._judged import Judged
from .errors import TepuiError
from .escape import Escape
from .network import Network


class SplitVerdict(Judged):
    """What splitting a neuron (or several at once) by given coefficients makes of the point.

    Attributes
    ----------
    neurons : tuple of int
        Those that were split, of the verdict's ``narrow`` network.
    gammas : tuple of array
        The coefficients of each.
    verdict, rule, why : str
        "local_minimum", "saddle", "undetermined" or, of ReLU-like networks, "not_stationary"; the theorem or
        test that decided, and a sentence about it.
    morse_index, nullity : int or None
        Negative and zero eigenvalues of the split network's Hessian, in closed form, where they are known.
    report : dict
        All that the library says.
    """

    def __init__(
        self,
        report: dict[str, Any],
        neurons: tuple[int, ...],
        gammas: tuple[Floats, ...],
        network: Callable[[], Network],
        escape: Callable[[], Escape | None],
    ) -> None:
        self.report, self.neurons, self.gammas = report, neurons, gammas
        self._network, self._escape = network, escape
        self._found: list[Escape | None] = []
        self.verdict: str = report["verdict"]
        self.rule: str = report["rule"]
        self.why: str = report.get("reason", "")
        index = report.get("index") or report.get("whole") or report
        self.morse_index: int | None = index.get("morse_index")
        self.nullity: int | None = index.get("nullity")

    @property
    def network(self) -> Network:
        """The split network: the narrow one with daughters in the place of each parent."""
        return self._network()

    def escape(self) -> Escape:
        """The best way down, searched for when it is first asked for.

        Raises
        ------
        TepuiError
            There is none: no saddle, or no way down was found.
        """
        if not self._found:
            self._found.append(self._escape())
        if self._found[0] is None:
            raise TepuiError(f"no way down from this split is known: {self.verdict} ({self.rule})")
        return self._found[0]

    def __repr__(self) -> str:
        index = "" if self.morse_index is None else f", Morse index {self.morse_index}"
        return f"<tepui.SplitVerdict: {self.verdict} ({self.rule}){index}>"
