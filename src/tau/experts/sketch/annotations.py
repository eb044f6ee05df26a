"""What is written on a drawing: names and areas of rooms, dimensions, north, scale and title."""

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tau.experts.sketch.brief import Language
from tau.experts.sketch.geometry import SAME, Box, Side, clear
from tau.experts.sketch.openings import fronts, swing
from tau.experts.sketch.plan import PlacedRoom, Plan
from tau.experts.sketch.shapes import (
    Point,
    Polygon,
    Polyline,
    Shape,
    Text,
    clean,
    rectangle,
    text_width,
)

_NAME, _AREA = 0.3, 0.23
_BOLD = 1.1  # how much wider bold type is
_LABEL_STEPS = 5  # sizes of labels that are tried, each a tenth smaller
_FIRST_CHAIN, _SECOND_CHAIN = 0.9, 1.55
_TICK = 0.1
_STOREYS: dict[Language, tuple[str, str]] = {
    "en": ("Ground floor", "Upper floor"),
    "zh": ("一层", "二层"),
}


def storey_name(storey: int, language: Language) -> str:
    """Return what a storey is called."""
    return _STOREYS[language][storey]


def labels(plan: Plan, storey: int) -> Iterator[Shape]:
    """Yield the name and the area of each room where nothing else is drawn."""
    for room in plan.on(storey):
        taken = _taken(plan, room)
        name, area = clean(room.name), f"{room.area:.1f} m²"
        scale, at = _place(room, name, area, taken)
        size = _NAME * scale
        yield Text(layer="text", at=(at[0], at[1] + size * 0.62), size=size, text=name, strong=True)
        yield Text(layer="text", at=(at[0], at[1] - size * 0.55), size=_AREA * scale, text=area)


def _taken(plan: Plan, room: PlacedRoom) -> list[Box]:
    """Return what lies in a room that a label shouldn't cover."""
    boxes = [
        piece.box for piece in plan.furniture if piece.room == room.id and piece.kind != "turning"
    ]
    boxes += [p.box.inset(-0.25) for p in plan.furniture if p.room == room.id and p.kind == "table"]
    for opening in plan.openings:
        if room.id in (opening.room, opening.beyond):
            boxes += fronts(opening, 0.1)
            area = swing(opening)
            boxes += [area] if area else []
    return boxes


def _place(room: PlacedRoom, name: str, area: str, taken: Sequence[Box]) -> tuple[float, Point]:
    """Return the size and the middle of a label: as large and as central as there is space."""
    best: tuple[float, float, Point] | None = None
    for step in range(_LABEL_STEPS):
        scale = 1.0 - 0.1 * step
        bold = _BOLD * text_width(name, _NAME * scale)
        width = max(bold, text_width(area, _AREA * scale)) + 0.12
        for rank, at in _ranked(clear(room.box), width, 0.72 * scale, taken):
            if best is None or rank + 1.5 * (1 - scale) < best[0]:
                best = (rank + 1.5 * (1 - scale), scale, at)
        if best is not None and best[0] < 1.0:
            break
    return best[1:] if best else (1.0 - 0.1 * _LABEL_STEPS, room.box.centre)


def _ranked(
    free: Box, width: float, height: float, taken: Sequence[Box]
) -> Iterator[tuple[float, Point]]:
    """Yield places for a label with how bad they are: what they cover, how far they are out."""
    across, up = free.centre
    for x in _between(free.x0 + width / 2, free.x1 - width / 2):
        for y in _between(free.y0 + height / 2, free.y1 - height / 2):
            box = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            covered = sum(_common_area(box, one) for one in taken)
            yield 20 * covered + 0.1 * (abs(x - across) + abs(y - up)), (x, y)


def _between(low: float, high: float, step: float = 0.15) -> list[float]:
    if high < low:
        return []
    count = max(1, int((high - low) / step))
    return [low + (high - low) * index / count for index in range(count + 1)]


def _common_area(one: Box, other: Box) -> float:
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    up = min(one.y1, other.y1) - max(one.y0, other.y0)
    return max(0.0, across) * max(0.0, up)


class DimensionChain(NamedTuple):
    """Dimensions in a row: on which side of the outline, between which marks, and how far out."""

    side: Side
    marks: list[float]
    edge: float
    """Where that side of the outline is."""
    away: float

    @property
    def line(self) -> float:
        """Where the row is drawn."""
        return self.edge + (self.away if self.side in ("north", "east") else -self.away)


def dimensions(plan: Plan, storey: int) -> Iterator[Shape]:
    """Yield the shapes of all chains of dimensions."""
    for chain in dimension_chains(plan, storey):
        yield from _chain(chain)


def dimension_chains(plan: Plan, storey: int) -> Iterator[DimensionChain]:
    """Yield chains on the four sides, and the whole width and depth."""
    boxes = [room.box for room in plan.on(storey)]
    width, depth = plan.outline.width, plan.outline.depth
    edges: dict[Side, float] = {"north": depth, "east": width, "south": 0.0, "west": 0.0}
    for side, edge in edges.items():
        marks = _marks(boxes, side, width, depth)
        whole = [0.0, width if side in ("north", "south") else depth]
        if len(marks) > 2:
            yield DimensionChain(side, marks, edge, _FIRST_CHAIN)
        if side in ("north", "west"):
            away = _SECOND_CHAIN if len(marks) > 2 else _FIRST_CHAIN
            yield DimensionChain(side, whole, edge, away)


def _marks(boxes: Sequence[Box], side: Side, width: float, depth: float) -> list[float]:
    """Return where walls meet a side of the outline."""
    found = {0.0, round(width if side in ("north", "south") else depth, 3)}
    for box in boxes:
        edge, limit = {
            "north": (box.y1, depth),
            "south": (box.y0, 0.0),
            "west": (box.x0, 0.0),
            "east": (box.x1, width),
        }[side]
        if abs(edge - limit) < SAME:
            ends = (box.x0, box.x1) if side in ("north", "south") else (box.y0, box.y1)
            found |= {round(end, 3) for end in ends}
    return sorted(found)


def _chain(chain: DimensionChain) -> Iterator[Shape]:
    marks, line = chain.marks, chain.line
    horizontal = chain.side in ("north", "south")

    def at(along: float, off: float = 0.0) -> Point:
        return (along, line + off) if horizontal else (line + off, along)

    yield Polyline(layer="dimension", points=(at(marks[0] - 0.15), at(marks[-1] + 0.15)))
    for mark in marks:
        yield Polyline(
            layer="dimension",
            points=(at(mark - _TICK, -_TICK), at(mark + _TICK, _TICK)),
            heavy=True,
        )
        yield Polyline(layer="dimension", points=(at(mark, -0.18), at(mark, 0.18)))
    for low, high in itertools.pairwise(marks):
        text = f"{high - low:.2f}"
        size = 0.22 if high - low > 0.9 else 0.17
        off = 0.2 if horizontal else -0.2
        yield Text(
            layer="dimension",
            at=at((low + high) / 2, off),
            size=size,
            text=text,
            upright=not horizontal,
        )


def legend(plan: Plan, storey: int) -> Iterator[Shape]:
    """Yield the title, the scale bar and the north arrow."""
    low = -2.35
    words = [clean(plan.brief.title)]
    if plan.brief.storeys > 1:
        words.append(storey_name(storey, plan.brief.language))
    words.append(f"{plan.outline.area:.0f} m²")
    title = " · ".join(word for word in words if word)
    yield Text(layer="text", at=(text_width(title, 0.3) / 2, low), size=0.3, text=title)
    yield from _scale_bar(max(plan.outline.width - 5, text_width(title, 0.3) + 1), low)
    yield from _north(plan.outline.width + 1.2, plan.outline.depth + 1.2)


def _scale_bar(x: float, y: float) -> Iterator[Shape]:
    for index in range(5):
        points = rectangle(x + index, y - 0.05, x + index + 1, y + 0.05)
        yield Polygon(layer="dimension", points=points, fill="wall" if index % 2 == 0 else "paper")
    for mark in (0, 1, 5):
        text = f"{mark} m" if mark == 5 else str(mark)
        yield Text(layer="dimension", at=(x + mark, y + 0.25), size=0.22, text=text)


def _north(x: float, y: float) -> Iterator[Shape]:
    points = ((x, y + 0.55), (x - 0.22, y - 0.25), (x, y - 0.08), (x + 0.22, y - 0.25))
    yield Polygon(layer="dimension", points=points, fill="wall")
    yield Text(layer="dimension", at=(x, y - 0.5), size=0.26, text="N", strong=True)
