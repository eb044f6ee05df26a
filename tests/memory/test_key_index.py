"""Rows by hashes of keys: what a dictionary would find, whatever was added and removed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.journal.entries import MessageAdded
from tau.memory import key_index
from tau.memory.key_index import KeyIndex, hash_of
from tau.memory.messages import NONE, MessageTable

KEYS = tuple("abcdefgh")


@given(st.lists(st.sampled_from(KEYS), max_size=60), st.integers(0, 60), st.data())
def test_rows_are_those_of_a_dictionary(keys: list[str], loaded: int, data: st.DataObject) -> None:
    index = KeyIndex()
    index.load(np.array([hash_of(key) for key in keys[:loaded]], np.uint64))
    for row, key in enumerate(keys[loaded:], start=len(keys[:loaded])):
        index.add(key, row)
    gone = data.draw(st.sets(st.integers(0, len(keys) - 1))) if keys else set()
    for row in gone:
        index.remove(keys[row], row)
    for key in KEYS:
        assert list(index.rows(key)) == [
            row for row, each in enumerate(keys) if each == key and row not in gone
        ]


def test_many_new_rows_are_found_and_removed() -> None:
    index = KeyIndex()
    for row in range(2_000):
        index.add(f"key {row // 2}", row)
    index.remove("key 3", 6)
    assert list(index.rows("key 3")) == [7]
    assert list(index.rows("key 999")) == [1998, 1999]
    assert list(index.rows("another")) == []


def test_rows_without_a_key_are_not_found() -> None:
    index = KeyIndex()
    index.load(np.array([hash_of(None), hash_of("a")], np.uint64))
    assert list(index.rows("a")) == [1]


def test_messages_whose_ids_have_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_index, "hash_of", lambda _: 7)
    table = MessageTable()
    for row, name in enumerate(("a", "b", "c")):
        said = MessageAdded(id=name, conversation="c", by="person", text=name, at=0.0, turn=name)
        table.append(said, row + 1, row - 1, row - 1)
    assert [table.rows.get(name, NONE) for name in ("a", "b", "c", "d")] == [0, 1, 2, NONE]
    assert [message.text for message in table.of_turn("b")] == ["b"]
    table.remove(1, table.get("b"))
    assert [name in table.rows for name in ("a", "b", "c")] == [True, False, True]
