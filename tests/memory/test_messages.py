"""The table of messages: rows, ids, turns and sessions."""

from array import array

import pytest

from tau.errors import NotFound
from tau.journal.entries import MessageAdded
from tau.memory.messages import NONE, SESSION_GAP_SECONDS, MessageTable


def _said(name: str, at: float = 0.0, turn: str | None = None) -> MessageAdded:
    return MessageAdded(id=name, conversation="c", by="person", text=name, at=at, turn=turn)


def _table(*said: MessageAdded) -> MessageTable:
    table = MessageTable()
    for seq, one in enumerate(said, 10):
        table.append(one, seq, len(table) - 1, len(table) - 1)
    return table


def test_a_message_is_found_by_id_turn_and_seq() -> None:
    table = _table(_said("a", turn="t"), _said("b", turn="t"), _said("c"))
    assert [message.id for message in table] == ["a", "b", "c"]
    assert table.get("b").parent == "a"
    assert [message.id for message in table.of_turn("t")] == ["a", "b"]
    assert table.row_at(12) == 2
    assert table.row_at(13) == NONE
    assert [message.id for message in table.since(10, 1)] == ["b"]


def test_what_was_removed_leaves_an_empty_row() -> None:
    table = _table(_said("a", turn="t"), _said("b", turn="t"))
    table.remove(0, table.get("a"))
    assert (len(table), [message.id for message in table]) == (2, ["b"])
    assert [message.id for message in table.of_turn("t")] == ["b"]
    assert table.find("a") is None
    with pytest.raises(NotFound):
        table.get("a")
    table.remove(1, table.get("b"))
    assert table.of_turn("t") == []
    assert list(table.turns.rows("t")) == []


def test_rows_lead_up_to_the_root() -> None:
    table = _table(_said("a"), _said("b"), _said("c"))
    assert list(table.ancestors(2)) == [2, 1, 0]
    assert table.follow(2, 2, table.parent) == [2, 1]
    assert [message.id for message in table.at_rows([2, 0])] == ["c", "a"]
    assert (table.id_at(1), table.id_at(NONE)) == ("b", None)


def test_a_long_pause_begins_a_session_and_may_end_one_later() -> None:
    later = SESSION_GAP_SECONDS + 1
    table = _table(_said("a"), _said("b", 5.0), _said("c", later + 5.0))
    assert table.session.values.tolist() == [0, 0, 1]
    table.split_sessions(array("i", [0, 2]))
    assert table.session.values[0] != table.session.values[2]
