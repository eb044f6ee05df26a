"""The schedule: every room with its sizes settled, storey by storey.

Adds what leads from room to room (hall, corridors, stair), shares the total area out among rooms
whose size is open, puts rooms on storeys, and decides which rooms a door may lead to.
"""

import math
from collections.abc import Iterable, Sequence

import msgspec

from tau.experts.sketch.brief import Brief, BriefError, Language, Room, outline_of
from tau.experts.sketch.geometry import INNER_WALL, SIDES, Side, opposite
from tau.experts.sketch.kinds import CIRCULATION, RoomKind, room_kinds
from tau.experts.sketch.refusals import refusal

TOLERANCE = 0.15
"""How far the area of a room may be from what's wanted: a hard rule. Half a square metre always
passes."""
_DOORS_FOR_CORRIDOR = 4  # rooms that need a door to the hall before a corridor is added
_DOORS_FOR_SECOND = 10
_RANK = {"hall": 0, "stair": 1, "corridor": 1, "living": 2, "dining": 3, "kitchen": 4}
_UPSTAIRS = ("master", "bedroom", "child", "ensuite", "dressing", "study", "bath")
_TURNING = 1.5


class ScheduledRoom(msgspec.Struct, frozen=True, kw_only=True):
    """A room with everything decided. Areas and widths are clear of walls."""

    id: str
    kind: str
    name: str
    storey: int
    area: float
    low: float
    high: float
    min_width: float
    max_aspect: float
    light: bool
    facade: bool
    wet: bool
    access: tuple[str, ...]
    near: tuple[str, ...]
    side: Side | None
    prefers: tuple[Side, ...]
    accessible: bool

    @property
    def is_circulation(self) -> bool:
        """Whether it's there to lead to other rooms."""
        return self.kind in CIRCULATION


class RoomSchedule(msgspec.Struct, frozen=True, kw_only=True):
    """All rooms, and the area of each storey to the axes of walls."""

    rooms: tuple[ScheduledRoom, ...]
    storey_area: float
    entrance: Side | None

    def on(self, storey: int) -> list[ScheduledRoom]:
        """Return the rooms of a storey."""
        return [room for room in self.rooms if room.storey == storey]


def scheduled(brief: Brief) -> RoomSchedule:
    """Settle every room of a brief. Raises `BriefError` if the areas can't be met."""
    rooms = _with_circulation(_with_storeys(brief), brief)
    storey_area = _storey_area(rooms, brief)
    scales = [
        _scale([room for room in rooms if room.storey == storey], storey_area, brief.language)
        for storey in range(brief.storeys)
    ]
    areas = {room.id: _area(room, scales[room.storey or 0]) for room in rooms}
    made = tuple(_settled(room, areas[room.id], rooms, brief) for room in rooms)
    return RoomSchedule(rooms=made, storey_area=storey_area, entrance=brief.entrance)


def _storey_area(rooms: Sequence[Room], brief: Brief) -> float:
    """Return the area of each storey: as wanted, or as all rooms need together."""
    if brief.outline:
        return outline_of(brief.outline).area
    if brief.total:
        return brief.total / brief.storeys
    usual = [
        _gross(_area(room, 1.0) for room in rooms if room.storey == storey)
        for storey in range(brief.storeys)
    ]
    fixed = [
        _gross(_area(room, 0.2) for room in rooms if room.storey == storey)
        for storey in range(brief.storeys)
    ]
    return max(sum(usual) / brief.storeys, *fixed, *(0.85 * area for area in usual))


def gross(area: float) -> float:
    """Return the area to the axes of walls of a nearly square room with this clear area."""
    return (math.sqrt(area) * 1.02 + INNER_WALL) ** 2 - 0.04 * area


def _gross(areas: Iterable[float]) -> float:
    return sum(map(gross, areas))


def display_name(kind: RoomKind, language: Language) -> str:
    """Return the name of a kind of room in a language."""
    return kind.names[1 if language == "zh" else 0]


def _with_storeys(brief: Brief) -> list[Room]:
    """Return the rooms with their storeys: what's upstairs of two is private, and balanced."""
    if brief.storeys == 1:
        return [msgspec.structs.replace(room, storey=0) for room in brief.rooms]
    placed = {room.id: room.storey for room in brief.rooms}
    for room in brief.rooms:
        if room.storey is None:
            upstairs = room.kind in _UPSTAIRS and not room.accessible
            placed[room.id] = 1 if upstairs else 0
    _follow_bedrooms(brief, placed)
    _balance(brief, placed)
    return [msgspec.structs.replace(room, storey=placed[room.id]) for room in brief.rooms]


def _follow_bedrooms(brief: Brief, placed: dict[str, int | None]) -> None:
    """Put what belongs to a bedroom on its storey."""
    for room in brief.rooms:
        for other in room.access or ():
            if room.storey is None and room.kind in ("ensuite", "dressing") and other in placed:
                placed[room.id] = placed[other]


def _balance(brief: Brief, placed: dict[str, int | None]) -> None:
    """Move rooms while that makes the storeys more alike."""
    sizes = {room.id: room.area or room_kinds()[room.kind].area for room in brief.rooms}
    tied = {other for room in brief.rooms for other in room.access or ()}
    movable = [
        room
        for room in brief.rooms
        if room.storey is None
        and not room.accessible
        and room.id not in tied
        and room.kind in ("study", "guest", "child", "bedroom", "bath", "playroom", "gym", "office")
    ]
    baths = [room.id for room in brief.rooms if room.kind == "bath"]
    while True:
        below = sum(sizes[one] for one, storey in placed.items() if storey == 0) + 8
        gap = sum(sizes[one] for one, storey in placed.items() if storey == 1) + 4 - below
        source = 1 if gap > 0 else 0
        fits = [
            room
            for room in movable
            if placed[room.id] == source
            and sizes[room.id] < abs(gap)
            and not (source == 1 and room.id == (baths[0] if baths else ""))
        ]
        if not fits:
            return
        best = min(fits, key=lambda room: abs(abs(gap) - 2 * sizes[room.id]))
        placed[best.id] = 1 - source
        movable.remove(best)


def _with_circulation(rooms: list[Room], brief: Brief) -> list[Room]:
    """Add the hall, the corridors and the stair that are missing."""
    made = list(rooms)
    zh = brief.language == "zh"
    if not any(room.kind == "hall" and room.storey == 0 for room in rooms):
        made.append(Room(id=_free("hall", made), kind="hall", storey=0))
    if brief.storeys == 2:
        made.append(Room(id=_free("stair", made), kind="stair", storey=0))
        made.append(Room(id=_free("stair-up", made), kind="stair", storey=1))
        landing = "过厅" if zh else "Landing"
        made.append(Room(id=_free("landing", made), kind="corridor", storey=1, name=landing))
    for storey in range(brief.storeys):
        doors = sum(1 for room in rooms if room.storey == storey and _needs_corridor(room))
        have = sum(1 for room in made if room.storey == storey and room.kind == "corridor")
        wanted = (doors >= _DOORS_FOR_CORRIDOR) + (doors >= _DOORS_FOR_SECOND) + storey
        for _ in range(have, max(have, min(wanted, 2))):
            made.append(Room(id=_free("corridor", made), kind="corridor", storey=storey))
    return made


def _free(name: str, rooms: Sequence[Room]) -> str:
    taken = {room.id for room in rooms}
    return next(n for n in (name, *(f"{name}-{i}" for i in range(2, 60))) if n not in taken)


def _needs_corridor(room: Room) -> bool:
    first = room_kinds()[room.kind].access[:1]
    return bool(first) and first[0] in CIRCULATION and not room.access


def _scale(rooms: Sequence[Room], total: float, language: Language) -> float:
    """Return the factor for rooms of open size at which all of them fill the total."""
    low, high = 0.2, 12.0
    reach = [_gross(_area(room, scale) for room in rooms) for scale in (low, high)]
    if reach[0] > total * 1.02:
        raise BriefError(refusal("too small", language, needed=reach[0], total=total))
    if reach[1] < total * 0.94:
        raise BriefError(refusal("too large", language, filled=reach[1], total=total))
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (
            (middle, high)
            if _gross(_area(room, middle) for room in rooms) < total
            else (low, middle)
        )
    return low


def _area(room: Room, scale: float) -> float:
    kind = room_kinds()[room.kind]
    if room.area is not None:
        return room.area
    least = kind.least * _squeezed(kind, scale)
    if room.accessible and kind.wet:
        least = max(least, _TURNING * 2.2)
    return min(max(kind.area * (1 + kind.elastic * (scale - 1)), least), kind.most)


def _squeezed(kind: RoomKind, scale: float) -> float:
    """Return how much smaller than usual the least area of a room is in a tiny dwelling."""
    most = 0.1 if kind.wet and kind.zone == "service" else 0.3
    return 1 - most * min(1.0, max(0.0, (0.4 - scale) / 0.2))


def _settled(room: Room, area: float, rooms: Sequence[Room], brief: Brief) -> ScheduledRoom:
    kind = room_kinds()[room.kind]
    slack = max(TOLERANCE * area, 0.5)
    loose = room.kind in CIRCULATION and room.area is None
    width = room.min_width or min(kind.min_width, math.sqrt(area) * 0.95)
    if room.accessible:
        width = max(width, _TURNING)
    light = kind.light if room.light is None else room.light
    return ScheduledRoom(
        id=room.id,
        kind=room.kind,
        name=room.name or display_name(kind, brief.language),
        storey=room.storey or 0,
        area=area,
        low=kind.least * 0.8 if loose else area - slack,
        high=area * 2.5 if loose else area + slack,
        min_width=width,
        max_aspect=room.max_aspect or kind.max_aspect,
        light=light,
        facade=light or kind.facade or room.side is not None,
        wet=kind.wet if room.wet is None else room.wet,
        access=_access(room, kind, rooms),
        near=_ids(room.near or kind.near, room, rooms),
        side=room.side,
        prefers=_preferred(kind, brief),
        accessible=room.accessible,
    )


def _ids(names: Iterable[str], room: Room, rooms: Sequence[Room]) -> tuple[str, ...]:
    """Return the ids of rooms on the same storey that names, ids or kinds, stand for."""
    level = [other for other in rooms if other.storey == room.storey and other.id != room.id]
    found = [other.id for name in names for other in level if name in (other.id, other.kind)]
    return tuple(dict.fromkeys(found))


def _access(room: Room, kind: RoomKind, rooms: Sequence[Room]) -> tuple[str, ...]:
    """Return the rooms that a door may lead to."""
    if room.access is not None:
        return _ids(room.access, room, rooms)
    level = {other.id: other for other in rooms if other.storey == room.storey}
    has_corridor = any(other.kind in ("corridor", "hall") for other in level.values())
    names = [name for name in kind.access if not (name == "stair" and has_corridor)]
    if room.kind == "corridor":
        names = ["hall", "stair"] if room.storey == 0 else ["stair"]
    if room.kind == "stair" and room.storey == 1:
        return ()
    found = _ids(names, room, rooms)
    if room.kind in ("ensuite", "dressing"):
        return _own_bedroom(room, rooms)
    if room.kind == "corridor":  # a second corridor may go on from the first
        earlier = [one for one in level.values() if one.kind == "corridor"]
        before = tuple(one.id for one in earlier[: earlier.index(room)])
        return before if room.storey == 1 and before else (*found, *before)
    rank = _RANK.get(room.kind, 9)
    lower = tuple(one for one in found if _RANK.get(level[one].kind, 8) < rank)
    if lower or room.kind == "hall":
        return lower
    return tuple(one.id for one in level.values() if one.kind in ("hall", "corridor"))


def _own_bedroom(room: Room, rooms: Sequence[Room]) -> tuple[str, ...]:
    """Return the bedroom that an en-suite or a dressing room belongs to."""
    level = [other for other in rooms if other.storey == room.storey]
    bedrooms = [other for kind in ("master", "bedroom") for other in level if other.kind == kind]
    same = [other.id for other in level if other.kind == room.kind and other.access is None]
    if not bedrooms:
        return _ids(("corridor", "hall"), room, rooms)
    return (bedrooms[same.index(room.id) % len(bedrooms)].id,)


def _preferred(kind: RoomKind, brief: Brief) -> tuple[Side, ...]:
    street = brief.site.street or brief.entrance
    garden = brief.site.garden
    sun: tuple[Side, ...] = (garden,) if garden else ("south", "west")
    if kind.sides == "sun":
        return sun
    if kind.sides == "street":
        return (street,) if street else ()
    if kind.sides == "quiet" and street:
        return tuple(side for side in SIDES if side != street)
    return ()


def facing(brief: Brief) -> Side:
    """Return the side that the dwelling opens to: the garden, or away from the street."""
    street = brief.site.street or brief.entrance
    return brief.site.garden or (opposite(street) if street else "south")
