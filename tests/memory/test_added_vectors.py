"""Vectors that are saved beside a snapshot: kept where their messages are, and once only."""

import numpy as np
import pytest

from tau.journal.entries import EntriesForgotten, Record
from tau.memory import Memory
from tau.memory.saving import restore_added, unsaved_vectors

NAMES = ("one", "two", "three")


def memory_of(*names: str) -> Memory:
    memory = Memory()
    for number, name in enumerate(names):
        memory.remember(name, at=float(number))
    return memory


def add(memory: Memory, names: tuple[str, ...], model: str = "m", dimension: int = 4) -> None:
    said = {message.text: message.id for message in memory.messages}
    vectors = np.eye(dimension, dtype=np.float32)[: len(names)]
    memory.add_vectors(model, [said[name] for name in names], vectors)


def lacking(memory: Memory, model: str = "m") -> list[str]:
    return [message.text for message in memory.messages_to_embed(model, 99)]


def found(memory: Memory, *numbers: float) -> str:
    vector = np.array(numbers, np.float32)
    return memory.search("?", vector=vector, limit=1)[0].message.text


def test_vectors_come_back_to_messages_that_were_read_again() -> None:
    memory, again = memory_of(*NAMES), memory_of(*NAMES)
    add(memory, ("three", "one"))
    restore_added(again, [unsaved_vectors(memory).encode()])
    assert lacking(again) == ["two"]
    assert (found(again, 1, 0, 0, 0), found(again, 0, 1, 0, 0)) == ("three", "one")
    assert len(unsaved_vectors(again)) == 0, "they are saved already"


def test_what_is_saved_is_not_saved_again() -> None:
    memory = memory_of(*NAMES)
    add(memory, ("one", "two"))
    unsaved = unsaved_vectors(memory)
    add(memory, ("three",))
    unsaved.saved()
    assert (len(unsaved), len(unsaved_vectors(memory))) == (2, 1)
    again = memory_of(*NAMES)
    restore_added(again, [unsaved_vectors(memory).encode()])
    assert lacking(again) == ["two", "one"]


def test_the_vector_of_a_forgotten_message_is_neither_saved_nor_restored() -> None:
    memory, again = memory_of(*NAMES), memory_of(*NAMES)
    add(memory, NAMES)
    kept = unsaved_vectors(memory).encode()
    forgotten = EntriesForgotten(at=0.0, targets=(2,))
    for each in (memory, again):
        each.apply(Record(each.last + 1, 0.0, forgotten, b""))
    assert len(unsaved_vectors(memory)) == 2
    restore_added(again, [kept])
    assert not np.frombuffer(again.dump()["vectors.0"][4:], np.int8)[3 + 4 : 3 + 8].any()
    assert lacking(again) == []


def test_vectors_of_a_newer_model_wait_until_all_are_there() -> None:
    memory, again = memory_of(*NAMES), memory_of(*NAMES)
    add(memory, NAMES)
    add(memory, ("one", "two"), model="newer", dimension=5)
    restore_added(again, [unsaved_vectors(memory).encode()])
    assert again.embedding_model == "m"
    assert lacking(again, "newer") == ["three"]
    add(memory, ("three",), model="newer", dimension=5)
    restore_added(again, [unsaved_vectors(memory).encode()])
    assert again.embedding_model == "newer"


@pytest.mark.parametrize("part", [b"", b"nonsense", b"\x91\x94\xa1m\x04\xc4\x01a\xc4\x01b"])
def test_a_part_that_is_something_else_is_skipped(part: bytes) -> None:
    memory, again = memory_of(*NAMES), memory_of(*NAMES)
    add(memory, ("one",))
    restore_added(again, [part, unsaved_vectors(memory).encode()])
    assert lacking(again) == ["three", "two"]
