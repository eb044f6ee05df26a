"""Memory: what a journal means, held in RAM, and what comes to mind for a question.

A fold of the journal's records, and nothing else: sync, pure, without sockets or a database. One
thread at a time may use it.
"""

import itertools
import time
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo

import numpy as np

from tau.facts import Fact, Facts
from tau.ids import new_id
from tau.journal.entries import (
    Author,
    ConversationChanged,
    EntriesForgotten,
    FileImported,
    MessageAdded,
    Record,
)
from tau.memory import questions, snapshot
from tau.memory.columns import Column
from tau.memory.conversations import (
    NONE,
    Conversation,
    Conversations,
    ConversationUpdate,
    Message,
    ThreadPage,
)
from tau.memory.dense import DenseIndex, Vectors
from tau.memory.fact_index import FactIndex
from tau.memory.features import extract_features
from tau.memory.lexical import LexicalIndex
from tau.memory.search import Indexes, Passage, score_messages, select_passages
from tau.memory.signals import Signals

REPLY_HEAD_CHARACTERS = 300
"""How much of a reply of Tau's is embedded: its beginning tells what it is about."""


class Memory:
    """All that one person and Tau said to each other, searchable the moment it is written."""

    def __init__(self) -> None:
        self.last = 0
        """The `seq` of the last record applied."""
        self.facts = Facts()
        """What is held to be true, and what waits for the person's word."""
        self._imports: dict[int, FileImported] = {}
        self._tree = Conversations()
        self._lexical = LexicalIndex()
        self._dense = DenseIndex()
        self._own = Column(np.bool_)
        self._features = Column(np.uint8)
        self._fact_index = FactIndex(self.facts)
        self._blank_rows: set[int] = set()
        self._speakers: dict[str, array[int]] = {}

    def __len__(self) -> int:
        """Return how many messages are held."""
        return len(self._tree.rows)

    # --- the fold -------------------------------------------------------------------------

    def apply(self, record: Record) -> None:
        """Take in the next record; one that was taken in before is passed over.

        A kind that is unknown here only moves `last`.
        """
        if record.seq <= self.last:
            return
        match record.entry:
            case MessageAdded() as said:
                self._add(said, record.seq)
            case ConversationChanged() as change:
                self._tree.change(change, record.seq)
            case EntriesForgotten(targets=targets, moved=moved):
                self._forget(targets, moved)
            case FileImported() as brought:
                self._imports[record.seq] = brought
            case _:
                self.facts.apply(record)
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
        """Take in a message without a journal, at the end of a conversation, and return it."""
        said = MessageAdded(
            id=new_id(),
            conversation=conversation,
            by=by,
            text=text,
            at=time.time() if at is None else at,
            speaker=speaker,
            parent=self._tree.newest(conversation),
        )
        self.apply(Record(seq=self.last + 1, at=said.at, entry=said, raw=b""))
        return self.message(said.id)

    # --- reading --------------------------------------------------------------------------

    def conversations(self) -> list[Conversation]:
        """Return all conversations, newest first, archived ones included."""
        return self._tree.summaries()

    def conversation(self, conversation_id: str) -> Conversation:
        """Return one conversation. Raises `NotFound`."""
        return self._tree.summary(conversation_id)

    def messages(self, conversation_id: str) -> list[Message]:
        """Return the visible thread of a conversation, oldest first. Raises `NotFound`."""
        return self._tree.thread(conversation_id)

    def page(
        self,
        conversation_id: str,
        limit: int,
        *,
        before: str | None = None,
        after: str | None = None,
        around: str | None = None,
    ) -> ThreadPage:
        """Return at most `limit` messages of the visible thread: its end, or what stands where.

        `before`, `after` and `around` name a message, and one of them at most is heeded, the last
        first. Raises `NotFound` for a conversation, and for a message that its thread does not
        show.
        """
        if around is not None:
            return self._tree.around(conversation_id, limit, around)
        if after is not None:
            return self._tree.page_after(conversation_id, limit, after)
        return self._tree.page_before(conversation_id, limit, before)

    def message(self, message_id: str) -> Message:
        """Return one message, visible or not. Raises `NotFound`."""
        return self._tree.get(message_id)

    def turn(self, turn_id: str) -> list[Message]:
        """Return the messages of a turn, oldest first; none if it is unknown."""
        return self._tree.of_turn(turn_id)

    def since(self, seq: int, limit: int) -> list[Message]:
        """Return messages after the entry `seq` in the order of the journal, visible or not."""
        return self._tree.since(seq, limit)

    def imports(self) -> list[FileImported]:
        """Return every import as it stands now, oldest first."""
        return list({brought.id: brought for brought in self._imports.values()}.values())

    def import_entries(self, import_id: str) -> list[int]:
        """Return the `seq` of the entries that tell of an import itself, not what it brought."""
        return [seq for seq, brought in self._imports.items() if brought.id == import_id]

    def entries_of(self, conversation_id: str) -> list[int]:
        """Return the `seq` of every entry of a conversation, hidden ones too. Raises `NotFound`."""
        return self._tree.entries_of(conversation_id)

    def titles(self) -> Iterator[tuple[str, ConversationUpdate]]:
        """Yield every change of a conversation that named it, with the conversation's id."""
        for branches in self._tree.branches.values():
            yield from ((branches.id, each) for each in branches.changes if each.title is not None)

    def all_messages(self) -> Iterator[Message]:
        """Yield every message, hidden ones too, in the order of the journal."""
        return (message for message in self._tree.messages if message is not None)

    def all_messages_in(self, conversation_id: str) -> list[Message]:
        """Return the messages of a conversation, hidden ones too. Raises `NotFound`."""
        return self._tree.all_of(conversation_id)

    def messages_with_term(self, term: str) -> Iterator[Message]:
        """Yield every message, hidden ones too, that has a term of `tau.text.tokenization`."""
        found = (self._tree.messages[row] for row in self._lexical.rows(term))
        return (message for message in found if message is not None)

    def moves(self, seqs: Collection[int]) -> tuple[tuple[int, int], ...]:
        """Return `EntriesForgotten.moved` for forgetting the entries at `seqs`."""
        return self._tree.moves(seqs)

    # --- search ---------------------------------------------------------------------------

    def search(
        self,
        query: str,
        *,
        vector: Vectors | None = None,
        now: float | None = None,
        zone: tzinfo | None = None,
        limit: int = 10,
        tokens: int | None = None,
        exclude: Collection[str] = (),
    ) -> list[Passage]:
        """Return what comes to mind for `query`, best first.

        `vector` is the query's embedding by `embedding_model`; without it, or if it is of another
        dimension, words alone decide. `now` is when the question is asked (default: the time of
        the newest message), `zone` where the person's days begin (UTC if None). At most `limit`
        passages of together at most `tokens` estimated tokens are returned: one that does not fit
        is passed over, one that is longer than the whole budget is cut around what it was found
        for. `exclude` names messages that are not wanted.
        """
        if limit <= 0 or not len(self):
            return []
        held = self._indexes()
        found = score_messages(held, query, vector, now, zone)
        return select_passages(held, found, limit, tokens, exclude)

    def search_facts(self, query: str, now: float, limit: int = 10) -> list[Fact]:
        """Return what is believed at `now` and shares words with `query`, best first."""
        matches = self._fact_index.matches(questions.parse_question(query, now), self._lexical)
        held = (match.fact for match in matches if match.fact.is_current(now))
        return list(itertools.islice(held, max(limit, 0)))

    def signals(
        self, query: str, *, vector: Vectors | None = None, now: float | None = None
    ) -> Signals:
        """Return what every message has to say to `query`: signal -> (messages,).

        Messages are in the order of the journal, forgotten ones included. For training.
        """
        return score_messages(self._indexes(), query, vector, now).signals if len(self) else {}

    # --- meaning --------------------------------------------------------------------------

    @property
    def embedding_model(self) -> str | None:
        """The model whose vectors are held, if any."""
        return self._dense.model

    @staticmethod
    def text_to_embed(message: Message) -> str:
        """Return what is to be embedded for a message, so that all vectors are alike.

        People's words in full, of Tau's own the beginning: the rest of a long reply costs most of
        the work and adds nothing (docs/memory.md has the figures).
        """
        if message.by == "tau" and message.speaker is None:
            return message.text[:REPLY_HEAD_CHARACTERS]
        return _with_speaker(message.speaker, message.text)

    def messages_to_embed(self, model: str, limit: int) -> list[Message]:
        """Return visible messages that lack a vector of `model`, newest first."""
        lacking = self._tree.visible.values.copy()
        if model == self._dense.model:
            lacking &= ~self._dense.has_vector.values
        lacking[list(self._blank_rows)] = False
        rows = np.flatnonzero(lacking)[::-1][: max(limit, 0)]
        found = (self._tree.messages[row] for row in rows)
        return [message for message in found if message is not None]

    def embedded(self, model: str, ids: Sequence[str], vectors: Vectors) -> None:
        """Keep the vectors of messages; those of any other model or dimension are dropped.

        Messages that were forgotten meanwhile are passed over. Raises `ValueError` if there is
        not one vector per id.
        """
        if vectors.ndim != 2 or len(vectors) != len(ids):
            raise ValueError("there must be one vector per message")
        places = [
            (i, self._tree.rows[name]) for i, name in enumerate(ids) if name in self._tree.rows
        ]
        self._dense.use(model, vectors.shape[1])
        self._dense.put([row for _, row in places], vectors[[i for i, _ in places]])

    # --- snapshots ------------------------------------------------------------------------

    def dump(self) -> dict[str, bytes]:
        """Return everything as named parts; a part that did not change has the same bytes."""
        imports = list(self._imports.items())
        return snapshot.dump(self.last, self._snapshot_parts(imports))

    @classmethod
    def restore(cls, parts: Mapping[str, bytes]) -> "Memory":
        """Return the memory that `dump` gave. Raises `ValueError` if that cannot be done."""
        memory = cls()
        imports: list[tuple[int, FileImported]] = []
        memory.last = snapshot.restore(parts, memory._snapshot_parts(imports))
        memory._imports = dict(imports)
        for row, message in enumerate(memory._tree.messages):
            memory._index_row(row, message)
        return memory

    # --- inside ---------------------------------------------------------------------------

    def _add(self, said: MessageAdded, seq: int) -> None:
        row = self._tree.add(said, seq)
        if row == NONE:
            return
        self._lexical.add(_with_speaker(said.speaker, said.text))
        self._dense.has_vector.append(False)
        own = said.by == "person" or bool(said.speaker)
        self._features.append(extract_features(said.text, own=own))
        self._index_row(row, self._tree.messages[row])

    def _snapshot_parts(self, imports: list[tuple[int, FileImported]]) -> snapshot.MemoryParts:
        return snapshot.MemoryParts(
            self._tree, self._lexical, self._dense, self._features, self.facts, imports
        )

    def _index_row(self, row: int, message: Message | None) -> None:
        """Take down who spoke in the next row, and whether there is anything to embed."""
        self._own.append(message is not None and (message.by == "person" or bool(message.speaker)))
        if message is None:
            return
        if message.speaker is not None:
            self._speakers.setdefault(message.speaker, array("i")).append(row)
        if not message.text or message.text.isspace():
            self._blank_rows.add(row)

    def _forget(self, seqs: Collection[int], moved: Iterable[tuple[int, int]] = ()) -> None:
        self.facts.forget(seqs)
        for seq in seqs:
            self._imports.pop(seq, None)
        for row, message in self._tree.forget(seqs, moved):
            self._lexical.remove(row, _with_speaker(message.speaker, message.text))
            self._dense.remove(row)
            self._features.values[row] = 0
            self._blank_rows.discard(row)
            if message.speaker is not None:
                self._speakers[message.speaker].remove(row)
                if not self._speakers[message.speaker]:
                    del self._speakers[message.speaker]

    def _indexes(self) -> Indexes:
        return Indexes(
            tree=self._tree,
            lexical=self._lexical,
            dense=self._dense,
            own=self._own,
            features=self._features,
            speakers=self._speakers,
            keys=self._fact_index,
        )


def _with_speaker(speaker: str | None, text: str) -> str:
    return text if speaker is None else f"{speaker}: {text}"
