"""The reduction of a network to distinct neurons, and its inverse, the embedding."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _prototypes as types
from ._arrays import Floats, address, floats
from ._context import caller
from ._enumerations import NeuronRole
from ._library import library
from ._model import Model
from ._progress import Progress
from .errors import InvalidArgument
from .network import Network, network_from
from .options import Options


@dataclasses.dataclass(eq=False)
class Reduction:
    """A reduced network with the way back.

    Attributes
    ----------
    network : Network
        Narrow: its neurons in the order of their first daughters.
    roles : list of str
        What each neuron of the wide network is: "daughter", "null", "cancelled", "idle".
    groups, signs : array (M,) of int
        Of a daughter its parent; the mirror image that the activation's parity makes the same has sign -1.
    coefficients : array (M,)
        gamma of daughters, output weights of others.
    free_weights : array (M, d)
        Weights of null and cancelled neurons.
    report : dict
    """

    network: Network
    roles: list[str]
    groups: npt.NDArray[np.int64]
    signs: npt.NDArray[np.int32]
    coefficients: Floats
    free_weights: Floats = dataclasses.field(repr=False)
    report: dict[str, Any] = dataclasses.field(repr=False)

    def embed(self) -> Network:
        """The wide network again."""
        return embed(self.network, self.roles, self.groups, self.coefficients, self.signs, self.free_weights)


def reduce(
    network: Network, problem: Model | None = None, *, options: Options | None = None, progress: Progress = None
) -> Reduction:
    """Merges neurons of equal weights, up to the activation's parity, and drops those that contribute nothing.

    Parameters
    ----------
    network : Network
        Of one output.
    problem : Problem, optional
        Weights are then compared as these data see them.
    options : Options, optional
        ``reduce_weights`` and ``reduce_outputs``; default: the problem's.

    Raises
    ------
    InvalidArgument, NumericError, Unsupported, Cancelled

    Examples
    --------
    >>> import tepui
    >>> wide = tepui.Network([[1.0, 0.5], [1.0, 0.5], [-1.0, 2.0]], [0.5, 1.5, 1.0])
    >>> found = tepui.reduce(wide)
    >>> found.network.a.tolist(), found.roles, found.coefficients.tolist()
    ([2.0, 1.0], ['daughter', 'daughter', 'daughter'], [0.25, 0.75, 1.0])
    >>> found.embed().a.tolist()
    [0.5, 1.5, 1.0]
    """
    call = caller(options or (problem.options if problem is not None else Options()))
    dataset = None if problem is None else problem._dataset
    made = call.make("tepui_reduce", "reduction", network._handle(call), dataset, progress=progress)
    at = made.pointer
    M, d = library.tepui_reduction_neurons(at), network.inputs
    roles = _copied(library.tepui_reduction_roles(at), types.int32, M)
    return Reduction(
        network_from(library.tepui_reduction_network(at), network.activation),
        [NeuronRole(role).name.lower() for role in roles],
        _copied(library.tepui_reduction_groups(at), types.int64, M),
        _copied(library.tepui_reduction_signs(at), types.int32, M),
        _copied(library.tepui_reduction_coefficients(at), types.real, M),
        _copied(library.tepui_reduction_free_weights(at), types.real, M * d).reshape(M, d),
        call.report("tepui_reduction_report", made),
    )


def _copied(at: int | None, element: Any, count: int) -> npt.NDArray[Any]:
    """Of an array that belongs to the library."""
    if not count or at is None:
        return np.zeros(0, dtype=np.dtype(element))
    return np.ctypeslib.as_array((element * count).from_address(at)).copy()


def embed(
    narrow: Network,
    roles: Sequence[str],
    groups: npt.ArrayLike,
    coefficients: npt.ArrayLike,
    signs: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
) -> Network:
    """The wide network whose neurons are what roles (M,), groups (M,), coefficients (M,), signs (M,) and the weights
    (M, d) of null and cancelled neurons say; see `Reduction`. Outputs are those of the narrow network.

    Raises
    ------
    InvalidArgument, NotFinite
        Lengths that differ; a parent without daughters; coefficients that do not sum to 1.
    """
    M = len(roles)
    try:
        role = np.array([NeuronRole[str(one).upper()] for one in roles], dtype=np.int32)
    except KeyError as error:
        raise InvalidArgument(
            f"roles: {error.args[0].lower()!r} where daughter, null, cancelled or idle is expected"
        ) from None
    group = _lengthened(np.ascontiguousarray(groups, dtype=np.int64), M, "groups")
    sign = None if signs is None else _lengthened(np.ascontiguousarray(signs, dtype=np.int32), M, "signs")
    coefficient = floats(coefficients, "coefficients", (M,))
    w = None if weights is None else floats(weights, "weights", (M, narrow.inputs))
    call = caller(Options())
    wide = call.make(
        "tepui_embed", "network", narrow._handle(call), M, address(role), address(group), address(sign),
        address(coefficient), address(w),
        narrow.inputs,
    )  # fmt: skip
    return network_from(wide, narrow.activation)


def _lengthened(array: npt.NDArray[Any], count: int, name: str) -> npt.NDArray[Any]:
    if array.shape != (count,):
        raise InvalidArgument(f"{name}: has shape {array.shape} where ({count},) is expected")
    return array
