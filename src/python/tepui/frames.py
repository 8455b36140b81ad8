"""Frames of pandas, which is imported when one is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .critical_set import CriticalSet
    from .plateau import Plateau
    from .trace import Trace
    from .verdict import Verdict


def of_verdict(verdict: Verdict) -> Any:
    """A row a neuron."""
    import pandas

    rows = [
        {
            "neuron": one.index, "plateau": one.plateau, "rule": one.rule, "local_minima": one.local_minima,
            "saddles": one.saddles, "definiteness": one.definiteness,
        }
        for one in verdict.neurons
    ]  # fmt: skip
    names = ["neuron", "plateau", "rule", "local_minima", "saddles", "definiteness"]
    return pandas.DataFrame(rows, columns=names).set_index("neuron")


def of_plateau(plateau: Plateau) -> Any:
    """A row a split."""
    import pandas

    columns: dict[str, Any] = {f"gamma_{j + 1}": gamma for j, gamma in enumerate(plateau.gammas.T)}
    return pandas.DataFrame(
        columns | {"verdict": plateau.verdicts, "rule": plateau.rules, "morse_index": plateau.morse_indices}
    )


def of_critical_set(critical_set: CriticalSet) -> Any:
    """A row a sample."""
    import pandas

    rows = [
        {
            "null_neurons": branch.null_neurons, "sample": number, "dimension": branch.dimension,
            "content": branch.content, "verdict": sample["verdict"], "rule": sample["rule"],
            "morse_index": sample["morse_index"], "fall": sample["fall"],
        }
        for branch in critical_set.branches
        for number, sample in enumerate(branch.samples)
    ]  # fmt: skip
    names = ["null_neurons", "sample", "dimension", "content", "verdict", "rule", "morse_index", "fall"]
    return pandas.DataFrame(rows, columns=names).set_index(["null_neurons", "sample"])


def of_trace(trace: Trace) -> Any:
    """A row a recorded point, with the number of the plateau that it is on, from 0, or -1."""
    import numpy as np
    import pandas

    plateau = np.full(len(trace.time), -1)
    for number, one in enumerate(trace.plateaus):
        plateau[(trace.time >= one["begin"]) & (trace.time <= one["end"])] = number
    return pandas.DataFrame({"time": trace.time, "loss": trace.loss, "plateau": plateau})
