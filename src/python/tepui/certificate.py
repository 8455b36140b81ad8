"""Verdicts that are theorems: proofs in ball arithmetic."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ._arrays import address
from ._enumerations import Words
from ._judges import Judge, coefficients, offsets_of
from ._library import library
from ._progress import Progress


class Certificate:
    """What is proven of a point and of the splits of its neurons; made by `Verdict.certificate`.

    Attributes
    ----------
    complete : bool
        All that the verdict claims is proven.
    verdict : str
        "local_minimum" (strict but for motions that leave the loss as it is), "saddle" or "undetermined".
    statement : str
        The theorem, or why the proof failed.
    report : dict
        Every enclosure (``src/docs/REPORTS.md``, "Certificate").
    """

    def __init__(self, judge: Judge, progress: Progress = None) -> None:
        self._call = judge.call
        self._handle = judge.certificate(progress)
        self.complete = bool(library.tepui_certificate_is_complete(self._handle.pointer))
        self.report: dict[str, Any] = self._call.report("tepui_certificate_report", self._handle)
        self.verdict = _name(library.tepui_certificate_verdict(self._handle.pointer))
        self.statement = str(self.report.get("statement") or self.report.get("reason") or "")

    def splits(self, splits: Mapping[int, npt.ArrayLike]) -> str:
        """What is proven of splitting distinct neurons of `Verdict.narrow` at once, {neuron: gammas}: it holds of all
        real coefficients of sum 1 with these signs."""
        neurons, offsets, gammas = offsets_of([(neuron, coefficients(gamma)) for neuron, gamma in splits.items()])
        verdict = ctypes.c_int32()
        self._call(
            "tepui_certificate_splits", self._handle, len(neurons), address(neurons), address(offsets),
            address(np.ascontiguousarray(gammas)),
            ctypes.byref(verdict),
        )  # fmt: skip
        return _name(verdict.value)

    def __repr__(self) -> str:
        return f"<tepui.Certificate: {self.verdict}, {'complete' if self.complete else 'incomplete'}>"


def _name(verdict: int) -> str:
    return str(library.tepui_name(int(Words.VERDICT), verdict).decode())
