"""Two nodes, or two commands, that bring the same at the same time bring it once."""

import asyncio
import io
from typing import Any

import pytest

from tau.errors import SequenceConflict
from tau.journal.entries import Claim, ClaimLearned, MessageAdded
from tau.journal.export import export_jsonl
from tau.life.forgetting import forget
from tau.life.life import Life
from tau.memory.erasure_request import ErasureRequest
from tau.transfer.formats import ImportNote, SkippedItem
from tau.transfer.importing import import_file
from tau.transfer.report import ImportCounter, ImportReport
from tau.transfer.rollback import RollbackSet

from .exports import as_json, chatgpt, many, memory, store
from .opening import Open

pytestmark = pytest.mark.anyio


async def import_bytes(life: Life, raw: bytes, **how: Any) -> ImportReport:
    return await import_file(life, io.BytesIO(raw), "export.json", **how)


async def said_in_the_log(life: Life) -> list[str]:
    records = [record async for record in life.read()]
    return [record.entry.id for record in records if isinstance(record.entry, MessageAdded)]  # type: ignore[union-attr]


async def test_the_same_conversations_brought_by_two_are_there_once(open_life: Open) -> None:
    one, two = await open_life(), await open_life()
    raw = as_json(many(120))
    reports = await asyncio.gather(import_bytes(one, raw), import_bytes(two, raw))
    written = await said_in_the_log(await open_life())
    assert len(written) == len(set(written)) == 480
    assert sum(report.messages for report in reports) == 480
    assert [report.messages + report.known for report in reports] == [480, 480]
    brought = (await open_life()).memory.imports.all()
    assert sum(each.messages for each in brought) == 480
    assert all(each.finished for each in brought)


async def test_who_did_not_know_of_the_other_looks_again(open_life: Open) -> None:
    one, two = await open_life(), await open_life()
    raw = as_json(store(memory("m", "Likes tea"), memory("n", "Likes milk")))
    await import_bytes(one, raw)
    late = await import_bytes(two, raw)
    assert (late.facts, late.known, late.id) == (0, 2, None)
    assert len(two.memory.facts.all()) == 2


async def test_an_export_merged_by_two_is_there_once(open_life: Open) -> None:
    other = await open_life("q")
    await other.append(
        *(
            MessageAdded(at=n, id=str(n), conversation="c", by="person", text=f"text {n}")
            for n in range(9)
        ),
        ClaimLearned(at=1.0, id="f", claim=Claim(topic="other", text="Likes tea"), by="person"),
    )
    raw = b"".join([line async for line in export_jsonl(other)])
    one = await open_life()
    await one.create_conversation("Mine")
    two = await open_life()
    reports = await asyncio.gather(import_bytes(one, raw), import_bytes(two, raw))
    fresh = await open_life()
    assert sorted(await said_in_the_log(fresh)) == sorted(map(str, range(9)))
    assert [fact.text for fact in fresh.memory.facts.all()] == ["Likes tea"]
    assert sum(report.messages for report in reports) == 9


async def test_what_is_forgotten_elsewhere_meanwhile_stays_out(open_life: Open) -> None:
    one, two = await open_life(), await open_life()
    raw = as_json([chatgpt("a", ("user", "The heron is called Zanzibar."))])
    await import_bytes(one, raw)
    await forget(one, ErasureRequest(since=0.0))
    report = await import_bytes(two, raw)
    assert (report.messages, report.forgotten) == (0, 1)


async def test_turns_go_on_beside_it_and_nothing_is_lost(open_life: Open) -> None:
    life = await open_life()
    conversation = (await life.create_conversation()).id
    raw = as_json(many(100))
    bringing = asyncio.create_task(import_bytes(life, raw))
    said = 0
    while not bringing.done():
        await life.add_message(conversation, f"note {said}")
        said += 1
    report = await bringing
    assert (report.messages, said > 3) == (400, True)
    assert len(life.memory.conversations.all_messages(conversation)) == said
    assert len(life.memory) == 400 + said


async def test_who_is_always_overtaken_says_so_and_has_written_nothing(
    open_life: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = await open_life()

    async def overtaken(*_: Any, **__: Any) -> None:
        raise SequenceConflict("overtaken")

    monkeypatch.setattr(life._journal, "append", overtaken)
    monkeypatch.setattr("tau.transfer.writing.MAX_ATTEMPTS", 3)
    with pytest.raises(SequenceConflict, match="Import the file again"):
        await import_bytes(life, as_json(many(1)))
    assert life.memory.last == 0


def test_marks_are_taken_back_as_far_as_they_were_settled() -> None:
    marks = RollbackSet()
    marks.add("a")
    marks.commit()
    marks.add("a")
    marks.add("b")
    marks.rollback()
    assert ("a" in marks, "b" in marks) == (True, False)
    marks.rollback()
    assert "a" in marks


def test_a_tally_is_taken_back_as_far_as_it_was_settled() -> None:
    tally = ImportCounter()
    tally.add_skipped(SkippedItem("one", "reason"))
    tally.counts.messages = 2
    tally.commit()
    tally.add_skipped(SkippedItem("two", "reason"))
    tally.add_note(ImportNote("x", "y"))
    tally.counts.messages, tally.counts.forgotten, tally.counts.known = 9, 9, 9
    tally.rollback()
    report = tally.report(None, "chatgpt", "x.zip")
    assert [each.where for each in report.skipped] == ["one"]
    assert (report.messages, report.forgotten, report.known, report.notes) == (2, 0, 0, ())
    assert report.skipped_count == 1
