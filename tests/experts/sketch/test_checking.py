"""The independent check finds what it should, one rule at a time."""

from collections.abc import Callable

import msgspec
import pytest

from tau.experts.sketch.checking import violations
from tau.experts.sketch.geometry import Box
from tau.experts.sketch.plan import Plan

from .briefs import changed, small_plan


def _without(*kinds: str) -> Callable[[Plan], Plan]:
    def change(plan: Plan) -> Plan:
        kept = tuple(one for one in plan.openings if one.kind not in kinds)
        return msgspec.structs.replace(plan, openings=kept)

    return change


def _without_furniture(kind: str) -> Callable[[Plan], Plan]:
    def change(plan: Plan) -> Plan:
        kept = tuple(piece for piece in plan.furniture if piece.kind != kind)
        return msgspec.structs.replace(plan, furniture=kept)

    return change


def _with_box(one: str, *box: float) -> Callable[[Plan], Plan]:
    return lambda plan: changed(plan, one, Box(*box))


def _accessible(plan: Plan) -> Plan:
    rooms = tuple(
        msgspec.structs.replace(room, accessible=room.id == "bath") for room in plan.schedule.rooms
    )
    schedule = msgspec.structs.replace(plan.schedule, rooms=rooms)
    return msgspec.structs.replace(plan, schedule=schedule)


def _sofa_in_the_way(plan: Plan) -> Plan:
    hall = next(one for one in plan.openings if one.kind == "entrance")
    box = Box(hall.low, hall.at - 0.8, hall.high, hall.at - 0.3)
    pieces = (msgspec.structs.replace(plan.furniture[0], room="hall", box=box), *plan.furniture[1:])
    return msgspec.structs.replace(plan, furniture=pieces)


def test_a_good_plan_breaks_nothing() -> None:
    assert violations(small_plan()) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (_with_box("bedroom", 5.0, 3.3, 9.5, 7), "overlap"),
        (_with_box("bedroom", 5.95, 3.3, 10.5, 7), "outline"),
        (_with_box("bedroom", 6.95, 3.3, 9.5, 7), "tiling"),
        (_with_box("bath", 0, 5.85, 3.7, 7), "width"),
        (_with_box("kitchen", 5.95, 0, 9.5, 2.4), "area"),
        (_with_box("hall", 3.7, 5.25, 9.5, 6.75), "aspect"),
        (_without("door", "passage"), "access"),
        (_without("entrance"), "entrance"),
        (_without("window"), "light"),
        (_without_furniture("toilet"), "equipment"),
        (_without_furniture("double-bed"), "equipment"),
        (_accessible, "turning"),
        (_accessible, "door"),
        (_sofa_in_the_way, "furniture"),
    ],
)
def test_what_breaks_a_rule_is_found(change: Callable[[Plan], Plan], rule: str) -> None:
    assert rule in {found.rule for found in violations(change(small_plan()))}


def test_a_second_entrance_side_is_refused() -> None:
    plan = small_plan()
    elsewhere = msgspec.structs.replace(plan.brief, entrance="south")
    found = violations(msgspec.structs.replace(plan, brief=elsewhere))
    assert [one.rule for one in found] == ["entrance"]
