"""A storey as blocks: walls cut off above the sills, panes of glass, leaves of doors, furniture.

Blocks stand on the floor or on each other. Walls are cut into pieces that don't overlap, so that
what hides what can be decided for each two of them.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from tau.experts.sketch.drawing import OUT, stair_start, wall_pieces
from tau.experts.sketch.geometry import INNER_WALL, SAME, Box, clear, opposite
from tau.experts.sketch.openings import swing
from tau.experts.sketch.plan import Opening, PlacedRoom, Plan

CUT = 1.2
"""Height at which walls are cut off, in metres."""
SILL = 0.85
_LEAF = 0.045
_PANE = 0.04
_RISER, _TREAD = 0.17, 0.27
_LANDING = 0.95


class ModelBlock(msgspec.Struct, frozen=True):
    """A box that stands on a footprint between two heights, of a material."""

    box: Box
    low: float
    high: float
    material: str
    outlined: bool = True


def storey_blocks(plan: Plan, storey: int) -> Iterator[ModelBlock]:
    """Yield the blocks of what is built on a storey."""
    heights = dict.fromkeys(_footprints(plan, storey), CUT)
    for opening in _on(plan, storey):
        if opening.kind == "window":
            heights[_band(opening, -INNER_WALL / 2, OUT)] = SILL
    for box, height in disjoint(heights):
        yield ModelBlock(box, 0.0, height, "wall" if height == CUT else "sill", outlined=False)
    for opening in _on(plan, storey):
        yield from _filling(opening)
    for room in plan.on(storey):
        if room.kind == "stair" and storey == 0:
            yield from _flight(room, plan)


def _on(plan: Plan, storey: int) -> Iterator[Opening]:
    return (opening for opening in plan.openings if opening.storey == storey)


def _footprints(plan: Plan, storey: int) -> Iterator[Box]:
    for piece in wall_pieces(plan, storey):
        xs, ys = zip(*piece.points, strict=True)
        yield Box(min(xs), min(ys), max(xs), max(ys))


def disjoint(heights: Mapping[Box, float]) -> Iterator[tuple[Box, float]]:
    """Cut boxes that overlap into boxes that don't; where two overlap, the higher one counts."""
    xs = _marks(x for box in heights for x in (box.x0, box.x1))
    ys = _marks(y for box in heights for y in (box.y0, box.y1))
    open_runs: dict[tuple[float, float, float], float] = {}
    for low, high in itertools.pairwise(ys):
        runs = set(_runs(heights, xs, (low + high) / 2)) if high - low > SAME else set()
        for run in [one for one in open_runs if one not in runs]:
            yield Box(run[0], open_runs.pop(run), run[1], low), run[2]
        for run in runs:
            open_runs.setdefault(run, low)
    for run, start in open_runs.items():
        yield Box(run[0], start, run[1], ys[-1]), run[2]


def _runs(
    heights: Mapping[Box, float], xs: list[float], y: float
) -> Iterator[tuple[float, float, float]]:
    """Yield pieces of one height along a line from west to east."""
    crossed = [(box.x0, box.x1, high) for box, high in heights.items() if box.y0 < y < box.y1]
    start, current = 0.0, 0.0
    for low, high in itertools.pairwise(xs):
        x = (low + high) / 2
        height = max((h for x0, x1, h in crossed if x0 < x < x1), default=0.0)
        if height != current:
            if current:
                yield start, low, current
            start, current = low, height
    if current:
        yield start, xs[-1], current


def _marks(values: Iterable[float]) -> list[float]:
    return sorted({round(value, 4) for value in values})


def _filling(opening: Opening) -> Iterator[ModelBlock]:
    """Yield the glass of a window or the leaf of a door."""
    if opening.kind in ("window", "glazed"):
        middle = (OUT - INNER_WALL / 2) / 2
        pane = _band(opening, middle - _PANE / 2, middle + _PANE / 2)
        low = SILL if opening.kind == "window" else 0.0
        for half in _halves(pane):
            yield ModelBlock(half, low, CUT, "glass")
    if (area := swing(opening)) is not None:
        yield ModelBlock(_leaf(opening, area), 0.02, CUT, "wood")


def _halves(box: Box) -> tuple[Box, Box]:
    """Return the two halves of a box, cut across its longer side."""
    x, y = box.centre
    if box.width > box.depth:
        return Box(box.x0, box.y0, x, box.y1), Box(x, box.y0, box.x1, box.y1)
    return Box(box.x0, box.y0, box.x1, y), Box(box.x0, y, box.x1, box.y1)


def _band(opening: Opening, near: float, far: float) -> Box:
    """Return the rectangle along an opening between two distances outwards from the wall's axis."""
    sign = 1 if opening.side in ("north", "east") else -1
    low, high = sorted((opening.at + sign * near, opening.at + sign * far))
    if opening.segment.is_horizontal:
        return Box(opening.low, low, opening.high, high)
    return Box(low, opening.low, high, opening.high)


def _leaf(opening: Opening, swept: Box) -> Box:
    """Return the footprint of a door's leaf, which stands open at its hinge."""
    along = opening.low if opening.hinge == "low" else opening.high - _LEAF
    inside = opening.side if opening.into == opening.room else opposite(opening.side)
    face = INNER_WALL / 2
    near, far = (0.0, face) if inside in ("north", "east") else (face, 0.0)
    if opening.segment.is_horizontal:
        return Box(along, swept.y0 + near, along + _LEAF, swept.y1 - far)
    return Box(swept.x0 + near, along, swept.x1 - far, along + _LEAF)


def _flight(room: PlacedRoom, plan: Plan) -> Iterator[ModelBlock]:
    """Yield the steps of the first flight, the landing, and the second flight up to the cut."""
    box = clear(room.box)
    along_x = box.width > box.depth
    from_low = stair_start(room, plan, 0, along_x=along_x) == "low"
    length, across = (box.width, box.depth) if along_x else (box.depth, box.width)
    count = max(1, int((length - 0.9 - _LANDING) / _TREAD))
    tread = (length - 0.9 - _LANDING) / count

    def at(u0: float, v0: float, u1: float, v1: float) -> Box:
        if not from_low:
            u0, u1 = length - u1, length - u0
        if along_x:
            return Box(box.x0 + u0, box.y0 + v0, box.x0 + u1, box.y0 + v1)
        return Box(box.x0 + v0, box.y0 + u0, box.x0 + v1, box.y0 + u1)

    for step in range(count):
        u = 0.9 + step * tread
        up, back = (step + 1) * _RISER, (2 * count + 1 - step) * _RISER
        yield ModelBlock(at(u, 0, u + tread, across / 2), 0, min(CUT, up), "stone")
        yield ModelBlock(at(u, across / 2, u + tread, across), 0, min(CUT, back), "stone")
    landing = at(length - _LANDING, 0, length, across)
    yield ModelBlock(landing, 0, min(CUT, (count + 1) * _RISER), "stone")
