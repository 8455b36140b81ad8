"""tepui: what happens to a two-layer network's stationary point when neurons are split.

>>> import numpy as np, tepui
>>> x = np.linspace(-2, 2, 50)
>>> p = tepui.Problem(x, np.sin(x), activation="tanh", bias=False)
>>> v = p.solve(width=1)[0].classify()
>>> v.verdict, v.split(0, [0.4, 0.6]).verdict, v.split(0, [1.5, -0.5]).verdict
('local_minimum', 'local_minimum', 'saddle')

`Problem` holds data, a kind of network and a loss; `Problem.classify` judges a `Network`, `Problem.solve` finds
stationary points. `inspect_layer` judges a layer of any network. Errors are `TepuiError` and what Python has for the
like. Calls release the GIL, may come from any thread, and end on Ctrl-C."""

from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from ._interpreters import require_main_interpreter as _require_main_interpreter

_require_main_interpreter()

from ._optional import optional as _needed  # noqa: E402
from ._prototypes import VERSION as __version__  # noqa: E402
from .activation import Activation  # noqa: E402
from .certificate import Certificate  # noqa: E402
from .chunks import Chunks  # noqa: E402
from .critical_set import Branch, CriticalSet  # noqa: E402
from .decay import WeightDecay  # noqa: E402
from .errors import (  # noqa: E402
    CallbackError,
    Cancelled,
    InternalError,
    InvalidArgument,
    NotFinite,
    NotStationary,
    NumericError,
    OutOfMemory,
    TepuiError,
    Unsupported,
)
from .escape import Escape  # noqa: E402
from .fits import End, Fit, Fits  # noqa: E402
from .information import info  # noqa: E402
from .interop import from_sklearn, from_torch  # noqa: E402
from .layer import Layer, LayerNeuron, LayerSplit, inspect_layer  # noqa: E402
from .network import Network  # noqa: E402
from .neuron import Neuron  # noqa: E402
from .options import Options  # noqa: E402
from .plateau import Plateau  # noqa: E402
from .problem import Problem  # noqa: E402
from .reduction import Reduction, embed, reduce  # noqa: E402
from .spectrum import Inertia, Spectrum  # noqa: E402
from .splits import SplitVerdict  # noqa: E402
from .targets import Loss  # noqa: E402
from .torch_layers import gather_layer, linear_layers, to_torch  # noqa: E402
from .trace import Trace  # noqa: E402
from .verdict import Verdict  # noqa: E402

if _TYPE_CHECKING:
    from .estimators import TwoLayerClassifier as TwoLayerClassifier
    from .estimators import TwoLayerRegressor as TwoLayerRegressor

_ESTIMATORS = ("TwoLayerClassifier", "TwoLayerRegressor")


def __getattr__(name: str) -> _Any:
    """The estimators, with scikit-learn, when they are first asked for."""
    if name not in _ESTIMATORS:
        raise AttributeError(f"module 'tepui' has no attribute {name!r}")
    _needed("sklearn", f"tepui.{name}", "scikit-learn")
    from . import estimators

    return getattr(estimators, name)


def __dir__() -> list[str]:
    return sorted([*__all__, *_ESTIMATORS])


__all__ = [
    "Activation", "Branch", "CallbackError", "Cancelled", "Certificate", "Chunks", "CriticalSet", "End", "Escape",
    "Fit", "Fits", "Inertia",
    "InternalError", "InvalidArgument", "Layer", "LayerNeuron", "LayerSplit", "Loss", "Network", "Neuron", "NotFinite",
    "NotStationary", "NumericError", "Options", "OutOfMemory", "Plateau", "Problem", "Reduction", "Spectrum",
    "SplitVerdict",
    "TepuiError", "Trace", "Unsupported", "Verdict", "WeightDecay", "__version__", "embed", "from_sklearn",
    "from_torch", "gather_layer", "info",
    "inspect_layer", "linear_layers", "reduce", "to_torch",
]  # fmt: skip
