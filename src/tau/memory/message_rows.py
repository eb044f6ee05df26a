"""Messages by row, each as the bytes that a snapshot keeps, decoded when it is read.

A Python object of every message would take three times the RAM. Full chunks of 256 rows are one
string of bytes each; the rows after them are single ones. This module knows nothing of what follows
what.
"""

import itertools
from array import array
from collections.abc import Iterator, Sequence
from typing import overload

import msgspec

from tau.journal.entries import Author, CareMark, Cut, Status
from tau.memory.columns import CHUNK_ROWS, Column, next_revision


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


class _MessageId(msgspec.Struct, frozen=True, array_like=True):
    """The first field of a `Message`: the rest isn't decoded."""

    id: str


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Message | None)
_ID_DECODER = msgspec.msgpack.Decoder(_MessageId | None)
_NOTHING = _ENCODER.encode(None)


class PackedMessages(msgspec.Struct, frozen=True):
    """A chunk of encoded messages: one string of bytes, and where each row ends in it."""

    raw: bytes
    ends: "array[int]"

    @classmethod
    def of(cls, rows: Sequence[bytes]) -> "PackedMessages":
        """Return a chunk of these rows."""
        return cls(b"".join(rows), array("I", itertools.accumulate(map(len, rows))))

    @classmethod
    def read(cls, raw: bytes, ends: bytes) -> "PackedMessages":
        """Return a chunk whose `ends` are bytes. Raises `ValueError` if they can't be right."""
        places = array("I", ends)
        if any(before >= end for before, end in itertools.pairwise((0, *places))):
            raise ValueError("rows of a chunk are out of order")
        if (places[-1] if places else 0) != len(raw):
            raise ValueError("a chunk of messages is cut")
        return cls(raw, places)

    def row(self, place: int) -> bytes:
        """Return the bytes of one row."""
        return self.raw[self.ends[place - 1] if place else 0 : self.ends[place]]

    def rows(self) -> list[bytes]:
        """Return the bytes of every row."""
        return [self.row(place) for place in range(len(self.ends))]

    def decoded(self) -> list[Message | None]:
        """Return every message; `visible` is true. Raises `msgspec.MsgspecError`."""
        return [_DECODER.decode(row) for row in self.rows()]


class MessageRows(Sequence[Message | None]):
    """The messages of all rows; `None` where one was forgotten."""

    def __init__(self, visible: Column) -> None:
        self._visible = visible
        self._chunks: list[PackedMessages] = []
        self._newest: list[bytes] = []
        self.revisions: list[int] = []
        """For every chunk a number that no earlier state of a chunk had."""

    def __len__(self) -> int:
        return CHUNK_ROWS * len(self._chunks) + len(self._newest)

    @overload
    def __getitem__(self, row: int) -> Message | None: ...
    @overload
    def __getitem__(self, row: slice) -> list[Message | None]: ...
    def __getitem__(self, row: int | slice) -> Message | list[Message | None] | None:
        """Return the message of a row, or `None` if it was forgotten."""
        if isinstance(row, slice):
            return [self[each] for each in range(*row.indices(len(self)))]
        place = row + len(self) if row < 0 else row
        message: Message | None = _DECODER.decode(self._row(place))
        if message is not None and not self._visible.values[place]:
            return msgspec.structs.replace(message, visible=False)
        return message

    def __iter__(self) -> Iterator[Message | None]:
        return map(self.__getitem__, range(len(self)))

    def __setitem__(self, row: int, message: Message | None) -> None:
        encoded = _encode(message)
        index, place = divmod(row, CHUNK_ROWS)
        if index < len(self._chunks):
            rows = self._chunks[index].rows()
            rows[place] = encoded
            self._chunks[index] = PackedMessages.of(rows)
        else:
            self._newest[place] = encoded
        self.touch(row)

    def append(self, message: Message | None) -> None:
        """Add the message of the next row."""
        self._newest.append(_encode(message))
        if len(self._newest) == 1:
            self.revisions.append(0)
        self.touch(len(self) - 1)
        if len(self._newest) == CHUNK_ROWS:
            self._chunks.append(PackedMessages.of(self._newest))
            self._newest = []

    def extend(self, packed: PackedMessages) -> None:
        """Add a chunk. Raises `ValueError` unless all chunks before it are full."""
        if self._newest or not 0 < len(packed.ends) <= CHUNK_ROWS:
            raise ValueError("chunks of messages are full, except the last")
        self.revisions.append(next_revision())
        if len(packed.ends) == CHUNK_ROWS:
            self._chunks.append(packed)
        else:
            self._newest = packed.rows()

    def touch(self, row: int) -> None:
        """Take note that something about a row has changed."""
        self.revisions[row // CHUNK_ROWS] = next_revision()

    def id_at(self, row: int) -> str | None:
        """Return the id of the message of a row, if it wasn't forgotten."""
        found = _ID_DECODER.decode(self._row(row))
        return None if found is None else found.id

    def is_living(self, row: int) -> bool:
        """Return whether the message of a row wasn't forgotten."""
        return self._row(row) != _NOTHING

    def packed(self, index: int) -> PackedMessages:
        """Return a chunk as it is now; it never changes."""
        if index < len(self._chunks):
            return self._chunks[index]
        return PackedMessages.of(self._newest)

    def _row(self, row: int) -> bytes:
        index, place = divmod(row, CHUNK_ROWS)
        if row < 0 or index > len(self._chunks):
            raise IndexError(row)
        return self._chunks[index].row(place) if index < len(self._chunks) else self._newest[place]


def _encode(message: Message | None) -> bytes:
    """Return a message as bytes, without what changes often: whether it is visible."""
    if message is not None and not message.visible:
        message = msgspec.structs.replace(message, visible=True)
    return _ENCODER.encode(message)
