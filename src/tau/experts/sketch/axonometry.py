"""A plan seen from above and from a corner, with walls cut at breast height, as SVG."""

import math
from collections.abc import Iterator

from tau.experts.sketch.drawing import draw
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.shapes import Drawing, Point, Polygon
from tau.experts.sketch.svg import svg_of

CUT = 1.2
"""Height of the walls in the drawing."""
_TURN = math.radians(30)
_MARGIN = 1.0
_ON_FLOOR = ("floor", "furniture", "moved")


def axonometry(plan: Plan, storey: int = 0) -> str:
    """Return a storey in axonometric view as an SVG document."""
    flat = draw(plan, storey)
    floor = [s for s in flat.shapes if isinstance(s, Polygon) and s.layer in _ON_FLOOR]
    shapes = [_lain(shape) for shape in floor]
    walls = [s for s in flat.shapes if isinstance(s, Polygon) and s.layer == "wall"]
    for wall in sorted(walls, key=_depth, reverse=True):
        shapes += list(_raised(wall))
    points = [point for shape in shapes for point in shape.points]
    return svg_of(
        Drawing(
            title=flat.title,
            low=(min(p[0] for p in points) - _MARGIN, min(p[1] for p in points) - _MARGIN),
            high=(max(p[0] for p in points) + _MARGIN, max(p[1] for p in points) + _MARGIN),
            shapes=tuple(shapes),
        )
    )


def _lain(shape: Polygon) -> Polygon:
    return Polygon(
        layer=shape.layer,
        points=tuple(_seen(point, 0.0) for point in shape.points),
        fill=shape.fill,
        outlined=shape.outlined,
    )


def _seen(point: Point, height: float) -> Point:
    """Return where a point at a height is seen: the plan is turned and lain down."""
    x = point[0] * math.cos(_TURN) - point[1] * math.sin(_TURN)
    y = point[0] * math.sin(_TURN) + point[1] * math.cos(_TURN)
    return x, y * 0.6 + height * 0.8


def _depth(wall: Polygon) -> float:
    """Return how far away a wall is from the eye."""
    x = sum(point[0] for point in wall.points) / len(wall.points)
    y = sum(point[1] for point in wall.points) / len(wall.points)
    return x * math.sin(_TURN) + y * math.cos(_TURN)


def _raised(wall: Polygon) -> Iterator[Polygon]:
    """Yield the two sides of a wall that are seen, and its top."""
    (x0, y0), (x1, _), (_, y1) = wall.points[0], wall.points[1], wall.points[2]
    for foot, fill in ((((x0, y0), (x1, y0)), "service"), (((x0, y0), (x0, y1)), "circulation")):
        low = tuple(_seen(point, 0.0) for point in foot)
        high = tuple(_seen(point, CUT) for point in reversed(foot))
        yield Polygon(layer="furniture", points=low + high, fill=fill)
    top = tuple(_seen(point, CUT) for point in wall.points)
    yield Polygon(layer="wall", points=top, fill="wall", outlined=False)
