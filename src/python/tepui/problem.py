"""Data, a kind of network and a loss: what every question is about."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ._arrays import Floats, address, table
from ._context import caller
from ._data import dataset, sample_weights, scaling_of, standardized
from ._library import library
from ._objective import Objective
from ._progress import Progress
from .activation import Activation, activation_of
from .decay import Decay, decay_of
from .errors import InvalidArgument
from .network import ActivationLike, Network
from .options import Options
from .targets import Loss, Targets, loss_of, targets_of

if TYPE_CHECKING:
    from .fits import Fits
    from .trace import Trace
    from .verdict import Verdict


class Problem:
    """The loss of networks of one hidden layer on data.

    L = sum_k s_k l(f(x_k), y_k) + 1/2 sum_p lambda_p theta_p^2.

    Parameters
    ----------
    X : array_like (n, d)
        Samples. C-contiguous float64 and float32 (rows may lie apart) are read where they are, memory maps
        included, and must not change; anything with ``__array__`` or ``__dlpack__`` is taken.
    y : array_like (n,) or (n, K)
        Targets: numbers; with loss "softmax" labels, or probabilities of each class; with "logistic" labels
        of two classes, or numbers from 0 to 1; with "poisson" counts.
    activation : str or Activation
        See `Network`.
    bias : bool
        Add a constant input of 1 behind the last column.
    output_bias, skip : bool
        Networks have output biases b, connections C of inputs to outputs.
    loss : str
        "squared" ((f - y)^2 / 2), "logistic", "softmax", "poisson", "pseudo_huber" or "pseudo_huber:DELTA".
    weight_decay : float, str, dict or WeightDecay
        lambda of all weights but biases; "nnet:DECAY" and "scikit-learn:ALPHA" as these count it.
    standardize : bool
        Give the columns of X, and of y where the loss is one of differences, mean 0 and standard deviation 1
        (in a copy). Networks are those of the standardised data: `x_scaling` and `y_scaling` have the numbers.
    sample_weight : array_like (n,), optional
        s_k >= 0.
    reduction : {"sum", "mean"}
        "mean" divides the loss of the samples by the sum of their weights.
    options : Options, optional

    Attributes
    ----------
    classes_ : array or None
        Labels of classes, sorted: of output 0, 1, ... with "softmax".

    Raises
    ------
    InvalidArgument, NotFinite
        Shapes that do not fit, unknown words, targets that the loss does not take, values that are not finite.

    Examples
    --------
    >>> import numpy as np, tepui
    >>> x = np.linspace(-2, 2, 50)
    >>> p = tepui.Problem(x, np.sin(x), activation="tanh", bias=False)
    >>> fits = p.solve(width=1)
    >>> v = p.classify(fits[0].network)
    >>> v.verdict, v.morse_index, v.neurons[0].plateau
    ('local_minimum', 0, 'local_minima_and_saddles')
    >>> s = v.split(0, [1.5, -0.5])
    >>> s.is_saddle, s.escape().network.width
    (True, 2)
    """

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
        x = table(X, "X")
        weights = sample_weights(sample_weight, len(x))
        targets = targets_of(y, self.loss_function, len(x))
        self.x_scaling = self.y_scaling = None
        if standardize:
            self.x_scaling = scaling_of(x, weights)
            x = standardized(x, self.x_scaling)
            if self.loss_function.of_differences:
                self.y_scaling = scaling_of(targets.values, weights)
                targets = Targets(standardized(targets.values, self.y_scaling))
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
        """One output, the squared loss, no output bias, skip connections or weight decay: what critical sets, traces
        and certificates are for as yet."""
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
        from ._fitting import fitting

        return fitting(self, net)

    # ---- The objective ----

    def _objective(self, theta: Any) -> tuple[Objective, Floats]:
        """That of networks with so many parameters (of a Network: with its activations), and the parameters."""
        activation: object = None
        if isinstance(theta, Network):
            if not isinstance(theta.activation, (str, Activation)):
                activation = tuple(theta.activation)
            theta = theta.parameters
        at = np.ascontiguousarray(theta, dtype=np.float64).ravel()
        key = (at.size, activation)
        if key not in self._objectives:
            self._objectives[key] = Objective(self, at.size, activation)
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

    # ---- Questions ----

    def classify(self, net: Any, polish: bool = False, progress: Progress = None) -> Verdict:
        """What the point of a network is, and what splitting each of its neurons does.

        Parameters
        ----------
        net : Network, tuple, fitted estimator or module
            See `as_network`.
        polish : bool
            First move to the stationary point nearby, whatever its index, where there is one within a tenth
            of the norm of the parameters; `Verdict.polish` says how far it was.
        progress : bool or callable
            True: a bar of tqdm; a function of phase and fraction, at most about ten times a second.

        Raises
        ------
        InvalidArgument, Unsupported, NumericError, OutOfMemory, Cancelled
            A network that does not fit; models without theory; overflow.
        """
        from .verdict import Verdict

        return Verdict(self, self.as_network(net), polish=polish, progress=progress)

    def solve(
        self,
        width: int,
        starts: int = 16,
        *,
        seed: int = 1,
        find: str = "minimum",
        max_iterations: int | None = None,
        tolerance: float | None = None,
        progress: Progress = None,
    ) -> Fits:
        """Stationary points from many random starts, to machine precision.

        Parameters
        ----------
        width : int
            m, the number of neurons.
        starts, seed, max_iterations, tolerance
            Of the search; the result depends on them, not on the number of threads.
        find : {"minimum", "stationary"}
            Minima, or the stationary point nearby, saddles too.
        progress : bool or callable
            See `classify`. A search that such a function stops gives what it has found.

        Raises
        ------
        InvalidArgument, OutOfMemory, Unsupported
        """
        from .fits import solve

        options = dataclasses.replace(
            self.options,
            seed=seed,
            solve_starts=starts,
            solve_target=find,
            solve_max_iterations=max_iterations,
            solve_tolerance=tolerance,
        )
        return solve(self, width, options, progress)

    def trace(
        self, width: int, *, scale: float = 1e-6, steps: int = 50000, seed: int = 1, progress: Progress = None
    ) -> Trace:
        """Gradient flow of a ReLU-like network from weights of size ``scale``: its plateaus and the exact stationary
        point behind each of them.

        Raises
        ------
        InvalidArgument, Unsupported
            Another activation than relu, leaky_relu and abs; a problem that is not `plain`.
        """
        from .trace import trace

        return trace(self, width, scale, steps, seed, progress)

    def _like(self, width: int) -> Network:
        """A network of this kind, all parameters zero."""
        K, d = self.outputs, self.inputs
        return Network(
            np.zeros((width, d)), np.zeros((width, K)), self.activation,
            np.zeros(K) if self.output_bias else None, np.zeros((K, d)) if self.skip else None,
        )  # fmt: skip
