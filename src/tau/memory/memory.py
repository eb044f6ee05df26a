"""Memory of one person: what a journal means, held in RAM and searchable.

A fold of the journal's records, and nothing else: sync, pure, without sockets or a database. One
thread at a time may use it.
"""

import itertools
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from tau.facts import Fact, Facts
from tau.ids import new_id
from tau.journal.entries import (
    ArtifactChanged,
    ArtifactRevised,
    Author,
    CheckedIn,
    ConversationChanged,
    EditDecided,
    EntriesForgotten,
    FileAttached,
    FileImported,
    MessageAdded,
    QuestionnaireAnswered,
    Record,
    ScopeChanged,
    SkillJudged,
)
from tau.memory import released_snapshot, snapshot
from tau.memory.artifacts import Artifacts
from tau.memory.attachments import Attachments
from tau.memory.checkins import CheckIns
from tau.memory.conversations import Conversation, Conversations
from tau.memory.dense import Vectors
from tau.memory.imports import ImportHistory
from tau.memory.indexes import Indexes
from tau.memory.message_erasure import erase_entries
from tau.memory.messages import NONE, Message, MessageTable
from tau.memory.questions import question_terms
from tau.memory.scope import Scope, ScopeHistory
from tau.memory.search import (
    Passage,
    is_relevant,
    relevance_features,
    score_messages,
    select_passages,
)
from tau.memory.signals import Signals


class Memory:
    """All that one person and Tau said to each other, searchable as soon as it is written.

    `messages`, `conversations`, `facts`, `imports`, `checkins`, `artifacts`, `attachments` and
    `scopes` are its parts, for reading; only `apply` and `remember` change them.
    """

    def __init__(self) -> None:
        self.last = 0
        """The `seq` of the last record applied."""
        self.messages = MessageTable()
        self.conversations = Conversations(self.messages)
        self.facts = Facts()
        self.imports = ImportHistory()
        self.checkins = CheckIns()
        self.artifacts = Artifacts()
        self.attachments = Attachments()
        self.scopes = ScopeHistory()
        self._indexes = Indexes(self.messages, self.facts)

    def __len__(self) -> int:
        """Return how many messages are held."""
        return len(self.messages.rows)

    # --- the fold -------------------------------------------------------------------------

    def apply(self, record: Record) -> None:
        """Apply the next record; one that was applied before is skipped.

        A kind that is unknown here only moves `last`.
        """
        if record.seq <= self.last:
            return
        match record.entry:
            case MessageAdded() as said:
                if (row := self.conversations.add(said, record.seq)) != NONE:
                    self._indexes.add(row)
                    self.attachments.link(said.id, said.attachments)
            case ConversationChanged() as change:
                self.conversations.change(change, record.seq)
            case EntriesForgotten() as forgotten:
                self._forget(forgotten)
            case _:
                self._apply_to_part(record)
        self.last = record.seq

    def remember(
        self,
        text: str,
        *,
        by: Author = "person",
        at: float | None = None,
        conversation: str = "default",
        speaker: str | None = None,
    ) -> Message:
        """Add a message without a journal, at the end of a conversation, and return it."""
        said = MessageAdded(
            id=new_id(),
            conversation=conversation,
            by=by,
            text=text,
            at=time.time() if at is None else at,
            speaker=speaker,
            parent=self.conversations.newest(conversation),
        )
        self.apply(Record(seq=self.last + 1, at=said.at, entry=said, raw=b""))
        return self.message(said.id)

    # --- reading --------------------------------------------------------------------------

    def conversation(self, conversation_id: str) -> Conversation:
        """Return one conversation. Raises `NotFound`."""
        return self.conversations.get(conversation_id)

    def message(self, message_id: str) -> Message:
        """Return one message, visible or not. Raises `NotFound`."""
        return self.messages.get(message_id)

    def messages_with_term(self, term: str) -> Iterator[Message]:
        """Yield every message, hidden ones too, that has a term of `tau.text.tokenization`."""
        return self._indexes.with_term(term)

    # --- search ---------------------------------------------------------------------------

    def search(
        self,
        query: str,
        *,
        vector: Vectors | None = None,
        now: float | datetime | None = None,
        limit: int = 10,
        tokens: int | None = None,
        exclude: Collection[str] = (),
        floor: bool = False,
        scope: Scope | None = None,
    ) -> list[Passage]:
        """Return the passages that are relevant to `query`, best first.

        `vector` is the query's embedding by `embedding_model`; without it, or if it is of another
        dimension, words alone decide. `now` is when the question is asked (default: the time of
        the newest message); the person's days begin in its zone (UTC, if it has none). At most
        `limit` passages of together at most `tokens` estimated tokens are returned: one that does
        not fit is skipped, one that is longer than the whole budget is cut around the words that
        matched.
        `exclude` names messages to leave out. With `floor` nothing is returned for a message that
        asks for nothing memory holds, such as a greeting (`tau.memory.floor`). With `scope`, what
        it doesn't let read counts as if it had not been said.
        """
        if limit <= 0 or not len(self):
            return []
        moment, zone = (now.timestamp(), now.tzinfo) if isinstance(now, datetime) else (now, None)
        found = score_messages(self._indexes, query, vector, moment, zone, exclude, scope)
        if floor and not is_relevant(self._indexes, query, found):
            return []
        return select_passages(self._indexes, found, limit, tokens)

    def search_facts(
        self,
        query: str,
        now: float,
        limit: int = 10,
        *,
        floor: float = 0.0,
        scope: Scope | None = None,
    ) -> list[Fact]:
        """Return what is believed at `now` and shares words with `query`, best first.

        A fact that says less than the share `floor` of the query is left out, and so is one that
        `scope` doesn't let read.
        """
        if not len(self._indexes.facts):
            return []
        asked = question_terms(query, now)
        matches = self._indexes.facts.matches(asked, self._indexes.lexical)
        current = (
            match.fact
            for match in matches
            if match.score >= floor
            and match.fact.is_current(now)
            and (scope is None or scope.reads_fact(match.fact))
        )
        return list(itertools.islice(current, max(limit, 0)))

    def signals(
        self, query: str, *, vector: Vectors | None = None, now: float | None = None
    ) -> Signals:
        """Return the signals of every message for `query`: signal -> (messages,).

        Messages are in the order of the journal, forgotten ones included. For training.
        """
        return score_messages(self._indexes, query, vector, now).signals if len(self) else {}

    def relevance_features(
        self, query: str, *, vector: Vectors | None = None, now: float | None = None
    ) -> dict[str, float]:
        """Return the features by which `search` decides whether `query` is above the floor."""
        found = score_messages(self._indexes, query, vector, now)
        return relevance_features(self._indexes, query, found)

    # --- vectors --------------------------------------------------------------------------

    @property
    def embedding_model(self) -> str | None:
        """The model whose vectors are searched, if any."""
        return self._indexes.dense.model

    def messages_to_embed(self, model: str, limit: int) -> list[Message]:
        """Return visible messages that lack a vector of `model`, newest first."""
        return self._indexes.messages_to_embed(model, limit)

    def add_vectors(self, model: str, ids: Sequence[str], vectors: Vectors) -> None:
        """Keep the vectors of messages; messages that have been forgotten are skipped.

        Vectors of another model than `embedding_model` are searched once every message has one;
        until then search goes on with the others. Raises `ValueError` if there is not one vector
        per id.
        """
        self._indexes.add_vectors(model, ids, vectors)

    # --- snapshots ------------------------------------------------------------------------

    def dump(self) -> dict[str, bytes]:
        """Return everything as named parts; a part that did not change has the same bytes."""
        captured = snapshot.capture(self.last, self.parts, {})
        return snapshot.SnapshotEncoder().encode(captured).parts

    @classmethod
    def restore(cls, parts: Mapping[str, bytes]) -> "Memory":
        """Return the memory that `dump` gave. Raises `ValueError` if that cannot be done."""
        memory = cls()
        if released_snapshot.is_released(parts):
            memory.last = released_snapshot.restore(parts, memory.parts)
        else:
            memory.last = snapshot.restore(parts, memory.parts)
        return memory

    @property
    def parts(self) -> snapshot.MemoryParts:
        """What a snapshot keeps (`tau.memory.saving`)."""
        return snapshot.MemoryParts(
            self.conversations,
            self._indexes,
            self.facts,
            self.imports,
            self.checkins,
            self.artifacts,
            self.attachments,
            self.scopes,
        )

    def _apply_to_part(self, record: Record) -> None:
        match record.entry:
            case FileAttached() as attached:
                self.attachments.add(record.seq, attached)
            case FileImported() as imported:
                self.imports.add(record.seq, imported)
            case CheckedIn() | QuestionnaireAnswered() as answer:
                self.checkins.add(record.seq, answer)
            case (ArtifactRevised() | ArtifactChanged() | EditDecided()) as made:
                self.artifacts.apply(record.seq, made)
            case (ScopeChanged() | SkillJudged()) as changed:
                self.scopes.add(record.seq, changed)
            case _:
                self.facts.apply(record)

    def _forget(self, forgotten: EntriesForgotten) -> None:
        self.facts.forget(forgotten.targets)
        for seq in forgotten.targets:
            self.imports.remove(seq)
            self.checkins.remove(seq)
        self.artifacts.forget(forgotten.targets)
        self.attachments.forget(forgotten.targets)
        self.scopes.forget(forgotten.targets)
        for row, message in erase_entries(self.conversations, forgotten.targets, forgotten.moved):
            self._indexes.remove(row, message)
            self.attachments.unlink(message.id, message.attachments)
        self._indexes.settle()
