"""Changes plans with as little moved as possible.

An edit is tried by the cheapest means first: walls are moved, mirror images are taken, the rooms
around the place are arranged anew, and last all of them, near where they were.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from tau.experts.sketch.adding import added, removed
from tau.experts.sketch.brief import Brief, BriefError
from tau.experts.sketch.checking import Violation, violations
from tau.experts.sketch.edit_reasons import edit_reason
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
from tau.experts.sketch.geometry import clear
from tau.experts.sketch.mirroring import mirror_images, mirrored, with_sides_mirrored
from tau.experts.sketch.plan import PlacedRoom, Plan
from tau.experts.sketch.relaying import (
    Relayout,
    as_it_is,
    current_schedule,
    placed_room,
    scheduled_room,
    wanting,
)
from tau.experts.sketch.schedule import RoomSchedule, ScheduledRoom
from tau.experts.sketch.scoring import cost
from tau.experts.sketch.sentences import broken_rules
from tau.experts.sketch.solving import Deadline
from tau.experts.sketch.swapping import swapped
from tau.experts.sketch.wall_lines import straight_move

_STAY_BESIDE = 500.0  # for walls beside one that a person moved: they move only if they must
_MATTERS = 30.0  # of the area that an edit asks for, where others have 1


class Edited(msgspec.Struct, frozen=True, kw_only=True):
    """The changed plan, the rooms that moved, and by which means it was found."""

    plan: Plan
    moved: tuple[str, ...]
    means: str


def edited(plan: Plan, edit: PlanEdit, deadline: Deadline) -> Edited:
    """Return the plan with an edit. Raises `BriefError` with the reason if it can't be."""
    closest: list[Violation] = []
    for means, changed in _tries(plan, edit, deadline):
        if changed is None:
            continue
        broken = broken_rules(changed)
        if not broken:
            return Edited(plan=changed, moved=moved_rooms(plan, changed), means=means)
        closest = closest or broken
    raise BriefError(edit_reason(plan, edit, closest))


def _tries(plan: Plan, edit: PlanEdit, deadline: Deadline) -> Iterator[tuple[str, Plan | None]]:
    match edit:
        case ResizeRoom():
            yield from _resized(plan, edit, deadline)
        case MoveWall():
            yield from _wall_moved(plan, edit)
        case SwapRooms():
            yield from swapped(plan, edit, deadline)
        case MirrorPlan():
            across = edit.axis == "east-west"
            image = with_sides_mirrored(plan, across=across)
            yield "mirror", mirrored(image, image.brief, across=across, up=not across)
        case MoveEntrance():
            brief = msgspec.structs.replace(plan.brief, entrance=edit.side)
            yield from _turned(plan, brief, plan.schedule, 0, deadline)
        case MoveRoom():
            yield from _moved_to_side(plan, edit, deadline)
        case MakeAccessible():
            yield from _made_accessible(plan, edit, deadline)
        case AddRoom():
            yield from added(plan, edit, deadline)
        case RemoveRoom():
            yield from removed(plan, edit, deadline)


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


def _resized(plan: Plan, edit: ResizeRoom, deadline: Deadline) -> Iterator[tuple[str, Plan | None]]:
    room = placed_room(plan, edit.room)
    wanted = wanting(scheduled_room(plan, room.id), edit.area)
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
    room = placed_room(plan, edit.room)
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
    change = msgspec.structs.replace(
        change, brief=brief, schedule=schedule, places=moved.places, stay_weight=_STAY_BESIDE
    )
    yield "walls", change.walls(msgspec.structs.replace(start, exact=moved.boxes))
    yield "walls", change.walls(start)


def _allowed(plan: Plan, one: str, area: float) -> ScheduledRoom:
    """Return a room that wants an area, and may have any that was allowed before."""
    old = scheduled_room(plan, one)
    new = wanting(old, area)
    return msgspec.structs.replace(new, low=min(old.low, new.low), high=max(old.high, new.high))


def _turned(
    plan: Plan, brief: Brief, schedule: RoomSchedule, storey: int, deadline: Deadline
) -> Iterator[tuple[str, Plan | None]]:
    """Take the best mirror image that meets the brief, else arrange anew."""
    changed = msgspec.structs.replace(schedule, entrance=brief.entrance)
    whole = msgspec.structs.replace(plan, schedule=changed)
    images = [image for image in mirror_images(whole, brief) if not violations(image)]
    if images:
        yield "mirror", min(images, key=cost)
    change = Relayout(plan=whole, brief=brief, schedule=changed, storey=storey)
    for found in change.rooms(None, deadline):
        yield "rooms", found


def _moved_to_side(
    plan: Plan, edit: MoveRoom, deadline: Deadline
) -> Iterator[tuple[str, Plan | None]]:
    room = placed_room(plan, edit.room)
    wanted = msgspec.structs.replace(scheduled_room(plan, room.id), side=edit.side, facade=True)
    schedule = current_schedule(plan, room.storey, **{room.id: wanted})
    brief = _brief_with(plan, room.id, side=edit.side)
    yield from _turned(plan, brief, schedule, room.storey, deadline)


def _made_accessible(
    plan: Plan, edit: MakeAccessible, deadline: Deadline
) -> Iterator[tuple[str, Plan | None]]:
    room = placed_room(plan, edit.room)
    old = scheduled_room(plan, room.id)
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
