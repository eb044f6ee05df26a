"""What memory has Tau ask about a plan: as a question with its source, never built in."""

import msgspec
import pytest

from tau.experts.acting.plan_questions import (
    PlanQuestion,
    asked_question,
    next_question,
    plan_questions,
)
from tau.experts.sketch.brief import Language
from tau.experts.sketch.edits import AddRoom, MakeAccessible, ResizeRoom
from tau.experts.sketch.plan import Plan
from tau.facts import Fact
from tau.facts.resolution import CARE

SAID_ON = 1_778_600_000.0  # 12 May 2026


def fact(text: str, about: str = "", expert: str | None = None) -> Fact:
    return Fact(
        id=f"fact: {text}",
        topic="other",
        about=about,
        text=text,
        slot="",
        state="current",
        confirmed=False,
        trust="stated",
        asks=False,
        said_on=SAID_ON,
        last_said_on=SAID_ON,
        valid_from=None,
        valid_from_precision=None,
        valid_to=None,
        due=None,
        sources=("m",),
        learned_by="rules",
        corrects=None,
        superseded_by=None,
        revision=1,
        expert=expert,
    )


def ask(text: str, plan: Plan, language: Language = "en", about: str = "") -> list[PlanQuestion]:
    return plan_questions([fact(text, about)], plan, language)


@pytest.mark.parametrize(
    ("text", "about", "asks", "edits"),
    [
        ("Works from home", "", "you work from home: shall I add a study?", (AddRoom,)),
        ("Works remotely as a nurse", "", "shall I add a study?", (AddRoom,)),
        ("在家办公", "", "you work from home", (AddRoom,)),
        ("Uses a wheelchair", "", "you use a wheelchair: shall I make", (MakeAccessible,) * 2),
        (
            "Mother uses a wheelchair",
            "",
            "“Mother uses a wheelchair”: shall",
            (MakeAccessible,) * 2,
        ),
        ("Has a grand piano", "", "you have a piano: shall I make the living", (ResizeRoom,)),
        ("Has three kids", "", "three kids: shall I add two rooms for them?", (AddRoom,) * 2),
        ("Daughters: Mia, Zoe and Lea", "", "three daughters: shall I add two", (AddRoom,) * 2),
        ("有两个女儿", "", "shall I add a child's room?", (AddRoom,)),
    ],
)
def test_a_fact_becomes_a_question_with_its_day(
    text: str, about: str, asks: str, edits: tuple[type, ...], small_plan: Plan
) -> None:
    (question,) = ask(text, small_plan, about=about)
    assert asks in question.text
    assert question.text.startswith("You said on 12 May 2026 that ")
    assert question.fact == f"fact: {text}"
    assert tuple(type(edit) for edit in question.edits) == edits


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("在家办公", "你在2026年5月12日说过你在家办公：要加一间书房吗？"),
        ("坐轮椅", "你坐轮椅：要把卫生间和一间卧室留出轮椅空间吗？"),
        ("有两个女儿", "你有两个女儿：要加一间儿童房吗？"),
        ("有一架钢琴", "你有钢琴：要把客厅加大4㎡放钢琴吗？"),
        ("Works from home", "要加一间书房吗？"),
    ],
)
def test_the_question_is_asked_in_the_language_of_the_talk(
    text: str, asks: str, small_plan: Plan
) -> None:
    (question,) = ask(text, small_plan, "zh")
    assert asks in question.text


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Works from home", "Ana"),
        ("Ana uses a wheelchair", "Ana"),
        ("Plays the piano", ""),
        ("Works at a home for the elderly", ""),
        ("Has two daughters", "Ana"),
        ("Has two dogs", ""),
        ("Lives in a small flat", ""),
    ],
)
def test_what_isnt_theirs_or_needs_no_room_raises_none(
    text: str, about: str, small_plan: Plan
) -> None:
    assert ask(text, small_plan, about=about) == []


def test_what_care_learned_and_what_is_there_raise_none(small_plan: Plan) -> None:
    assert plan_questions([fact("Works from home", expert=CARE)], small_plan, "en") == []
    kitchen = small_plan.rooms[0]
    study = msgspec.structs.replace(kitchen, id="study", kind="study")
    more = msgspec.structs.replace(small_plan, rooms=(*small_plan.rooms, study))
    assert ask("Works from home", more) == []


def test_one_question_at_a_time_the_most_important_first(small_plan: Plan) -> None:
    facts = [fact("Has a piano"), fact("Works from home"), fact("Uses a wheelchair")]
    questions = plan_questions(facts, small_plan, "en")
    assert [one.name for one in questions] == ["wheelchair", "study", "piano"]
    first = next_question(questions, [])
    assert first is questions[0]
    reply = f"Here's a plan.\n\n{first.text}"
    assert next_question(questions, [reply]) is questions[1]
    assert asked_question(questions, reply) is first
    assert asked_question(questions[1:], reply) is None  # the fact is gone
