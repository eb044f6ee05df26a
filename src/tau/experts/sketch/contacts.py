"""Which walls a plan depends on: where doors may go, and which facades light comes through.

Both the wall lines and the doors are chosen from these, so that moving a wall never loses a door.
"""

from collections.abc import Mapping, Sequence

import msgspec

from tau.experts.sketch.geometry import (
    INNER_WALL,
    Box,
    Outline,
    Segment,
    Side,
    facades,
    opposite,
    shared_wall,
)
from tau.experts.sketch.schedule import ScheduledRoom
from tau.experts.sketch.stairs import entry

DOOR_MARGIN = 0.05
"""Wall that stays beside a door."""
GATE_WIDTH = 2.4
"""Clear width of a garage's gate."""
WINDOW_HEIGHT = 1.35
GLAZED_HEIGHT = 2.2
LEAST_GLASS = 1 / 10
"""Area of glass that a room needs, as a part of its floor."""
PIER = 0.3
"""Wall that stays beside a window."""
_CAR_LENGTH = 5.15
_NARROW = ("wc", "storage", "pantry", "dressing")


class DoorWay(msgspec.Struct, frozen=True, kw_only=True):
    """Two rooms that a door or a passage joins: into `room`, from `beyond`."""

    room: str
    beyond: str
    wall: Segment
    width: float
    is_open: bool = False


def door_width(room: ScheduledRoom) -> float:
    """Return the clear width of the door to a room."""
    if room.accessible:
        return 0.9
    return 0.7 if room.kind in _NARROW else 0.8


def wall_for(width: float) -> float:
    """Return how long a shared wall must be, between axes, for a door of this width."""
    return width + INNER_WALL + 2 * DOOR_MARGIN


def facade_for(room: ScheduledRoom) -> float:
    """Return how long a room's outer wall must be, between axes, for its window or entrance."""
    if room.kind == "hall":
        return 1.3
    if room.kind == "garage":
        return GATE_WIDTH + 2 * DOOR_MARGIN + INNER_WALL
    if not room.light:
        return 1.0
    height = GLAZED_HEIGHT if room.kind in ("living", "dining") else WINDOW_HEIGHT
    need = max(LEAST_GLASS * room.high / height, 0.6) + 2 * PIER + INNER_WALL
    return max(1.3, min(need, room.min_width + INNER_WALL))


def least_length(room: ScheduledRoom) -> float:
    """Return how long a room must be, clear of walls, on its longer side: a car needs that."""
    return _CAR_LENGTH if room.kind == "garage" else 0.0


def door_ways(
    rooms: Sequence[ScheduledRoom], boxes: Mapping[str, Box], start: Side | None = None
) -> list[DoorWay]:
    """Return how each room is reached: through the first of its access rooms that it touches.

    A stair is reached at its end `start`, if that's known.
    """
    by_id = {room.id: room for room in rooms}
    found = []
    for room in rooms:
        beyond = [by_id[one] for one in room.access if one in by_id]
        ways = (_way(room, other, boxes, start) for other in beyond)
        if way := next((way for way in ways if way), None):
            is_open = way.is_open or _is_open_kitchen(room, beyond)
            found.append(msgspec.structs.replace(way, is_open=is_open))
    return [*found, *_open_plan(rooms, boxes, found)]


def _is_open_kitchen(room: ScheduledRoom, beyond: Sequence[ScheduledRoom]) -> bool:
    """Whether a kitchen may only be reached from living and dining rooms: it's open to them."""
    return room.kind == "kitchen" and all(other.kind in ("living", "dining") for other in beyond)


def _way(
    room: ScheduledRoom, beyond: ScheduledRoom, boxes: Mapping[str, Box], start: Side | None
) -> DoorWay | None:
    wall = _passable(room, beyond, boxes, start)
    width = max(door_width(room), 0.9 if beyond.accessible else 0)
    if wall is None or wall.length < wall_for(width) - 1e-6:
        return None
    both = room.is_circulation and beyond.is_circulation
    day = {room.kind, beyond.kind} in ({"living", "dining"}, {"dining", "kitchen"})
    return DoorWay(room=room.id, beyond=beyond.id, wall=wall, width=width, is_open=both or day)


def _passable(
    room: ScheduledRoom, beyond: ScheduledRoom, boxes: Mapping[str, Box], start: Side | None
) -> Segment | None:
    """Return the wall in which two rooms may have a door, seen from the first."""
    one, other = boxes[room.id], boxes[beyond.id]
    if start is None or "stair" not in (room.kind, beyond.kind):
        return shared_wall(one, other)
    if room.kind == "stair":
        return entry(one, other, start)
    wall = entry(other, one, start)
    return wall and wall._replace(side=opposite(wall.side))


def _open_plan(
    rooms: Sequence[ScheduledRoom], boxes: Mapping[str, Box], found: Sequence[DoorWay]
) -> list[DoorWay]:
    """Return passages between the living room, the dining room and the kitchen that touch."""
    joined = {frozenset((way.room, way.beyond)) for way in found}
    day = [room for room in rooms if room.kind in ("living", "dining", "kitchen")]
    extra = []
    for index, one in enumerate(day):
        for other in day[index + 1 :]:
            wall = shared_wall(boxes[one.id], boxes[other.id])
            pair = frozenset((one.id, other.id))
            if wall and wall.length >= 1.2 and pair not in joined and one.kind != other.kind:
                seen = wall._replace(side=opposite(wall.side))
                way = DoorWay(room=other.id, beyond=one.id, wall=seen, width=0.9, is_open=True)
                extra.append(way)
                joined.add(pair)
    return extra


def window_sides(
    room: ScheduledRoom, box: Box, outline: Outline, entrance: Side | None
) -> list[Segment]:
    """Return the facades that a room depends on: for its light, its entrance or its wanted side."""
    least = facade_for(room) - 1e-6
    own = [piece for piece in facades(box, outline.edges()) if piece.length > least]
    if room.side is not None:
        own = [piece for piece in own if piece.side == room.side] or own
    elif room.kind == "hall" and room.storey == 0:
        return [piece for piece in own if entrance in (None, piece.side)][:1]
    elif not room.facade:
        return []
    if room.kind == "garage":  # a car drives in along the longer side
        upright = box.depth >= box.width
        return sorted(own, key=lambda f: (f.is_horizontal != upright, f.side not in room.prefers))
    liked = [piece for piece in own if piece.side in room.prefers]
    return (liked or own)[:1]
