"""Plans changed by words: the right edit is read, the plan keeps its rules, little else moves."""

import itertools
import math
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tau.errors import BadInput
from tau.experts.sketch.brief import Brief, BriefError, Site
from tau.experts.sketch.checking import violations
from tau.experts.sketch.edit_words import read_edit
from tau.experts.sketch.edits import (
    AddRoom,
    MakeAccessible,
    MirrorPlan,
    MoveEntrance,
    MoveRoom,
    MoveWall,
    PlanEdit,
    RemoveRoom,
    ResizeRoom,
    SwapRooms,
    far_moved,
    moved_rooms,
)
from tau.experts.sketch.geometry import SIDES
from tau.experts.sketch.plan import Plan
from tau.experts.worker_process import ExpertWorker
from tests.experts.expert_environment import expert_program

from .briefs import FAMILY, brief, small_plan


def _named() -> Plan:
    """A plan whose rooms have names that words can refer to."""
    plan = small_plan()
    rooms = (*plan.rooms, msgspec.structs.replace(plan.rooms[0], id="bath2", name="Bathroom 2"))
    kinds = {"bath2": "bath"}
    return msgspec.structs.replace(
        plan,
        rooms=tuple(
            msgspec.structs.replace(room, kind=kinds.get(room.id, room.kind)) for room in rooms
        ),
    )


@pytest.mark.parametrize(
    ("words", "edit"),
    [
        ("The kitchen should have 15 m2", ResizeRoom(room="kitchen", area=15)),
        ("厨房改成15平", ResizeRoom(room="kitchen", area=15)),
        ("swap the baths", SwapRooms(room="bath", other="bath2")),
        ("交换两个卫生间", SwapRooms(room="bath", other="bath2")),
        ("put the entrance in the east", MoveEntrance(side="east")),
        ("入口改到东边", MoveEntrance(side="east")),
        ("kitchen to the garden", MoveRoom(room="kitchen", side="south")),
        ("add a study of 9 m2", AddRoom(kind="study", area=9)),
        ("加一间书房", AddRoom(kind="study")),
        ("remove the second bathroom", RemoveRoom(room="bath2")),
        ("the bedroom must take a wheelchair", MakeAccessible(room="bedroom")),
        ("mirror it", MirrorPlan()),
        (
            "move the kitchen's west wall in by 30 cm",
            MoveWall(room="kitchen", side="west", by=-0.3),
        ),
        ("把厨房的西墙向内移30厘米", MoveWall(room="kitchen", side="west", by=-0.3)),
        ("厨房东边的墙外移0.5米", MoveWall(room="kitchen", side="east", by=0.5)),
    ],
)
def test_words_are_read_as_an_edit(words: str, edit: PlanEdit) -> None:
    assert read_edit(words, _named()) == edit


def test_bigger_and_smaller_are_relative() -> None:
    plan = small_plan()
    area = next(room.area for room in plan.rooms if room.id == "kitchen")
    for words, grows in (("make the kitchen bigger", True), ("厨房小一点", False)):
        edit = read_edit(words, plan)
        assert isinstance(edit, ResizeRoom)
        assert (edit.area > area) == grows


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("words", ["add a study of 9 m2", "加一间9平的书房"])
def test_a_plan_in_one_language_is_changed_in_another(language: str, words: str) -> None:
    plan = small_plan()
    brief = msgspec.structs.replace(plan.brief, language=language)
    plan = msgspec.structs.replace(plan, brief=brief)
    assert read_edit(words, plan) == AddRoom(kind="study", area=9)


@pytest.mark.parametrize("words", ["", "nice", "swap the kitchen", "很好"])
def test_words_that_ask_for_no_edit_are_refused(words: str) -> None:
    with pytest.raises(BriefError):
        read_edit(words, small_plan())


@pytest.fixture
async def worker(tmp_path: Path) -> Any:
    made = ExpertWorker(lambda: expert_program(tmp_path))
    yield made
    await made.close()


async def _edited(worker: ExpertWorker, plan: Plan, edit: PlanEdit) -> tuple[Plan, set[str]]:
    arguments = {
        "plan": msgspec.to_builtins(plan),
        "edit": msgspec.to_builtins(edit),
        "seconds": 30,
        "cpu_clock": True,
    }
    done = await worker.call("sketch.edit", arguments, seconds=250)
    return msgspec.convert(done["plan"], Plan), set(done["moved"])


@pytest.mark.anyio
@pytest.mark.usefixtures("expert_packages")
async def test_edits_keep_every_rule_and_say_what_moved(worker: ExpertWorker) -> None:
    wanted = {"brief": msgspec.to_builtins(brief(*FAMILY)), "seconds": 30, "cpu_clock": True}
    solved = await worker.call("sketch.solve", wanted, seconds=250)
    plan = msgspec.convert(solved["plans"][0], Plan)
    edits: tuple[PlanEdit, ...] = (
        ResizeRoom(room="kitchen", area=13),
        SwapRooms(room="bedroom", other="bedroom2"),
        MoveEntrance(side="east"),
        AddRoom(kind="study"),
        RemoveRoom(room="utility"),
        MirrorPlan(),
    )
    for edit in edits:
        changed, moved = await _edited(worker, plan, edit)
        assert violations(changed) == []
        assert moved == set(moved_rooms(plan, changed))
    resized, _ = await _edited(worker, plan, edits[0])
    kitchen = next(room for room in resized.rooms if room.id == "kitchen")
    assert kitchen.area == pytest.approx(13, rel=0.1)
    assert not moved_rooms(plan, resized, most=2.0)


@pytest.mark.anyio
@pytest.mark.usefixtures("expert_packages")
async def test_a_room_grows_no_more_than_a_wheelchair_needs(worker: ExpertWorker) -> None:
    plan = small_plan()
    changed, moved = await _edited(worker, plan, MakeAccessible(room="bedroom"))
    assert violations(changed) == []
    assert [room.accessible for room in changed.schedule.rooms if room.id == "bedroom"] == [True]
    assert not moved


@pytest.mark.anyio
@pytest.mark.usefixtures("expert_packages")
async def test_an_impossible_edit_is_refused_with_the_room(worker: ExpertWorker) -> None:
    with pytest.raises(BadInput, match="Bathroom can't have 60 m² here"):
        await _edited(worker, small_plan(), ResizeRoom(room="bath", area=60))


@pytest.mark.anyio
@pytest.mark.usefixtures("expert_packages")
async def test_a_wall_goes_exactly_where_it_is_moved(worker: ExpertWorker) -> None:
    """Or it stays; no other wall stands in for it. Outer walls stay."""
    plan = small_plan()
    went = 0
    for room, side, by in itertools.product(plan.rooms, SIDES, (0.3, -0.2)):
        try:
            changed, _ = await _edited(worker, plan, MoveWall(room=room.id, side=side, by=by))
        except BadInput:
            continue
        assert violations(changed) == []
        now = next(one.box for one in changed.rooms if one.id == room.id)
        out = {
            "north": now.y1 - room.box.y1,
            "east": now.x1 - room.box.x1,
            "south": room.box.y0 - now.y0,
            "west": room.box.x0 - now.x0,
        }
        assert out[side] == pytest.approx(by, abs=0.026)
        went += 1
    assert went > 3
    outer = next(room for room in plan.rooms if room.box.y0 == 0)
    with pytest.raises(BadInput, match="Outer walls stay"):
        await _edited(worker, plan, MoveWall(room=outer.id, side="south", by=0.3))


async def _solved(worker: ExpertWorker, wanted: Brief) -> Plan:
    arguments = {"brief": msgspec.to_builtins(wanted), "seconds": 30, "cpu_clock": True}
    solved = await worker.call("sketch.solve", arguments, seconds=250)
    return msgspec.convert(solved["plans"][0], Plan)


@pytest.mark.anyio
@pytest.mark.usefixtures("expert_packages")
async def test_a_main_bedroom_changes_places_together_with_its_ensuite(
    worker: ExpertWorker,
) -> None:
    plan = await _solved(worker, brief(*FAMILY))
    old = {room.id: room.box.centre for room in plan.rooms}
    changed, _ = await _edited(worker, plan, SwapRooms(room="master", other="bedroom"))
    assert violations(changed) == []
    new = {room.id: room.box.centre for room in changed.rooms}
    for one, other in (("master", "bedroom"), ("bedroom", "master")):
        assert math.dist(new[one], old[other]) < math.dist(new[one], old[one])


@pytest.mark.anyio
@pytest.mark.usefixtures("expert_packages")
async def test_a_room_may_stand_outside_so_that_the_others_stay(worker: ExpertWorker) -> None:
    plan = await _solved(worker, brief("living", "kitchen", "master", "bedroom", "bath"))
    changed, _ = await _edited(worker, plan, AddRoom(kind="study"))
    assert violations(changed) == []
    assert far_moved(plan, changed) <= 1


@pytest.mark.anyio
@pytest.mark.usefixtures("expert_packages")
async def test_a_mirror_image_turns_the_sides_that_were_asked_for(worker: ExpertWorker) -> None:
    wanted = brief("living", "kitchen", "bedroom", "bath", site=Site(garden="east"))
    rooms = (msgspec.structs.replace(wanted.rooms[0], side="east"), *wanted.rooms[1:])
    plan = await _solved(worker, msgspec.structs.replace(wanted, rooms=rooms))
    changed, _ = await _edited(worker, plan, MirrorPlan(axis="east-west"))
    assert violations(changed) == []
    assert (changed.brief.site.garden, changed.brief.rooms[0].side) == ("west", "west")
