"""Table of the messages of a memory, by row and by id.

Every message has a row, counted from 0 in the order of the journal; all other parts of memory
speak of rows. A parent is always an earlier row, so there are no cycles, whatever a record says.
This module knows nothing of words, vectors and snapshots.
"""

import itertools
from array import array
from collections.abc import Iterable, Iterator

import numpy as np

from tau.errors import NotFound
from tau.journal.entries import MessageAdded
from tau.memory.columns import Column
from tau.memory.key_index import Hashes, KeyIndex
from tau.memory.message_ids import MessageIds
from tau.memory.message_rows import Message, MessageRows

__all__ = ["MAX_TIMESTAMP_SECONDS", "NONE", "SESSION_GAP_SECONDS", "Message", "MessageTable"]

NONE = -1
"""No row."""
SESSION_GAP_SECONDS = 3 * 3600.0
"""A pause longer than this begins another session of the same conversation."""

MAX_TIMESTAMP_SECONDS = 1e12
"""A time further from 1970 than this, or no number, is not believed."""


class MessageTable:
    """All messages of a person in columns: one row each, also for those that were forgotten."""

    def __init__(self) -> None:
        self.visible = Column(np.bool_)
        self.by_row = MessageRows(self.visible)
        """`None` where a message was forgotten."""
        self.rows = MessageIds(self.by_row)
        self.turns = KeyIndex()
        self.of_experts: dict[str, set[int]] = {}
        """The rows of what was said with each specialist."""
        self.seqs = Column(np.int64)
        self.at = Column(np.float64)
        self.parent = Column(np.int32)
        self.following = Column(np.int32)
        """The visible child of a visible row, or `NONE`; of no meaning for other rows."""
        self.session = Column(np.int32)
        self.session_count = 0

    def __len__(self) -> int:
        """Return how many rows there are, forgotten ones included."""
        return len(self.by_row)

    def __iter__(self) -> Iterator[Message]:
        """Yield every message, hidden ones too, in the order of the journal."""
        return (message for message in self.by_row if message is not None)

    def append(self, said: MessageAdded, seq: int, parent: int, newest: int) -> int:
        """Add a visible message below the row `parent` and return its row.

        `newest` is the row of the newest message of its conversation: a message soon after it is
        of the same session.
        """
        row = len(self.by_row)
        self.visible.append(True)
        self.by_row.append(_message(said, seq, self.id_at(parent)))
        at = said.at if abs(said.at) <= MAX_TIMESTAMP_SECONDS else 0.0
        self.session.append(self._session_of(at, newest))
        self.seqs.append(seq)
        self.at.append(at)
        self.parent.append(parent)
        self.following.append(NONE)
        self.index(row, said.id, said.turn, said.expert)
        return row

    def index(self, row: int, message_id: str, turn: str | None, expert: str | None = None) -> None:
        """Make a row findable by the id, the turn and the specialist of its message."""
        self.rows.add(message_id, row)
        if turn is not None:
            self.turns.add(turn, row)
        if expert is not None:
            self.index_expert(row, expert)

    def load_keys(self, ids: Hashes, turns: Hashes) -> None:
        """Index all rows by the hashes of their ids and turns; 0 where there is none.

        Raises `ValueError` if two messages have one id.
        """
        self.rows.load(ids)
        self.turns.load(turns)

    def index_expert(self, row: int, expert: str) -> None:
        """Make a row findable by the specialist of its message."""
        self.of_experts.setdefault(expert, set()).add(row)

    def remove(self, row: int, message: Message) -> None:
        """Remove the message of a row. The row stays, empty."""
        self.by_row[row] = None
        self.visible.values[row] = False
        self.rows.remove(message.id, row)
        if message.expert is not None:
            self.of_experts[message.expert].discard(row)
        if message.turn is not None:
            self.turns.remove(message.turn, row)

    def find(self, message_id: str) -> Message | None:
        """Return a message, or None where there is none of this id."""
        row = self.rows.get(message_id, NONE)
        return self.by_row[row] if row != NONE else None

    def get(self, message_id: str) -> Message:
        """Return a message. Raises `NotFound`."""
        message = self.find(message_id)
        if message is None:
            raise NotFound("There is no such message.")
        return message

    def of_turn(self, turn_id: str) -> list[Message]:
        """Return the messages of a turn in the order they were said; none if it is unknown."""
        return [each for each in self.at_rows(self.turns.rows(turn_id)) if each.turn == turn_id]

    def since(self, seq: int, limit: int) -> list[Message]:
        """Return messages after the entry `seq` in the order of the journal, visible or not."""
        first = int(np.searchsorted(self.seqs.values, seq, side="right"))
        found = (self.by_row[row] for row in range(first, len(self)))
        return list(itertools.islice((each for each in found if each), max(limit, 0)))

    def row_at(self, seq: int) -> int:
        """Return the row of the message that the entry `seq` added, or `NONE`."""
        row = int(np.searchsorted(self.seqs.values, seq))
        return row if row < len(self.seqs) and self.seqs.values[row] == seq else NONE

    def id_at(self, row: int) -> str | None:
        """Return the id of the message of a row, if there is one."""
        return self.by_row.id_at(row) if row != NONE else None

    def at_rows(self, rows: Iterable[int]) -> list[Message]:
        """Return the messages of rows in their order, without forgotten ones."""
        return [message for row in rows if (message := self.by_row[row]) is not None]

    def follow(self, row: int, limit: int, onward: Column) -> list[int]:
        """Return at most `limit` rows, from `row` on along the parents or the visible children."""
        rows: list[int] = []
        while row != NONE and len(rows) < limit:
            rows.append(row)
            row = int(onward.values[row])
        return rows

    def ancestors(self, row: int) -> Iterator[int]:
        """Yield a row and the rows above it, up to the root."""
        while row != NONE:
            yield row
            row = int(self.parent.values[row])

    def split_sessions(self, rows: "array[int]") -> None:
        """Divide the rows of a conversation into sessions again, by the pauses between them."""
        at, session = self.at.values, self.session.values
        for before, row in itertools.pairwise(rows):
            together = abs(at[row] - at[before]) <= SESSION_GAP_SECONDS
            if together:
                self._set_session(row, int(session[before]))
            elif session[row] == session[before]:
                self._set_session(row, self.session_count)
                self.session_count += 1

    def _set_session(self, row: int, session: int) -> None:
        if self.session.values[row] != session:
            self.session.values[row] = session
            self.by_row.touch(row)

    def _session_of(self, at: float, newest: int) -> int:
        if newest != NONE and abs(at - self.at.values[newest]) <= SESSION_GAP_SECONDS:
            return int(self.session.values[newest])
        self.session_count += 1
        return self.session_count - 1


def _message(said: MessageAdded, seq: int, parent: str | None) -> Message:
    return Message(
        id=said.id,
        seq=seq,
        conversation=said.conversation,
        by=said.by,
        speaker=said.speaker,
        text=said.text,
        at=said.at,
        parent=parent,
        turn=said.turn,
        status=said.status,
        model=said.model,
        recalled=said.recalled,
        visible=True,
        origin=said.origin,
        imported=said.imported,
        cut=said.cut,
        instead_of=said.instead_of,
        channel=said.channel,
        facts=said.facts,
        care=said.care,
        expert=said.expert,
        attachments=said.attachments,
        recalled_parts=said.recalled_parts,
        artifact=said.artifact,
        revision=said.revision,
    )
