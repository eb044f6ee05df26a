"""Checks a finished plan against its hard rules, without knowing how it was made.

Everything is measured again from boxes, openings and furniture. A plan is only handed on as good
when this finds nothing.
"""

import itertools
from collections.abc import Iterator

import msgspec

from tau.experts.sketch.contacts import GLAZED_HEIGHT, LEAST_GLASS, WINDOW_HEIGHT
from tau.experts.sketch.furnishing import TURNING
from tau.experts.sketch.geometry import (
    INNER_WALL,
    SAME,
    Box,
    clear,
    facades,
    shared_wall,
)
from tau.experts.sketch.openings import swing
from tau.experts.sketch.plan import Opening, PlacedRoom, Plan
from tau.experts.sketch.schedule import ScheduledRoom
from tau.experts.sketch.stairs import ENTRY

_PASSABLE = ("door", "passage", "entrance")
_LEAST_DOOR = 0.7
_BED = (("double-bed", "single-bed"),)
EQUIPMENT: dict[str, tuple[tuple[str, ...], ...]] = {
    **dict.fromkeys(("bedroom", "master", "child", "guest"), _BED),
    "bath": (("toilet",), ("washbasin",), ("bathtub", "shower")),
    "ensuite": (("toilet",), ("washbasin",), ("shower", "bathtub")),
    "wc": (("toilet",), ("washbasin",)),
    "kitchen": (("counter",),),
    "living": (("sofa",),),
    "garage": (("car",),),
}
"""What a room must have space for: of each group, one."""
_WHEELCHAIR_DOOR = 0.9


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """A hard rule that a plan breaks."""

    rule: str
    rooms: tuple[str, ...]
    says: str


def violations(plan: Plan) -> list[Violation]:
    """Return every hard rule that the plan breaks."""
    found = []
    for storey in range(plan.brief.storeys):
        level = _Level(plan, storey)
        for rule in RULES.values():
            found += list(rule(level))
    return found + list(_stair(plan))


class _Level:
    """A storey of a plan, with its parts by room."""

    def __init__(self, plan: Plan, storey: int) -> None:
        self.plan, self.storey = plan, storey
        self.wanted = {room.id: room for room in plan.schedule.rooms if room.storey == storey}
        self.rooms = {room.id: room for room in plan.on(storey)}
        self.openings = [one for one in plan.openings if one.storey == storey]
        self.furniture = [one for one in plan.furniture if one.storey == storey]

    def pairs(self) -> Iterator[tuple[ScheduledRoom, PlacedRoom]]:
        """Yield each room as wanted and as placed."""
        for one, room in self.rooms.items():
            yield self.wanted[one], room

    def of(self, one: str, *kinds: str) -> list[Opening]:
        """Return a room's openings of some kinds."""
        return [o for o in self.openings if one in (o.room, o.beyond) and o.kind in kinds]


def _complete(level: _Level) -> Iterator[Violation]:
    for one in set(level.wanted) ^ set(level.rooms):
        yield Violation(rule="rooms", rooms=(one,), says=f"{one} is missing or wasn't asked for.")


def _tiling(level: _Level) -> Iterator[Violation]:
    outline = level.plan.outline
    whole = Box(0, 0, outline.width, outline.depth)
    for one, other in itertools.combinations(level.rooms.values(), 2):
        if one.box.overlaps(other.box, 1e-4):
            says = f"{one.name} and {other.name} overlap."
            yield Violation(rule="overlap", rooms=(one.id, other.id), says=says)
    for room in level.rooms.values():
        in_notch = outline.notch is not None and room.box.overlaps(outline.notch, 1e-4)
        if not whole.holds(room.box) or in_notch:
            says = f"{room.name} reaches beyond the outline."
            yield Violation(rule="outline", rooms=(room.id,), says=says)
    covered = sum(room.box.area for room in level.rooms.values())
    if abs(covered - outline.area) > 0.01:
        says = f"The rooms cover {covered:.2f} m² of {outline.area:.2f} m²."
        yield Violation(rule="tiling", rooms=(), says=says)


def _sizes(level: _Level) -> Iterator[Violation]:
    for wanted, room in level.pairs():
        free = clear(room.box)
        narrow, long = sorted((free.width, free.depth))
        if narrow < wanted.min_width - 1e-4:
            says = f"{room.name} is {narrow:.2f} m wide and needs {wanted.min_width:.2f} m."
            yield Violation(rule="width", rooms=(room.id,), says=says)
        if not wanted.low - 0.01 <= free.area <= wanted.high + 0.01:
            says = f"{room.name} has {free.area:.1f} m² instead of {wanted.area:.1f} m²."
            yield Violation(rule="area", rooms=(room.id,), says=says)
        if long > narrow * wanted.max_aspect + 0.02:
            says = f"{room.name} is too long for its width: {narrow:.2f} by {long:.2f} m."
            yield Violation(rule="aspect", rooms=(room.id,), says=says)


def _openings(level: _Level) -> Iterator[Violation]:
    """Check that openings lie in walls that the rooms share or in facades, and apart."""
    edges = level.plan.outline.edges()
    for opening in level.openings:
        box = level.rooms[opening.room].box
        if opening.beyond:
            wall = shared_wall(box, level.rooms[opening.beyond].box)
            walls = [wall] if wall else []
        else:
            walls = facades(box, edges)
        if not any(_lies_in(opening, each.side, each.at, each.low, each.high) for each in walls):
            says = f"An opening of {opening.room} isn't in a wall."
            yield Violation(rule="openings", rooms=(opening.room,), says=says)
    for one, other in itertools.combinations(level.openings, 2):
        same = one.segment.is_horizontal == other.segment.is_horizontal
        if same and abs(one.at - other.at) < SAME and one.low < other.high and other.low < one.high:
            says = f"Openings of {one.room} and {other.room} overlap."
            yield Violation(rule="openings", rooms=(one.room, other.room), says=says)


def _lies_in(opening: Opening, side: str, at: float, low: float, high: float) -> bool:
    spare = INNER_WALL / 2 - 1e-4
    return (
        opening.side == side
        and abs(opening.at - at) < 1e-4
        and opening.low >= low + spare
        and opening.high <= high - spare
    )


def _access(level: _Level) -> Iterator[Violation]:
    """Every room can be reached, through rooms that may lead to it."""
    start = [o.room for o in level.openings if o.kind == "entrance"]
    if level.storey:
        start = [room.id for room in level.rooms.values() if room.kind == "stair"]
    reached = set(start)
    while True:
        more = {
            one
            for o in level.openings
            if o.kind in _PASSABLE and o.beyond and {o.room, o.beyond} & reached
            for one in (o.room, o.beyond)
        }
        if more <= reached:
            break
        reached |= more
    for one in level.rooms.keys() - reached:
        yield Violation(rule="access", rooms=(one,), says=f"{one} can't be reached.")
    for wanted, room in level.pairs():
        yield from _own_door(level, wanted, room)


def _own_door(level: _Level, wanted: ScheduledRoom, room: PlacedRoom) -> Iterator[Violation]:
    doors = level.of(room.id, "door", "passage")
    allowed = set(wanted.access) & set(level.rooms)
    ways = {o.beyond if o.room == room.id else o.room: o for o in doors}
    if allowed and not allowed & set(ways):
        says = f"{room.name} has no door to where it may have one."
        yield Violation(rule="access", rooms=(room.id,), says=says)
    least = _WHEELCHAIR_DOOR if wanted.accessible else _LEAST_DOOR
    if doors and max(o.width for o in doors) < least - 1e-4:
        says = f"The door of {room.name} is narrower than {least:.2f} m."
        yield Violation(rule="door", rooms=(room.id,), says=says)


def _entrance(level: _Level) -> Iterator[Violation]:
    if level.storey:
        return
    entrances = [o for o in level.openings if o.kind == "entrance"]
    side = level.plan.brief.entrance
    if not entrances or (side and entrances[0].side != side):
        yield Violation(rule="entrance", rooms=(), says="There's no entrance on the wanted side.")


def _light(level: _Level) -> Iterator[Violation]:
    for wanted, room in level.pairs():
        glass = sum(
            o.width * (GLAZED_HEIGHT if o.kind == "glazed" else WINDOW_HEIGHT)
            for o in level.of(room.id, "window", "glazed")
        )
        if wanted.light and glass < LEAST_GLASS * room.area - 0.01:
            says = f"{room.name} has {glass:.1f} m² of glass for {room.area:.1f} m² of floor."
            yield Violation(rule="light", rooms=(room.id,), says=says)
        sides = {piece.side for piece in facades(room.box, level.plan.outline.edges())}
        if (wanted.side and wanted.side not in sides) or (wanted.facade and not sides):
            says = f"{room.name} doesn't lie on the facade it needs."
            yield Violation(rule="facade", rooms=(room.id,), says=says)


def _gates(level: _Level) -> Iterator[Violation]:
    """Check that a garage has a gate in an outer wall."""
    for room in level.rooms.values():
        if room.kind == "garage" and not level.of(room.id, "gate"):
            says = f"There's no way into {room.name} for a car."
            yield Violation(rule="gate", rooms=(room.id,), says=says)


def _water(level: _Level) -> Iterator[Violation]:
    """Pipes reach every wet room: from another wet room, or from an outer wall."""
    wet = [room for wanted, room in level.pairs() if wanted.wet]
    for room in wet:
        beside = any(other is not room and shared_wall(room.box, other.box) for other in wet)
        if not beside and not facades(room.box, level.plan.outline.edges()):
            says = f"{room.name} touches neither a wet room nor an outer wall."
            yield Violation(rule="water", rooms=(room.id,), says=says)


def _clearances(level: _Level) -> Iterator[Violation]:
    """Doors hit nothing, and nothing stands in anything else."""
    swings = [(o, area) for o in level.openings if (area := swing(o))]
    for (one, a), (other, b) in itertools.combinations(swings, 2):
        if a.overlaps(b, 0.02):
            says = f"The doors of {one.room} and {other.room} hit each other."
            yield Violation(rule="swing", rooms=(one.room, other.room), says=says)
    pieces = level.furniture
    for piece in pieces:
        hit = any(piece.box.overlaps(area, 0.02) for _, area in swings)
        out = not clear(level.rooms[piece.room].box).holds(piece.box.inset(0.001))
        if hit or out:
            says = f"The {piece.kind} of {piece.room} stands in a door's way or in a wall."
            yield Violation(rule="furniture", rooms=(piece.room,), says=says)
    for first, second in itertools.combinations(pieces, 2):
        if first.box.overlaps(second.box, 0.01):
            says = f"The {first.kind} and the {second.kind} of {first.room} overlap."
            yield Violation(rule="furniture", rooms=(first.room,), says=says)


def _equipment(level: _Level) -> Iterator[Violation]:
    """Check that a bathroom has what makes it one, a bedroom a bed, a kitchen a worktop."""
    for room in level.rooms.values():
        have = {piece.kind for piece in level.furniture if piece.room == room.id}
        for options in EQUIPMENT.get(room.kind, ()):
            if not have & set(options):
                says = f"There's no place for a {' or a '.join(options)} in {room.name}."
                yield Violation(rule="equipment", rooms=(room.id,), says=says)


def _turning(level: _Level) -> Iterator[Violation]:
    """Check that a wheelchair turns in accessible rooms."""
    for wanted, room in level.pairs():
        if wanted.accessible and not any(
            piece.kind == "turning" and piece.room == room.id and piece.box.width >= TURNING - 1e-6
            for piece in level.furniture
        ):
            says = f"There's no room to turn a wheelchair in {room.name}."
            yield Violation(rule="turning", rooms=(room.id,), says=says)


def _stair(plan: Plan) -> Iterator[Violation]:
    """Check that the stair arrives where it starts, and is stepped on at the same end."""
    stairs = [room for room in plan.rooms if room.kind == "stair"]
    boxes = {(s.box.x0, s.box.y0, s.box.x1, s.box.y1) for s in stairs}
    if plan.brief.storeys < 2:
        return
    if len(stairs) != 2 or len(boxes) != 1:
        yield Violation(rule="stair", rooms=(), says="The stair doesn't arrive where it starts.")
    elif not set.intersection(*(_ends_reached(plan, stair) for stair in stairs)):
        says = "The stair is reached at one end below and at the other above."
        yield Violation(rule="stair", rooms=(), says=says)


def _ends_reached(plan: Plan, stair: PlacedRoom) -> set[str]:
    """Return the ends of a stair that an opening lies at, or beside before the first step."""
    box = stair.box
    along_x = box.width > box.depth
    first, last = (box.x0, box.x1) if along_x else (box.y0, box.y1)
    found = set()
    for o in plan.openings:
        if stair.id not in (o.room, o.beyond) or o.kind not in _PASSABLE:
            continue
        across = o.segment.is_horizontal != along_x
        low, high = (o.at, o.at) if across else (o.low, o.high)
        found |= {"first"} if high <= first + ENTRY else set()
        found |= {"last"} if low >= last - ENTRY else set()
    return found


RULES = {
    "rooms": _complete,
    "tiling": _tiling,
    "sizes": _sizes,
    "openings": _openings,
    "access": _access,
    "entrance": _entrance,
    "light": _light,
    "gates": _gates,
    "water": _water,
    "clearances": _clearances,
    "turning": _turning,
    "equipment": _equipment,
}
"""The rules of a storey by their names."""
