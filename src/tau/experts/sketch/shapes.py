"""The shapes a drawing is made of. Lengths are metres, y grows upwards; formats turn them over."""

from typing import Literal

import msgspec

Layer = Literal[
    "floor", "furniture", "wall", "door", "glass", "dimension", "text", "moved", "model"
]
Point = tuple[float, float]


class Polygon(msgspec.Struct, frozen=True, kw_only=True, tag="polygon"):
    """A closed shape, filled or only outlined."""

    layer: Layer
    points: tuple[Point, ...]
    fill: str = ""
    """The name of a fill, such as `wall` or `wet`, or a colour as `#rrggbb`; empty for none."""
    outlined: bool = True


class Polyline(msgspec.Struct, frozen=True, kw_only=True, tag="line"):
    """Straight lines from point to point."""

    layer: Layer
    points: tuple[Point, ...]
    dashed: bool = False
    heavy: bool = False


class Arc(msgspec.Struct, frozen=True, kw_only=True, tag="arc"):
    """Part of a circle, counterclockwise from one angle to another, in degrees."""

    layer: Layer
    centre: Point
    radius: float
    start: float = 0.0
    end: float = 360.0
    dashed: bool = False

    @property
    def is_circle(self) -> bool:
        """Whether it goes all the way round."""
        return self.end - self.start >= 360


class Ellipse(msgspec.Struct, frozen=True, kw_only=True, tag="ellipse"):
    """An ellipse along the axes."""

    layer: Layer
    centre: Point
    across: float
    up: float


class Text(msgspec.Struct, frozen=True, kw_only=True, tag="text"):
    """A line of text around its middle."""

    layer: Layer
    at: Point
    size: float
    text: str
    upright: bool = False
    """Whether it runs from bottom to top."""
    strong: bool = False
    halo: bool = False
    """Whether it has a pale rim, to be read on anything."""


Shape = Polygon | Polyline | Arc | Ellipse | Text


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """Shapes in the order in which they're drawn, and the sheet around them."""

    title: str
    low: Point
    high: Point
    shapes: tuple[Shape, ...]


def rectangle(x0: float, y0: float, x1: float, y1: float) -> tuple[Point, ...]:
    """Return the corners of a rectangle."""
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is; Chinese characters are square."""
    return size * sum(1.0 if ord(char) > 0x2E80 else 0.56 for char in text)


def clean(text: str) -> str:
    """Return a text without control characters, for any format."""
    return "".join(char if char.isprintable() else " " for char in text).strip()


def shifted(shape: Shape, by: float) -> Shape:
    """Return a shape moved to the east."""

    def move(point: Point) -> Point:
        return point[0] + by, point[1]

    match shape:
        case Polygon() | Polyline():
            return msgspec.structs.replace(shape, points=tuple(move(one) for one in shape.points))
        case Arc() | Ellipse():
            return msgspec.structs.replace(shape, centre=move(shape.centre))
        case Text():
            return msgspec.structs.replace(shape, at=move(shape.at))
