"""Estimators of scikit-learn, which is imported with this module alone: the best of many starts, with its verdict."""

from __future__ import annotations

import contextlib
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ._arrays import Floats
from ._data import sample_weights
from .activation import activation_of
from .errors import InvalidArgument
from .fits import End
from .network import Network
from .problem import Problem


def _merged(X: Floats, y: Floats, sample_weight: Any) -> tuple[Floats, Floats, Floats]:
    """Each different sample once, with the sum of its weights: a sample that is there twice, or with weight two, gives
    the same problem to the last bit."""
    weights = sample_weights(sample_weight, len(X))
    weights = np.ones(len(X)) if weights is None else weights
    rows = np.column_stack([X, y])[weights > 0.0]
    rows, number = np.unique(rows, axis=0, return_inverse=True)
    columns = X.shape[1]
    targets = rows[:, columns] if y.ndim == 1 else rows[:, columns:]
    return (
        rows[:, :columns].copy(),
        targets.copy(),
        np.bincount(number.ravel(), weights[weights > 0.0]).astype(np.float64),
    )


class _TwoLayer(BaseEstimator):  # type: ignore[misc]
    """What both estimators share: the search, and the network in the units of the data."""

    def __init__(
        self,
        n_neurons: int = 3,
        activation: str = "tanh",
        weight_decay: float = 0.0,
        starts: int = 16,
        max_iterations: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.n_neurons = n_neurons
        self.activation = activation
        self.weight_decay = weight_decay
        self.starts = starts
        self.max_iterations = max_iterations
        self.random_state = random_state

    def _search(self, X: Floats, y: Any, loss: str, sample_weight: Any) -> None:
        if self.n_neurons < 1 or self.starts < 1:
            raise InvalidArgument(
                f"n_neurons = {self.n_neurons}, starts = {self.starts}: at least 1 is expected of each"
            )
        X, y, sample_weight = _merged(X, y, sample_weight)
        self.problem_ = Problem(
            X, y, self.activation, output_bias=True, loss=loss, weight_decay=self.weight_decay, standardize=True,
            sample_weight=sample_weight, reduction="mean",
        )  # fmt: skip
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        self.points_ = self.problem_.solve(self.n_neurons, self.starts, seed=seed, max_iterations=self.max_iterations)
        ends = self.points_.ends
        lowest = min(ends, key=lambda end: end.loss, default=None)
        if len(self.points_) and (lowest is None or self.points_[0].loss <= lowest.loss):
            lowest, network = None, self.points_[0].network
            self.verdict_ = self.points_[0].classify()
        else:
            network = self._network_at(lowest)
            self.verdict_ = self.problem_.classify(network)
        self.end_ = lowest
        self.network_ = self.in_units_of_the_data(network)
        self.coefs_ = [self.network_.W[:, :-1].T.copy(), self.network_.a.reshape(self.n_neurons, -1)]
        self.intercepts_ = [self.network_.W[:, -1].copy(), self.network_.b]
        self.loss_ = self.problem_.loss(network)

    def _network_at(self, end: End | None) -> Network:
        """The lowest that a start came to: of all, or of those that ended there."""
        told = self.points_.starts
        losses = np.full(len(told), np.inf)
        for i, start in enumerate(told):
            if end is None or start["end"] == end.report["end"]:
                with contextlib.suppress(ArithmeticError):
                    losses[i] = self.problem_.loss(self.points_.start_network(i))
        lowest = int(np.argmin(losses))
        outcomes = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in self.points_.outcomes.items())
        if end is None:
            found = f"no stationary point was found ({outcomes}); the network of the lowest start is taken"
        else:
            kind = {"minimum": "a minimum", "saddle": "a saddle"}.get(end.verdict, "an end")
            found = (
                f"the lowest loss, {end.loss:.6g}, is that of {kind} at infinity, `end_` ({outcomes}); the network of "
                f"a start on its way there is taken, whose loss is {losses[lowest]:.6g}"
            )
        warnings.warn(f"{found}, and `verdict_` is of that network.", ConvergenceWarning, stacklevel=4)
        return self.points_.start_network(lowest)

    def in_units_of_the_data(self, network: Network) -> Network:
        """A network of `problem_`, which is of standardised data, as one of the data as they were given: so that a
        way down from a split can be used outside."""
        check_is_fitted(self)
        x, y = self.problem_.x_scaling, self.problem_.y_scaling
        assert x is not None and network.b is not None
        W = network.W.copy()
        W[:, :-1] /= x.scale
        W[:, -1] -= W[:, :-1] @ x.mean
        a, b = network.a.reshape(network.width, -1), network.b
        if y is not None:
            a, b = a * y.scale, b * y.scale + y.mean
        return Network(W, a, network.activation, b)

    def _outputs(self, X: Any) -> Floats:
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=np.float64)
        hidden, _, _ = activation_of(self.activation).evaluate(X @ self.coefs_[0] + self.intercepts_[0])
        outputs: Floats = hidden @ self.coefs_[1] + self.intercepts_[1]
        return outputs


class TwoLayerRegressor(RegressorMixin, _TwoLayer):  # type: ignore[misc]
    """Least squares of a network of one hidden layer: the lowest of the stationary points that many starts find.

    Columns and targets are standardised inside; `coefs_` and `intercepts_` are in the units of the data, as those of
    MLPRegressor.

    Parameters
    ----------
    n_neurons : int
    activation : str
        See `tepui.Network`.
    weight_decay : float
        lambda of all weights but biases, in standardised units, beside the mean of the loss. 0 has plateaus to tell of;
        with decay no split of a smooth neuron is stationary.
    starts : int
        Of the search.
    max_iterations : int, optional
        Of each start.
    random_state : int, RandomState or None
        Of the random starts.

    Attributes
    ----------
    verdict_ : Verdict
        On the point taken: of `problem_`, in standardised units.
    points_ : Fits
        All stationary points found, and ends at infinity.
    end_ : End or None
        The end at infinity whose loss is below that of all points: the network is one on its way there.
    coefs_, intercepts_ : list of array
        (d, m) and (m, K); (m,) and (K,).
    network_ : Network
        The same.
    problem_ : Problem
        Of the standardised data, equal samples counted as one.
    loss_ : float
        Of `problem_`.
    n_features_in_, feature_names_in_

    Examples
    --------
    >>> import numpy as np
    >>> from tepui.estimators import TwoLayerRegressor
    >>> x = np.linspace(-2, 2, 50).reshape(-1, 1)
    >>> fit = TwoLayerRegressor(n_neurons=1, random_state=0).fit(x, np.sin(x[:, 0]))
    >>> fit.verdict_.verdict, fit.verdict_.neurons[0].plateau, round(fit.score(x, np.sin(x[:, 0])), 4)
    ('local_minimum', 'all_saddles', 0.9978)
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> TwoLayerRegressor:
        """X (n, d), y (n,) or (n, K), sample_weight (n,)."""
        X, y = validate_data(self, X, y, dtype=np.float64, multi_output=True, y_numeric=True)
        self._single = y.ndim == 1
        self._search(X, y.astype(np.float64), "squared", sample_weight)
        return self

    def predict(self, X: Any) -> Floats:
        """(n,) or (n, K), as y was."""
        outputs = self._outputs(X)
        return outputs[:, 0] if self._single else outputs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


class TwoLayerClassifier(ClassifierMixin, _TwoLayer):  # type: ignore[misc]
    """Classes by a network of one hidden layer (cross-entropy): the lowest of the stationary points of many starts.

    Parameters and attributes are those of `TwoLayerRegressor`; `classes_` are the labels, sorted. Two classes have one
    output, more have one each. weight_decay is positive unless told otherwise: classes that a network tells apart have
    no minimum without.

    Examples
    --------
    >>> import numpy as np
    >>> from tepui.estimators import TwoLayerClassifier
    >>> x = np.linspace(-2, 2, 30).reshape(-1, 1)
    >>> fit = TwoLayerClassifier(n_neurons=2, random_state=0).fit(x, np.where(abs(x[:, 0]) < 1, "in", "out"))
    >>> fit.verdict_.verdict, fit.predict([[0.0], [1.9]]).tolist()
    ('local_minimum', ['in', 'out'])
    """

    def __init__(
        self,
        n_neurons: int = 3,
        activation: str = "tanh",
        weight_decay: float = 1e-3,
        starts: int = 16,
        max_iterations: int | None = None,
        random_state: Any = None,
    ) -> None:
        super().__init__(n_neurons, activation, weight_decay, starts, max_iterations, random_state)

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> TwoLayerClassifier:
        """X (n, d), labels y (n,), sample_weight (n,)."""
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, numbers = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise InvalidArgument(f"y: has one class alone, {self.classes_[0]!r}: there is nothing to tell apart")
        if len(self.classes_) == 2:
            self._search(X, numbers.astype(np.float64), "logistic", sample_weight)
        else:
            self._search(X, np.eye(len(self.classes_))[numbers], "softmax", sample_weight)
        return self

    def decision_function(self, X: Any) -> Floats:
        """The outputs: (n,) of two classes, else (n, K)."""
        outputs = self._outputs(X)
        return outputs[:, 0] if len(self.classes_) == 2 else outputs

    def predict_proba(self, X: Any) -> Floats:
        """(n, classes)."""
        outputs = self._outputs(X)
        if len(self.classes_) == 2:
            outputs = np.column_stack([np.zeros(len(outputs)), outputs])
        terms = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        chances: Floats = terms / terms.sum(axis=1, keepdims=True)
        return chances

    def predict_log_proba(self, X: Any) -> Floats:
        """(n, classes)."""
        with np.errstate(divide="ignore"):
            logarithms: Floats = np.log(self.predict_proba(X))
        return logarithms

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Labels (n,)."""
        outputs = self._outputs(X)
        number = (outputs[:, 0] > 0.0).astype(int) if len(self.classes_) == 2 else outputs.argmax(axis=1)
        found: npt.NDArray[Any] = self.classes_[number]
        return found
