"""Entries that were encoded elsewhere are kept byte for byte, at their places."""

import asyncio

import msgspec
import pytest

from tau.errors import Conflict
from tau.journal.entries import MessageAdded, RawEntry, Record, UnknownEntry, encode
from tau.journal.journal import Journal
from tau.journal.store import Store

pytestmark = pytest.mark.anyio


def said(name: str) -> MessageAdded:
    return MessageAdded(at=1.0, id=name, conversation="c", by="person", text=name)


async def everything(store: Store) -> list[Record]:
    journal = Journal(store, "ada", bytes(32))
    return [record async for record in journal.read() if isinstance(record, Record)]


async def test_unknown_kinds_and_fields_and_times_survive(store: Store) -> None:
    new = msgspec.msgpack.encode({"kind": "dreamt", "at": 3.0, "of": ["sheep"]})
    more = msgspec.msgpack.encode({**msgspec.to_builtins(said("a")), "mood": "glad"})
    heard: list[Record] = []
    journal = Journal(store, "ada", bytes(32), heard.append)
    written = await journal.append(
        RawEntry(new, at=7.0), RawEntry(None, at=8.0), RawEntry(more), said("b")
    )
    read = await everything(store)
    assert read == written == heard
    assert [record.raw for record in read] == [new, b"", more, encode(said("b"))]
    assert [record.at for record in read[:2]] == [7.0, 8.0]
    assert read[0].entry == UnknownEntry(kind="dreamt", at=3.0)
    assert read[1].entry == UnknownEntry(kind="erased", at=8.0)
    assert isinstance(read[2].entry, MessageAdded)
    assert journal.erased == {2}


async def test_an_erased_place_does_not_hinder_snapshots(store: Store) -> None:
    journal = Journal(store, "ada", bytes(32))
    await journal.append(RawEntry(None, at=1.0), said("a"))
    assert await journal.save_snapshot({"part": b"x"}, 2)
    again = Journal(store, "ada", bytes(32))
    assert await again.load_snapshot() == (2, {"part": b"x"})
    assert again.erased == {1}


async def test_what_belongs_after_a_certain_entry_goes_nowhere_else(store: Store) -> None:
    journal = Journal(store, "ada", bytes(32))
    await journal.append(said("a"), after=0)
    with pytest.raises(Conflict):
        await journal.append(said("b"), after=0)
    other = Journal(store, "ada", bytes(32))
    await other.append(said("c"))
    with pytest.raises(Conflict):
        await journal.append(said("d"), after=1)  # the other writer was there first
    assert [r.entry.text for r in await everything(store) if isinstance(r.entry, MessageAdded)] == [
        "a",
        "c",
    ]


async def test_others_get_their_turn_while_much_is_taken_in(store: Store) -> None:
    heard: list[int] = []
    turns: list[int] = []
    journal = Journal(store, "ada", bytes(32), lambda record: heard.append(record.seq))

    async def others() -> None:
        while len(heard) < 2_000:
            turns.append(len(heard))
            await asyncio.sleep(0)

    watching = asyncio.create_task(others())
    records = await journal.append(*(said(f"m{n}") for n in range(2_000)))
    assert heard == list(range(1, 2_001))
    assert [record.seq for record in records] == heard
    await watching
    assert len([n for n in turns if 0 < n < 2_000]) >= 4


async def test_small_writes_among_large_ones_keep_their_order(store: Store) -> None:
    heard: list[str] = []

    def hear(record: Record) -> None:
        assert isinstance(record.entry, MessageAdded)
        heard.append(record.entry.text)

    journal = Journal(store, "ada", bytes(32), hear)
    sizes = [1, 600, 1, 1, 700, 2, 300, 1]
    batches = [[said(f"{n}-{i}") for i in range(size)] for n, size in enumerate(sizes)]
    await asyncio.gather(*(journal.append(*batch) for batch in batches))
    assert heard == [each.text for batch in batches for each in batch]
    assert journal.last == len(heard)


async def test_a_writer_who_leaves_loses_nothing_of_a_large_write(store: Store) -> None:
    journal = Journal(store, "ada", bytes(32))
    writing = asyncio.create_task(journal.append(*(said(f"m{n}") for n in range(1_000))))
    await asyncio.sleep(0)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    await journal.append(said("after"))
    found = [r.entry.text for r in await everything(store) if isinstance(r.entry, MessageAdded)]
    assert found in (["after"], [*(f"m{n}" for n in range(1_000)), "after"])
