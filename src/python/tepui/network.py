"""Networks of one hidden layer with their parameters."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from . import _prototypes as types
from ._arrays import Floats, address, finite, floats
from ._context import Caller, caller
from ._enumerations import ModelFlags
from ._library import Handle, library
from .activation import Activation, activation_of
from .errors import InvalidArgument
from .options import Options

ActivationLike = Union[str, Activation]


@dataclasses.dataclass(frozen=True, eq=False)
class Network:
    """f(x) = sum_i a_i sigma_i(w_i . x) + b + C x.

    Parameters
    ----------
    W : array (m, d)
        Weights, one row a neuron. Of a problem with a bias its weight is the last column.
    a : array (m,) or (m, K)
        Output weights: of each neuron one value an output.
    activation : str or Activation, or a sequence of m
        "tanh", "sigmoid", "softplus", "erf", "gelu", "silu", "sin", "gaussian", "square", "cube", "relu3",
        "arctan", "identity", "exp", "normal_cdf", "gelu_tanh", "sigmoid_softplus", "selu", "relu",
        "leaky_relu", "leaky_relu:SLOPE", "abs".
    b : array (K,), optional
        Output biases.
    C : array (K, d), optional
        Skip connections: of every input to every output.

    Raises
    ------
    InvalidArgument, NotFinite
        Shapes that do not fit each other; values that are not finite.

    Examples
    --------
    >>> import tepui
    >>> net = tepui.Network([[1.0, 0.5], [-1.0, 2.0]], [2.0, 1.0])
    >>> net.width, net.inputs, net.parameters.tolist()
    (2, 2, [1.0, 0.5, -1.0, 2.0, 2.0, 1.0])
    >>> net.split(0, [1.5, -0.5]).a.tolist()
    [3.0, -1.0, 1.0]
    """

    W: Floats
    a: Floats
    activation: ActivationLike | Sequence[ActivationLike] = "tanh"
    b: Floats | None = None
    C: Floats | None = None

    def __post_init__(self) -> None:
        W = finite(floats(self.W, "W", (None, None)), "W")
        a = finite(floats(self.a, "a"), "a")
        if a.ndim not in (1, 2) or len(a) != len(W):
            raise InvalidArgument(f"a: has shape {a.shape} where ({len(W)},) or ({len(W)}, outputs) is expected")
        if a.ndim == 2 and a.shape[1] == 1:
            a = a[:, 0].copy()
        outputs = 1 if a.ndim == 1 else a.shape[1]
        b = None if self.b is None else finite(floats(np.atleast_1d(floats(self.b, "b")), "b", (outputs,)), "b")
        C = (
            None
            if self.C is None
            else finite(floats(np.atleast_2d(floats(self.C, "C")), "C", (outputs, W.shape[1])), "C")
        )
        if not isinstance(self.activation, (str, Activation)) and len(self.activation) != len(W):
            raise InvalidArgument(f"activation: {len(self.activation)} of them where there are {len(W)} neurons")
        for name, value in (("W", W), ("a", a), ("b", b), ("C", C)):
            object.__setattr__(self, name, value if value is None else value.copy())  # whatever becomes of theirs

    @property
    def width(self) -> int:
        """m, the number of neurons."""
        return len(self.W)

    @property
    def inputs(self) -> int:
        """d, with the bias."""
        return int(self.W.shape[1])

    @property
    def outputs(self) -> int:
        """K."""
        return 1 if self.a.ndim == 1 else int(self.a.shape[1])

    @property
    def parameters(self) -> Floats:
        """All P parameters in one vector: W row by row, a, b, C (a copy)."""
        return np.concatenate([part.ravel() for part in (self.W, self.a, self.b, self.C) if part is not None])

    @property
    def plain(self) -> bool:
        """One output, no output bias, no skip connections, one activation."""
        one = isinstance(self.activation, (str, Activation))
        return one and self.outputs == 1 and self.b is None and self.C is None

    def with_parameters(self, theta: npt.ArrayLike) -> Network:
        """The same kind of network with other parameters (P,)."""
        return _from_vector(floats(theta, "theta"), self)

    def split(self, neuron: int, gammas: npt.ArrayLike, homogeneous: bool = False) -> Network:
        """Neuron i becomes daughters in its place with its weights and outputs gamma_j a_i; sum gamma = 1.

        homogeneous: of relu, leaky_relu and abs and gamma >= 0, daughters sqrt(gamma_j) (w_i, a_i) instead, which keep
        weight decay, too: with it these are the splits that keep stationary points stationary.
        """
        neuron = self._neuron(neuron)
        gamma = finite(floats(gammas, "gammas", (None,)), "gammas")
        if len(gamma) < 2 or abs(gamma.sum() - 1.0) > 1e-12 * np.abs(gamma).sum():
            raise InvalidArgument(
                f"gammas = {gamma.tolist()}: at least two splitting coefficients of sum 1 are expected"
            )
        times = np.ones(self.width, dtype=int)
        times[neuron] = len(gamma)
        W, a = np.repeat(self.W, times, axis=0), np.repeat(self.a, times, axis=0)
        rows = slice(neuron, neuron + len(gamma))
        if homogeneous:
            each = self.activation
            sigma = each if isinstance(each, (str, Activation)) else each[neuron]
            if not activation_of(sigma).is_relu_like:
                raise InvalidArgument(f"the activation of neuron {neuron} is {sigma!r}, a ReLU-like one is expected")
            if gamma.min() < 0.0:
                raise InvalidArgument(f"gammas = {gamma.tolist()}: none below 0 is expected")
            gamma = np.sqrt(gamma)
            W[rows] = gamma[:, None] * self.W[neuron]
        a[rows] = gamma.reshape((-1,) + (1,) * (self.a.ndim - 1)) * self.a[neuron]
        activation = self.activation
        if not isinstance(activation, (str, Activation)):
            activation = [one for one, count in zip(activation, times) for _ in range(count)]
        return dataclasses.replace(self, W=W, a=a, activation=activation)

    def save(self, file: str | os.PathLike[str]) -> None:
        """Writes W, a, b and C as an archive .npz, which ``tepui classify --weights`` reads."""
        np.savez(file, **{name: part for name in "WabC" if (part := getattr(self, name)) is not None})

    @staticmethod
    def load(file: str | os.PathLike[str], activation: ActivationLike = "tanh") -> Network:
        """Reads such an archive, of this package or of the command."""
        with np.load(file) as parts:
            return Network(parts["W"], parts["a"], activation, parts.get("b"), parts.get("C"))

    def _neuron(self, neuron: int) -> int:
        if not -self.width <= neuron < self.width:
            raise InvalidArgument(f"neuron = {neuron}: the network has {self.width} neurons, numbered from 0")
        return int(neuron) % self.width

    def _handle(self, call: Caller | None = None) -> Handle:
        """A network of the library."""
        call = call or caller(Options())
        flags = (ModelFlags.OUTPUT_BIAS if self.b is not None else 0) | (ModelFlags.SKIP if self.C is not None else 0)
        each = (
            None if isinstance(self.activation, (str, Activation)) else [activation_of(one) for one in self.activation]
        )
        whole = activation_of(self.activation) if each is None else each[0] if each else activation_of("tanh")  # type: ignore[arg-type]
        theta = self.parameters
        handle = call.make(
            "tepui_network_create_model", "network", whole.handle, self.width, self.inputs, self.outputs, int(flags),
            address(theta), keep=(whole,), brief=True,
        )  # fmt: skip
        for i, one in enumerate(each or []):
            call("tepui_network_set_activation", handle, i, one.handle)
        handle.keep = (whole, each)
        return handle


def _from_vector(theta: Floats, like: Network, width: int | None = None) -> Network:
    m, d, K = like.width if width is None else width, like.inputs, like.outputs
    b, C = like.b is not None, like.C is not None
    sizes = [m * d, m * K, K if b else 0, K * d if C else 0]
    if theta.shape != (sum(sizes),):
        raise InvalidArgument(f"theta: has shape {theta.shape} where ({sum(sizes)},) is expected")
    W, a, bias, skip = np.split(theta, np.cumsum(sizes)[:-1])
    return Network(
        W.reshape(m, d), a.reshape(m, K), like.activation, bias if b else None, skip.reshape(K, d) if C else None
    )


def network_from(pointer: Any, activation: ActivationLike | Sequence[ActivationLike]) -> Network:
    """A copy of a network of the library, owned or borrowed."""
    pointer = pointer.pointer if isinstance(pointer, Handle) else pointer
    m, d = library.tepui_network_width(pointer), library.tepui_network_inputs(pointer)
    K, flags = library.tepui_network_outputs(pointer), library.tepui_network_flags(pointer)
    count = library.tepui_network_parameter_count(pointer)
    at = library.tepui_network_parameters(pointer)
    theta = np.ctypeslib.as_array((types.real * count).from_address(at)).copy() if count else np.zeros(0)
    like = Network(
        np.zeros((0, d)), np.zeros((0, K) if K > 1 else 0), "tanh",
        np.zeros(K) if flags & ModelFlags.OUTPUT_BIAS else None, np.zeros((K, d)) if flags & ModelFlags.SKIP else None,
    )  # fmt: skip
    made = _from_vector(theta, like, m)
    return dataclasses.replace(made, activation=activation)
