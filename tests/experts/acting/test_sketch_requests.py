"""What words to the sketch specialist ask for, in English and Chinese."""

import pytest

from tau.experts.acting.sketch_requests import (
    ChangePlan,
    DrawPlan,
    read_request,
    says_no,
    says_yes,
)
from tau.experts.sketch.edits import (
    AddRoom,
    MirrorPlan,
    MoveEntrance,
    PlanEdit,
    ResizeRoom,
    SwapRooms,
)
from tau.experts.sketch.plan import Plan

DRAWS = (
    "A house for us and the two girls, 120 m2, kitchen to the garden",
    "I'd like a flat, 70 m2, two bedrooms",
    "Could you draw a cottage with one bedroom?",
    "Two bedrooms, a bath, 60 m²",
    "20 bedrooms in 30 m2",
    "三室两厅，120平，厨房朝南",
    "帮我画一个两居室",
)
CHANGES: tuple[tuple[str, type[PlanEdit]], ...] = (
    ("make the kitchen bigger", ResizeRoom),
    ("Can you make the kitchen bigger?", ResizeRoom),
    ("What if the kitchen were bigger?", ResizeRoom),
    ("Could we swap the kitchen and the bath?", SwapRooms),
    ("I need a study too", AddRoom),
    ("entrance to the east", MoveEntrance),
    ("mirror it", MirrorPlan),
    ("厨房大一点", ResizeRoom),
    ("厨房能大一点吗？", ResizeRoom),
    ("交换厨房和卫生间", SwapRooms),
    ("加一间书房", AddRoom),
)
TALK = (
    "What is a good size for a kitchen?",
    "Is the kitchen big enough?",
    "Why are there two bedrooms?",
    "I love the kitchen.",
    "Thanks, that's great.",
    "My house is cold in winter.",
    "厨房一般多大合适？",
    "为什么厨房这么小？",
    "谢谢，很好看",
)


@pytest.mark.parametrize("words", ["make the kitchen 12.5 m2", "The kitchen should have 12.5 m2."])
def test_a_decimal_point_ends_no_sentence(words: str, small_plan: Plan) -> None:
    asked = read_request(words, small_plan)
    assert asked == ChangePlan((ResizeRoom(room="kitchen", area=12.5),))


@pytest.mark.parametrize("words", DRAWS)
def test_a_dwelling_is_drawn_also_beside_an_open_plan(words: str, small_plan: Plan) -> None:
    for plan in (None, small_plan):
        asked = read_request(words, plan)
        assert isinstance(asked, DrawPlan)
        assert asked.brief is not None


@pytest.mark.parametrize(("words", "kind"), CHANGES)
def test_a_change_is_one_of_the_open_plan(
    words: str, kind: type[PlanEdit], small_plan: Plan
) -> None:
    asked = read_request(words, small_plan)
    assert isinstance(asked, ChangePlan)
    assert [type(edit) for edit in asked.edits] == [kind]
    assert not isinstance(read_request(words, None), ChangePlan)


@pytest.mark.parametrize("words", TALK)
def test_talk_asks_for_nothing(words: str, small_plan: Plan) -> None:
    assert read_request(words, None) is None
    assert read_request(words, small_plan) is None


def test_several_sentences_are_done_together_or_not_at_all(small_plan: Plan) -> None:
    asked = read_request("Thanks! Make the kitchen bigger. Then add a study.", small_plan)
    assert isinstance(asked, ChangePlan)
    assert [type(edit) for edit in asked.edits] == [ResizeRoom, AddRoom]
    asked = read_request("Add a study. Swap the kitchen.", small_plan)
    assert asked == ChangePlan(problem="Which two rooms change places?")
    assert read_request("Draw something nice", None) != read_request("hello", None)


@pytest.mark.parametrize(
    "words", ["yes", "Yes, please!", "ok", "Go ahead.", "好", "好的。", "可以，谢谢"]
)
def test_a_yes_is_nothing_else(words: str) -> None:
    assert says_yes(words)
    assert not says_no(words)
    for more in (f"{words} but smaller", f"not {words}"):
        assert not says_yes(more)


@pytest.mark.parametrize("words", ["no", "No thanks.", "not now", "不用了", "算了", "不要，谢谢"])
def test_a_no_is_nothing_else(words: str) -> None:
    assert says_no(words)
    assert not says_yes(words)
