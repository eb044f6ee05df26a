"""Branches of conversations: the versions of a message and the replies to it, for an erasure.

Functions of a memory's trees; they know nothing of words.
"""

from collections.abc import Iterator

from tau.memory.memory import Memory
from tau.memory.messages import Message


class MessageBranches:
    """Index of messages by parent, for the conversations that are looked at."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._below: dict[str, dict[str | None, list[Message]]] = {}

    def versions(self, message: Message) -> Iterator[Message]:
        """Yield a message with what it was edited from and to.

        A reply comes alone: another reply to the same words is no version of what it says.
        """
        if message.is_reply:
            yield message
            return
        for one in self._children(message.conversation, message.parent):
            if not one.is_reply:
                yield one

    def answers(self, message: Message) -> Iterator[Message]:
        """Yield Tau's replies to a message; none of them answers another reply."""
        if message.is_reply:
            return
        for one in self._children(message.conversation, message.id):
            if one.is_reply:
                yield one
        if message.turn is not None:  # words that came in between may be its parent
            of_turn = self._memory.messages.of_turn(message.turn)
            yield from (one for one in of_turn if one.is_reply and one.parent != message.id)

    def start(self, message: Message) -> int:
        """Return the `seq` after which a reply may say the same: other replies to its words may."""
        answered = self._memory.messages.find(message.parent or "") if message.is_reply else None
        return message.seq if answered is None else answered.seq

    def _children(self, conversation: str, parent: str | None) -> list[Message]:
        if conversation not in self._below:
            below = self._below[conversation] = {}
            for message in self._memory.conversations.all_messages(conversation):
                below.setdefault(message.parent, []).append(message)
        return self._below[conversation].get(parent, [])
