"""Changes to a plan, as data: what the words or the dragging of a person ask for."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tau.experts.sketch.brief import MOST_AREA, BriefError, Label, RoomId
from tau.experts.sketch.geometry import Side
from tau.experts.sketch.kinds import room_kinds
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.shapes import clean


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
    by: Annotated[float, Meta(ge=-20, le=20)]


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

_MOVED = 0.15
_OUT_OF_RANGE = {
    "en": "A room can have {low:g} to {high:g} m², and a wall can be moved by up to {far:g} m.",
    "zh": "房间面积可为{low:g}至{high:g}平方米，墙体最多可移动{far:g}米。",
}
_NO_SUCH_KIND = {
    "en": "There's no kind of room '{kind}'.",
    "zh": "没有“{kind}”这种房间。",
}


def check_edit(edit: PlanEdit, plan: Plan) -> None:
    """Raise `BriefError` if a number of an edit is out of range or it adds an unknown room."""
    language = plan.brief.language
    try:
        msgspec.convert(msgspec.to_builtins(edit), PlanEdit)
    except msgspec.ValidationError as wrong:
        says = _OUT_OF_RANGE[language].format(low=0.5, high=MOST_AREA, far=20)
        raise BriefError(says) from wrong
    if isinstance(edit, AddRoom) and edit.kind not in room_kinds():
        raise BriefError(_NO_SUCH_KIND[language].format(kind=clean(edit.kind)[:40]))


def moved_rooms(before: Plan, after: Plan, most: float = _MOVED) -> tuple[str, ...]:
    """Return the rooms of a plan with a wall that moved by more than this, and new rooms."""
    old = {room.id: room.box for room in before.rooms}
    found = []
    for room in after.rooms:
        was = old.get(room.id)
        if (
            was is None
            or max(
                abs(a - b)
                for a, b in (
                    (room.box.x0, was.x0),
                    (room.box.y0, was.y0),
                    (room.box.x1, was.x1),
                    (room.box.y1, was.y1),
                )
            )
            > most
        ):
            found.append(room.id)
    return tuple(found)
