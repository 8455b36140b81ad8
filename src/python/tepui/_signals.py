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
    """Within it handlers written in Python wait for `deliver`.

    Handlers may raise between any two bytecodes, those of this class too: all is put back whenever that happens, and a
    replacement that should be left over calls the handler itself."""

    __slots__ = ("_handlers", "_noted", "_waiting")

    def __init__(self) -> None:
        self._waiting = True
        self._noted: list[tuple[int, FrameType | None]] = []
        self._handlers: dict[int, Callable[[int, FrameType | None], object]] = {}

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._waiting:
            self._noted.append((number, frame))
        else:
            self._handlers[number](number, frame)

    def deliver(self) -> None:
        """Runs the handlers of signals that have arrived."""
        while self._noted:
            number, frame = self._noted.pop(0)
            self._handlers[number](number, frame)

    def _put_back(self) -> None:
        raised: BaseException | None = None
        for _ in range(1 + len(self._handlers)):  # each that is back may raise
            try:
                for number, handler in self._handlers.items():
                    if signal.getsignal(number) == self._note:
                        signal.signal(number, handler)
                break
            except BaseException as error:
                raised = raised or error
        self._waiting = False
        if raised is not None:
            raise raised

    def __enter__(self) -> Deferred:
        if threading.current_thread() is threading.main_thread():
            try:
                for number in _SIGNALS:
                    handler = signal.getsignal(number)
                    if callable(handler) and not isinstance(handler, signal.Handlers):
                        self._handlers[number] = handler
                        signal.signal(number, self._note)
            except BaseException:
                self._put_back()
                raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._put_back()
        self.deliver()
