"""Ids of messages: from an id to the row of its message."""

import numpy as np

from tau.memory.key_index import Hashes, KeyIndex
from tau.memory.message_rows import MessageRows


class MessageIds:
    """Rows by the id of their message. Reads as a mapping does."""

    def __init__(self, messages: MessageRows) -> None:
        self._messages = messages
        self._index = KeyIndex()
        self._count = 0

    def __len__(self) -> int:
        """Return how many messages there are, without forgotten ones."""
        return self._count

    def __contains__(self, message_id: str) -> bool:
        return self._find(message_id) is not None

    def __getitem__(self, message_id: str) -> int:
        """Return the row of a message. Raises `KeyError`."""
        row = self._find(message_id)
        if row is None:
            raise KeyError(message_id)
        return row

    def get(self, message_id: str, default: int) -> int:
        """Return the row of a message, or `default` if there is none of this id."""
        row = self._find(message_id)
        return default if row is None else row

    def add(self, message_id: str, row: int) -> None:
        """Make a row findable by the id of its message."""
        self._index.add(message_id, row)
        self._count += 1

    def remove(self, message_id: str, row: int) -> None:
        """Remove the id of a message that is being forgotten."""
        self._index.remove(message_id, row)
        self._count -= 1

    def load(self, hashes: Hashes) -> None:
        """Index the rows from 0 on by the hashes of ids. Raises `ValueError` if ids repeat."""
        known = hashes[hashes != 0]
        if len(np.unique(known)) != len(known):
            raise ValueError("two messages have one id")
        self._index.load(hashes)
        self._count = len(known)

    def _find(self, message_id: str) -> int | None:
        for row in self._index.rows(message_id):
            if self._messages.id_at(row) == message_id:
                return row
        return None
