"""The axonometric view: what is nearer covers what is farther, and nothing gets lost."""

import itertools
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tau.experts.sketch.axonometric import axonometric
from tau.experts.sketch.downloads import PlanPicture, plan_file
from tau.experts.sketch.drawing import draw
from tau.experts.sketch.furnishing import furniture_needs
from tau.experts.sketch.geometry import SIDES, Box, Outline
from tau.experts.sketch.model_blocks import CUT, ModelBlock, disjoint, storey_blocks
from tau.experts.sketch.model_furniture import furniture_blocks
from tau.experts.sketch.model_labels import model_labels
from tau.experts.sketch.plan import FurniturePiece, Plan
from tau.experts.sketch.projection import Eye, in_order
from tau.experts.sketch.shapes import Polygon, Text

from .briefs import small_plan

SVG = "{http://www.w3.org/2000/svg}"
EYE = Eye()


def _all_blocks(plan: Plan) -> list[ModelBlock]:
    furniture = [block for piece in plan.furniture for block in furniture_blocks(piece)]
    return [*storey_blocks(plan, 0), *furniture]


def _height_where_seen(point: tuple[float, float], block: ModelBlock) -> float | None:
    """The greatest height at which the line of sight through a point is in a block."""
    steps = 60
    for index in range(steps, -1, -1):
        height = block.low + (block.high - block.low) * index / steps
        x, y = EYE.meets(point, height)
        if block.box.x0 < x < block.box.x1 and block.box.y0 < y < block.box.y1:
            return height
    return None


def _wrongly_covered(blocks: list[ModelBlock]) -> list[tuple[float, float]]:
    """Points of the sheet where another block is drawn last than the nearest one."""
    corners = [EYE.sees(x, y) for b in blocks for x in (b.box.x0, b.box.x1) for y in (b.box.y0,)]
    xs, ys = zip(*corners, strict=True)
    wrong = []
    for across, up in itertools.product(range(24), repeat=2):
        point = (
            min(xs) + (max(xs) - min(xs)) * (across + 0.37) / 24,
            min(ys) + (max(ys) - min(ys)) * (up + 0.41) / 24,
        )
        seen = [(_height_where_seen(point, block), index) for index, block in enumerate(blocks)]
        there = [(height, index) for height, index in seen if height is not None]
        if there and max(there)[0] > there[-1][0] + 0.1:
            wrong.append(point)
    return wrong


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 12), st.integers(0, 12), st.integers(1, 5), st.integers(1, 5),
            st.sampled_from([0.4, 0.9, 1.2]),
        ),
        min_size=2,
        max_size=14,
    )
)  # fmt: skip
def test_of_blocks_that_dont_overlap_the_nearer_is_drawn_last(
    made: list[tuple[int, int, int, int, float]],
) -> None:
    heights = {Box(x, y, x + w, y + d): high for x, y, w, d, high in made}
    pieces = list(disjoint(heights))
    for (one, _), (other, _) in itertools.combinations(pieces, 2):
        assert not one.overlaps(other)
    blocks = [ModelBlock(box, 0.0, high, "wall") for box, high in pieces]
    assert _wrongly_covered(in_order(blocks)) == []


def test_a_plan_with_its_furniture_is_drawn_from_the_back() -> None:
    assert _wrongly_covered(in_order(_all_blocks(small_plan()))) == []


def test_every_kind_of_furniture_stands_within_its_reach_on_the_floor() -> None:
    kinds = {need.kind for needs in furniture_needs().values() for need in needs}
    for kind, faces in itertools.product(sorted(kinds), SIDES):
        box = Box(1, 1, 3, 2) if faces in ("north", "south") else Box(1, 1, 2, 3)
        piece = FurniturePiece(kind=kind, room="x", storey=0, box=box, faces=faces)
        blocks = list(furniture_blocks(piece))
        assert blocks, kind
        for block in blocks:
            assert box.inset(-0.45).holds(block.box), kind
            assert 0 <= block.low <= block.high <= 1.5, kind


def test_pieces_that_dont_overlap_cover_what_the_walls_did() -> None:
    heights = {Box(0, 0, 4, 1): CUT, Box(3, 0, 4, 5): CUT, Box(0, 4, 4, 5): 0.9}
    pieces = list(disjoint(heights))
    assert sum(box.area for box, _ in pieces) == pytest.approx(4 + 4 + 3)
    assert max(high for box, high in pieces if box.holds(Box(3.2, 4.2, 3.8, 4.8))) == CUT


def test_each_storey_is_drawn_with_its_names_one_above_the_other() -> None:
    plan = small_plan()
    rooms = tuple(
        msgspec.structs.replace(room, id=f"{room.id}-up", storey=1, name=f"{room.name} up")
        for room in plan.rooms
    )
    brief = msgspec.structs.replace(plan.brief, storeys=2)
    two = msgspec.structs.replace(plan, brief=brief, rooms=(*plan.rooms, *rooms))
    schedule = tuple(
        msgspec.structs.replace(room, id=f"{room.id}-up", storey=1) for room in plan.schedule.rooms
    )
    wanted = msgspec.structs.replace(plan.schedule, rooms=(*plan.schedule.rooms, *schedule))
    drawing = axonometric(msgspec.structs.replace(two, schedule=wanted))
    at = {shape.text: shape.at for shape in drawing.shapes if isinstance(shape, Text)}
    lower = max(at[room.name][1] for room in plan.rooms)
    assert all(at[room.name][1] > lower for room in rooms)
    assert at["Ground floor"][1] < at["Upper floor"][1]
    for shape in drawing.shapes:
        if isinstance(shape, Polygon):
            assert all(drawing.low[0] <= x <= drawing.high[0] for x, _ in shape.points)
            assert all(drawing.low[1] <= y <= drawing.high[1] for _, y in shape.points)


def test_an_l_lacks_its_corner_on_the_ground_too() -> None:
    cut = Outline(width=9.5, depth=7, notch=Box(6, 4, 9.5, 7))
    drawing = axonometric(msgspec.structs.replace(small_plan(), outline=cut, furniture=()))
    slabs = [shape for shape in drawing.shapes if isinstance(shape, Polygon)][:6]
    inside = EYE.sees(9, 6.5)
    assert not any(_holds(shape, inside) for shape in slabs if shape.fill == "#efe8dc")


def _holds(shape: Polygon, point: tuple[float, float]) -> bool:
    turns = [
        (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])
        for a, b in itertools.pairwise((*shape.points, shape.points[0]))
    ]
    return all(turn > 0 for turn in turns) or all(turn < 0 for turn in turns)


def test_it_is_saved_as_svg_and_pdf_and_moved_areas_are_tinted() -> None:
    plan = small_plan()
    plain = plan_file(plan, "svg", PlanPicture(view="axonometric"))
    tinted = plan_file(plan, "svg", PlanPicture(view="axonometric", tint=("bath",)))
    assert (plain.count(b"#f6cf87"), tinted.count(b'fill="#f6cf87"')) == (0, 1)
    tags = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(plain).iter()}
    assert tags <= {"svg", "title", "rect", "polygon", "polyline", "text"}
    made = plan_file(plan, "pdf", PlanPicture(view="axonometric"))
    assert made.startswith(b"%PDF-1.5")
    assert b"1:100" not in made


def test_both_views_say_the_same_area() -> None:
    plan = small_plan()
    for drawing in (axonometric(plan), draw(plan, 0)):
        texts = [shape.text for shape in drawing.shapes if isinstance(shape, Text)]
        assert any(text.endswith(f"{plan.area:.0f} m²") for text in texts)


def test_the_label_of_a_hall_is_found_without_searching_all_of_it() -> None:
    looked = 0

    class Counting(Eye):
        def meets(self, point: tuple[float, float], height: float = 0.0) -> tuple[float, float]:
            nonlocal looked
            looked += 1
            return super().meets(point, height)

    hall = msgspec.structs.replace(small_plan().rooms[0], box=Box(0, 0, 60, 50))
    name, _ = model_labels([hall], [], Counting())
    x, y = EYE.meets(name.at)
    assert 0 < x < 60
    assert 0 < y < 50
    assert 0 < looked < 10_000
