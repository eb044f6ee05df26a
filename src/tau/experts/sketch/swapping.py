"""Lets two rooms change places: each as it's wanted, else with the other's size."""

import math
from collections.abc import Iterator

import msgspec

from tau.experts.sketch.brief import Brief, BriefError
from tau.experts.sketch.edits import SwapRooms
from tau.experts.sketch.geometry import Box
from tau.experts.sketch.plan import PlacedRoom, Plan
from tau.experts.sketch.refusals import refusal
from tau.experts.sketch.relaying import (
    Relayout,
    current_schedule,
    grid_boxes,
    placed_room,
    scheduled_room,
    touching,
)
from tau.experts.sketch.schedule import ScheduledRoom
from tau.experts.sketch.solving import Arranged, Deadline

_NEAR = 0.45
"""Part of the way between two rooms that each may be off the other's place."""


def swapped(plan: Plan, edit: SwapRooms, deadline: Deadline) -> Iterator[tuple[str, Plan | None]]:
    """Yield plans in which two rooms have changed places, those that move least first.

    What belongs to a room, such as an en-suite, goes with it. Raises `BriefError`.
    """
    one, other = placed_room(plan, edit.room), placed_room(plan, edit.other)
    if one.id == other.id:
        raise BriefError(refusal("itself", plan.brief.language, name=one.name))
    if one.storey != other.storey:
        names = {"one": one.name, "other": other.name}
        raise BriefError(refusal("floors", plan.brief.language, **names))
    start = _exchanged(plan, one, other)
    keeping = Relayout(
        plan=_on(plan, start, one.storey),
        brief=plan.brief,
        schedule=current_schedule(plan, one.storey),
        storey=one.storey,
    )
    trading = _trading(plan, keeping, one, other)
    near = _near(one, other)
    around = _around(plan, one, other)
    for change in (keeping, trading):
        yield "walls", change.walls(start)
        for found in change.rooms(around, deadline, near):
            yield "around", found
    for change in (keeping, trading):
        for found in change.rooms(None, deadline, near):
            yield "rooms", found


def _exchanged(plan: Plan, one: PlacedRoom, other: PlacedRoom) -> Arranged:
    """Return the storey with two rooms exchanged, and what belongs to each moved along."""
    exact, grid = plan.boxes(one.storey), grid_boxes(plan, one.storey)
    for boxes in (exact, grid):
        a, b = boxes[one.id], boxes[other.id]
        boxes[one.id], boxes[other.id] = b, a
    return Arranged(exact=exact, grid=grid)


def _on(plan: Plan, start: Arranged, storey: int) -> Plan:
    """Return the plan with these boxes, which rooms are then drawn to; followers go along."""
    followed = dict(start.grid)
    for owner in plan.on(storey):
        shift = _shift(plan.grid[owner.id], start.grid[owner.id])
        if shift != (0.0, 0.0):
            for one in _followers(plan, owner.id):
                followed[one] = plan.grid[one].shifted(*shift)
    rooms = tuple(
        msgspec.structs.replace(room, box=start.exact.get(room.id, room.box)) for room in plan.rooms
    )
    return msgspec.structs.replace(plan, grid={**plan.grid, **followed}, rooms=rooms)


def _followers(plan: Plan, owner: str) -> list[str]:
    """Return the rooms that are only reached through one."""
    return [room.id for room in plan.schedule.rooms if room.access == (owner,)]


def _shift(before: Box, after: Box) -> tuple[float, float]:
    (x, y), (a, b) = before.centre, after.centre
    return a - x, b - y


def _near(one: PlacedRoom, other: PlacedRoom) -> list[tuple[str, float, float, float]]:
    (x, y), (a, b) = one.box.centre, other.box.centre
    most = _NEAR * (abs(x - a) + abs(y - b))
    return [(one.id, a, b, most), (other.id, x, y, most)]


def _around(plan: Plan, one: PlacedRoom, other: PlacedRoom) -> set[str]:
    """Return both rooms, what belongs to them, and what touches any of these."""
    moving = {one.id, other.id, *_followers(plan, one.id), *_followers(plan, other.id)}
    return moving | {beside for each in moving for beside in touching(plan, each)}


def _trading(plan: Plan, keeping: Relayout, one: PlacedRoom, other: PlacedRoom) -> Relayout:
    """Return the change in which each room may have the size of the other's place."""
    changes: dict[str, ScheduledRoom | None] = {}
    brief = keeping.brief
    for room, place in ((one, other), (other, one)):
        wanted = scheduled_room(plan, room.id)
        slack = max(wanted.high - wanted.area, 0.5)
        changes[room.id] = msgspec.structs.replace(
            wanted,
            area=place.area,
            low=place.area - slack,
            high=place.area + slack,
            min_width=min(wanted.min_width, math.sqrt(place.area) * 0.95),
        )
        brief = _asking(brief, room.id, place.area)
    schedule = current_schedule(plan, one.storey, **changes)
    return msgspec.structs.replace(keeping, brief=brief, schedule=schedule)


def _asking(brief: Brief, one: str, area: float) -> Brief:
    """Return the brief with another area for a room that had one."""
    rooms = tuple(
        msgspec.structs.replace(room, area=round(area, 1))
        if room.id == one and room.area is not None
        else room
        for room in brief.rooms
    )
    return msgspec.structs.replace(brief, rooms=rooms)
