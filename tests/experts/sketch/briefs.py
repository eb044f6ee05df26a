"""Briefs and plans that the tests of sketches share."""

from typing import Any

import msgspec

from tau.experts.sketch.brief import Brief, Room
from tau.experts.sketch.geometry import Box, Outline
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.schedule import scheduled
from tau.experts.sketch.solving import Arranged, finished

FAMILY = ("living", "kitchen", "master", "bedroom", "bedroom", "bath", "ensuite", "utility")


def rooms(*kinds: str) -> tuple[Room, ...]:
    """Rooms of these kinds; ids are numbered where a kind comes again."""
    made: list[Room] = []
    for kind in kinds:
        count = sum(1 for room in made if room.kind == kind)
        made.append(Room(id=f"{kind}{count + 1}" if count else kind, kind=kind))
    return tuple(made)


def brief(*kinds: str, **rest: Any) -> Brief:
    """A brief of these rooms with an entrance in the north, if nothing else is said."""
    return Brief(**{"rooms": rooms(*kinds), "entrance": "north", **rest})


def small_plan() -> Plan:
    """A plan of two rooms with a bathroom, made by hand."""
    wanted = (
        Room(id="living", kind="living", area=28),
        Room(id="bedroom", kind="bedroom", area=13),
        Room(id="kitchen", kind="kitchen", area=11),
        Room(id="bath", kind="bath", area=6),
    )
    made = Brief(rooms=wanted, entrance="north", total=66.5, title="Two rooms")
    boxes = {
        "bath": Box(0, 5.25, 3.7, 7),
        "living": Box(0, 0, 5.95, 5.25),
        "hall": Box(3.7, 5.25, 5.95, 7),
        "bedroom": Box(5.95, 3.3, 9.5, 7),
        "kitchen": Box(5.95, 0, 9.5, 3.3),
    }
    placed = {0: Arranged(exact=boxes, grid=boxes)}
    return finished(made, scheduled(made), Outline(width=9.5, depth=7), placed)


def changed(plan: Plan, one: str, box: Box) -> Plan:
    """The plan with one room's box replaced and nothing else."""
    placed = tuple(
        msgspec.structs.replace(room, box=box) if room.id == one else room for room in plan.rooms
    )
    return msgspec.structs.replace(plan, rooms=placed)
