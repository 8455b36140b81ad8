"""What splitting one neuron does."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ._arrays import Floats, address
from ._judged_point import JudgedPoint
from .errors import InvalidArgument, TepuiError
from .escape import Escape
from .spectrum import Spectrum, on_kernel
from .splits import SplitVerdict


class Neuron:
    """A neuron of a judged network.

    Attributes
    ----------
    index : int
        Of the network, from 0.
    distinct : int or None
        Of `Verdict.narrow`; None: it adds nothing to the outputs, and what follows is empty.
    members : tuple of int
        All neurons of the network that are that one, with it.
    plateau : str
        "all_local_minima", "local_minima_and_saddles", "all_saddles", "undetermined" or "not_applicable".
    local_minima, saddles : str
        The splitting coefficients known to give either: "gamma_plus" (all gamma_j > 0), "off_gamma_plus", ...
    rule, why : str
        What decided about its splits.
    definiteness : str
        Of its inner Hessian.
    report : dict
        All that the library says.
    """

    def __init__(self, verdict: JudgedPoint, index: int, distinct: int | None) -> None:
        self._verdict, self.index, self.distinct = verdict, index, distinct
        self.report: dict[str, Any] = {} if distinct is None else verdict.report["neurons"][distinct]

    @property
    def members(self) -> tuple[int, ...]:
        same = self._verdict._distinct()
        return (
            tuple(i for i, one in enumerate(same) if one == self.distinct)
            if self.distinct is not None
            else (self.index,)
        )

    @property
    def plateau(self) -> str:
        return str(self.report.get("plateau", "not_applicable"))

    @property
    def local_minima(self) -> str:
        return str(self.report.get("local_minima", "none"))

    @property
    def saddles(self) -> str:
        return str(self.report.get("saddles", "none"))

    @property
    def rule(self) -> str:
        return str(self.report.get("rule", ""))

    @property
    def why(self) -> str:
        return str(self.report.get("reason", ""))

    @property
    def definiteness(self) -> str:
        return str(self.report.get("definiteness", ""))

    @functools.cached_property
    def inner_hessian(self) -> Spectrum | None:
        """H_i = sum_k (g_k . a_i) sigma''(w_i . x_k) x_k x_k^T, g_k = s_k r_k of the squared loss, on the kernel of
        Psi_i^T = sum_k sigma'(w_i . x_k) g_k x_k^T (of several outputs; of one that is everything); None where there is
        none (ReLU-like neurons). Directions that no sample sees add eigenvalues of zero."""
        report = self.report.get("inner_hessian")
        return None if report is None else Spectrum(report, self._matrix)

    def _matrix(self) -> Floats:
        judge = self._verdict._judge()
        d = judge.narrow.inputs
        matrix = np.empty((d, d))
        handle = judge.narrow._handle(judge.call)
        judge.call("tepui_inner_hessian", judge.problem._dataset, handle, self.distinct, address(matrix), d)
        if "slopes" not in self.report:
            return matrix
        slopes = np.empty((judge.narrow.width, d, judge.narrow.outputs))
        judge.call("tepui_output_slopes", judge.problem._dataset, handle, address(slopes))
        return on_kernel(matrix, slopes[self.distinct], self.report["slopes"])

    def split(self, gammas: Any) -> SplitVerdict:
        """See `Verdict.split`."""
        return self._verdict.split(self.index, gammas)

    def escape(self) -> Escape:
        """The best way down after splitting it in two, searched for when it is first asked for.

        Raises
        ------
        TepuiError
            None is known.
        """
        if self.distinct is None:
            raise InvalidArgument(f"neuron {self.index} adds nothing to the outputs")
        found = self._verdict._judge(ways=True).neuron_escape(self.distinct)
        if found is None:
            raise TepuiError(f"no way down from splits of neuron {self.index} is known: {self.plateau} ({self.rule})")
        return found

    def __repr__(self) -> str:
        return f"<tepui.Neuron {self.index}: {self.plateau} ({self.rule})>"
