"""Messages and the conversations they form: a tree per conversation, of which one thread shows.

Every message has a row, counted from 0 in the order of the journal; all other parts of memory
speak of rows. A parent is always an earlier row, so there are no cycles, whatever a record says.
This module knows nothing of words, vectors and snapshots.
"""

import itertools
import sys
from array import array
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

import msgspec
import numpy as np

from tau.errors import NotFound
from tau.journal.entries import Author, ConversationChanged, MessageAdded, Status
from tau.memory.columns import Column

NONE = -1
"""No row."""
SESSION_GAP_SECONDS = 3 * 3600.0
"""A pause longer than this begins another sitting of the same conversation."""

MAX_TIMESTAMP_SECONDS = 1e12
"""A time further from 1970 than this, or no number, is not believed."""


class Message(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One message of either side, as it stands now.

    `parent` is its nearest living ancestor; `visible` tells whether it is on the thread that the
    conversation shows.
    """

    id: str
    seq: int
    conversation: str
    by: Author
    speaker: str | None
    text: str
    at: float
    parent: str | None
    turn: str | None
    status: Status
    model: str | None
    recalled: tuple[str, ...]
    visible: bool
    origin: str | None = None
    """The format of the file that brought it, if it was not said here."""
    imported: str | None = None

    @property
    def is_from_person(self) -> bool:
        """Whether the person said it: not Tau, and nobody else in the person's place."""
        return self.by == "person" and self.speaker is None


class Conversation(msgspec.Struct, frozen=True):
    """What is known of a conversation besides its messages.

    `count` is the number of visible messages, `last` the newest of them; times are event times in
    seconds since 1970.
    """

    id: str
    title: str | None
    started_at: float
    updated_at: float
    archived: bool
    last: str | None
    count: int


class ConversationUpdate(msgspec.Struct, frozen=True, array_like=True):
    """A `ConversationChanged` at its place in the journal."""

    seq: int
    at: float
    title: str | None
    archived: bool | None


class ThreadPage(NamedTuple):
    """A part of a visible thread, oldest first, and whether the thread goes on at either end."""

    messages: list[Message]
    earlier: bool
    later: bool


class ConversationTree:
    """One conversation while it is folded: its living rows, oldest first, and its changes."""

    __slots__ = ("changes", "id", "rows", "shown")

    def __init__(self, conversation_id: str) -> None:
        self.id = conversation_id
        self.rows = array("i")
        self.shown = 0
        self.changes: list[ConversationUpdate] = []

    @property
    def head(self) -> int:
        """The row whose thread shows."""
        return self.rows[-1] if self.rows else NONE


class Conversations:
    """All messages of a life, by row and by id, and the conversations they belong to."""

    def __init__(self) -> None:
        self.messages: list[Message | None] = []
        """By row; `None` where a message was forgotten."""
        self.rows: dict[str, int] = {}
        self.branches: dict[str, ConversationTree] = {}
        self.turns: dict[str, tuple[int, ...]] = {}
        self.changed: dict[int, str] = {}
        self.seqs = Column(np.int64)
        self.at = Column(np.float64)
        self.parent = Column(np.int32)
        self.following = Column(np.int32)
        """The visible child of a visible row, or `NONE`; of no meaning for other rows."""
        self.visible = Column(np.bool_)
        self.session = Column(np.int32)
        self.session_count = 0

    def __len__(self) -> int:
        """Return how many rows there are, forgotten ones included."""
        return len(self.messages)

    def add(self, said: MessageAdded, seq: int) -> int:
        """Hang a message into its conversation and show its thread. Return its row.

        An identifier that is there already is not taken again: the result is `NONE`. A parent
        that is unknown (its entry was damaged or forgotten) is taken to be the newest message; no
        parent at all makes a new root, as an edit of the first message does.
        """
        if said.id in self.rows:
            return NONE
        branches = self.branches.get(said.conversation)
        if branches is None:
            branches = self.branches[said.conversation] = ConversationTree(
                sys.intern(said.conversation)
            )
        row, head = len(self.messages), branches.head
        parent = self._parent(said, branches)
        self.messages.append(_message(said, seq, branches.id, self._id(parent)))
        at = said.at if abs(said.at) <= MAX_TIMESTAMP_SECONDS else 0.0
        self.session.append(self._session_of(at, head))
        self.seqs.append(seq)
        self.at.append(at)
        self.parent.append(parent)
        self.following.append(NONE)
        self.visible.append(True)
        branches.rows.append(row)
        branches.shown += 1
        self._index(row, said.id, said.turn)
        if parent == head:
            if parent != NONE:
                self.following.values[parent] = row
        else:
            self._switch_thread(branches, row, head)
        return row

    def change(self, entry: ConversationChanged, seq: int) -> None:
        """Begin, name, archive or bring back a conversation."""
        branches = self.branches.get(entry.id)
        if branches is None:
            branches = self.branches[entry.id] = ConversationTree(sys.intern(entry.id))
        branches.changes.append(ConversationUpdate(seq, entry.at, entry.title, entry.archived))
        self.changed[seq] = branches.id

    def forget(
        self, seqs: Collection[int], moved: Iterable[tuple[int, int]] = ()
    ) -> list[tuple[int, Message]]:
        """Take the entries at `seqs` out. Return the rows that were erased, as they were.

        `moved` holds new parents (`EntriesForgotten.moved`): it changes nothing where the
        erased ones were known, and gives the same thread where they never were.
        """
        erased: list[tuple[int, Message]] = []
        touched: dict[str, None] = {}
        for seq in seqs:
            if (conversation := self.changed.pop(seq, None)) is not None:
                branches = self.branches[conversation]
                branches.changes = [change for change in branches.changes if change.seq != seq]
                touched[conversation] = None
            row = self._row_at(seq)
            message = self.messages[row] if row != NONE else None
            if message is not None:
                erased.append((row, message))
                touched[message.conversation] = None
                self._erase(row, message)
        for conversation in touched:
            self._reparent_orphans(self.branches[conversation])
        for child, parent in moved:
            if (conversation := self._reparent(child, parent)) is not None:
                touched[conversation] = None
        for conversation in touched:
            self._rebuild_thread(self.branches[conversation])
        return erased

    def moves(self, seqs: Collection[int]) -> tuple[tuple[int, int], ...]:
        """Return `EntriesForgotten.moved` for forgetting the entries at `seqs`."""
        dead = {row for seq in seqs if (row := self._row_at(seq)) != NONE}
        names = {m.conversation for row in dead if (m := self.messages[row]) is not None}
        moved: list[tuple[int, int]] = []
        for name in names:
            for row in self.branches[name].rows:
                parent = int(self.parent.values[row])
                if row in dead or parent not in dead:
                    continue
                while parent in dead:
                    parent = int(self.parent.values[parent])
                seq = int(self.seqs.values[parent]) if parent != NONE else 0
                moved.append((int(self.seqs.values[row]), seq))
        return tuple(sorted(moved))

    def all_of(self, conversation_id: str) -> list[Message]:
        """Return every message of a conversation, hidden ones too. Raises `NotFound`."""
        rows = self._tree_of(conversation_id).rows
        return [message for row in rows if (message := self.messages[row]) is not None]

    def thread(self, conversation_id: str) -> list[Message]:
        """Return the visible messages, oldest first. Raises `NotFound`."""
        row = self._tree_of(conversation_id).head
        thread: list[Message] = []
        while row != NONE:
            if (message := self.messages[row]) is not None:
                thread.append(message)
            row = int(self.parent.values[row])
        thread.reverse()
        return thread

    def page_before(
        self, conversation_id: str, limit: int, before: str | None = None
    ) -> ThreadPage:
        """Return the last `limit` visible messages, or the last ones before the message `before`.

        Like `beginning` and `around` it looks at no more than it returns, however long the thread
        is. Raises `NotFound`.
        """
        branches = self._tree_of(conversation_id)
        row = (
            branches.head
            if before is None
            else self._parent_of(self._visible_row(branches, before))
        )
        rows = self._follow(row, limit + 1, self.parent)
        earlier = len(rows) > limit
        return ThreadPage(self._messages_at(rows[:limit][::-1]), earlier, later=before is not None)

    def page_after(self, conversation_id: str, limit: int, after: str) -> ThreadPage:
        """Return the first `limit` visible messages after a message. Raises `NotFound`."""
        row = int(self.following.values[self._visible_row(self._tree_of(conversation_id), after)])
        rows = self._follow(row, limit + 1, self.following)
        return ThreadPage(self._messages_at(rows[:limit]), earlier=True, later=len(rows) > limit)

    def around(self, conversation_id: str, limit: int, message_id: str) -> ThreadPage:
        """Return `limit` visible messages with `message_id` in their middle, as far as there are.

        Where the thread is too short at one end, the other gives more. Raises `NotFound`.
        """
        row = self._visible_row(self._tree_of(conversation_id), message_id)
        before = self._follow(self._parent_of(row), limit, self.parent)
        after = self._follow(int(self.following.values[row]), limit, self.following)
        left = limit - 1
        wanted = max(left // 2, left - len(after))
        kept = min(wanted, len(before))
        rest = min(left - kept, len(after))
        rows = [*before[:kept][::-1], row, *after[:rest]]
        return ThreadPage(
            self._messages_at(rows), earlier=len(before) > kept, later=len(after) > rest
        )

    def get(self, message_id: str) -> Message:
        """Return a message. Raises `NotFound`."""
        row = self.rows.get(message_id, NONE)
        message = self.messages[row] if row != NONE else None
        if message is None:
            raise NotFound("There is no such message.")
        return message

    def of_turn(self, turn_id: str) -> list[Message]:
        """Return the messages of a turn in the order they were said."""
        found = (self.messages[row] for row in self.turns.get(turn_id, ()))
        return [message for message in found if message is not None]

    def since(self, seq: int, limit: int) -> list[Message]:
        """Return messages after the entry `seq` in the order of the journal, visible or not."""
        first = int(np.searchsorted(self.seqs.values, seq, side="right"))
        found = (self.messages[row] for row in range(first, len(self)))
        return list(itertools.islice((each for each in found if each), max(limit, 0)))

    def summary(self, conversation_id: str) -> Conversation:
        """Return what is known of a conversation. Raises `NotFound`."""
        return self._summary(self._tree_of(conversation_id))

    def summaries(self) -> list[Conversation]:
        """Return all conversations, the one with the newest message first."""
        found = [self._summary(branches) for branches in self.branches.values()]
        found.reverse()
        return sorted(found, key=lambda conversation: -conversation.updated_at)

    def entries_of(self, conversation_id: str) -> list[int]:
        """Return the `seq` of every living entry of a conversation. Raises `NotFound`."""
        branches = self._tree_of(conversation_id)
        changes = [change.seq for change in branches.changes]
        return sorted([*changes, *self.seqs.values[branches.rows].tolist()])

    def newest(self, conversation_id: str) -> str | None:
        """Return the id of the newest message of a conversation, if there is one."""
        branches = self.branches.get(conversation_id)
        return self._id(branches.head) if branches else None

    def index_all(self) -> None:
        """Rebuild what is looked up by id, turn and seq. Raises `ValueError` if ids repeat."""
        living = 0
        for row, message in enumerate(self.messages):
            if message is not None:
                self._index(row, message.id, message.turn)
                living += 1
        if len(self.rows) != living:
            raise ValueError("two messages have one id")
        for branches in self.branches.values():
            self.changed.update((change.seq, branches.id) for change in branches.changes)

    def _parent(self, said: MessageAdded, branches: ConversationTree) -> int:
        if said.parent is None:
            return NONE
        row = self.rows.get(said.parent, NONE)
        if row == NONE:
            return branches.head
        parent = self.messages[row]
        here = parent is not None and parent.conversation == said.conversation
        return row if here else branches.head

    def _session_of(self, at: float, head: int) -> int:
        if head != NONE and abs(at - self.at.values[head]) <= SESSION_GAP_SECONDS:
            return int(self.session.values[head])
        self.session_count += 1
        return self.session_count - 1

    def _index(self, row: int, message_id: str, turn: str | None) -> None:
        self.rows[message_id] = row
        if turn is not None:
            self.turns[turn] = (*self.turns.get(turn, ()), row)

    def _switch_thread(self, branches: ConversationTree, row: int, head: int) -> None:
        """Show the thread of the new `row`, hide what of the old `head`'s is not on it."""
        parents, following = self.parent.values, self.following.values
        child, above = row, int(parents[row])
        while above != NONE:
            following[above] = child
            if self.visible.values[above]:
                break
            self._set_visible(branches, above, visible=True)
            child, above = above, int(parents[above])
        while head not in (above, NONE):
            self._set_visible(branches, head, visible=False)
            head = int(parents[head])

    def _set_visible(self, branches: ConversationTree, row: int, *, visible: bool) -> None:
        message = self.messages[row]
        if message is not None and message.visible != visible:
            self.visible.values[row] = visible
            self.messages[row] = msgspec.structs.replace(message, visible=visible)
            branches.shown += 1 if visible else -1

    def _erase(self, row: int, message: Message) -> None:
        self.messages[row] = None
        self.visible.values[row] = False
        del self.rows[message.id]
        if message.turn is not None:
            left = tuple(other for other in self.turns[message.turn] if other != row)
            if left:
                self.turns[message.turn] = left
            else:
                del self.turns[message.turn]

    def _row_at(self, seq: int) -> int:
        row = int(np.searchsorted(self.seqs.values, seq))
        return row if row < len(self.seqs) and self.seqs.values[row] == seq else NONE

    def _reparent_orphans(self, branches: ConversationTree) -> None:
        """After erasing: hang children to their nearest living ancestors."""
        parents, messages = self.parent.values, self.messages
        living = array("i", (row for row in branches.rows if messages[row] is not None))
        dead = set(branches.rows) - set(living)
        for row in branches.rows:
            # Rows come oldest first, so a dead parent already points at a living one.
            parent = int(parents[row])
            message = messages[row]
            if parent in dead:
                parents[row] = parent = int(parents[parent])
                if message is not None:
                    messages[row] = msgspec.structs.replace(message, parent=self._id(parent))
        branches.rows = living

    def _reparent(self, child: int, parent: int) -> str | None:
        """Hang the message at `child` onto the one at `parent`; return its conversation."""
        row, above = self._row_at(child), self._row_at(parent)
        message = self.messages[row] if row != NONE else None
        if message is None or (parent and not self._is_valid_parent(above, row, message)):
            return None  # one of them was erased since, which tells its own moves
        self.parent.values[row] = above
        self.messages[row] = msgspec.structs.replace(message, parent=self._id(above))
        return message.conversation

    def _is_valid_parent(self, above: int, row: int, message: Message) -> bool:
        found = self.messages[above] if above != NONE else None
        return found is not None and above < row and found.conversation == message.conversation

    def _split_sessions(self, branches: ConversationTree) -> None:
        """Part the living rows into sessions again, as if the erased ones had never been."""
        at, session = self.at.values, self.session.values
        for before, row in itertools.pairwise(branches.rows):
            together = abs(at[row] - at[before]) <= SESSION_GAP_SECONDS
            if together:
                session[row] = session[before]
            elif session[row] == session[before]:
                session[row] = self.session_count
                self.session_count += 1

    def _rebuild_thread(self, branches: ConversationTree) -> None:
        """After erasing: part its sessions again and show the right thread."""
        if not branches.rows and not branches.changes:
            del self.branches[branches.id]
        self._split_sessions(branches)
        self._show_thread(branches)

    def _show_thread(self, branches: ConversationTree) -> None:
        """Make exactly the thread of the head visible."""
        thread = set(self._ancestors(branches.head))
        for row in branches.rows:
            self._set_visible(branches, row, visible=row in thread)
        branches.shown = len(thread)
        child = NONE
        for row in self._ancestors(branches.head):
            self.following.values[row] = child
            child = row

    def _visible_row(self, branches: ConversationTree, message_id: str) -> int:
        """Return the row of a message that the thread shows. Raises `NotFound`."""
        row = self.rows.get(message_id, NONE)
        message = self.messages[row] if row != NONE else None
        if message is None or message.conversation != branches.id:
            raise NotFound("There is no such message in this conversation.")
        if not message.visible:
            raise NotFound("Another version took the place of this message; it is not shown.")
        return row

    def _parent_of(self, row: int) -> int:
        return int(self.parent.values[row])

    def _follow(self, row: int, limit: int, onward: Column) -> list[int]:
        """Return at most `limit` rows, from `row` on along the parents or the visible children."""
        rows: list[int] = []
        while row != NONE and len(rows) < limit:
            rows.append(row)
            row = int(onward.values[row])
        return rows

    def _messages_at(self, rows: Iterable[int]) -> list[Message]:
        return [message for row in rows if (message := self.messages[row]) is not None]

    def _ancestors(self, row: int) -> Iterator[int]:
        while row != NONE:
            yield row
            row = int(self.parent.values[row])

    def _tree_of(self, conversation_id: str) -> ConversationTree:
        branches = self.branches.get(conversation_id)
        if branches is None:
            raise NotFound("There is no such conversation.")
        return branches

    def _id(self, row: int) -> str | None:
        message = self.messages[row] if row != NONE else None
        return message.id if message else None

    def _summary(self, branches: ConversationTree) -> Conversation:
        entries: list[tuple[int, float]] = [(c.seq, c.at) for c in branches.changes]
        first = self.messages[branches.rows[0]] if branches.rows else None
        last = self.messages[branches.head] if branches.rows else None
        if first is not None:
            entries.append((first.seq, first.at))
        titles = [change.title for change in branches.changes if change.title is not None]
        archived = [change.archived for change in branches.changes if change.archived is not None]
        return Conversation(
            id=branches.id,
            title=titles[-1] if titles else None,
            started_at=min(entries)[1],
            updated_at=last.at if last else branches.changes[-1].at,
            archived=archived[-1] if archived else False,
            last=last.id if last else None,
            count=branches.shown,
        )


def _message(said: MessageAdded, seq: int, conversation: str, parent: str | None) -> Message:
    return Message(
        id=said.id,
        seq=seq,
        conversation=conversation,
        by=said.by,
        speaker=sys.intern(said.speaker) if said.speaker is not None else None,
        text=said.text,
        at=said.at,
        parent=parent,
        turn=said.turn,
        status=said.status,
        model=sys.intern(said.model) if said.model is not None else None,
        recalled=said.recalled,
        visible=True,
        origin=sys.intern(said.origin) if said.origin is not None else None,
        imported=sys.intern(said.imported) if said.imported is not None else None,
    )
