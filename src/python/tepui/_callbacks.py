"""Functions of the caller's, as the library calls them."""

from __future__ import annotations

import ctypes
import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ._arrays import Floats
from ._context import note_failure


def view(at: int, *shape: int) -> Floats:
    """Memory of the library as an array, for the time of the call."""
    return np.ctypeslib.as_array((ctypes.c_double * math.prod(shape)).from_address(at)).reshape(shape)


def guarded(fill: Callable[..., None]) -> Callable[..., int]:
    """0; or 1, and what ``fill`` raised becomes the cause of the error that the call ends with."""

    @functools.wraps(fill)
    def call(*arguments: Any) -> int:
        try:
            fill(*arguments)
            return 0
        except BaseException as failure:
            note_failure(failure)
            return 1

    return call
