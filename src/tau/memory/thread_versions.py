"""Versions of messages: what else follows the same message, and where their threads end."""

import numpy as np

from tau.memory.conversations import Conversations, newest_below
from tau.memory.messages import Message


def versions(conversations: Conversations, message: Message) -> list[str]:
    """Return the ids of what follows the same message as this one, itself included, oldest first.

    Every hidden message is below a version of a visible one.
    """
    messages = conversations.messages
    rows = np.array(conversations.tree_of(message.conversation).rows)
    parents = messages.parent.values
    found = rows[parents[rows] == parents[messages.rows[message.id]]]
    return [name for row in found.tolist() if (name := messages.id_at(row))]


def last_below(conversations: Conversations, message: Message) -> str:
    """Return the id of the newest message below a message, or its own."""
    messages = conversations.messages
    tree = conversations.tree_of(message.conversation)
    row = newest_below(messages, tree, messages.rows[message.id])
    return messages.id_at(row) or message.id
