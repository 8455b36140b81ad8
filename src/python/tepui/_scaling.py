"""Columns of mean 0 and standard deviation 1."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from ._arrays import Floats

Pieces = Callable[[], Iterator[npt.NDArray[Any]]]


@dataclasses.dataclass(frozen=True)
class Scaling:
    """(given - mean) / scale is what the network sees."""

    mean: Floats
    scale: Floats

    def of(self, values: npt.NDArray[Any]) -> Floats:
        return np.ascontiguousarray((values.astype(np.float64) - self.mean) / self.scale)


def scaling_of(pieces: Pieces, weights: Floats | None) -> Scaling:
    """Weighted mean and standard deviation of each column, as ``tepui --standardize`` has them; constant columns keep
    their scale. Two passes over all rows, which ``pieces`` gives from the first on: the second on centred values, so
    that a large mean costs no digits."""
    mean = _average(pieces, weights, lambda values: values.astype(np.longdouble))
    square = _average(pieces, weights, lambda values: (values - mean) * (values - mean))
    scale = np.sqrt(square).astype(np.float64)
    scale[_constant(pieces, weights)] = 1.0
    return Scaling(mean.astype(np.float64), scale)


def _average(pieces: Pieces, weights: Floats | None, of: Callable[[npt.NDArray[Any]], Any]) -> Any:
    first, total, mass = 0, np.longdouble(0.0), 0.0
    for piece in pieces():
        rows = slice(first, first + len(piece))
        values = of(piece)
        total = total + (values if weights is None else values * weights[rows, np.newaxis]).sum(axis=0)
        mass += float(len(piece) if weights is None else weights[rows].sum())
        first += len(piece)
    return total / mass


def _constant(pieces: Pieces, weights: Floats | None) -> npt.NDArray[np.bool_]:
    """Columns with one value alone in all rows that count."""
    first, value, same = 0, None, np.bool_(True)
    for piece in pieces():
        counts = piece if weights is None else piece[weights[first : first + len(piece)] > 0.0]
        first += len(piece)
        if len(counts) == 0:
            continue
        value = counts[:1].copy() if value is None else value
        same = same & (counts == value).all(axis=0)
    return np.asarray(same)
