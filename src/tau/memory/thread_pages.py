"""Pages of a visible thread: its end, or the messages before, after or around one.

However long the thread is, a page reads no more rows than it returns (and one more, to see whether
the thread continues).
"""

from typing import NamedTuple

from tau.errors import NotFound
from tau.memory.conversations import Conversations
from tau.memory.messages import NONE, Message


class ThreadPage(NamedTuple):
    """A part of a visible thread, oldest first, and whether the thread continues at either end."""

    messages: list[Message]
    earlier: bool
    later: bool


def thread_page(
    conversations: Conversations,
    conversation_id: str,
    limit: int,
    *,
    before: str | None = None,
    after: str | None = None,
    around: str | None = None,
) -> ThreadPage:
    """Return at most `limit` messages of the visible thread: its end, or those around a place.

    `before`, `after` and `around` name a message; if several are given, `around` wins, then
    `after`. Raises `NotFound` for a conversation, and for a message that its thread does not show.
    """
    if around is not None:
        return _page_around(conversations, conversation_id, limit, around)
    if after is not None:
        return _page_after(conversations, conversation_id, limit, after)
    return _page_before(conversations, conversation_id, limit, before)


def _page_before(
    conversations: Conversations, conversation_id: str, limit: int, before: str | None
) -> ThreadPage:
    messages = conversations.messages
    row = conversations.tree_of(conversation_id).head
    if before is not None:
        row = int(messages.parent.values[_visible_row(conversations, conversation_id, before)])
    rows = messages.follow(row, limit + 1, messages.parent)
    earlier = len(rows) > limit
    return ThreadPage(messages.at_rows(rows[:limit][::-1]), earlier, later=before is not None)


def _page_after(
    conversations: Conversations, conversation_id: str, limit: int, after: str
) -> ThreadPage:
    messages = conversations.messages
    row = int(messages.following.values[_visible_row(conversations, conversation_id, after)])
    rows = messages.follow(row, limit + 1, messages.following)
    return ThreadPage(messages.at_rows(rows[:limit]), earlier=True, later=len(rows) > limit)


def _page_around(
    conversations: Conversations, conversation_id: str, limit: int, message_id: str
) -> ThreadPage:
    """Return a page with a message in its middle; a short end leaves more to the other end."""
    messages = conversations.messages
    row = _visible_row(conversations, conversation_id, message_id)
    before = messages.follow(int(messages.parent.values[row]), limit, messages.parent)
    after = messages.follow(int(messages.following.values[row]), limit, messages.following)
    left = limit - 1
    wanted = max(left // 2, left - len(after))
    kept = min(wanted, len(before))
    rest = min(left - kept, len(after))
    rows = [*before[:kept][::-1], row, *after[:rest]]
    return ThreadPage(messages.at_rows(rows), earlier=len(before) > kept, later=len(after) > rest)


def _visible_row(conversations: Conversations, conversation_id: str, message_id: str) -> int:
    """Return the row of a message that the thread shows. Raises `NotFound`."""
    messages = conversations.messages
    tree = conversations.tree_of(conversation_id)
    row = messages.rows.get(message_id, NONE)
    message = messages.by_row[row] if row != NONE else None
    if message is None or message.conversation != tree.id:
        raise NotFound("There is no such message in this conversation.")
    if not message.visible:
        raise NotFound("Another version took the place of this message; it is not shown.")
    return row
