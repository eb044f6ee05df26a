"""Messages as bytes by row: what was put in comes out, in full chunks and after them."""

import pytest

from tau.memory.columns import CHUNK_ROWS, Column
from tau.memory.message_rows import Message, MessageRows, PackedMessages


def message(number: int) -> Message:
    return Message(
        id=f"m{number}",
        seq=number,
        conversation="c",
        by="person",
        speaker=None,
        text=f"text {number:04} 里",
        at=float(number),
        parent=None,
        turn=None,
        status="complete",
        model=None,
        recalled=("x",),
        visible=True,
    )


def rows_of(count: int) -> MessageRows:
    visible = Column(bool)
    rows = MessageRows(visible)
    for number in range(count):
        visible.append(value=True)
        rows.append(message(number))
    return rows


def test_messages_come_back_as_they_were() -> None:
    count = 2 * CHUNK_ROWS + 3
    rows = rows_of(count)
    assert list(rows) == [message(number) for number in range(count)]
    assert rows[-1] == message(count - 1)
    assert rows[CHUNK_ROWS - 1 : CHUNK_ROWS + 1] == [
        message(CHUNK_ROWS - 1),
        message(CHUNK_ROWS),
    ]
    assert next(reversed(rows)) == message(count - 1)
    for wrong in (count, -count - 1):
        with pytest.raises(IndexError):
            rows[wrong]


@pytest.mark.parametrize("row", [3, CHUNK_ROWS + 1])
def test_a_row_can_be_emptied_and_its_chunk_has_another_revision(row: int) -> None:
    rows = rows_of(CHUNK_ROWS + 5)
    before = list(rows.revisions)
    rows[row] = None
    changed = row // CHUNK_ROWS
    assert rows[row] is None
    assert rows.id_at(row) is None
    assert not rows.is_living(row)
    assert rows[row + 1] == message(row + 1)
    assert [a == b for a, b in zip(before, rows.revisions, strict=True)] == [
        index != changed for index in range(2)
    ]
    assert f"text {row:04}".encode() not in rows.packed(changed).raw


def test_what_is_hidden_is_said_to_be() -> None:
    visible = Column(bool)
    rows = MessageRows(visible)
    visible.append(value=False)
    rows.append(message(0))
    found = rows[0]
    assert found is not None
    assert not found.visible


def test_chunks_that_are_cut_or_out_of_order_are_refused() -> None:
    packed = rows_of(4).packed(0)
    ends = packed.ends.tobytes()
    assert PackedMessages.read(packed.raw, ends).decoded() == [message(n) for n in range(4)]
    for raw, places in ((packed.raw[:-1], ends), (packed.raw, ends[4:8] + ends[:4] + ends[8:])):
        with pytest.raises(ValueError, match="chunk"):
            PackedMessages.read(raw, places)
    rows = rows_of(4)
    with pytest.raises(ValueError, match="full"):
        rows.extend(packed)
