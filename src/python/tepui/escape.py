"""Ways down: curves along which the loss falls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._context import Caller
from .network import Network, network_from


class Escape:
    """A curve along which the loss falls from a saddle (or from a point that is not stationary).

    The loss changes by coefficient epsilon^order + higher terms.

    Attributes
    ----------
    epsilon : float
        The step that a line search chose.
    predicted, measured, measured_error : float
        The change of the loss there, by the leading term and measured, and a bound on the rounding error of that.
    order : int
    coefficient : float
    report : dict
    """

    def __init__(self, report: dict[str, Any], at: Callable[[float], Network]) -> None:
        self.report, self._at = report, at
        self.epsilon: float = report["epsilon"]
        self.predicted: float = report["predicted"]
        self.measured: float = report["measured"]
        self.measured_error: float = report["measured_error"]
        self.order: int = report["order"]
        self.coefficient: float = report["coefficient"]

    @property
    def network(self) -> Network:
        """The network at the step that the line search chose."""
        return self._at(self.epsilon)

    def at(self, epsilon: float) -> Network:
        """The network on the curve at epsilon >= 0; 0 gives the saddle itself."""
        return self._at(float(epsilon))

    def __repr__(self) -> str:
        return f"<tepui.Escape: the loss changes by {self.measured:.4g} (predicted {self.predicted:.4g})>"


def escape_of(call: Caller, witness: Any, owner: object, activation: Any) -> Escape | None:
    """Out of a witness of the library, borrowed from ``owner``; None where there is none."""
    if not witness:
        return None

    def at(epsilon: float) -> Network:
        network = call.make("tepui_witness_network", "network", witness, epsilon, keep=(owner,))
        return network_from(network, activation)

    return Escape(call.report("tepui_witness_report", witness), at)
