"""One opened person: the journal and the memory that is its projection.

Everything of a person is reached through their `Life`, so that nothing of another person's can be:
an identifier that is not in this memory does not exist here.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from typing import Any, Literal, Protocol

import anyio

from tau.clock import date_time, local_now
from tau.errors import BadInput, DamagedEntry, NotFound
from tau.ids import new_id
from tau.journal.entries import (
    ArtifactChanged,
    ArtifactRevised,
    ChangeUndone,
    ClaimLearned,
    ConversationChanged,
    EditDecided,
    EntriesForgotten,
    Entry,
    FactJudged,
    FileImported,
    LearningChanged,
    MessageAdded,
    Record,
    ScopeChanged,
    SkillJudged,
)
from tau.journal.journal import Journal
from tau.journal.store import SnapshotFence, Store
from tau.life.changes import ChangedKind, ChangeEvent, ChangeFeed
from tau.life.private import PrivateConversations, conversation_of, is_private
from tau.life.saving import LifeSaving
from tau.life.text_validation import MAX_NAME_CHARACTERS, validated_message, validated_title
from tau.life.transaction import Transaction, depends_on_messages
from tau.memory import Conversation, Memory, Message, Passage
from tau.memory.scope import Scope
from tau.storage.sealing import SecretBox
from tau.text.labels import as_line

MAX_TITLE_CHARACTERS = 60
SNAPSHOT_AFTER = 512
"""Entries, which are read from the log in well under a second, or vectors."""


class QueryEmbedding(Protocol):
    """Turns a query into a vector of the memory's own embedding model, if it can."""

    async def __call__(self, query: str, model: str | None) -> Any | None:
        """Return a vector of shape (dimension,), or `None` to search by words alone."""
        ...


class LifeListener:
    """Base class of what follows opened lives. Override what you need; the rest does nothing."""

    def opened(self, life: "Life") -> None:
        """Take note that a life was opened."""

    def written(self, life: "Life") -> None:
        """Take note that messages were written: work on them may begin."""

    def forgotten(self, life: "Life") -> None:
        """Drop every copy of what was erased, here or by another process."""

    def private_ended(self, person: str, conversation: str) -> None:
        """End all work on a private conversation, and keep nothing of it."""

    def interrupted(self, person: str) -> None:
        """End work that another node can't go on with: it serves the person from now on."""

    def unloaded(self, person: str) -> None:
        """Drop what is kept for a life that was closed because nobody used it."""

    async def removed(self, person: str) -> None:
        """End all work on the life of a person who is being removed, and keep nothing of it."""

    def is_working_on(self, person: str) -> bool:  # noqa: ARG002 - for those that override it
        """Return whether work is in progress that needs the life of `person` open."""
        return False

    def is_replying(self, person: str, conversation: str) -> bool:  # noqa: ARG002 - as above
        """Return whether a reply is being generated in a conversation."""
        return False


class Life:
    """A person's journal and memory, open. Make one with `Life.open`."""

    def __init__(
        self,
        journal: Journal,
        *,
        embed: QueryEmbedding,
        max_message_bytes: int,
    ) -> None:
        self._journal = journal
        self.memory = Memory()
        self.changes = ChangeFeed()
        self.used_at = time.monotonic()
        self.saving = LifeSaving(journal)
        self._embed = embed
        self.max_message_bytes = max_message_bytes
        self.private = PrivateConversations(partial(_on_private_end, self))
        self._write_lock = asyncio.Lock()
        self.listeners: Sequence[LifeListener] = ()
        self.abandoned = False
        """Whether the person is being removed: nothing is written any more."""
        journal.listener = self._apply_record

    @classmethod
    async def open(
        cls,
        store: Store,
        person: str,
        data_key: bytes,
        *,
        embed: QueryEmbedding,
        earlier_keys: Sequence[bytes] = (),
        max_message_bytes: int = 1_000_000,
        listeners: Sequence[LifeListener] = (),
        fence: SnapshotFence | None = None,
    ) -> "Life":
        """Open the life of `person` from its snapshot and the tail of its log.

        `fence` decides whether a snapshot may be written.
        """
        journal = Journal(store, person, data_key, earlier_keys=earlier_keys, fence=fence)
        life = cls(journal, embed=embed, max_message_bytes=max_message_bytes)
        life.memory = await life.saving.open()
        await journal.catch_up()
        await life.saving.complete(life.memory)
        life.listeners = listeners  # not before: nobody may work on a memory that is half read
        return life

    @property
    def person(self) -> str:
        """Whose life this is."""
        return self._journal.person

    @property
    def box(self) -> SecretBox:
        """Seals and opens what else is kept of this person."""
        return self._journal.box

    def memory_of(self, conversation: str) -> Memory:
        """Return the memory that holds `conversation`. Raises `NotFound`."""
        if is_private(conversation):
            return self.private.get(conversation).memory
        self.memory.conversation(conversation)
        return self.memory

    def message(self, message: str) -> Message:
        """Return a message, in private or not. Raises `NotFound`."""
        if private := self.private.find_by_message(message):
            return private.memory.message(message)
        return self.memory.message(message)

    def turn(self, turn: str) -> list[Message]:
        """Return the messages of a turn, in private or not; empty if there is none."""
        memories = (self.memory, *(private.memory for private in self.private))
        return next((found for memory in memories if (found := memory.messages.of_turn(turn))), [])

    async def append(self, *entries: Entry) -> list[Record]:
        """Write entries of one conversation; those of a private one are kept in memory only.

        Claims from messages that have been forgotten are left out; a reply that recalled such
        messages is refused (`NotFound`), and so is what belongs to a private one that has ended.
        """
        if entries and is_private(conversation := conversation_of(entries[0])):
            self.used_at = time.monotonic()
            return self.private.get(conversation).append(*entries)
        # What is true whatever others write needs no lock.
        locked = any(map(depends_on_messages, entries))
        async with self.transaction(catch_up=False, locked=locked) as transaction:
            return await transaction.append(*entries)

    async def append_to(
        self, conversation: str, decide: Callable[[], Sequence[Entry]]
    ) -> list[Record]:
        """Write to a conversation what `decide` returns (`Transaction.append_decided`)."""
        if is_private(conversation):
            self.used_at = time.monotonic()
            return self.private.get(conversation).append(*decide())
        async with self.transaction(catch_up=False) as transaction:
            return await transaction.append_decided(decide)

    @asynccontextmanager
    async def transaction(
        self, *, catch_up: bool = True, locked: bool = True
    ) -> AsyncIterator[Transaction]:
        """Return a transaction: read what is known, decide, and write.

        With `catch_up`, what other processes wrote is read first. Raises `NotFound` once the
        person was removed.
        """
        self.used_at = time.monotonic()
        async with self._write_lock if locked else nullcontext():
            if self.abandoned:  # perhaps while this waited
                raise NotFound("There is no such person.")
            if catch_up:
                await self._journal.catch_up()
            yield Transaction(self._journal, self.memory)

    def read(self, after: int = 0) -> AsyncIterator[Record | DamagedEntry]:
        """Yield every entry of the journal after `after`, in order."""
        return self._journal.read(after)

    async def refresh(self, *, noticed: bool = False) -> bool:
        """Read what other processes wrote, if there may be something; return whether there was.

        `noticed` says that there is.
        """
        before = self.memory.last
        if noticed or self._journal.is_stale:
            await self._journal.catch_up()
        return self.memory.last > before

    def has_tombstone(self, name: str) -> bool:
        """Return whether an imported item of this id was forgotten."""
        return self._journal.has_tombstone(name)

    async def create_conversation(
        self, title: str | None = None, *, private: bool = False, slot: str = ""
    ) -> Conversation:
        """Begin a conversation.

        A private one is never written, has no title, and is visible only to the key slot `slot`.
        """
        title = validated_title(title)
        if private:
            _refuse_for_private(title)
            return self.private.create(slot).conversation
        conversation = new_id()
        await self.append(ConversationChanged(at=time.time(), id=conversation, title=title))
        return self.memory.conversation(conversation)

    async def update_conversation(
        self, conversation: str, *, title: str | None = None, archived: bool | None = None
    ) -> Conversation:
        """Rename, archive or unarchive a conversation. Raises `NotFound`.

        Raises `BadInput` for a private one: it is in no list.
        """
        memory = self.memory_of(conversation)
        if is_private(conversation):
            _refuse_for_private(title, archived)
        change = ConversationChanged(
            at=time.time(), id=conversation, title=validated_title(title), archived=archived
        )
        await self.append(change)
        return memory.conversation(conversation)

    async def add_message(
        self,
        conversation: str,
        text: str,
        *,
        by: Literal["person", "tau"] = "person",
        at: float | None = None,
        speaker: str | None = None,
        parent: str | None = None,
        channel: str = "tau",
    ) -> Message:
        """Add a message without a reply. Without `parent` it follows the last message.

        `channel` is the interface it came through (`MessageAdded.channel`).

        Raises `NotFound` for a conversation or parent that is not here, `BadInput` for a text that
        is empty or too long.
        """
        memory = self.memory_of(conversation)
        text = validated_message(text, self.max_message_bytes)
        if speaker is not None and len(speaker) > MAX_NAME_CHARACTERS:
            raise BadInput(f"A speaker's name can have at most {MAX_NAME_CHARACTERS} characters.")
        if parent is not None and memory.message(parent).conversation != conversation:
            raise NotFound("There is no such message in this conversation.")
        message = new_id()
        when = time.time() if at is None else at

        def decide() -> list[Entry]:
            said = MessageAdded(
                at=when,
                id=message,
                conversation=conversation,
                by=by,
                text=text,
                speaker=as_line(speaker or "") or None,
                parent=parent or memory.conversation(conversation).last,
                channel=channel,
                expert=memory.conversation(conversation).expert,
            )
            return [said]

        await self.append_to(conversation, decide)
        return memory.message(message)

    async def search(
        self,
        query: str,
        *,
        limit: int = 10,
        tokens: int | None = None,
        at: float | None = None,
        exclude: Collection[str] = (),
        floor: bool = False,
        scope: Scope | None = None,
        embed_timeout_seconds: float | None = None,
    ) -> list[Passage]:
        """Return the passages that are relevant to `query`, best first (`Memory.search`).

        `at` is when the question is asked (now, if left out). When the embedder takes longer than
        the timeout, words alone decide.
        """
        self.used_at = time.monotonic()
        vector = None
        with anyio.move_on_after(embed_timeout_seconds):
            vector = await self._embed(query, self.memory.embedding_model)
        here = local_now()
        return self.memory.search(
            query,
            vector=vector,
            now=here if at is None else date_time(at, here.tzinfo),
            limit=limit,
            tokens=tokens,
            exclude=exclude,
            floor=floor,
            scope=scope,
        )

    async def save(self, *, whole: bool = True) -> bool:
        """Save a snapshot of the memory; return False if it has to be tried again.

        If it needn't be `whole`, only vectors are saved where the snapshot lacks little.
        """
        async with self.saving.lock:
            seq = self.memory.last
            damaged = self._journal.damaged and seq == self.saving.seq
            if seq == 0 or self.abandoned or damaged:
                return True
            if whole or self.saving.is_whole_due(self.memory, SNAPSHOT_AFTER):
                return await self.saving.save(self.memory)
            return await self.saving.save_vectors(self.memory)

    async def abandon(self) -> None:
        """Close the life of a person who is being removed: nothing is written from now on.

        Returns when the writes in progress have ended.
        """
        self.abandoned = True
        self.listeners = ()
        self.changes.close()
        await self._journal.close()
        async with self.saving.lock:  # until one that has begun is written
            pass

    def _apply_record(self, record: Record) -> None:
        self.memory.apply(record)
        if isinstance(record.entry, EntriesForgotten):
            for listener in self.listeners:
                listener.forgotten(self)
        change = _change_for(record)
        if change is not None and len(self.changes):
            self.changes.publish(change)


def _on_private_end(life: Life, conversation: str) -> None:
    life.changes.publish(ChangeEvent(what="conversation", conversation=conversation))
    for listener in life.listeners:
        listener.private_ended(life.person, conversation)


def _refuse_for_private(*changes: str | bool | None) -> None:
    if any(change is not None for change in changes):
        raise BadInput("A private conversation has no title and can't be archived.")


_CHANGES: dict[type, ChangedKind] = {
    EntriesForgotten: "forgot",
    ClaimLearned: "facts",
    FactJudged: "facts",
    ChangeUndone: "facts",
    LearningChanged: "facts",
    FileImported: "imports",
    ScopeChanged: "experts",
    SkillJudged: "experts",
}


def _change_for(record: Record) -> ChangeEvent | None:
    match record.entry:
        case MessageAdded(conversation=conversation, turn=turn):
            return ChangeEvent(what="message", conversation=conversation, turn=turn, seq=record.seq)
        case ConversationChanged(id=conversation, shows=shows):
            changed: ChangedKind = "message" if shows else "conversation"
            return ChangeEvent(what=changed, conversation=conversation, seq=record.seq)
        case ArtifactRevised(artifact=name) | ArtifactChanged(artifact=name):
            return ChangeEvent(what="artifacts", artifact=name, seq=record.seq)
        case EditDecided(artifact=name):
            return ChangeEvent(what="artifacts", artifact=name, seq=record.seq)
        case entry:
            what = _CHANGES.get(type(entry))
            return ChangeEvent(what=what, seq=record.seq) if what else None
