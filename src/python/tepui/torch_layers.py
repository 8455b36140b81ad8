"""Layers of PyTorch: weights back into modules, and what `inspect_layer` needs of a layer of any network. Torch is
imported when one of these is called; `from_torch` works without."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import numpy as np

from ._arrays import Floats
from .errors import InvalidArgument, Unsupported
from .interop import from_torch, module_values
from .layer import Layer, inspect_layer
from .network import ActivationLike, Network


def linear_layers(network: Network, first: Any, second: Any) -> tuple[Any, Any]:
    """Two torch.nn.Linear with the weights of a network, in place of ``first`` and ``second``: of their dtype, on their
    device, with a bias where these have one.

    Parameters
    ----------
    network : Network
        Of any width: W (m, d), with the weights of the bias last where ``first`` has one. Where it has no output biases
        those of ``second`` stay.
    first, second : torch.nn.Linear
        Before and behind the activation.

    Raises
    ------
    InvalidArgument, Unsupported
        Numbers of inputs or outputs that differ; skip connections.
    """
    import torch

    biased = first.bias is not None
    expected = (first.in_features + biased, second.out_features)
    if (network.inputs, network.outputs) != expected:
        raise InvalidArgument(
            f"network: has {network.inputs} inputs and {network.outputs} outputs where the layers have {expected[0]} "
            f"(with the bias) and {expected[1]}"
        )
    if network.C is not None or (network.b is not None and second.bias is None):
        raise Unsupported("network: has what the layers do not have: skip connections or output biases")

    def made(like: Any, weight: Floats, bias: Any) -> Any:
        place = {"dtype": like.weight.dtype, "device": like.weight.device}
        layer = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, **place)
        with torch.no_grad():
            layer.weight.copy_(torch.as_tensor(np.ascontiguousarray(weight)))
            if bias is not None:
                layer.bias.copy_(torch.as_tensor(bias))
        return layer

    W = network.W[:, :-1] if biased else network.W
    hidden = made(first, W, network.W[:, -1].copy() if biased else None)
    kept = None if second.bias is None else module_values(second.bias)
    return hidden, made(second, network.a.reshape(network.width, -1).T, kept if network.b is None else network.b)


def to_torch(network: Network, like: Any) -> Any:
    """A copy of a module of two linear layers (as `from_torch` takes it) with the weights of a network, wider or
    narrower: ``to_torch(verdict.split(0, [1.5, -0.5]).escape().network, module)`` can be trained on.

    Raises
    ------
    InvalidArgument, Unsupported
        As `from_torch` and `linear_layers`; another activation.
    """
    import copy

    import torch

    given = from_torch(like)
    if network.activation != given.activation and str(network.activation) != str(given.activation):
        raise InvalidArgument(f"network: has activation {network.activation} where the module has {given.activation}")
    module = copy.deepcopy(like)
    names = [name for name, one in module.named_modules() if isinstance(one, torch.nn.Linear)]
    layers = linear_layers(network, *(module.get_submodule(name) for name in names))
    for name, layer in zip(names, layers):
        parent, _, last = name.rpartition(".")
        setattr(module.get_submodule(parent), last, layer)
    return module


class gather_layer:
    """Gathers, while it is entered, what goes into ``first`` and the gradient of the loss by what comes out of
    ``second``, of every pass and every sample (token, pixel): h and g of `inspect_layer`.

    Parameters
    ----------
    first, second : torch.nn.Linear
        Before and behind the activation; between them nothing else that changes values (dropout is off: ``eval()``).

    Attributes
    ----------
    h, g : array (n, d), (n, K)
        Gathered so far; of a layer with a bias, h has the column of ones.

    Notes
    -----
    The whole loss is meant: over batches, call ``backward()`` on the parts of one sum (of a mean over n samples, on
    each batch's sum / n). A layer that a pass uses twice is gathered twice. Double precision tells zero from small; a
    model in single precision is stationary to fewer digits: give ``Options(stationarity=...)``.

    Examples
    --------
    ::

        with tepui.gather_layer(block.fc1, block.fc2) as gathered:
            for x, y in batches:
                loss(model(x), y).backward()
        layer = gathered.inspect("gelu", verdict="local_minimum")
        fc1, fc2 = tepui.linear_layers(layer.neurons[0].split([0.5, 0.5]).way_down(1e-3)[0], block.fc1, block.fc2)
    """

    def __init__(self, first: Any, second: Any) -> None:
        for name, one in (("first", first), ("second", second)):
            if type(one).__name__ != "Linear":
                raise InvalidArgument(f"{name}: torch.nn.Linear is expected, not {type(one).__name__}")
        if first.out_features != second.in_features:
            raise InvalidArgument(
                f"first: has {first.out_features} outputs where second has {second.in_features} inputs"
            )
        self.first, self.second = first, second
        self._h: list[Floats] = []
        self._waiting: list[Floats] = []
        self._g: list[Floats] = []
        self._handles: list[Any] = []

    def __enter__(self) -> gather_layer:
        self._handles = [
            self.first.register_forward_hook(self._seen),
            self.second.register_forward_hook(self._sent),
        ]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles = []

    def _seen(self, module: Any, given: tuple[Any, ...], result: Any) -> None:
        self._waiting.append(_rows(given[0]))

    def _sent(self, module: Any, given: tuple[Any, ...], result: Any) -> None:
        if not self._waiting or not result.requires_grad:
            return  # a pass without gradients
        h = self._waiting.pop()

        def arrived(gradient: Any) -> None:
            self._h.append(h)
            self._g.append(_rows(gradient))

        result.register_hook(arrived)

    @property
    def h(self) -> Floats:
        self._require()
        h = np.concatenate(self._h)
        return h if self.first.bias is None else np.column_stack([h, np.ones(len(h))])

    @property
    def g(self) -> Floats:
        self._require()
        return np.concatenate(self._g)

    def _require(self) -> None:
        if not self._h:
            raise InvalidArgument("nothing was gathered: run the model forwards and backwards while it is entered")

    def network(self, activation: ActivationLike) -> Network:
        """W and A of the layer."""
        W = module_values(self.first.weight)
        if self.first.bias is not None:
            W = np.column_stack([W, module_values(self.first.bias)])
        return Network(W, module_values(self.second.weight).T, activation)

    def inspect(self, activation: ActivationLike, **options: Any) -> Layer:
        """`inspect_layer` of what was gathered; ``options`` are its own."""
        network = self.network(activation)
        return inspect_layer(self.h, self.g, network.W, network.a, activation, **options)


def _rows(tensor: Any) -> Floats:
    """Every sample, token or pixel one row (a copy)."""
    values = module_values(tensor)
    return np.array(values.reshape(-1, values.shape[-1]), dtype=np.float64)
