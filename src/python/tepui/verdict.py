"""What a point is, and what splitting each of its neurons does."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

import numpy.typing as npt

from ._judged_point import JudgedPoint
from ._optional import optional
from ._progress import Progress
from .certificate import Certificate
from .critical_set import CriticalSet, critical_set
from .errors import TepuiError
from .escape import Escape
from .neuron import Neuron
from .plateau import Plateau
from .spectrum import Spectrum
from .splits import SplitVerdict


class Verdict(JudgedPoint):
    """The verdict on a point of a problem; made by `Problem.classify`.

    Attributes
    ----------
    verdict, rule, why : str
        "local_minimum", "saddle", "undetermined", "not_stationary" or "indicated_minimum"; the theorem or test
        that decided, and a sentence about it.
    network : Network
        The point: the network as given, or where `polish` led.
    polish : dict or None
        How the stationary point nearby was looked for: outcome, reason, iterations, relative_distance_moved,
        accepted.
    loss : float
    report : dict
        All that the library says, with the names of ``src/docs/REPORTS.md``.

    Examples
    --------
    >>> import numpy as np, tepui
    >>> x = np.linspace(-2, 2, 50)
    >>> p = tepui.Problem(x, np.sin(x), bias=False)
    >>> v = p.solve(width=1)[0].classify()
    >>> v.is_minimum, v.rule
    (True, 'hessian_positive_definite')
    >>> v.neurons[0].inner_hessian.eigenvalues.round(4).tolist() == [round(v.neurons[0].inner_hessian.lambda_min, 4)]
    True
    """

    @property
    def loss(self) -> float:
        return float(self.report["loss"])

    @property
    def morse_index(self) -> int | None:
        """Negative eigenvalues of the network's Hessian; None where they are not known."""
        return self._index("morse_index", 0)

    @property
    def nullity(self) -> int | None:
        """Zero eigenvalues of the network's Hessian; None where they are not known."""
        return self._index("nullity", 1)

    def _index(self, name: str, at: int) -> int | None:
        whole = self.report.get("whole")
        if whole is not None:
            number: int | None = whole[name]
            return number
        inertia = (self.report.get("hessian") or {}).get("inertia")
        return None if inertia is None else int(inertia[("negative", "zero")[at]])

    @functools.cached_property
    def hessian(self) -> Spectrum | None:
        """The spectrum of the Hessian of `narrow`; None where it was not judged (ReLU-like networks, points that are
        not stationary)."""
        report = self.report.get("hessian")
        return None if report is None else Spectrum(report, lambda: self.problem.hessian(self.narrow))

    @functools.cached_property
    def neurons(self) -> list[Neuron]:
        """Of each neuron of the network what splitting it does; daughters of one neuron share what is said of that.
        Empty where the point is not stationary."""
        told = self.report.get("neurons") or []
        if not told:
            return []
        return [Neuron(self, i, distinct) for i, distinct in enumerate(self._distinct())]

    def split_together(self, splits: Mapping[int, npt.ArrayLike]) -> SplitVerdict:
        """The verdict on splitting several distinct neurons at once: {neuron: gammas}."""
        return self._judge().together([self._split_of(*split) for split in splits.items()])

    def escape(self) -> Escape:
        """The best way down from the point, searched for when it is first asked for.

        Raises
        ------
        TepuiError
            There is none: no saddle, or no way down was found.
        """
        found = self._judge().escape() or self._judge(ways=True).escape()
        if found is None:
            raise TepuiError(f"no way down from this point is known: {self.verdict} ({self.rule})")
        return found

    def certificate(self, progress: Progress = None) -> Certificate:
        """Tries to prove the verdict in ball arithmetic; see `Certificate`.

        Raises
        ------
        Unsupported
            A build without MPFR; a ReLU-like activation, one or a loss of your own; more than 512 parameters.
        """
        return Certificate(self._judge(), progress)

    def plateau(self, neuron: int, daughters: int = 2, steps: int | None = None) -> Plateau:
        """The verdicts on all splits of one neuron into two or three, on a lattice; see `Plateau`."""
        self._split_of(neuron, [0.5, 0.5])  # says why where there is none
        return Plateau(self, self.neurons[neuron], daughters, steps)

    def critical_set(self, width: int, samples: int = 8, *, seed: int = 1, progress: Progress = None) -> CriticalSet:
        """Everything in a wider network that computes the same; see `CriticalSet`."""
        options = dataclasses.replace(self.problem.options, seed=seed, ways_down="all")
        return critical_set(self.problem, self.network, width, samples, options, progress)

    def to_frame(self) -> Any:
        """Its neurons as a pandas DataFrame, a row each.

        Raises
        ------
        ImportError
            pandas is not installed.
        """
        pandas = optional("pandas", "to_frame()")

        names = ["plateau", "rule", "local_minima", "saddles", "definiteness"]
        rows = [{"neuron": one.index, **{name: getattr(one, name) for name in names}} for one in self.neurons]
        return pandas.DataFrame(rows, columns=["neuron", *names]).set_index("neuron")

    def __repr__(self) -> str:
        index = "" if self.morse_index is None else f", Morse index {self.morse_index}"
        return f"<tepui.Verdict: {self.verdict} ({self.rule}){index}, loss {self.loss:.9g}>"
