"""Tau's own export: into an empty Tau the whole life, into another what it lacks."""

import asyncio
import io
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tau.app import App
from tau.journal.entries import (
    ArtifactRevised,
    ChangeUndone,
    CheckedIn,
    Claim,
    ClaimLearned,
    ConversationChanged,
    EntriesForgotten,
    Entry,
    FactJudged,
    FileImported,
    LearnedUpTo,
    LearningChanged,
    MessageAdded,
    RawEntry,
    ScopeChanged,
)
from tau.journal.export import export_jsonl
from tau.journal.store import Store
from tau.life.forgetting import forget
from tau.life.life import Life
from tau.memory.erasure_request import ErasureRequest
from tau.memory.message_erasure import find_moves
from tau.storage.database import Database
from tau.transfer.formats import SkippedItem
from tau.transfer.importing import import_file
from tau.transfer.report import ImportReport
from tests.people_rows import add_people

from .opening import nobody_embeds

pytestmark = pytest.mark.anyio
Open = Callable[[], Awaitable[Life]]


def opener(store: Store) -> Open:
    numbers = itertools.count()

    async def open_life() -> Life:
        person = f"p{next(numbers)}"
        await add_people(store._database, person)
        return await Life.open(store, person, bytes(32), embed=nobody_embeds)

    return open_life


@pytest.fixture
async def fresh(sqlite_database: Database) -> AsyncIterator[Open]:
    store = Store(sqlite_database)
    yield opener(store)
    await store.close()


async def exported(life: Life) -> list[bytes]:
    return [line async for line in export_jsonl(life)]


async def import_bytes(life: Life, lines: Sequence[bytes], **how: Any) -> ImportReport:
    return await import_file(
        life, io.BytesIO(b"".join(lines)), "tau.jsonl", **({"trust": True} | how)
    )


def state(life: Life) -> Any:
    """All that a person could see of a life."""
    memory = life.memory
    conversations = memory.conversations.all()
    return (
        conversations,
        [memory.conversations.thread(one.id) for one in conversations],
        [memory.conversations.all_messages(one.id) for one in conversations],
        memory.facts.all(),
        memory.facts.paused,
        (memory.facts.learned_up_to("rules"), memory.facts.learned_up_to("model")),
        memory.imports.all(),
        memory.last,
    )


# --- a law -------------------------------------------------------------------------------------

_NAMES = st.sampled_from(["a", "b", "c", "d"])
_AT = st.floats(0, 2e9) | st.integers(0, 10).map(float)
_TEXT = st.text(max_size=12)


def _structs(kind: Any, **fields: Any) -> st.SearchStrategy[Any]:
    return st.builds(kind, at=_AT, **fields)


_CLAIM = st.builds(
    Claim,
    topic=st.sampled_from(["home", "like"]),
    text=_TEXT,
    slot=st.sampled_from(["", "home"]),
    value=_NAMES,
    due=st.none() | _AT,
)
_ENTRY = st.one_of(
    _structs(
        MessageAdded,
        id=st.text("abcdefgh", min_size=1, max_size=2),
        conversation=_NAMES,
        by=st.sampled_from(["person", "tau"]),
        text=_TEXT,
        parent=st.none() | st.text("abcdefgh", min_size=1, max_size=2),
        recalled=st.just(()) | st.just(("a",)),
    ),
    _structs(
        ConversationChanged, id=_NAMES, title=st.none() | _TEXT, archived=st.none() | st.booleans()
    ),
    _structs(
        ClaimLearned,
        id=_NAMES,
        claim=_CLAIM,
        sources=st.just(()) | st.just(("a",)),
        trust=st.sampled_from(["own", "waiting"]),
    ),
    _structs(FactJudged, id=_NAMES, fact=_NAMES, verdict=st.sampled_from(["approved", "rejected"])),
    _structs(ChangeUndone, target=_NAMES),
    _structs(CheckedIn, id=_NAMES, mood=st.integers(1, 5), words=_TEXT),
    _structs(LearningChanged, paused=st.booleans()),
    _structs(LearnedUpTo, seq=st.integers(0, 20), method=st.sampled_from(["rules", "model"])),
    _structs(FileImported, id=_NAMES, origin=st.just("claude"), finished=st.booleans()),
    st.dictionaries(st.text("xyz", max_size=2), _TEXT | st.integers(-99, 99) | st.none()).map(
        lambda more: RawEntry(msgspec.msgpack.encode({**more, "kind": "dreamt"}))
    ),
    st.lists(st.integers(1, 30), min_size=1, max_size=3).map(lambda seqs: ("forget", seqs)),
)


def _stories(**sizes: int) -> st.SearchStrategy[list[Any]]:
    """Return what may happen in a life; no two messages have one identifier, as in a real one."""
    return st.lists(
        _ENTRY,
        unique_by=lambda each: each.id if isinstance(each, MessageAdded) else object(),
        **sizes,
    )


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, Open]]:
    """An event loop and a database for all examples; each has lives of its own."""
    path: Path = tmp_path_factory.mktemp("restoring") / "tau.db"
    with asyncio.Runner() as runner:
        database = runner.run(Database.open(f"sqlite:///{path}"))
        store = Store(database)
        yield runner, opener(store)
        runner.run(store.close())
        runner.run(database.close())


async def _lived(life: Life, story: Sequence[Any]) -> None:
    for each in story:
        if isinstance(each, tuple):
            seqs = sorted({seq for seq in each[1] if seq <= life.memory.last})
            if seqs:
                targets = tuple(seqs)
                forgot = EntriesForgotten(
                    at=1.0, targets=targets, moved=find_moves(life.memory.conversations, targets)
                )
                await life._journal.append(forgot, erase=targets)
        else:
            await life._journal.append(each)


def _have_an_entry_in_common(*journals: list[bytes]) -> bool:
    """Return whether two exports state the same entry at the same place."""
    entries = [[msgspec.json.decode(line).get("entry") for line in one[1:]] for one in journals]
    return any(one and one == other for one, other in zip(*entries, strict=False))


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(_stories(min_size=1, max_size=25), st.data())
def test_an_export_brought_into_an_empty_tau_is_the_same_life(
    workshop: tuple[asyncio.Runner, Open], story: list[Any], data: st.DataObject
) -> None:
    runner, open_life = workshop

    async def law() -> None:
        life, other = await open_life(), await open_life()
        await _lived(life, story)
        lines = await exported(life)
        part = data.draw(st.integers(1, len(lines)))
        if part > 1:
            await import_bytes(other, lines[:part])  # as if it was stopped there
        report = await import_bytes(other, lines)
        assert (await exported(other))[1:] == lines[1:]
        assert state(other) == state(life)
        assert report.skipped_count == 0
        again = await import_bytes(other, lines)
        assert (again.messages, again.restored) == (0, False)
        assert (await exported(other))[1:] == lines[1:]
        reopened = await Life.open(
            other._journal._store, other.person, bytes(32), embed=nobody_embeds
        )
        assert state(reopened) == state(life)

    runner.run(law())


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(_stories(max_size=12), _stories(min_size=1, max_size=12))
def test_an_export_brought_into_another_life_twice_is_there_once(
    workshop: tuple[asyncio.Runner, Open], here: list[Any], there: list[Any]
) -> None:
    runner, open_life = workshop

    async def law() -> None:
        life, other = await open_life(), await open_life()
        await _lived(life, there)
        await _lived(other, [ConversationChanged(at=1.0, id="own", title="Own"), *here])
        lines = await exported(life)
        before = await exported(other)
        assume(not _have_an_entry_in_common(lines, before))  # they would be one journal
        await import_bytes(other, lines)
        once = await exported(other)
        assert once[: len(before)] == before  # nothing is changed, only added
        await import_bytes(other, lines)
        assert await exported(other) == once

    runner.run(law())


# --- cases -------------------------------------------------------------------------------------


def said(name: str, text: str, **more: Any) -> MessageAdded:
    parts: dict[str, Any] = {"at": 1.0, "conversation": "c", "by": "person"} | more
    return MessageAdded(id=name, text=text, **parts)


def learned(name: str, text: str, **more: Any) -> ClaimLearned:
    return ClaimLearned(at=1.0, id=name, claim=Claim(topic="like", text=text), **more)


async def test_what_was_forgotten_and_what_was_damaged_keep_their_places(fresh: Open) -> None:
    life, other = await fresh(), await fresh()
    await life.append(said("1", "one"), said("2", "two", parent="1"), said("3", "three"))
    lines = await exported(life)
    lines[1] = b'{"seq":1,"erased":true,"at":4.0}\n'
    lines[2] = b'{"seq":2,"damaged":"it was altered"}\n'
    report = await import_bytes(other, lines)
    assert [msgspec.json.decode(line).get("erased") for line in (await exported(other))[1:]] == [
        True,
        True,
        None,
    ]
    assert report.restored
    assert report.skipped == (SkippedItem("entry 2", "it was damaged when the export was made"),)
    assert [m.text for m in other.memory.conversations.thread("c")] == ["three"]


async def test_missing_lines_are_told_and_the_others_stay_at_their_places(fresh: Open) -> None:
    life, other = await fresh(), await fresh()
    await life.append(*(said(str(n), f"text {n}") for n in range(1, 7)))
    lines = await exported(life)
    report = await import_bytes(other, [*lines[:3], *lines[5:]])
    assert [m.seq for m in other.memory.conversations.all_messages("c")] == [1, 2, 5, 6]
    assert report.skipped == (SkippedItem("entries 3 to 4", "the export doesn't contain them"),)


async def test_forgetting_that_an_altered_file_tells_of_is_done(fresh: Open) -> None:
    life, other = await fresh(), await fresh()
    await life.append(said("1", "secret"), EntriesForgotten(at=1.0, targets=(1,)))
    lines = await exported(life)
    assert b"secret" in b"".join(lines)
    await import_bytes(other, lines)
    assert len(other.memory) == 0
    assert b"secret" not in b"".join(await exported(other))
    assert await other.save()


async def test_a_tombstone_of_what_comes_later_is_left_out(fresh: Open) -> None:
    life, other = await fresh(), await fresh()
    await life.append(EntriesForgotten(at=1.0, targets=(2,)), said("1", "kept"))
    report = await import_bytes(other, await exported(life))
    assert [m.text for m in other.memory.conversations.thread("c")] == ["kept"]
    assert report.skipped == (SkippedItem("entry 1", "it refers to later entries"),)


async def test_cut_off_it_keeps_what_stands_before_and_goes_on(fresh: Open) -> None:
    life, other = await fresh(), await fresh()
    await life.append(*(said(str(n), f"text {n}") for n in range(1, 50)))
    whole = b"".join(await exported(life))
    for part in range(2, 21):
        await import_bytes(other, [whole[: len(whole) * part // 20]])
        seqs = [m.seq for m in other.memory.conversations.all_messages("c")]
        assert seqs == list(range(1, len(seqs) + 1))
    assert (await exported(other))[1:] == (await exported(life))[1:]


async def test_cut_off_among_erased_places_it_goes_on_to_the_tombstone(fresh: Open) -> None:
    life, other = await fresh(), await fresh()
    await life.append(said("1", "one"), said("2", "two", parent="1"))
    await life._journal.append(EntriesForgotten(at=1.0, targets=(1, 2)), erase=(1, 2))
    lines = await exported(life)
    for part in range(2, len(lines) + 1):
        await import_bytes(other, lines[:part])
    assert (await exported(other))[1:] == lines[1:]


async def test_another_export_after_erased_places_keeps_all_it_says(fresh: Open) -> None:
    life, another, other = await fresh(), await fresh(), await fresh()
    await life.append(said("1", "one"), said("2", "two"))
    await life._journal.append(EntriesForgotten(at=1.0, targets=(1, 2)), erase=(1, 2))
    await import_bytes(other, (await exported(life))[:3])
    await another.append(*(said(n, f"text {n}") for n in "345"))
    await import_bytes(other, await exported(another))
    assert {m.text for m in other.memory.conversations.all_messages("c")} == {
        "text 3",
        "text 4",
        "text 5",
    }


async def test_what_was_forgotten_since_stays_forgotten(fresh: Open) -> None:
    life, other = await fresh(), await fresh()
    await life.append(said("1", "one"), said("2", "two", parent="1"))
    lines = await exported(life)
    await import_bytes(other, lines)
    await forget(other, ErasureRequest(messages=("1",)))
    await import_bytes(other, lines)
    assert [m.text for m in other.memory.conversations.all_messages("c")] == ["two"]


async def test_erased_places_alone_do_not_make_two_journals_one(fresh: Open) -> None:
    life, other = await fresh(), await fresh()
    await life.append(said("1", "one"), said("2", "two"))
    await forget(
        life,
        ErasureRequest(
            messages=(
                "1",
                "2",
            )
        ),
    )
    await life.append(said("3", "three"))
    await other.append(said("4", "mine", conversation="d"))
    await import_bytes(other, await exported(life))
    assert [m.text for m in other.memory.conversations.thread("d")] == ["mine"]
    assert [m.text for m in other.memory.conversations.thread("c")] == ["three"]


async def test_into_another_life_goes_what_it_lacks_and_claims_of_others_wait(fresh: Open) -> None:
    life, other = await fresh(), await fresh()
    await life.append(
        ConversationChanged(at=1.0, id="c", title="Theirs"),
        said("1", "one"),
        learned("f", "Likes tea"),
        learned("g", "Likes milk", by="person", corrects="own"),
        FactJudged(at=1.0, id="j", fact="f", verdict="confirmed"),
        LearningChanged(at=1.0, paused=True),
        LearnedUpTo(at=1.0, seq=2, method="rules"),
        EntriesForgotten(at=1.0, targets=(99,)),
    )
    await other.append(
        ConversationChanged(at=1.0, id="d", title="Mine"),
        said("2", "x", conversation="d"),
        learned("own", "Likes water"),
    )
    report = await import_bytes(other, await exported(life), trust=False)
    memory = other.memory
    assert {one.title for one in memory.conversations.all()} == {"Theirs", "Mine"}
    assert (memory.message("1").origin, memory.message("1").imported) == ("tau", report.id)
    assert {fact.text for fact in memory.facts.waiting()} == {"Likes tea", "Likes milk"}
    assert [fact.text for fact in memory.facts.current(2.0)] == ["Likes water"]
    assert not memory.facts.paused
    assert memory.facts.learned_up_to("rules") == 0
    assert report.skipped == (SkippedItem("a decision", "it counts only if you trust the file"),)


@pytest.mark.parametrize("trust", [True, False])
@pytest.mark.parametrize("empty", [True, False])
async def test_trust_is_asked_for_and_not_claimed(fresh: Open, trust: bool, empty: bool) -> None:
    """A file whose header names this person is no more their own than any other."""
    life = await fresh()
    if not empty:
        await life.append(said("1", "one"))
    header = msgspec.json.encode({"tau_export": 1, "person": life.person}) + b"\n"
    entries = [
        said("2", "two"),
        learned("f", "Likes tea", trust="waiting"),
        FactJudged(at=1.0, id="j", fact="f", verdict="approved"),
        learned("g", "Likes milk", by="person", said_seq=99, asks=True),
    ]
    lines = [
        msgspec.json.encode({"seq": n, "at": 1.0, "entry": entry}) + b"\n"
        for n, entry in enumerate(entries, start=1)
    ]
    await import_bytes(life, [header, *lines], trust=trust)
    facts = life.memory.facts
    believed = {fact.text for fact in facts.current(2.0)}
    assert believed == ({"Likes tea", "Likes milk"} if trust else set())
    assert {fact.text for fact in facts.waiting()} == {"Likes tea", "Likes milk"} - believed
    if not trust:
        assert {fact.learned_by for fact in facts.waiting()} == {"import"}
        assert not any(fact.asks for fact in facts.waiting())
        assert life.memory.message("2").imported is not None


async def test_a_few_lines_make_a_few_entries(fresh: Open) -> None:
    life = await fresh()
    header = msgspec.json.encode({"tau_export": 1, "person": life.person}) + b"\n"
    lines = [b'{"seq": %d, "erased": true}\n' % (n * 99_000) for n in range(1, 8)]
    await import_bytes(life, [header, *lines])
    assert life.memory.last <= 1_000 + len(lines)


@pytest.mark.parametrize("trust", [True, False])
@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (learned("x", "x" * 5_000_000), "5,000,000"),
        (
            ClaimLearned(at=1.0, id="x", claim=Claim(topic="like", text="a", value="x" * 5_000)),
            "5,000",
        ),
        (ConversationChanged(at=1.0, id="c", title="x" * 5_000), "5,000"),
        (
            MessageAdded(
                at=1.0, id="x", conversation="c", by="person", text="a", speaker="x" * 4_001
            ),
            "4,001",
        ),
        (
            MessageAdded(at=1.0, id="x", conversation="c", by="person", text="é" * 600_000),
            "1,200,000 bytes",
        ),
        ({"kind": "new", "deep": [[[[[[[[["x"]]]]]]]]]}, "deeply"),
        ({"kind": "new", "x" * 5_000: 1}, "5,000"),
    ],
)
async def test_an_entry_out_of_bounds_is_left_out(
    fresh: Open, entry: Any, why: str, trust: bool
) -> None:
    life = await fresh()
    header = msgspec.json.encode({"tau_export": 1, "person": "other"}) + b"\n"
    kept = said("k", "kept")
    lines = [
        msgspec.json.encode({"seq": n, "at": 1.0, "entry": each}) + b"\n"
        for n, each in enumerate([entry, kept], start=1)
    ]
    report = await import_bytes(life, [header, *lines], trust=trust)
    assert [message.text for message in life.memory.messages] == ["kept"]
    assert not life.memory.facts.all()
    (skipped,) = report.skipped
    assert skipped.where == "entry 1"
    assert why in skipped.reason


@pytest.mark.parametrize("empty", [True, False])
async def test_a_long_document_comes_back_whole(fresh: Open, empty: bool) -> None:
    here, there = await fresh(), await fresh()
    content = msgspec.json.encode({"text": "a long letter " * 20_000}).decode()
    made = {"at": 1.0, "artifact": "letter", "type": "document"}
    await here.append(
        ArtifactRevised(id="v1", content=content, **made),  # type: ignore[arg-type]
        ArtifactRevised(id="v2", content='"short"', parent="v1", **made),  # type: ignore[arg-type]
        ScopeChanged(at=1.0, expert="writing", enabled=False),
        said("words", "Write to Ana."),
        said("reply", "Begun.", by="tau", parent="words", artifact="letter", revision="v1"),
    )
    if not empty:
        await there.append(said("x", "hello"))
    report = await import_bytes(there, await exported(here))
    assert not report.skipped
    known = there.memory.artifacts
    assert known.version("letter", "v1").content == content
    assert [each.id for each in known.versions("letter")] == ["v1", "v2"]
    reply = there.memory.message("reply")
    assert (reply.artifact, reply.revision) == ("letter", "v1")
    assert there.memory.scopes.of("writing").enabled == (not empty), "a scope is of one journal"


async def test_a_name_given_here_is_not_taken_back(fresh: Open) -> None:
    life, other = await fresh(), await fresh()
    begun: list[Entry] = [ConversationChanged(at=1.0, id="c", title="First"), said("1", "one")]
    await life.append(*begun)
    await other.append(said("0", "zero", conversation="z"))
    await import_bytes(other, await exported(life))
    await other.update_conversation("c", title="Renamed here")
    await life.append(ConversationChanged(at=2.0, id="c", title="Renamed there"))
    await life.append(said("2", "two", parent="1"))
    await import_bytes(other, await exported(life))
    assert other.memory.conversation("c").title == "Renamed here"
    assert [m.text for m in other.memory.conversations.thread("c")] == ["one", "two"]


async def test_whoever_speaks_while_it_is_put_back_loses_nothing(fresh: Open) -> None:
    life, other = await fresh(), await fresh()
    await life.append(*(said(str(n), f"text {n}") for n in range(1000)))
    spoken = asyncio.Event()

    def watch(_: Any) -> None:
        spoken.set()

    putting = asyncio.create_task(import_bytes(other, await exported(life), progress=watch))
    await spoken.wait()
    note = asyncio.create_task(other.create_conversation("Meanwhile"))
    report = await putting
    await note
    assert len(other.memory) == 1000
    assert "Meanwhile" in {one.title for one in other.memory.conversations.all()}
    assert report.messages == 1000


async def test_a_dry_run_puts_nothing_back(fresh: Open) -> None:
    life, other = await fresh(), await fresh()
    await life.append(said("1", "one"))
    report = await import_bytes(other, await exported(life), dry_run=True)
    assert (report.messages, report.restored, other.memory.last) == (1, True, 0)


@pytest.mark.parametrize(
    "line",
    [
        b'{"seq": "x", "entry": {"kind": "said"}}',
        b'{"seq": 1, "entry": 5}',
        b'{"seq": 1, "entry": {"kind": 5}}',
        b'{"seq": 1, "at": "x", "entry": {"kind": "said", "at": "x"}}',
        b'{"seq": 1, "entry": {"kind": "new", "n": 123456789012345678901234567890}}',
        b'{"seq": 1, "entry": {"kind": "said", "text": "\\ud800"}}',
        b'{"seq": 999999999999, "entry": {"kind": "said"}}',
        b'{"seq": -1, "erased": true}',
        b'{"seq": 1, "seq": 1, "erased": true',
    ],
)
async def test_no_line_makes_it_stumble(fresh: Open, line: bytes) -> None:
    life, other = await fresh(), await fresh()
    await life.append(said("1", "kept"))
    (header, kept) = await exported(life)
    kept = kept.replace(b'"seq":1', b'"seq":2')
    await import_bytes(other, [header, line + b"\n", kept])
    assert [m.text for m in other.memory.conversations.thread("c")] == ["kept"]
    assert not other._journal.damaged


async def test_a_whole_house_moves(app: App, fresh: Open) -> None:
    life = await app.lives.open(await app.people.owner())
    turn = await app.companion.turn(life, None, "My dog is called Rufus.")
    await turn.ended()
    await (await app.companion.turn(life, turn.conversation, "What is my dog called?")).ended()
    await app.learning.wait_until_idle()
    other = await fresh()
    await import_bytes(other, await exported(life))
    assert state(other) == state(life)
