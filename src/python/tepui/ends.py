"""Networks on the way to an end at infinity (MATH.md section 13)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._arrays import Floats
from .activation import Activation, activation_of
from .errors import InvalidArgument, Unsupported
from .network import Network

_FAR = 40.0  # where sigma(z) - z is constant to the last digit


def network_towards(report: dict[str, Any], like: Network, epsilon: float) -> Network:
    """At finite weights, epsilon > 0 from the limit that the report of an end describes: its units with what runs off
    at 1 / epsilon."""
    if not epsilon > 0.0:
        raise InvalidArgument(f"epsilon = {epsilon}: a positive number is expected")
    if report.get("separation") is not None:
        raise Unsupported("the output weights of classes that are told apart grow without a limit network")
    if not isinstance(like.activation, (str, Activation)):
        raise Unsupported("ends of networks with several activations are not drawn at finite weights")
    sigma = activation_of(like.activation)
    W, a = like.W.copy(), like.a.reshape(like.width, -1).copy()
    for unit in report["units"]:
        for neuron, (w, output) in zip(unit["neurons"], _neurons(unit, sigma, epsilon)):
            W[neuron], a[neuron] = w, output
    b, C = (_rest(report, name, getattr(like, name)) for name in "bC")
    for unit in report["units"]:
        if unit["kind"] == "asymptote" and b is not None:
            constant, neuron = sigma.evaluate(np.array([_FAR]))[0][0] - _FAR, unit["neurons"][0]
            b -= (W[neuron, -1] + constant) * a[neuron]
    return Network(W, a, like.activation, b, C)


def _rest(report: dict[str, Any], name: str, like: Floats | None) -> Floats | None:
    if like is None:
        return None
    if report.get(name) is None:
        what = "output biases" if name == "b" else "skip connections"
        raise Unsupported(f"the report of an end does not hold {what}: no network at finite weights is made of it")
    return np.array(report[name], dtype=np.float64)


def _neurons(unit: dict[str, Any], sigma: Activation, epsilon: float) -> list[tuple[Floats, Floats]]:
    """Weights and outputs of each neuron of a unit."""
    names = ("w", "v", "u", "q", "a", "c", "alpha", "beta")
    told = {name: np.array(unit[name], dtype=np.float64) for name in names if name in unit}
    kind = unit["kind"]
    if kind == "neuron":
        return [(told["w"], told["a"])]
    if kind == "channel":
        w, v, c, alpha = (told[name] for name in ("w", "v", "c", "alpha"))
        return [(w + side * epsilon * v, 0.5 * c + side * alpha / (2.0 * epsilon)) for side in (-1.0, 1.0)]
    if kind == "triple_channel":
        w, v, q, c, alpha, second = (told[name] for name in ("w", "v", "q", "c", "alpha", "beta"))
        second = second / epsilon**2
        outputs = (0.5 * second - alpha / (2.0 * epsilon), c - second, 0.5 * second + alpha / (2.0 * epsilon))
        return [(w + tau * v + tau**2 * q, output) for tau, output in zip((-epsilon, 0.0, epsilon), outputs)]
    alone = _alone(kind, told, sigma, epsilon)
    if alone is not None:
        return [alone]
    raise Unsupported(f"{'an' if kind[0] in 'aeiou' else 'a'} {kind} unit of {sigma} is not drawn at finite weights")


def _alone(
    kind: str, told: dict[str, Floats], sigma: Activation, epsilon: float
) -> tuple[Floats, Floats] | None:
    """Of a unit that is one neuron."""
    if kind == "saturated":
        return told["u"] + told["v"] / epsilon, told["a"]
    if kind == "rectified":
        return told["v"] / epsilon, epsilon * told["alpha"]
    if kind == "asymptote":
        w = told["w"].copy()
        w[-1] -= np.log(epsilon)
        return w, told["a"]
    if kind == "linear":
        value, slope, _ = sigma.evaluate(np.zeros(1))
        if value[0] == 0.0 and slope[0] != 0.0:
            return epsilon * told["v"], told["alpha"] / (epsilon * slope[0])
    return None
