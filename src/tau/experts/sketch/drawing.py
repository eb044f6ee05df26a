"""The drawing of a storey: floors, walls with their openings, doors, windows, stair, furniture."""

import itertools
from collections.abc import Iterator, Sequence

from tau.experts.sketch.annotations import dimensions, labels, legend
from tau.experts.sketch.geometry import (
    INNER_WALL,
    OUTER_WALL,
    SAME,
    Segment,
    clear,
    opposite,
    shared_wall,
)
from tau.experts.sketch.kinds import room_kinds
from tau.experts.sketch.openings import swing
from tau.experts.sketch.plan import Opening, PlacedRoom, Plan
from tau.experts.sketch.shapes import (
    Arc,
    Drawing,
    Point,
    Polygon,
    Polyline,
    Shape,
    clean,
    rectangle,
    shifted,
)
from tau.experts.sketch.symbols import symbol

MARGIN = 2.2
OUT = OUTER_WALL - INNER_WALL / 2
"""How far outer walls reach beyond the outline."""
_TREAD = 0.27


def draw(
    plan: Plan, storey: int = 0, moved: Sequence[str] = (), *, dimensioned: bool = True
) -> Drawing:
    """Return the drawing of a storey; rooms that have moved are tinted."""
    low, high = sheet_corners(plan)
    shapes = [
        *_floors(plan, storey, moved),
        *(shape for piece in plan.furniture if piece.storey == storey for shape in symbol(piece)),
        *_stairs(plan, storey),
        *wall_pieces(plan, storey),
        *_openings(plan, storey),
        *labels(plan, storey),
        *(dimensions(plan, storey) if dimensioned else ()),
        *legend(plan, storey),
    ]
    return Drawing(
        title=clean(plan.brief.title),
        low=low,
        high=high,
        shapes=tuple(shapes),
    )


def sheet_corners(plan: Plan) -> tuple[Point, Point]:
    """Return the low and the high corner of the sheet of one storey."""
    outline = plan.outline
    return (-MARGIN, -MARGIN - 1.0), (outline.width + MARGIN, outline.depth + MARGIN)


def sheet(plan: Plan, moved: Sequence[str] = ()) -> Drawing:
    """Return all storeys beside each other."""
    drawings = [draw(plan, storey, moved) for storey in range(plan.brief.storeys)]
    step = drawings[0].high[0] - drawings[0].low[0]
    shapes = [
        shifted(shape, step * storey)
        for storey, drawing in enumerate(drawings)
        for shape in drawing.shapes
    ]
    last = drawings[-1]
    return Drawing(
        title=clean(plan.brief.title),
        low=drawings[0].low,
        high=(last.high[0] + step * (len(drawings) - 1), last.high[1]),
        shapes=tuple(shapes),
    )


def _floors(plan: Plan, storey: int, moved: Sequence[str]) -> Iterator[Shape]:
    wet = {room.id for room in plan.schedule.rooms if room.wet}
    for room in plan.on(storey):
        fill: str = "wet" if room.id in wet else room_kinds()[room.kind].zone
        if room.kind == "kitchen":
            fill = "kitchen"
        box = room.box
        points = rectangle(box.x0, box.y0, box.x1, box.y1)
        yield Polygon(layer="floor", points=points, fill=fill, outlined=False)
        if room.id in moved:
            yield Polygon(layer="moved", points=points, fill="moved", outlined=False)


def wall_pieces(plan: Plan, storey: int) -> Iterator[Polygon]:
    """Yield what is solid of the walls of a storey, as rectangles that overlap at corners."""
    holes = [one.segment for one in plan.openings if one.storey == storey]
    for facade in outer_walls(plan):
        yield from _solid(facade, holes, INNER_WALL / 2, OUT)
    for one, other in itertools.combinations(plan.on(storey), 2):
        if wall := shared_wall(one.box, other.box):
            longer = wall._replace(low=wall.low - INNER_WALL / 2, high=wall.high + INNER_WALL / 2)
            yield from _solid(longer, holes, INNER_WALL / 2, INNER_WALL / 2)


def outer_walls(plan: Plan) -> Iterator[Segment]:
    """Yield the facades, long enough to meet at their corners."""
    cut = plan.outline.notch
    inner = set()
    if cut is not None:
        xs = {cut.x0, cut.x1} - {0.0, plan.outline.width}
        ys = {cut.y0, cut.y1} - {0.0, plan.outline.depth}
        inner = {(x, y) for x in xs for y in ys}
    for edge in plan.outline.edges():
        ends = [
            (along, edge.at) if edge.is_horizontal else (edge.at, along)
            for along in (edge.low, edge.high)
        ]
        out = [INNER_WALL / 2 if end in inner else OUT for end in ends]
        yield edge._replace(low=edge.low - out[0], high=edge.high + out[1])


def _solid(
    wall: Segment, holes: Sequence[Segment], inwards: float, outwards: float
) -> Iterator[Polygon]:
    """Yield what is left of a wall between its openings."""
    cuts = sorted(
        (hole.low, hole.high)
        for hole in holes
        if hole.is_horizontal == wall.is_horizontal
        and abs(hole.at - wall.at) < SAME
        and hole.low < wall.high
        and hole.high > wall.low
    )
    low = wall.low
    for start, end in [*cuts, (wall.high, wall.high)]:
        if start - low > 0.005:
            points = _band(wall._replace(low=low, high=start), inwards, outwards)
            yield Polygon(layer="wall", points=points, fill="wall", outlined=False)
        low = max(low, end)


def _band(wall: Segment, inwards: float, outwards: float) -> tuple[Point, ...]:
    """Return the rectangle along a wall, from inside the room to beyond it."""
    sign = 1 if wall.side in ("north", "east") else -1
    near, far = wall.at - sign * inwards, wall.at + sign * outwards
    if wall.is_horizontal:
        return rectangle(wall.low, min(near, far), wall.high, max(near, far))
    return rectangle(min(near, far), wall.low, max(near, far), wall.high)


def _openings(plan: Plan, storey: int) -> Iterator[Shape]:
    for opening in plan.openings:
        if opening.storey != storey:
            continue
        if opening.kind in ("window", "glazed"):
            yield from _window(opening)
        elif opening.kind in ("door", "entrance"):
            yield from _door(opening)
        elif opening.kind == "gate":
            yield Polygon(layer="door", points=_band(opening.segment, -0.1, 0.16))


def _window(opening: Opening) -> Iterator[Shape]:
    wall = opening.segment
    frame = _band(wall, INNER_WALL / 2, OUT)
    yield Polygon(layer="glass", points=frame, fill="glass")
    pane = (0.0, 0.06) if opening.kind == "glazed" else (-0.1, 0.16)
    yield Polygon(layer="glass", points=_band(wall, *pane), fill="glass")
    if opening.kind == "glazed":
        middle = (wall.low + wall.high) / 2
        half = wall._replace(high=middle)
        yield Polygon(layer="glass", points=_band(half, INNER_WALL / 2, 0.0), fill="glass")


def _door(opening: Opening) -> Iterator[Shape]:
    """Yield the leaf, standing open, and the arc it sweeps."""
    area = swing(opening)
    if area is None:
        return
    inside = opening.into == opening.room
    side = opening.side if inside else opposite(opening.side)
    hinge = opening.low if opening.hinge == "low" else opening.high
    latch = opening.high if opening.hinge == "low" else opening.low
    at = opening.at - INNER_WALL / 2 if side in ("north", "east") else opening.at + INNER_WALL / 2
    out = at - opening.width if side in ("north", "east") else at + opening.width
    horizontal = opening.segment.is_horizontal
    pivot, tip, end = (
        ((hinge, at), (hinge, out), (latch, at))
        if horizontal
        else ((at, hinge), (out, hinge), (at, latch))
    )
    yield Polyline(layer="door", points=(pivot, tip), heavy=True)
    angles = sorted((_angle(pivot, tip), _angle(pivot, end)))
    if angles[1] - angles[0] > 180:
        angles = [angles[1], angles[0] + 360]
    yield Arc(layer="door", centre=pivot, radius=opening.width, start=angles[0], end=angles[1])


def _angle(pivot: Point, point: Point) -> float:
    x, y = point[0] - pivot[0], point[1] - pivot[1]
    if abs(x) > abs(y):
        return 0.0 if x > 0 else 180.0
    return 90.0 if y > 0 else 270.0


def _stairs(plan: Plan, storey: int) -> Iterator[Shape]:
    for room in plan.on(storey):
        if room.kind == "stair":
            yield from stair_lines(room, plan, storey)


def stair_lines(room: PlacedRoom, plan: Plan, storey: int) -> Iterator[Polyline]:
    """Yield two flights side by side with a landing at the end away from the passage."""
    box = clear(room.box)
    along_x = box.width > box.depth
    start = stair_start(room, plan, storey, along_x=along_x)
    length, across = (box.width, box.depth) if along_x else (box.depth, box.width)
    low, high = 0.9, length - 0.95

    def at(u: float, v: float) -> Point:
        u = u if start == "low" else length - u
        return (box.x0 + u, box.y0 + v) if along_x else (box.x0 + v, box.y0 + u)

    for index in range(int((high - low) / _TREAD) + 1):
        u = low + index * _TREAD
        yield Polyline(layer="furniture", points=(at(u, 0), at(u, across)))
    yield Polyline(layer="furniture", points=(at(high, 0), at(high, across)))
    yield Polyline(
        layer="furniture", points=(at(low, across / 2), at(high, across / 2)), heavy=True
    )
    path = (
        (low - 0.2, across * 0.25),
        (high + 0.45, across * 0.25),
        (high + 0.45, across * 0.75),
        (low + 0.1, across * 0.75),
    )
    yield Polyline(layer="furniture", points=tuple(at(*point) for point in path))
    tip = (low + 0.1, across * 0.75)
    arrow = (at(tip[0] + 0.18, tip[1] - 0.1), at(*tip), at(tip[0] + 0.18, tip[1] + 0.1))
    yield Polyline(layer="furniture", points=arrow)


def stair_start(room: PlacedRoom, plan: Plan, storey: int, *, along_x: bool) -> str:
    """Return the end of a stair at which its passage is."""
    ways = [o for o in plan.openings if o.storey == storey and room.id in (o.room, o.beyond)]
    if not ways:
        return "low"
    wall = ways[0].segment
    middle = (wall.low + wall.high) / 2
    x, y = (middle, wall.at) if wall.is_horizontal else (wall.at, middle)
    centre = room.box.centre
    return "low" if (x < centre[0] if along_x else y < centre[1]) else "high"
