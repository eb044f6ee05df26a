"""Private conversations: kept in memory only, and shown only where they began."""

import time
from collections.abc import Iterator

from tau.ids import new_id
from tau.journal.entries import ConversationChanged, EntriesForgotten, Entry, Record, encode
from tau.memory import Conversation, Memory

PRIVATE_PREFIX = "private-"
_MAX_CONVERSATIONS = 20


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
        """The conversation in its current state."""
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
        return self.memory.messages.find(message) is not None

    def forget(self, message: str) -> None:
        """Forget `message`. Raises `NotFound` if it is not in this conversation."""
        self.append(EntriesForgotten(at=time.time(), targets=(self.memory.message(message).seq,)))


class PrivateConversations:
    """The private conversations of one person. The oldest end when there are too many."""

    def __init__(self) -> None:
        self._conversations: dict[str, PrivateConversation] = {}

    def __contains__(self, conversation: str) -> bool:
        """Return whether a conversation is private: nothing of it is written."""
        return conversation in self._conversations

    def __iter__(self) -> Iterator[PrivateConversation]:
        """Yield the conversations, newest first."""
        return iter(list(reversed(self._conversations.values())))

    def create(self, title: str | None, slot: str) -> PrivateConversation:
        """Start a conversation."""
        while len(self._conversations) >= _MAX_CONVERSATIONS:
            del self._conversations[next(iter(self._conversations))]
        private = PrivateConversation(PRIVATE_PREFIX + new_id(), title, slot=slot)
        self._conversations[private.id] = private
        return private

    def find(self, conversation: str) -> PrivateConversation | None:
        """Return a conversation by its id, or `None`."""
        return self._conversations.get(conversation)

    def find_by_message(self, message: str) -> PrivateConversation | None:
        """Return the conversation that a message belongs to, or `None`."""
        return next((one for one in self if one.has_message(message)), None)

    def find_by_entry(self, entry: Entry) -> PrivateConversation | None:
        """Return the conversation that an entry belongs to, or `None`."""
        match entry:
            case ConversationChanged(id=conversation):
                return self.find(conversation)
            case _:
                return self.find(getattr(entry, "conversation", ""))

    def of_slot(self, slot: str) -> list[Conversation]:
        """Return the conversations that the key slot `slot` began, newest first."""
        return [private.conversation for private in self if private.slot == slot]

    def is_visible(self, conversation: str, slot: str) -> bool:
        """Return whether the key slot `slot` may see `conversation`, if it exists.

        A private one is visible only to the slot that began it; one that has ended, to none.
        """
        private = self.find(conversation)
        if private is None:
            return not conversation.startswith(PRIVATE_PREFIX)
        return private.slot == slot

    def end(self, conversation: str) -> None:
        """End a conversation: nothing of it is left."""
        self._conversations.pop(conversation, None)
