"""Data, a kind of network and a loss: what every question is about."""

from __future__ import annotations

import dataclasses
from typing import Any

from ._arrays import whole
from ._model import Model
from ._progress import Progress
from .errors import InvalidArgument
from .fits import Fits, solve
from .trace import Trace, trace
from .verdict import Verdict


class Problem(Model):
    """The loss of networks of one hidden layer on data.

    L = sum_k s_k l(f(x_k), y_k) + 1/2 sum_p lambda_p theta_p^2.

    Parameters
    ----------
    X : array_like (n, d) or Chunks
        Samples. C-contiguous float64 and float32 (rows may lie apart) are read where they are, memory maps
        included, and must not change; anything with ``__array__`` or ``__dlpack__`` is taken. What does not fit in
        memory is read by a function: `Chunks`.
    y : array_like (n,) or (n, K)
        Targets: numbers; with loss "softmax" labels, or probabilities of each class; with "logistic" labels
        of two classes, or numbers from 0 to 1; with "poisson" counts.
    activation : str or Activation
        See `Network`.
    bias : bool
        Add a constant input of 1 behind the last column.
    output_bias, skip : bool
        Networks have output biases b, connections C of inputs to outputs.
    loss : str or Loss
        "squared" ((f - y)^2 / 2), "logistic", "softmax", "poisson", "pseudo_huber" or "pseudo_huber:DELTA";
        one of your own: `Loss.custom`.
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
        Threads, tolerances, numbers of starts, ...; default: the library's.

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
        if find not in ("minimum", "stationary"):
            raise InvalidArgument(f"find = {find!r}: 'minimum' or 'stationary' is expected")
        width = whole(width, "width", 1)
        options = dataclasses.replace(
            self.options,
            seed=whole(seed, "seed", 0),
            solve_starts=whole(starts, "starts", 1),
            solve_target=find,
            solve_max_iterations=max_iterations,
            solve_tolerance=tolerance,
        )
        return solve(self, width, options, progress)

    def trace(
        self, width: int, *, scale: float = 1e-6, steps: int = 50000, seed: int = 1, progress: Progress = None
    ) -> Trace:
        """Gradient flow of a ReLU-like network from weights of size ``scale``, output biases and skip connections from
        0: its plateaus and the exact stationary point, or the end at infinity, behind each of them.

        Raises
        ------
        InvalidArgument, Unsupported
            Another activation than relu, leaky_relu and abs; a loss that is not convex.
        """
        return trace(self, whole(width, "width", 1), scale, whole(steps, "steps", 1), whole(seed, "seed", 0), progress)
