"""Targets and the losses that compare outputs with them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ._arrays import Floats, as_array, floats
from ._callbacks import view
from ._enumerations import LossKind
from .errors import InvalidArgument

LOSSES = ("squared", "logistic", "softmax", "poisson", "pseudo_huber")


LossFunction = Callable[[Floats, Floats], tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]]


@dataclasses.dataclass(frozen=True)
class Loss:
    """A loss by name; ``delta`` is that of "pseudo_huber". `Loss.custom` makes one of a function of the caller's."""

    name: str = "squared"
    delta: float = 1.0
    function: LossFunction | None = dataclasses.field(default=None, kw_only=True)
    convex: bool = dataclasses.field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        if self.name not in (*LOSSES, "custom") or (self.name == "custom") != (self.function is not None):
            raise InvalidArgument(f"name = {self.name!r}: one of {', '.join(LOSSES)}, or Loss.custom, is expected")

    @classmethod
    def custom(cls, function: LossFunction, *, convex: bool = False) -> Loss:
        """A loss of the caller's, twice continuously differentiable in the outputs f.

        Parameters
        ----------
        function : callable
            Of f and y: returns the loss of each sample, its gradient and its Hessian by f. With one output all are
            (count,); with K, f and y are (count, K), the loss (count,), the gradient (count, K), the Hessian
            (count, K, K). Called from several threads, one at a time; what it raises is the cause of the
            `CallbackError` with which the call ends.
        convex : bool
            It is convex in f for every y. What is declared decides which theorems are applied.

        Examples
        --------
        >>> import numpy as np, tepui
        >>> def quartic(f, y):
        ...     r = f - y
        ...     return r**2 / 2 + r**4 / 4, r + r**3, 1 + 3 * r**2
        >>> x = np.linspace(-2, 2, 50)
        >>> p = tepui.Problem(x, np.sin(x), bias=False, loss=tepui.Loss.custom(quartic, convex=True))
        >>> p.solve(width=1)[0].verdict
        'local_minimum'
        """
        return cls("custom", function=function, convex=convex)

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


def filling(function: LossFunction) -> Callable[..., None]:
    """A function of the caller's as the library calls it."""

    def fill(_user: object, n: int, K: int, f: int, y: int, value: int, gradient: int, hessian: int) -> None:
        shape = (n,) if K == 1 else (n, K)
        loss, slope, curvature = function(view(f, *shape).copy(), view(y, *shape).copy())
        view(value, n)[:] = loss
        view(gradient, *shape)[:] = slope
        view(hessian, *shape, *shape[1:])[:] = curvature

    return fill


def loss_of(given: str | Loss) -> Loss:
    """ "squared", "logistic", "softmax", "poisson", "pseudo_huber" or "pseudo_huber:DELTA"."""
    if isinstance(given, Loss):
        return given
    if not isinstance(given, str):
        raise InvalidArgument(f"loss = {given!r}: a name or a tepui.Loss (Loss.custom takes a function) is expected")
    name, _, delta = given.partition(":")
    if name not in LOSSES or (delta and name != "pseudo_huber"):
        raise InvalidArgument(
            f"loss = {given!r}: one of {', '.join(LOSSES)}, pseudo_huber:DELTA or a tepui.Loss is expected"
        )
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
