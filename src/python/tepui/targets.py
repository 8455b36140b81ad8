"""Targets and the losses that compare outputs with them."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from ._arrays import Floats, as_array, floats
from ._enumerations import LossKind
from .errors import InvalidArgument

LOSSES = ("squared", "logistic", "softmax", "poisson", "pseudo_huber")


@dataclasses.dataclass(frozen=True)
class Loss:
    """A loss by name; ``delta`` is that of "pseudo_huber"."""

    name: str = "squared"
    delta: float = 1.0

    @property
    def kind(self) -> int:
        return int(LossKind[self.name.upper()])

    @property
    def parameter(self) -> float:
        return self.delta if self.name == "pseudo_huber" else 0.0

    @property
    def of_differences(self) -> bool:
        """Targets may be shifted and scaled."""
        return self.name in ("squared", "pseudo_huber")


def loss_of(given: str | Loss) -> Loss:
    """ "squared", "logistic", "softmax", "poisson", "pseudo_huber" or "pseudo_huber:DELTA"."""
    if isinstance(given, Loss):
        return given
    name, _, delta = str(given).partition(":")
    if name not in LOSSES or (delta and name != "pseudo_huber"):
        raise InvalidArgument(f"loss = {given!r}: one of {', '.join(LOSSES)}, pseudo_huber:DELTA is expected")
    try:
        return Loss(name, float(delta) if delta else 1.0)
    except ValueError:
        raise InvalidArgument(f"loss = {given!r}: a number is expected for DELTA") from None


@dataclasses.dataclass(frozen=True)
class Targets:
    """Targets of every sample and output, and the labels of classes where they were labels."""

    values: Floats  # (n, K)
    classes: npt.NDArray[Any] | None = None  # of "softmax" and "logistic", sorted


def targets_of(y: Any, loss: Loss, samples: int) -> Targets:
    """y as numbers. Labels of classes: of "softmax" one column of them, of "logistic" one of two labels, the second
    of which, sorted, is 1 (unless they are numbers from 0 to 1)."""
    array = as_array(y, "y")
    if array.shape[:1] != (samples,) or array.ndim > 2:
        raise InvalidArgument(f"y: has shape {array.shape} where ({samples},) or ({samples}, outputs) is expected")
    labels = array.reshape(samples) if array.ndim == 1 or array.shape[1] == 1 else None
    if loss.name == "softmax" and labels is not None:
        classes, number = _distinct(labels)
        return Targets(np.eye(len(classes))[number], classes)
    if loss.name == "logistic" and labels is not None and not _chances(labels):
        classes, number = _distinct(labels)
        if len(classes) != 2:
            raise InvalidArgument(
                f"y: has {len(classes)} different labels; loss = 'logistic' tells two apart (or takes numbers from "
                "0 to 1), 'softmax' any number"
            )
        return Targets(number.astype(np.float64)[:, np.newaxis], classes)
    values = floats(array, "y")
    return Targets(values[:, np.newaxis] if values.ndim == 1 else values)


def _chances(labels: npt.NDArray[Any]) -> bool:
    return labels.dtype.kind in "fiub" and bool(np.all((labels >= 0) & (labels <= 1)))


def _distinct(labels: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.intp]]:
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise InvalidArgument("y: a label is missing (NaN)")
    classes, number = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        raise InvalidArgument(f"y: has one class alone, {classes[0]!r}: there is nothing to tell apart")
    return classes, number.reshape(labels.shape)
