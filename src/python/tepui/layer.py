"""A layer of any network: what splitting each of its neurons does."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from ._arrays import Floats, address, as_array, floats, table
from ._context import Caller, caller
from ._data import dataset, sample_weights
from ._enumerations import Verdict as Verdicts
from ._judged import Judged
from ._judges import coefficients, way_down
from ._library import Handle
from ._progress import Progress
from .decay import WeightDecay
from .errors import InvalidArgument
from .network import ActivationLike, Network
from .options import Options
from .spectrum import Spectrum, on_kernel
from .targets import Loss


class LayerNeuron:
    """A neuron of a layer; attributes as of `Neuron`, and ``slopes``: the rank of Psi_i and its margin."""

    def __init__(self, layer: Layer, index: int) -> None:
        self._layer, self.index = layer, index
        self.report: dict[str, Any] = layer.report["neurons"][index]
        self.plateau: str = self.report["plateau"]
        self.local_minima: str = self.report["local_minima"]
        self.saddles: str = self.report["saddles"]
        self.rule: str = self.report["rule"]
        self.why: str = self.report["reason"]
        self.definiteness: str = self.report["definiteness"]
        self.slopes: dict[str, Any] = self.report["slopes"]

    @functools.cached_property
    def inner_hessian(self) -> Spectrum:
        """H_i = sum_k (g_k . a_i) sigma''(w_i . h_k) h_k h_k^T on the kernel of Psi_i^T."""
        return Spectrum(self.report["inner_hessian"], lambda: self._layer._inner_hessian(self.index))

    def split(self, gammas: Any) -> LayerSplit:
        """See `Layer.split`."""
        return self._layer.split(self.index, gammas)

    def __repr__(self) -> str:
        return f"<tepui.LayerNeuron {self.index}: {self.plateau} ({self.rule})>"


class LayerSplit(Judged):
    """What splitting a neuron of a layer makes of the whole network's point.

    Attributes
    ----------
    verdict, rule, why : str
    added : dict
        What the split adds to Morse index and nullity.
    morse_index, nullity : int or None
        Of the split network, where those of the whole network's point were given.
    """

    def __init__(self, layer: Layer, neuron: int, gammas: Floats, report: dict[str, Any]) -> None:
        self._layer, self.neuron, self.gammas, self.report = layer, neuron, gammas, report
        self.verdict: str = report["verdict"]
        self.rule: str = report["rule"]
        self.why: str = report["reason"]
        self.added: dict[str, Any] = report["added"]
        index = report["index"] or {}
        self.morse_index: int | None = index.get("morse_index")
        self.nullity: int | None = index.get("nullity")

    def way_down(self, epsilon: float) -> tuple[Network, float]:
        """The layer with the daughters in their parent's place at epsilon >= 0 on a curve along which the loss falls,
        and the change that is predicted; 0.0 where no way is known. To be measured in the whole network, from a small
        epsilon on."""
        wide = self._layer.network.split(self.neuron, self.gammas)
        return way_down(self._layer._call, self._layer._handle, wide, self.neuron, self.gammas, float(epsilon))

    def __repr__(self) -> str:
        return f"<tepui.LayerSplit: {self.verdict} ({self.rule})>"


class Layer:
    """The neurons of a layer at a stationary point of the whole network; made by `inspect_layer`.

    Attributes
    ----------
    stationary : bool
        The layer's own gradient is zero; else there are no neurons.
    neurons : list of LayerNeuron
    network : Network
        W and A of the layer.
    report : dict
        All that the library says (``src/docs/REPORTS.md``, "Layer").
    """

    def __init__(self, call: Caller, handle: Handle, network: Network, h: npt.NDArray[Any], g: Floats) -> None:
        self._call, self._handle, self.network, self._h, self._g = call, handle, network, h, g
        self.report = call.report("tepui_layer_report", handle)
        self.stationary = bool(self.report["stationary"])
        self.neurons = [LayerNeuron(self, i) for i in range(len(self.report.get("neurons") or []))]

    def split(self, neuron: int, gammas: npt.ArrayLike) -> LayerSplit:
        """The verdict on splitting one neuron by coefficients (r,) of sum 1.

        Raises
        ------
        NotStationary, InvalidArgument
        """
        gamma, neuron = coefficients(gammas), self.network._neuron(neuron)
        split = self._call.make(
            "tepui_classify_layer_split", "layer_split", self._handle, neuron, len(gamma), address(gamma)
        )
        return LayerSplit(self, neuron, gamma, self._call.report("tepui_layer_split_report", split))

    def _inner_hessian(self, neuron: int) -> Floats:
        from .activation import activation_of

        h, w = np.ascontiguousarray(self._h, dtype=np.float64), self.network.W[neuron]
        _, first, second = activation_of(self.network.activation).evaluate(h @ w)  # type: ignore[arg-type]
        a = self.network.a[neuron].reshape(-1)
        gram, c = np.empty((len(w), len(w))), np.ascontiguousarray((self._g @ a) * second)
        self._call("tepui_weighted_gram", len(h), len(w), address(h), len(w), 1, address(c), len(h), address(gram))
        slopes = h.T @ (first[:, np.newaxis] * self._g)
        return on_kernel(gram, slopes, self.report["neurons"][neuron]["slopes"])

    def __repr__(self) -> str:
        return f"<tepui.Layer: {len(self.neurons)} neurons, {'' if self.stationary else 'not '}stationary>"


def inspect_layer(
    h: Any,
    g: Any,
    W: Any,
    A: Any,
    activation: ActivationLike,
    *,
    verdict: str = "undetermined",
    morse_index: int | None = None,
    nullity: int | None = None,
    sample_weight: Any = None,
    options: Options | None = None,
    progress: Progress = None,
) -> Layer:
    """Judges every neuron of a layer that sends out sum_i a_i sigma(w_i . h_k), at a stationary point of the whole
    network.

    Parameters
    ----------
    h : array_like (n, d) or (..., d)
        The layer's inputs, of every sample (token, pixel); with a bias, a column of ones.
    g : array_like (n, K) or (..., K)
        The gradient of the whole loss by what the layer sends out.
    W : array_like (m, d)
    A : array_like (m, K) or (m,)
        a_i of each neuron: the transpose of the next layer's weights as torch has them.
    activation : str or Activation
    verdict : {"undetermined", "local_minimum", "saddle"}
        What the whole network's point is, where it is known.
    morse_index, nullity : int, optional
        Of its Hessian.
    sample_weight : array_like (n,), optional
        Multiplies g.

    Raises
    ------
    InvalidArgument, NotFinite, Unsupported, NumericError
        Shapes that do not fit; an activation that is not twice differentiable; overflow.

    Examples
    --------
    >>> import numpy as np, tepui
    >>> h = np.linspace(-1.95, 1.95, 40)
    >>> layer = tepui.inspect_layer(h, np.cos(4 * h), [[0.0]], [1.0], "gelu", verdict="local_minimum", nullity=0)
    >>> layer.stationary, layer.neurons[0].plateau
    (True, 'local_minima_and_saddles')
    >>> layer.split(0, [1.5, -0.5]).verdict, layer.split(0, [0.5, 0.5]).verdict
    ('saddle', 'local_minimum')
    """
    call = caller(options or Options())
    network = Network(np.atleast_2d(as_array(W, "W")), A, activation)
    x = table(h, "h")
    targets = floats(table(g, "g"), "g", (len(x), network.outputs))
    narrow = {"undetermined": Verdicts.UNDETERMINED, "local_minimum": Verdicts.LOCAL_MINIMUM, "saddle": Verdicts.SADDLE}
    if verdict not in narrow:
        raise InvalidArgument(f"verdict = {verdict!r}: one of {', '.join(narrow)} is expected")
    weights = sample_weights(sample_weight, len(x))
    data = dataset(call, x, targets, Loss(), weights, WeightDecay(), bias=False, mean_loss=False)
    handle = call.make(
        "tepui_inspect_layer", "layer", data, network._handle(call), int(narrow[verdict]), -1 if morse_index is None
        else morse_index, -1 if nullity is None else nullity, progress=progress,
    )  # fmt: skip
    return Layer(call, handle, network, x, targets if weights is None else weights[:, np.newaxis] * targets)
