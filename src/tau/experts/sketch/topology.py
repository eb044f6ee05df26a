"""Where each room of a plan lies: the search for plans on the grid, by CP-SAT.

The constraints are in `grid_model`. Positions become exact afterwards, in `wall_lines`.
"""

import threading
import time
from collections.abc import Sequence
from typing import Any

import msgspec

from tau.experts.sketch.geometry import Box
from tau.experts.sketch.grid_model import GridModel, StoreyProblem
from tau.experts.sketch.stair_cells import keep_start, tie_stairs

_OPTIMAL_GAP = 0.03
_POLL_SECONDS = 0.01


class GridPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Boxes on the grid, and what the objective says of them; less is better."""

    boxes: dict[str, Box]
    objective: float


class SearchLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How long to search: in all, and for something better once a plan is found.

    Both are CPU seconds of one thread, so that other programs don't change the result much.
    """

    seconds: float = 8.0
    better_seconds: float = 0.6
    threads: int = 1
    """How many searches share this process."""
    wall_seconds: float = 60.0
    """By the clock on the wall, however busy the machine is."""
    seed: int = 1


def arrange(problems: Sequence[StoreyProblem], limits: SearchLimits) -> list[GridPlan]:
    """Return plans of all storeys at once, best first. None at all may mean impossible."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    storeys = [GridModel(problem, model) for problem in problems]
    if not all(grid.build() for grid in storeys):
        return []
    if len(storeys) > 1:
        tie_stairs(model, *storeys)
    else:
        keep_start(model, storeys[0])
    model.minimize(sum(cost for grid in storeys for cost in grid.costs))
    solver = cp_model.CpSolver()
    _tune(solver.parameters, limits)
    found: list[GridPlan] = []

    class Watch(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
        def on_solution_callback(self) -> None:
            boxes = {one: grid.box_of(one, self.value) for grid in storeys for one in grid.sides}
            found.append(GridPlan(boxes=boxes, objective=self.objective_value))

    done = threading.Event()
    guard = threading.Thread(target=_guard, args=(solver, limits, found, done), daemon=True)
    guard.start()
    solver.solve(model, Watch())
    done.set()
    guard.join()
    return found[::-1]


def _tune(parameters: Any, limits: SearchLimits) -> None:
    """One worker without linear relaxation or probing finds a first plan several times sooner."""
    parameters.num_workers = 1
    parameters.linearization_level = 0
    parameters.cp_model_probing_level = 0
    parameters.symmetry_level = 0
    parameters.use_area_energetic_reasoning_in_no_overlap_2d = True
    parameters.random_seed = limits.seed
    parameters.max_time_in_seconds = limits.wall_seconds
    parameters.relative_gap_limit = _OPTIMAL_GAP


def _guard(
    solver: Any, limits: SearchLimits, found: Sequence[GridPlan], done: threading.Event
) -> None:
    """End the search when its time is used up."""
    began = time.process_time()
    first = 0.0
    while not done.wait(_POLL_SECONDS):
        used = (time.process_time() - began) / limits.threads
        if found and not first:
            first = used
        if used > limits.seconds or (first and used > first + limits.better_seconds):
            solver.stop_search()
            return
