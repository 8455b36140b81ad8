"""Networks of other libraries, by what they look like: nothing of these is imported."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._arrays import Floats, as_array
from .activation import Activation
from .errors import InvalidArgument, Unsupported
from .network import ActivationLike, Network

# MLPRegressor and MLPClassifier.
_SKLEARN = {"tanh": "tanh", "logistic": "sigmoid", "relu": "relu", "identity": "identity"}
_TORCH = {
    "Tanh": "tanh", "Sigmoid": "sigmoid", "SiLU": "silu", "ReLU": "relu", "Identity": "identity", "SELU": "selu",
}  # fmt: skip


def from_sklearn(estimator: Any) -> Network:
    """The network of a fitted MLPRegressor or MLPClassifier with one hidden layer, or of a TwoLayerRegressor or
    TwoLayerClassifier: of a problem with bias and output bias, on the data as the estimator was given them.

    Raises
    ------
    InvalidArgument
        It is not fitted, or has another number of hidden layers.
    """
    if not hasattr(estimator, "coefs_"):
        raise InvalidArgument("estimator: has no coefs_; a fitted MLPRegressor or MLPClassifier is expected")
    if isinstance(getattr(estimator, "network_", None), Network):
        return estimator.network_  # type: ignore[no-any-return]
    if len(estimator.coefs_) != 2:
        raise InvalidArgument(f"estimator: has {len(estimator.coefs_) - 1} hidden layers where one is expected")
    (first, second), (hidden, output) = estimator.coefs_, estimator.intercepts_
    W = np.column_stack([np.asarray(first).T, np.asarray(hidden)])
    return Network(W, np.asarray(second), _SKLEARN[estimator.activation], np.asarray(output))


def from_torch(module: Any) -> Network:
    """The network of a torch module with two linear layers and an activation between them (Sequential(Linear, Tanh,
    Linear)). The bias of the first layer is the last column of W.

    Raises
    ------
    InvalidArgument, Unsupported
        Other layers; an activation that the library does not have.
    """
    parts = [one for one in module.modules() if not list(one.children())]
    linear = [one for one in parts if type(one).__name__ == "Linear"]
    between = [one for one in parts if type(one).__name__ not in ("Linear", "Dropout", "Flatten")]
    if len(linear) != 2 or len(between) != 1:
        names = ", ".join(type(one).__name__ for one in parts)
        raise InvalidArgument(f"module: has the layers {names} where Linear, an activation, Linear are expected")
    hidden, output = linear
    W = module_values(hidden.weight)
    if hidden.bias is not None:
        W = np.column_stack([W, module_values(hidden.bias)])
    return Network(
        W,
        module_values(output.weight).T,
        _torch_activation(between[0]),
        None if output.bias is None else module_values(output.bias),
    )


def module_values(parameter: Any) -> Floats:
    """A tensor of torch in double precision."""
    return np.asarray(as_array(parameter.detach().cpu(), "parameter"), dtype=np.float64)


def _torch_activation(module: Any) -> str:
    name = type(module).__name__
    if name == "GELU":
        return "gelu_tanh" if module.approximate == "tanh" else "gelu"
    if name == "LeakyReLU":
        return f"leaky_relu:{module.negative_slope!r}"
    if name == "Softplus" and module.beta == 1:
        return "softplus"
    if name not in _TORCH:
        raise Unsupported(f"module: the activation {module} is none of the library's")
    return _TORCH[name]


def network_of(net: Any, activation: ActivationLike) -> Network:
    """A Network out of whatever stands for one."""
    if isinstance(net, Network):
        return net
    if isinstance(net, tuple):
        W, a, *rest = net
        return Network(W, a, activation, *rest)
    if hasattr(net, "coefs_"):
        return from_sklearn(net)
    if hasattr(net, "modules") and hasattr(net, "parameters"):
        return from_torch(net)
    if hasattr(net, "network") and isinstance(net.network, Network):
        return net.network
    raise InvalidArgument(
        "net: a tepui.Network, (W, a[, b[, C]]), a fitted MLPRegressor or MLPClassifier, or a torch module is "
        f"expected, not {type(net).__name__}"
    )


__all__ = ["Activation", "from_sklearn", "from_torch", "module_values", "network_of"]
