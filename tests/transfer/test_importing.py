"""A file becomes a part of a life: whole conversations, once each, whatever happens between."""

import asyncio
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tau.app import App, open_app
from tau.errors import BadInput
from tau.ids import derived_id
from tau.journal.entries import ClaimLearned, MessageAdded
from tau.journal.export import export_jsonl
from tau.journal.journal import Journal
from tau.life.life import Life
from tau.settings import Settings
from tau.transfer.formats import SkippedItem
from tau.transfer.importing import ImportProgress, import_file
from tau.transfer.report import ImportReport

from .exports import (
    BEGAN,
    as_json,
    as_lines,
    as_zip,
    chatgpt,
    claude,
    many,
    memory,
    node,
    said,
    store,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def life(app: App) -> Life:
    return await app.lives.open(await app.people.owner())


async def import_bytes(
    life: Life, raw: bytes, name: str = "export.zip", **how: Any
) -> ImportReport:
    return await import_file(life, io.BytesIO(raw), name, **how)


def held(life: Life) -> dict[str, list[str]]:
    """The visible threads by the name of their conversation."""
    found = life.memory.conversations.all()
    return {
        str(one.title): [m.text for m in life.memory.conversations.thread(one.id)] for one in found
    }


async def exported(life: Life) -> list[bytes]:
    return [line async for line in export_jsonl(life)]


async def test_conversations_are_there_with_their_dates_and_searchable_at_once(life: Life) -> None:
    raw = as_zip({"conversations.json": as_json(many(3))})
    report = await import_bytes(life, raw)
    assert (report.origin, report.conversations, report.messages) == ("chatgpt", 3, 12)
    assert held(life)["Talk c1"] == [f"word1 turn{n} of a talk" for n in range(4)]
    (passage, *_) = life.memory.search("word2")
    assert passage.message.at - BEGAN == int(passage.message.text[10])
    assert passage.message.origin == "chatgpt"
    assert passage.message.imported == report.id
    assert [
        m.is_from_person for m in life.memory.conversations.thread(passage.message.conversation)
    ] == [
        True,
        False,
        True,
        False,
    ]
    (brought,) = life.memory.imports.all()
    assert (brought.id, brought.name, brought.finished) == (report.id, "export.zip", True)
    assert (brought.conversations, brought.messages) == (3, 12)


async def test_brought_twice_it_is_there_once(life: Life) -> None:
    raw = as_json([*many(2), claude("k", ("human", "hello"))])
    await import_bytes(life, raw)
    before = await exported(life)
    again = await import_bytes(life, raw, "another name.json")
    assert (again.conversations, again.messages, again.known, again.id) == (0, 0, 9, None)
    assert await exported(life) == before


async def test_a_newer_export_adds_only_what_is_new(life: Life) -> None:
    await import_bytes(life, as_json([chatgpt("a", ("user", "one")), chatgpt("b", ("user", "x"))]))
    newer = [
        chatgpt("c", ("user", "new")),
        chatgpt("a", ("user", "one"), ("assistant", "two"), title="Renamed there"),
        chatgpt("b", ("user", "x")),
    ]
    report = await import_bytes(life, as_json(newer))
    assert (report.conversations, report.messages, report.known) == (2, 2, 2)
    assert held(life) == {"Talk a": ["one", "two"], "Talk b": ["x"], "Talk c": ["new"]}
    assert len(life.memory.imports.all()) == 2


async def test_what_was_said_here_since_is_not_hidden_by_a_newer_export(life: Life) -> None:
    await import_bytes(life, as_json([chatgpt("a", ("user", "one"))]))
    (conversation,) = life.memory.conversations.all()
    await life.add_message(conversation.id, "said to Tau")
    await import_bytes(
        life, as_json([chatgpt("a", ("user", "one"), ("assistant", "two"), ("user", "3"))])
    )
    assert held(life)["Talk a"] == ["one", "said to Tau", "two", "3"]


async def test_a_document_is_not_the_person_and_claims_wait(life: Life) -> None:
    talk = claude("k", ("human", "Read this."))
    talk["chat_messages"][0]["attachments"] = [
        {"file_name": "letter.txt", "extracted_content": "I live on the moon."}
    ]
    memories = [
        {"conversations_memory": "**Work**\n\nLikes tea.\n- Has a cat.", "account_uuid": "x"}
    ]
    raw = as_zip({"conversations.json": as_json([talk]), "memories.json": as_json(memories)})
    report = await import_bytes(life, raw)
    assert report.facts == 2
    (conversation,) = life.memory.conversations.all()
    document, words = life.memory.conversations.thread(conversation.id)
    assert (document.speaker, document.is_from_person) == ("letter.txt", False)
    assert (words.text, words.is_from_person) == ("Read this.", True)
    waiting = life.memory.facts.waiting()
    assert [fact.text for fact in waiting] == ["Likes tea.", "Has a cat."]
    assert {
        claim.imported for fact in waiting for claim in life.memory.facts.claims_of(fact.id)
    } == {report.id}
    assert life.memory.facts.current(2e9) == []


async def test_trusted_claims_count_and_know_their_sources(life: Life) -> None:
    await import_bytes(life, as_json([claude("k", ("human", "I moved."))]))
    provenance = {"platform": "claude", "conversation_ref": "k", "message_ref": "k-0"}
    raw = as_json(store(memory("m", "Lives in Porto", provenance=provenance)))
    await import_bytes(life, raw, trust=True)
    (fact,) = life.memory.facts.current(2e9)
    assert fact.text == "Lives in Porto"
    assert fact.sources == (derived_id("claude", "k", "k-0"),)
    assert (await import_bytes(life, raw)).facts == 0


async def test_a_message_that_is_too_long_is_named_and_the_rest_is_whole(life: Life) -> None:
    turns = [("user", "before"), ("assistant", "x" * 10_000_000), ("user", "after")]
    report = await import_bytes(life, as_json([chatgpt("a", *turns)]))
    assert report.skipped == (
        SkippedItem("“Talk a”", "one of its messages is too long (10,000,000 bytes)"),
    )
    assert held(life) == {"Talk a": ["before", "after"]}


async def test_edits_come_over_and_the_current_thread_shows(life: Life) -> None:
    mapping = {
        "r": node(None),
        "a": node("r", said("user", "first")),
        "b": node("a", said("assistant", "one", BEGAN + 1)),
        "e": node("r", said("user", "edited", BEGAN + 2)),
    }
    raw = as_json([{**chatgpt("c"), "mapping": mapping, "current_node": "b"}])
    await import_bytes(life, raw)
    assert held(life) == {"Talk c": ["first", "one"]}
    assert len(life.memory) == 3


async def test_archived_and_unnamed_conversations(life: Life) -> None:
    unnamed = {**chatgpt("a", ("user", "These are my\nfirst words")), "title": None}
    hidden = {**chatgpt("b", ("user", "x")), "is_archived": True}
    await import_bytes(life, as_json([unnamed, hidden]))
    found = {one.title: one.archived for one in life.memory.conversations.all()}
    assert found == {"These are my first words": False, "Talk b": True}


async def test_a_dry_run_writes_nothing_and_tells_the_same(life: Life) -> None:
    raw = as_json([*many(3), many(3)[0]])
    dry = await import_bytes(life, raw, dry_run=True)
    assert life.memory.last == 0
    assert dry.id is None
    wet = await import_bytes(life, raw)
    assert (dry.conversations, dry.messages) == (wet.conversations, wet.messages) == (3, 12)


@pytest.mark.parametrize(
    "raw",
    [b"", b"hello", b"[]", b"{}", b"[1, 2]", b'{"a": 1}\n{"b": 2}', b"\x89PNG" * 99, as_zip({})],
    ids=repr,
)
async def test_what_nothing_can_be_read_from_is_refused_in_a_sentence(
    life: Life, raw: bytes
) -> None:
    with pytest.raises(BadInput, match=r"^[A-Z].*\.$"):
        await import_bytes(life, raw)
    assert life.memory.last == 0


async def test_a_file_that_is_not_there_is_told(life: Life, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nowhere\\.zip cannot be read"):
        await import_file(life, tmp_path / "nowhere.zip", "nowhere.zip")


async def test_progress_goes_forward_to_the_end(life: Life) -> None:
    seen: list[ImportProgress] = []
    raw = as_json(many(200))
    await import_bytes(life, raw, progress=seen.append)
    done = [each.bytes_done for each in seen]
    assert done == sorted(done)
    assert done[-1] == len(raw) == seen[-1].bytes_total
    assert [each.messages for each in seen] == sorted(each.messages for each in seen)
    assert seen[-1].messages == 800
    assert len(seen) > 3


async def test_cut_anywhere_every_whole_conversation_before_the_cut_is_there(life: Life) -> None:
    raw = as_json(many(10))
    whole: list[int] = []
    for part in range(1, 20):
        cut = raw[: len(raw) * part // 20]
        try:
            report = await import_bytes(life, cut, f"{part}.json")
        except BadInput:
            assert b'"conversation_id": "c0"}' not in cut
            continue
        assert all(len(thread) == 4 for thread in held(life).values())
        assert len(held(life)) == cut.count(b'"conversation_id"')
        assert [each.reason for each in report.skipped] == ["the file ends in the middle of it"]
        whole.append(len(held(life)))
    assert whole == sorted(whole)
    assert whole[-1] == 9


async def test_a_zip_cut_anywhere_gives_what_stands_before_the_cut(life: Life) -> None:

    talks = [chatgpt(f"c{n}", ("user", os.urandom(400).hex())) for n in range(40)]
    packed = as_zip({"conversations.json": as_json(talks), "user.json": b"{}"})
    counts: list[int] = []
    for part in range(1, 20):
        try:
            await import_bytes(life, packed[: len(packed) * part // 20], f"{part}.zip")
        except BadInput:
            continue
        counts.append(len(held(life)))
        assert all(len(thread) == 1 for thread in held(life).values())
    assert counts == sorted(counts)
    assert counts[-1] > 30


async def test_stopped_in_the_middle_it_is_whole_and_goes_on(life: Life) -> None:
    raw = as_json(many(300))
    stop = asyncio.Event()

    def watch(progress: ImportProgress) -> None:
        if progress.messages >= 400:
            stop.set()

    importing = asyncio.create_task(import_bytes(life, raw, progress=watch))
    await stop.wait()
    importing.cancel()
    await asyncio.gather(importing, return_exceptions=True)
    assert 0 < len(held(life)) < 300
    assert all(len(thread) == 4 for thread in held(life).values())
    (unfinished,) = life.memory.imports.all()
    assert not unfinished.finished
    report = await import_bytes(life, raw)
    assert report.id == unfinished.id
    assert report.known > 0
    (finished,) = life.memory.imports.all()
    assert (finished.finished, finished.conversations, finished.messages) == (True, 300, 1200)
    assert len(held(life)) == 300


async def test_turns_go_on_meanwhile(app: App, life: Life) -> None:
    importing = asyncio.create_task(import_bytes(life, as_json(many(300))))
    turn = await app.companion.turn(life, None, "Good morning")
    await turn.ended()
    assert len(held(life)) < 301
    await importing
    assert len(held(life)) == 301


async def test_two_imports_of_one_file_at_once_write_it_once(life: Life) -> None:
    raw = as_json(many(100))
    await asyncio.gather(*(import_bytes(life, raw, f"{n}.json") for n in range(3)))
    said_ids = [
        record.entry.id
        async for record in life.read()
        if isinstance(getattr(record, "entry", None), MessageAdded)  # type: ignore[union-attr]
    ]
    assert len(said_ids) == len(set(said_ids)) == 400


async def test_another_life_of_the_same_journal_learns_of_it(app: App, life: Life) -> None:
    await import_bytes(life, as_json(many(2)))
    read = Journal(app.lives._store, life.person, (await app.people.owner()).data_key)
    entries = [record.entry async for record in read.read() if not isinstance(record, Exception)]
    assert sum(isinstance(entry, MessageAdded) for entry in entries) == 8
    assert not any(isinstance(entry, ClaimLearned) for entry in entries)


_KILLED = """
import asyncio, os, pathlib, sys
from tau.app import open_app
from tau.transfer.importing import import_file
from tau.settings import Settings

async def main():
    home, file, after = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
    settings = Settings(home=home, model="scripted", embedder="scripted-embedder")
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        def watch(progress):
            if progress.messages >= after:
                os.kill(os.getpid(), 9)
        await import_file(life, file, "brought.json", progress=watch)

asyncio.run(main())
"""


@pytest.fixture
async def killed(tmp_path: Path) -> tuple[Settings, Path]:
    """A home whose import was killed in the middle, and the file that was brought."""
    file = tmp_path / "brought.json"
    file.write_bytes(as_json(many(150)))
    home = tmp_path / "home"
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", _KILLED, str(home), str(file), "300"], check=False
    )
    assert done.returncode == -9
    return Settings(home=home, model="scripted", embedder="scripted-embedder"), file


@pytest.mark.slow
async def test_killed_in_the_middle_it_is_whole_and_goes_on(
    killed: tuple[Settings, Path],
) -> None:
    settings, file = killed
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        assert 0 < len(held(life)) < 150
        assert all(len(thread) == 4 for thread in held(life).values())
        await import_file(life, file, "brought.json")
        assert len(held(life)) == 150
        (brought,) = life.memory.imports.all()
        assert (brought.finished, brought.messages) == (True, 600)


async def test_lines_of_chats_are_known_again(life: Life) -> None:
    chats = as_lines(
        *(
            {
                "messages": [
                    {"role": "user", "content": f"q{n}"},
                    {"role": "assistant", "content": "a"},
                ]
            }
            for n in range(3)
        )
    )
    assert (await import_bytes(life, chats, "chats.jsonl")).messages == 6
    assert (await import_bytes(life, chats + chats[: len(chats) // 3], "chats.jsonl")).messages == 2
