"""The constraints of a stair on the grid: it stands in one place, and is reached at one end."""

from collections.abc import Mapping
from typing import Any

from tau.experts.sketch.geometry import SIDES, Side
from tau.experts.sketch.grid_model import CellRange, GridModel
from tau.experts.sketch.schedule import ScheduledRoom
from tau.experts.sketch.stairs import ENTRY, leads_to_stair

Starts = Mapping[Side, Any]


def tie_stairs(model: Any, below: GridModel, above: GridModel) -> None:
    """Let a stair arrive where it starts, and be reached at the same end on both storeys."""
    lower, upper = _stair(below), _stair(above)
    if lower is None or upper is None:
        return
    one, other = below.sides[lower.id], above.sides[upper.id]
    for a, b in (
        (one.x, other.x),
        (one.y, other.y),
        (one.width, other.width),
        (one.depth, other.depth),
    ):
        model.add(a == b)
    starts = {side: model.new_bool_var(f"start {side}") for side in SIDES}
    model.add_exactly_one(starts.values())
    for side in SIDES:
        if side in ("west", "east"):
            model.add(one.width >= one.depth + 1).only_enforce_if(starts[side])
        else:
            model.add(one.depth >= one.width).only_enforce_if(starts[side])
    _reach(model, below, lower, starts)
    _reach(model, above, upper, starts)


def keep_start(model: Any, grid: GridModel) -> None:
    """Let the stair of a storey that's arranged alone be reached where it is on the other."""
    stair, start = _stair(grid), grid.problem.stair_start
    if stair is not None and start is not None:
        _reach(model, grid, stair, {start: None})


def _stair(grid: GridModel) -> ScheduledRoom | None:
    return next((room for room in grid.problem.rooms if room.kind == "stair"), None)


def _reach(model: Any, grid: GridModel, stair: ScheduledRoom, starts: Starts) -> None:
    ways = []
    for other in grid.problem.rooms:
        if not leads_to_stair(stair, other):
            continue
        for start, literal in starts.items():
            for way in _ways(model, grid, (grid.sides[stair.id], grid.sides[other.id]), start):
                ways.append(way)
                if literal is not None:
                    model.add_implication(way, literal)
    model.add_bool_or(ways)


def _ways(model: Any, grid: GridModel, pair: tuple[CellRange, CellRange], start: Side) -> list[Any]:
    """Return literals: a room lies at this end of the stair, or beside it there."""
    stair, other = pair
    cells = max(1, round(ENTRY / min(grid.cell)))
    ways = [grid.side_by_side(stair, other, start, cells)]
    upright = start in ("north", "south")
    for side in ("east", "west") if upright else ("north", "south"):
        way = grid.side_by_side(stair, other, side, cells)
        low, high = other.range(side)
        at = stair.ends(start)
        first, last = (at, at + cells) if start in ("west", "south") else (at - cells, at)
        model.add(low <= first).only_enforce_if(way)
        model.add(high >= last).only_enforce_if(way)
        ways.append(way)
    return ways
