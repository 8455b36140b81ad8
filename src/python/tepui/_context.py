"""Calls of the library: contexts, progress, errors, reports.

A context is used by one thread at a time: each set of options has a pool of them."""

from __future__ import annotations

import ctypes
import functools
import json
from collections.abc import Callable
from typing import Any, Union

from . import _prototypes as types
from ._library import Handle, library
from ._progress import Progress, listener_of
from ._signals import Deferred
from .errors import CallbackError, OutOfMemory, error_of
from .options import Options

Argument = Union[Handle, Any]


_failures: list[BaseException] = []


def note_failure(failure: BaseException) -> None:
    """A function of the caller's raised, on whatever thread: the cause of the error that its call ends with."""
    _failures[:] = [failure]


class Context:
    """Options, message and progress callback of one caller."""

    def __init__(self, options: Options) -> None:
        self.pointer = types.context_handle()
        if library.tepui_context_create(ctypes.byref(self.pointer)):
            raise OutOfMemory("no memory for a context")
        self.progress: Callable[[str, float], object] | None = None
        self.signals: Deferred | None = None
        self.failure: BaseException | None = None
        self._callback = types.progress_function(self._hear)
        self.require(library.tepui_context_set_progress(self.pointer, self._callback, None))
        for number, real, value in options.numbers():
            if real:
                self.require(library.tepui_context_set_real(self.pointer, number, float(value)))
            else:
                self.require(library.tepui_context_set_integer(self.pointer, number, int(value)))

    def __del__(self) -> None:
        library.tepui_context_destroy(self.pointer)

    def require(self, status: int) -> None:
        if status:
            error = error_of(status, library.tepui_context_message(self.pointer).decode("utf-8", "replace"))
            raise error from (_failures.pop() if _failures and isinstance(error, CallbackError) else None)

    def _hear(self, _user: object, phase: bytes, fraction: float) -> int:
        """The library tells of progress; not 0: stop."""
        try:
            if self.signals is not None and self.signals.arrived:
                return 1
            return int(self.progress is not None and bool(self.progress(phase.decode(), fraction)))
        except BaseException as failure:
            self.failure = failure
            return 1

    def call(self, function: Any, arguments: tuple[Argument, ...], progress: Progress) -> None:
        with listener_of(progress) as listener, Deferred() as signals:
            self.progress, self.signals, self.failure = listener, signals, None
            status = function(self.pointer, *[one.pointer if isinstance(one, Handle) else one for one in arguments])
            self.progress = self.signals = None
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        self.require(status)


class Caller:
    """Calls with one set of options, from any number of threads."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._free: list[Context] = []

    def _take(self) -> Context:
        try:
            return self._free.pop()
        except IndexError:
            return Context(self.options)

    def __call__(self, name: str, *arguments: Argument, progress: Progress = None) -> None:
        """Calls a function that takes a context first and returns a status."""
        context = self._take()
        try:
            context.call(getattr(library, name), arguments, progress)
        finally:
            self._free.append(context)

    def make(
        self, name: str, kind: str, *arguments: Argument, keep: tuple[object, ...] = (), progress: Progress = None
    ) -> Handle:
        """The handle that the function gives through its last argument."""
        pointer = getattr(types, f"{kind}_handle")()
        self(name, *arguments, ctypes.byref(pointer), progress=progress)
        return Handle(pointer, kind, keep)

    def report(self, name: str, of: Argument) -> dict[str, Any]:
        """All that is known of a result."""
        context = self._take()
        try:
            report, text = types.report_handle(), types.text()
            pointer = of.pointer if isinstance(of, Handle) else of
            context.require(getattr(library, name)(context.pointer, pointer, ctypes.byref(report)))
            context.require(library.tepui_report_json(context.pointer, report, ctypes.byref(text)))
            told: dict[str, Any] = json.loads(text.value or b"{}")
            return told
        finally:
            self._free.append(context)

    def info(self, item: int) -> str:
        context = self._take()
        try:
            text = types.text()
            context.require(library.tepui_info(context.pointer, item, ctypes.byref(text)))
            return (text.value or b"").decode()
        finally:
            self._free.append(context)


@functools.lru_cache(maxsize=64)
def caller(options: Options) -> Caller:
    """The caller for these options; equal options share one."""
    return Caller(options)
