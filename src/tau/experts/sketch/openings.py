"""Doors, passages and windows: where they are, how wide, and which way doors open.

Doors are chosen so that their swings hit no other swing. Furniture is placed around them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from tau.experts.sketch.contacts import (
    DOOR_MARGIN,
    GATE_WIDTH,
    GLAZED_HEIGHT,
    PIER,
    WINDOW_HEIGHT,
    DoorWay,
    door_ways,
    window_sides,
)
from tau.experts.sketch.geometry import (
    INNER_WALL,
    Box,
    Outline,
    Segment,
    Side,
    facades,
    opposite,
)
from tau.experts.sketch.plan import Opening
from tau.experts.sketch.schedule import ScheduledRoom

ENTRANCE_WIDTH = 1.0
GLASS_SHARE = 1 / 8
"""Area of glass that a room gets, as a part of its floor."""
_CORNER = INNER_WALL / 2 + DOOR_MARGIN
_OUTWARD = ("wc", "storage", "pantry")
_OPEN_WIDTH = {"living": 2.4, "dining": 2.4, "kitchen": 1.6}
_LEAST_GLAZED, _LEAST_WINDOW = 1.6, 0.9  # metres, where the wall is long enough
_PASSES = 3


class _Storey(msgspec.Struct, frozen=True, kw_only=True):
    rooms: Mapping[str, ScheduledRoom]
    boxes: Mapping[str, Box]
    outline: Outline
    entrance: Side | None


def place_openings(
    rooms: Sequence[ScheduledRoom],
    boxes: Mapping[str, Box],
    outline: Outline,
    entrance: Side | None,
    start: Side | None = None,
) -> list[Opening]:
    """Return the openings of a storey; a stair is reached at its end `start`."""
    storey = _Storey(
        rooms={room.id: room for room in rooms}, boxes=boxes, outline=outline, entrance=entrance
    )
    choices = [list(_entrances(storey, room)) for room in rooms if room.kind == "hall"]
    choices += [list(_ways(storey, way)) for way in door_ways(rooms, boxes, start)]
    doors = _chosen([options for options in choices if options], storey)
    return [*doors, *_windows(storey)]


def swing(opening: Opening) -> Box | None:
    """Return the square that a door's leaf sweeps, or nothing for what doesn't swing."""
    if opening.kind not in ("door", "entrance"):
        return None
    side = opening.side if opening.into == opening.room else opposite(opening.side)
    return strip(Segment(side, opening.at, opening.low, opening.high), opening.width)


def strip(wall: Segment, depth: float) -> Box:
    """Return the box inside a room along a piece of its wall, of a depth from the wall's axis."""
    reach = depth + INNER_WALL / 2
    return {
        "north": Box(wall.low, wall.at - reach, wall.high, wall.at),
        "south": Box(wall.low, wall.at, wall.high, wall.at + reach),
        "east": Box(wall.at - reach, wall.low, wall.at, wall.high),
        "west": Box(wall.at, wall.low, wall.at + reach, wall.high),
    }[wall.side]


def _entrances(storey: _Storey, hall: ScheduledRoom) -> Iterator[Opening]:
    if hall.storey:
        return
    for wall in facades(storey.boxes[hall.id], storey.outline.edges()):
        if wall.length < ENTRANCE_WIDTH + 2 * _CORNER or storey.entrance not in (None, wall.side):
            continue
        middle = (wall.low + wall.high - ENTRANCE_WIDTH) / 2
        ends = (wall.low + _CORNER + 0.1, wall.high - _CORNER - 0.1 - ENTRANCE_WIDTH)
        for low in (middle, *(end for end in ends if wall.length > ENTRANCE_WIDTH + 0.5)):
            for hinge in ("low", "high"):
                yield Opening(
                    kind="entrance",
                    storey=0,
                    room=hall.id,
                    side=wall.side,
                    at=wall.at,
                    low=round(low, 3),
                    high=round(low + ENTRANCE_WIDTH, 3),
                    hinge=hinge,
                    into=hall.id,
                )


def _ways(storey: _Storey, way: DoorWay) -> Iterator[Opening]:
    """Return every place and swing of a door, the most usual first."""
    wall = way.wall
    if way.is_open:
        yield _passage(storey, way)
        return
    first, last = wall.low + _CORNER, wall.high - _CORNER - way.width
    room = storey.rooms[way.room]
    inward = (way.beyond, way.room) if room.kind in _OUTWARD else (way.room, way.beyond)
    places = [(first, "low"), (last, "high")]
    if last - first > 0.6:
        places += [(first, "high"), (last, "low"), ((first + last) / 2, "low")]
        places += [(first + 0.6, "low"), (last - 0.6, "high")]
    for into in inward:
        for low, hinge in places:
            yield Opening(
                kind="door",
                storey=room.storey,
                room=way.room,
                beyond=way.beyond,
                side=wall.side,
                at=wall.at,
                low=round(low, 3),
                high=round(low + way.width, 3),
                hinge="low" if hinge == "low" else "high",
                into=into,
            )


def _passage(storey: _Storey, way: DoorWay) -> Opening:
    """Return an opening without a door: all of the wall in corridors, a wide gap between rooms."""
    wall, room, beyond = way.wall, storey.rooms[way.room], storey.rooms[way.beyond]
    low, high = wall.low + INNER_WALL / 2, wall.high - INNER_WALL / 2
    if not (room.is_circulation and beyond.is_circulation):
        width = min(_OPEN_WIDTH.get(room.kind, 1.6), _OPEN_WIDTH.get(beyond.kind, 1.6))
        width = min(width, max(way.width, wall.length - 0.7))
        low = (wall.low + wall.high - width) / 2
        high = low + width
    elif "stair" in (room.kind, beyond.kind):
        width = min(high - low, 1.0)
        high = low + width
    return Opening(
        kind="passage",
        storey=room.storey,
        room=way.room,
        beyond=way.beyond,
        side=wall.side,
        at=wall.at,
        low=round(low, 3),
        high=round(high, 3),
    )


def _chosen(choices: Sequence[list[Opening]], storey: _Storey) -> list[Opening]:
    """Choose one of each list so that few swings collide, improving one at a time."""
    chosen = [options[0] for options in choices]
    for _ in range(_PASSES):
        before = list(chosen)
        for index, options in enumerate(choices):
            others = chosen[:index] + chosen[index + 1 :]
            costs = [_cost(each, rank, others, storey) for rank, each in enumerate(options)]
            chosen[index] = options[costs.index(min(costs))]
        if chosen == before:
            break
    return chosen


def _cost(option: Opening, rank: int, others: Iterable[Opening], storey: _Storey) -> float:
    """Return how bad a door is: collisions first, then how unusual it is."""
    cost = 0.1 * rank
    area = swing(option)
    if area is None:
        return cost
    into = storey.boxes[option.into]
    if not into.holds(area):
        cost += 20
    if storey.rooms[option.into].is_circulation and option.kind == "door":
        cost += 3
    for other in others:
        swept = swing(other)
        if swept is not None and swept.overlaps(area, 0.01):
            cost += 50
        if any(front.overlaps(area, 0.01) for front in fronts(other, 0.25)):
            cost += 20
    return cost


def fronts(opening: Opening, depth: float) -> list[Box]:
    """Return what must stay free on both sides of a door or a passage, or inside a window."""
    wall = opening.segment
    if opening.kind in ("window", "gate"):
        return []
    sides = [wall] if not opening.beyond else [wall, wall._replace(side=opposite(wall.side))]
    return [strip(side, depth) for side in sides]


def _windows(storey: _Storey) -> Iterator[Opening]:
    for room in storey.rooms.values():
        yield from _windows_of(storey, room)


def _windows_of(storey: _Storey, room: ScheduledRoom) -> Iterator[Opening]:
    box = storey.boxes[room.id]
    first = window_sides(room, box, storey.outline, storey.entrance)
    if room.kind == "garage":
        yield from _gate(room, first)
        return
    walls = first + [wall for wall in facades(box, storey.outline.edges()) if wall not in first]
    if not (room.light or room.wet) or room.is_circulation:
        return
    need = _glass(room, box)
    for wall in walls:
        glazed = room.kind in ("living", "dining") and wall.length >= 2.2
        height = GLAZED_HEIGHT if glazed else WINDOW_HEIGHT
        widest = wall.length - 2 * (PIER + INNER_WALL / 2)
        least = _LEAST_GLAZED if glazed else _LEAST_WINDOW if room.light else 0.6
        width = round(max(min(max(need / height, least), widest), 0.6) / 0.05) * 0.05
        if width > wall.length - 0.3 or need <= 0.15:
            continue
        need -= width * height
        yield from _in_wall(room, wall, width, glazed=glazed)


def _gate(room: ScheduledRoom, walls: Sequence[Segment]) -> Iterator[Opening]:
    """Yield a garage's way in, in the middle of the outer wall that it depends on."""
    for wall in walls[:1]:
        low = (wall.low + wall.high - GATE_WIDTH) / 2
        yield Opening(
            kind="gate",
            storey=room.storey,
            room=room.id,
            side=wall.side,
            at=wall.at,
            low=round(low, 3),
            high=round(low + GATE_WIDTH, 3),
        )


def _glass(room: ScheduledRoom, box: Box) -> float:
    """Return how much glass a room gets; rooms without a need for light get a small window."""
    area = box.inset(INNER_WALL / 2).area
    if not room.light:
        return 0.6 * WINDOW_HEIGHT if area < 4 else 0.8 * WINDOW_HEIGHT
    share = 1.4 if room.kind == "living" else 1.0
    return max(area * GLASS_SHARE * share, 0.9 * WINDOW_HEIGHT)


def _in_wall(room: ScheduledRoom, wall: Segment, width: float, *, glazed: bool) -> list[Opening]:
    """Return a window in the middle of a wall, or two if it's very wide."""
    parts = 2 if width > 3.2 else 1
    each = width / parts
    step = wall.length / parts
    lows = [wall.low + step * (index + 0.5) - each / 2 for index in range(parts)]
    return [
        Opening(
            kind="glazed" if glazed else "window",
            storey=room.storey,
            room=room.id,
            side=wall.side,
            at=wall.at,
            low=round(low, 3),
            high=round(low + each, 3),
        )
        for low in lows
    ]
