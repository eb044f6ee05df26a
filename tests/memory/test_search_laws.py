"""Laws of search, for any journal with facts in it; and whose day a question means."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.journal.entries import Claim, ClaimLearned, EntriesForgotten, FactJudged, Record
from tau.memory import Memory, Passage
from tau.text.excerpts import estimate_tokens

from .naive import IDS, TEXTS, logs, records, said

QUERIES = st.sampled_from(
    (
        "Where does my sister live?",
        "我的妹妹住在哪里",
        "What did Ana say about Porto?",
        "when did you recommend Porto?",
        "三天前在里斯本",
        "on 1 January 1970 or on 5 January 1970",
        "🙂",
        "",
    )
)
CLAIMS = ("Lives in Porto", "住在里斯本", "Sister: Mia", "Likes más")


@st.composite
def lives(draw: st.DrawFn) -> list[Record]:
    """A journal with claims and verdicts after what was said, some of it forgotten again."""
    log = draw(logs)
    seq = len(log)
    more: list[ClaimLearned | FactJudged | EntriesForgotten] = []
    for number in range(draw(st.integers(0, 6))):
        name, text = f"f{number}", draw(st.sampled_from(CLAIMS))
        sources = tuple(draw(st.lists(st.sampled_from(IDS), max_size=2)))
        slot = draw(st.sampled_from(("", "home")))
        claim = Claim(topic="other", text=text, slot=slot, value=text)
        trust = draw(st.sampled_from(("own", "waiting")))
        more.append(ClaimLearned(at=1.0, id=name, claim=claim, sources=sources, trust=trust))  # type: ignore[arg-type]
        if draw(st.booleans()):
            verdict = draw(st.sampled_from(("rejected", "approved", "confirmed")))
            more.append(FactJudged(at=2.0, id=f"j{number}", fact=name, verdict=verdict))  # type: ignore[arg-type]
    targets = draw(st.lists(st.integers(1, seq + len(more) + 1), max_size=5))
    more.append(EntriesForgotten(at=3.0, targets=tuple(targets)))
    return [*log, *records(*more, start=seq + 1)]


def fold(log: list[Record]) -> Memory:
    memory = Memory()
    for record in log:
        memory.apply(record)
    return memory


def embedded(memory: Memory) -> Memory:
    lacking = memory.messages_to_embed("m", 100)
    rows = [np.random.default_rng(len(m.text)).normal(size=4) for m in lacking]
    memory.add_vectors("m", [m.id for m in lacking], np.array(rows, np.float32).reshape(-1, 4))
    return memory


VECTOR = np.array([1, 2, 3, 4], np.float32)


@given(lives(), QUERIES)
def test_looking_changes_nothing(log: list[Record], query: str) -> None:
    memory = embedded(fold(log))
    before = memory.dump()
    first = memory.search(query, vector=VECTOR, now=1e6)
    assert memory.search(query, vector=VECTOR, now=1e6) == first
    memory.search_facts(query, 1e6)
    memory.signals(query, vector=VECTOR)
    assert memory.dump() == before


@given(lives(), QUERIES, st.integers(0, 8))
def test_asking_for_fewer_gives_the_best_of_more(log: list[Record], query: str, few: int) -> None:
    memory = embedded(fold(log))
    many = memory.search(query, vector=VECTOR, now=1e6, limit=30)
    assert memory.search(query, vector=VECTOR, now=1e6, limit=few) == many[:few]


@given(lives(), QUERIES, st.integers(0, 60), st.integers(1, 8))
def test_a_budget_is_kept(log: list[Record], query: str, tokens: int, limit: int) -> None:
    memory = fold(log)
    found = memory.search(query, now=1e6, limit=limit, tokens=tokens)
    assert len(found) <= limit
    assert sum(estimate_tokens(each.message.text) for each in found) <= tokens
    free = {each.message.id for each in memory.search(query, now=1e6, limit=30)}
    assert {each.message.id for each in found} <= free


@given(lives(), QUERIES, st.sets(st.sampled_from(IDS)))
def test_what_is_excluded_is_left_out_and_brings_nothing_else(
    log: list[Record], query: str, unwanted: set[str]
) -> None:
    memory = fold(log)
    every = memory.search(query, now=1e6, limit=30)
    assert memory.search(query, now=1e6, limit=30, exclude={"nobody"}) == every
    left = {each.message.id for each in memory.search(query, now=1e6, limit=30, exclude=unwanted)}
    assert left <= {each.message.id for each in every} - unwanted


@given(lives(), QUERIES)
def test_what_is_forgotten_is_not_told_by_any_way(log: list[Record], query: str) -> None:
    memory = embedded(fold(log))
    living = {message.id for message in memory.messages}
    known = {fact.text for fact in memory.facts.all()}
    for passage in memory.search(query, vector=VECTOR, now=1e6, limit=30):
        near = (passage.message, passage.before, passage.after)
        assert {message.id for message in near if message} <= living
        facts = {r.removeprefix("fact: ") for r in passage.reasons if r.startswith("fact: ")}
        assert facts <= known


@given(lives(), QUERIES)
def test_what_is_forgotten_word_for_word_is_found_by_no_word(log: list[Record], query: str) -> None:
    memory = fold(log)
    seqs = tuple(message.seq for message in memory.messages if message.text in TEXTS[:2])
    claims = tuple(seq for seq, each in memory.facts.entries() if isinstance(each, ClaimLearned))
    memory.apply(
        Record(memory.last + 1, 0.0, EntriesForgotten(at=4.0, targets=(*seqs, *claims)), b"")
    )
    for found in memory.search("Porto sister lives 里斯本 妹妹", now=1e6, limit=30):
        assert found.message.text not in TEXTS[:2]
        assert not any(reason.startswith("fact: ") for reason in found.reasons)
    assert memory.search_facts(query, 1e6) == []


@given(lives(), QUERIES, st.integers(0, 40))
def test_a_restart_in_between_changes_no_answer(log: list[Record], query: str, cut: int) -> None:
    straight = embedded(fold(log))
    again = Memory.restore(fold(log[:cut]).dump())
    for record in log[cut:]:
        again.apply(record)
    embedded(again)

    def answer(memory: Memory) -> list[Passage]:
        return memory.search(query, vector=VECTOR, now=1e6, limit=30)

    assert answer(again) == answer(straight)
    assert again.search_facts(query, 1e6) == straight.search_facts(query, 1e6)


@given(lives(), QUERIES)
def test_records_told_twice_count_once(log: list[Record], query: str) -> None:
    twice = [each for record in log for each in (record, record)]
    assert fold([*twice, *log]).dump() == fold(log).dump()
    assert fold(twice).search(query, now=1e6) == fold(log).search(query, now=1e6)


# --- whose day it is ------------------------------------------------------------------------


def diary(zone: ZoneInfo) -> Memory:
    """A noon of each day of a week, where the person is."""
    memory = Memory()
    for day, text in enumerate(["swam", "painted", "baked", "rowed", "slept", "sang", "ran"], 13):
        memory.remember(text, at=datetime(2023, 8, day, 12, tzinfo=zone).timestamp())
    return memory


@pytest.mark.parametrize(
    ("name", "hour"),
    [
        ("Asia/Shanghai", 7),
        ("Asia/Shanghai", 23),
        ("America/Los_Angeles", 20),
        ("America/Los_Angeles", 0),
        ("Pacific/Kiritimati", 1),
        ("UTC", 12),
    ],
)
@pytest.mark.parametrize("query", ["what did I do yesterday?", "昨天我做了什么"])
def test_yesterday_is_the_person_s_yesterday(name: str, hour: int, query: str) -> None:
    zone = ZoneInfo(name)
    now = datetime(2023, 8, 17, hour, 30, tzinfo=zone)
    best = diary(zone).search(query, now=now, limit=1)
    assert [each.message.text for each in best] == ["rowed"]


def test_each_message_tells_the_time_that_it_was_found_by() -> None:
    zone = ZoneInfo("UTC")
    now = datetime(2023, 8, 19, 12, tzinfo=zone)
    found = diary(zone).search("who came on 13 August and on 18 August?", now=now)
    told = {each.message.text: [r for r in each.reasons if "time" in r] for each in found}
    assert told["swam"] == ["time: on 13 August"]
    assert told["sang"] == ["time: on 18 August"]


def test_a_message_at_midnight_is_of_the_day_that_begins() -> None:
    zone = ZoneInfo("Europe/Berlin")
    midnight = datetime(2023, 8, 16, tzinfo=zone)
    memory = Memory()
    memory.remember("last of Tuesday", at=midnight.timestamp() - 0.001)
    memory.remember("first of Wednesday", at=midnight.timestamp())
    now = midnight + timedelta(days=1, hours=12)
    found = memory.search("yesterday", now=now)
    assert [each.message.text for each in found] == ["first of Wednesday"]


def test_the_newest_message_is_now_where_nobody_says_when() -> None:
    memory = Memory()
    memory.remember("painted the fence", at=datetime(2020, 5, 3, 12).timestamp())
    memory.remember("swam", at=datetime(2020, 5, 4, 12).timestamp())
    assert [each.message.text for each in memory.search("yesterday")] == ["painted the fence"]


def test_messages_of_impossible_times_are_found_all_the_same() -> None:
    memory = Memory()
    odd = (float("nan"), float("inf"), -1e300, 1e300, -5.0)
    for number, at in enumerate(odd):
        memory.apply(
            records(said(f"m{number}", f"heron {number}", at=at, parent="?"), start=number + 1)[0]
        )
    found = memory.search("heron yesterday", now=1e9)
    assert {each.message.text for each in found} == {f"heron {n}" for n in range(len(odd))}
    assert all(np.isfinite(each.score) for each in found)
    assert len(Memory.restore(memory.dump()).search("heron")) == len(odd)
