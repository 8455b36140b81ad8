"""Ctrl-C and other signals while the library computes.

Python runs the handlers of signals where the next bytecode runs: here in the progress callback, out of which
no exception may pass. For the time of a call each handler written in Python is replaced by one that takes
note; the call is cancelled, and the handlers run when it has returned."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Union

_Handler = Union[Callable[[int, Union[FrameType, None]], object], int, None]
_SIGNALS = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM", "SIGUSR1", "SIGUSR2")
    if hasattr(signal, name)
]


class Deferred:
    """Within it ``arrived`` says whether a signal with a handler in Python has come."""

    __slots__ = ("_noted", "_replaced")

    def __init__(self) -> None:
        self._noted: list[tuple[int, FrameType | None]] = []
        self._replaced: list[tuple[int, _Handler]] = []

    @property
    def arrived(self) -> bool:
        return bool(self._noted)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._noted.append((number, frame))

    def __enter__(self) -> Deferred:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                handler = signal.getsignal(number)
                if callable(handler) and not isinstance(handler, signal.Handlers):
                    self._replaced.append((number, handler))
                    signal.signal(number, self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        handlers = dict(self._replaced)
        for number, handler in self._replaced:
            signal.signal(number, handler)
        for number, frame in self._noted:
            handler = handlers[number]
            if callable(handler):
                handler(number, frame)
