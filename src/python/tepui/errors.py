"""What calls raise. Every exception carries the library's sentence: which argument, its value, what is expected."""

from __future__ import annotations

from ._enumerations import Status


class TepuiError(Exception):
    """A call of the library failed.

    Attributes
    ----------
    status : str
        The name of the library's status, such as ``"TEPUI_ERROR_NOT_FINITE"``; empty where the package
        itself refused an argument.
    """

    status: str = ""


class InvalidArgument(TepuiError, ValueError):
    """A size, an index or another argument outside what is accepted."""


class NotFinite(InvalidArgument):
    """NaN or infinity in an input; array, index and value are named."""


class NotStationary(InvalidArgument):
    """The theorems need a stationary point and this is none."""


class Unsupported(TepuiError, NotImplementedError):
    """Not covered by the theory or by this build."""


class NumericError(TepuiError, ArithmeticError):
    """Overflow or a failed factorisation on finite input."""


class OutOfMemory(TepuiError, MemoryError):
    """Memory that cannot be had is named, before anything is filled."""


class Cancelled(TepuiError):
    """A progress function asked to stop."""


class CallbackError(TepuiError):
    """An activation or a loss of the caller's gave values that are not finite."""


class InternalError(TepuiError, RuntimeError):
    """A defect in the library."""


_OF_STATUS: dict[int, type[TepuiError]] = {
    Status.ERROR_NULL_POINTER: InternalError,
    Status.ERROR_INVALID_SIZE: InvalidArgument,
    Status.ERROR_NOT_FINITE: NotFinite,
    Status.ERROR_INVALID_VALUE: InvalidArgument,
    Status.ERROR_OUT_OF_MEMORY: OutOfMemory,
    Status.ERROR_CANCELLED: Cancelled,
    Status.ERROR_NOT_STATIONARY: NotStationary,
    Status.ERROR_UNSUPPORTED: Unsupported,
    Status.ERROR_NUMERIC: NumericError,
    Status.ERROR_CALLBACK: CallbackError,
    Status.ERROR_INTERNAL: InternalError,
}


def error_of(status: int, sentence: str) -> TepuiError:
    """The exception for a status and the sentence that the context holds about it."""
    error = _OF_STATUS.get(status, InternalError)(sentence)
    error.status = f"TEPUI_{Status(status).name}"
    return error
