"""The loss and its derivatives at one parameter vector after the other."""

from __future__ import annotations

import ctypes
import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from ._arrays import Floats, address, floats
from ._context import caller
from ._library import Handle
from .errors import InvalidArgument
from .network import Network
from .options import Options

# Terms of a pass (samples times parameters, or their squares) that one thread sums in half a millisecond. A call as
# short as that runs on one thread where nobody said how many: threads that are woken stay awake for a while, and would
# take cores from those of NumPy and others, whose turn is next. It is also over before anybody could hear of progress.
BRIEF = 1_000_000


def width_of(count: int, none: Network) -> int:
    """Of the network with so many parameters; none: the one of that kind without a neuron."""
    K, d, fixed = none.outputs, none.inputs, none.parameters.size
    width, rest = divmod(count - fixed, d + K)
    if rest or width < 0:
        beyond = f" and {fixed} beyond the neurons" if fixed else ""
        raise InvalidArgument(f"theta: {count} parameters where each neuron has {d + K}{beyond}: no width has so many")
    return width


class Objective:
    """Of networks with so many parameters. An objective of the library is used by one thread at a time: there is one
    for each thread that calls at once."""

    def __init__(self, dataset: Handle, samples: int, like: Network, options: Options) -> None:
        self.dataset, self.samples, self.like, self.count = dataset, samples, like, like.parameters.size
        self.call = self.brief_call = caller(options)
        if options.threads is None:
            self.brief_call = caller(dataclasses.replace(options, threads=1))
        self._free: list[Handle] = []

    def _run(self, name: str, order: int, *arguments: Any) -> None:
        """order: of the sums, 1 of vectors, 2 of matrices."""
        try:
            objective = self._free.pop()
        except IndexError:
            network = self.like._handle(self.call)
            objective = self.call.make(
                "tepui_objective_create", "objective", self.dataset, network, keep=(self.dataset, network), brief=True
            )
        try:
            brief = self.samples * self.count**order < BRIEF
            (self.brief_call if brief else self.call)(f"tepui_objective_{name}", objective, *arguments, brief=brief)
        finally:
            self._free.append(objective)

    def loss(self, theta: Floats) -> float:
        value = ctypes.c_double()
        self._run("loss", 1, address(theta), ctypes.byref(value))
        return value.value

    def loss_and_gradient(self, theta: Floats) -> tuple[float, Floats]:
        value, gradient = ctypes.c_double(), np.empty(self.count)
        self._run("gradient", 1, address(theta), ctypes.byref(value), address(gradient))
        return value.value, gradient

    def hessian(self, theta: Floats) -> Floats:
        hessian = np.empty((self.count, self.count))
        self._run("hessian", 2, address(theta), None, None, address(hessian), self.count)
        return hessian

    def hvp(self, theta: Floats, v: npt.ArrayLike) -> Floats:
        direction, product = floats(v, "v", (self.count,)), np.empty(self.count)
        self._run("hessian_vector", 1, address(theta), address(direction), address(product))
        return product
