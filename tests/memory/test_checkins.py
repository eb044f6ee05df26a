"""Check-ins and questionnaires in a memory: folded, kept in snapshots, and forgotten for good."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import NotFound
from tau.journal.entries import CheckedIn, EntriesForgotten, Entry, QuestionnaireAnswered, Record
from tau.memory import Memory
from tau.memory.erasure_plan import plan_erasure
from tau.memory.erasure_request import ErasureRequest, select_targets

_IDS = st.sampled_from("abcdef")
_TIMES = st.floats(0, 1e9)
_entries = st.lists(
    st.one_of(
        st.builds(CheckedIn, at=_TIMES, id=_IDS, mood=st.integers(1, 5), words=st.text(max_size=5)),
        st.builds(
            QuestionnaireAnswered, at=_TIMES, id=_IDS, name=st.just("phq-9"), score=st.just(3)
        ),
    ),
    max_size=8,
)


def fold(entries: list[Entry]) -> Memory:
    memory = Memory()
    for seq, entry in enumerate(entries, 1):
        memory.apply(Record(seq, entry.at, entry, b""))
    return memory


def told(memory: Memory) -> list[object]:
    return [*memory.checkins.moods(), *memory.checkins.questionnaires()]


@given(_entries, st.sets(st.integers(1, 8)))
def test_what_is_forgotten_is_as_if_it_had_not_been(
    entries: list[Entry], targets: set[int]
) -> None:
    unique = list({entry.id: entry for entry in entries if hasattr(entry, "id")}.values())
    memory = fold([*unique, EntriesForgotten(at=0.0, targets=tuple(targets))])
    left = [entry for seq, entry in enumerate(unique, 1) if seq not in targets]
    assert told(memory) == told(fold(left))


@given(_entries)
def test_a_snapshot_keeps_all_of_it(entries: list[Entry]) -> None:
    memory = fold(entries)
    again = Memory.restore(memory.dump())
    assert told(again) == told(memory)
    assert [again.checkins.seq(one.id) for one in again.checkins.moods()] == [
        memory.checkins.seq(one.id) for one in memory.checkins.moods()
    ]


def test_they_are_in_the_order_of_their_times_and_an_id_counts_once() -> None:
    memory = fold(
        [
            CheckedIn(at=20.0, id="b", mood=2),
            CheckedIn(at=10.0, id="a", mood=4, words="slept"),
            CheckedIn(at=30.0, id="a", mood=1),
        ]
    )
    assert [(one.id, one.mood) for one in memory.checkins.moods()] == [("a", 4), ("b", 2)]


def test_forgetting_by_id_and_by_period_takes_them() -> None:
    memory = fold(
        [
            CheckedIn(at=10.0, id="a", mood=4),
            QuestionnaireAnswered(at=20.0, id="b", name="gad-7", answers=(1,) * 7, score=7),
            CheckedIn(at=30.0, id="c", mood=1),
        ]
    )
    by_id = plan_erasure(memory, select_targets(memory, ErasureRequest(checkins=("b", "a"))))
    assert by_id.seqs == (1, 2)
    by_period = select_targets(memory, ErasureRequest(since=20.0, until=math.inf))
    assert plan_erasure(memory, by_period).seqs == (2, 3)
    with pytest.raises(NotFound):
        select_targets(memory, ErasureRequest(checkins=("x",)))
