"""What somebody forgot does not come back because the same file is brought again."""

import io
import json
from typing import Any

import pytest

from tau.journal.entries import (
    Claim,
    ClaimLearned,
    ConversationChanged,
    EntriesForgotten,
    MessageAdded,
)
from tau.journal.export import export_jsonl
from tau.life.forgetting import forget
from tau.life.life import Life
from tau.memory.erasure_request import ErasureRequest
from tau.storage.sealing import SecretBox
from tau.transfer.importing import import_file
from tau.transfer.report import ImportReport

from .exports import as_json, as_lines, chatgpt, claude, memory, node, store
from .exports import said as spoken
from .opening import KEY, Open

pytestmark = pytest.mark.anyio
TALK = (
    ("user", "The heron is called Zanzibar."),
    ("assistant", "A fine name for a heron."),
    ("user", "And the lake is deep."),
    ("assistant", "How deep?"),
)


@pytest.fixture
async def life(open_life: Open) -> Life:
    return await open_life()


async def import_bytes(life: Life, raw: bytes, **how: Any) -> ImportReport:
    return await import_file(life, io.BytesIO(raw), "export.json", **how)


async def exported(life: Life) -> bytes:
    return b"".join([line async for line in export_jsonl(life)])


def texts(life: Life) -> list[str]:
    return [message.text for message in life.memory.messages]


def named(life: Life, words: str) -> str:
    return next(one.id for one in life.memory.messages if words in one.text)


async def test_a_forgotten_message_stays_out_with_its_reply(life: Life) -> None:
    raw = as_json([chatgpt("a", *TALK)])
    await import_bytes(life, raw)
    await forget(life, ErasureRequest(messages=(named(life, "Zanzibar"),)))
    left = texts(life)
    again = await import_bytes(life, raw)
    assert (again.messages, again.known, again.forgotten) == (0, 2, 2)
    assert (texts(life), again.id) == (left, None)
    assert "Zanzibar" not in str(await exported(life))


async def test_what_follows_it_in_a_newer_file_hangs_on_what_is_left(life: Life) -> None:
    await import_bytes(life, as_json([chatgpt("a", *TALK[:2])]))
    await forget(life, ErasureRequest(messages=(named(life, "Zanzibar"),)))
    report = await import_bytes(life, as_json([chatgpt("a", *TALK)]))
    assert (report.messages, report.forgotten) == (2, 2)
    (conversation,) = life.memory.conversations.all()
    shown = life.memory.conversations.thread(conversation.id)
    assert [m.text for m in shown] == ["And the lake is deep.", "How deep?"]


async def test_it_stays_out_after_a_restart_from_the_log_and_from_a_snapshot(
    life: Life, open_life: Open
) -> None:
    raw = as_json([chatgpt("a", *TALK)])
    await import_bytes(life, raw)
    await forget(life, ErasureRequest(messages=(named(life, "Zanzibar"),)))
    fresh = await open_life()
    assert (await import_bytes(fresh, raw)).forgotten == 2
    assert await fresh.save()
    restored = await open_life()
    assert restored.saving.seq == restored.memory.last
    assert (await import_bytes(restored, raw)).forgotten == 2


async def test_who_wants_it_back_gets_it_and_keeps_it(life: Life) -> None:
    raw = as_json([chatgpt("a", *TALK)])
    await import_bytes(life, raw)
    await forget(life, ErasureRequest(messages=(named(life, "Zanzibar"),)))
    report = await import_bytes(life, raw, forgotten=True)
    assert (report.messages, report.forgotten) == (2, 0)
    assert set(texts(life)) == {text for _, text in TALK}
    again = await import_bytes(life, raw)
    assert (again.known, again.forgotten) == (4, 0)


async def test_a_dry_run_tells_what_would_stay_out(life: Life) -> None:
    raw = as_json([chatgpt("a", *TALK)])
    await import_bytes(life, raw)
    await forget(life, ErasureRequest(messages=(named(life, "Zanzibar"),)))
    last = life.memory.last
    assert (await import_bytes(life, raw, dry_run=True)).forgotten == 2
    assert life.memory.last == last


async def test_a_forgotten_conversation_comes_back_neither_by_words_nor_by_name(
    life: Life,
) -> None:
    talk = chatgpt("a", *TALK, title="Zanzibar the heron")
    await import_bytes(life, as_json([talk]))
    (conversation,) = life.memory.conversations.all()
    await forget(life, ErasureRequest(conversation=conversation.id))
    assert (await import_bytes(life, as_json([talk]))).forgotten == 4
    assert life.memory.conversations.all() == []
    newer = chatgpt("a", *TALK, ("user", "New words."), title="Zanzibar the heron")
    assert (await import_bytes(life, as_json([newer]))).messages == 1
    (there,) = life.memory.conversations.all()
    assert there.title == "New words."


@pytest.mark.parametrize("whole", ["import", "time"])
async def test_an_import_or_a_time_that_was_forgotten_stays_out(life: Life, whole: str) -> None:
    raw = as_json([chatgpt("a", *TALK), claude("k", ("human", "Hello there."))])
    report = await import_bytes(life, raw)
    if whole == "import":
        await forget(life, ErasureRequest(import_id=str(report.id)))
    else:
        await forget(life, ErasureRequest(since=0.0))
    assert texts(life) == []
    assert (await import_bytes(life, raw)).forgotten == 5
    assert texts(life) == []
    assert (await import_bytes(life, raw, forgotten=True)).messages == 5


async def test_a_forgotten_claim_of_a_file_stays_out(life: Life) -> None:
    raw = as_json(store(memory("m", "Owns a heron called Zanzibar"), memory("n", "Likes tea")))
    await import_bytes(life, raw)
    (heron,) = [fact for fact in life.memory.facts.waiting() if "heron" in fact.text]
    await forget(life, ErasureRequest(facts=(heron.id,)))
    report = await import_bytes(life, raw)
    assert (report.facts, report.known, report.forgotten) == (0, 1, 1)
    assert [fact.text for fact in life.memory.facts.all()] == ["Likes tea"]
    assert (await import_bytes(life, raw, forgotten=True)).facts == 1


async def test_chats_without_names_stay_out_by_their_words(life: Life) -> None:
    raw = as_lines({"messages": [{"role": role, "content": text} for role, text in TALK]})
    await import_bytes(life, raw)
    await forget(life, ErasureRequest(messages=(named(life, "Zanzibar"),)))
    assert (await import_bytes(life, raw)).forgotten == 2


async def test_an_export_of_taus_that_was_merged_does_not_bring_it_back(
    life: Life, open_life: Open
) -> None:
    other = await open_life("q")
    await other.append(
        ConversationChanged(at=1.0, id="c", title="Zanzibar the heron"),
        MessageAdded(
            at=1.0, id="1", conversation="c", by="person", text="The heron is called Zanzibar."
        ),
        MessageAdded(at=2.0, id="2", conversation="d", by="person", text="Lakes are deep."),
    )
    await life.create_conversation("Mine")
    await import_bytes(life, await exported(other))
    await forget(life, ErasureRequest(conversation="c"))
    report = await import_bytes(life, await exported(other))
    assert (report.messages, report.known, report.forgotten) == (0, 1, 1)
    assert "Zanzibar" not in str(await exported(life))
    assert {one.title for one in life.memory.conversations.all()} == {"Mine", None}


async def test_edits_that_were_forgotten_lose_no_branch_beside_them(life: Life) -> None:
    mapping = {
        "r": node(None),
        "a": node("r", spoken("user", "Zanzibar is a heron.")),
        "b": node("a", spoken("assistant", "Nice.")),
        "c": node("r", spoken("user", "Lakes are deep.")),
    }
    talk = chatgpt("x") | {"mapping": mapping, "current_node": "c"}
    await import_bytes(life, as_json([talk]))
    await forget(life, ErasureRequest(messages=(named(life, "Zanzibar"),)))
    gone = 4 - 1 - len(texts(life))
    assert (await import_bytes(life, as_json([talk]))).forgotten == gone > 0


async def test_what_the_log_keeps_of_it_tells_nothing(life: Life) -> None:
    await import_bytes(life, as_json([chatgpt("a", *TALK)]))
    names = [named(life, "Zanzibar"), named(life, "fine name")]
    await forget(life, ErasureRequest(messages=tuple(names[:1])))
    entries = [json.loads(line).get("entry") for line in (await exported(life)).splitlines()]
    (forgot,) = [entry for entry in entries if entry and entry["kind"] == "forgot"]
    assert sorted(forgot["kept_out"]) == sorted(SecretBox(KEY).digest(name) for name in names)
    assert not any(name in str(forgot) for name in names)
    others = SecretBox(bytes(32))
    assert not {others.digest(name) for name in names} & set(forgot["kept_out"])


async def test_only_what_a_file_brought_is_kept_out(life: Life) -> None:
    conversation = (await life.create_conversation()).id
    note = await life.add_message(conversation, "Herons are called Zanzibar.")
    erasure = await forget(life, ErasureRequest(messages=(note.id,)))
    assert erasure.imported_ids == ()
    claim = Claim(topic="other", text="Likes tea")
    await life.append(ClaimLearned(at=1.0, id="f", claim=claim, by="person"))
    assert (await forget(life, ErasureRequest(facts=("f",)))).imported_ids == ()
    forgot = [
        r.entry for r in [r async for r in life.read()] if isinstance(r.entry, EntriesForgotten)
    ]
    assert [entry.kept_out for entry in forgot] == [(), ()]
