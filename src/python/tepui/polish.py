"""The stationary point near given weights."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ._context import caller
from ._library import library
from ._model import Model
from ._progress import Progress
from .network import Network, network_from

# Of the norm of the parameters: a point that is further away is another one.
NEARBY = 0.1


def polished(problem: Model, network: Network, progress: Progress) -> tuple[Network, dict[str, Any]]:
    """The stationary point nearby, whatever its index, and how it was found; the network itself where there is none."""
    call = caller(dataclasses.replace(problem.options, solve_target="stationary"))
    given = network._handle(call)
    solution = call.make("tepui_solve_from", "solution", problem._dataset, given, progress=progress)
    told = call.report("tepui_solution_report", solution)["starts"][0]
    record = {name: value for name, value in told.items() if name not in ("start", "point", "end")}
    end = network_from(library.tepui_solution_start_point(solution.pointer, 0), network.activation)
    before, after = network.parameters, end.parameters
    converged = told["outcome"] == "converged"
    size = float(np.linalg.norm(before))
    moved = float(np.linalg.norm(after - before)) / (size if size > 0.0 else 1.0) if converged else 0.0
    record["relative_distance_moved"] = moved
    record["accepted"] = converged and moved <= NEARBY
    return (end if record["accepted"] else network), record
