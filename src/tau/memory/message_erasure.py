"""Erasure of messages from conversations: replies below them move up to living ancestors."""

from array import array
from collections.abc import Collection, Iterable

import msgspec

from tau.memory.conversations import Conversations, ConversationTree
from tau.memory.messages import NONE, Message, MessageTable


def erase_entries(
    conversations: Conversations, seqs: Collection[int], moved: Iterable[tuple[int, int]] = ()
) -> list[tuple[int, Message]]:
    """Erase the entries at `seqs`. Return the rows that were erased, as they were.

    `moved` holds new parents (`EntriesForgotten.moved`): it changes nothing where the
    erased ones were known, and gives the same thread where they never were.
    """
    messages = conversations.messages
    erased: list[tuple[int, Message]] = []
    touched: dict[str, None] = {}
    for seq in seqs:
        if (conversation := conversations.remove_change(seq)) is not None:
            touched[conversation] = None
        row = messages.row_at(seq)
        message = messages.by_row[row] if row != NONE else None
        if message is not None:
            erased.append((row, message))
            touched[message.conversation] = None
            messages.remove(row, message)
    for conversation in touched:
        _reparent_orphans(messages, conversations.trees[conversation])
    for child, parent in moved:
        if (conversation := _reparent(messages, child, parent)) is not None:
            touched[conversation] = None
    for conversation in touched:
        conversations.rebuild(conversation)
    return erased


def find_moves(conversations: Conversations, seqs: Collection[int]) -> tuple[tuple[int, int], ...]:
    """Return `EntriesForgotten.moved` for forgetting the entries at `seqs`."""
    messages = conversations.messages
    dead = {row for seq in seqs if (row := messages.row_at(seq)) != NONE}
    names = {m.conversation for row in dead if (m := messages.by_row[row]) is not None}
    moved: list[tuple[int, int]] = []
    for name in names:
        for row in conversations.trees[name].rows:
            parent = int(messages.parent.values[row])
            if row in dead or parent not in dead:
                continue
            while parent in dead:
                parent = int(messages.parent.values[parent])
            seq = int(messages.seqs.values[parent]) if parent != NONE else 0
            moved.append((int(messages.seqs.values[row]), seq))
    return tuple(sorted(moved))


def _reparent_orphans(messages: MessageTable, tree: ConversationTree) -> None:
    """Move children of erased messages to their nearest living ancestors."""
    parents, by_row = messages.parent.values, messages.by_row
    living = array("i", (row for row in tree.rows if by_row[row] is not None))
    dead = set(tree.rows) - set(living)
    for row in tree.rows:
        # Rows come oldest first, so a dead parent already points at a living one.
        parent = int(parents[row])
        message = by_row[row]
        if parent in dead:
            parents[row] = parent = int(parents[parent])
            if message is not None:
                by_row[row] = msgspec.structs.replace(message, parent=messages.id_at(parent))
    tree.rows = living


def _reparent(messages: MessageTable, child: int, parent: int) -> str | None:
    """Move the message at `child` below the one at `parent`; return its conversation."""
    row, above = messages.row_at(child), messages.row_at(parent)
    message = messages.by_row[row] if row != NONE else None
    if message is None or (parent and not _is_valid_parent(messages, above, row, message)):
        return None  # one of them was erased since, and that entry has moves of its own
    messages.parent.values[row] = above
    messages.by_row[row] = msgspec.structs.replace(message, parent=messages.id_at(above))
    return message.conversation


def _is_valid_parent(messages: MessageTable, above: int, row: int, message: Message) -> bool:
    found = messages.by_row[above] if above != NONE else None
    return found is not None and above < row and found.conversation == message.conversation
