"""Ctrl-C and other signals while the library computes.

Python runs the handlers of signals where the next bytecode runs: here at the entrance of the progress callback, where
an exception of theirs could not be caught and would be lost. For the time of a call each handler written in Python is
replaced by one that takes note; the callback then runs it, and what it raises ends the call."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType

_SIGNALS = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM", "SIGUSR1", "SIGUSR2")
    if hasattr(signal, name)
]


class Deferred:
    """Within it handlers written in Python wait for `deliver`."""

    __slots__ = ("_handlers", "_noted")

    def __init__(self) -> None:
        self._noted: list[tuple[int, FrameType | None]] = []
        self._handlers: dict[int, Callable[[int, FrameType | None], object]] = {}

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._noted.append((number, frame))

    def deliver(self) -> None:
        """Runs the handlers of signals that have arrived."""
        while self._noted:
            number, frame = self._noted.pop(0)
            self._handlers[number](number, frame)

    def __enter__(self) -> Deferred:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                handler = signal.getsignal(number)
                if callable(handler) and not isinstance(handler, signal.Handlers):
                    self._handlers[number] = handler
                    signal.signal(number, self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self.deliver()
