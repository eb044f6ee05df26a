"""Table of the messages of a memory, by row and by id.

Every message has a row, counted from 0 in the order of the journal; all other parts of memory
speak of rows. A parent is always an earlier row, so there are no cycles, whatever a record says.
This module knows nothing of words, vectors and snapshots.
"""

import itertools
import sys
from array import array
from collections.abc import Iterable, Iterator

import msgspec
import numpy as np

from tau.errors import NotFound
from tau.journal.entries import Author, CareMark, Cut, MessageAdded, Status
from tau.memory.columns import Column

NONE = -1
"""No row."""
SESSION_GAP_SECONDS = 3 * 3600.0
"""A pause longer than this begins another session of the same conversation."""

MAX_TIMESTAMP_SECONDS = 1e12
"""A time further from 1970 than this, or no number, is not believed."""


class Message(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One message of either side, in its current state.

    `parent` is its nearest living ancestor; `visible` says whether it is on the thread that the
    conversation shows.
    """

    id: str
    seq: int
    conversation: str
    by: Author
    speaker: str | None
    text: str
    at: float
    parent: str | None
    turn: str | None
    status: Status
    model: str | None
    recalled: tuple[str, ...]
    visible: bool
    origin: str | None = None
    """The format of the file it was imported from, if it was not said here."""
    imported: str | None = None
    cut: Cut | None = None
    """Why Tau ended this reply, if it did."""
    instead_of: str | None = None
    """The chosen model, if it couldn't answer and `model` did."""
    channel: str | None = None
    facts: tuple[str, ...] = ()
    care: CareMark | None = None
    """Set if help was named with it."""
    expert: str | None = None
    """The specialist it was said with, or that replied."""
    attachments: tuple[str, ...] = ()
    """Ids of the files that came with it."""
    recalled_parts: tuple[tuple[str, int], ...] = ()
    artifact: str | None = None
    """Of a reply, the artifact that it made or changed; of the person's words, the open one."""
    revision: str | None = None
    """The version that the reply made."""

    @property
    def is_from_person(self) -> bool:
        """Whether the person said it: not Tau, and nobody else in the person's place."""
        return self.by == "person" and self.speaker is None

    @property
    def is_reply(self) -> bool:
        """Whether Tau said it, and nobody else in Tau's place."""
        return self.by == "tau" and self.speaker is None


class MessageTable:
    """All messages of a person in columns: one row each, also for those that were forgotten."""

    def __init__(self) -> None:
        self.by_row: list[Message | None] = []
        """`None` where a message was forgotten."""
        self.rows: dict[str, int] = {}
        self.turns: dict[str, tuple[int, ...]] = {}
        self.of_experts: dict[str, set[int]] = {}
        """The rows of what was said with each specialist."""
        self.seqs = Column(np.int64)
        self.at = Column(np.float64)
        self.parent = Column(np.int32)
        self.following = Column(np.int32)
        """The visible child of a visible row, or `NONE`; of no meaning for other rows."""
        self.visible = Column(np.bool_)
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
        self.by_row.append(_message(said, seq, self.id_at(parent)))
        at = said.at if abs(said.at) <= MAX_TIMESTAMP_SECONDS else 0.0
        self.session.append(self._session_of(at, newest))
        self.seqs.append(seq)
        self.at.append(at)
        self.parent.append(parent)
        self.following.append(NONE)
        self.visible.append(True)
        self.index(row, said.id, said.turn, said.expert)
        return row

    def index(self, row: int, message_id: str, turn: str | None, expert: str | None = None) -> None:
        """Make a row findable by the id, the turn and the specialist of its message."""
        self.rows[message_id] = row
        if turn is not None:
            self.turns[turn] = (*self.turns.get(turn, ()), row)
        if expert is not None:
            self.of_experts.setdefault(expert, set()).add(row)

    def remove(self, row: int, message: Message) -> None:
        """Remove the message of a row. The row stays, empty."""
        self.by_row[row] = None
        self.visible.values[row] = False
        del self.rows[message.id]
        if message.expert is not None:
            self.of_experts[message.expert].discard(row)
        if message.turn is not None:
            left = tuple(other for other in self.turns[message.turn] if other != row)
            if left:
                self.turns[message.turn] = left
            else:
                del self.turns[message.turn]

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
        return self.at_rows(self.turns.get(turn_id, ()))

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
        message = self.by_row[row] if row != NONE else None
        return message.id if message else None

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
                session[row] = session[before]
            elif session[row] == session[before]:
                session[row] = self.session_count
                self.session_count += 1

    def _session_of(self, at: float, newest: int) -> int:
        if newest != NONE and abs(at - self.at.values[newest]) <= SESSION_GAP_SECONDS:
            return int(self.session.values[newest])
        self.session_count += 1
        return self.session_count - 1


def _message(said: MessageAdded, seq: int, parent: str | None) -> Message:
    return Message(
        id=said.id,
        seq=seq,
        conversation=sys.intern(said.conversation),
        by=said.by,
        speaker=sys.intern(said.speaker) if said.speaker is not None else None,
        text=said.text,
        at=said.at,
        parent=parent,
        turn=said.turn,
        status=said.status,
        model=sys.intern(said.model) if said.model is not None else None,
        recalled=said.recalled,
        visible=True,
        origin=sys.intern(said.origin) if said.origin is not None else None,
        imported=sys.intern(said.imported) if said.imported is not None else None,
        cut=said.cut,
        instead_of=said.instead_of,
        channel=sys.intern(said.channel) if said.channel is not None else None,
        facts=said.facts,
        care=said.care,
        expert=sys.intern(said.expert) if said.expert is not None else None,
        attachments=said.attachments,
        recalled_parts=said.recalled_parts,
        artifact=said.artifact,
        revision=said.revision,
    )
