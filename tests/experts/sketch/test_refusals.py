"""What can't be planned is refused in a sentence, in the language of the words or of the plan."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tau.errors import BadInput
from tau.experts.sketch.brief import BriefError, Language, OutlineRequest, Room, check_brief
from tau.experts.sketch.downloads import read_plan
from tau.experts.sketch.edits import (
    AddRoom,
    MoveEntrance,
    MoveRoom,
    MoveWall,
    PlanEdit,
    RemoveRoom,
    ResizeRoom,
    SwapRooms,
    check_edit,
)
from tau.experts.sketch.geometry import Box
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.schedule import scheduled
from tau.experts.sketch.words import read_words
from tau.experts.worker_process import ExpertWorker
from tests.experts.expert_environment import expert_program

from .briefs import brief, small_plan

LANGUAGES: tuple[Language, ...] = ("en", "zh")


def _in(plan: Plan, language: Language) -> Plan:
    spoken = msgspec.structs.replace(plan.brief, language=language)
    return msgspec.structs.replace(plan, brief=spoken)


def _is_sentence(says: str, language: Language) -> bool:
    has_chinese = any("一" <= char <= "鿿" for char in says)
    ends = "。" if language == "zh" else "."
    return has_chinese == (language == "zh") and says.endswith(ends) and "$" not in says


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("a house of 0 m2 with two bedrooms", "en"),
        ("a house of 5000 m2 with two bedrooms", "en"),
        ("a kitchen of 0 m2 and a bedroom", "en"),
        ("two bedrooms" + " and so on" * 500, "en"),
        ("两室一厅" + "，等等" * 1500, "zh"),
        ("bedroom, " * 600, "en"),
        ("两室一厅，0平", "zh"),
        ("两室一厅，5000平", "zh"),
        ("厨房0平，卧室", "zh"),
    ],
)
def test_words_out_of_range_are_refused(words: str, language: Language) -> None:
    with pytest.raises(BriefError) as refused:
        read_words(words)
    assert _is_sentence(str(refused.value), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "wrong",
    [
        {"rooms": ()},
        {"rooms": (Room(id="a", kind="bath"), Room(id="a", kind="bath"))},
        {"rooms": (Room(id="a", kind="throne"),)},
        {"rooms": (Room(id="a", kind="bath", near=("b",)),)},
        {"rooms": (Room(id="a", kind="bath", area=0.0),)},
        {"total": float("nan")},
        {"total": 1.0},
        {"outline": OutlineRequest(width=1, depth=1)},
        {"outline": OutlineRequest(width=9, depth=9, notch_corner="north-east")},
        {
            "outline": OutlineRequest(
                width=9, depth=9, notch_corner="north-east", notch_width=9, notch_depth=1
            )
        },
    ],
)
def test_briefs_that_dont_fit_together_are_refused(wrong: Any, language: Language) -> None:
    asked = msgspec.structs.replace(brief("kitchen", language=language), **wrong)
    with pytest.raises(BriefError) as refused:
        check_brief(asked)
    assert _is_sentence(str(refused.value), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("total", [20.0, 900.0])
def test_areas_that_dont_add_up_are_refused(total: float, language: Language) -> None:
    asked = brief("living", "kitchen", "bedroom", "bath", total=total, language=language)
    with pytest.raises(BriefError) as refused:
        scheduled(asked)
    assert _is_sentence(str(refused.value), language)
    assert f"{total:.0f}" in str(refused.value)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "edit",
    [
        ResizeRoom(room="kitchen", area=0),
        ResizeRoom(room="kitchen", area=5000),
        ResizeRoom(room="kitchen", area=float("nan")),
        ResizeRoom(room="cellar", area=9),
        SwapRooms(room="kitchen", other="cellar"),
        MoveWall(room="kitchen", side="east", by=200),
        MoveWall(room="kitchen", side="east", by=float("nan")),
        AddRoom(kind="throne"),
    ],
)
def test_edits_out_of_range_are_refused(edit: PlanEdit, language: Language) -> None:
    with pytest.raises(BriefError) as refused:
        check_edit(edit, _in(small_plan(), language))
    assert _is_sentence(str(refused.value), language)


@pytest.mark.anyio
@pytest.mark.usefixtures("expert_packages")
async def test_edits_that_break_rules_are_refused_in_the_plans_language(tmp_path: Path) -> None:
    worker = ExpertWorker(lambda: expert_program(tmp_path))
    edits: tuple[PlanEdit, ...] = (
        ResizeRoom(room="bath", area=60),
        MoveWall(room="bath", side="west", by=2),
        RemoveRoom(room="hall"),
        MoveEntrance(side="east"),
        MoveRoom(room="hall", side="south"),
        AddRoom(kind="garage", area=400),
    )
    said = []
    try:
        for edit in edits:
            arguments = {
                "plan": msgspec.to_builtins(_in(small_plan(), "zh")),
                "edit": msgspec.to_builtins(edit),
                "seconds": 2,
            }
            try:
                await worker.call("sketch.edit", arguments, seconds=60)
            except BadInput as refused:
                said.append(str(refused))
    finally:
        await worker.close()
    assert len(said) >= 4
    assert all(_is_sentence(each, "zh") for each in said)


@pytest.mark.parametrize(
    "change",
    [
        {"rooms": ()},
        {"grid": {}},
        {"outline": {"width": 1e9, "depth": 7}},
        {"schedule": {"rooms": [], "storey_area": 60, "entrance": "north"}},
    ],
)
def test_a_plan_that_cant_be_drawn_is_refused(change: dict[str, Any]) -> None:
    data: dict[str, Any] = msgspec.to_builtins(small_plan())
    with pytest.raises(BriefError, match="a plan that Tau can draw"):
        read_plan(msgspec.json.encode(data | change))


@pytest.mark.parametrize("part", ["rooms", "openings", "furniture"])
def test_a_part_of_a_plan_that_is_nowhere_is_refused(part: str) -> None:
    data: dict[str, Any] = msgspec.to_builtins(small_plan())
    for wrong in ({"room": "cellar"}, {"storey": 1}, {"storey": 7}, {"box": Box(0, 0, 1e300, 1)}):
        first, *others = data[part]
        changed = [{**first, **{key: wrong[key] for key in wrong if key in first}}, *others]
        if changed[0] != first:
            with pytest.raises(BriefError):
                read_plan(msgspec.json.encode(data | {part: changed}))


@pytest.mark.parametrize("part", ["openings", "furniture"])
def test_a_plan_with_more_parts_than_rooms_can_have_is_refused(part: str) -> None:
    data: dict[str, Any] = msgspec.to_builtins(small_plan())
    with pytest.raises(BriefError, match="too many"):
        read_plan(msgspec.json.encode(data | {part: data[part][:1] * 500}))


@pytest.mark.parametrize("key", ["brief", "schedule", "outline", "rooms"])
def test_a_plan_with_a_missing_key_is_refused(key: str) -> None:
    data: dict[str, Any] = msgspec.to_builtins(small_plan())
    del data[key]
    with pytest.raises(BriefError, match="isn't a plan that Tau saved"):
        read_plan(msgspec.json.encode(data))
