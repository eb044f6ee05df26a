"""Memory: what a journal means, held in RAM, and what comes to mind for a question.

A fold of the journal's records, and nothing else: sync, pure, without sockets or a database. One
thread at a time may use it.
"""

import itertools
import time
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from tau.ids import new_id
from tau.journal.entries import By, ConversationChanged, Forgot, Imported, Record, Said
from tau.memory import snapshot
from tau.memory.columns import Column
from tau.memory.conversations import NONE, Change, Conversation, Conversations, Message
from tau.memory.dense import DenseIndex, Vectors
from tau.memory.excerpts import estimated_tokens, excerpt
from tau.memory.facts import Facts
from tau.memory.fusion import Scores, Surroundings, fuse, load_weights, reasons, signals
from tau.memory.lexical import LexicalIndex
from tau.memory.words import query_terms, terms

MEANING_FLOOR = 0.2
"""A cosine below this brings nothing to mind on its own."""
RECENT_SECONDS = 30 * 86_400.0
"""The age at which being recent counts half."""
BRIEF_TERMS = 12
"""A reply of Tau's longer than this lends its neighbours only a part of its score."""
MOST_WORDS_TOLD = 5
SMALLEST_EXCERPT_TOKENS = 16


class Passage(msgspec.Struct, frozen=True):
    """A message that came to mind, why, and what stands around it on the visible thread."""

    message: Message
    score: float
    reasons: tuple[str, ...]
    before: Message | None
    after: Message | None


class Memory:
    """All that one person and Tau said to each other, searchable the moment it is written."""

    def __init__(self) -> None:
        self.last = 0
        """The `seq` of the last record applied."""
        self.facts = Facts()
        """What is held to be true, and what waits for the person's word."""
        self._imports: dict[int, Imported] = {}
        self._tree = Conversations()
        self._lexical = LexicalIndex()
        self._dense = DenseIndex()
        self._own = Column(np.bool_)
        self._wordless: set[int] = set()
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
            case Said() as said:
                self._add(said, record.seq)
            case ConversationChanged() as change:
                self._tree.change(change, record.seq)
            case Forgot(targets=targets, moved=moved):
                self._forget(targets, moved)
            case Imported() as brought:
                self._imports[record.seq] = brought
            case _:
                self.facts.apply(record)
        self.last = record.seq

    def remember(
        self,
        text: str,
        *,
        by: By = "person",
        at: float | None = None,
        conversation: str = "default",
        speaker: str | None = None,
    ) -> Message:
        """Take in a message without a journal, at the end of a conversation, and return it."""
        said = Said(
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

    def message(self, message_id: str) -> Message:
        """Return one message, visible or not. Raises `NotFound`."""
        return self._tree.get(message_id)

    def turn(self, turn_id: str) -> list[Message]:
        """Return the messages of a turn, oldest first; none if it is unknown."""
        return self._tree.of_turn(turn_id)

    def since(self, seq: int, limit: int) -> list[Message]:
        """Return messages after the entry `seq` in the order of the journal, visible or not."""
        return self._tree.since(seq, limit)

    def imports(self) -> list[Imported]:
        """Return every import as it stands now, oldest first."""
        return list({brought.id: brought for brought in self._imports.values()}.values())

    def import_entries(self, import_id: str) -> list[int]:
        """Return the `seq` of the entries that tell of an import itself, not what it brought."""
        return [seq for seq, brought in self._imports.items() if brought.id == import_id]

    def entries_of(self, conversation_id: str) -> list[int]:
        """Return the `seq` of every entry of a conversation, hidden ones too. Raises `NotFound`."""
        return self._tree.entries_of(conversation_id)

    def titles(self) -> Iterator[tuple[str, Change]]:
        """Yield every change of a conversation that named it, with the conversation's id."""
        for branches in self._tree.branches.values():
            yield from ((branches.id, each) for each in branches.changes if each.title is not None)

    def everything(self) -> Iterator[Message]:
        """Yield every message, hidden ones too, in the order of the journal."""
        return (message for message in self._tree.messages if message is not None)

    def everything_in(self, conversation_id: str) -> list[Message]:
        """Return the messages of a conversation, hidden ones too. Raises `NotFound`."""
        return self._tree.all_of(conversation_id)

    def saying(self, term: str) -> Iterator[Message]:
        """Yield every message, hidden ones too, that says a term of `tau.memory.words.terms`."""
        found = (self._tree.messages[row] for row in self._lexical.rows(term))
        return (message for message in found if message is not None)

    def moves(self, seqs: Collection[int]) -> tuple[tuple[int, int], ...]:
        """Return what `Forgot.moved` is to tell when the entries at `seqs` are forgotten."""
        return self._tree.moves(seqs)

    # --- search ---------------------------------------------------------------------------

    def search(
        self,
        query: str,
        *,
        vector: Vectors | None = None,
        now: float | None = None,
        limit: int = 10,
        tokens: int | None = None,
        exclude: Collection[str] = (),
    ) -> list[Passage]:
        """Return what comes to mind for `query`, best first.

        `vector` is the query's embedding by `embedding_model`; without it, or if it is of another
        dimension, words alone decide. `now` is when the question is asked (default: the time of
        the newest message). At most `limit` passages of together at most `tokens` estimated tokens
        are returned: one that does not fit is passed over, one that is longer than the whole
        budget is cut around what it was found for. `exclude` names messages that are not wanted.
        """
        if limit <= 0 or not len(self):
            return []
        asked = query_terms(query)
        words = self._lexical.scores({term: weight for term, (weight, _) in asked.items()})
        meaning = None if vector is None else self._dense.scores(vector)
        found = signals(
            words,
            meaning,
            self._surroundings(),
            speaker=self._spoken_by(asked.keys()),
            recent=self._recent(now),
        )
        weights = load_weights()
        chosen = weights.without_vector if meaning is None else weights.with_vector
        scores = fuse(found, chosen)
        rows = self._best(scores, self._eligible(found, exclude), limit, tokens)
        surface = {term: word for term, (_, word) in asked.items()}
        passages = self._passages(rows, scores, found, chosen, surface)
        fitting = passages if tokens is None else _within(passages, tokens, surface)
        return list(itertools.islice(fitting, limit))

    # --- meaning --------------------------------------------------------------------------

    @property
    def embedding_model(self) -> str | None:
        """The model whose vectors are held, if any."""
        return self._dense.model

    @staticmethod
    def text_to_embed(message: Message) -> str:
        """Return what is to be embedded for a message, so that all vectors are alike."""
        return _spoken(message.speaker, message.text)

    def unembedded(self, model: str, limit: int) -> list[Message]:
        """Return visible messages that lack a vector of `model`, newest first."""
        lacking = self._tree.visible.values.copy()
        if model == self._dense.model:
            lacking &= ~self._dense.has.values
        lacking[list(self._wordless)] = False
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
        known = snapshot.Known(self._tree, self._lexical, self._dense, self.facts, imports)
        return snapshot.dump(self.last, known)

    @classmethod
    def restore(cls, parts: Mapping[str, bytes]) -> "Memory":
        """Return the memory that `dump` gave. Raises `ValueError` if that cannot be done."""
        memory = cls()
        imports: list[tuple[int, Imported]] = []
        known = snapshot.Known(memory._tree, memory._lexical, memory._dense, memory.facts, imports)
        memory.last = snapshot.restore(parts, known)
        memory._imports = dict(imports)
        for row, message in enumerate(memory._tree.messages):
            memory._note(row, message)
        return memory

    # --- inside ---------------------------------------------------------------------------

    def _add(self, said: Said, seq: int) -> None:
        row = self._tree.add(said, seq)
        if row == NONE:
            return
        self._lexical.add(_spoken(said.speaker, said.text))
        self._dense.has.append(False)
        self._note(row, self._tree.messages[row])

    def _note(self, row: int, message: Message | None) -> None:
        """Take down who spoke in the next row, and whether there is anything to embed."""
        self._own.append(message is not None and (message.by == "person" or bool(message.speaker)))
        if message is None:
            return
        if message.speaker is not None:
            self._speakers.setdefault(message.speaker, array("i")).append(row)
        if not message.text or message.text.isspace():
            self._wordless.add(row)

    def _forget(self, seqs: Collection[int], moved: Iterable[tuple[int, int]] = ()) -> None:
        self.facts.forget(seqs)
        for seq in seqs:
            self._imports.pop(seq, None)
        for row, message in self._tree.forget(seqs, moved):
            self._lexical.remove(row, _spoken(message.speaker, message.text))
            self._dense.remove(row)
            self._wordless.discard(row)
            if message.speaker is not None:
                self._speakers[message.speaker].remove(row)
                if not self._speakers[message.speaker]:
                    del self._speakers[message.speaker]

    def _surroundings(self) -> Surroundings:
        tree, own = self._tree, self._own.values
        lengths = np.maximum(self._lexical.lengths.values, 1)
        brief = np.minimum(BRIEF_TERMS / lengths, 1).astype(np.float32)
        return Surroundings(
            visible=tree.visible.values,
            before=tree.parent.values,
            after=tree.following.values,
            sitting=tree.sitting.values,
            sittings=tree.sittings,
            own=own,
            lending=np.where(own, np.float32(1), brief),
        )

    def _spoken_by(self, asked: Collection[str]) -> Scores | None:
        """Return 1 for the rows of speakers whose name is in the question."""
        speaking: Scores | None = None
        for name, rows in self._speakers.items():
            if not terms(name).keys().isdisjoint(asked):
                if speaking is None:
                    speaking = np.zeros(len(self._tree), np.float32)
                speaking[np.frombuffer(rows, np.int32)] = 1
        return speaking

    def _recent(self, now: float | None) -> Scores:
        at = self._tree.at.values
        age = np.maximum((at.max() if now is None else now) - at, 0)
        recent: Scores = (RECENT_SECONDS / (RECENT_SECONDS + age)).astype(np.float32)
        return recent

    def _eligible(
        self, found: Mapping[str, Scores], exclude: Collection[str]
    ) -> npt.NDArray[np.bool_]:
        """Tell which rows come to mind at all: visible, wanted, matching or next to a match."""
        eligible = (found["words"] > 0) | (found["words_before"] > 0) | (found["words_after"] > 0)
        if "meaning" in found:
            eligible |= found["meaning"] >= MEANING_FLOOR
        eligible &= self._tree.visible.values
        eligible[[self._tree.rows[name] for name in exclude if name in self._tree.rows]] = False
        return eligible

    def _best(
        self, scores: Scores, eligible: npt.NDArray[np.bool_], limit: int, tokens: int | None
    ) -> npt.NDArray[np.intp]:
        """Return the rows of the best scores, best first, later ones first among equals.

        With a budget of tokens there are more of them, to fill it where one does not fit.
        """
        rows = np.flatnonzero(eligible)
        most = limit if tokens is None else 3 * limit
        if len(rows) > most:
            # The rows that equal the last place's score stay in, so that time may decide.
            threshold = np.partition(scores[rows], len(rows) - most)[len(rows) - most]
            rows = rows[scores[rows] >= threshold]
        order = np.lexsort((-rows, -self._tree.at.values[rows], -scores[rows]))
        return rows[order[:most]]

    def _passages(
        self,
        rows: npt.NDArray[np.intp],
        scores: Scores,
        found: Mapping[str, Scores],
        weights: Mapping[str, float],
        surface: Mapping[str, str],
    ) -> Iterator[Passage]:
        messages = self._tree.messages
        for row in rows.tolist():
            message = messages[row]
            before = int(self._tree.parent.values[row])
            after = int(self._tree.following.values[row])
            if message is not None:
                yield Passage(
                    message=message,
                    score=float(scores[row]),
                    reasons=self._reasons(row, found, weights, surface),
                    before=messages[before] if before != NONE else None,
                    after=messages[after] if after != NONE else None,
                )

    def _reasons(
        self,
        row: int,
        found: Mapping[str, Scores],
        weights: Mapping[str, float],
        surface: Mapping[str, str],
    ) -> tuple[str, ...]:
        told = reasons(found, weights, row)
        said = [term for term in surface if self._lexical.says(row, term)]
        said.sort(key=self._lexical.rarity, reverse=True)
        words: list[str] = []
        for word in (surface[term] for term in said):
            if not any(word in other for other in words):
                words.append(word)
        if words:
            named = "words: " + ", ".join(words[:MOST_WORDS_TOLD])
            told = [named if reason == "words" else reason for reason in told]
        return tuple(told)


def _spoken(speaker: str | None, text: str) -> str:
    return text if speaker is None else f"{speaker}: {text}"


def _within(
    passages: Iterator[Passage], tokens: int, surface: Mapping[str, str]
) -> Iterator[Passage]:
    """Yield the passages that fit into a budget of estimated tokens."""
    left = tokens
    for passage in passages:
        fitting = passage
        cost = estimated_tokens(passage.message.text)
        if cost > tokens and left >= SMALLEST_EXCERPT_TOKENS:
            text = excerpt(passage.message.text, left, surface.values())
            cost = estimated_tokens(text)
            cut = msgspec.structs.replace(passage.message, text=text)
            fitting = msgspec.structs.replace(passage, message=cut)
        if cost <= left:
            left -= cost
            yield fitting
