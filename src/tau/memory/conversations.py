"""Conversations: a tree of messages each, of which one thread shows."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator

import msgspec

from tau.errors import NotFound
from tau.journal.entries import ConversationChanged, MessageAdded
from tau.memory.messages import NONE, Message, MessageTable


class Conversation(msgspec.Struct, frozen=True):
    """What is known of a conversation besides its messages.

    `count` is the number of visible messages, `last` the last of them; times are event times in
    seconds since 1970.
    """

    id: str
    title: str | None
    started_at: float
    updated_at: float
    archived: bool
    last: str | None
    count: int
    expert: str | None = None
    """The specialist that its last message was said with."""


class ConversationUpdate(msgspec.Struct, frozen=True, array_like=True):
    """A `ConversationChanged` at its place in the journal."""

    seq: int
    at: float
    title: str | None
    archived: bool | None
    shows: str | None = None


class ConversationTree:
    """One conversation's tree: its living rows, oldest first, and its changes."""

    __slots__ = ("changes", "head", "id", "rows", "shown")

    def __init__(self, conversation_id: str) -> None:
        self.id = conversation_id
        self.rows = array("i")
        self.shown = 0
        self.changes: list[ConversationUpdate] = []
        self.head = NONE
        """The row whose thread shows."""

    @property
    def newest(self) -> int:
        """The row of the newest message, visible or not."""
        return self.rows[-1] if self.rows else NONE


class Conversations:
    """The conversations of a person and the threads they show."""

    def __init__(self, messages: MessageTable) -> None:
        self.messages = messages
        self.trees: dict[str, ConversationTree] = {}
        self.changed: dict[int, str] = {}
        """The conversation that the entry of a `seq` changed."""

    def add(self, said: MessageAdded, seq: int) -> int:
        """Add a message to its conversation and show its thread. Return its row.

        A message with a known identifier is not added again: the result is `NONE`. A parent
        that is unknown (its entry was damaged or forgotten) is taken to be the last one that shows;
        no parent at all makes a new root, as an edit of the first message does.
        """
        if said.id in self.messages.rows:
            return NONE
        tree = self._tree(said.conversation)
        head, parent = tree.head, find_parent(self.messages, said, tree)
        row = self.messages.append(said, seq, parent, tree.newest)
        tree.rows.append(row)
        tree.head = row
        tree.shown += 1
        if parent == head:
            if parent != NONE:
                self.messages.following.values[parent] = row
        else:
            self._switch_thread(tree, row, head)
        return row

    def change(self, entry: ConversationChanged, seq: int) -> None:
        """Start, name, archive or restore a conversation, or show another thread of it."""
        tree = self._tree(entry.id)
        update = ConversationUpdate(seq, entry.at, entry.title, entry.archived, entry.shows)
        tree.changes.append(update)
        self.changed[seq] = tree.id
        if entry.shows is not None:
            tree.head = find_head(self.messages, tree)
            self._show_thread(tree)

    def remove_change(self, seq: int) -> str | None:
        """Remove the change that the entry `seq` made; return the conversation it changed."""
        conversation = self.changed.pop(seq, None)
        if conversation is not None:
            tree = self.trees[conversation]
            tree.changes = [change for change in tree.changes if change.seq != seq]
        return conversation

    def rebuild(self, conversation_id: str) -> None:
        """Divide a conversation into sessions and show its thread again, after erasing."""
        tree = self.trees[conversation_id]
        if not tree.rows and not tree.changes:
            del self.trees[tree.id]
        self.messages.split_sessions(tree.rows)
        tree.head = find_head(self.messages, tree)
        self._show_thread(tree)

    def all_messages(self, conversation_id: str) -> list[Message]:
        """Return every message of a conversation, hidden ones too. Raises `NotFound`."""
        return self.messages.at_rows(self.tree_of(conversation_id).rows)

    def thread(self, conversation_id: str) -> list[Message]:
        """Return the visible messages, oldest first. Raises `NotFound`."""
        thread = self.messages.at_rows(self.messages.ancestors(self.tree_of(conversation_id).head))
        thread.reverse()
        return thread

    def get(self, conversation_id: str) -> Conversation:
        """Return what is known of a conversation. Raises `NotFound`."""
        return self._summary(self.tree_of(conversation_id))

    def all(self) -> list[Conversation]:
        """Return all conversations, the one with the newest message first, archived ones too."""
        return list(self.newest_first())

    def newest_first(self) -> Iterator[Conversation]:
        """Yield the conversations as `all` returns them, each summed up when it's asked for."""
        newest_created_first = [*self.trees.values()][::-1]
        trees = sorted(newest_created_first, key=lambda tree: -updated_at(self.messages, tree))
        return map(self._summary, trees)

    def entries_of(self, conversation_id: str) -> list[int]:
        """Return the `seq` of every living entry of a conversation. Raises `NotFound`."""
        tree = self.tree_of(conversation_id)
        changes = [change.seq for change in tree.changes]
        return sorted([*changes, *self.messages.seqs.values[tree.rows].tolist()])

    def titles(self) -> Iterator[tuple[str, ConversationUpdate]]:
        """Yield every change of a conversation that named it, with the conversation's id."""
        for tree in self.trees.values():
            yield from ((tree.id, each) for each in tree.changes if each.title is not None)

    def newest(self, conversation_id: str) -> str | None:
        """Return the id of the last message of a conversation that shows, if there is one."""
        tree = self.trees.get(conversation_id)
        return self.messages.id_at(tree.head) if tree else None

    def restore_threads(self) -> None:
        """Derive which thread of each conversation shows, from rows and changes."""
        for tree in self.trees.values():
            self.changed.update((change.seq, tree.id) for change in tree.changes)
            tree.head = find_head(self.messages, tree)
        parents = self.messages.parent.values.tolist()
        visible, following = self.messages.visible.values, self.messages.following.values
        for tree in self.trees.values():
            row, child, tree.shown = tree.head, NONE, 0
            while row != NONE:
                visible[row], following[row] = True, child
                row, child = parents[row], row
                tree.shown += 1

    def tree_of(self, conversation_id: str) -> ConversationTree:
        """Return the tree of a conversation. Raises `NotFound`."""
        tree = self.trees.get(conversation_id)
        if tree is None:
            raise NotFound("There is no such conversation.")
        return tree

    def _tree(self, conversation_id: str) -> ConversationTree:
        tree = self.trees.get(conversation_id)
        if tree is None:
            tree = self.trees[conversation_id] = ConversationTree(conversation_id)
        return tree

    def _switch_thread(self, tree: ConversationTree, row: int, head: int) -> None:
        """Show the thread of the new `row`; hide rows of the old thread that are not on it."""
        parents, following = self.messages.parent.values, self.messages.following.values
        child, above = row, int(parents[row])
        while above != NONE:
            following[above] = child
            if self.messages.visible.values[above]:
                break
            self._set_visible(tree, above, visible=True)
            child, above = above, int(parents[above])
        while head not in (above, NONE):
            self._set_visible(tree, head, visible=False)
            head = int(parents[head])

    def _set_visible(self, tree: ConversationTree, row: int, *, visible: bool) -> None:
        seen = self.messages.visible.values
        if seen[row] != visible and self.messages.by_row.is_living(row):
            seen[row] = visible
            tree.shown += 1 if visible else -1

    def _show_thread(self, tree: ConversationTree) -> None:
        """Make exactly the thread of the head visible."""
        rows = list(self.messages.ancestors(tree.head))
        thread = set(rows)
        for row in tree.rows:
            self._set_visible(tree, row, visible=row in thread)
        tree.shown = len(thread)
        child = NONE
        for row in rows:
            self.messages.following.values[row] = child
            child = row

    def _summary(self, tree: ConversationTree) -> Conversation:
        entries: list[tuple[int, float]] = [(c.seq, c.at) for c in tree.changes]
        first = self.messages.by_row[tree.rows[0]] if tree.rows else None
        last = self.messages.by_row[tree.head] if tree.rows else None
        if first is not None:
            entries.append((first.seq, first.at))
        titles = [change.title for change in tree.changes if change.title is not None]
        archived = [change.archived for change in tree.changes if change.archived is not None]
        return Conversation(
            id=tree.id,
            title=titles[-1] if titles else None,
            started_at=min(entries)[1],
            updated_at=updated_at(self.messages, tree),
            archived=archived[-1] if archived else False,
            last=last.id if last else None,
            count=tree.shown,
            expert=last.expert if last else None,
        )


def find_parent(messages: MessageTable, said: MessageAdded, tree: ConversationTree) -> int:
    """Return the row of the parent that is named, or the head if it isn't in this conversation."""
    if said.parent is None:
        return NONE
    row = messages.rows.get(said.parent, NONE)
    parent = messages.by_row[row] if row != NONE else None
    here = parent is not None and parent.conversation == said.conversation
    return row if here else tree.head


def updated_at(messages: MessageTable, tree: ConversationTree) -> float:
    """Return the time of the newest message (seconds since 1970), or of the newest change."""
    return float(messages.at.values[tree.newest]) if tree.rows else tree.changes[-1].at


def find_head(messages: MessageTable, tree: ConversationTree) -> int:
    """Return the newest row, or the newest below the version that was chosen since."""
    for change in reversed(tree.changes):
        if change.shows is None:
            continue
        if tree.newest == NONE or change.seq < messages.seqs.values[tree.newest]:
            break
        row = messages.rows.get(change.shows, NONE)
        chosen = messages.by_row[row] if row != NONE else None
        if chosen is not None and chosen.conversation == tree.id:
            return newest_below(messages, tree, row)
    return tree.newest


def newest_below(messages: MessageTable, tree: ConversationTree, row: int) -> int:
    """Return the newest row of the branch that begins at `row`: this one, if nothing follows."""
    parents, branch, newest = messages.parent.values, {row}, row
    for each in tree.rows[bisect_right(tree.rows, row) :]:  # a child comes after its parent
        if int(parents[each]) in branch:
            branch.add(each)
            newest = each
    return newest
