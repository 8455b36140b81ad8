"""Weight decay, and how others count it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Union

from .errors import InvalidArgument
from .targets import Loss


@dataclasses.dataclass(frozen=True)
class WeightDecay:
    """Adds 1/2 lambda theta^2 for each parameter of a block.

    Parameters
    ----------
    weights, hidden_biases, outputs, output_biases, skip : float
        lambda >= 0 of W but for the weights of the bias, of these, of a, b and C.
    """

    weights: float = 0.0
    hidden_biases: float = 0.0
    outputs: float = 0.0
    output_biases: float = 0.0
    skip: float = 0.0

    def __bool__(self) -> bool:
        return any(dataclasses.astuple(self))


Decay = Union[float, str, Mapping[str, float], WeightDecay]


def decay_of(given: Decay, loss: Loss, divisor: float) -> WeightDecay:
    """A number: of all weights, biases left alone. "nnet:DECAY" is what R's nnet(decay = DECAY) does, biases included,
    "scikit-learn:ALPHA" what MLPRegressor and MLPClassifier(alpha = ALPHA) do. divisor: of the loss of the samples."""
    if isinstance(given, WeightDecay):
        return given
    if isinstance(given, Mapping):
        try:
            return WeightDecay(**given)
        except TypeError:
            known = ", ".join(field.name for field in dataclasses.fields(WeightDecay))
            raise InvalidArgument(f"weight_decay: has {', '.join(given)} where {known} are known") from None
    convention, _, number = given.rpartition(":") if isinstance(given, str) else ("", "", given)
    value = _number(number, given)
    if convention == "nnet":
        if loss.name not in ("squared", "logistic", "softmax"):
            raise InvalidArgument(f"weight_decay = {given!r}: nnet has no loss {loss.name!r}; give lambda itself")
        value *= (1.0 if loss.name == "squared" else 2.0) / divisor
        return WeightDecay(value, value, value, value, value)
    if convention not in ("", "scikit-learn"):
        raise InvalidArgument(f"weight_decay = {given!r}: a number, 'nnet:DECAY' or 'scikit-learn:ALPHA' is expected")
    if convention:
        value /= divisor
    return WeightDecay(weights=value, outputs=value, skip=value)


def _number(text: Any, given: Any) -> float:
    try:
        value = float(text)
    except (TypeError, ValueError):
        value = -1.0
    if not 0.0 <= value < float("inf"):
        raise InvalidArgument(f"weight_decay = {given!r}: a number of at least 0 is expected")
    return value
