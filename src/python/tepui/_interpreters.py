"""Refuses to be imported where ctypes callbacks and NumPy do not work: in subinterpreters."""

from __future__ import annotations

import importlib
from typing import Any


def require_main_interpreter() -> None:
    """Raises ImportError in a subinterpreter."""
    for name in ("_interpreters", "_xxsubinterpreters"):
        try:
            interpreters = importlib.import_module(name)
        except ImportError:
            continue
        if _number(interpreters.get_current()) != _number(interpreters.get_main()):
            raise ImportError(
                "tepui cannot be imported in a subinterpreter: NumPy and the callbacks of ctypes live in "
                "the main interpreter; use threads (calls release the GIL) or processes"
            )
        return


def _number(identity: Any) -> int:
    """From Python 3.13 on an interpreter is (number, where it came from)."""
    return int(identity[0] if isinstance(identity, tuple) else identity)
