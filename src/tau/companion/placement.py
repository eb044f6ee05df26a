"""Places of messages in a conversation: what the words and the reply of a turn follow.

Pure functions of a memory. They're called while an entry is being written, so that of two messages
at one moment the second follows the first.
"""

import time
from typing import NamedTuple

from tau.errors import BadInput, NotFound
from tau.journal.entries import ConversationChanged, Entry, MessageAdded
from tau.life.life import Life
from tau.memory import Memory, Message
from tau.memory.thread_versions import last_below


class RetryContext(NamedTuple):
    """A conversation when another reply to a message was asked for.

    The reply may hide what was there then, and nothing that came later.
    """

    last: int
    """The `seq` of its memory's last entry."""
    visible: bool
    """Whether the message was on the visible thread."""
    awaited: bool
    """Whether other words of this conversation were being answered."""


class ReplyPlace(NamedTuple):
    """The message that a reply follows, and the one whose thread shows if the reply doesn't."""

    parent: str
    shows: str | None = None


def own_message(life: Life, message: str) -> Message:
    """Return a message of the person's, private or not. Raises `NotFound` and `BadInput`."""
    found = life.message(message)
    if found.by != "person":
        raise BadInput("Only your own messages can be edited or answered again.")
    return found


def words_parent(life: Life, conversation: str | None, edits: str | None) -> str | None:
    """Return what words follow: the last message, or what the edited message followed."""
    if conversation is None:
        return None
    memory = life.memory_of(conversation)
    if edits is None:
        return memory.conversation(conversation).last
    edited = own_message(life, edits)
    if edited.conversation != conversation:
        raise NotFound("There is no such message in this conversation.")
    return edited.parent


def reply_place(memory: Memory, words: Message, retry: RetryContext | None) -> ReplyPlace:
    """Return where the reply to `words` belongs. Raises `NotFound` if they were forgotten.

    It follows the end of the visible thread: other words may have come while it was generated.
    Another reply follows the words themselves, unless something else was said meanwhile. The reply
    to words that an edit hid stays with them, and what shows goes on showing.
    """
    message = memory.messages.find(words.id)
    if message is None:
        raise NotFound("Your message was forgotten before Tau could reply.")
    last = memory.conversation(message.conversation).last
    if retry is not None and not _has_newer(memory, message, retry):
        if message.visible or not retry.visible:
            return ReplyPlace(message.id)
    elif message.visible:
        return ReplyPlace(last or message.id)
    return ReplyPlace(last_below(memory.conversations, message), shows=last)


def reply_entries(said: MessageAdded, place: ReplyPlace) -> list[Entry]:
    """Return the entries that write a reply at its place."""
    if place.shows is None:
        return [said]
    change = ConversationChanged(at=time.time(), id=said.conversation, shows=place.shows)
    return [said, change]


def _has_newer(memory: Memory, words: Message, retry: RetryContext) -> bool:
    """Return whether something that isn't a reply came after `words` since the retry began."""
    if retry.awaited:
        return True
    later = memory.messages.since(retry.last, len(memory))
    return any(
        each.conversation == words.conversation and (each.by == "person" or each.turn is None)
        for each in later
    )
