"""Activations: those of the library by name, and the caller's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from . import _prototypes as types
from ._arrays import Floats, address, floats
from ._callbacks import guarded, view
from ._context import caller
from ._enumerations import Parity, Smoothness
from ._library import library
from .errors import InvalidArgument
from .options import Options


class Activation:
    """An activation function of the library, or one of the caller's.

    Parameters
    ----------
    name : str
        One of the library's (see `Network`).

    Raises
    ------
    InvalidArgument
        An unknown name.

    Examples
    --------
    >>> import tepui
    >>> value, first, second = tepui.Activation("tanh").evaluate([0.0, 1.0])
    >>> first.tolist()[0], second.tolist()[0]
    (1.0, -0.0)
    """

    def __init__(self, name: str) -> None:
        self.handle = caller(Options()).make("tepui_activation_create_named", "activation", str(name).encode())
        self.name: str = library.tepui_activation_name(self.handle.pointer).decode()
        self._function: _Function | None = None

    @classmethod
    def custom(
        cls,
        function: Callable[[Floats], tuple[npt.ArrayLike, ...]],
        *,
        smoothness: str = "c2",
        polynomial: bool = False,
        parity: str = "none",
        flat_on_negatives: bool = False,
    ) -> Activation:
        """An activation of the caller's.

        Parameters
        ----------
        function : callable
            Of z (count,): returns sigma, sigma' and sigma'' there and, of a smoothness beyond "c2", sigma'''.
            Called from several threads, one at a time.
        smoothness : {"c2", "c3", "analytic"}
        polynomial, flat_on_negatives : bool
        parity : {"none", "odd", "even"}
            What is declared decides which theorems are applied: declare only what holds.

        Raises
        ------
        InvalidArgument, CallbackError
            Declarations that contradict each other or the value at 0; what the function raises is its cause.

        Examples
        --------
        >>> import numpy as np, tepui
        >>> def sine(z):
        ...     return np.sin(z), np.cos(z), -np.sin(z), -np.cos(z)
        >>> tepui.Activation.custom(sine, smoothness="analytic", parity="odd").name
        'custom'
        """
        made = cls.__new__(cls)
        made._function = _Function(function)
        made.name = "custom"
        try:
            numbers = Smoothness[smoothness.upper()], Parity[parity.upper()]
        except KeyError as error:
            raise InvalidArgument(
                f"{error.args[0].lower()!r}: no smoothness (c2, c3, analytic) or parity (none, odd, even)"
            ) from None
        made.handle = caller(Options()).make(
            "tepui_activation_create_custom", "activation", made._function.entry, None, int(numbers[0]),
            int(polynomial), int(numbers[1]), int(flat_on_negatives), keep=(made._function,),
        )  # fmt: skip
        return made

    @property
    def is_relu_like(self) -> bool:
        """relu, leaky_relu or abs."""
        return bool(library.tepui_activation_is_relu_like(self.handle.pointer))

    def evaluate(self, z: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
        """sigma, sigma' and sigma'' of z, each of its shape."""
        at = floats(z, "z")
        value, first, second = (np.empty_like(at) for _ in range(3))
        caller(Options())(
            "tepui_activation_evaluate",
            self.handle,
            at.size,
            address(at),
            address(value),
            address(first),
            address(second),
            None,
        )
        return value, first, second

    def __repr__(self) -> str:
        return f"tepui.Activation({self.name!r})"

    def __str__(self) -> str:
        return self.name

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Activation) and self.name == other.name != "custom")

    def __hash__(self) -> int:
        return hash(self.name)

    def __reduce__(self) -> tuple[Any, ...]:
        if self._function is not None:
            raise TypeError("an activation of your own cannot be pickled")
        return Activation, (self.name,)


class _Function:
    """A function of the caller's as the library calls it."""

    def __init__(self, function: Callable[[Floats], tuple[npt.ArrayLike, ...]]) -> None:
        self.function = function
        self.entry = types.activation_function(guarded(self._fill))

    def _fill(self, _user: object, count: int, z: int, *outputs: int | None) -> None:
        values = self.function(view(z, count).copy())
        for at, value in zip(outputs, values):
            if at is not None:
                view(at, count)[:] = value
        if any(at is not None for at in outputs[len(values) :]):
            raise ValueError(f"the activation gave {len(values)} arrays where {len(outputs)} are expected")


_named: dict[str, Activation] = {}


def activation_of(given: Union[str, Activation]) -> Activation:
    """The activation of that name, or the one that was given."""
    if isinstance(given, Activation):
        return given
    if not isinstance(given, str):
        raise InvalidArgument(f"activation = {given!r}: a name or tepui.Activation is expected")
    if given not in _named:
        _named[given] = Activation(given)
    return _named[given]
