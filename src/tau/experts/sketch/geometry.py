"""Rectangles, walls that two of them share, and the facades of an outline.

Lengths are metres. x grows to the east and y to the north; north is up in every drawing. Boxes are
measured to the axes of walls: what is clear of a room is half an inner wall less on each side.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

Side = Literal["north", "east", "south", "west"]
SIDES: tuple[Side, ...] = ("north", "east", "south", "west")
INNER_WALL = 0.10
"""Thickness of inner walls; their axes are the edges of boxes."""
OUTER_WALL = 0.36
"""Thickness of outer walls. Their inner faces are half an inner wall inside the outline."""
SAME = 1e-6
"""Coordinates closer than this are equal."""


class Box(msgspec.Struct, frozen=True, array_like=True):
    """A rectangle with sides along the axes."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Its extent from west to east."""
        return self.x1 - self.x0

    @property
    def depth(self) -> float:
        """Its extent from south to north."""
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        """Its area in square metres."""
        return self.width * self.depth

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def inset(self, by: float) -> "Box":
        """Return it with each side moved inwards."""
        return Box(self.x0 + by, self.y0 + by, self.x1 - by, self.y1 - by)

    def shifted(self, across: float, up: float) -> "Box":
        """Return it moved to the east and to the north."""
        return Box(self.x0 + across, self.y0 + up, self.x1 + across, self.y1 + up)

    def overlaps(self, other: "Box", margin: float = SAME) -> bool:
        """Whether the two share more than an edge."""
        return (
            min(self.x1, other.x1) - max(self.x0, other.x0) > margin
            and min(self.y1, other.y1) - max(self.y0, other.y0) > margin
        )

    def holds(self, other: "Box") -> bool:
        """Whether the other lies inside it."""
        return (
            self.x0 <= other.x0 + SAME
            and self.y0 <= other.y0 + SAME
            and self.x1 >= other.x1 - SAME
            and self.y1 >= other.y1 - SAME
        )


def clear(box: Box) -> Box:
    """Return what is free of walls inside a room's box."""
    return box.inset(INNER_WALL / 2)


class Segment(NamedTuple):
    """A piece of wall: `along` x if it is horizontal; `side` is where it lies, seen from inside."""

    side: Side
    at: float
    low: float
    high: float

    @property
    def is_horizontal(self) -> bool:
        """Whether it runs from west to east."""
        return self.side in ("north", "south")

    @property
    def length(self) -> float:
        """Its length."""
        return self.high - self.low


class Outline(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The floor of a storey: a rectangle, or an L where a corner is cut out."""

    width: float
    depth: float
    notch: Box | None = None
    """The corner that is missing from an L."""

    @property
    def area(self) -> float:
        """Its area in square metres, to the axes of the outer walls' inner skin."""
        return self.width * self.depth - (self.notch.area if self.notch else 0)

    def edges(self) -> list[Segment]:
        """Return its facades."""
        whole = Box(0, 0, self.width, self.depth)
        if self.notch is None:
            return edges_of(whole)
        cut = self.notch
        outer = [piece for edge in edges_of(whole) for piece in _without(edge, cut)]
        inner = [
            Segment(opposite(edge.side), edge.at, edge.low, edge.high)
            for edge in edges_of(cut)
            if SAME < edge.at < (self.depth if edge.is_horizontal else self.width) - SAME
        ]
        return outer + inner


def opposite(side: Side) -> Side:
    """Return the side across."""
    return SIDES[(SIDES.index(side) + 2) % 4]


def edges_of(box: Box) -> list[Segment]:
    """Return the four edges of a box."""
    return [
        Segment("north", box.y1, box.x0, box.x1),
        Segment("east", box.x1, box.y0, box.y1),
        Segment("south", box.y0, box.x0, box.x1),
        Segment("west", box.x0, box.y0, box.y1),
    ]


def _without(edge: Segment, cut: Box) -> list[Segment]:
    """Return what is left of an edge of the whole where a corner is cut out."""
    low, high = (cut.x0, cut.x1) if edge.is_horizontal else (cut.y0, cut.y1)
    across = (cut.y0, cut.y1) if edge.is_horizontal else (cut.x0, cut.x1)
    if all(abs(edge.at - value) > SAME for value in across):
        return [edge]
    pieces = [(edge.low, min(edge.high, low)), (max(edge.low, high), edge.high)]
    return [Segment(edge.side, edge.at, a, b) for a, b in pieces if b - a > SAME]


def common(one: Segment, other: Segment) -> float:
    """Return the length on which two parallel segments on one line lie side by side."""
    if one.is_horizontal != other.is_horizontal or abs(one.at - other.at) > SAME:
        return 0.0
    return max(0.0, min(one.high, other.high) - max(one.low, other.low))


def shared_wall(one: Box, other: Box) -> Segment | None:
    """Return the wall that two boxes share, with the side as seen from the first."""
    for edge in edges_of(one):
        across = next(e for e in edges_of(other) if e.side == opposite(edge.side))
        if common(edge, across) > SAME:
            low, high = max(edge.low, across.low), min(edge.high, across.high)
            return Segment(edge.side, edge.at, low, high)
    return None


def facades(box: Box, edges: Sequence[Segment]) -> list[Segment]:
    """Return the pieces of a room's walls that are outer walls, longest first."""
    found = [
        Segment(own.side, own.at, max(own.low, edge.low), min(own.high, edge.high))
        for own in edges_of(box)
        for edge in edges
        if edge.side == own.side and common(own, edge) > SAME
    ]
    return sorted(found, key=lambda piece: -piece.length)
