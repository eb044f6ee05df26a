"""The axonometric view: each storey as a model with its walls cut off, seen from the south-east.

Storeys lie one above the other, as far apart as is needed to see both. What is farther away is
drawn first.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence

from tau.experts.sketch.annotations import storey_name
from tau.experts.sketch.drawing import OUT, stair_lines
from tau.experts.sketch.geometry import SAME, Box, Outline
from tau.experts.sketch.kinds import room_kinds
from tau.experts.sketch.model_blocks import CUT, ModelBlock, storey_blocks
from tau.experts.sketch.model_furniture import furniture_blocks
from tau.experts.sketch.model_labels import model_labels
from tau.experts.sketch.plan import PlacedRoom, Plan
from tau.experts.sketch.projection import Eye, height_of, in_order
from tau.experts.sketch.shapes import (
    Drawing,
    Point,
    Polygon,
    Polyline,
    Shape,
    Text,
    clean,
    rectangle,
    text_width,
)

_SLAB = 0.3
_MARGIN = 0.9
_GAP = 1.2
_FLOORS = {
    "day": "#f6ead6",
    "night": "#f1ece1",
    "service": "#e8e8e3",
    "circulation": "#efe8dc",
    "wet": "#d9e8ee",
    "kitchen": "#f3e4c4",
}
_SHADOW = "#f1ece0"
_MOVED = "#f6cf87"
_MATERIALS = {
    "wall": ("#403c38", "#f7f3ea", "#dcd5c8"),
    "slab": ("#efe8dc", "#d9d1c3", "#c3baaa"),
    "sill": ("#efeae0", "#f7f3ea", "#dcd5c8"),
    "glass": ("#8fb4c4", "#cfe4ec", "#b9d4df"),
    "wood": ("#dcb98a", "#c9a473", "#b58f5f"),
    "white": ("#ffffff", "#eeebe4", "#dbd6cc"),
    "linen": ("#fbf9f4", "#e7e2d8", "#d6d0c4"),
    "blanket": ("#b9c9c4", "#a5b7b1", "#93a6a0"),
    "fabric": ("#c5bfb2", "#aea798", "#9b9485"),
    "stone": ("#e2ded6", "#cbc6bc", "#b6b0a5"),
    "water": ("#c4dde6", "#c4dde6", "#c4dde6"),
    "dark": ("#4a4744", "#3d3a38", "#333130"),
}
"""The colours of a block: on top, to the south, to the east."""


def axonometric(plan: Plan, storey: int | None = None, moved: Sequence[str] = ()) -> Drawing:
    """Return the view of one storey, or of all; rooms that have moved are tinted."""
    shown = range(plan.brief.storeys) if storey is None else (storey,)
    shapes: list[Shape] = []
    for index, level in enumerate(shown):
        eye = Eye(index * _step(plan.outline))
        if index:
            shapes += _plumb_lines(plan.outline, Eye((index - 1) * _step(plan.outline)), eye)
        shapes += _storey(plan, level, eye, moved)
        if len(shown) > 1:
            shapes.append(_storey_label(plan, level, eye))
    return _sheet(plan, shapes, plan.outline.area * len(shown))


def _step(outline: Outline) -> float:
    """Return how far apart storeys are drawn."""
    return height_of(outline.width, outline.depth) + _GAP


def _storey(plan: Plan, storey: int, eye: Eye, moved: Sequence[str]) -> Iterator[Shape]:
    yield from _slab(plan.outline, eye, has_shadow=storey == 0)
    for room in plan.on(storey):
        box = room.box
        corners = rectangle(box.x0, box.y0, box.x1, box.y1)
        fill = _MOVED if room.id in moved else _floor(room, plan)
        yield _face([eye.sees(*corner) for corner in corners], fill)
        if room.kind == "stair" and storey > 0:
            for line in stair_lines(room, plan, storey):
                points = tuple(eye.sees(*point) for point in line.points)
                yield Polyline(layer="furniture", points=points, heavy=line.heavy)
    blocks = list(storey_blocks(plan, storey))
    for piece in plan.furniture:
        if piece.storey == storey:
            blocks += furniture_blocks(piece)
    for block in in_order(blocks):
        yield from _faces(block, eye)
    yield from model_labels(plan.on(storey), blocks, eye)


def _floor(room: PlacedRoom, plan: Plan) -> str:
    if any(one.wet for one in plan.schedule.rooms if one.id == room.id) and room.kind != "kitchen":
        return _FLOORS["wet"]
    return _FLOORS["kitchen" if room.kind == "kitchen" else room_kinds()[room.kind].zone]


def _slab(outline: Outline, eye: Eye, *, has_shadow: bool) -> Iterator[Shape]:
    """Yield the floor with its thickness, as far out as the outer walls reach."""
    boxes = _floor_boxes(outline)
    for box in boxes if has_shadow else ():
        cast = Box(box.x0 + 0.9, box.y0 + 0.5, box.x1 + 0.9, box.y1 + 0.5)
        corners = rectangle(cast.x0, cast.y0, cast.x1, cast.y1)
        yield _face([eye.sees(*corner, -_SLAB) for corner in corners], _SHADOW)
    for block in in_order([ModelBlock(box, -_SLAB, 0.0, "slab", outlined=False) for box in boxes]):
        yield from _faces(block, eye)


def _floor_boxes(outline: Outline) -> list[Box]:
    """Return the outline with its outer walls as boxes that don't overlap."""
    whole = Box(-OUT, -OUT, outline.width + OUT, outline.depth + OUT)
    cut = outline.notch
    if cut is None:
        return [whole]
    west = cut.x0 < SAME
    south = cut.y0 < SAME
    x = cut.x1 - OUT if west else cut.x0 + OUT
    y = cut.y1 - OUT if south else cut.y0 + OUT
    long = Box(whole.x0, y, whole.x1, whole.y1) if south else Box(whole.x0, whole.y0, whole.x1, y)
    low, high = (whole.y0, y) if south else (y, whole.y1)
    short = Box(x, low, whole.x1, high) if west else Box(whole.x0, low, x, high)
    return [long, short]


def _faces(block: ModelBlock, eye: Eye) -> Iterator[Shape]:
    """Yield the faces of a block that are seen: to the east, to the south, on top."""
    box, low, high = block.box, block.low, block.high
    top, south, east = _MATERIALS[block.material]
    corners = rectangle(box.x0, box.y0, box.x1, box.y1)
    if high > low:
        for (a, b), fill in (((corners[1], corners[2]), east), ((corners[0], corners[1]), south)):
            side = [eye.sees(*a, low), eye.sees(*b, low), eye.sees(*b, high), eye.sees(*a, high)]
            yield _face(side, fill, outlined=block.outlined)
    yield _face([eye.sees(*one, high) for one in corners], top, outlined=block.outlined)


def _face(points: Sequence[Point], fill: str, *, outlined: bool = False) -> Polygon:
    return Polygon(layer="model", points=tuple(points), fill=fill, outlined=outlined)


def _plumb_lines(outline: Outline, below: Eye, above: Eye) -> Iterator[Shape]:
    """Yield dashed lines from the outer corners of a storey up to the one above it."""
    whole = Box(-OUT, -OUT, outline.width + OUT, outline.depth + OUT)
    for x, y in ((whole.x0, whole.y0), (whole.x1, whole.y1)):
        points = (below.sees(x, y, CUT), above.sees(x, y, -_SLAB))
        yield Polyline(layer="dimension", points=points, dashed=True)


def _storey_label(plan: Plan, storey: int, eye: Eye) -> Text:
    name = storey_name(storey, plan.brief.language)
    x, y = eye.sees(-OUT, -OUT, -_SLAB)
    width = text_width(name, 0.3)
    return Text(layer="text", at=(x + width / 2, y - 0.35 - width / 2), size=0.3, text=name)


def _sheet(plan: Plan, shapes: Sequence[Shape], area: float) -> Drawing:
    points = list(itertools.chain.from_iterable(_reach(shape) for shape in shapes))
    low = (min(x for x, _ in points) - _MARGIN, min(y for _, y in points) - _MARGIN - 0.9)
    high = (max(x for x, _ in points) + _MARGIN, max(y for _, y in points) + _MARGIN)
    return Drawing(
        title=clean(plan.brief.title),
        low=low,
        high=high,
        shapes=(*shapes, *_legend(plan, area, low, high)),
    )


def _reach(shape: Shape) -> Iterable[Point]:
    return shape.points if isinstance(shape, Polygon | Polyline) else ()


def _legend(plan: Plan, area: float, low: Point, high: Point) -> Iterator[Shape]:
    """Yield the title and an arrow to the north, which lies on the ground."""
    title = " · ".join(filter(None, (clean(plan.brief.title), f"{area:.0f} m²")))
    at = (low[0] + 0.6 + text_width(title, 0.3) / 2, low[1] + 0.6)
    yield Text(layer="text", at=at, size=0.3, text=title)
    x, y = high[0] - 1.2, low[1] + 1.1
    arrow = [(0.0, 0.6), (-0.24, -0.3), (0.0, -0.12), (0.24, -0.3)]
    turned = [(x + a, y + b) for a, b in (Eye().sees(*each) for each in arrow)]
    yield _face(turned, "#262626")
    a, b = Eye().sees(0.0, 0.85)
    yield Text(layer="text", at=(x + a, y + b), size=0.26, text="N", strong=True)
