"""Changes plans with as little moved as possible.

An edit is tried by the cheapest means first: walls are moved, mirror images are taken, the rooms
around the place are arranged anew, and last all of them, near where they were.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from tau.experts.sketch.brief import Brief, BriefError, Room
from tau.experts.sketch.checking import violations
from tau.experts.sketch.edits import (
    AddRoom,
    MakeAccessible,
    MirrorPlan,
    MoveEntrance,
    MoveRoom,
    MoveWall,
    PlanEdit,
    RemoveRoom,
    ResizeRoom,
    SwapRooms,
    moved_rooms,
)
from tau.experts.sketch.geometry import Outline, clear, shared_wall
from tau.experts.sketch.mirroring import mirror_images, mirrored
from tau.experts.sketch.outlines import GRID
from tau.experts.sketch.plan import PlacedRoom, Plan
from tau.experts.sketch.refusals import refusal, side_name
from tau.experts.sketch.relaying import (
    Relayout,
    as_it_is,
    current_schedule,
    grid_boxes,
    wanting,
)
from tau.experts.sketch.schedule import RoomSchedule, ScheduledRoom, gross, scheduled
from tau.experts.sketch.scoring import cost
from tau.experts.sketch.solving import Arranged, Deadline
from tau.experts.sketch.wall_lines import straight_move

_MATTERS = 30.0  # of the area that an edit asks for, where others have 1


class Edited(msgspec.Struct, frozen=True, kw_only=True):
    """The changed plan, the rooms that moved, and by which means it was found."""

    plan: Plan
    moved: tuple[str, ...]
    means: str


def edited(plan: Plan, edit: PlanEdit, deadline: Deadline) -> Edited:
    """Return the plan with an edit. Raises `BriefError` with the reason if it can't be."""
    for means, changed in _tries(plan, edit, deadline):
        if changed is not None and not violations(changed):
            return Edited(plan=changed, moved=moved_rooms(plan, changed), means=means)
    raise BriefError(_reason(plan, edit))


def _tries(plan: Plan, edit: PlanEdit, deadline: Deadline) -> Iterator[tuple[str, Plan | None]]:
    match edit:
        case ResizeRoom():
            yield from _resized(plan, edit, deadline)
        case MoveWall():
            yield from _wall_moved(plan, edit)
        case SwapRooms():
            yield from _swapped(plan, edit, deadline)
        case MirrorPlan():
            across = edit.axis == "east-west"
            brief = msgspec.structs.replace(plan.brief, entrance=None)
            turned = mirrored(plan, brief, across=across, up=not across)
            yield "mirror", _with_entrance_where_it_is(turned)
        case MoveEntrance():
            brief = msgspec.structs.replace(plan.brief, entrance=edit.side)
            yield from _turned(plan, brief, plan.schedule, deadline)
        case MoveRoom():
            yield from _moved_to_side(plan, edit, deadline)
        case MakeAccessible():
            yield from _made_accessible(plan, edit, deadline)
        case AddRoom():
            yield from _added(plan, edit, deadline)
        case RemoveRoom():
            yield from _removed(plan, edit, deadline)


def _room(plan: Plan, one: str) -> PlacedRoom:
    found = next((room for room in plan.rooms if room.id == one), None)
    if found is None:
        raise BriefError(refusal("no room", plan.brief.language))
    return found


def _with_entrance_where_it_is(plan: Plan) -> Plan:
    side = next(one.side for one in plan.openings if one.kind == "entrance")
    brief = msgspec.structs.replace(plan.brief, entrance=side)
    schedule = msgspec.structs.replace(plan.schedule, entrance=side)
    return msgspec.structs.replace(plan, brief=brief, schedule=schedule)


def _brief_with(plan: Plan, one: str, **changes: Any) -> Brief:
    """Return the brief with a room changed, if the room is in it."""
    rooms = tuple(
        msgspec.structs.replace(room, **changes) if room.id == one else room
        for room in plan.brief.rooms
    )
    return msgspec.structs.replace(plan.brief, rooms=rooms)


def _change(plan: Plan, brief: Brief, schedule: RoomSchedule, room: PlacedRoom) -> Relayout:
    """Return the change of a room's storey in which this room's area matters most."""
    weights = {room.id: _MATTERS}
    return Relayout(plan=plan, brief=brief, schedule=schedule, storey=room.storey, weights=weights)


def _scheduled_room(plan: Plan, one: str) -> ScheduledRoom:
    return next(room for room in plan.schedule.rooms if room.id == one)


def _resized(plan: Plan, edit: ResizeRoom, deadline: Deadline) -> Iterator[tuple[str, Plan | None]]:
    room = _room(plan, edit.room)
    wanted = wanting(_scheduled_room(plan, room.id), edit.area)
    schedule = current_schedule(plan, room.storey, **{room.id: wanted})
    brief = _brief_with(plan, room.id, area=edit.area)
    change = _change(plan, brief, schedule, room)
    yield "walls", change.walls()
    for found in change.rooms(None, deadline):
        yield "rooms", found


def _wall_moved(plan: Plan, edit: MoveWall) -> Iterator[tuple[str, Plan | None]]:
    """Move a wall to where it's wanted, and others only if a rule needs it.

    The rooms on both sides may have the areas that they then have.
    """
    room = _room(plan, edit.room)
    start = as_it_is(plan, room.storey)
    change = _change(plan, plan.brief, current_schedule(plan, room.storey), room)
    moved = straight_move(change.problem(start), room.id, edit.side, edit.by)
    if moved is None:
        return
    areas = {
        one: round(clear(box).area, 1)
        for one, box in moved.boxes.items()
        if box != start.exact[one]
    }
    schedule = current_schedule(
        plan, room.storey, **{one: _allowed(plan, one, area) for one, area in areas.items()}
    )
    asked = {one.id for one in plan.brief.rooms if one.area is not None} | {room.id}
    brief = plan.brief
    for one in asked & areas.keys():
        brief = _brief_with(msgspec.structs.replace(plan, brief=brief), one, area=areas[one])
    change = msgspec.structs.replace(change, brief=brief, schedule=schedule, places=moved.places)
    yield "walls", change.walls(msgspec.structs.replace(start, exact=moved.boxes))
    yield "walls", change.walls(start)


def _allowed(plan: Plan, one: str, area: float) -> ScheduledRoom:
    """Return a room that wants an area, and may have any that was allowed before."""
    old = _scheduled_room(plan, one)
    new = wanting(old, area)
    return msgspec.structs.replace(new, low=min(old.low, new.low), high=max(old.high, new.high))


def _swapped(plan: Plan, edit: SwapRooms, deadline: Deadline) -> Iterator[tuple[str, Plan | None]]:
    one, other = _room(plan, edit.room), _room(plan, edit.other)
    if one.storey != other.storey:
        names = {"one": one.name, "other": other.name}
        raise BriefError(refusal("floors", plan.brief.language, **names))
    storey = one.storey
    exact, grid = plan.boxes(storey), grid_boxes(plan, storey)
    for boxes in (exact, grid):
        boxes[one.id], boxes[other.id] = boxes[other.id], boxes[one.id]
    turned = msgspec.structs.replace(
        plan,
        grid={**plan.grid, **grid},
        rooms=tuple(
            msgspec.structs.replace(room, box=exact.get(room.id, room.box)) for room in plan.rooms
        ),
    )
    schedule = current_schedule(plan, storey)
    start = Arranged(exact=exact, grid=grid)
    change = Relayout(plan=turned, brief=plan.brief, schedule=schedule, storey=storey)
    yield "walls", change.walls(start)
    around = {one.id, other.id, *_touching(turned, one.id), *_touching(turned, other.id)}
    for found in change.rooms(around, deadline):
        yield "around", found if _has_swapped(plan, found, edit) else None
    for found in change.rooms(None, deadline):
        yield "rooms", found if _has_swapped(plan, found, edit) else None


def _has_swapped(before: Plan, after: Plan | None, edit: SwapRooms) -> bool:
    """Whether each of two rooms is now nearer to where the other was."""
    if after is None:
        return False
    old = {room.id: room.box.centre for room in before.rooms}
    new = {room.id: room.box.centre for room in after.rooms}
    return all(
        _apart(new[one], old[other]) < _apart(new[one], old[one])
        for one, other in ((edit.room, edit.other), (edit.other, edit.room))
    )


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _touching(plan: Plan, one: str) -> list[str]:
    room = _room(plan, one)
    return [
        other.id
        for other in plan.on(room.storey)
        if other.id != one and shared_wall(room.box, other.box)
    ]


def _turned(
    plan: Plan, brief: Brief, schedule: RoomSchedule, deadline: Deadline
) -> Iterator[tuple[str, Plan | None]]:
    """Take the best mirror image that meets the brief, else arrange anew."""
    changed = msgspec.structs.replace(schedule, entrance=brief.entrance)
    whole = msgspec.structs.replace(plan, schedule=changed)
    images = [image for image in mirror_images(whole, brief) if not violations(image)]
    if images:
        yield "mirror", min(images, key=cost)
    change = Relayout(plan=whole, brief=brief, schedule=changed, storey=0)
    for found in change.rooms(None, deadline):
        yield "rooms", found


def _moved_to_side(
    plan: Plan, edit: MoveRoom, deadline: Deadline
) -> Iterator[tuple[str, Plan | None]]:
    room = _room(plan, edit.room)
    wanted = msgspec.structs.replace(_scheduled_room(plan, room.id), side=edit.side, facade=True)
    schedule = current_schedule(plan, room.storey, **{room.id: wanted})
    brief = _brief_with(plan, room.id, side=edit.side)
    yield from _turned(plan, brief, schedule, deadline)
    for found in _change(plan, brief, schedule, room).rooms(None, deadline):
        yield "rooms", found


def _made_accessible(
    plan: Plan, edit: MakeAccessible, deadline: Deadline
) -> Iterator[tuple[str, Plan | None]]:
    room = _room(plan, edit.room)
    old = _scheduled_room(plan, room.id)
    changes = []
    for grown in (1.0, 1.2, 1.45):
        area = max(old.area, 4.0) * grown
        wanted = msgspec.structs.replace(
            wanting(old, area), accessible=True, min_width=max(old.min_width, 1.5 + 0.2 * old.wet)
        )
        schedule = current_schedule(plan, room.storey, **{room.id: wanted})
        brief = _brief_with(plan, room.id, accessible=True, area=round(area, 1))
        changes.append(_change(plan, brief, schedule, room))
    for change in changes:
        yield "walls", change.walls()
    for found in changes[-1].rooms(None, deadline):
        yield "rooms", found


def _removed(plan: Plan, edit: RemoveRoom, deadline: Deadline) -> Iterator[tuple[str, Plan | None]]:
    room = _room(plan, edit.room)
    left = tuple(one for one in plan.brief.rooms if one.id != room.id)
    if len(left) == len(plan.brief.rooms) or not left:
        raise BriefError(refusal("stays", plan.brief.language, name=room.name))
    brief = msgspec.structs.replace(plan.brief, rooms=left)
    around = _touching(plan, room.id)
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


def _added(plan: Plan, edit: AddRoom, deadline: Deadline) -> Iterator[tuple[str, Plan | None]]:
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
    """Let the outline grow by the room, to the east or to the north, and free what's there."""
    width, depth = plan.outline.width, plan.outline.depth
    total = None if brief.total is None else round(brief.total + gross(new.area), 1)
    larger = msgspec.structs.replace(brief, total=total)
    outlines = []
    for across in (True, False):
        step = max(GRID, round(gross(new.area) / (depth if across else width) / GRID) * GRID)
        outlines.append(
            (across, Outline(width=width + step * across, depth=depth + step * (not across)))
        )
    found: list[Plan | None] = []
    for reach in (1, 2):
        for across, outline in outlines:
            side = [
                room.id
                for room in plan.on(0)
                if (room.box.x1 > width - 0.01 if across else room.box.y1 > depth - 0.01)
            ]
            free = set(side)
            if reach == 2:
                free |= {other for one in side for other in _touching(plan, one)}
            change = Relayout(plan=plan, brief=larger, schedule=schedule, storey=0, outline=outline)
            found += change.rooms({*free, new.id}, deadline)
    good = [each for each in found if each is not None and not violations(each)]
    for each in sorted(good, key=lambda each: len(moved_rooms(plan, each, most=1.0))):
        yield "around", each


def _reason(plan: Plan, edit: PlanEdit) -> str:
    language = plan.brief.language
    one = getattr(edit, "room", None)
    name = _room(plan, one).name if one else refusal("plan", language)
    match edit:
        case ResizeRoom():
            return refusal("resize", language, name=name, area=edit.area)
        case AddRoom():
            return refusal("add", language)
        case MoveEntrance():
            return refusal("entrance", language, side=side_name(edit.side, language))
        case MoveWall():
            return refusal("wall", language, name=name)
        case _:
            return refusal("edit", language, name=name)
