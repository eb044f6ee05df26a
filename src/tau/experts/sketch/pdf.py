"""A plan as PDF at 1:100, one storey on a page, written from the same shapes as every other format.

Texts use fonts that PDF readers bring: Helvetica, and STSong for Chinese (ISO 32000, 9.7.5.2).
"""

import math
from collections.abc import Iterator, Sequence

from tau.experts.sketch.drawing import draw
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.shapes import (
    Arc,
    Drawing,
    Ellipse,
    Point,
    Polygon,
    Polyline,
    Shape,
    Text,
    text_width,
)

SCALE = 100
_POINTS_PER_METRE = 72 / 0.0254 / SCALE
_MARGIN = 28.0
_SIZES = ((595.28, 841.89), (841.89, 1190.55), (1190.55, 1683.78), (1683.78, 2383.94))
"""A4 to A1, in points; larger drawings get a page of their own size."""
_GREY = {"model": 0.5, "furniture": 0.55, "door": 0.2, "glass": 0.2, "dimension": 0.3, "text": 0.15}
_FILLS = {
    "wall": (0.15, 0.15, 0.15),
    "paper": (1.0, 1.0, 1.0),
    "furniture": (1.0, 1.0, 1.0),
    "glass": (1.0, 1.0, 1.0),
    "wet": (0.9, 0.94, 0.96),
    "circulation": (0.96, 0.945, 0.92),
    "kitchen": (0.965, 0.94, 0.886),
    "service": (0.953, 0.957, 0.95),
}
_KAPPA = 0.5523  # of a quarter circle as a Bézier curve


def pdf(plan: Plan, storey: int | None = None) -> bytes:
    """Return a plan as a PDF document at 1:100: one storey, or each on a page of its own."""
    storeys = range(plan.brief.storeys) if storey is None else (storey,)
    return pdf_document([draw(plan, each) for each in storeys], f"1:{SCALE}")


def pdf_document(drawings: Sequence[Drawing], scale: str = "") -> bytes:
    """Return drawings as a PDF document, each on a page.

    The scale is written on it; a drawing without one fills a sheet of A4.
    """
    pages = [_page(drawing, scale) for drawing in drawings]
    return _document(pages, f"{drawings[0].title} {scale}".strip())


class _Pen:
    """Collects the operators of a page; points are metres of the drawing."""

    def __init__(self, low: Point, offset: Point, unit: float) -> None:
        self._low, self._offset = low, offset
        self.unit = unit
        """Points for a metre."""
        self.operators: list[str] = []

    def at(self, point: Point) -> str:
        x = (point[0] - self._low[0]) * self.unit + self._offset[0]
        y = (point[1] - self._low[1]) * self.unit + self._offset[1]
        return f"{x:.2f} {y:.2f}"

    def add(self, operator: str) -> None:
        self.operators.append(operator)

    def path(self, points: Sequence[Point]) -> None:
        self.add(f"{self.at(points[0])} m")
        for point in points[1:]:
            self.add(f"{self.at(point)} l")


def _page(drawing: Drawing, scale: str) -> tuple[tuple[float, float], bytes]:
    width, depth = drawing.high[0] - drawing.low[0], drawing.high[1] - drawing.low[1]
    unit = _POINTS_PER_METRE
    if scale:
        page = _page_size(width * unit + 2 * _MARGIN, depth * unit + 2 * _MARGIN)
    else:
        page = _SIZES[0] if depth > width else _SIZES[0][::-1]
        unit = min((page[0] - 2 * _MARGIN) / width, (page[1] - 2 * _MARGIN) / depth)
    pen = _Pen(drawing.low, ((page[0] - width * unit) / 2, (page[1] - depth * unit) / 2), unit)
    pen.add("0.4 w 1 J 1 j")
    for shape in drawing.shapes:
        _draw(pen, shape)
    corner = (drawing.high[0] - 1.0, drawing.low[1] + 0.55)
    if scale:
        _draw_text(pen, Text(layer="text", at=corner, size=0.26, text=scale))
    return page, "\n".join(pen.operators).encode("latin-1")


def _page_size(width: float, depth: float) -> tuple[float, float]:
    for short, long in _SIZES:
        for across, up in ((short, long), (long, short)):
            if width <= across and depth <= up:
                return across, up
    return width, depth


def _draw(pen: _Pen, shape: Shape) -> None:
    grey = _GREY.get(shape.layer, 0.3)
    pen.add(f"{grey:g} G")
    match shape:
        case Polygon():
            _draw_polygon(pen, shape)
        case Polyline():
            pen.add("[3 2] 0 d" if shape.dashed else "[] 0 d")
            pen.add(f"{0.8 if shape.heavy else 0.4} w")
            pen.path(shape.points)
            pen.add("S [] 0 d 0.4 w")
        case Arc():
            _draw_arc(pen, shape)
        case Ellipse():
            _draw_ellipse(pen, shape)
        case Text():
            _draw_text(pen, shape)


def _draw_polygon(pen: _Pen, shape: Polygon) -> None:
    fill = _colour(shape.fill)
    outlined = shape.outlined
    if fill:
        numbers = " ".join(f"{part:.3g}" for part in fill)
        pen.add(f"{numbers} rg")
        if shape.layer == "model" and not outlined:  # no seam between two faces
            pen.add(f"{numbers} RG")
            outlined = True
    if shape.layer == "model":
        pen.add("0.25 w")
    pen.path(shape.points)
    painted = {(True, True): "B", (True, False): "f", (False, True): "S"}
    pen.add("h " + painted.get((fill is not None, outlined), "n") + " 0.4 w")


def _colour(fill: str) -> tuple[float, ...] | None:
    if fill.startswith("#"):
        return tuple(int(fill[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _FILLS.get(fill)


def _draw_arc(pen: _Pen, shape: Arc) -> None:
    steps = max(2, math.ceil((shape.end - shape.start) / 6))
    turn = [
        math.radians(shape.start + (shape.end - shape.start) * i / steps) for i in range(steps + 1)
    ]
    x, y = shape.centre
    pen.add("[3 2] 0 d" if shape.dashed else "[] 0 d")
    pen.path([(x + shape.radius * math.cos(a), y + shape.radius * math.sin(a)) for a in turn])
    pen.add("S [] 0 d")


def _draw_ellipse(pen: _Pen, shape: Ellipse) -> None:
    (x, y), a, b = shape.centre, shape.across, shape.up
    k = _KAPPA
    pen.add(f"1 1 1 rg {pen.at((x + a, y))} m")
    for curve in (
        ((x + a, y + k * b), (x + k * a, y + b), (x, y + b)),
        ((x - k * a, y + b), (x - a, y + k * b), (x - a, y)),
        ((x - a, y - k * b), (x - k * a, y - b), (x, y - b)),
        ((x + k * a, y - b), (x + a, y - k * b), (x + a, y)),
    ):
        pen.add(" ".join(pen.at(point) for point in curve) + " c")
    pen.add("B")


def _draw_text(pen: _Pen, shape: Text) -> None:
    """Write a text around its middle, piece by piece in the font that has its characters."""
    size = shape.size * pen.unit
    half = text_width(shape.text, shape.size) / 2
    drop = 0.35 * shape.size
    x, y = shape.at
    start = (x + drop, y - half) if shape.upright else (x - half, y - drop)
    turn = "0 1 -1 0" if shape.upright else "1 0 0 1"
    rim = f"1 G {size / 4:.2f} w 1 Tr"
    for style in (*([rim] if shape.halo else []), "0.15 g 0.4 w 0 Tr"):
        pen.add(f"BT {style} {turn} {pen.at(start)} Tm")
        for font, text in _runs(shape.text, strong=shape.strong):
            pen.add(f"/{font} {size:.2f} Tf {text} Tj")
        pen.add("ET")


def _runs(text: str, *, strong: bool) -> Iterator[tuple[str, str]]:
    """Yield pieces of a text with the font for each."""
    piece, wide = "", False
    for char in [*text, ""]:
        is_wide = bool(char) and char.encode("cp1252", "ignore") == b""
        if piece and (not char or is_wide != wide):
            yield ("F3" if wide else "F2" if strong else "F1"), _encoded(piece, wide=wide)
            piece = ""
        piece, wide = piece + char, is_wide


def _encoded(text: str, *, wide: bool) -> str:
    if wide:
        return f"<{text.encode('utf-16-be').hex()}>"
    return f"<{text.encode('cp1252').hex()}>"


def _document(pages: Sequence[tuple[tuple[float, float], bytes]], title: str) -> bytes:
    """Return the file: objects, where each begins, and the trailer."""
    objects = list(_fonts())
    kids = []
    for (width, depth), content in pages:
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R /F3 5 0 R >> >> >>"
            % (width, depth, len(objects))
        )
    listed = " ".join(f"{number} 0 R" for number in kids)
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{listed}] >>".encode()
    objects.append(b"<< /Title <feff%s> >>" % title.encode("utf-16-be").hex().encode())
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(objects) + 1, len(objects))
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def _fonts() -> Iterator[bytes]:
    """Yield the catalog, a place for the pages, and the fonts: objects 1 to 7."""
    yield b"<< /Type /Catalog /Pages 2 0 R >>"
    yield b""
    for name in (b"Helvetica", b"Helvetica-Bold"):
        yield (b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % name)
    yield (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H "
        b"/DescendantFonts [6 0 R] >>"
    )
    yield (
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R "
        b"/DW 1000 /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>"
    )
    yield (
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] "
        b"/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
    )
