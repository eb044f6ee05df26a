"""Laws of boxes, shared walls and outlines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.experts.sketch.brief import Corner, notched
from tau.experts.sketch.geometry import Box, facades, opposite, shared_wall

lengths = st.integers(1, 40).map(lambda n: n / 4)
boxes = st.builds(lambda x, y, w, d: Box(x, y, x + w, y + d), lengths, lengths, lengths, lengths)


@given(boxes, boxes)
def test_a_shared_wall_is_seen_from_both_rooms(one: Box, other: Box) -> None:
    wall, back = shared_wall(one, other), shared_wall(other, one)
    if one.overlaps(other):
        return
    assert (wall is None) == (back is None)
    if wall and back:
        assert back == wall._replace(side=opposite(wall.side))


@given(lengths, lengths)
def test_rooms_that_touch_in_a_point_share_no_wall(width: float, depth: float) -> None:
    assert shared_wall(Box(0, 0, width, depth), Box(width, depth, width + 1, depth + 1)) is None


@pytest.mark.parametrize("corner", ["north-east", "south-east", "south-west", "north-west"])
def test_the_facades_of_an_l_are_as_long_as_its_rectangles(corner: Corner) -> None:
    outline = notched(10, 8, corner, (4, 3))
    assert outline.area == 80 - 12
    assert sum(edge.length for edge in outline.edges()) == 2 * (10 + 8)
    assert len(outline.edges()) == 6


def test_a_room_beside_the_notch_has_a_facade_there() -> None:
    outline = notched(10, 8, "north-east", (4, 3))
    room = Box(2, 5, 6, 8)
    assert [piece.side for piece in facades(room, outline.edges())] == ["north", "east"]
