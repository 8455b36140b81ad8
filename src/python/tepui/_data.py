"""A data set of the library out of arrays, without a copy, or out of what reads them."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _prototypes as types
from ._arrays import Floats, address, finite, floats, leading_dimension
from ._callbacks import guarded
from ._context import Caller
from ._enumerations import DatasetFlags
from ._library import Handle
from .chunks import Chunks, Filler
from .decay import WeightDecay
from .errors import InvalidArgument
from .targets import Loss, filling


def sample_weights(given: Any, samples: int) -> Floats | None:
    if given is None:
        return None
    weights = finite(floats(given, "sample_weight", (samples,)), "sample_weight")
    if weights.min() < 0.0 or weights.sum() <= 0.0:
        raise InvalidArgument("sample_weight: values of at least 0, not all of them zero, are expected")
    return weights


def dataset(
    call: Caller,
    x: npt.NDArray[Any] | Chunks,
    targets: Floats,
    loss: Loss,
    weights: Floats | None,
    decay: WeightDecay,
    *,
    bias: bool,
    mean_loss: bool,
) -> Handle:
    """The handle keeps the arrays."""
    flags = int((DatasetFlags.BIAS if bias else 0) | (DatasetFlags.MEAN_LOSS if mean_loss else 0))
    plain = loss.name == "squared" and targets.shape[1] == 1
    values = np.ascontiguousarray(targets)
    if isinstance(x, Chunks):
        filler = Filler(x, values[:, 0] if plain else None, weights)
        handle = call.make(
            "tepui_dataset_create_chunked", "dataset", len(x), x.columns, filler.entry, None, int(weights is not None),
            flags, keep=(filler,),
        )  # fmt: skip
    else:
        create = "tepui_dataset_create_f32" if x.dtype == np.float32 else "tepui_dataset_create"
        handle = call.make(
            create, "dataset", x.shape[0], x.shape[1], address(x), leading_dimension(x),
            address(values) if plain else None, address(weights), flags, keep=(x, values, weights),
        )  # fmt: skip
    if loss.function is not None:
        entry = types.loss_function(guarded(filling(loss.function)))
        handle.keep += (entry,)
        call(
            "tepui_dataset_set_custom_loss", handle, entry, None, int(loss.convex), values.shape[1], address(values)
        )  # fmt: skip
    elif not plain:
        call("tepui_dataset_set_targets", handle, loss.kind, loss.parameter, values.shape[1], address(values))
    if decay:
        call("tepui_dataset_set_decay", handle, *dataclasses.astuple(decay))
    return handle
