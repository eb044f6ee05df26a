"""Names and areas in the axonometric view: where most of them is on floor that is seen."""

import itertools
from collections.abc import Iterator, Sequence

from tau.experts.sketch.geometry import Box, clear
from tau.experts.sketch.model_blocks import ModelBlock
from tau.experts.sketch.plan import PlacedRoom
from tau.experts.sketch.projection import Eye
from tau.experts.sketch.shapes import Point, Text, clean, text_width

_NAME, _AREA = 0.3, 0.23
_HEIGHT = 0.62
_SCALES = (1.0, 0.88, 0.76, 0.66)
_CELL = 0.2
_SEARCHED = 12.0  # metres of a floor across which a label is looked for, each way
_HIDDEN = 0.8  # what a hidden cell of a label counts, where a metre from the middle counts one
_SMALLER = 5.0
Cell = tuple[int, int]
"""A piece of the sheet, numbered from left to right and upwards."""


def model_labels(
    rooms: Sequence[PlacedRoom], blocks: Sequence[ModelBlock], eye: Eye
) -> Iterator[Text]:
    """Yield the name of each room with its area below it."""
    for room in rooms:
        name, area = clean(room.name), f"{room.area:.1f} m²"
        scale, (x, y) = _best(room, _width(name, area), blocks, eye)
        upper, lower = (x, y + 0.14 * scale), (x, y - 0.17 * scale)
        yield Text(layer="text", at=upper, size=_NAME * scale, text=name, strong=True, halo=True)
        yield Text(layer="text", at=lower, size=_AREA * scale, text=area, halo=True)


def _width(name: str, area: str) -> float:
    return max(text_width(name, _NAME), text_width(area, _AREA))


def _best(
    room: PlacedRoom, width: float, blocks: Sequence[ModelBlock], eye: Eye
) -> tuple[float, Point]:
    """Return the size and the middle of a label."""
    floor = _middle_part(clear(room.box))
    seen = _seen_floor(floor, [one for one in blocks if one.high > one.low], eye)
    middle = _middle(seen) if seen else eye.sees(*floor.centre)
    found: list[tuple[float, float, Point]] = []
    for scale in _SCALES:
        size = (width * scale, _HEIGHT * scale)
        for at in [_point(cell) for cell in seen] or [middle]:
            away = abs(at[0] - middle[0]) + abs(at[1] - middle[1])
            rank = _HIDDEN * _count_hidden(at, size, seen) + away + _SMALLER * (1 - scale)
            found.append((rank, scale, at))
        if min(found)[0] < _HIDDEN:
            break
    return min(found)[1:]


def _middle_part(floor: Box) -> Box:
    """Return what is searched of a floor: all of it, unless it's as large as a hall."""
    x, y = floor.centre
    half = _SEARCHED / 2
    return Box(
        max(floor.x0, x - half),
        max(floor.y0, y - half),
        min(floor.x1, x + half),
        min(floor.y1, y + half),
    )


def _seen_floor(floor: Box, blocks: Sequence[ModelBlock], eye: Eye) -> set[Cell]:
    """Return the cells of the sheet that show a floor."""
    corners = [eye.sees(x, y) for x in (floor.x0, floor.x1) for y in (floor.y0, floor.y1)]
    xs, ys = zip(*(_cell(corner) for corner in corners), strict=True)
    near = [block for block in blocks if eye.shade(block).overlaps(floor)]
    seen = set()
    for cell in itertools.product(range(min(xs), max(xs) + 1), range(min(ys), max(ys) + 1)):
        point = _point(cell)
        x, y = eye.meets(point)
        on_it = floor.x0 < x < floor.x1 and floor.y0 < y < floor.y1
        if on_it and not any(eye.is_hidden(point, block) for block in near):
            seen.add(cell)
    return seen


def _count_hidden(at: Point, size: tuple[float, float], seen: set[Cell]) -> int:
    """Return how many cells of a label don't show the floor."""
    low = _cell((at[0] - size[0] / 2, at[1] - size[1] / 2))
    high = _cell((at[0] + size[0] / 2, at[1] + size[1] / 2))
    cells = itertools.product(range(low[0], high[0] + 1), range(low[1], high[1] + 1))
    return sum(cell not in seen for cell in cells)


def _middle(cells: set[Cell]) -> Point:
    points = [_point(cell) for cell in cells]
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _cell(point: Point) -> Cell:
    return round(point[0] / _CELL), round(point[1] / _CELL)


def _point(cell: Cell) -> Point:
    return cell[0] * _CELL, cell[1] * _CELL
