"""Indexes of a memory: what a search reads besides the messages themselves."""

from array import array
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from tau.facts import Facts
from tau.memory.columns import Column
from tau.memory.dense import DenseIndex, Vectors
from tau.memory.fact_index import FactIndex
from tau.memory.features import extract_features
from tau.memory.lexical import LexicalIndex
from tau.memory.messages import Message, MessageTable

REPLY_HEAD_CHARACTERS = 300
"""How much of a reply of Tau's is embedded: its beginning says what it is about."""


class Indexes:
    """The words, vectors, features and speakers of all messages, by row."""

    def __init__(self, messages: MessageTable, facts: Facts) -> None:
        self.messages = messages
        self.lexical = LexicalIndex()
        self.dense = DenseIndex()
        """The vectors that are searched."""
        self.successor: DenseIndex | None = None
        """Vectors of another model, until every message has one."""
        self.own = Column(np.bool_)
        self.features = Column(np.uint8)
        self.speakers: dict[str, array[int]] = {}
        self.facts = FactIndex(facts)
        self.blank_rows: set[int] = set()
        """Rows that have nothing to embed."""

    def add(self, row: int) -> None:
        """Index the message of the next row."""
        message = self.messages.by_row[row]
        if message is None:
            return
        self.lexical.add(text_to_index(message))
        for vectors in self.vector_indexes():
            vectors.has_vector.append(False)
        self.features.append(extract_features(message.text, own=is_own(message)))
        self.own.append(is_own(message))
        if is_blank(message):
            self.blank_rows.add(row)
        if message.speaker is not None:
            self.add_speaker(row, message.speaker)

    def remove(self, row: int, message: Message) -> None:
        """Remove a message that was forgotten from every index."""
        self.lexical.remove(row, text_to_index(message))
        for vectors in self.vector_indexes():
            vectors.remove(row)
        self.features.values[row] = 0
        self.own.values[row] = False
        self.blank_rows.discard(row)
        if message.speaker is not None:
            self.speakers[message.speaker].remove(row)
            if not self.speakers[message.speaker]:
                del self.speakers[message.speaker]

    def settle(self) -> None:
        """Let go of what was removed."""
        self.lexical.settle()

    def with_term(self, term: str) -> Iterator[Message]:
        """Yield every message, hidden ones too, that has a term of `tau.text.tokenization`."""
        found = (self.messages.by_row[row] for row in self.lexical.rows(term))
        return (message for message in found if message is not None)

    def vector_indexes(self) -> list[DenseIndex]:
        """Return the vectors that are held, those that are searched first."""
        return [self.dense] if self.successor is None else [self.dense, self.successor]

    def messages_to_embed(self, model: str, limit: int) -> list[Message]:
        """Return visible messages that lack a vector of `model`, newest first.

        If none does any more, because the last ones were forgotten or hidden, its vectors are
        searched from now on.
        """
        held = next((each for each in self.vector_indexes() if each.model == model), None)
        rows = np.flatnonzero(self._lacking(held))
        if held is not None and held is self.successor and not len(rows):
            self.dense, self.successor = held, None
        return self.messages.at_rows(rows[::-1][: max(limit, 0)].tolist())

    def add_vectors(self, model: str, ids: Sequence[str], vectors: Vectors) -> None:
        """Keep the vectors of messages; messages that have been forgotten are skipped.

        Vectors of another model are kept beside those that are searched. Once every message has
        one, they take their place. Raises `ValueError` if there is not one vector per id.
        """
        if vectors.ndim != 2 or len(vectors) != len(ids):
            raise ValueError("there must be one vector per message")
        rows = self.messages.rows
        places = [(i, rows[name]) for i, name in enumerate(ids) if name in rows]
        held = self.vectors_of(model)
        held.use(model, vectors.shape[1])
        held.put([row for _, row in places], vectors[[i for i, _ in places]])
        self.promote()

    def promote(self) -> None:
        """Search the vectors of another model from now on, if every message has one."""
        if self.successor is not None and not self._lacking(self.successor).any():
            self.dense, self.successor = self.successor, None

    def vectors_of(self, model: str) -> DenseIndex:
        """Return where vectors of a model are kept, created if necessary."""
        if self.dense.model in (None, model):
            self.successor = None
            return self.dense
        if self.successor is None or self.successor.model != model:
            self.successor = DenseIndex()
            self.successor.has_vector.load(bytes(len(self.messages)))
        return self.successor

    def _lacking(self, held: DenseIndex | None) -> npt.NDArray[np.bool_]:
        """Return the visible rows with a text that lack a vector."""
        lacking = self.messages.visible.values.copy()
        if held is not None:
            lacking &= ~held.has_vector.values
        lacking[list(self.blank_rows)] = False
        return lacking

    def add_speaker(self, row: int, speaker: str) -> None:
        """Take note of the name of who said a row."""
        self.speakers.setdefault(speaker, array("i")).append(row)


def text_to_embed(message: Message) -> str:
    """Return what is to be embedded for a message, so that all vectors are alike.

    People's words in full, of Tau's own the beginning: the rest of a long reply costs most of
    the work and adds nothing (docs/memory.md has the figures).
    """
    if message.is_reply:
        return message.text[:REPLY_HEAD_CHARACTERS]
    return text_to_index(message)


def is_own(message: Message) -> bool:
    """Return whether these are the words of a person, not Tau's."""
    return message.by == "person" or bool(message.speaker)


def is_blank(message: Message) -> bool:
    """Return whether a message has nothing to embed."""
    return not message.text or message.text.isspace()


def text_to_index(message: Message) -> str:
    """Return the words by which a message is found: its text, and the name of who said it."""
    return message.text if message.speaker is None else f"{message.speaker}: {message.text}"
