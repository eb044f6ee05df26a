"""What is saved of a life: little of what grew a little, and never what was just forgotten."""

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest
import sqlalchemy as sa

from tau.app import App
from tau.journal.entries import MessageAdded
from tau.life.forgetting import forget
from tau.life.life import Life
from tau.memory.erasure_request import ErasureRequest
from tau.memory.snapshot import Capture, EncodedSnapshot, SnapshotEncoder
from tau.storage.schema import snapshots

pytestmark = pytest.mark.anyio
MODEL = "m"


def said(first: int, count: int) -> list[MessageAdded]:
    return [
        MessageAdded(
            at=float(number),
            id=f"m{number}",
            conversation=f"c{number // 20}",
            by="person",
            text=f"text number {number}",
            parent=f"m{number - 1}" if number % 20 else None,
        )
        for number in range(first, first + count)
    ]


def embed(life: Life) -> None:
    while waiting := life.memory.messages_to_embed(MODEL, 100):
        rows = [int(message.id[1:]) for message in waiting]
        vectors = np.stack([np.cos(np.arange(8) * (row + 1)) for row in rows])
        life.memory.add_vectors(MODEL, [m.id for m in waiting], vectors.astype(np.float32))


async def reopened(app: App, life: Life) -> Life:
    """Open the life as a process does that has just started."""
    key = (await app.people.owner()).data_key
    return await Life.open(app.lives._store, life.person, key, embed=life._embed)


async def stored(app: App) -> dict[str, bytes]:
    query = sa.select(snapshots.c.name, snapshots.c.sealed)
    rows = await app.database.run(lambda c: c.execute(query).all())
    return {row.name: bytes(row.sealed) for row in rows}


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> Sequence[str]:
    return sorted(name for name, sealed in after.items() if before.get(name) != sealed)


async def test_a_life_that_grew_a_little_keeps_only_its_vectors(app: App, life: Life) -> None:
    await life.append(*said(0, 600))
    embed(life)
    assert await life.save()
    before = await stored(app)
    await life.append(*said(600, 20))
    embed(life)
    await app.lives.unload(life.person)
    (added,) = changed(before, await stored(app))
    assert added.startswith("added.")
    again = await reopened(app, life)
    assert again.memory.dump() == life.memory.dump()
    assert again.saving.unsaved(again.memory) == 20
    assert again.memory.messages_to_embed(MODEL, 9) == []
    await again.save(whole=False)
    assert len(await stored(app)) == len(before) + 1, "nothing is left to save"


async def test_a_life_that_grew_more_writes_only_its_end(app: App, life: Life) -> None:
    await life.append(*said(0, 600))
    embed(life)
    await life.save()
    before = await stored(app)
    again = await reopened(app, life)
    await again.append(*said(600, 30))
    embed(again)
    assert await again.save()
    written = changed(before, await stored(app))
    assert written == ["manifest", "meta", "rows.2", "trees.0", "vectors.2"]
    assert (await reopened(app, life)).memory.dump() == again.memory.dump()


async def test_many_vectors_alone_are_worth_a_snapshot(app: App, life: Life) -> None:
    await life.append(*said(0, 600))
    await life.save()
    assert life.saving.unsaved(life.memory) == 0
    embed(life)
    assert life.saving.unsaved(life.memory) == 600
    await app.lives.maintain(life.used_at)
    assert life.saving.unsaved(life.memory) == 0
    assert (await reopened(app, life)).memory.messages_to_embed(MODEL, 9) == []


async def test_what_is_forgotten_while_a_snapshot_is_encoded_is_not_saved(
    app: App, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    await life.append(*said(0, 300))
    embed(life)
    encoding, forgotten = asyncio.Event(), asyncio.Event()
    loop, encode = asyncio.get_running_loop(), SnapshotEncoder.encode

    def encode_late(encoder: SnapshotEncoder, captured: Capture) -> EncodedSnapshot:
        loop.call_soon_threadsafe(encoding.set)
        asyncio.run_coroutine_threadsafe(forgotten.wait(), loop).result()
        return encode(encoder, captured)

    monkeypatch.setattr(SnapshotEncoder, "encode", encode_late)
    saving = asyncio.create_task(life.save())
    await encoding.wait()
    await forget(life, ErasureRequest(messages=("m7",)))
    forgotten.set()
    assert not await saving
    assert await stored(app) == {}
    monkeypatch.undo()
    assert await life.save(), "and the next one is whole"
    again = await reopened(app, life)
    assert again.memory.dump() == life.memory.dump()
    assert again.memory.messages.find("m7") is None


async def test_what_is_said_while_a_snapshot_is_encoded_is_read_from_the_log(
    app: App, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    await life.append(*said(0, 300))
    encode = SnapshotEncoder.encode
    loop = asyncio.get_running_loop()

    def encode_late(encoder: SnapshotEncoder, captured: Capture) -> EncodedSnapshot:
        asyncio.run_coroutine_threadsafe(life.append(*said(300, 5)), loop).result()
        return encode(encoder, captured)

    monkeypatch.setattr(SnapshotEncoder, "encode", encode_late)
    assert await life.save()
    monkeypatch.undo()
    assert life.saving.seq == 300
    again = await reopened(app, life)
    assert again.saving.seq == 300
    assert again.memory.dump() == life.memory.dump()


async def test_the_vectors_of_a_forgotten_message_are_not_kept(app: App, life: Life) -> None:
    await life.append(*said(0, 30))
    embed(life)
    await app.lives.unload(life.person)
    assert [name.partition(".")[0] for name in await stored(app)] == ["added"]
    again = await app.lives.open(await app.people.owner())
    assert again.memory.messages_to_embed(MODEL, 9) == []
    await forget(again, ErasureRequest(messages=("m3",)))
    assert await stored(app) == {}
    assert again.saving.unsaved(again.memory) == again.memory.last
    await app.lives.unload(again.person)
    assert "vectors.0" in await stored(app), "the others keep theirs"
    assert (await reopened(app, again)).memory.dump() == again.memory.dump()
