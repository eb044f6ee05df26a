"""Adds rooms to plans and takes them away, with as little of the rest moved as possible."""

import math
from collections.abc import Iterator, Sequence

import msgspec

from tau.experts.sketch.brief import Brief, BriefError, Corner, Room, notched
from tau.experts.sketch.checking import violations
from tau.experts.sketch.edits import AddRoom, RemoveRoom, far_moved
from tau.experts.sketch.geometry import SIDES, Outline, Side, facades
from tau.experts.sketch.plan import PlacedRoom, Plan
from tau.experts.sketch.refusals import refusal
from tau.experts.sketch.relaying import (
    Relayout,
    current_schedule,
    placed_room,
    touching,
)
from tau.experts.sketch.schedule import RoomSchedule, ScheduledRoom, gross, scheduled
from tau.experts.sketch.scoring import cost
from tau.experts.sketch.solving import Deadline

_FEW = 1
"""Rooms that may move by over a metre before a better place is looked for."""
_LEAST_REST = 1.5
"""Metres of a side that an annex leaves free at least."""
Point = tuple[float, float]
Growth = tuple[Outline, Point, set[str]]
"""A larger outline, by how much its origin moves, and the rooms that may be arranged anew."""


def removed(plan: Plan, edit: RemoveRoom, deadline: Deadline) -> Iterator[tuple[str, Plan | None]]:
    """Yield plans without a room. Raises `BriefError` if it can't be taken away."""
    room = placed_room(plan, edit.room)
    left = tuple(one for one in plan.brief.rooms if one.id != room.id)
    if len(left) == len(plan.brief.rooms) or not left:
        raise BriefError(refusal("stays", plan.brief.language, name=room.name))
    brief = msgspec.structs.replace(plan.brief, rooms=left)
    around = touching(plan, room.id)
    schedule = _with_access(_grown(plan, room, around), brief)
    smaller = msgspec.structs.replace(
        plan, rooms=tuple(one for one in plan.rooms if one.id != room.id)
    )
    change = Relayout(plan=smaller, brief=brief, schedule=schedule, storey=room.storey)
    for free in (around, None):
        for found in change.rooms(free, deadline):
            yield "around" if free else "rooms", found


def _grown(plan: Plan, gone: PlacedRoom, around: Sequence[str]) -> RoomSchedule:
    """Return the schedule without a room, whose floor its neighbours may get."""
    schedule = current_schedule(plan, gone.storey, **{gone.id: None})
    rooms = tuple(
        msgspec.structs.replace(room, high=room.high + gone.area) if room.id in around else room
        for room in schedule.rooms
    )
    return msgspec.structs.replace(schedule, rooms=rooms)


def _with_access(schedule: RoomSchedule, brief: Brief) -> RoomSchedule:
    """Return the schedule with doors to where they may be now."""
    try:
        fresh = {room.id: room.access for room in scheduled(_open(brief)).rooms}
    except BriefError:
        return schedule
    rooms = tuple(
        msgspec.structs.replace(room, access=fresh.get(room.id, room.access))
        for room in schedule.rooms
    )
    return msgspec.structs.replace(schedule, rooms=rooms)


def _open(brief: Brief) -> Brief:
    return msgspec.structs.replace(brief, total=None, outline=None)


def added(plan: Plan, edit: AddRoom, deadline: Deadline) -> Iterator[tuple[str, Plan | None]]:
    """Yield plans with another room, those first in which the least moves."""
    taken = {room.id for room in plan.rooms}
    one = next(n for n in (edit.kind, *(f"{edit.kind}{i}" for i in range(2, 60))) if n not in taken)
    room = Room(id=one, kind=edit.kind, name=edit.name, area=edit.area)
    brief = msgspec.structs.replace(plan.brief, rooms=(*plan.brief.rooms, room))
    new = next(each for each in scheduled(_open(brief)).rooms if each.id == one)
    level = {each.id for each in plan.on(new.storey)}
    new = msgspec.structs.replace(
        new,
        access=tuple(each for each in new.access if each in level),
        near=tuple(each for each in new.near if each in level),
    )
    schedule = current_schedule(plan, new.storey)
    schedule = msgspec.structs.replace(schedule, rooms=(*schedule.rooms, new))
    if brief.outline is None and brief.storeys == 1 and plan.outline.notch is None:
        yield from _added_outside(plan, brief, schedule, new, deadline)
    change = Relayout(plan=plan, brief=brief, schedule=schedule, storey=new.storey)
    for found in change.rooms(None, deadline):
        yield "rooms", found


def _added_outside(
    plan: Plan, brief: Brief, schedule: RoomSchedule, new: ScheduledRoom, deadline: Deadline
) -> Iterator[tuple[str, Plan | None]]:
    """Let the outline grow by the room, as an annex or along a side, and free what's there."""
    total = None if brief.total is None else round(brief.total + gross(new.area), 1)
    larger = msgspec.structs.replace(brief, total=total)
    good: list[tuple[int, float, Plan]] = []
    for tier, growths in enumerate(_growths(plan, new)):
        for outline, ground, free in growths:
            change = Relayout(
                plan=_on_ground(plan, ground),
                brief=msgspec.structs.replace(larger, shape="L" if outline.notch else "rectangle"),
                schedule=schedule,
                storey=0,
                outline=outline,
            )
            for found in change.rooms({*free, new.id}, deadline):
                if found is not None and not violations(found):
                    rank = far_moved(plan, found), cost(found)
                    good.append((*rank, found))
        fewest = min((each[0] for each in good), default=99)
        if fewest <= _FEW * (1 + tier):
            break
    for _, _, found in sorted(good, key=lambda each: each[:2]):
        yield "around", found


def _growths(plan: Plan, new: ScheduledRoom) -> Iterator[list[Growth]]:
    """Yield ways in which an outline can grow by a room, those that move least first."""
    beside = {side: _on_side(plan, side) for side in SIDES}
    further = {
        side: there | {other for one in there for other in touching(plan, one)}
        for side, there in beside.items()
    }
    annexes = [(side, *each) for side in SIDES for each in _annexes(plan, side, new)]
    yield [(outline, ground, set()) for _, outline, ground in annexes]
    strips = [(side, *_strip(plan, side, new)) for side in SIDES]
    yield [(outline, ground, beside[side]) for side, outline, ground in (*annexes, *strips)]
    yield [(outline, ground, further[side]) for side, outline, ground in strips]
    everything = {room.id for room in plan.on(0)}
    yield [(outline, ground, everything) for _, outline, ground in strips[:2]]


def _on_side(plan: Plan, side: Side) -> set[str]:
    edges = plan.outline.edges()
    return {room.id for room in plan.on(0) if any(f.side == side for f in facades(room.box, edges))}


def _strip(plan: Plan, side: Side, new: ScheduledRoom) -> tuple[Outline, Point]:
    """Return the outline with one side moved out, and by how much its origin moves."""
    width, depth = plan.outline.width, plan.outline.depth
    across = side in ("east", "west")
    by = _cells(gross(new.area) / (depth if across else width), plan, side)
    outline = Outline(width=width + by * across, depth=depth + by * (not across))
    return outline, (by * (side == "west"), by * (side == "south"))


def _annexes(plan: Plan, side: Side, new: ScheduledRoom) -> Iterator[tuple[Outline, Point]]:
    """Yield L-shaped outlines with the room outside a side, at either end of it."""
    width, depth = plan.outline.width, plan.outline.depth
    across = side in ("east", "west")
    along: Side = "north" if across else "east"
    out = _cells(math.sqrt(gross(new.area)), plan, side)
    long = _cells(gross(new.area) / out, plan, along)
    rest = (depth if across else width) - long
    if rest < _LEAST_REST:
        return
    for end in ("north", "south") if across else ("east", "west"):
        corner = f"{end}-{side}" if across else f"{side}-{end}"
        outline = notched(
            width + out * across,
            depth + out * (not across),
            msgspec.convert(corner, Corner),
            (out, rest) if across else (rest, out),
        )
        yield outline, (out * (side == "west"), out * (side == "south"))


def _cells(length: float, plan: Plan, side: Side) -> float:
    """Return a length as whole cells of the plan's grid, across a side."""
    whole = plan.outline.width if side in ("east", "west") else plan.outline.depth
    cell = whole / max(1, round(whole / plan.cell))
    return max(1, round(length / cell)) * cell


def _on_ground(plan: Plan, by: Point) -> Plan:
    """Return the plan with its rooms further from the origin, for an outline that grows there."""
    rooms = tuple(msgspec.structs.replace(room, box=room.box.shifted(*by)) for room in plan.rooms)
    grid = {one: box.shifted(*by) for one, box in plan.grid.items()}
    return msgspec.structs.replace(plan, rooms=rooms, grid=grid)
