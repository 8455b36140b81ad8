"""Data, a kind of network and a loss, with the loss and its derivatives: what judges and searches are given."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from ._arrays import Floats, address, table
from ._context import caller
from ._data import dataset, sample_weights
from ._fitting import fitting
from ._library import library
from ._objective import Objective, width_of
from ._scaling import Scaling, scaling_of
from .activation import Activation, activation_of
from .chunks import Chunks
from .decay import Decay, decay_of
from .errors import InvalidArgument
from .network import ActivationLike, Network
from .options import Options
from .targets import Loss, Targets, loss_of, targets_of


class Model:
    """What `Problem` holds; the questions are there."""

    def __init__(
        self,
        X: Any,
        y: Any,
        activation: ActivationLike = "tanh",
        bias: bool = True,
        output_bias: bool = False,
        loss: str | Loss = "squared",
        weight_decay: Decay = 0.0,
        standardize: bool = False,
        *,
        skip: bool = False,
        sample_weight: Any = None,
        reduction: str = "sum",
        options: Options | None = None,
    ) -> None:
        if reduction not in ("sum", "mean"):
            raise InvalidArgument(f"reduction = {reduction!r}: 'sum' or 'mean' is expected")
        self.options = options or Options()
        self.activation = activation_of(activation)
        self.bias, self.output_bias, self.skip = bool(bias), bool(output_bias), bool(skip)
        self.loss_function, self.reduction = loss_of(loss), reduction
        x = X if isinstance(X, Chunks) else table(X, "X")
        weights = sample_weights(sample_weight, len(x))
        targets = targets_of(y, self.loss_function, len(x))
        self.x_scaling: Scaling | None = None
        self.y_scaling: Scaling | None = None
        if standardize:
            x, self.x_scaling = _standardized(x, weights)
            if self.loss_function.of_differences:
                values, self.y_scaling = _standardized(targets.values, weights)
                targets = Targets(values)
        divisor = 1.0 if reduction == "sum" else float(len(x) if weights is None else weights.sum())
        self.weight_decay = decay_of(weight_decay, self.loss_function, divisor)
        self.classes_ = targets.classes
        self.X, self.y, self.sample_weight = x, targets.values, weights
        self._open()

    def _open(self) -> None:
        """What belongs to the library."""
        self._call = caller(self.options)
        self._dataset = dataset(
            self._call, self.X, self.y, self.loss_function, self.sample_weight, self.weight_decay,
            bias=self.bias, mean_loss=self.reduction == "mean",
        )  # fmt: skip
        self._objectives: dict[object, Objective] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {
            name: value for name, value in self.__dict__.items() if name not in ("_call", "_dataset", "_objectives")
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._open()

    # ---- What it is ----

    @property
    def samples(self) -> int:
        """n."""
        return len(self.X)

    @property
    def inputs(self) -> int:
        """d, with the bias."""
        return int(library.tepui_dataset_inputs(self._dataset.pointer))

    @property
    def outputs(self) -> int:
        """K."""
        return int(library.tepui_dataset_outputs(self._dataset.pointer))

    @property
    def plain(self) -> bool:
        """One output, the squared loss, no output bias, skip connections or weight decay."""
        simple = self.outputs == 1 and self.loss_function.name == "squared" and not self.weight_decay
        return simple and not self.output_bias and not self.skip

    def __repr__(self) -> str:
        what = f"{self.samples} samples, {self.inputs} inputs, {self.outputs} outputs"
        return f"<tepui.Problem: {what}, {self.activation}, {self.loss_function.name} loss>"

    def network(self, theta: npt.ArrayLike) -> Network:
        """The network with the parameters theta (P,): W row by row, a, b, C. Its width follows from P."""
        objective, at = self._objective(theta)
        return objective.like.with_parameters(at)

    def as_network(self, net: Any) -> Network:
        """A network of this problem out of a Network, (W, a[, b[, C]]), a fitted MLPRegressor or MLPClassifier, or a
        torch module.

        Raises
        ------
        InvalidArgument
            Numbers of inputs or outputs that differ, a bias or skip connections on one side alone.
        """
        return fitting(net, self._like(0), bias=self.bias)

    # ---- The objective ----

    def _objective(self, theta: Any) -> tuple[Objective, Floats]:
        """That of networks with so many parameters (of a Network: with its activations), and the parameters."""
        activation: Any = None
        if isinstance(theta, Network):
            if not isinstance(theta.activation, (str, Activation)):
                activation = tuple(theta.activation)
            theta = theta.parameters
        at = np.ascontiguousarray(theta, dtype=np.float64).ravel()
        key = (at.size, activation)
        if key not in self._objectives:
            like = self._like(width_of(at.size, self._like(0)))
            if activation is not None:
                like = dataclasses.replace(like, activation=activation)
            self._objectives[key] = Objective(self._dataset, self.samples, like, self.options)
        return self._objectives[key], at

    def loss(self, theta: Any) -> float:
        """L at parameters theta (P,), or of a Network."""
        objective, at = self._objective(theta)
        return objective.loss(at)

    def gradient(self, theta: Any) -> Floats:
        """dL/dtheta (P,)."""
        return self.loss_and_gradient(theta)[1]

    def loss_and_gradient(self, theta: Any) -> tuple[float, Floats]:
        """L and dL/dtheta (P,) at theta (P,), as ``scipy.optimize.minimize(..., jac=True)`` takes them.

        Raises
        ------
        InvalidArgument, NotFinite, NumericError
            A number of parameters that no width has; theta not finite; an overflow, whose sample is named.

        Examples
        --------
        >>> import numpy as np, tepui
        >>> p = tepui.Problem([[0.0], [1.0]], [0.0, 1.0], bias=False)
        >>> loss, gradient = p.loss_and_gradient([0.0, 1.0])
        >>> loss, gradient.tolist()
        (0.5, [-1.0, 0.0])
        """
        objective, at = self._objective(theta)
        return objective.loss_and_gradient(at)

    def hessian(self, theta: Any) -> Floats:
        """The Hessian (P, P) at theta (P,)."""
        objective, at = self._objective(theta)
        return objective.hessian(at)

    def hvp(self, theta: Any, v: npt.ArrayLike) -> Floats:
        """The Hessian at theta (P,) times v (P,), without forming it."""
        objective, at = self._objective(theta)
        return objective.hvp(at, v)

    def outputs_of(self, net: Any) -> Floats:
        """f(x_k) (n, K), or (n,) of one output; with "softmax", "logistic" and "poisson" before that function."""
        network = self.as_network(net)._handle(self._call)
        f = np.empty((self.samples, self.outputs))
        self._call("tepui_outputs", self._dataset, network, address(f), None)
        return f[:, 0] if self.outputs == 1 else f

    def _like(self, width: int) -> Network:
        """A network of this kind, all parameters zero."""
        K, d = self.outputs, self.inputs
        return Network(
            np.zeros((width, d)), np.zeros((width, K)), self.activation,
            np.zeros(K) if self.output_bias else None, np.zeros((K, d)) if self.skip else None,
        )  # fmt: skip


def _standardized(values: Any, weights: Floats | None) -> tuple[Any, Scaling]:
    """Columns of mean 0 and standard deviation 1, of an array or chunks; and by which numbers."""
    if isinstance(values, Chunks):
        scaling = scaling_of(values.pieces, weights)
        return dataclasses.replace(values, scaling=scaling), scaling
    scaling = scaling_of(lambda: iter((values,)), weights)
    return scaling.of(values), scaling
