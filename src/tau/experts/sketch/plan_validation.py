"""Whether a plan from anywhere can be drawn and changed: numbers bounded, parts that fit together.

Not whether it's good: that is what `checking` says.
"""

import math
from collections.abc import Iterator

from tau.experts.sketch.brief import MOST_ROOMS, BriefError, check_brief
from tau.experts.sketch.geometry import Box
from tau.experts.sketch.kinds import room_kinds
from tau.experts.sketch.plan import Plan

_MOST_PLACED = MOST_ROOMS + 10  # hall, corridors, stair and landing are added
_MOST_PARTS = 8 * _MOST_PLACED  # a room has at most four pieces of furniture, or a few openings
_MOST_METRES = 500.0
_LEAST_METRES = 0.05
_NO_PLAN = "This isn't a plan that Tau can draw: {reason}."


def check_plan(plan: Plan) -> Plan:
    """Return the plan if it can be drawn. Raises `BriefError` with what's wrong."""
    check_brief(plan.brief)
    for reason in _faults(plan):
        raise BriefError(_NO_PLAN.format(reason=reason))
    return plan


def _faults(plan: Plan) -> Iterator[str]:
    """Yield what's wrong with a plan; what comes later may rely on what came before."""
    if not 0 < len(plan.rooms) <= _MOST_PLACED:
        yield f"it has {len(plan.rooms)} rooms"
    if len(plan.openings) > _MOST_PARTS or len(plan.furniture) > _MOST_PARTS:
        yield "it has too many openings or pieces of furniture"
    boxes = [room.box for room in plan.rooms] + [piece.box for piece in plan.furniture]
    boxes += [Box(0, 0, plan.outline.width, plan.outline.depth), *plan.grid.values()]
    boxes += [plan.outline.notch] if plan.outline.notch else []
    if not all(map(_is_drawable, boxes)):
        yield "a size is out of range"
    numbers = [n for one in plan.openings for n in (one.at, one.low, one.high)]
    numbers += [n for room in plan.rooms for n in (room.area, room.wanted)]
    if not all(math.isfinite(n) and abs(n) <= _MOST_METRES**2 for n in numbers):
        yield "a number is out of range"
    yield from _unknown_names(plan)


def _unknown_names(plan: Plan) -> Iterator[str]:
    storeys = {room.id: room.storey for room in plan.rooms}
    if len(storeys) < len(plan.rooms):
        yield "two rooms have the same id"
    if set(storeys) != {room.id for room in plan.schedule.rooms}:
        yield "its rooms aren't those of its schedule"
    if not set(storeys.values()) <= set(range(plan.brief.storeys)):
        yield "a room is on a storey that it doesn't have"
    if not set(storeys) <= plan.grid.keys():
        yield "a room isn't on its grid"
    kinds = {room.kind for room in plan.rooms} | {room.kind for room in plan.schedule.rooms}
    if unknown := kinds - room_kinds().keys():
        yield f"there's no kind of room '{min(unknown)}'"
    placed = [(piece.room, piece.storey) for piece in plan.furniture]
    for opening in plan.openings:
        placed += [(one, opening.storey) for one in (opening.room, opening.beyond) if one]
        if opening.into not in ("", opening.room, opening.beyond):
            yield "a door opens into a room that it doesn't touch"
    if any(storeys.get(one) != storey for one, storey in placed):
        yield "an opening or a piece of furniture is in no room"


def _is_drawable(box: Box) -> bool:
    sides = (box.x0, box.y0, box.x1, box.y1)
    return (
        all(math.isfinite(side) and abs(side) <= _MOST_METRES for side in sides)
        and box.width >= _LEAST_METRES
        and box.depth >= _LEAST_METRES
    )
