"""A plan without a solver: rooms in a row."""

import pytest

from tau.experts.sketch.geometry import Box, Outline
from tau.experts.sketch.plan import PlacedRoom, Plan
from tau.experts.sketch.schedule import scheduled
from tau.experts.sketch.words import read_words


@pytest.fixture
def small_plan() -> Plan:
    """A plan with two bedrooms, a kitchen and a living room, but no study and one bath."""
    brief = read_words("A flat with two bedrooms, a bath, a kitchen and a living room, 70 m2")
    schedule = scheduled(brief)
    rooms = tuple(
        PlacedRoom(
            id=room.id,
            kind=room.kind,
            name=room.name,
            storey=0,
            box=Box(3.0 * at, 0.0, 3.0 * at + 3.0, 4.0),
            wanted=room.area,
            area=12.0,
        )
        for at, room in enumerate(schedule.rooms)
    )
    outline = Outline(width=3.0 * len(rooms), depth=4.0)
    return Plan(brief=brief, schedule=schedule, outline=outline, rooms=rooms)
