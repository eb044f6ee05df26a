"""A snapshot is believed only when it is whole, and is cheap where nothing changed."""

import numpy as np
import pytest

from tau.memory import Memory
from tau.memory.dense import BLOCK_ROWS


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
        Memory.restore({**memory.dump(), "messages.0": before["messages.0"]})


def test_full_blocks_do_not_change_when_messages_are_added() -> None:
    memory = Memory()
    rng = np.random.default_rng(1)
    ids = [memory.remember(f"message {i}", at=float(i)).id for i in range(BLOCK_ROWS + 3)]
    memory.add_vectors("m", ids, rng.normal(size=(len(ids), 4)).astype(np.float32))
    before = memory.dump()
    new = memory.remember("one more", at=1e6)
    memory.add_vectors("m", [new.id], np.ones((1, 4), np.float32))
    after = memory.dump()
    same = {name for name in before if before[name] == after[name]}
    assert {"messages.0", "vectors.0"} <= same
    assert {"messages.1", "vectors.1", "meta"}.isdisjoint(same)
    assert Memory.restore(after).dump() == after


def test_blocks_without_vectors_are_not_kept() -> None:
    memory = Memory()
    ids = [memory.remember("m", at=float(i)).id for i in range(BLOCK_ROWS + 1)]
    memory.add_vectors("m", ids[-1:], np.ones((1, 4), np.float32))
    parts = memory.dump()
    assert "vectors.0" not in parts
    assert Memory.restore(parts).dump() == parts
