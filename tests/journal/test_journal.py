"""The log keeps what it acknowledged, in order, once, and notices what was done to it."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from tau.errors import DamagedEntry, NotFound, StoreFull, StoreUnavailable
from tau.journal.entries import Entry, MessageAdded, Record, UnknownEntry
from tau.journal.export import export_jsonl
from tau.journal.journal import Journal
from tau.journal.store import Store
from tau.storage.database import Database
from tau.storage.schema import entries, snapshots
from tau.storage.sealing import SecretBox, entry_place

pytestmark = pytest.mark.anyio
KEY = bytes(32)


def said(text: str) -> MessageAdded:
    return MessageAdded(at=1.0, id=text, conversation="c", by="person", text=text)


def texts(records: list[Record]) -> list[str]:
    return [record.entry.text for record in records if isinstance(record.entry, MessageAdded)]


async def everything(journal: Journal) -> list[Record | DamagedEntry]:
    return [record async for record in journal.read()]


@pytest.fixture
async def store(database: Database) -> AsyncIterator[Store]:
    opened = Store(database)
    yield opened
    await opened.close()


async def test_what_was_appended_is_read_in_order(journal: Journal, store: Store) -> None:
    await journal.append(said("one"), said("two"))
    await journal.append(said("three"))
    read = await everything(Journal(store, "ada", KEY))
    assert [record.seq for record in read] == [1, 2, 3]
    assert texts([r for r in read if isinstance(r, Record)]) == ["one", "two", "three"]


async def test_the_listener_hears_every_record_once_and_in_order(store: Store) -> None:
    heard: list[Record] = []
    journal = Journal(store, "ada", KEY, heard.append)
    await asyncio.gather(*(journal.append(said(str(n)), said(f"{n}b")) for n in range(60)))
    assert [record.seq for record in heard] == list(range(1, 121))
    assert len(set(texts(heard))) == 120


async def test_two_writers_interleave_without_loss(store: Store, database: Database) -> None:
    other_store = Store(database)
    heard: list[Record] = []
    one, two = Journal(store, "ada", KEY, heard.append), Journal(other_store, "ada", KEY)
    for n in range(12):
        await asyncio.gather(one.append(said(f"a{n}")), two.append(said(f"b{n}")))
    await one.catch_up()
    await other_store.close()
    read = [r for r in await everything(one) if isinstance(r, Record)]
    assert [record.seq for record in read] == list(range(1, 25))
    assert sorted(texts(read)) == sorted(f"{w}{n}" for w in "ab" for n in range(12))
    assert texts(heard) == texts(read)


async def test_an_entry_that_slipped_in_between_two_appends_is_told(
    store: Store, database: Database
) -> None:
    heard: list[Record] = []
    journal = Journal(store, "ada", KEY, heard.append)
    await journal.catch_up()
    other_store = Store(database)
    await Journal(other_store, "ada", KEY).append(said("between"))
    await other_store.close()
    # The first is overtaken; the second, sent before that was known, fits after what overtook it.
    first, second = await asyncio.gather(journal.append(said("one")), journal.append(said("two")))
    assert [record.seq for record in heard] == [1, 2, 3]
    assert texts(heard) == ["between", "two", "one"]
    assert [record.seq for record in (*first, *second)] == [3, 2]


async def test_what_is_written_while_another_caller_reads_is_read_too(
    store: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Record] = []
    journal = Journal(store, "ada", KEY, heard.append)
    other_store = Store(database)
    other = Journal(other_store, "ada", KEY)
    await other.append(said("before"))
    reading, may_go_on, read = asyncio.Event(), asyncio.Event(), store.read

    async def slow_read(*place: Any) -> Any:
        if not (rows := await read(*place)):  # the last look, as a write may come just after it
            reading.set()
            await may_go_on.wait()
        return rows

    monkeypatch.setattr(store, "read", slow_read)
    first = asyncio.create_task(journal.catch_up())
    await reading.wait()
    monkeypatch.undo()
    await other.append(said("meanwhile"))
    second = asyncio.create_task(journal.catch_up())
    await asyncio.sleep(0)  # it waits for the first
    may_go_on.set()
    await asyncio.gather(first, second)
    await other_store.close()
    assert texts(heard) == ["before", "meanwhile"]


async def test_persons_do_not_see_each_other(store: Store) -> None:
    ada, bob = Journal(store, "ada", KEY), Journal(store, "bob", KEY)
    await asyncio.gather(ada.append(said("of ada")), bob.append(said("of bob")))
    assert texts([r for r in await everything(bob) if isinstance(r, Record)]) == ["of bob"]


async def test_a_cancelled_append_is_still_told_to_the_listener(store: Store) -> None:
    heard: list[Record] = []
    journal = Journal(store, "ada", KEY, heard.append)
    await journal.catch_up()
    task = asyncio.ensure_future(journal.append(said("words")))
    await asyncio.sleep(0)
    task.cancel()
    await journal.append(said("more"))
    assert texts(heard) == ["words", "more"]


async def _alter(database: Database, seq: int, **values: object) -> None:
    where = sa.and_(entries.c.person == "ada", entries.c.seq == seq)
    await database.run(lambda c: c.execute(sa.update(entries).where(where).values(**values)))


async def test_altered_cut_moved_and_missing_entries_are_named(
    journal: Journal, database: Database
) -> None:
    await journal.append(*(said(f"words {n}") for n in range(1, 8)))
    rows = await database.run(lambda c: c.execute(sa.select(entries).order_by("seq")).all())
    sealed = {row.seq: row.sealed for row in rows}
    await _alter(database, 2, sealed=sealed[2][:-1] + bytes([sealed[2][-1] ^ 1]))
    await _alter(database, 3, sealed=sealed[3][:20])
    await _alter(database, 4, sealed=sealed[5])
    await database.run(lambda c: c.execute(sa.delete(entries).where(entries.c.seq == 6)))

    read = await everything(journal)
    damaged = {r.seq: r.reason for r in read if isinstance(r, DamagedEntry)}
    assert set(damaged) == {2, 3, 4, 6}
    assert "missing" in damaged[6]
    assert "cut short" in damaged[3]
    assert texts([r for r in read if isinstance(r, Record)]) == ["words 1", "words 5", "words 7"]


async def test_life_goes_on_after_a_damaged_entry(store: Store, database: Database) -> None:
    await Journal(store, "ada", KEY).append(said("one"), said("two"), said("three"))
    await _alter(database, 2, sealed=b"nonsense")
    heard: list[Record] = []
    journal = Journal(store, "ada", KEY, heard.append)
    await journal.append(said("four"))
    assert texts(heard) == ["one", "three", "four"]
    assert list(journal.damaged) == [2]


async def test_another_key_reads_nothing(journal: Journal, store: Store) -> None:
    await journal.append(said("secret"))
    (read,) = await everything(Journal(store, "ada", bytes([1]) * 32))
    assert isinstance(read, DamagedEntry)


async def test_the_database_holds_no_plain_words(journal: Journal, database: Database) -> None:
    await journal.append(said("marmalade"))
    await journal.save_snapshot({"words": b"marmalade"}, journal.last)
    for table in (entries, snapshots):
        rows = await database.run(lambda c, t=table: c.execute(sa.select(t)).all())
        assert rows
        assert all(b"marmalade" not in row.sealed for row in rows)


async def test_a_snapshot_comes_back_with_its_place(journal: Journal, store: Store) -> None:
    await journal.append(said("one"), said("two"))
    assert await journal.save_snapshot({"words": b"w" * 500, "tail": b"1"}, journal.last)
    await journal.append(said("three"))

    heard: list[Record] = []
    again = Journal(store, "ada", KEY, heard.append)
    assert await again.load_snapshot() == (2, {"words": b"w" * 500, "tail": b"1"})
    await again.catch_up()
    assert texts(heard) == ["three"]


async def test_unchanged_parts_of_a_snapshot_stay_as_they_are(
    journal: Journal, database: Database, store: Store
) -> None:
    await journal.append(said("one"))
    await journal.save_snapshot({"block-0": b"same", "tail": b"1"}, journal.last)
    await journal.append(said("two"))
    await journal.save_snapshot({"block-0": b"same", "tail": b"2"}, journal.last)
    rows = await database.run(lambda c: c.execute(sa.select(snapshots)).all())
    assert {row.name: row.seq for row in rows} == {"block-0": 1, "tail": 2, "manifest": 2}
    assert await Journal(store, "ada", KEY).load_snapshot() == (
        2,
        {"block-0": b"same", "tail": b"2"},
    )


@pytest.mark.parametrize("change", [{"sealed": b"damaged"}, {"seq": 7}])
async def test_a_damaged_snapshot_is_passed_over(
    journal: Journal, database: Database, store: Store, change: dict[str, object]
) -> None:
    await journal.append(said("one"))
    await journal.save_snapshot({"words": b"w"}, journal.last)
    where = snapshots.c.name == "words"
    await database.run(lambda c: c.execute(sa.update(snapshots).where(where).values(**change)))
    again = Journal(store, "ada", KEY)
    assert await again.load_snapshot() is None
    assert again.last == 0


async def test_forgetting_takes_the_ciphertext_and_every_snapshot(
    journal: Journal, database: Database
) -> None:
    await journal.append(said("one"), said("two"))
    await journal.save_snapshot({"words": b"one two"}, journal.last)
    await journal.forget([1], at=2.0)
    rows = await database.run(lambda c: c.execute(sa.select(entries).order_by("seq")).all())
    assert [row.sealed is None for row in rows] == [True, False, False]
    assert await database.run(lambda c: c.execute(sa.select(snapshots)).all()) == []
    read = [r for r in await everything(journal) if isinstance(r, Record)]
    assert read[0].entry == UnknownEntry(kind="erased", at=read[0].at)
    assert read[0].raw == b""


async def test_a_snapshot_from_before_a_forgetting_is_refused(
    journal: Journal, store: Store
) -> None:
    await journal.append(said("one"), said("two"))
    elsewhere = Journal(store, "ada", KEY)
    await elsewhere.catch_up()
    await elsewhere.forget([1], at=2.0)
    assert not await journal.save_snapshot({"words": b"one two"}, 2)
    await journal.catch_up()
    assert await journal.save_snapshot({"words": b"two"}, journal.last)


async def test_erased_words_leave_no_trace_in_the_files(
    sqlite_database: Database, sqlite_url: str
) -> None:
    store = Store(sqlite_database)
    journal = Journal(store, "ada", KEY)
    await journal.append(said("marmalade"), said("kept"))
    query = sa.select(entries.c.sealed).where(entries.c.seq == 1)
    sealed = await sqlite_database.run(lambda c: c.execute(query).scalar_one())
    await journal.forget([1], at=2.0)
    await store.close()
    folder = Path(str(sa.make_url(sqlite_url).database)).parent
    files = [path.read_bytes() for path in folder.iterdir()]
    assert files
    assert all(sealed[13:] not in content for content in files)


@pytest.mark.parametrize("seqs", [[0], [3], [], [-1]])
async def test_only_what_is_there_can_be_forgotten(journal: Journal, seqs: list[int]) -> None:
    await journal.append(said("one"))
    with pytest.raises(NotFound):
        await journal.forget(seqs, at=1.0)


async def test_entries_of_a_newer_tau_survive_an_export(
    journal: Journal, database: Database
) -> None:
    await journal.append(said("one"))
    raw = msgspec.msgpack.encode({"kind": "dreamt", "at": 5.0, "about": "sheep"})
    row = {
        "person": "ada",
        "seq": 2,
        "at": 2.0,
        "sealed": SecretBox(KEY).seal(raw, entry_place("ada", 2)),
    }
    await database.run(lambda c: c.execute(sa.insert(entries), row))
    lines = [msgspec.json.decode(line) async for line in export_jsonl(journal)]
    assert lines[0]["tau_export"] == 1
    assert lines[1]["entry"]["text"] == "one"
    assert lines[2]["entry"] == {"kind": "dreamt", "at": 5.0, "about": "sheep"}


async def test_a_full_disk_refuses_and_loses_nothing(sqlite_database: Database) -> None:
    store = Store(sqlite_database)
    journal = Journal(store, "ada", KEY)
    await journal.append(said("one"))
    engine = sqlite_database.engine
    limit: dict[str, int] = {}

    def shrink(connection: sa.Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={limit.get('pages') or pages}")

    sa.event.listen(engine, "begin", shrink)
    noise = "".join(chr(random.Random(n).randrange(0x4E00, 0x9FFF)) for n in range(30_000))
    outcomes = await asyncio.gather(
        *(journal.append(said(noise)) for _ in range(5)), return_exceptions=True
    )
    assert all(isinstance(outcome, StoreFull) for outcome in outcomes)
    limit["pages"] = 100_000
    await journal.append(said("two"))
    assert texts([r for r in await everything(journal) if isinstance(r, Record)]) == ["one", "two"]
    await store.close()


async def test_a_closed_store_refuses(journal: Journal, store: Store) -> None:
    await journal.append(said("one"))
    await store.close()
    with pytest.raises(StoreUnavailable):
        await journal.append(said("two"))


async def test_many_persons_share_commits(store: Store, database: Database) -> None:
    commits: list[object] = []
    sa.event.listen(database.engine, "commit", commits.append)
    journals = [Journal(store, f"p{n}", KEY) for n in range(40)]
    for journal in journals:
        await journal.catch_up()
    commits.clear()
    entry: Entry = said("words")
    await asyncio.gather(*(journal.append(entry) for journal in journals))
    assert len(commits) < 20


async def test_snapshots_of_two_processes_never_destroy_each_other(
    journal: Journal, store: Store
) -> None:
    await journal.append(said("one"))
    other = Journal(store, "ada", KEY)
    await other.catch_up()
    same = {"block-0": b"same", "tail": b"1"}
    assert await journal.save_snapshot(same, 1)
    await other.append(said("two"))
    assert await other.save_snapshot({"block-0": b"other", "tail": b"2"}, 2)
    await journal.catch_up()
    assert not await journal.save_snapshot({**same, "tail": b"3"}, 2)  # its block isn't there
    assert await Journal(store, "ada", KEY).load_snapshot() == (
        2,
        {"block-0": b"other", "tail": b"2"},
    )
    assert await journal.save_snapshot({**same, "tail": b"3"}, 2)  # every part again
    assert await Journal(store, "ada", KEY).load_snapshot() == (2, {**same, "tail": b"3"})


async def test_a_snapshot_that_may_not_be_written_leaves_the_stored_one(
    journal: Journal, store: Store
) -> None:
    await journal.append(said("one"))
    assert await journal.save_snapshot({"tail": b"home"}, 1)
    allowed = [False, True]
    other = Journal(store, "ada", KEY, fence=lambda _: allowed.pop(0))
    await other.catch_up()
    assert not await other.save_snapshot({"tail": b"stranger"}, 1)
    assert await Journal(store, "ada", KEY).load_snapshot() == (1, {"tail": b"home"})
    assert await other.save_snapshot({"tail": b"new home"}, 1)
    assert await Journal(store, "ada", KEY).load_snapshot() == (1, {"tail": b"new home"})


async def test_parts_that_are_unchanged_need_not_be_given(journal: Journal, store: Store) -> None:
    await journal.append(said("one"))
    assert not await journal.save_snapshot({}, 1, unchanged={"a"}), "it isn't stored"
    assert await journal.save_snapshot({"a": b"1", "b": b"2"}, 1)
    assert await journal.save_snapshot({"c": b"3"}, 1, unchanged={"a"})
    assert await Journal(store, "ada", KEY).load_snapshot() == (1, {"a": b"1", "c": b"3"})


async def test_what_is_added_to_a_snapshot_stays_until_the_next(
    journal: Journal, store: Store
) -> None:
    await journal.append(said("one"))
    assert await journal.snapshots.add(b"before any", 1, journal.erasures.copy())
    again = Journal(store, "ada", KEY)
    assert await again.load_snapshot() is None
    assert again.snapshots.added == [b"before any"]
    assert await journal.save_snapshot({"a": b"1"}, 1)
    await journal.append(said("two"), said("three"))
    assert await journal.snapshots.add(b"first", 2, journal.erasures.copy())
    assert await journal.snapshots.add(b"second", 3, journal.erasures.copy())
    again = Journal(store, "ada", KEY)
    assert await again.load_snapshot() == (1, {"a": b"1"})
    assert again.snapshots.added == [b"first", b"second"]
    assert await again.save_snapshot({}, 3, unchanged={"a"})
    await again.load_snapshot()
    assert again.snapshots.added == []


async def test_forgetting_takes_what_was_added_and_lets_nothing_older_be_added(
    journal: Journal, store: Store, database: Database
) -> None:
    await journal.append(said("one"), said("two"))
    erasures = journal.erasures.copy()
    assert await journal.snapshots.add(b"of one", 2, erasures)
    await journal.forget([1], at=2.0)
    assert await database.run(lambda c: c.execute(sa.select(snapshots)).all()) == []
    assert not await journal.snapshots.add(b"of one", 2, erasures)
    assert not await journal.save_snapshot({"a": b"of one"}, 2, erasures=erasures)
    assert await database.run(lambda c: c.execute(sa.select(snapshots)).all()) == []


async def test_an_added_part_that_cannot_be_read_is_left_out(
    journal: Journal, store: Store, database: Database
) -> None:
    await journal.append(said("one"))
    await journal.save_snapshot({"a": b"1"}, 1)
    await journal.snapshots.add(b"harmed", 1, journal.erasures.copy())
    harmed = sa.update(snapshots).where(snapshots.c.name.like("added.%")).values(sealed=b"x")
    await database.run(lambda c: c.execute(harmed))
    await journal.snapshots.add(b"whole", 1, journal.erasures.copy())
    again = Journal(store, "ada", KEY)
    assert await again.load_snapshot() == (1, {"a": b"1"})
    assert again.snapshots.added == [b"whole"]
