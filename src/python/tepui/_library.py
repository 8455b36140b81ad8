"""Finds the shared library and gives its functions the types of the headers.

TEPUI_LIBRARY names a library to use instead of the one that comes with the package."""

from __future__ import annotations

import ctypes
import os
import pathlib
from typing import Any

from ._prototypes import FUNCTIONS, VERSION

_HERE = pathlib.Path(__file__).resolve().parent
_FILES = ("libtepui.so", "libtepui.dylib", "tepui.dll")


def _path() -> str:
    named = os.environ.get("TEPUI_LIBRARY")
    if named:
        return named
    for file in _FILES:
        if (_HERE / file).exists():
            return str(_HERE / file)
    raise ImportError(
        f"the shared library of tepui is not in {_HERE}: install the package with pip, or name a library "
        "in the environment variable TEPUI_LIBRARY"
    )


def _load() -> ctypes.CDLL:
    path = _path()
    try:
        library = ctypes.CDLL(path)
    except OSError as error:
        raise ImportError(f"the shared library of tepui cannot be loaded: {error}") from error
    for name, (result, parameters) in FUNCTIONS.items():
        try:
            function = getattr(library, name)
        except AttributeError:
            raise ImportError(f"{path} has no {name}: it is of another version than the package") from None
        function.restype, function.argtypes = result, parameters
    version = library.tepui_version().decode()
    if version != VERSION:
        raise ImportError(f"{path} is version {version}, the package {VERSION}")
    return library


library = _load()


class Handle:
    """An object of the library, destroyed with this one.

    ``keep`` holds what has to outlive it: arrays and other handles."""

    __slots__ = ("__weakref__", "_destroy", "keep", "pointer")

    def __init__(self, pointer: Any, kind: str, keep: tuple[object, ...] = ()) -> None:
        self._destroy = getattr(library, f"tepui_{kind}_destroy")
        self.keep = keep
        self.pointer = pointer

    def __del__(self) -> None:
        if hasattr(self, "pointer"):  # unless a signal came first
            self._destroy(self.pointer)

    def __reduce__(self) -> str:
        raise TypeError("objects of the library cannot be pickled")
