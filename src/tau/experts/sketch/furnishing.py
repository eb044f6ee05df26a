"""Furniture and sanitary ware, placed with the free floor that each piece needs.

Pieces stand against walls or free in a room. They keep clear of the swings of doors, of what lies
before doors and of each other. `furniture.toml` says what belongs in a room.
"""

import functools
import itertools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files

import msgspec

from tau.experts.sketch.furniture_spots import RATES, FurnitureSpot, as_free_floor, collides
from tau.experts.sketch.geometry import Box, Segment, Side, clear, edges_of, opposite
from tau.experts.sketch.openings import fronts, swing
from tau.experts.sketch.plan import FurniturePiece, Opening
from tau.experts.sketch.schedule import ScheduledRoom

TURNING = 1.5
_SAME_AS = {"master": "bedroom", "guest": "bedroom", "pantry": "storage"}
_TALL = ("wardrobe", "shelf", "fridge", "shower")
_STEP = 0.1
_ROW = 0.6  # metres of a unit's front that lie in a corner
_DOOR_FRONT = 0.75
_MOST_ORDERS = 6


class FurnitureNeed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece that a room should have; `furniture.toml` explains the fields."""

    kind: str
    sizes: tuple[tuple[float, float], ...]
    front: float
    beside: float = 0.0
    likes: tuple[str, ...] = ()
    free: bool = False


_TURNING_CIRCLE = FurnitureNeed(
    kind="turning", sizes=((TURNING, TURNING),), front=0, free=True, likes=("centre",)
)
_SMALL_TABLE = FurnitureNeed(
    kind="table",
    sizes=((1.8, 0.9), (1.4, 0.8), (1.2, 0.8), (0.8, 0.8)),
    front=0.7,
    free=True,
    likes=("aside",),
)


@functools.cache
def furniture_needs() -> dict[str, tuple[FurnitureNeed, ...]]:
    """Return what belongs in a room of each kind."""
    text = files(__package__).joinpath("furniture.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, tuple[FurnitureNeed, ...]])


class _Floor:
    """The floor of a room, with what is taken of it."""

    def __init__(self, room: ScheduledRoom, box: Box, openings: Sequence[Opening]) -> None:
        self.room = room
        self.box = clear(box)
        self._known: dict[tuple[str, tuple[float, float]], list[FurnitureSpot]] = {}
        own = [one for one in openings if room.id in (one.room, one.beyond)]
        depth = min(_DOOR_FRONT, 0.35 * min(self.box.width, self.box.depth))
        self.kept = [front for one in own for front in fronts(one, depth)]
        self.kept += [area for one in own if (area := swing(one))]
        self.doors = [_middle(one.segment) for one in own if one.kind not in ("window", "glazed")]
        self.windows = [
            one.segment for one in own if one.kind in ("window", "glazed") and one.room == room.id
        ]

    def furnished(self, needs: Sequence[FurnitureNeed]) -> tuple[float, list[FurniturePiece]]:
        """Place pieces in this order; return how good that is, and the pieces."""
        taken: list[FurnitureSpot] = []
        pieces = []
        total = 0.0
        for rank, need in enumerate(needs):
            spot = self._best(need, taken)
            if spot is None:
                continue
            taken.append(as_free_floor(spot) if need is _TURNING_CIRCLE else spot)
            total += 10.0 + spot.score - 0.01 * rank
            pieces.append(
                FurniturePiece(
                    kind=need.kind,
                    room=self.room.id,
                    storey=self.room.storey,
                    box=spot.box,
                    faces=spot.faces,
                )
            )
        return total, pieces

    def _best(self, need: FurnitureNeed, taken: Sequence[FurnitureSpot]) -> FurnitureSpot | None:
        """Return the best place of the largest size that fits; a smaller one may stand better."""
        rate = next((RATES[like] for like in need.likes if like in RATES), None)
        found = []
        for rank, size in enumerate(need.sizes):
            fitting = (spot for spot in self._spots(need, size) if not collides(spot, taken))
            if rate is None:
                best = next(fitting, None)
            else:
                best = max(fitting, key=functools.partial(rate, taken), default=None)
            if best is not None:
                score = (rate(taken, best) if rate else best.score) - rank
                found.append(msgspec.structs.replace(best, score=score))
                if "aside" not in need.likes:
                    break
        return max(found, key=lambda spot: spot.score, default=None)

    def _spots(self, need: FurnitureNeed, size: tuple[float, float]) -> list[FurnitureSpot]:
        """Return the places in the empty room, best first."""
        key = (need.kind, size)
        if key not in self._known:
            places = self._free_places if need.free else self._wall_places
            spots = [spot for spot in places(need, size) if self._is_free(spot)]
            self._known[key] = sorted(spots, key=lambda spot: -spot.score)
        return self._known[key]

    def _is_free(self, spot: FurnitureSpot) -> bool:
        if not self.box.holds(spot.floor):
            return False
        return not any(spot.box.overlaps(kept, 0.01) for kept in self.kept)

    def _wall_places(
        self, need: FurnitureNeed, size: tuple[float, float]
    ) -> Iterator[FurnitureSpot]:
        length, depth = size
        for wall in edges_of(self.box):
            for low in _steps(wall.low, wall.high - length):
                place = Segment(wall.side, wall.at, low, low + length)
                if need.kind in _TALL and any(_over(place, window) for window in self.windows):
                    continue
                box = _against(place, depth)
                wide = place._replace(low=low - need.beside, high=low + length + need.beside)
                if "row" in need.likes:
                    wide = self._before_row(wide)
                floor = _against(wide, depth + need.front)
                if need.beside and not self.box.holds(floor):
                    floor = _within(floor, self.box, wall.is_horizontal)
                yield FurnitureSpot(box, floor, opposite(wall.side), self._score(need, place))

    def _before_row(self, place: Segment) -> Segment:
        """Return where one stands before a piece that another may meet in a corner."""
        low, high = self._ends(place.side)
        if place.length < 2 * _ROW:
            return place
        return place._replace(
            low=place.low + _ROW * (place.low - low < _STEP),
            high=place.high - _ROW * (high - place.high < _STEP),
        )

    def _free_places(
        self, need: FurnitureNeed, size: tuple[float, float]
    ) -> Iterator[FurnitureSpot]:
        across, up = self.box.centre
        for width, depth in {size, size[::-1]}:
            for x in _steps(self.box.x0, self.box.x1 - width, 0.25):
                for y in _steps(self.box.y0, self.box.y1 - depth, 0.25):
                    box = Box(x, y, x + width, y + depth)
                    away = abs(box.centre[0] - across) + abs(box.centre[1] - up)
                    faces: Side = "south" if width > depth else "east"
                    weight = 0.15 if "aside" in need.likes else 1.0
                    yield FurnitureSpot(box, box.inset(-need.front), faces, -away * weight)

    def _score(self, need: FurnitureNeed, place: Segment) -> float:
        """Return how well a place against a wall suits a piece."""
        low, high = self._ends(place.side)
        before, after = place.low - low, high - place.high
        at_window = any(_over(place, window) for window in self.windows)
        x, y = _middle(place)
        values = {
            "centre": -abs(before - after) * 0.5,
            "corner": -min(before, after),
            "window": 2.0 * at_window,
            "blind": -3.0 * at_window,
            "far": 0.3 * min((abs(x - a) + abs(y - b) for a, b in self.doors), default=0.0),
        }
        return sum(values.get(like, 0.0) for like in need.likes)

    def _ends(self, side: Side) -> tuple[float, float]:
        if side in ("north", "south"):
            return self.box.x0, self.box.x1
        return self.box.y0, self.box.y1


def furnish(
    rooms: Sequence[ScheduledRoom], boxes: Mapping[str, Box], openings: Sequence[Opening]
) -> list[FurniturePiece]:
    """Return the furniture of a storey."""
    has_dining = any(room.kind == "dining" for room in rooms)
    pieces = []
    for room in rooms:
        floor = _Floor(room, boxes[room.id], openings)
        needs = list(furniture_needs().get(_SAME_AS.get(room.kind, room.kind), ()))
        if room.kind == "living" and not has_dining and room.area >= 18:
            needs.append(_SMALL_TABLE)
        if room.accessible:
            needs.insert(0, _TURNING_CIRCLE)
        pieces += _complete(_best_order(floor, needs), floor)
    return pieces


def _best_order(floor: _Floor, needs: Sequence[FurnitureNeed]) -> list[FurniturePiece]:
    """Return the pieces of the best of a few orders: in a small room the order decides."""
    fixed = 1 if needs and needs[0].kind == "turning" else 0
    orders = itertools.permutations(needs[fixed:]) if len(needs) - fixed <= 4 else [needs[fixed:]]
    found = [
        floor.furnished([*needs[:fixed], *order])
        for order in itertools.islice(orders, _MOST_ORDERS if len(needs) < 4 else 24)
    ]
    return max(found, key=lambda each: each[0])[1]


def _complete(pieces: Sequence[FurniturePiece], floor: _Floor) -> list[FurniturePiece]:
    """Add what goes with a piece: a low table before a sofa."""
    made = list(pieces)
    made += [
        msgspec.structs.replace(piece, kind="low-table", box=_before(piece))
        for piece in pieces
        if piece.kind == "sofa"
    ]
    return [piece for piece in made if floor.box.holds(piece.box)]


def _before(piece: FurniturePiece) -> Box:
    box = piece.box
    x, y = box.centre
    gap, half_length, depth = 0.4, 0.55, 0.55
    return {
        "north": Box(x - half_length, box.y1 + gap, x + half_length, box.y1 + gap + depth),
        "south": Box(x - half_length, box.y0 - gap - depth, x + half_length, box.y0 - gap),
        "east": Box(box.x1 + gap, y - half_length, box.x1 + gap + depth, y + half_length),
        "west": Box(box.x0 - gap - depth, y - half_length, box.x0 - gap, y + half_length),
    }[piece.faces]


def _against(place: Segment, depth: float) -> Box:
    """Return the box along a piece of a room's edge."""
    return {
        "north": Box(place.low, place.at - depth, place.high, place.at),
        "south": Box(place.low, place.at, place.high, place.at + depth),
        "east": Box(place.at - depth, place.low, place.at, place.high),
        "west": Box(place.at, place.low, place.at + depth, place.high),
    }[place.side]


def _within(floor: Box, room: Box, is_horizontal: bool) -> Box:
    """Give up the free floor at one side of a piece, if it stands in a corner."""
    if is_horizontal:
        low, high = max(floor.x0, room.x0), min(floor.x1, room.x1)
        lost = (low - floor.x0 > 1e-6) + (floor.x1 - high > 1e-6)
        return floor if lost > 1 else Box(low, floor.y0, high, floor.y1)
    low, high = max(floor.y0, room.y0), min(floor.y1, room.y1)
    lost = (low - floor.y0 > 1e-6) + (floor.y1 - high > 1e-6)
    return floor if lost > 1 else Box(floor.x0, low, floor.x1, high)


def _steps(low: float, high: float, step: float = _STEP) -> Iterator[float]:
    """Yield positions from one end to the other, both ends included."""
    if high < low - 1e-9:
        return
    count = int((high - low) / step + 1e-9)
    yield from (round(low + index * step, 3) for index in range(count + 1))
    if high - low - count * step > 1e-6:
        yield round(high, 3)


def _over(place: Segment, window: Segment) -> bool:
    return (
        place.side == window.side
        and min(place.high, window.high) - max(place.low, window.low) > 0.05
    )


def _middle(wall: Segment) -> tuple[float, float]:
    along = (wall.low + wall.high) / 2
    return (along, wall.at) if wall.is_horizontal else (wall.at, along)
