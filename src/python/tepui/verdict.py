"""What a point is, and what splitting each of its neurons does."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from ._arrays import Floats
from ._judges import Judge, coefficients, judge
from ._progress import Progress
from .errors import InvalidArgument, NotStationary, TepuiError
from .escape import Escape
from .network import Network
from .neuron import Neuron
from .polish import polished
from .spectrum import Spectrum
from .splits import SplitVerdict

if TYPE_CHECKING:
    from .certificate import Certificate
    from .critical_set import CriticalSet
    from .plateau import Plateau
    from .problem import Problem


class Verdict:
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

    def __init__(self, problem: Problem, network: Network, *, polish: bool = False, progress: Progress = None) -> None:
        self.problem = problem
        self.polish: dict[str, Any] | None = None
        if polish:
            network, self.polish = polished(problem, network, progress)
        self.network = network
        self._judges: dict[bool, Judge] = {False: judge(problem, network, progress=progress)}
        self.report: dict[str, Any] = self._judge().report

    def __getstate__(self) -> dict[str, Any]:
        """Without what belongs to the library: it is judged again where that is asked for."""
        kept = {"problem", "polish", "network", "report"}
        return {name: value for name, value in self.__dict__.items() if name in kept} | {"_judges": {}}

    def _judge(self, ways: bool = False) -> Judge:
        if ways not in self._judges:
            self._judges[ways] = judge(self.problem, self.network, ways)
        return self._judges[ways]

    @property
    def verdict(self) -> str:
        return str(self.report["verdict"])

    @property
    def rule(self) -> str:
        return str(self.report["rule"])

    @property
    def why(self) -> str:
        return str(self.report["reason"])

    @property
    def loss(self) -> float:
        return float(self.report["loss"])

    @property
    def is_stationary(self) -> bool:
        return self.verdict != "not_stationary"

    @property
    def is_minimum(self) -> bool:
        return self.verdict == "local_minimum"

    @property
    def is_saddle(self) -> bool:
        return self.verdict == "saddle"

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

    @property
    def narrow(self) -> Network:
        """The network of distinct neurons that `hessian` and neurons are about: the given one where these are all
        distinct."""
        return self._judge().narrow

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

    def _distinct(self) -> list[int | None]:
        """Of each given neuron the distinct one that it is, None: it adds nothing."""
        if self.report.get("neurons_of") != "reduced_network":
            return list(range(self.network.width))
        found: list[int | None] = [None] * self.network.width
        for number, group in enumerate(self.report["whole"]["groups"]):
            if group.get("kind", "parent") == "parent":
                for member in group["neurons"]:
                    found[member] = number
        return found

    def _split_of(self, neuron: int, gammas: npt.ArrayLike) -> tuple[int, Floats]:
        if not self.is_stationary:
            raise NotStationary(f"splits are judged of stationary points: {self.why}")
        distinct = self._distinct()[self.network._neuron(neuron)]
        if distinct is None:
            raise InvalidArgument(f"neuron = {neuron}: it adds nothing to the outputs; no other neuron splits into it")
        return distinct, coefficients(gammas)

    def split(self, neuron: int, gammas: npt.ArrayLike) -> SplitVerdict:
        """The verdict on splitting one neuron.

        Parameters
        ----------
        neuron : int
            Of the network, from 0; daughters of one neuron are taken for that neuron.
        gammas : array_like (r,)
            Splitting coefficients, r >= 2, of sum 1.

        Raises
        ------
        NotStationary, InvalidArgument, Unsupported
            The point is not stationary; a neuron that is not there or adds nothing, coefficients; weight decay.
        """
        return self._judge().split(*self._split_of(neuron, gammas))

    def splits(self, splits: Sequence[tuple[int, npt.ArrayLike]]) -> list[SplitVerdict]:
        """The verdicts on many splits (neuron, gammas), each alone."""
        asked = [self._split_of(*split) for split in splits]
        return self._judge().splits(asked) if asked else []

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
            A build without MPFR; a model that certificates are not for; more than 512 parameters.
        """
        from .certificate import Certificate

        return Certificate(self._judge())

    def plateau(self, neuron: int, daughters: int = 2, steps: int | None = None) -> Plateau:
        """The verdicts on all splits of one neuron into two or three, on a lattice; see `Plateau`."""
        from .plateau import Plateau

        return Plateau(self, neuron, daughters, steps)

    def critical_set(self, width: int, samples: int = 8, *, seed: int = 1, progress: Progress = None) -> CriticalSet:
        """Everything in a wider network that computes the same; see `CriticalSet`."""
        from .critical_set import critical_set

        options = dataclasses.replace(self.problem.options, seed=seed, ways_down="all")
        return critical_set(self.problem, self.network, width, samples, options, progress)

    def to_frame(self) -> Any:
        """Its neurons as a pandas DataFrame, a row each.

        Raises
        ------
        ImportError
            pandas is not installed.
        """
        from . import frames

        return frames.of_verdict(self)

    def __repr__(self) -> str:
        index = "" if self.morse_index is None else f", Morse index {self.morse_index}"
        return f"<tepui.Verdict: {self.verdict} ({self.rule}){index}, loss {self.loss:.9g}>"
