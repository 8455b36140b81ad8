"""A data set of the library out of arrays: standardised where that is asked for, otherwise without a copy."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from ._arrays import Floats, address, finite, floats, leading_dimension
from ._context import Caller
from ._enumerations import DatasetFlags
from ._library import Handle
from .decay import WeightDecay
from .errors import InvalidArgument
from .targets import Loss


@dataclasses.dataclass(frozen=True)
class Scaling:
    """(given - mean) / scale is what the network sees."""

    mean: Floats
    scale: Floats


def scaling_of(values: npt.NDArray[Any], weights: Floats | None) -> Scaling:
    """Weighted mean and standard deviation of each column, as ``tepui --standardize`` has them; constant columns keep
    their scale. Two passes: the second on centred values, so that a large mean costs no digits."""
    mean = np.average(values.astype(np.longdouble), axis=0, weights=weights)
    centred = values - mean
    scale = np.sqrt(np.average(centred * centred, axis=0, weights=weights)).astype(np.float64)
    counts = values if weights is None else values[weights > 0.0]
    scale[(counts == counts[:1]).all(axis=0)] = 1.0
    return Scaling(mean.astype(np.float64), scale)


def standardized(values: npt.NDArray[Any], scaling: Scaling) -> Floats:
    return np.ascontiguousarray((values.astype(np.float64) - scaling.mean) / scaling.scale)


def sample_weights(given: Any, samples: int) -> Floats | None:
    if given is None:
        return None
    weights = finite(floats(given, "sample_weight", (samples,)), "sample_weight")
    if weights.min() < 0.0 or weights.sum() <= 0.0:
        raise InvalidArgument("sample_weight: values of at least 0, not all of them zero, are expected")
    return weights


def dataset(
    call: Caller,
    x: npt.NDArray[Any],
    targets: Floats,
    loss: Loss,
    weights: Floats | None,
    decay: WeightDecay,
    *,
    bias: bool,
    mean_loss: bool,
) -> Handle:
    """The handle keeps the arrays."""
    flags = (DatasetFlags.BIAS if bias else 0) | (DatasetFlags.MEAN_LOSS if mean_loss else 0)
    plain = loss.name == "squared" and targets.shape[1] == 1
    values = np.ascontiguousarray(targets)
    create = "tepui_dataset_create_f32" if x.dtype == np.float32 else "tepui_dataset_create"
    handle = call.make(
        create, "dataset", x.shape[0], x.shape[1], address(x), leading_dimension(x), address(values) if plain else None,
        address(weights), int(flags), keep=(x, values, weights),
    )  # fmt: skip
    if not plain:
        call("tepui_dataset_set_targets", handle, loss.kind, loss.parameter, values.shape[1], address(values))
    if decay:
        call("tepui_dataset_set_decay", handle, *dataclasses.astuple(decay))
    return handle
