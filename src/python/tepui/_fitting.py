"""Networks that fit a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .activation import Activation, activation_of
from .errors import InvalidArgument
from .interop import network_of
from .network import Network

if TYPE_CHECKING:
    from .problem import Problem


def fitting(problem: Problem, net: Any) -> Network:
    """The network that ``net`` stands for; InvalidArgument where it is none of this problem."""
    made = network_of(net, problem.activation)
    if made.inputs != problem.inputs:
        raise InvalidArgument(_about_inputs(problem, made))
    if isinstance(made.activation, (str, Activation)) and activation_of(made.activation) != problem.activation:
        raise InvalidArgument(f"activation: the network has {made.activation}, the problem {problem.activation}")
    for name, what, have, want in (
        ("a", "outputs", made.outputs, problem.outputs),
        ("b", "output biases", made.b is not None, problem.output_bias),
        ("C", "skip connections", made.C is not None, problem.skip),
    ):
        if have != want:
            raise InvalidArgument(f"{name}: the network has {what}: {have}; the problem: {want}")
    return made


def _about_inputs(problem: Problem, net: Network) -> str:
    columns = problem.X.shape[1]
    text = f"W: has {net.inputs} columns where the data give {problem.inputs} inputs ({columns} columns"
    text += " and the bias)" if problem.bias else ", no bias)"
    if net.width == problem.inputs:
        text += "; it looks transposed: one row a neuron is expected"
    elif problem.bias and net.inputs + 1 == problem.inputs:
        text += "; the column of the bias weights is missing: it is the last one"
    elif not problem.bias and net.inputs == problem.inputs + 1:
        text += "; where the last column holds the bias weights, give bias=True"
    return text
