"""A plan as DXF, for CAD programs: layers by the AIA's names, real dimensions, lengths in metres.

The only module that imports ezdxf.
"""

import io
import itertools
from typing import Any

from tau.experts.sketch.annotations import DimensionChain, dimension_chains
from tau.experts.sketch.drawing import MARGIN, draw
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.shapes import Arc, Ellipse, Polygon, Polyline, Shape, Text, shifted

LAYERS = {
    "wall": ("A-WALL", 7, 50),
    "door": ("A-DOOR", 3, 25),
    "glass": ("A-GLAZ", 4, 25),
    "furniture": ("A-FURN", 8, 13),
    "dimension": ("A-ANNO-DIMS", 2, 13),
    "text": ("A-ANNO-TEXT", 7, 18),
}
"""Name, colour and line weight (in hundredths of a millimetre) of what is drawn."""
_LEFT_OUT = ("floor", "moved")
_STYLE = "TAU"


def dxf(plan: Plan) -> str:
    """Return a plan as the text of a DXF file, its storeys beside each other."""
    import ezdxf

    document = ezdxf.new("R2010", setup=True)
    document.header["$INSUNITS"] = 6
    document.header["$MEASUREMENT"] = 1
    for name, colour, weight in LAYERS.values():
        document.layers.add(name, color=colour, lineweight=weight)
    document.styles.add("PLAN", font="simsun.ttc" if plan.brief.language == "zh" else "arial.ttf")
    _dimension_style(document)
    space = document.modelspace()
    step = plan.outline.width + 2 * MARGIN
    for storey in range(plan.brief.storeys):
        for shape in draw(plan, storey, dimensioned=False).shapes:
            if shape.layer not in _LEFT_OUT:
                _add(space, shifted(shape, step * storey))
        for chain in dimension_chains(plan, storey):
            _add_chain(space, chain, step * storey)
    stream = io.StringIO()
    document.write(stream)
    return stream.getvalue()


def _dimension_style(document: Any) -> None:
    style = document.dimstyles.duplicate_entry("EZDXF", _STYLE)
    style.dxf.dimtxt = 0.2
    style.dxf.dimasz = 0.1
    style.dxf.dimexe = 0.1
    style.dxf.dimexo = 0.3
    style.dxf.dimgap = 0.05
    style.dxf.dimdec = 2


def _add(space: Any, shape: Shape) -> None:
    name = {"layer": LAYERS[shape.layer][0]}
    match shape:
        case Polygon():
            space.add_lwpolyline(shape.points, close=True, dxfattribs=name)
            if shape.fill == "wall":
                hatch = space.add_hatch(color=7, dxfattribs=name)
                hatch.paths.add_polyline_path(shape.points, is_closed=True)
        case Polyline():
            line = {**name, "linetype": "DASHED"} if shape.dashed else name
            space.add_lwpolyline(shape.points, dxfattribs=line)
        case Arc():
            if shape.is_circle:
                space.add_circle(shape.centre, shape.radius, dxfattribs=name)
            else:
                space.add_arc(shape.centre, shape.radius, shape.start, shape.end, dxfattribs=name)
        case Ellipse():
            _add_ellipse(space, shape, name)
        case Text():
            _add_text(space, shape, name)


def _add_ellipse(space: Any, shape: Ellipse, name: dict[str, str]) -> None:
    long_across = shape.across >= shape.up
    major = (shape.across, 0) if long_across else (0, shape.up)
    ratio = shape.up / shape.across if long_across else shape.across / shape.up
    space.add_ellipse(shape.centre, major_axis=major, ratio=ratio, dxfattribs=name)


def _add_text(space: Any, shape: Text, name: dict[str, str]) -> None:
    from ezdxf.enums import TextEntityAlignment

    text = space.add_text(
        shape.text,
        height=shape.size * 0.8,
        rotation=90 if shape.upright else 0,
        dxfattribs={**name, "style": "PLAN"},
    )
    text.set_placement(shape.at, align=TextEntityAlignment.MIDDLE_CENTER)


def _add_chain(space: Any, chain: DimensionChain, by: float) -> None:
    horizontal = chain.side in ("north", "south")
    edge, line = chain.edge, chain.line
    for low, high in itertools.pairwise(chain.marks):
        points = [(low, edge), (high, edge)] if horizontal else [(edge, low), (edge, high)]
        base = (low, line) if horizontal else (line, low)
        dimension = space.add_linear_dim(
            base=(base[0] + by, base[1]),
            p1=(points[0][0] + by, points[0][1]),
            p2=(points[1][0] + by, points[1][1]),
            angle=0 if horizontal else 90,
            dimstyle=_STYLE,
            dxfattribs={"layer": LAYERS["dimension"][0]},
        )
        dimension.render()
