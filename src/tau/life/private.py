"""Private conversations: kept in memory only, listed nowhere, and seen only where they began.

They end when they're left, or `IDLE_SECONDS` after the last word; with the credential that began
them, and with the process. Nothing of one that has ended is left.
"""

import time
from collections.abc import Callable, Iterator

from tau.errors import NotFound
from tau.ids import new_id
from tau.journal.entries import ConversationChanged, EntriesForgotten, Entry, Record, encode
from tau.memory import Conversation, Memory

PRIVATE_PREFIX = "private-"
IDLE_SECONDS = 15 * 60.0
_MAX_CONVERSATIONS = 20
_ENDED = "This private conversation has ended."


def is_private(conversation: str) -> bool:
    """Return whether a conversation is or was private, by its id: nothing of it is written."""
    return conversation.startswith(PRIVATE_PREFIX)


def conversation_of(entry: Entry) -> str:
    """Return the conversation that an entry belongs to; empty if it belongs to none."""
    if isinstance(entry, ConversationChanged):
        return entry.id
    return getattr(entry, "conversation", None) or ""


class PrivateConversation:
    """A conversation held in this process's memory only.

    `slot` is the key slot of the credential that began it: no other credential sees it. It has no
    title, so that its words are in no tab and in no browser's history.
    """

    def __init__(self, conversation_id: str, *, slot: str = "") -> None:
        self.id = conversation_id
        self.slot = slot
        self.memory = Memory()
        self.used_at = time.monotonic()
        self.append(ConversationChanged(at=time.time(), id=conversation_id))

    @property
    def conversation(self) -> Conversation:
        """The conversation in its current state."""
        return self.memory.conversation(self.id)

    def append(self, *entries: Entry) -> list[Record]:
        """Apply `entries` as a journal would, without writing them."""
        self.used_at = time.monotonic()
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

    def forget(self, seqs: tuple[int, ...]) -> None:
        """Forget the entries at `seqs`."""
        self.append(EntriesForgotten(at=time.time(), targets=seqs))


class PrivateConversations:
    """The private conversations of one person. The oldest end when there are too many.

    `on_end` is called with the id of one that ends, just before it is gone.
    """

    def __init__(self, on_end: Callable[[str], None]) -> None:
        self._conversations: dict[str, PrivateConversation] = {}
        self._on_end = on_end

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._conversations)

    def __iter__(self) -> Iterator[PrivateConversation]:
        """Yield the conversations, newest first."""
        return iter(list(reversed(self._conversations.values())))

    def create(self, slot: str) -> PrivateConversation:
        """Start a conversation."""
        while len(self._conversations) >= _MAX_CONVERSATIONS:
            self.end(next(iter(self._conversations)))
        private = PrivateConversation(PRIVATE_PREFIX + new_id(), slot=slot)
        self._conversations[private.id] = private
        return private

    def find(self, conversation: str) -> PrivateConversation | None:
        """Return a conversation by its id, or `None`."""
        return self._conversations.get(conversation)

    def get(self, conversation: str) -> PrivateConversation:
        """Return a conversation by its id. Raises `NotFound` if it has ended."""
        private = self.find(conversation)
        if private is None:
            raise NotFound(_ENDED)
        return private

    def find_by_message(self, message: str) -> PrivateConversation | None:
        """Return the conversation that a message belongs to, or `None`."""
        return next((one for one in self if one.has_message(message)), None)

    def is_visible(self, conversation: str, slot: str) -> bool:
        """Return whether the key slot `slot` may see `conversation`, if it exists.

        A private one is visible only to the slot that began it; one that has ended, to none.
        """
        private = self.find(conversation)
        if private is None:
            return not is_private(conversation)
        return private.slot == slot

    def end(self, conversation: str) -> None:
        """End a conversation, if it hasn't ended: nothing of it is left."""
        if conversation in self._conversations:
            self._on_end(conversation)
            del self._conversations[conversation]

    def end_all(self) -> None:
        """End every conversation."""
        for private in self:
            self.end(private.id)

    def end_idle(self, now: float, is_replying: Callable[[str], bool]) -> None:
        """End the conversations without a word for `IDLE_SECONDS`, unless a reply is coming."""
        for private in self:
            if now - private.used_at > IDLE_SECONDS and not is_replying(private.id):
                self.end(private.id)
