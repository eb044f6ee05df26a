"""Furniture as blocks, for the model of a plan.

A piece is described in its own coordinates: u along the wall at its back, v away from the wall.
"""

from collections.abc import Callable, Iterator

from tau.experts.sketch.geometry import Box
from tau.experts.sketch.model_blocks import CUT, ModelBlock
from tau.experts.sketch.plan import FurniturePiece

_SEAT, _TABLE, _COUNTER = 0.44, 0.74, 0.9
_CHAIR = 0.42


class _Piece:
    """Makes blocks in the coordinates of a piece."""

    def __init__(self, piece: FurniturePiece) -> None:
        self.piece = piece
        box = piece.box
        turned = piece.faces in ("east", "west")
        self.length = box.depth if turned else box.width
        self.depth = box.width if turned else box.depth

    def block(
        self,
        across: tuple[float, float],
        out: tuple[float, float],
        heights: tuple[float, float],
        material: str = "white",
    ) -> ModelBlock:
        """Return a block between two places along the wall, two away from it, and two heights."""
        box, (u0, u1), (v0, v1) = self.piece.box, across, out
        footprint = {
            "south": Box(box.x0 + u0, box.y1 - v1, box.x0 + u1, box.y1 - v0),
            "north": Box(box.x1 - u1, box.y0 + v0, box.x1 - u0, box.y0 + v1),
            "east": Box(box.x0 + v0, box.y0 + u0, box.x0 + v1, box.y0 + u1),
            "west": Box(box.x1 - v1, box.y1 - u1, box.x1 - v0, box.y1 - u0),
        }[self.piece.faces]
        return ModelBlock(footprint, *heights, material)

    def whole(self, low: float, high: float, material: str = "white") -> ModelBlock:
        """Return a block on all of its floor."""
        return self.block((0, self.length), (0, self.depth), (low, high), material)

    def inset(self, by: float, height: float, material: str) -> ModelBlock:
        """Return a flat rectangle on top, so far from the edges."""
        across, out = (by, self.length - by), (by, self.depth - by)
        return self.block(across, out, (height, height), material)


def furniture_blocks(piece: FurniturePiece) -> Iterator[ModelBlock]:
    """Yield the blocks of a piece of furniture."""
    model = _MODELS.get(piece.kind)
    if model is not None:
        yield from model(_Piece(piece))
    elif piece.kind != "turning":
        yield _Piece(piece).whole(0, *_HEIGHTS.get(piece.kind, _USUAL))


def _bed(p: _Piece) -> Iterator[ModelBlock]:
    yield p.whole(0, 0.36, "linen")
    if p.length > p.depth:
        yield p.block((0.7, p.length), (0, p.depth), (0.36, 0.44), "blanket")
        yield p.block((0.08, 0.5), (0.14, p.depth - 0.14), (0.36, 0.5))
        return
    yield p.block((0, p.length), (0.7, p.depth), (0.36, 0.44), "blanket")
    count = 2 if p.length > 1.3 else 1
    each = p.length / count
    for index in range(count):
        yield p.block((each * index + 0.1, each * (index + 1) - 0.1), (0.08, 0.48), (0.36, 0.5))


def _sofa(p: _Piece) -> Iterator[ModelBlock]:
    yield p.block((0, p.length), (0, 0.22), (0, 0.78), "fabric")
    for low in (0.0, p.length - 0.18):
        yield p.block((low, low + 0.18), (0.22, p.depth), (0, 0.58), "fabric")
    seats = max(2, round((p.length - 0.36) / 0.75))
    each = (p.length - 0.36) / seats
    for index in range(seats):
        u = 0.18 + each * index
        yield p.block((u, u + each), (0.22, p.depth), (0, _SEAT), "fabric")


def _legs(p: _Piece, material: str) -> Iterator[ModelBlock]:
    for u in (0.04, p.length - 0.1):
        for v in (0.04, p.depth - 0.1):
            yield p.block((u, u + 0.06), (v, v + 0.06), (0, _TABLE - 0.04), material)
    yield p.whole(_TABLE - 0.04, _TABLE, material)


def _chair(p: _Piece, u: float, back: float, front: float) -> Iterator[ModelBlock]:
    """Yield a chair from its back to its front, both away from the wall."""
    ends = (u - _CHAIR / 2, u + _CHAIR / 2)
    rest = (back, back + 0.05) if back < front else (back - 0.05, back)
    low, high = sorted((front, rest[1] if back < front else rest[0]))
    yield p.block(ends, (low, high), (0, _SEAT), "wood")
    yield p.block(ends, rest, (0, 0.82), "wood")


def _table(p: _Piece) -> Iterator[ModelBlock]:
    count = max(1, int(p.length / 0.6))
    step = p.length / count
    for index in range(count):
        u = step * (index + 0.5)
        yield from _chair(p, u, -0.24, 0.14)
        yield from _chair(p, u, p.depth + 0.24, p.depth - 0.14)
    yield from _legs(p, "wood")


def _desk(p: _Piece) -> Iterator[ModelBlock]:
    yield from _chair(p, p.length / 2, p.depth + 0.34, p.depth - 0.08)
    yield from _legs(p, "wood")


def _counter(p: _Piece) -> Iterator[ModelBlock]:
    yield from _worktop(p)
    sink, hob = p.length * 0.32, p.length * 0.76
    flat = (_COUNTER, _COUNTER)
    yield p.block((sink - 0.25, sink + 0.25), (0.12, p.depth - 0.12), flat, "water")
    yield p.block((hob - 0.29, hob + 0.29), (0.07, p.depth - 0.07), flat, "dark")


def _worktop(p: _Piece) -> Iterator[ModelBlock]:
    yield p.whole(0, _COUNTER - 0.04)
    yield p.whole(_COUNTER - 0.04, _COUNTER, "stone")


def _toilet(p: _Piece) -> Iterator[ModelBlock]:
    middle = p.length / 2
    yield p.block((middle - 0.19, middle + 0.19), (0, 0.17), (0, 0.8))
    yield p.block((middle - 0.18, middle + 0.18), (0.17, p.depth), (0, 0.42))
    yield p.block((middle - 0.11, middle + 0.11), (0.26, p.depth - 0.08), (0.42, 0.42), "water")


def _washbasin(p: _Piece) -> Iterator[ModelBlock]:
    yield p.whole(0.0, 0.86)
    basins = 2 if p.length > 1.1 else 1
    each = p.length / basins
    half = min(0.24, each * 0.38)
    for index in range(basins):
        middle = each * (index + 0.5)
        out = (p.depth * 0.22, p.depth * 0.86)
        yield p.block((middle - half, middle + half), out, (0.86, 0.86), "water")


def _bathtub(p: _Piece) -> Iterator[ModelBlock]:
    yield p.whole(0, 0.55)
    yield p.inset(0.08, 0.55, "water")


def _shower(p: _Piece) -> Iterator[ModelBlock]:
    yield p.whole(0, 0.05)
    yield p.inset(0.05, 0.05, "water")


def _washer(p: _Piece) -> Iterator[ModelBlock]:
    count = max(1, round(p.length / 0.6))
    each = p.length / count
    for index in range(count):
        yield p.block((each * index, each * (index + 1)), (0, p.depth), (0, 0.85))


def _car(p: _Piece) -> Iterator[ModelBlock]:
    yield p.whole(0.2, 0.85, "fabric")
    along_wall = p.length > p.depth
    across = (p.length * 0.25, p.length * 0.8) if along_wall else (0.12, p.length - 0.12)
    out = (0.12, p.depth - 0.12) if along_wall else (p.depth * 0.25, p.depth * 0.8)
    yield p.block(across, out, (0.85, 1.3), "glass")
    yield p.block(across, out, (1.3, 1.38), "fabric")


_MODELS: dict[str, Callable[[_Piece], Iterator[ModelBlock]]] = {
    "double-bed": _bed,
    "single-bed": _bed,
    "sofa": _sofa,
    "table": _table,
    "desk": _desk,
    "counter": _counter,
    "worktop": _worktop,
    "toilet": _toilet,
    "washbasin": _washbasin,
    "bathtub": _bathtub,
    "shower": _shower,
    "washer": _washer,
    "car": _car,
}
_USUAL = (0.8, "wood")
_HEIGHTS: dict[str, tuple[float, str]] = {
    "low-table": (0.38, "wood"),
    "media": (0.45, "wood"),
    "sideboard": (0.8, "wood"),
    "shelf": (CUT - 0.05, "wood"),
    "wardrobe": (CUT - 0.05, "white"),
    "fridge": (CUT - 0.05, "white"),
}
