"""Samples that need not fit in memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy.typing as npt

from . import _prototypes as types
from ._arrays import Floats, as_array, floats, whole
from ._callbacks import guarded, view
from ._scaling import Scaling

# Bytes of the pieces that the package reads for itself.
PIECE = 1 << 22


@dataclasses.dataclass(frozen=True)
class Chunks:
    """Samples that a function of the caller's reads piece by piece: takes the place of X in `Problem`.

    The library asks for each piece in every pass over the data and keeps none: memory does not grow with the samples
    but for targets and weights, which `Problem` holds. Results are those of the same numbers in memory, bit by bit.

    Parameters
    ----------
    read : callable
        ``read(first, count)``: the samples first, ..., first + count - 1 as array_like (count, columns), the same
        numbers every time. Called from threads of the library, never two at once, for any samples in any order. What
        it raises is the cause of the `CallbackError` with which the call ends.
    samples, columns : int
        n and d.

    Raises
    ------
    InvalidArgument
        Numbers below 1.

    Examples
    --------
    >>> import numpy as np, tepui
    >>> def read(first, count):
    ...     return np.linspace(-2, 2, 50)[first : first + count]
    >>> p = tepui.Problem(tepui.Chunks(read, 50, 1), np.sin(np.linspace(-2, 2, 50)), bias=False)
    >>> p.solve(width=1)[0].verdict
    'local_minimum'
    """

    read: Callable[[int, int], Any]
    samples: int
    columns: int
    scaling: Scaling | None = dataclasses.field(default=None, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        for name in ("samples", "columns"):
            whole(getattr(self, name), name, 1)

    def __len__(self) -> int:
        return self.samples

    @property
    def shape(self) -> tuple[int, int]:
        """(samples, columns)."""
        return self.samples, self.columns

    def piece(self, first: int, count: int) -> npt.NDArray[Any]:
        """Samples first, ..., first + count - 1 (count, columns), standardised where the problem is.

        Raises
        ------
        InvalidArgument
            The function gave another shape.
        """
        given = as_array(self.read(first, count), "read(first, count)")
        if given.ndim == 1 and self.columns == 1:
            given = given.reshape(-1, 1)
        values = floats(given, "read(first, count)", (count, self.columns))
        return values if self.scaling is None else self.scaling.of(values)

    def pieces(self) -> Iterator[npt.NDArray[Any]]:
        """All samples, from the first on."""
        most = max(1, PIECE // (8 * self.columns))
        for first in range(0, self.samples, most):
            yield self.piece(first, min(most, self.samples - first))


class Filler:
    """Chunks, with targets of one output and weights, as the library asks for them."""

    def __init__(self, chunks: Chunks, targets: Floats | None, weights: Floats | None) -> None:
        def fill(_user: object, first: int, count: int, x: int, y: int | None, s: int | None) -> None:
            view(x, count, chunks.columns)[:] = chunks.piece(first, count)
            for at, values in ((y, targets), (s, weights)):
                if at is not None:
                    view(at, count)[:] = 0.0 if values is None else values[first : first + count]

        self.entry = types.chunk_function(guarded(fill))
