"""Versions of messages: what else follows the same message, and choosing what shows."""

import time

from tau.journal.entries import ConversationChanged, Entry
from tau.life.life import Life
from tau.memory import Message


async def show_version(life: Life, message: str) -> Message:
    """Show the thread of a message on every device, and return the message.

    The thread ends in the newest message below it. Raises `NotFound`.
    """
    conversation = life.message(message).conversation

    def decide() -> list[Entry]:
        if life.message(message).visible:
            return []
        return [ConversationChanged(at=time.time(), id=conversation, shows=message)]

    await life.append_to(conversation, decide)
    return life.message(message)
