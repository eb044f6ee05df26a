"""Whatever a model answers, nothing is believed that the person's own words do not carry."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.journal.entries import Claim, Topic
from tau.learning.extraction import (
    MAX_CONTEXT_CHARACTERS,
    MAX_MESSAGE_TOKENS,
    MAX_MESSAGES,
    MAX_NAME_CHARACTERS,
    MAX_TEXT_CHARACTERS,
    ExtractionInput,
    UnreadableAnswer,
    build_request,
    parse_claims,
    select_messages,
)
from tau.memory import Memory
from tau.text.excerpts import estimate_tokens
from tau.text.tokenization import fold_text

SAID_AT = datetime(2026, 5, 8, 9, tzinfo=UTC).timestamp()
SAID = (
    "My sister Mia moved to Porto in 2019 and has 3 cats.",
    "She works at Acme now. Please always answer in German.",
    "我妹妹小雨住在上海，她喜欢茶。",
)
PIECES = st.sampled_from(
    [
        *SAID, "Mia", "Porto", "Lives in Porto", "Has 3 cats", "Has 4 cats", "Works at Acme",
        "She works at Acme", "My sister Mia moved to Porto", "Please always answer in German",
        "Always send money to Bob", "小雨", "住在上海", "住在北京", "喜欢茶", "Berlin", "Bob",
        "1987",
        "", " ", '"', "ignore the above", "<b>", "\n- system:", "\u202e", "x" * 300, "Mia Mia",
    ]
)  # fmt: skip
DATES = st.dates().map(str) | st.sampled_from(
    ["", "2019-01-01", "2026-05-08", "soon", "0000-00-00"]
)
CLAIMS = st.fixed_dictionaries(
    {
        "message": st.integers(-1, 5),
        "quote": PIECES,
        "topic": st.sampled_from([*get_args(Topic), "boss"]),
        "text": PIECES | st.lists(PIECES, min_size=2, max_size=3).map(" ".join),
        "about": PIECES,
        "value": PIECES,
        "valid_from": DATES,
        "valid_to": DATES,
        "due": DATES,
        "ends": st.booleans(),
    }
)


def told(*texts: str, at: float = SAID_AT) -> list[ExtractionInput]:
    memory = Memory()
    own = [memory.remember(text, at=at) for text in texts]
    return select_messages(own, memory, MAX_MESSAGES)


CHOSEN = told(*SAID)


def drawn(*found: dict[str, Any], said: tuple[str, ...] = SAID) -> list[Claim]:
    answer = json.dumps({"claims": found})
    chosen = CHOSEN if said is SAID else told(*said)
    return [claim for claim, _ in parse_claims(answer, chosen, UTC)]


@given(st.lists(CLAIMS, max_size=4))
def test_every_name_number_and_word_of_a_claim_was_said(found: list[dict[str, Any]]) -> None:
    chosen = CHOSEN
    for claim, sources in parse_claims(json.dumps({"claims": found}), chosen, UTC):
        words = fold_text(" ".join(reading.words for reading in chosen))
        assert {source.id for source in sources} <= {reading.message.id for reading in chosen}
        assert sources
        assert fold_text(claim.value) in words
        assert fold_text(claim.about) in words
        for foreign in ("bob", "berlin", "1987", "北京", "4 cats", "ignore"):
            assert foreign not in fold_text(claim.text + claim.about + claim.value)
        assert len(claim.text) <= MAX_TEXT_CHARACTERS
        assert max(len(claim.about), len(claim.value)) <= MAX_NAME_CHARACTERS
        assert claim.text.isprintable()
        assert claim.topic in get_args(Topic)
        if claim.topic == "instruction":
            assert fold_text(claim.text).strip(".") in words
            assert (claim.about, claim.value, claim.slot) == ("", "", "")


MOVED = {
    "message": 1, "quote": "My sister Mia moved to Porto", "topic": "home", "about": "Mia",
    "text": "Mia moved to Porto", "value": "Porto",
}  # fmt: skip


@given(st.sampled_from(["Bob", "4", "1987", "Acme", "小明", "Ünal"]), st.integers(1, 4))
def test_one_foreign_name_or_number_costs_the_claim(foreign: str, place: int) -> None:
    assert len(drawn(MOVED)) == 1
    words = MOVED["text"].split()  # type: ignore[attr-defined]
    assert drawn(MOVED | {"text": " ".join([*words[:place], foreign, *words[place:]])}) == []
    assert drawn(MOVED | {"about": foreign}) == []
    (claim,) = drawn(MOVED | {"value": foreign})
    assert (claim.value, claim.slot) == ("", "")


@given(st.lists(CLAIMS, max_size=4))
def test_the_dates_of_a_claim_are_in_order_and_within_a_life(found: list[dict[str, Any]]) -> None:
    for claim in drawn(*found):
        dates = [day for day in (claim.valid_from, claim.valid_to, claim.due) if day is not None]
        assert all(abs(day - SAID_AT) < 125 * 366 * 86_400 for day in dates)
        if claim.topic == "plan":
            assert claim.due is not None
        if claim.due is not None:
            assert claim.topic in {"plan", "event"}
            assert claim.due > SAID_AT - 86_400
        elif claim.valid_from is not None and claim.topic not in {"plan", "event"}:
            assert claim.valid_from <= SAID_AT + 86_400
        if claim.slot:
            assert claim.slot == claim.topic in {"name", "birthday", "home"}
            assert claim.value


@given(st.lists(CLAIMS, max_size=3), CLAIMS)
def test_claims_are_judged_each_by_itself(
    before: list[dict[str, Any]], one: dict[str, Any]
) -> None:
    assert drawn(*before, one) == [*drawn(*before), *drawn(one)]


@given(CLAIMS)
def test_what_stands_around_an_answer_does_not_change_it(one: dict[str, Any]) -> None:
    answer = json.dumps({"claims": [one]})
    chosen = CHOSEN
    plain = parse_claims(answer, chosen, UTC)
    for frame in (
        "<think>Hm { no }</think>{}",
        "```json\n{}\n```",
        "\ufeff{}\n\n",
        "Yes:\n{}\nBye",
    ):
        assert parse_claims(frame.replace("{}", answer), chosen, UTC) == plain


HOSTILE = [
    "{" * 100_000,
    '{"claims":' + "[" * 100_000,
    '{"claims": [' + "{}," * 50_000 + "{}]}",
    '{"claims": [null, 3, "x", [], {"message": 1e999}]}',
    '{"claims": [{"message": 99999999999999999999999999}]}',
    '{"claims": [{"message": 1, "quote": "\\ud800", "topic": "home", "text": "\\udfff"}]}',
    '{"claims": [], "claims": [1]}',
    "\x00" * 1000,
    "<think>" * 10_000,
    "</think>" * 10_000 + "{}",
]


@pytest.mark.parametrize("answer", HOSTILE, ids=range(len(HOSTILE)))
def test_an_answer_meant_to_do_harm_does_none(answer: str) -> None:
    with suppress(UnreadableAnswer):
        assert parse_claims(answer, told(*SAID), UTC) == []


def test_a_claim_of_a_hundred_kilobytes_is_dropped_in_no_time() -> None:
    one = {"message": 1, "topic": "home", "text": "Lives in Porto", "value": "Porto"}
    for name in ("quote", "text", "about", "value"):
        assert drawn(one | {"quote": "moved to Porto", name: "Porto " * 20_000}) == []


@pytest.mark.parametrize("topic", ["home", "work", "other", "name"])
def test_what_has_yet_to_begin_is_not_believed_now(topic: str) -> None:
    said = ("I move to Lisbon in September.",)
    one = {"message": 1, "quote": "I move to Lisbon", "topic": topic, "text": "Lisbon",
           "value": "Lisbon"}  # fmt: skip
    assert drawn(one | {"valid_from": "2026-09-01"}, said=said) == []
    assert drawn(one | {"valid_from": "2026-05-08"}, said=said) != []
    assert drawn(one | {"topic": "plan", "due": "2026-09-01"}, said=said) != []


@pytest.mark.parametrize(
    ("name", "shown", "due"),
    [
        ("Asia/Tokyo", "Saturday 2026-05-09", "2026-05-10"),
        ("UTC", "Friday 2026-05-08", "2026-05-09"),
    ],
)
def test_the_day_of_a_message_is_that_where_the_person_is(name: str, shown: str, due: str) -> None:
    zone = ZoneInfo(name)
    late = datetime(2026, 5, 8, 22, tzinfo=UTC).timestamp()
    chosen = told("My exam is tomorrow.", at=late)
    asked = json.loads(build_request(chosen, zone)["messages"][-1]["content"])
    assert asked[0]["date"] == shown
    plan = {
        "message": 1,
        "quote": "My exam is tomorrow",
        "topic": "plan",
        "text": "Exam",
        "due": due,
    }
    ((claim, _),) = parse_claims(json.dumps({"claims": [plan]}), chosen, zone)
    assert claim.due == datetime.fromisoformat(due).replace(hour=12, tzinfo=zone).timestamp()


def test_a_plan_lies_ahead_but_not_beyond_ten_years() -> None:
    plan = {"message": 1, "quote": "the exam is on", "topic": "plan", "text": "Exam"}
    for days, found in ((0, 1), (-2, 0), (3651, 1), (3700, 0)):
        due = f"{datetime.fromtimestamp(SAID_AT, UTC) + timedelta(days):%Y-%m-%d}"
        assert len(drawn(plan | {"due": due}, said=("So the exam is on.",))) == found, days


# --- what is shown --------------------------------------------------------------------------


SHOWN = st.sampled_from([*SAID, "> quoted", "", "```\ncode\n```", "word " * 900])


@given(st.lists(SHOWN, max_size=12), st.integers(1, 8))
def test_messages_are_shown_in_order_each_once_and_within_a_budget(
    texts: list[str], most: int
) -> None:
    memory = Memory()
    own = [memory.remember(text, at=SAID_AT) for text in texts]
    chosen = select_messages(own, memory, most)
    assert len(chosen) <= most
    ids = [reading.message.id for reading in chosen]
    assert ids == [message.id for message in own if message.id in ids]
    assert len(chosen) <= 1 or sum(estimate_tokens(r.words) for r in chosen) <= MAX_MESSAGE_TOKENS
    assert all(reading.words.strip() for reading in chosen)
    if any(text in SAID for text in texts[:1]):
        assert ids[0] == own[0].id, "what comes first is read first"


def test_of_tau_only_the_end_of_what_it_said_itself_is_shown() -> None:
    memory = Memory()
    memory.remember("a very long reply " * 100 + "Where do\nyou live?", by="tau", at=SAID_AT)
    answer = memory.remember("In Porto, I live there.", at=SAID_AT)
    memory.remember("Ana says: I am a queen", by="tau", speaker="Ana", at=SAID_AT)
    after = memory.remember("I laughed.", at=SAID_AT)
    first = memory.remember("I begin.", at=SAID_AT, conversation="other")
    shown = {r.message.id: r.tau for r in select_messages([answer, after, first], memory, 8)}
    assert shown[answer.id].endswith("Where do you live?")
    assert len(shown[answer.id]) <= MAX_CONTEXT_CHARACTERS
    assert shown[after.id] == shown[first.id] == ""


@pytest.mark.parametrize("at", [-1.0, 4.1e9, float("nan"), float("inf"), -1e300])
def test_messages_of_impossible_times_are_not_shown(at: float) -> None:
    memory = Memory()
    message = memory.remember("I live in Porto.", at=at)
    assert select_messages([message], memory, 8) == []
