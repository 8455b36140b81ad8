"""Who hears of progress: nobody, a function of the caller's, or tqdm."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, Union

from .errors import InvalidArgument

# None or False: nobody. True: a bar of tqdm. Else a function of phase and fraction, at most about ten times a
# second; a true value that it returns, and an exception, end the operation.
Progress = Union[None, bool, Callable[[str, float], object]]
Listener = Union[None, Callable[[str, float], object]]


def listener_of(progress: Progress) -> AbstractContextManager[Listener]:
    if progress is None or progress is False:
        return contextlib.nullcontext(None)
    if progress is True:
        return _bar()
    if callable(progress):
        return contextlib.nullcontext(progress)
    raise InvalidArgument(f"progress = {progress!r}: True (tqdm), or a function of phase and fraction, is expected")


@contextlib.contextmanager
def _bar() -> Iterator[Listener]:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        raise ImportError(
            "progress = True needs tqdm (pip install tqdm); a function of phase and fraction does without"
        ) from None
    bar: Any = None

    def show(phase: str, fraction: float) -> None:
        nonlocal bar
        if bar is None or bar.desc != f"{phase}: ":
            if bar is not None:
                bar.close()
            bar = tqdm(
                total=100, desc=phase, unit="%", leave=False, bar_format="{desc}: {percentage:3.0f}%|{bar}| {elapsed}"
            )
        bar.update(100.0 * fraction - bar.n)

    try:
        yield show
    finally:
        if bar is not None:
            bar.close()
