"""Where one steps on a stair of two flights: at one end of it, the same on every storey.

The flights lie side by side along the stair, with a landing at the other end, so that one arrives
above where one started below.
"""

from collections.abc import Mapping, Sequence

from tau.experts.sketch.geometry import Box, Segment, Side, opposite, shared_wall
from tau.experts.sketch.schedule import ScheduledRoom

ENTRY = 1.05
"""How far from that end one may also step on from the side, between axes of walls."""
_LEAST = 1.0


def stair_ends(stair: Box) -> tuple[Side, Side]:
    """Return the two ends of a stair: the sides across its flights."""
    return ("west", "east") if stair.width > stair.depth else ("south", "north")


def entry(stair: Box, beyond: Box, start: Side) -> Segment | None:
    """Return the wall, seen from the stair, through which one steps on from a room beyond."""
    wall = shared_wall(stair, beyond)
    if wall is None or wall.side == opposite(start):
        return None
    if wall.side != start:
        low, high = entry_zone(stair, start)
        wall = wall._replace(low=max(wall.low, low), high=min(wall.high, high))
    return wall if wall.length >= _LEAST - 1e-6 else None


def entry_zone(stair: Box, start: Side) -> tuple[float, float]:
    """Return from where to where one may step on from the side."""
    if start in ("west", "south"):
        at = stair.x0 if start == "west" else stair.y0
        return at, at + ENTRY
    at = stair.x1 if start == "east" else stair.y1
    return at - ENTRY, at


def leads_to_stair(stair: ScheduledRoom, other: ScheduledRoom) -> bool:
    """Whether one may step on a stair from another room."""
    return (
        other.storey == stair.storey
        and other.is_circulation
        and (other.id in stair.access or stair.id in other.access)
    )


def stair_start(rooms: Sequence[ScheduledRoom], boxes: Mapping[str, Box]) -> Side | None:
    """Return the end at which the stair is reached on every storey, if there's one."""
    stairs = [room for room in rooms if room.kind == "stair" and room.id in boxes]
    if not stairs:
        return None
    for start in stair_ends(boxes[stairs[0].id]):
        if all(
            any(
                leads_to_stair(stair, other) and entry(boxes[stair.id], boxes[other.id], start)
                for other in rooms
                if other.id in boxes
            )
            for stair in stairs
        ):
            return start
    return None
