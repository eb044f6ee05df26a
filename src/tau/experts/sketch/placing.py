"""Where rooms and walls lie on the drawing of a storey, in the units of its SVG, y downwards.

For a page that lets a person tap a room or drag a wall on the picture.
"""

import itertools
from collections.abc import Iterator

import msgspec

from tau.experts.sketch.drawing import sheet_corners
from tau.experts.sketch.geometry import Box, Side, shared_wall
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.svg import UNITS

_FIXED = ("stair",)


class DrawnArea(msgspec.Struct, frozen=True):
    """A rectangle on a drawing."""

    x: float
    y: float
    width: float
    height: float


class MovableWall(msgspec.Struct, frozen=True, kw_only=True):
    """A wall between two rooms that can be moved: on a side of `room`, from point to point."""

    room: str
    beyond: str
    side: Side
    storey: int
    x1: float
    y1: float
    x2: float
    y2: float


def drawn_area(box: Box) -> DrawnArea:
    """Return where a box of the plan is drawn."""
    return DrawnArea(_units(box.x0), _units(-box.y1), _units(box.width), _units(box.depth))


def drawn_sheet(plan: Plan) -> DrawnArea:
    """Return the sheet of a storey that is drawn alone: the `viewBox` of its SVG."""
    low, high = sheet_corners(plan)
    return drawn_area(Box(*low, *high))


def movable_walls(plan: Plan) -> Iterator[MovableWall]:
    """Yield the walls between rooms; those of the stair stay where they are."""
    for one, other in itertools.combinations(plan.rooms, 2):
        wall = shared_wall(one.box, other.box) if one.storey == other.storey else None
        if wall is None or one.kind in _FIXED or other.kind in _FIXED:
            continue
        ends = [
            (along, wall.at) if wall.is_horizontal else (wall.at, along)
            for along in (wall.low, wall.high)
        ]
        yield MovableWall(
            room=one.id,
            beyond=other.id,
            side=wall.side,
            storey=one.storey,
            x1=_units(ends[0][0]),
            y1=_units(-ends[0][1]),
            x2=_units(ends[1][0]),
            y2=_units(-ends[1][1]),
        )


def _units(metres: float) -> float:
    return round(metres * UNITS, 1) + 0.0
