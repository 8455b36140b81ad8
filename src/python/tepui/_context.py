"""Calls of the library: contexts, progress, errors, reports.

A context is used by one thread at a time: each set of options has a pool of them."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import json
from collections.abc import Callable, Iterator
from typing import Any, Union

from . import _prototypes as types
from ._enumerations import Status
from ._library import Handle, library
from ._progress import Progress, listener_of
from ._signals import Deferred
from .errors import Cancelled, OutOfMemory, error_of
from .options import Options

Argument = Union[Handle, Any]


_failures: list[BaseException] = []


def note_failure(failure: BaseException) -> None:
    """A function of the caller's raised, on whatever thread: the cause of the error that its call ends with."""
    _failures[:] = [failure]


class Context:
    """Options, message and progress callback of one caller. hears: it has one; else its calls are brief."""

    def __init__(self, options: Options, hears: bool) -> None:
        self._destroy = library.tepui_context_destroy  # when Python ends, modules are emptied before objects die
        self.pointer = types.context_handle()
        if library.tepui_context_create(ctypes.byref(self.pointer)):
            raise OutOfMemory("no memory for a context")
        self.progress: Callable[[str, float], object] | None = None
        self.signals: Deferred | None = None
        self.failure: BaseException | None = None
        if hears:
            self._callback = types.progress_function(self._hear)
            self.require(library.tepui_context_set_progress(self.pointer, self._callback, None))
        for number, real, value in options.numbers():
            if real:
                self.require(library.tepui_context_set_real(self.pointer, number, float(value)))
            else:
                self.require(library.tepui_context_set_integer(self.pointer, number, int(value)))

    def __del__(self) -> None:
        self._destroy(self.pointer)

    def require(self, status: int) -> None:
        if status:
            sentence = library.tepui_context_message(self.pointer).decode("utf-8", "replace")
            if status != Status.ERROR_CALLBACK or not _failures:
                raise error_of(status, sentence)
            cause = _failures.pop()
            raise error_of(status, f"{sentence}: it raised {type(cause).__name__}: {cause}") from cause

    def _hear(self, _user: object, phase: bytes, fraction: float) -> int:
        """The library tells of progress; not 0: stop."""
        try:
            if self.signals is not None:
                self.signals.deliver()
            return int(self.progress is not None and bool(self.progress(phase.decode(), fraction)))
        except BaseException as failure:
            self.failure = failure
            return 1

    def call(self, function: Any, arguments: tuple[Argument, ...]) -> None:
        """A call that is over before anybody would hear of it."""
        self.require(function(self.pointer, *[one.pointer if isinstance(one, Handle) else one for one in arguments]))

    def listen(self, function: Any, arguments: tuple[Argument, ...], progress: Progress) -> None:
        """A call that may take long: progress is told, signals end it."""
        self.failure = None
        try:
            with listener_of(progress) as self.progress, Deferred() as self.signals:
                self.call(function, arguments)
        except Cancelled:
            if self.failure is None:
                raise
        finally:
            self.progress = self.signals = None
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure


class Caller:
    """Calls with one set of options, from any number of threads."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._free: dict[bool, list[Context]] = {False: [], True: []}

    @contextlib.contextmanager
    def _context(self, hears: bool) -> Iterator[Context]:
        free = self._free[hears]
        try:
            context = free.pop()
        except IndexError:
            context = Context(self.options, hears)
        try:
            yield context
        finally:
            free.append(context)

    def __call__(self, name: str, *arguments: Argument, progress: Progress = None, brief: bool = False) -> None:
        """Calls a function that takes a context first and returns a status. brief: one of milliseconds at most."""
        with self._context(not brief) as context:
            if brief:
                context.call(getattr(library, name), arguments)
            else:
                context.listen(getattr(library, name), arguments, progress)

    def make(
        self,
        name: str,
        kind: str,
        *arguments: Argument,
        keep: tuple[object, ...] = (),
        progress: Progress = None,
        brief: bool = False,
    ) -> Handle:
        """The handle that the function gives through its last argument."""
        pointer = getattr(types, f"{kind}_handle")()
        self(name, *arguments, ctypes.byref(pointer), progress=progress, brief=brief)
        return Handle(pointer, kind, keep)

    def report(self, name: str, of: Argument) -> dict[str, Any]:
        """All that is known of a result."""
        with self._context(False) as context:
            report, text = types.report_handle(), types.text()
            pointer = of.pointer if isinstance(of, Handle) else of
            context.require(getattr(library, name)(context.pointer, pointer, ctypes.byref(report)))
            context.require(library.tepui_report_json(context.pointer, report, ctypes.byref(text)))
            told: dict[str, Any] = json.loads(text.value or b"{}")
            return told

    def info(self, item: int) -> str:
        with self._context(False) as context:
            text = types.text()
            context.require(library.tepui_info(context.pointer, item, ctypes.byref(text)))
            return (text.value or b"").decode()


@functools.lru_cache(maxsize=64)
def caller(options: Options) -> Caller:
    """The caller for these options; equal options share one."""
    return Caller(options)
