"""Private conversations: kept in memory only, and shown only where they began."""

import time

from tau.errors import NotFound
from tau.journal.entries import ConversationChanged, EntriesForgotten, Entry, Record, encode
from tau.memory import Conversation, Memory

PRIVATE_PREFIX = "private-"


class PrivateConversation:
    """A conversation held in this process's memory only.

    `slot` is the key slot of the credential that began it: no other credential sees it.
    """

    def __init__(self, conversation_id: str, title: str | None = None, *, slot: str = "") -> None:
        self.id = conversation_id
        self.slot = slot
        self.memory = Memory()
        self.append(ConversationChanged(at=time.time(), id=conversation_id, title=title))

    @property
    def conversation(self) -> Conversation:
        """The conversation as it stands."""
        return self.memory.conversation(self.id)

    def append(self, *entries: Entry) -> list[Record]:
        """Apply `entries` as a journal would, without writing them."""
        now = time.time()
        records = [
            Record(seq, now, entry, encode(entry))
            for seq, entry in enumerate(entries, start=self.memory.last + 1)
        ]
        for record in records:
            self.memory.apply(record)
        return records

    def has_message(self, message: str) -> bool:
        """Return whether `message` belongs to this conversation."""
        try:
            self.memory.message(message)
        except NotFound:
            return False
        return True

    def forget(self, message: str) -> None:
        """Forget `message`. Raises `NotFound` if it is not in this conversation."""
        self.append(EntriesForgotten(at=time.time(), targets=(self.memory.message(message).seq,)))
