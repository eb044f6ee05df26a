"""How furniture is drawn, seen from above.

A symbol is drawn in its own coordinates: u along the wall at its back, v away from the wall. Then
it's turned to where the piece stands.
"""

from collections.abc import Callable, Iterator

from tau.experts.sketch.plan import FurniturePiece
from tau.experts.sketch.shapes import Arc, Ellipse, Point, Polygon, Polyline, Shape, rectangle

_CHAIR = 0.42


class _Symbol:
    """Draws in the coordinates of a piece."""

    def __init__(self, piece: FurniturePiece) -> None:
        self.piece = piece
        box = piece.box
        turned = piece.faces in ("east", "west")
        self.length = box.depth if turned else box.width
        self.depth = box.width if turned else box.depth

    def at(self, u: float, v: float) -> Point:
        """Return where a point lies in the plan."""
        box = self.piece.box
        return {
            "south": (box.x0 + u, box.y1 - v),
            "north": (box.x1 - u, box.y0 + v),
            "east": (box.x0 + v, box.y0 + u),
            "west": (box.x1 - v, box.y1 - u),
        }[self.piece.faces]

    def box(self, u0: float, v0: float, u1: float, v1: float, fill: str = "") -> Polygon:
        """Return a rectangle."""
        points = tuple(self.at(u, v) for u, v in rectangle(u0, v0, u1, v1))
        return Polygon(layer="furniture", points=points, fill=fill)

    def line(self, *points: Point, dashed: bool = False) -> Polyline:
        """Return lines from point to point."""
        placed = tuple(self.at(*point) for point in points)
        return Polyline(layer="furniture", points=placed, dashed=dashed)

    def circle(self, u: float, v: float, radius: float) -> Arc:
        """Return a circle."""
        return Arc(layer="furniture", centre=self.at(u, v), radius=radius)

    def ellipse(self, u: float, v: float, along: float, out: float) -> Ellipse:
        """Return an ellipse with these half axes."""
        turned = self.piece.faces in ("east", "west")
        across, up = (out, along) if turned else (along, out)
        return Ellipse(layer="furniture", centre=self.at(u, v), across=across, up=up)

    def whole(self) -> Polygon:
        """Return the outline of the piece."""
        return self.box(0, 0, self.length, self.depth, "furniture")


def symbol(piece: FurniturePiece) -> list[Shape]:
    """Return the shapes of a piece of furniture."""
    draw = _SYMBOLS.get(piece.kind, _plain)
    return list(draw(_Symbol(piece)))


def _plain(s: _Symbol) -> Iterator[Shape]:
    yield s.whole()


def _bed(s: _Symbol) -> Iterator[Shape]:
    yield s.whole()
    if s.length > s.depth:  # along the wall
        yield s.box(0.1, 0.12, 0.5, s.depth - 0.12)
        yield s.line((0.65, 0), (0.65, s.depth))
        return
    count = 2 if s.length > 1.3 else 1
    each = s.length / count
    for index in range(count):
        yield s.box(each * index + 0.1, 0.1, each * (index + 1) - 0.1, 0.48)
    yield s.line((0, 0.65), (s.length, 0.65))


def _sofa(s: _Symbol) -> Iterator[Shape]:
    yield s.whole()
    yield s.line((0.18, s.depth), (0.18, 0.22), (s.length - 0.18, 0.22), (s.length - 0.18, s.depth))
    seats = max(2, round((s.length - 0.36) / 0.75))
    each = (s.length - 0.36) / seats
    for index in range(1, seats):
        u = 0.18 + each * index
        yield s.line((u, 0.22), (u, s.depth))


def _table(s: _Symbol) -> Iterator[Shape]:
    count = max(1, int(s.length / 0.6))
    step = s.length / count
    half = _CHAIR / 2
    for index in range(count):
        u = step * (index + 0.5)
        yield s.box(u - half, -0.22, u + half, 0.16, "furniture")
        yield s.box(u - half, s.depth - 0.16, u + half, s.depth + 0.22, "furniture")
    yield s.whole()


def _counter(s: _Symbol) -> Iterator[Shape]:
    yield s.whole()
    sink = s.length * 0.32
    yield s.box(sink - 0.25, 0.1, sink + 0.25, s.depth - 0.12)
    yield s.circle(sink, s.depth / 2, 0.03)
    hob = s.length * 0.76
    yield s.box(hob - 0.29, 0.06, hob + 0.29, s.depth - 0.06)
    for u in (hob - 0.14, hob + 0.14):
        for v in (s.depth / 2 - 0.11, s.depth / 2 + 0.11):
            yield s.circle(u, v, 0.08)


def _fridge(s: _Symbol) -> Iterator[Shape]:
    yield s.whole()
    yield s.line((0, 0), (s.length, s.depth))
    yield s.line((0, s.depth), (s.length, 0))


def _wardrobe(s: _Symbol) -> Iterator[Shape]:
    yield s.whole()
    yield s.line((0.05, s.depth / 2), (s.length - 0.05, s.depth / 2), dashed=True)
    yield s.line((0, 0), (s.length, s.depth))


def _toilet(s: _Symbol) -> Iterator[Shape]:
    middle = s.length / 2
    yield s.box(middle - 0.19, 0, middle + 0.19, 0.17, "furniture")
    yield s.ellipse(middle, 0.17 + (s.depth - 0.17) / 2, 0.18, (s.depth - 0.17) / 2)


def _washbasin(s: _Symbol) -> Iterator[Shape]:
    yield s.whole()
    basins = 2 if s.length > 1.1 else 1
    each = s.length / basins
    for index in range(basins):
        yield s.ellipse(each * (index + 0.5), s.depth * 0.54, min(0.22, each * 0.4), s.depth * 0.33)


def _bathtub(s: _Symbol) -> Iterator[Shape]:
    yield s.whole()
    yield s.box(0.08, 0.08, s.length - 0.08, s.depth - 0.08)
    along = s.length > s.depth
    u, v = (0.25, s.depth / 2) if along else (s.length / 2, 0.25)
    yield s.circle(u, v, 0.04)


def _shower(s: _Symbol) -> Iterator[Shape]:
    yield s.whole()
    yield s.line((0, 0), (s.length, s.depth))
    yield s.line((0, s.depth), (s.length, 0))
    yield s.circle(s.length / 2, s.depth / 2, 0.06)


def _washer(s: _Symbol) -> Iterator[Shape]:
    count = max(1, round(s.length / 0.6))
    each = s.length / count
    for index in range(count):
        yield s.box(each * index, 0, each * (index + 1), s.depth, "furniture")
        yield s.circle(each * (index + 0.5), s.depth / 2, 0.2)


def _desk(s: _Symbol) -> Iterator[Shape]:
    middle = s.length / 2
    yield s.box(middle - 0.24, s.depth - 0.12, middle + 0.24, s.depth + 0.34, "furniture")
    yield s.whole()


def _car(s: _Symbol) -> Iterator[Shape]:
    yield s.whole()
    long = s.length >= s.depth
    for part in (0.28, 0.8):
        u, v = s.length * part, s.depth * part
        ends = ((u, 0.15), (u, s.depth - 0.15)) if long else ((0.15, v), (s.length - 0.15, v))
        yield s.line(*ends)


def _turning(s: _Symbol) -> Iterator[Shape]:
    radius = min(s.length, s.depth) / 2
    centre = s.at(s.length / 2, s.depth / 2)
    yield Arc(layer="furniture", centre=centre, radius=radius, dashed=True)


_SYMBOLS: dict[str, Callable[[_Symbol], Iterator[Shape]]] = {
    "double-bed": _bed,
    "single-bed": _bed,
    "sofa": _sofa,
    "table": _table,
    "counter": _counter,
    "fridge": _fridge,
    "wardrobe": _wardrobe,
    "toilet": _toilet,
    "washbasin": _washbasin,
    "bathtub": _bathtub,
    "shower": _shower,
    "washer": _washer,
    "desk": _desk,
    "car": _car,
    "turning": _turning,
}
