"""A judged point of a network, with the verdicts on splits of its neurons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from ._arrays import Floats
from ._judged import Judged
from ._judges import Judge, coefficients, judge
from ._model import Model
from ._progress import Progress
from .errors import InvalidArgument, NotStationary
from .network import Network
from .polish import polished
from .splits import SplitVerdict


class JudgedPoint(Judged):
    """What neurons and plateaus are asked about; `Verdict` has the rest."""

    def __init__(self, problem: Model, network: Network, *, polish: bool = False, progress: Progress = None) -> None:
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
    def is_stationary(self) -> bool:
        return self.verdict != "not_stationary"

    @property
    def narrow(self) -> Network:
        """The network of distinct neurons that `hessian` and neurons are about: the given one where these are all
        distinct."""
        return self._judge().narrow

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
