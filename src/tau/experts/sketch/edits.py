"""Changes to a plan, as data: what the words or the dragging of a person ask for."""

import math
from collections.abc import Collection
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tau.experts.sketch.brief import LEAST_ROOM, MOST_AREA, BriefError, Label, RoomId
from tau.experts.sketch.geometry import Box, Side
from tau.experts.sketch.kinds import room_kinds
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.refusals import refusal
from tau.experts.sketch.shapes import clean

MOST_MOVED = 20.0
"""Metres by which a wall can be moved at once."""


class ResizeRoom(msgspec.Struct, frozen=True, kw_only=True, tag="resize"):
    """Give a room another area."""

    room: RoomId
    area: Annotated[float, Meta(gt=0.5, le=MOST_AREA)]


class SwapRooms(msgspec.Struct, frozen=True, kw_only=True, tag="swap"):
    """Let two rooms change places."""

    room: RoomId
    other: RoomId


class MoveEntrance(msgspec.Struct, frozen=True, kw_only=True, tag="entrance"):
    """Put the entrance on another side."""

    side: Side


class MoveRoom(msgspec.Struct, frozen=True, kw_only=True, tag="side"):
    """Put a room on a side of the outline."""

    room: RoomId
    side: Side


class AddRoom(msgspec.Struct, frozen=True, kw_only=True, tag="add"):
    """Add a room."""

    kind: str
    name: Label = ""
    area: Annotated[float, Meta(gt=0.5, le=MOST_AREA)] | None = None


class RemoveRoom(msgspec.Struct, frozen=True, kw_only=True, tag="remove"):
    """Take a room away; its neighbours get its floor."""

    room: RoomId


class MakeAccessible(msgspec.Struct, frozen=True, kw_only=True, tag="accessible"):
    """Let a wheelchair turn in a room."""

    room: RoomId


class MirrorPlan(msgspec.Struct, frozen=True, kw_only=True, tag="mirror"):
    """Turn the plan over: what is in the east comes to the west, or north to south."""

    axis: Literal["east-west", "north-south"] = "east-west"


class MoveWall(msgspec.Struct, frozen=True, kw_only=True, tag="wall"):
    """Move a wall of a room: outwards if `by` is above zero."""

    room: RoomId
    side: Side
    by: Annotated[float, Meta(ge=-MOST_MOVED, le=MOST_MOVED)]


PlanEdit = (
    ResizeRoom
    | SwapRooms
    | MoveEntrance
    | MoveRoom
    | AddRoom
    | RemoveRoom
    | MakeAccessible
    | MirrorPlan
    | MoveWall
)

_MOVED, _FAR = 0.15, 1.0  # metres


def check_edit(edit: PlanEdit, plan: Plan) -> None:
    """Raise `BriefError` if an edit names what isn't there, or a number that is out of range."""
    language, known = plan.brief.language, {room.id for room in plan.rooms}
    named = [getattr(edit, field, None) for field in ("room", "other")]
    if any(one is not None and one not in known for one in named):
        raise BriefError(refusal("no room", language))
    area, by = getattr(edit, "area", None), getattr(edit, "by", 0.0)
    if area is not None and not LEAST_ROOM < area <= MOST_AREA:
        raise BriefError(refusal("area", language, low=LEAST_ROOM, high=MOST_AREA, area=area))
    if not abs(by) <= MOST_MOVED:
        raise BriefError(refusal("wall far", language, far=MOST_MOVED))
    if isinstance(edit, AddRoom) and edit.kind not in room_kinds():
        kinds = ", ".join(sorted(room_kinds()))
        raise BriefError(refusal("kind", language, kind=clean(edit.kind)[:40], kinds=kinds))


def moved_rooms(before: Plan, after: Plan, most: float = _MOVED) -> tuple[str, ...]:
    """Return the rooms of a plan with a wall that moved by more than this, and new rooms.

    An outline that grew to the west or to the south leaves the rest where it was.
    """
    return min(
        (_moved_on(before, after, ground, most) for ground in _grounds(before, after)), key=len
    )


def far_moved(before: Plan, after: Plan, without: Collection[str] = ()) -> int:
    """Return how many rooms of both plans have a middle that moved by over a metre."""
    old = {room.id: room.box for room in before.rooms if room.id not in without}
    both = [(room.box, old[room.id]) for room in after.rooms if room.id in old]
    return min(
        sum(1 for now, was in both if math.dist(now.centre, was.shifted(*ground).centre) > _FAR)
        for ground in _grounds(before, after)
    )


def _grounds(before: Plan, after: Plan) -> list[tuple[float, float]]:
    """Return by how much the origin may have moved: as far as the outline grew, or not at all."""
    wider = after.outline.width - before.outline.width
    deeper = after.outline.depth - before.outline.depth
    return [(x, y) for x in dict.fromkeys((0.0, wider)) for y in dict.fromkeys((0.0, deeper))]


def _moved_on(
    before: Plan, after: Plan, ground: tuple[float, float], most: float
) -> tuple[str, ...]:
    old = {room.id: room.box.shifted(*ground) for room in before.rooms}
    return tuple(
        room.id
        for room in after.rooms
        if room.id not in old or _furthest(room.box, old[room.id]) > most
    )


def _furthest(one: Box, other: Box) -> float:
    """Return how far two boxes differ on the side where they differ most."""
    pairs = ((one.x0, other.x0), (one.y0, other.y0), (one.x1, other.x1), (one.y1, other.y1))
    return max(abs(a - b) for a, b in pairs)
