"""One search: from a question to the messages that come to mind, best first, and why.

Reads the parts of a memory and changes none of them. How messages are hung, indexed and embedded
is decided elsewhere; what makes one better than another is in `signals` and `fusion`.
"""

import itertools
from array import array
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo

import msgspec
import numpy as np
import numpy.typing as npt

from tau.memory import questions
from tau.memory.columns import Column
from tau.memory.conversations import NONE, Conversations, Message
from tau.memory.dense import DenseIndex, Vectors
from tau.memory.fact_index import FactKeys, Match
from tau.memory.fusion import fuse, load_weights, reasons
from tau.memory.lexical import LexicalIndex, Scores
from tau.memory.questions import Question
from tau.memory.signals import Ground, Signals, signals
from tau.text.excerpts import estimated_tokens, excerpt
from tau.text.words import terms

MEANING_FLOOR = 0.2
"""A cosine below this brings nothing to mind on its own."""
MOST_WORDS_TOLD = 5
SMALLEST_EXCERPT_TOKENS = 16


class Passage(msgspec.Struct, frozen=True):
    """A message that came to mind, why, and what stands around it on the visible thread."""

    message: Message
    score: float
    reasons: tuple[str, ...]
    before: Message | None
    after: Message | None


@dataclass(frozen=True, slots=True)
class Held:
    """The parts of a memory that a search reads."""

    tree: Conversations
    lexical: LexicalIndex
    dense: DenseIndex
    own: Column
    traits: Column
    speakers: "dict[str, array[int]]"
    keys: FactKeys


@dataclass(frozen=True, slots=True)
class Found:
    """What every row has to say to a question, and what that comes to."""

    question: Question
    signals: Signals
    weights: dict[str, float]
    facts: dict[int, Match]
    """By row, the best fact that was drawn from it."""


def look(
    held: Held,
    query: str,
    vector: Vectors | None,
    now: float | None,
    zone: tzinfo | None = None,
) -> Found:
    """Return all signals of all rows for a question that is asked at `now` in `zone`."""
    tree, at = held.tree, held.tree.at.values
    moment = float(at.max()) if now is None else now
    question = questions.read(query, moment, zone)
    meaning = None if vector is None else held.dense.scores(vector)
    facts = held.keys.by_row(question, held.lexical, tree.rows)
    found = signals(
        question,
        _ground(held),
        meaning=meaning,
        embedded=held.dense.has.values,
        speaker=_spoken_by(held, question),
        fact=_spread(len(tree), facts),
        now=moment,
    )
    weights = load_weights()
    chosen = weights.without_vector if meaning is None else weights.with_vector
    return Found(question, found, chosen, facts)


def passages(
    held: Held, found: Found, limit: int, tokens: int | None, exclude: Collection[str]
) -> list[Passage]:
    """Return at most `limit` passages of together at most `tokens` tokens, best first."""
    scores = fuse(found.signals, found.weights)
    rows = _best(held.tree, scores, _eligible(held, found, exclude), limit, tokens)
    made = _made(held, found, rows, scores)
    fitting = made if tokens is None else _within(made, tokens, found.question.surface)
    return list(itertools.islice(fitting, limit))


def _ground(held: Held) -> Ground:
    tree = held.tree
    return Ground(
        lexical=held.lexical,
        visible=tree.visible.values,
        before=tree.parent.values,
        after=tree.following.values,
        sitting=tree.sitting.values,
        sittings=tree.sittings,
        own=held.own.values,
        at=tree.at.values,
        traits=held.traits.values,
    )


def _spoken_by(held: Held, question: Question) -> Scores | None:
    """Return 1 for the rows of speakers whose name is in the question."""
    speaking: Scores | None = None
    for name, rows in held.speakers.items():
        if not terms(name).keys().isdisjoint(question.terms):
            if speaking is None:
                speaking = np.zeros(len(held.tree), np.float32)
            speaking[np.frombuffer(rows, np.int32)] = 1
    return speaking


def _spread(count: int, facts: Mapping[int, Match]) -> Scores | None:
    if not facts:
        return None
    scores: Scores = np.zeros(count, np.float32)
    scores[list(facts)] = [match.score for match in facts.values()]
    return scores


def _eligible(held: Held, found: Found, exclude: Collection[str]) -> npt.NDArray[np.bool_]:
    """Tell which rows come to mind at all: visible, wanted, matching or next to a match."""
    eligible = found.signals["covered"] > 0
    if "meaning" in found.signals:
        eligible |= (found.signals["meaning"] >= MEANING_FLOOR) & held.dense.has.values
    if found.facts:
        eligible[list(found.facts)] = True
    for span in found.question.spans:
        eligible |= (held.tree.at.values >= span.start) & (held.tree.at.values < span.end)
    eligible &= held.tree.visible.values
    eligible[[held.tree.rows[name] for name in exclude if name in held.tree.rows]] = False
    return eligible


def _best(
    tree: Conversations,
    scores: Scores,
    eligible: npt.NDArray[np.bool_],
    limit: int,
    tokens: int | None,
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
    order = np.lexsort((-rows, -tree.at.values[rows], -scores[rows]))
    return rows[order[:most]]


def _made(
    held: Held, found: Found, rows: npt.NDArray[np.intp], scores: Scores
) -> Iterator[Passage]:
    messages = held.tree.messages
    for row in rows.tolist():
        message = messages[row]
        before = int(held.tree.parent.values[row])
        after = int(held.tree.following.values[row])
        if message is not None:
            yield Passage(
                message=message,
                score=float(scores[row]),
                reasons=_reasons(held, found, row),
                before=messages[before] if before != NONE else None,
                after=messages[after] if after != NONE else None,
            )


def _reasons(held: Held, found: Found, row: int) -> tuple[str, ...]:
    told = reasons(found.signals, found.weights, row)
    surface = found.question.surface
    said = [term for term in surface if held.lexical.says(row, term)]
    said.sort(key=held.lexical.rarity, reverse=True)
    words: list[str] = []
    for word in (surface[term] for term in said):
        if not any(word in other for other in words):
            words.append(word)
    named: dict[str, str] = {}
    if words:
        named["words"] = "words: " + ", ".join(words[:MOST_WORDS_TOLD])
    if (match := found.facts.get(row)) is not None:
        named["fact"] = f"fact: {match.fact.text}"
    if found.question.spans:
        named["time"] = f"time: {_meant(found.question, float(held.tree.at.values[row]))}"
    return tuple(named.get(reason, reason) for reason in told)


def _meant(question: Question, at: float) -> str:
    """Return the words of the question for the time that is nearest to `at`."""
    return min(question.spans, key=lambda span: max(span.start - at, at - span.end, 0)).text


def _within(found: Iterator[Passage], tokens: int, surface: Mapping[str, str]) -> Iterator[Passage]:
    """Yield the passages that fit into a budget of estimated tokens."""
    left = tokens
    for passage in found:
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
