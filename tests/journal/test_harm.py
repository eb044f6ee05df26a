"""What goes wrong around a log: damage, races, odd texts and great length lose nothing else."""

import asyncio

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tau.errors import DamagedEntry, NotFound
from tau.journal.entries import (
    ConversationChanged,
    EntriesForgotten,
    MessageAdded,
    Record,
    UnknownEntry,
)
from tau.journal.export import export_jsonl, export_markdown
from tau.journal.journal import Journal
from tau.journal.store import Store
from tau.storage.database import Database
from tau.storage.schema import entries, snapshots
from tau.storage.sealing import SecretBox, entry_place, snapshot_place

pytestmark = pytest.mark.anyio
KEY = bytes(32)
BOX = SecretBox(KEY)


def said(text: str, name: str = "", **more: str) -> MessageAdded:
    parts = {"conversation": "c", "by": "person"} | more
    return MessageAdded(at=1.0, id=name or text[:20], text=text, **parts)  # type: ignore[arg-type]


async def texts(journal: Journal) -> list[str]:
    return [
        record.entry.text
        async for record in journal.read()
        if isinstance(record, Record) and isinstance(record.entry, MessageAdded)
    ]


async def change(database: Database, table: sa.Table, where: object, **values: object) -> None:
    statement = sa.update(table).where(where).values(**values)  # type: ignore[arg-type]
    await database.run(lambda c: c.execute(statement))


# --- texts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "\x00 NUL and \x1b[2J escape",
        "שלום \u202eturned around\u202c مرحبا",
        "e\u0301 is not \u00e9, and \ufb01 is not fi",
        "👩‍👩‍👧‍👦 \U0001f3f4\U000e0067\U000e0062\U000e007f",
        "\U00020000 \U0002a6d6 \U000e0001 \U000f0000 \U0010fffd",
        "\ufeff\u2028\u2029\r\n\t ",
        "'); DROP TABLE entries; --",
    ],
    ids=["controls", "both ways", "as composed", "joined", "every plane", "breaks", "sql"],
)
async def test_a_text_comes_back_to_the_letter(journal: Journal, text: str) -> None:
    await journal.append(said(text, "m"))
    assert await texts(journal) == [text]
    lines = [msgspec.json.decode(line) async for line in export_jsonl(journal)]
    assert lines[1]["entry"]["text"] == text


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5))
async def test_any_texts_come_back_to_the_letter(store: Store, given_texts: list[str]) -> None:
    journal = Journal(store, "ada", KEY)
    await journal.catch_up()
    before = journal.last
    await journal.append(*(said(text, "m") for text in given_texts))
    read = [record async for record in journal.read(before)]
    assert [r.entry.text for r in read if isinstance(r.entry, MessageAdded)] == given_texts  # type: ignore[union-attr]


async def test_a_megabyte_of_text_is_one_entry(journal: Journal) -> None:
    text = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(340_000))
    assert len(text.encode()) > 1_000_000
    await journal.append(said("before"), said(text, "long"), said("after"))
    assert await texts(journal) == ["before", text, "after"]


# --- length ---------------------------------------------------------------------------------


async def test_a_life_of_many_pages_is_read_whole_and_gaps_between_pages_are_named(
    journal: Journal, store: Store, sqlite_database: Database
) -> None:
    await journal.append(*(said(f"text {n}") for n in range(1, 4_502)))
    heard: list[Record] = []
    again = Journal(store, "ada", KEY, heard.append)
    await again.catch_up()
    assert [record.seq for record in heard] == list(range(1, 4_502))

    gone = entries.c.seq.in_([1, 2_000, 2_001, 4_000])
    await sqlite_database.run(lambda c: c.execute(sa.delete(entries).where(gone)))
    read = [record async for record in journal.read()]
    assert [r.seq for r in read] == list(range(1, 4_502))
    assert [r.seq for r in read if isinstance(r, DamagedEntry)] == [1, 2_000, 2_001, 4_000]
    tail = [record.seq async for record in journal.read(3_998)]
    assert tail == list(range(3_999, 4_502))


# --- snapshots ------------------------------------------------------------------------------


def part(name: str) -> sa.ColumnElement[bool]:
    return sa.and_(snapshots.c.person == "ada", snapshots.c.name == name)


def sealed_as(name: str, seq: int, plain: bytes) -> bytes:
    return BOX.seal(plain, snapshot_place("ada", name, seq), compress=False)


@pytest.mark.parametrize("name", ["words", "tail", "manifest"])
@pytest.mark.parametrize(
    "harm",
    [
        {"sealed": b""},
        {"sealed": b"\x01" + bytes(60)},
        {"sealed": b"\x09" + bytes(60)},
        {"seq": 1},
        {"name": "elsewhere"},
        {"person": "bob"},
    ],
    ids=["empty", "altered", "unknown format", "older", "renamed", "another's"],
)
async def test_a_harmed_part_of_a_snapshot_is_never_trusted(
    journal: Journal,
    store: Store,
    sqlite_database: Database,
    name: str,
    harm: dict[str, object],
) -> None:
    await journal.append(said("one"), said("two"))
    await journal.save_snapshot({"words": b"one two", "tail": b"2"}, 2)
    await change(sqlite_database, snapshots, part(name), **harm)
    heard: list[Record] = []
    again = Journal(store, "ada", KEY, heard.append)
    assert await again.load_snapshot() is None
    await again.catch_up()
    assert [record.seq for record in heard] == [1, 2], "the log is read instead"
    assert await again.save_snapshot({"words": b"one two"}, 2), "and a whole one can be made"
    assert await Journal(store, "ada", KEY).load_snapshot() == (2, {"words": b"one two"})


async def test_parts_that_changed_places_do_not_open(
    journal: Journal, store: Store, sqlite_database: Database
) -> None:
    await journal.append(said("one"))
    await journal.save_snapshot({"a": b"of a", "b": b"of b"}, 1)
    await change(sqlite_database, snapshots, part("a"), sealed=sealed_as("b", 1, b"of b"))
    assert await Journal(store, "ada", KEY).load_snapshot() is None


async def test_a_manifest_that_is_no_manifest_is_passed_over(
    journal: Journal, store: Store, sqlite_database: Database
) -> None:
    await journal.append(said("one"))
    await journal.save_snapshot({"a": b"of a"}, 1)
    nonsense = sealed_as("manifest", 1, msgspec.msgpack.encode({"seq": "one"}))
    await change(sqlite_database, snapshots, part("manifest"), sealed=nonsense)
    assert await Journal(store, "ada", KEY).load_snapshot() is None


async def test_a_snapshot_made_while_words_come_in_misses_none(
    journal: Journal, store: Store
) -> None:
    await journal.append(said("0"))
    for n in range(5):
        last = journal.last
        parts = {"words": ",".join(await texts(journal)).encode()}
        saved, *_ = await asyncio.gather(
            journal.save_snapshot(parts, last),
            *(journal.append(said(f"{n}-{m}")) for m in range(4)),
        )
        assert saved
    heard: list[Record] = []
    again = Journal(store, "ada", KEY, heard.append)
    snapshot = await again.load_snapshot()
    assert snapshot is not None
    await again.catch_up()
    tail = [record.entry.text for record in heard if isinstance(record.entry, MessageAdded)]
    assert [*snapshot[1]["words"].decode().split(","), *tail] == await texts(journal)


async def test_a_snapshot_that_races_with_a_forgetting_never_keeps_the_words(
    journal: Journal, store: Store
) -> None:
    await journal.append(*(said(f"word{n}") for n in range(8)))
    for n in range(1, 9):
        parts = {"words": " ".join(await texts(journal)).encode()}
        await asyncio.gather(
            journal.save_snapshot(parts, journal.last), journal.forget([n], at=2.0)
        )
        snapshot = await Journal(store, "ada", KEY).load_snapshot()
        kept = snapshot[1]["words"] if snapshot else b""
        assert f"word{n - 1}".encode() not in kept


# --- forgetting -----------------------------------------------------------------------------


async def test_forgetting_twice_is_forgetting(journal: Journal, store: Store) -> None:
    await journal.append(said("one"), said("two"))
    await journal.forget([1], at=2.0)
    await journal.forget([1, 1], at=3.0)
    assert await texts(journal) == ["two"]
    assert await store.erased("ada") == 1
    assert await journal.save_snapshot({"words": b"two"}, journal.last)


async def test_forgetting_a_forgetting_brings_nothing_back(journal: Journal, store: Store) -> None:
    await journal.append(said("one"), said("two"))
    first = await journal.forget([1], at=2.0)
    await journal.forget([first.seq], at=3.0)
    heard: list[Record] = []
    again = Journal(store, "ada", KEY, heard.append)
    await again.catch_up()
    assert [type(record.entry) for record in heard] == [
        UnknownEntry,
        MessageAdded,
        UnknownEntry,
        EntriesForgotten,
    ]
    assert again.erased == {1, first.seq}
    assert await again.save_snapshot({"words": b"two"}, again.last)


async def test_a_damaged_entry_can_be_forgotten(
    journal: Journal, store: Store, sqlite_database: Database
) -> None:
    await journal.append(said("one"), said("two"))
    await change(sqlite_database, entries, entries.c.seq == 1, sealed=b"nonsense")
    again = Journal(store, "ada", KEY)
    await again.catch_up()
    assert list(again.damaged) == [1]
    await again.forget([1], at=2.0)
    assert not [r async for r in again.read() if isinstance(r, DamagedEntry)]


async def test_one_target_that_is_not_there_refuses_them_all(journal: Journal) -> None:
    await journal.append(said("one"), said("two"))
    with pytest.raises(NotFound):
        await journal.forget([1, 3], at=2.0)
    assert await texts(journal) == ["one", "two"]


# --- exports of what was harmed -------------------------------------------------------------


@pytest.fixture
async def harmed(journal: Journal, sqlite_database: Database) -> Journal:
    """A log with an altered entry (2), a missing one (4) and one that is sealed nonsense (6)."""
    await journal.append(
        ConversationChanged(at=1.0, id="c", title="About tea"),
        said("altered"),
        said("kept", "m3"),
        said("missing"),
        said("broken off", "m5", by="tau", parent="m3", status="interrupted"),
        said("nonsense"),
    )
    await change(sqlite_database, entries, entries.c.seq == 2, sealed=b"x" * 60)
    await sqlite_database.run(lambda c: c.execute(sa.delete(entries).where(entries.c.seq == 4)))
    nonsense = BOX.seal(b"\xc1", entry_place("ada", 6))
    await change(sqlite_database, entries, entries.c.seq == 6, sealed=nonsense)
    return journal


async def test_a_harmed_log_is_exported_with_its_wounds_named(harmed: Journal) -> None:
    lines = [msgspec.json.decode(line) async for line in export_jsonl(harmed)]
    assert {line["seq"]: line["damaged"] for line in lines if "damaged" in line} == {
        2: "its format is unknown",
        4: "it is missing",
        6: "it isn't an entry",
    }
    assert [line["entry"].get("text") for line in lines if "entry" in line] == [
        None,
        "kept",
        "broken off",
    ]


async def test_a_page_of_a_harmed_log_says_what_is_missing(harmed: Journal) -> None:
    page = "".join([piece async for piece in export_markdown(harmed)])
    for seq in (2, 4, 6):
        assert f"> Entry {seq} of the journal cannot be read: " in page
    assert page.index("> Entry") < page.index("## About tea") < page.index("kept")
    assert "*(interrupted)*" in page
    assert "*(replaced)*" not in page


async def test_an_empty_life_is_exported_too(journal: Journal) -> None:
    lines = [msgspec.json.decode(line) async for line in export_jsonl(journal)]
    assert lines == [{"tau_export": 1, "person": "ada"}]
    page = "".join([piece async for piece in export_markdown(journal)])
    assert page.startswith("# Conversations with Tau")
    assert "##" not in page


async def test_parents_that_go_in_a_circle_do_not_hang_the_export(journal: Journal) -> None:
    await journal.append(said("one", "a", parent="b"), said("two", "b", parent="a"))
    page = "".join([piece async for piece in export_markdown(journal)])
    assert "one" in page
    assert "two" in page


async def test_a_conversation_is_exported_under_its_last_name(journal: Journal) -> None:
    titles = ["first name", "second name", None]
    changes = [ConversationChanged(at=1.0, id="c", title=title) for title in titles]
    await journal.append(*changes, said("words"))
    page = "".join([piece async for piece in export_markdown(journal)])
    assert "## second name" in page
    assert "first name" not in page
