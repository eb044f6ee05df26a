"""Drawings in every format: complete, escaped, and readable by other programs."""

import re
import zlib
from pathlib import Path
from xml.etree import ElementTree

import anyio
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tau.experts.sketch.drawing import draw
from tau.experts.sketch.pdf import pdf
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.shapes import Polygon, Text
from tau.experts.sketch.svg import svg
from tau.experts.worker_process import ExpertWorker
from tests.experts.expert_environment import expert_program

from .briefs import small_plan

SVG = "{http://www.w3.org/2000/svg}"
AUDIT = """
import sys, ezdxf
document = ezdxf.readfile(sys.argv[1])
auditor = document.audit()
names = sorted({one.dxf.layer for one in document.modelspace()})
dimensions = len(document.modelspace().query("DIMENSION"))
print(len(auditor.errors), len(auditor.fixes), dimensions, *names)
"""


def _named(plan: Plan, name: str) -> Plan:
    rooms = tuple(msgspec.structs.replace(room, name=name) for room in plan.rooms)
    brief = msgspec.structs.replace(plan.brief, title=name)
    return msgspec.structs.replace(plan, rooms=rooms, brief=brief)


@settings(max_examples=25)
@given(st.text(max_size=60))
def test_any_name_gives_a_well_formed_svg_of_plain_elements(name: str) -> None:
    root = ElementTree.fromstring(svg(_named(small_plan(), name)))
    allowed = {"svg", "title", "rect", "polygon", "polyline", "path", "circle", "ellipse", "text"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= allowed
    attributes = {key for element in root.iter() for key in element.attrib}
    assert not {key for key in attributes if key.startswith("on") or "href" in key}


def test_every_room_is_labelled_with_its_area_inside_its_walls() -> None:
    plan = small_plan()
    texts = [shape for shape in draw(plan).shapes if isinstance(shape, Text)]
    for room in plan.rooms:
        (name,) = [text for text in texts if text.text == room.name and text.layer == "text"]
        assert room.box.x0 < name.at[0] < room.box.x1
        assert room.box.y0 < name.at[1] < room.box.y1
        assert any(text.text == f"{room.area:.1f} m²" for text in texts)


def test_no_dimension_is_nothing_where_an_outline_is_not_round() -> None:
    plan = small_plan()
    outline = msgspec.structs.replace(plan.outline, width=9.4999, depth=7.0001)
    drawn = draw(msgspec.structs.replace(plan, outline=outline)).shapes
    dimensions = [one.text for one in drawn if isinstance(one, Text) and one.layer == "dimension"]
    assert "9.50" in dimensions
    assert "0.00" not in dimensions


def test_walls_leave_their_openings_free() -> None:
    plan = small_plan()
    walls = [s for s in draw(plan).shapes if isinstance(s, Polygon) and s.layer == "wall"]
    for opening in plan.openings:
        middle = (opening.low + opening.high) / 2
        x, y = (middle, opening.at) if opening.segment.is_horizontal else (opening.at, middle)
        for wall in walls:
            xs, ys = [p[0] for p in wall.points], [p[1] for p in wall.points]
            assert not (min(xs) < x < max(xs) and min(ys) < y < max(ys))


def test_rooms_that_moved_are_tinted() -> None:
    assert "fill-opacity" not in svg(small_plan())
    assert svg(small_plan(), moved=("bath",)).count("fill-opacity") == 1


def test_a_pdf_has_its_pages_at_one_to_a_hundred() -> None:
    made = pdf(_named(small_plan(), "卧室 Bath"))
    assert made.startswith(b"%PDF-1.5")
    places = [int(each) for each in re.findall(rb"(\d{10}) 00000 n", made)]
    for number, place in enumerate(places, 1):
        assert made[place:].startswith(b"%d 0 obj" % number)
    assert b"/STSong-Light" in made
    assert zlib.crc32(made) == zlib.crc32(pdf(_named(small_plan(), "卧室 Bath")))


@pytest.mark.anyio
@pytest.mark.usefixtures("expert_packages")
async def test_a_dxf_has_its_layers_and_no_errors(tmp_path: Path) -> None:
    program = expert_program(tmp_path)
    worker = ExpertWorker(lambda: program)
    named = _named(small_plan(), "主卧\x07\n{\\H99;x}")
    try:
        made = await worker.call("sketch.dxf", {"plan": msgspec.to_builtins(named)}, seconds=60)
    finally:
        await worker.close()
    file = tmp_path / "plan.dxf"
    file.write_text(made["dxf"], "utf-8")
    done = await anyio.run_process([program.python, "-c", AUDIT, file])
    errors, fixes, dimensions, *layers = done.stdout.decode().split()
    assert (errors, fixes) == ("0", "0")
    assert int(dimensions) >= 10
    assert layers == ["A-ANNO-DIMS", "A-ANNO-TEXT", "A-DOOR", "A-FURN", "A-GLAZ", "A-WALL"]
