"""A memory that forgot, and one that reads what is left of the log, are the same memory."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tau.journal.entries import (
    EntriesForgotten,
    Entry,
    FileImported,
    MessageAdded,
    Record,
    UnknownEntry,
)
from tau.memory import Memory
from tau.memory.message_erasure import find_moves

from .naive import CONVERSATIONS, logs, records, said


def live_and_left(log: list[Record]) -> tuple[Memory, list[Record]]:
    """Fold `log`, its forgettings told as a life tells them; return that and what is left of it."""
    memory = Memory()
    seen: set[str] = set()
    left: list[Record] = []
    for record in log:
        entry: Entry | UnknownEntry = record.entry
        if isinstance(entry, MessageAdded):
            if entry.id in seen:
                entry = msgspec.structs.replace(entry, id=f"{entry.id}{record.seq}")
            seen.add(entry.id)
        if isinstance(entry, EntriesForgotten):
            marks = {each.seq for each in left if isinstance(each.entry, EntriesForgotten)}
            wanted = (seq for seq in entry.targets if 0 < seq < record.seq)
            targets = tuple(seq for seq in wanted if seq not in marks)  # nobody forgets forgetting
            entry = EntriesForgotten(
                at=0.0, targets=targets, moved=find_moves(memory.conversations, targets)
            )
            left = [_erased(each) if each.seq in targets else each for each in left]
        left.append(Record(record.seq, record.at, entry, b""))
        memory.apply(left[-1])
    return memory, left


def _erased(record: Record) -> Record:
    return Record(record.seq, record.at, UnknownEntry(kind="erased"), b"")


def told(memory: Memory) -> object:
    return (
        sorted((c.id, c) for c in memory.conversations.all()),
        {c: memory.conversations.thread(c.id) for c in memory.conversations.all()},
        list(memory.messages),
        [memory.messages.of_turn(turn) for turn in ("t1", "t2")],
        [
            (p.message, p.reasons, p.before, p.after)
            for p in memory.search("Porto sister 里斯本 Ana hello", now=1e6, limit=50)
        ],
    )


def trees() -> st.SearchStrategy[list[Record]]:
    """Conversations with edits and retries, forgotten in between."""
    steps = st.lists(
        st.tuples(st.booleans(), st.integers(0, 12), st.lists(st.integers(1, 25), max_size=3)),
        max_size=25,
    )
    return steps.map(_grown)


def _grown(steps: list[tuple[bool, int, list[int]]]) -> list[Record]:
    entries: list[Entry | UnknownEntry] = []
    names: list[str] = []
    for number, (forgets, place, targets) in enumerate(steps):
        if forgets and number > 3:
            entries.append(EntriesForgotten(at=0.0, targets=tuple(targets)))
            continue
        parent = names[-1 - place % len(names)] if names and place % 4 else None
        names.append(f"m{number}")
        entries.append(said(names[-1], f"Porto {number}", parent=parent, at=float(number)))
    return records(*entries)


@settings(max_examples=200)
@given(st.one_of(logs, trees()))
def test_what_is_left_of_a_log_gives_the_memory_that_forgot(log: list[Record]) -> None:
    live, left = live_and_left(log)
    again = Memory()
    for record in left:
        again.apply(record)
    assert told(again) == told(live)
    assert Memory.restore(live.dump()).dump() == live.dump()


def test_an_edit_whose_words_before_are_gone_shows_the_same_thread_again() -> None:
    entries: list[Entry | UnknownEntry] = [
        said("a"),
        said("b", by="tau", parent="a"),
        said("c", parent="b"),
        said("edit"),
        said("reply", by="tau", parent="edit"),
    ]
    live = Memory()
    for record in records(*entries):
        live.apply(record)
    forgot = EntriesForgotten(at=0.0, targets=(2, 4), moved=find_moves(live.conversations, (2, 4)))
    assert forgot.moved == ((3, 1), (5, 0))
    live.apply(records(forgot, start=6)[0])
    again = Memory()
    for seq in (2, 4):
        entries[seq - 1] = UnknownEntry(kind="erased")
    for record in records(*entries, forgot):
        again.apply(record)
    for memory in (live, again):
        assert [message.id for message in memory.conversations.thread("walks")] == ["reply"]
        assert [message.id for message in memory.conversations.all_messages("walks")] == [
            "a",
            "c",
            "reply",
        ]
        assert memory.message("c").parent == "a"
        assert not memory.message("c").visible


def test_moves_of_another_conversation_or_backwards_are_passed_over() -> None:
    memory = Memory()
    for record in records(said("a"), said("b", parent="a"), said("x", conversation="work")):
        memory.apply(record)
    odd = ((1, 2), (2, 3), (1, 1), (9, 1), (2, 9), (2**63, -1))
    memory.apply(records(EntriesForgotten(at=0.0, targets=(), moved=odd), start=4)[0])
    assert [message.id for message in memory.conversations.thread("walks")] == ["a", "b"]
    assert len(CONVERSATIONS) == 2


def test_sittings_are_those_of_a_memory_that_never_knew() -> None:
    hour = 3600.0
    memory = Memory()
    times = (0, 2 * hour, 4 * hour, 4.5 * hour)
    for record in records(*(said(str(n), at=at) for n, at in enumerate(times))):
        memory.apply(record)
    assert memory.messages.session.values.tolist() == [0, 0, 0, 0]
    memory.apply(records(EntriesForgotten(at=0.0, targets=(2,)), start=5)[0])
    living = memory.messages.session.values[[0, 2, 3]].tolist()
    assert living[0] != living[1] == living[2]


def test_a_forgotten_import_is_listed_no_more() -> None:
    memory = Memory()
    begun = FileImported(at=1.0, id="i", origin="chatgpt", name="secret.json")
    ended = msgspec.structs.replace(begun, finished=True, messages=3)
    for record in records(begun, ended):
        memory.apply(record)
    assert [one.finished for one in memory.imports.all()] == [True]
    assert memory.imports.entries_of("i") == [1, 2]
    assert Memory.restore(memory.dump()).imports.all() == memory.imports.all()
    memory.apply(records(EntriesForgotten(at=2.0, targets=(1, 2)), start=3)[0])
    assert memory.imports.all() == []
    assert b"secret" not in b"".join(memory.dump().values())
