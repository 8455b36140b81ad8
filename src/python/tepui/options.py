"""How operations run: threads and tolerances."""

from __future__ import annotations

import dataclasses

from ._enumerations import AnalysisScope, HessianMethod, NeuronMethod, Option, Precision, SolveTarget, WaysDown
from .errors import InvalidArgument

_REAL = {
    "stationarity", "rounding_factor", "zero_loss_factor", "kink_tolerance", "solve_tolerance",
    "solve_divergence", "reduce_weights", "reduce_outputs",
}  # fmt: skip
_WORDS = {
    "neuron_method": NeuronMethod,
    "hessian_method": HessianMethod,
    "gram_precision": Precision,
    "ways_down": WaysDown,
    "analysis_scope": AnalysisScope,
    "solve_target": SolveTarget,
}


@dataclasses.dataclass(frozen=True)
class Options:
    """Options of the library; None leaves its default. ``include/tepui/context.h`` has ranges and defaults.

    Parameters
    ----------
    threads : int
        0: as many as OpenMP offers. Results are the same bits for any number.
    stationarity : float
        Largest gradient component, over the sum of its absolute terms, that counts as stationary
        (1e-8).
    rounding_factor, zero_loss_factor : float
        How far rounding is taken to reach: of eigenvalues (4), of a loss of zero (16).
    neuron_method : {"automatic", "spectrum", "inertia", "matrix_free"}
        How inner Hessians are judged.
    hessian_method : {"automatic", "dense", "matrix_free"}
        How the Hessian of the point is judged: "automatic" forms it up to 6,000 parameters.
    gram_precision : {"double", "single"}
        What inner Hessians are summed in.
    analysis_scope : {"complete", "neurons"}
        "neurons" leaves the Hessian of the point alone.
    kink_tolerance, sign_budget : float, int
        Of ReLU-like networks.
    reduce_weights, reduce_outputs : float
        Relative distances up to which weights are equal, output weights cancel (1e-9).

    The others are those of searches and ways down, which the methods set that need them.

    Raises
    ------
    InvalidArgument
        A word that is not among those above; values out of range are refused by the first call.

    Examples
    --------
    >>> import tepui
    >>> tepui.Options(threads=2, hessian_method="dense").threads
    2
    """

    threads: int | None = None
    seed: int | None = None
    stationarity: float | None = None
    rounding_factor: float | None = None
    zero_loss_factor: float | None = None
    neuron_method: str | None = None
    analysis_scope: str | None = None
    hessian_method: str | None = None
    gram_precision: str | None = None
    ways_down: str | None = None
    kink_tolerance: float | None = None
    sign_budget: int | None = None
    solve_target: str | None = None
    solve_starts: int | None = None
    solve_max_iterations: int | None = None
    solve_tolerance: float | None = None
    solve_divergence: float | None = None
    reduce_weights: float | None = None
    reduce_outputs: float | None = None

    def __post_init__(self) -> None:
        for name, words in _WORDS.items():
            given = getattr(self, name)
            if given is not None and str(given).upper() not in words.__members__:
                accepted = ", ".join(word.lower() for word in words.__members__)
                raise InvalidArgument(f"{name} = {given!r}: one of {accepted} is expected")

    def numbers(self) -> list[tuple[int, bool, float]]:
        """Of each option that is set: its number, whether it is real, its value."""
        found: list[tuple[int, bool, float]] = []
        for field in dataclasses.fields(self):
            name, given = field.name, getattr(self, field.name)
            if given is not None:
                value = _WORDS[name][given.upper()] if name in _WORDS else given
                found.append((Option[name.upper()], name in _REAL, value))
        return found
