"""A snapshot is believed only when it is whole, and is cheap where nothing changed."""

import numpy as np
import pytest

from tau.journal.entries import EntriesForgotten, Record
from tau.memory import Memory
from tau.memory.columns import CHUNK_ROWS
from tau.memory.saving import capture, revisions
from tau.memory.snapshot import SnapshotEncoder


@pytest.fixture
def memory() -> Memory:
    memory = Memory()
    ids = [memory.remember(f"message {i} of Porto", at=float(i)).id for i in range(5)]
    memory.add_vectors("m", ids, np.eye(5, 4, dtype=np.float32))
    return memory


def test_an_empty_memory_survives() -> None:
    again = Memory.restore(Memory().dump())
    assert len(again) == 0
    assert again.remember("hello").seq == 1


def test_a_damaged_part_is_noticed(memory: Memory) -> None:
    parts = memory.dump()
    for name, part in parts.items():
        for damaged in (part[:-1], part + b"x", bytes([part[0] ^ 1]) + part[1:], b""):
            with pytest.raises(ValueError, match="snapshot"):
                Memory.restore({**parts, name: damaged})
        with pytest.raises(ValueError, match="snapshot"):
            Memory.restore({other: p for other, p in parts.items() if other != name})


def test_another_version_is_refused(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tau.memory.snapshot.VERSION", 999)
    parts = memory.dump()
    monkeypatch.undo()
    with pytest.raises(ValueError, match="version"):
        Memory.restore(parts)


def test_parts_of_two_saves_do_not_mix(memory: Memory) -> None:
    before = memory.dump()
    memory.remember("one more")
    with pytest.raises(ValueError, match="snapshot"):
        Memory.restore({**memory.dump(), "rows.0": before["rows.0"]})


def test_full_blocks_do_not_change_when_messages_are_added() -> None:
    memory = Memory()
    rng = np.random.default_rng(1)
    ids = [memory.remember(f"message {i}", at=float(i)).id for i in range(CHUNK_ROWS + 3)]
    memory.add_vectors("m", ids, rng.normal(size=(len(ids), 4)).astype(np.float32))
    before = memory.dump()
    new = memory.remember("one more", at=1e6)
    memory.add_vectors("m", [new.id], np.ones((1, 4), np.float32))
    after = memory.dump()
    same = {name for name in before if before[name] == after[name]}
    assert {"rows.0", "vectors.0"} <= same
    assert {"rows.1", "vectors.1", "meta"}.isdisjoint(same)
    assert Memory.restore(after).dump() == after


def test_blocks_without_vectors_are_not_kept() -> None:
    memory = Memory()
    ids = [memory.remember("m", at=float(i)).id for i in range(CHUNK_ROWS + 1)]
    memory.add_vectors("m", ids[-1:], np.ones((1, 4), np.float32))
    parts = memory.dump()
    assert "vectors.0" not in parts
    assert Memory.restore(parts).dump() == parts


def long_memory(messages: int) -> Memory:
    memory = Memory()
    rng = np.random.default_rng(2)
    ids = [
        memory.remember(
            f"number {i} of Porto",
            at=float(i),
            conversation=str(i % 7),
            speaker="Ana" if i % 50 == 0 else None,
            by="tau" if i % 2 else "person",
        ).id
        for i in range(messages)
    ]
    memory.add_vectors("m", ids[10:], rng.normal(size=(len(ids) - 10, 8)).astype(np.float32))
    return memory


def forget(memory: Memory, *seqs: int) -> None:
    entry = EntriesForgotten(at=0.0, targets=seqs)
    memory.apply(Record(memory.last + 1, 0.0, entry, b""))


def test_a_memory_of_several_chunks_comes_back_whole() -> None:
    memory = long_memory(2 * CHUNK_ROWS + 30)
    forget(memory, 1, 51, CHUNK_ROWS, 2 * CHUNK_ROWS + 3)
    again = Memory.restore(memory.dump())
    assert again.dump() == memory.dump()
    assert [again.messages.find(m.id) for m in memory.messages] == list(memory.messages)
    assert again.conversations.all() == memory.conversations.all()
    vector = np.ones(8, np.float32)
    for query in ("number 300", "what did Ana say", "number 51", "Porto"):
        assert again.search(query, vector=vector, limit=30) == memory.search(
            query, vector=vector, limit=30
        )
    assert again.messages_to_embed("m", 99) == memory.messages_to_embed("m", 99)
    assert again.messages_to_embed("m", 99)[-1].text == "number 1 of Porto"


def test_only_what_changed_is_encoded_again() -> None:
    memory, encoder = long_memory(3 * CHUNK_ROWS + 5), SnapshotEncoder()
    first = encoder.encode(capture(memory, encoder.revisions))
    assert first.unchanged == frozenset()
    encoder.saved(first.chunks)
    memory.remember("one more", conversation="0", at=1e6)
    forget(memory, CHUNK_ROWS + 9)
    second = encoder.encode(capture(memory, encoder.revisions))
    chunks = {name for name in second.parts if name.startswith(("rows", "vectors"))}
    # The forgotten message's conversation has a reply in every chunk after it.
    assert chunks == {"rows.1", "vectors.1", "rows.3"}
    assert second.unchanged == {"rows.0", "rows.2", "vectors.0", "vectors.2", "vectors.3"}
    parts = {name: first.parts[name] for name in second.unchanged} | second.parts
    assert parts == memory.dump()
    assert Memory.restore(parts).dump() == parts


def test_a_capture_is_of_one_moment() -> None:
    memory = long_memory(CHUNK_ROWS + 5)
    before, captured = memory.dump(), capture(memory)
    memory.remember("later", at=1e6)
    forget(memory, 3, CHUNK_ROWS + 2)
    assert SnapshotEncoder().encode(captured).parts == before


def test_what_was_restored_is_not_encoded_again() -> None:
    parts = long_memory(CHUNK_ROWS + 5).dump()
    again, encoder = Memory.restore(parts), SnapshotEncoder()
    encoder.restored(revisions(again), parts)
    encoded = encoder.encode(capture(again, encoder.revisions))
    assert encoded.unchanged == {"rows.0", "rows.1", "vectors.0", "vectors.1"}
    assert encoded.parts["meta"] == parts["meta"]


def test_a_row_without_a_vector_beside_a_block_that_is_saved() -> None:
    memory, encoder = long_memory(20), SnapshotEncoder()
    first = encoder.encode(capture(memory))
    encoder.saved(first.chunks)
    memory.remember("not embedded yet", at=1e6)
    second = encoder.encode(capture(memory, encoder.revisions))
    assert "vectors.0" in second.unchanged
    again = Memory.restore({"vectors.0": first.parts["vectors.0"], **second.parts})
    assert [m.text for m in again.messages_to_embed("m", 1)] == ["not embedded yet"]


def test_lists_grow_at_their_end() -> None:
    memory = Memory()
    for number in range(3_000):
        memory.remember("hello", conversation=f"conversation {number}", at=float(number))
    before = memory.dump()
    memory.remember("hello", conversation="one more", at=1e6)
    after = memory.dump()
    trees = [name for name in after if name.startswith("trees.")]
    assert len(trees) > 2
    changed = {name for name in trees if before.get(name) != after[name]}
    assert changed == {f"trees.{len(trees) - 1}"}
