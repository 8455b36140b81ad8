"""Packages that are used where they are installed."""

from __future__ import annotations

import importlib
from typing import Any


def optional(module: str, what: str, package: str | None = None) -> Any:
    """The module; ImportError says what needs which package."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        wanted = package or module.partition(".")[0]
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        raise ImportError(f"{what} needs {wanted} (pip install {wanted})") from None
