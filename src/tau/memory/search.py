"""Search: from a question to the relevant messages, best first, with reasons.

Reads the indexes of a memory and changes none of them. How messages are stored, indexed and
embedded is decided elsewhere; what makes one better than another is in `signals` and `fusion`.
"""

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo

import msgspec
import numpy as np
import numpy.typing as npt

from tau.memory import questions
from tau.memory.dense import Vectors
from tau.memory.fact_index import FactMatch
from tau.memory.floor import floor_features, is_above_floor, rarest_word
from tau.memory.fusion import fuse, load_weights, reasons
from tau.memory.indexes import Indexes
from tau.memory.lexical import LexicalIndex, Scores
from tau.memory.messages import NONE, Message, MessageTable
from tau.memory.questions import ParsedQuestion
from tau.memory.scope import Scope
from tau.memory.signals import RankingContext, Signals, signals
from tau.text.excerpts import estimate_tokens, excerpt
from tau.text.tokenization import terms

MEANING_FLOOR = 0.1
"""A cosine below this makes no message relevant on its own."""
MAX_WORDS_IN_REASON = 5
SMALLEST_EXCERPT_TOKENS = 16


class Passage(msgspec.Struct, frozen=True):
    """A message that was found, why, and its neighbours on the visible thread."""

    message: Message
    score: float
    reasons: tuple[str, ...]
    before: Message | None
    after: Message | None


@dataclass(frozen=True, slots=True)
class Scoring:
    """The signals of every row for a question, and the weights that make one score of them."""

    question: ParsedQuestion
    signals: Signals
    weights: dict[str, float]
    facts: dict[int, FactMatch]
    """By row, the best fact that was drawn from it."""
    strength: float
    """See `word_strength`."""
    asked_at: float
    embedder: str | None
    """The embedder whose vectors took part, if any."""
    excluded: frozenset[int]
    """The rows that are not to be found and lend nothing, such as the question itself."""
    hidden: frozenset[int]
    """Those of them that may not be read at all, not even as neighbours."""
    scores: Scores
    """The signals in one number per row."""


def score_messages(
    indexes: Indexes,
    query: str,
    vector: Vectors | None,
    now: float | None,
    zone: tzinfo | None = None,
    exclude: Collection[str] = (),
    scope: Scope | None = None,
) -> Scoring:
    """Return all signals of all rows for a question that is asked at `now` in `zone`.

    The messages `exclude` count as if they had not been said, and so do those that `scope` doesn't
    let read.
    """
    rows = indexes.messages.rows
    hidden = unreadable_rows(indexes.messages, scope)
    excluded = hidden.union(rows[name] for name in exclude if name in rows)
    messages, at = indexes.messages, indexes.messages.at.values
    asked_at = float(at.max()) if now is None else now
    question = questions.parse_question(query, asked_at, zone)
    weights = load_weights()
    of_embedder = weights.of_embedder(indexes.dense.model)
    cosines = None if vector is None else indexes.dense.scores(vector)
    meaning = None if cosines is None else of_embedder.rescale(cosines)
    facts = indexes.facts.by_row(question.terms, indexes.lexical, messages.rows, scope)
    context = _ranking_context(indexes, excluded)
    found = signals(
        question,
        context,
        meaning=meaning,
        embedded=indexes.dense.has_vector.values,
        speaker=_speaker_signal(indexes, question),
        fact=_fact_signal(len(messages), facts),
        now=asked_at,
    )
    strength = word_strength(indexes.lexical, question, found, excluded)
    long_reply = _mean_of_visible(found["long_reply"], context)
    if meaning is None:
        chosen = weights.without_vector.for_chat(long_reply)
    else:
        chosen = of_embedder.for_question(strength, long_reply)
    embedder = None if meaning is None else indexes.dense.model
    facts = {row: match for row, match in facts.items() if row not in excluded}
    return Scoring(
        question=question,
        signals=found,
        weights=chosen,
        facts=facts,
        strength=strength,
        asked_at=asked_at,
        embedder=embedder,
        excluded=excluded,
        hidden=hidden,
        scores=fuse(found, chosen),
    )


def unreadable_rows(messages: MessageTable, scope: Scope | None) -> frozenset[int]:
    """Return the rows that a scope doesn't let read; without one, none."""
    if scope is None:
        return frozenset()
    if scope.reads_from(None):
        closed = (rows for name, rows in messages.of_experts.items() if not scope.reads_from(name))
        return frozenset().union(*closed)
    open_rows: set[int] = set().union(
        *(rows for name, rows in messages.of_experts.items() if scope.reads_from(name))
    )
    return frozenset(range(len(messages))) - open_rows


def _mean_of_visible(signal: Scores, context: RankingContext) -> float:
    return float(signal.mean(where=context.visible)) if context.visible.any() else 0.0


def word_strength(
    lexical: LexicalIndex,
    question: ParsedQuestion,
    found: Signals,
    excluded: Collection[int] = (),
) -> float:
    """Return the share of the question's words, by rarity, that is said in one place at best."""
    covered = found["covered"]
    known = lexical.known_share(question.terms, excluded)
    return float(covered.max()) * known if len(covered) else 0.0


def select_passages(
    indexes: Indexes, found: Scoring, limit: int, tokens: int | None
) -> list[Passage]:
    """Return at most `limit` passages of together at most `tokens` tokens, best first."""
    rows = _best_rows(indexes.messages, found.scores, _eligible(indexes, found), limit, tokens)
    made = _build_passages(indexes, found, rows)
    fitting = made if tokens is None else _fit_budget(made, tokens, found.question.surface)
    return list(itertools.islice(fitting, limit))


def relevance_features(indexes: Indexes, query: str, found: Scoring) -> dict[str, float]:
    """Return the features that say whether `query` asks for anything that memory holds."""
    eligible = _eligible(indexes, found)
    return floor_features(
        query,
        found.question,
        now=found.asked_at,
        strength=found.strength,
        rarest=rarest_word(indexes.lexical, found.question, found.excluded),
        best=float(found.scores[eligible].max()) if eligible.any() else 0.0,
        names_speaker="speaker" in found.signals,
        meaning=_meaning_of_others(found),
    )


def _meaning_of_others(found: Scoring) -> Scores | None:
    """Return the cosines of all rows but the excluded ones."""
    meaning = found.signals.get("meaning")
    if meaning is None or not found.excluded:
        return meaning
    return np.delete(meaning, list(found.excluded))


def is_relevant(indexes: Indexes, query: str, found: Scoring) -> bool:
    """Return whether anything is to be recalled for `query`."""
    if found.facts:
        return True
    return is_above_floor(relevance_features(indexes, query, found), found.embedder)


def _ranking_context(indexes: Indexes, excluded: Collection[int]) -> RankingContext:
    messages = indexes.messages
    visible = messages.visible.values
    if excluded:
        visible = visible.copy()
        visible[list(excluded)] = False
    return RankingContext(
        lexical=indexes.lexical,
        visible=visible,
        before=messages.parent.values,
        after=messages.following.values,
        session=messages.session.values,
        session_count=messages.session_count,
        own=indexes.own.values,
        at=messages.at.values,
        features=indexes.features.values,
    )


def _speaker_signal(indexes: Indexes, question: ParsedQuestion) -> Scores | None:
    """Return 1 for the rows of speakers whose name is in the question."""
    speaking: Scores | None = None
    for name, rows in indexes.speakers.items():
        if not terms(name).keys().isdisjoint(question.terms):
            if speaking is None:
                speaking = np.zeros(len(indexes.messages), np.float32)
            speaking[np.frombuffer(rows, np.int32)] = 1
    return speaking


def _fact_signal(count: int, facts: Mapping[int, FactMatch]) -> Scores | None:
    if not facts:
        return None
    scores: Scores = np.zeros(count, np.float32)
    scores[list(facts)] = [match.score for match in facts.values()]
    return scores


def _eligible(indexes: Indexes, found: Scoring) -> npt.NDArray[np.bool_]:
    """Return which rows may be found: visible, not excluded, matching or next to a match."""
    eligible = found.signals["covered"] > 0
    if "meaning" in found.signals:
        eligible |= (found.signals["meaning"] >= MEANING_FLOOR) & indexes.dense.has_vector.values
    if found.facts:
        eligible[list(found.facts)] = True
    for span in found.question.spans:
        eligible |= (indexes.messages.at.values >= span.start) & (
            indexes.messages.at.values < span.end
        )
    eligible &= indexes.messages.visible.values
    eligible[list(found.excluded)] = False
    return eligible


def _best_rows(
    messages: MessageTable,
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
    order = np.lexsort((-rows, -messages.at.values[rows], -scores[rows]))
    return rows[order[:most]]


def _build_passages(
    indexes: Indexes, found: Scoring, rows: npt.NDArray[np.intp]
) -> Iterator[Passage]:
    messages = indexes.messages.by_row
    closed = found.hidden | {NONE}
    saying = {term: indexes.lexical.saying(term, rows) for term in found.question.surface}
    for row in rows.tolist():
        message = messages[row]
        before = int(indexes.messages.parent.values[row])
        after = int(indexes.messages.following.values[row])
        if message is not None:
            yield Passage(
                message=message,
                score=float(found.scores[row]),
                reasons=_reasons(indexes, found, row, saying),
                before=messages[before] if before not in closed else None,
                after=messages[after] if after not in closed else None,
            )


def _reasons(
    indexes: Indexes, found: Scoring, row: int, saying: Mapping[str, Collection[int]]
) -> tuple[str, ...]:
    """Return why a row was found; `saying` has the rows that say each term of the question."""
    shown = reasons(found.signals, found.weights, row)
    surface = found.question.surface
    said = [term for term in surface if row in saying[term]]
    said.sort(key=indexes.lexical.idf, reverse=True)
    words: list[str] = []
    for word in (surface[term] for term in said):
        if not any(word in other for other in words):
            words.append(word)
    details: dict[str, str] = {}
    if words:
        details["words"] = "words: " + ", ".join(words[:MAX_WORDS_IN_REASON])
    if (match := found.facts.get(row)) is not None:
        details["fact"] = f"fact: {match.fact.text}"
    if found.question.spans:
        details["time"] = (
            f"time: {_nearest_time_text(found.question, float(indexes.messages.at.values[row]))}"
        )
    return tuple(details.get(reason, reason) for reason in shown)


def _nearest_time_text(question: ParsedQuestion, at: float) -> str:
    """Return the words of the question for the time that is nearest to `at`."""
    return min(question.spans, key=lambda span: max(span.start - at, at - span.end, 0)).text


def _fit_budget(
    found: Iterator[Passage], tokens: int, surface: Mapping[str, str]
) -> Iterator[Passage]:
    """Yield the passages that fit into a budget of estimated tokens."""
    left = tokens
    for passage in found:
        fitting = passage
        cost = estimate_tokens(passage.message.text)
        if cost > tokens and left >= SMALLEST_EXCERPT_TOKENS:
            text = excerpt(passage.message.text, left, surface.values())
            cost = estimate_tokens(text)
            cut = msgspec.structs.replace(passage.message, text=text)
            fitting = msgspec.structs.replace(passage, message=cut)
        if cost <= left:
            left -= cost
            yield fitting
