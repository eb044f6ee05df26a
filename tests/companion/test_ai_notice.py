"""When a person is reminded that Tau is an AI: derived from their messages, with a given clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.companion.ai_notice import NoticeClock
from tau.ids import new_id
from tau.journal.entries import MessageAdded, Record, encode
from tau.memory import Memory, Message

HOUR = 3600.0
NOW = 1_800_000_000.0


def remembered(times: list[float], *, imported: bool = False) -> Memory:
    memory = Memory()
    for at in times:
        said = MessageAdded(
            at=at,
            id=new_id(),
            conversation="c",
            by="person",
            text="hello",
            imported="i" if imported else None,
        )
        memory.apply(Record(memory.last + 1, at, said, encode(said)))
    return memory


def newest(memory: Memory) -> Message:
    found = memory.messages.by_row[-1]
    assert found is not None
    return found


def is_notice_due(
    words: Message, memories: list[Memory], country: str | None, hours: float
) -> bool:
    return NoticeClock().is_due("ann", words, memories, country, hours)


def due(times: list[float], country: str | None, hours: float = -1) -> bool:
    memory = remembered(times)
    return is_notice_due(newest(memory), [memory], country, hours)


def talk(hours: float, begins: float = NOW) -> list[float]:
    """Return a message every ten minutes for some hours."""
    return [begins + minutes * 60 for minutes in range(0, int(hours * 60) + 1, 10)]


def test_the_first_message_of_all() -> None:
    assert due([NOW], "DE")
    assert not due([NOW, NOW + 60], "DE")


@pytest.mark.parametrize(("country", "expected"), [("US", True), ("CN", True), (None, True)])
def test_a_new_talk_where_the_law_asks_for_it(country: str | None, expected: bool) -> None:
    assert due([NOW, NOW + 5 * HOUR], country) is expected
    assert not due([NOW, NOW + 5 * HOUR, NOW + 5 * HOUR + 60], country)


def test_a_new_talk_elsewhere() -> None:
    assert not due([NOW, NOW + 5 * HOUR], "DE")


@pytest.mark.parametrize(("country", "hours"), [("DE", 3), ("CN", 2)])
def test_every_few_hours_of_talk(country: str, hours: int) -> None:
    assert not due(talk(hours - 0.2), country)
    assert due(talk(hours), country)
    assert not due([*talk(hours), NOW + hours * HOUR + 60], country)
    assert due(talk(2 * hours), country), "and again after as many"


def test_the_owners_hours_replace_them() -> None:
    assert due(talk(1), "DE", 1)
    assert not due(talk(3), "DE", 5)
    assert not due([NOW], "DE", 0), "0 is never"


def test_what_was_imported_or_is_private_counts_for_what_it_is() -> None:
    imported = remembered([NOW - HOUR, NOW - 60], imported=True)
    spoken = remembered([NOW])
    assert is_notice_due(newest(spoken), [imported, spoken], "DE", -1), "nothing was said here yet"
    private = remembered([NOW + 60])
    assert not is_notice_due(newest(private), [spoken, private], "DE", -1)


@given(st.lists(st.sampled_from([60, 1200, 1900, 7000, 20_000]), max_size=40))
def test_a_clock_that_runs_and_one_that_starts_anew_agree(gaps: list[int]) -> None:
    running = NoticeClock()
    for count in range(1, len(gaps) + 2):
        memory = remembered([NOW + sum(gaps[:n]) for n in range(count)])
        words = newest(memory)
        given_now = running.is_due("ann", words, [memory], None, -1)
        assert given_now == is_notice_due(words, [memory], None, -1)
