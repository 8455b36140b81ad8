"""Networks that fit a problem."""

from __future__ import annotations

from typing import Any

from .activation import Activation, activation_of
from .errors import InvalidArgument
from .interop import network_of
from .network import Network


def fitting(net: Any, none: Network, bias: bool) -> Network:
    """The network that ``net`` stands for; InvalidArgument where it is none of the kind of ``none``, which has no
    neuron. bias: the last of its inputs is one."""
    activation = none.activation
    assert isinstance(activation, (str, Activation))
    made = network_of(net, activation)
    if made.inputs != none.inputs:
        raise InvalidArgument(_about_inputs(made, none.inputs, bias))
    if isinstance(made.activation, (str, Activation)) and activation_of(made.activation) != activation_of(activation):
        raise InvalidArgument(f"activation: the network has {made.activation}, the problem {activation}")
    for name, what, have, want in (
        ("a", "outputs", made.outputs, none.outputs),
        ("b", "output biases", made.b is not None, none.b is not None),
        ("C", "skip connections", made.C is not None, none.C is not None),
    ):
        if have != want:
            raise InvalidArgument(f"{name}: the network has {what}: {have}; the problem: {want}")
    return made


def _about_inputs(net: Network, inputs: int, bias: bool) -> str:
    text = f"W: has {net.inputs} columns where the data give {inputs} inputs ({inputs - bias} columns"
    text += " and the bias)" if bias else ", no bias)"
    if net.width == inputs:
        text += "; it looks transposed: one row a neuron is expected"
    elif bias and net.inputs + 1 == inputs:
        text += "; the column of the bias weights is missing: it is the last one"
    elif not bias and net.inputs == inputs + 1:
        text += "; where the last column holds the bias weights, give bias=True"
    return text
