"""Places in the log: kept, named when erased, handed out once, and given after a certain entry."""

import asyncio

import pytest
import sqlalchemy as sa

from tau.errors import Conflict, DamagedEntry, NotFound, SequenceConflict, StoreUnavailable
from tau.journal.entries import (
    EntriesForgotten,
    MessageAdded,
    RawEntry,
    Record,
    UnknownEntry,
    encode,
)
from tau.journal.journal import Journal
from tau.journal.store import SealedEntry, SealedSnapshot, Store, Write
from tau.storage import scrubbing
from tau.storage.database import Database
from tau.storage.schema import entries, snapshots
from tau.storage.sealing import SecretBox, entry_place

pytestmark = pytest.mark.anyio
KEY = bytes(32)


def said(text: str) -> MessageAdded:
    return MessageAdded(at=1.0, id=text, conversation="c", by="person", text=text)


def told(record: Record | DamagedEntry) -> str:
    """An entry in a word: what it says, or what became of it."""
    if isinstance(record, DamagedEntry):
        return "damaged"
    entry = record.entry
    return entry.text if isinstance(entry, MessageAdded) else getattr(entry, "kind", "forgot")


async def log_of(store: Store, after: int = 0) -> list[str]:
    return [told(record) async for record in Journal(store, "ada", KEY).read(after)]


# After a certain entry


async def test_an_append_after_the_newest_entry_is_written_and_moves_the_place(
    journal: Journal, store: Store
) -> None:
    (first,) = await journal.append(said("a"), after=0)
    await journal.append(said("b"), said("c"), after=first.seq)
    await journal.append(said("d"), after=3)
    assert await log_of(store) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("after", [0, 1, 3, -1])
async def test_an_append_after_any_other_entry_writes_nothing(
    journal: Journal, store: Store, after: int
) -> None:
    await journal.append(said("a"), said("b"))
    with pytest.raises(Conflict, match="in the meantime"):
        await journal.append(said("late"), said("later"), after=after)
    assert await log_of(store) == ["a", "b"]
    await journal.append(said("c"), after=2)  # the journal is not spoiled by it
    assert journal.last == 3


async def test_of_many_that_want_the_same_place_one_gets_it(journal: Journal, store: Store) -> None:
    asked = [journal.append(said(name), after=0) for name in "abcdef"]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 5
    assert len(await log_of(store)) == 1


async def test_two_processes_that_want_the_same_place_do_not_both_get_it(store: Store) -> None:
    one, two = Journal(store, "ada", KEY), Journal(store, "ada", KEY)
    for journal in (one, two):
        await journal.catch_up()
    outcomes = await asyncio.gather(
        one.append(said("a"), after=0), two.append(said("b"), after=0), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "list"]
    assert len(await log_of(store)) == 1


async def test_a_refused_place_erases_nothing(journal: Journal, store: Store) -> None:
    await journal.append(said("a"), said("b"))
    with pytest.raises(Conflict):
        await journal.append(EntriesForgotten(at=2.0, targets=(1,)), erase=(1,), after=1)
    assert await log_of(store) == ["a", "b"]
    assert journal.erased == set()


# Entries of elsewhere


async def test_what_was_brought_lies_sealed_like_everything_else(
    journal: Journal, sqlite_database: Database
) -> None:
    await journal.append(RawEntry(encode(said("a very private word"))), RawEntry(None))
    rows = await sqlite_database.run(
        lambda c: list(c.execute(sa.select(entries.c.sealed).order_by(entries.c.seq)).scalars())
    )
    assert rows[1] is None
    assert b"private" not in rows[0]


async def test_an_entry_without_a_time_of_its_own_has_that_of_its_writing(store: Store) -> None:
    journal = Journal(store, "ada", KEY)
    old, new, erased = await journal.append(
        RawEntry(encode(said("a")), at=5.0), said("b"), RawEntry(None)
    )
    assert old.at == 5.0
    assert new.at == erased.at > 5.0
    assert erased.entry == UnknownEntry(kind="erased", at=new.at)
    assert [row.at for row in await store.read("ada", 0, 9)] == [5.0, new.at, new.at]


async def test_bytes_that_are_no_entry_are_named_when_read_and_hinder_nothing(
    journal: Journal, store: Store
) -> None:
    await journal.append(said("a"))
    write = Write(
        person="ada", expected=1, sealed=[SecretBox(KEY).seal(b"\xc1", entry_place("ada", 2))]
    )
    await store.append(write)
    await journal.append(said("c"))
    assert await log_of(store) == ["a", "damaged", "c"]
    assert {seq: error.reason for seq, error in journal.damaged.items()} == {2: "it isn't an entry"}
    assert journal.last == 3


# Erased places


async def test_a_forgotten_entry_keeps_its_place_and_its_time(
    journal: Journal, store: Store
) -> None:
    before = await journal.append(said("a"), said("b"), said("c"))
    record = await journal.forget([2, 2], at=9.0)
    assert record.entry == EntriesForgotten(at=9.0, targets=(2,))
    assert await log_of(store) == ["a", "erased", "c", "forgot"]
    rows = await store.read("ada", 1, 1)
    assert rows == [SealedEntry(2, None, before[1].at)]
    assert await store.erased("ada") == 1


async def test_every_reader_learns_which_entries_are_erased(journal: Journal, store: Store) -> None:
    other = Journal(store, "ada", KEY)
    await other.catch_up()
    await journal.append(said("a"), said("b"), RawEntry(None))
    await journal.forget([1], at=9.0)
    await other.catch_up()
    assert journal.erased == other.erased == {1, 3}
    journal.reset()
    assert (journal.last, journal.erased) == (0, set())
    await journal.catch_up()
    assert (journal.last, journal.erased) == (4, {1, 3})


@pytest.mark.parametrize("seqs", [[], [0], [-1], [1, 3], [99]])
async def test_what_is_not_there_cannot_be_forgotten_and_the_rest_stays(
    journal: Journal, store: Store, seqs: list[int]
) -> None:
    await journal.append(said("a"), said("b"))
    with pytest.raises(NotFound):
        await journal.forget(seqs, at=9.0)
    assert await log_of(store) == ["a", "b"]


async def test_reading_after_an_entry_gives_what_follows_it(journal: Journal, store: Store) -> None:
    await journal.append(*(said(name) for name in "abcd"))
    await journal.forget([3], at=9.0)
    assert await log_of(store, after=2) == ["erased", "d", "forgot"]
    assert await log_of(store, after=5) == []


async def test_a_place_that_was_taken_away_is_not_taken_for_an_erased_one(
    journal: Journal, store: Store, sqlite_database: Database
) -> None:
    await journal.append(*(said(name) for name in "abcd"))
    gone = sa.delete(entries).where(entries.c.seq.in_([1, 3]))
    await sqlite_database.run(lambda c: c.execute(gone))
    assert await log_of(store) == ["damaged", "b", "damaged", "d"]
    again = Journal(store, "ada", KEY)
    await again.catch_up()
    assert {seq: error.reason for seq, error in again.damaged.items()} == {
        1: "it is missing",
        3: "it is missing",
    }
    assert again.erased == set()


# The store


async def test_erasing_more_than_one_statement_can_name(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tau.journal.sql_commits._MOST_VALUES_IN_A_STATEMENT", 3)
    await store.append(Write(person="ada", expected=0, sealed=[b"x"] * 10))
    erase = [2, 3, 4, 5, 6, 7, 9]
    await store.append(Write(person="ada", expected=10, sealed=[b"y"], erase=erase))
    rows = await store.read("ada", 0, 20)
    assert [row.seq for row in rows if row.sealed is None] == erase


async def test_a_store_that_forgot_where_logs_end_looks_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tau.journal.sql_commits._MOST_HEADS_REMEMBERED", 1)
    for number in range(3):
        for person in ("ada", "bob", "cleo"):
            await store.append(Write(person=person, expected=number, sealed=[b"x"]))
    assert [await store.last(person) for person in ("ada", "bob", "cleo", "dan")] == [3, 3, 3, 0]


async def test_a_write_too_early_and_one_too_late_are_refused(store: Store) -> None:
    await store.append(Write(person="ada", expected=0, sealed=[b"1", b"2"]))
    for expected in (0, 1, 3):
        with pytest.raises(SequenceConflict):
            await store.append(Write(person="ada", expected=expected, sealed=[b"x"]))
    assert await store.last("ada") == 2
    assert await store.erased("ada") == 0


async def test_each_erasure_drops_the_snapshot_of_that_person_alone(
    store: Store, sqlite_database: Database
) -> None:
    for person in ("ada", "bob"):
        await store.append(Write(person=person, expected=0, sealed=[b"1"]))
        part = {"words": SealedSnapshot(1, b"sealed")}
        assert await store.save_snapshot(person, part, set(), 0)
    await store.append(Write(person="ada", expected=1, sealed=[b"2"], erase=[1]))
    assert await store.load_snapshot("ada") == {}
    assert await store.load_snapshot("bob") == {"words": SealedSnapshot(1, b"sealed")}
    assert not await store.save_snapshot("ada", part, set(), 0)  # made before the erasure
    assert await store.save_snapshot("ada", part, set(), 1)
    await store.drop_snapshot("ada")
    left = await sqlite_database.run(
        lambda c: list(c.execute(sa.select(snapshots.c.person)).scalars())
    )
    assert left == ["bob"]


async def test_a_closed_store_says_so(store: Store) -> None:
    await store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.append(Write(person="ada", expected=0, sealed=[b"1"]))


# Traces


def is_marked(connection: sa.Connection) -> bool:
    return bool(connection.exec_driver_sql("SELECT count(*) FROM erasures").scalar())


async def test_an_erasure_that_is_undone_leaves_no_mark(sqlite_database: Database) -> None:
    def fail(connection: sa.Connection) -> None:
        scrubbing.mark_unclean(connection)
        raise KeyError("undone")

    with pytest.raises(KeyError, match="undone"):
        await sqlite_database.run(fail)
    assert not await sqlite_database.run(is_marked)


async def test_the_mark_goes_once_the_traces_are_gone(sqlite_database: Database) -> None:
    await sqlite_database.run(scrubbing.mark_unclean)
    assert await sqlite_database.run(is_marked)
    await sqlite_database.scrub()
    assert not await sqlite_database.run(is_marked)


async def test_traces_that_somebody_still_reads_stay_marked_and_do_not_fail_the_erasure(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def busy(*_: object) -> None:
        raise StoreUnavailable("Traces of what was erased are still being read; they go later.")

    store = Store(sqlite_database)
    monkeypatch.setattr(scrubbing, "scrub", busy)
    await store.append(Write(person="ada", expected=0, sealed=[b"1"]))
    await store.append(Write(person="ada", expected=1, sealed=[b"2"], erase=[1]))
    await store.close()
    assert "go later" in caplog.text
    assert await sqlite_database.run(is_marked)
    await asyncio.to_thread(
        sqlite_database.finish_scrubbing_blocking
    )  # still busy: no reason to die
    monkeypatch.undo()
    await asyncio.to_thread(sqlite_database.finish_scrubbing_blocking)
    assert not await sqlite_database.run(is_marked)
