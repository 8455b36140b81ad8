"""What is known of the eigenvalues of a symmetric matrix."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ._arrays import Floats, address
from ._context import caller
from .options import Options


class Inertia(NamedTuple):
    """Numbers of negative, zero and positive eigenvalues."""

    negative: int
    zero: int
    positive: int


def eigenvalues_of(matrix: Floats) -> Floats:
    """All eigenvalues (d,) of a symmetric matrix (d, d), ascending."""
    values = np.empty(len(matrix))
    if len(matrix):
        caller(Options())(
            "tepui_symmetric_eigen", 1, len(matrix), address(np.ascontiguousarray(matrix)), address(values), None
        )
    return values


def on_kernel(matrix: Floats, slopes: Floats, report: dict[str, Any]) -> Floats:
    """The matrix (d, d) on the kernel of the transposed slopes (d, K), as far as their rank is known."""
    rank = report["rank_bounds"][0]
    if rank == 0:
        return matrix
    basis = np.linalg.svd(slopes, full_matrices=True)[0][:, rank:]
    return np.ascontiguousarray(basis.T @ matrix @ basis)


class Spectrum:
    """The spectrum of a Hessian, or of the inner Hessian of a neuron.

    Attributes
    ----------
    inertia : Inertia or None
        Eigenvalues of the equilibrated matrix within ``tau`` of zero count as zero; None where the matrix was
        judged by products alone.
    lambda_min, lambda_max : float
    tau, margin : float
        The rounding error; the smallest eigenvalue that counts as non-zero, over ``tau``.
    report : dict
        All that the library says.
    """

    def __init__(self, report: dict[str, Any], matrix: Callable[[], Floats]) -> None:
        self.report = report
        inertia = report.get("inertia")
        self.inertia = None if inertia is None else Inertia(**inertia)
        self.lambda_min: float = report["lambda_min"]
        self.lambda_max: float = report["lambda_max"]
        self.tau: float = report["tau"]
        self.margin: float | None = report["margin"]
        self._matrix = matrix

    @functools.cached_property
    def matrix(self) -> Floats:
        """The matrix (d, d), formed when it is first asked for."""
        return self._matrix()

    @functools.cached_property
    def eigenvalues(self) -> Floats:
        """All eigenvalues (d,), ascending, computed when they are first asked for."""
        return eigenvalues_of(self.matrix)

    def __repr__(self) -> str:
        counts = "" if self.inertia is None else f" -/0/+ {'/'.join(map(str, self.inertia))}"
        return f"<tepui.Spectrum{counts}, {self.lambda_min:.4g} to {self.lambda_max:.4g}>"
