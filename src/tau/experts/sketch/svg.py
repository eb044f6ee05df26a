"""A drawing as SVG: built from numbers and escaped text only, so that it can be shown anywhere."""

import math
from xml.sax.saxutils import escape

from tau.experts.sketch.drawing import draw, sheet
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.shapes import Arc, Drawing, Ellipse, Point, Polygon, Polyline, Shape, Text

UNITS = 100
"""Units of the drawing for a metre: SVG is in centimetres of the building."""
_FILLS = {
    "wall": "#262626",
    "paper": "#fffdf8",
    "day": "#ffffff",
    "night": "#ffffff",
    "service": "#f3f4f2",
    "circulation": "#f5f1ea",
    "wet": "#e6f0f4",
    "kitchen": "#f6f0e2",
    "furniture": "#ffffff",
    "glass": "#ffffff",
    "moved": "#f2b84b",
}
_STROKES = {
    "floor": ("none", 0.0),
    "furniture": ("#8b8b86", 1.4),
    "wall": ("none", 0.0),
    "door": ("#3c3c3c", 1.6),
    "glass": ("#3c3c3c", 1.4),
    "dimension": ("#4a4a4a", 1.2),
    "text": ("none", 0.0),
    "moved": ("none", 0.0),
    "model": ("#7d776d", 0.7),
}


def svg(plan: Plan, moved: tuple[str, ...] = (), storey: int | None = None) -> str:
    """Return a plan as an SVG document: one storey, or all beside each other."""
    drawing = sheet(plan, moved) if storey is None else draw(plan, storey, moved)
    return svg_document(drawing)


def svg_document(drawing: Drawing) -> str:
    """Return a drawing as an SVG document."""
    x0, y0 = drawing.low
    width, height = drawing.high[0] - x0, drawing.high[1] - y0
    view = f"{_n(x0)} {_n(-drawing.high[1])} {_n(width)} {_n(height)}"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" '
        f'width="{width * 60:.0f}" height="{height * 60:.0f}" '
        "font-family=\"'Helvetica Neue', Arial, 'PingFang SC', 'Noto Sans CJK SC', sans-serif\">"
    )
    paper = (
        f'<rect x="{_n(x0)}" y="{_n(-drawing.high[1])}" width="{_n(width)}" '
        f'height="{_n(height)}" fill="{_FILLS["paper"]}"/>'
    )
    title = f"<title>{escape(drawing.title)}</title>" if drawing.title else ""
    return "\n".join([head, title, paper, *map(_element, drawing.shapes), "</svg>"])


def _element(shape: Shape) -> str:
    match shape:
        case Polygon():
            return f'<polygon points="{_points(shape.points)}" {_painted(shape)}/>'
        case Polyline():
            weight = 2.2 if shape.heavy else 1.0
            dash = ' stroke-dasharray="8 6"' if shape.dashed else ""
            stroke = _stroke(shape.layer, weight)
            return f'<polyline points="{_points(shape.points)}" fill="none" {stroke}{dash}/>'
        case Arc():
            return _arc(shape)
        case Ellipse():
            x, y = shape.centre
            return (
                f'<ellipse cx="{_n(x)}" cy="{_n(-y)}" rx="{_n(shape.across)}" ry="{_n(shape.up)}" '
                f'fill="#ffffff" {_stroke(shape.layer)}/>'
            )
        case Text():
            return _text(shape)


def _painted(shape: Polygon) -> str:
    fill = shape.fill if shape.fill.startswith("#") else _FILLS.get(shape.fill, "none")
    if shape.fill == "moved":
        return f'fill="{fill}" fill-opacity="0.35"'
    stroke = _stroke(shape.layer) if shape.outlined else 'stroke="none"'
    if shape.layer == "model" and not shape.outlined:  # no seam between two faces
        stroke = f'stroke="{fill}" stroke-width="0.8" stroke-linejoin="round"'
    return f'fill="{fill}" {stroke}'


def _stroke(layer: str, weight: float = 1.0) -> str:
    colour, width = _STROKES[layer]
    return f'stroke="{colour}" stroke-width="{width * weight:g}"'


def _arc(shape: Arc) -> str:
    x, y = shape.centre
    dash = ' stroke-dasharray="8 6"' if shape.dashed else ""
    stroke = _stroke(shape.layer, 0.8)
    if shape.is_circle:
        circle = f'cx="{_n(x)}" cy="{_n(-y)}" r="{_n(shape.radius)}"'
        return f'<circle {circle} fill="none" {stroke}{dash}/>'
    start, end = _on_circle(shape, shape.start), _on_circle(shape, shape.end)
    radius = _n(shape.radius)
    path = f"M {_n(start[0])} {_n(-start[1])} A {radius} {radius} 0 0 0 {_n(end[0])} {_n(-end[1])}"
    return f'<path d="{path}" fill="none" {stroke}{dash}/>'


def _on_circle(shape: Arc, degrees: float) -> Point:
    angle = math.radians(degrees)
    x, y = shape.centre
    return x + shape.radius * math.cos(angle), y + shape.radius * math.sin(angle)


def _text(shape: Text) -> str:
    x, y = shape.at
    turn = f' transform="rotate(-90 {_n(x)} {_n(-y)})"' if shape.upright else ""
    weight = ' font-weight="600"' if shape.strong else ""
    if shape.halo:
        weight += f' paint-order="stroke" stroke="#fffdf8" stroke-width="{_n(shape.size / 4)}"'
    return (
        f'<text x="{_n(x)}" y="{_n(-y)}" font-size="{_n(shape.size)}" text-anchor="middle" '
        f'dominant-baseline="central" fill="#2b2b2b"{weight}{turn}>{escape(shape.text)}</text>'
    )


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{_n(x)},{_n(-y)}" for x, y in points)


def _n(metres: float) -> str:
    """Return a length as a number of the document."""
    return f"{round(metres * UNITS, 1) + 0.0:g}"
