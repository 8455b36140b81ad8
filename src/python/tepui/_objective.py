"""The loss and its derivatives at one parameter vector after the other."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ._arrays import Floats, address, floats
from ._library import Handle
from .errors import InvalidArgument

if TYPE_CHECKING:
    from .problem import Problem


class Objective:
    """Of networks with so many parameters. An objective of the library is used by one thread at a time: there is one
    for each thread that calls at once."""

    def __init__(self, problem: Problem, count: int) -> None:
        K, d = problem.outputs, problem.inputs
        fixed = (K if problem.output_bias else 0) + (K * d if problem.skip else 0)
        width, rest = divmod(count - fixed, d + K)
        if rest or width < 0:
            beyond = f" and {fixed} beyond the neurons" if fixed else ""
            raise InvalidArgument(
                f"theta: {count} parameters where each neuron has {d + K}{beyond}: no width has so many"
            )
        self.call, self.dataset, self.count = problem._call, problem._dataset, count
        self.like = problem._like(width)
        self._free: list[Handle] = []

    def _run(self, name: str, *arguments: Any) -> None:
        try:
            objective = self._free.pop()
        except IndexError:
            network = self.like._handle(self.call)
            objective = self.call.make(
                "tepui_objective_create", "objective", self.dataset, network, keep=(self.dataset, network)
            )
        try:
            self.call(f"tepui_objective_{name}", objective, *arguments)
        finally:
            self._free.append(objective)

    def loss(self, theta: Floats) -> float:
        value = ctypes.c_double()
        self._run("loss", address(theta), ctypes.byref(value))
        return value.value

    def loss_and_gradient(self, theta: Floats) -> tuple[float, Floats]:
        value, gradient = ctypes.c_double(), np.empty(self.count)
        self._run("gradient", address(theta), ctypes.byref(value), address(gradient))
        return value.value, gradient

    def hessian(self, theta: Floats) -> Floats:
        hessian = np.empty((self.count, self.count))
        self._run("hessian", address(theta), None, None, address(hessian), self.count)
        return hessian

    def hvp(self, theta: Floats, v: npt.ArrayLike) -> Floats:
        direction, product = floats(v, "v", (self.count,)), np.empty(self.count)
        self._run("hessian_vector", address(theta), address(direction), address(product))
        return product
