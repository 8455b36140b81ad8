"""Numbers and arrays in: whatever has __array__ or __dlpack__, without a copy where the library reads its memory."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import InvalidArgument, NotFinite

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def whole(given: Any, name: str, least: int) -> int:
    """A whole number of at least so much."""
    try:
        number = operator.index(given)
    except TypeError:
        number = least - 1
    if number < least:
        raise InvalidArgument(f"{name} = {given!r}: a whole number of at least {least} is expected")
    return number


def as_array(given: Any, name: str) -> npt.NDArray[Any]:
    """The array itself, or one that shares the memory of an object with __dlpack__ or __array__."""
    if isinstance(given, np.ndarray):
        return np.asarray(given)
    if hasattr(given, "__dlpack__"):
        try:
            return np.from_dlpack(given)
        except (BufferError, RuntimeError, TypeError, ValueError):
            pass  # on another device, or with gradients: __array__ may have an answer
    try:
        return np.asarray(given)
    except Exception as error:
        raise InvalidArgument(f"{name}: cannot be made an array: {error}") from error


def _numbers(given: Any, name: str) -> npt.NDArray[Any]:
    array = as_array(given, name)
    if array.dtype.kind not in "fiub":
        if array.dtype.kind == "O":
            try:
                return array.astype(np.float64)
            except (TypeError, ValueError):
                pass
        raise InvalidArgument(f"{name}: real numbers are expected where dtype is {array.dtype}")
    return array


def floats(given: Any, name: str, shape: tuple[int | None, ...] | None = None) -> Floats:
    """C-contiguous doubles; of the given shape, in which None is any length."""
    array = np.ascontiguousarray(_numbers(given, name), dtype=np.float64)
    if shape is not None:
        fits = array.ndim == len(shape) and all(want is None or want == have for want, have in zip(shape, array.shape))
        if not fits:
            expected = ", ".join("any" if one is None else str(one) for one in shape)
            raise InvalidArgument(
                f"{name}: has shape {array.shape} where ({expected}{',' if len(shape) == 1 else ''}) is expected"
            )
    return array


def finite(array: Floats, name: str) -> Floats:
    if not np.isfinite(array).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise NotFinite(f"{name}[{', '.join(map(str, at))}] is {array[at]}; every value must be finite")
    return array


def _readable(array: npt.NDArray[Any]) -> bool:
    """Doubles or floats in rows that lie one behind the other, contiguous in themselves."""
    if array.dtype not in (np.float64, np.float32) or not array.dtype.isnative or not array.flags.aligned:
        return False
    rows, columns = array.shape
    itemsize = array.dtype.itemsize
    row, column = array.strides
    if columns > 1 and column != itemsize:
        return False
    return rows == 1 or (row % itemsize == 0 and row >= columns * itemsize)


def table(given: Any, name: str) -> npt.NDArray[Any]:
    """A matrix of samples in double or single precision, as `leading_dimension` reads it. One column may be given
    as a vector; leading axes (batches, tokens) count as samples."""
    array = _numbers(given, name)
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if array.ndim > 2:
        array = array.reshape(-1, array.shape[-1])
    if array.ndim != 2 or 0 in array.shape:
        raise InvalidArgument(f"{name}: has shape {array.shape} where (samples, columns) is expected")
    if not _readable(array):
        single = array.dtype.kind == "f" and array.dtype.itemsize <= 4
        array = np.ascontiguousarray(array, dtype=np.float32 if single else np.float64)
    return array


def leading_dimension(array: npt.NDArray[Any]) -> int:
    """From the beginning of one row to that of the next."""
    return array.shape[1] if len(array) == 1 else array.strides[0] // array.dtype.itemsize


def address(array: npt.NDArray[Any] | None) -> int | None:
    """Of its first element."""
    return None if array is None else array.ctypes.data
