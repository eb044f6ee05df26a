"""Signals: how well each message answers a question, by one aspect each.

A signal is one number per row, about 0 to 1, without a scale of its own: shares, cosines, yes or
no. `NAMES` says what each is; `fusion` says how much each counts. To raise quality, add one here,
train its weight with `scripts/train_fusion`, and keep it if it helps on conversations it has not
seen. This module knows nothing of weights and of where vectors come from.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tau.memory.features import Features
from tau.memory.lexical import LexicalIndex, Scores
from tau.memory.questions import ParsedQuestion

Rows = npt.NDArray[np.int32]
Signals = dict[str, Scores]

NAMES = {
    "words": "BM25, the best message being 1",
    "covered": "share of the question's rarity that is said here or next to here",
    "words_before": "`words` of the message before",
    "words_before_2": "`words` of the second message before",
    "meaning": "cosine of the vectors of question and message",
    "meaning_before": "`meaning` of the message before",
    "meaning_after": "`meaning` of the message after",
    "sitting_words": "the best `words` of the session",
    "sitting_meaning": "the best `meaning` of the session, long replies by what they lend",
    "fact": "share of the question's rarity in a fact drawn from the message",
    "speaker": "the question names who spoke",
    "time": "said within the time the question names, or soon after",
    "tells_time": "the question asks when, and the message names times",
    "reply": "the question asks what Tau said, and Tau said this",
    "liking": "the question asks for advice, and the message says what the person likes",
    "of_self": "the person speaks of themselves",
    "of_times": "the person names times",
    "asking": "the message is a question, by half if it states something before it asks",
    "brief": "the message has hardly a word",
    "long_reply": "a long reply of Tau's, which matches anything",
    "recent": "decides between equals",
}
FULL_WEIGHT_REPLY_TERMS = 12
"""A reply of Tau's longer than this shares only a part of its score with its neighbours."""
BRIEF_MESSAGE_TERMS = 6
"""Terms up to which a message counts as fully brief."""
LONG_REPLY_TERMS = 30
"""Up to this length Tau's words weigh as much as a person's."""
RECENT_SECONDS = 30 * 86_400.0
"""The age at which being recent counts half."""
AFTER_DECAY_SECONDS = 5 * 86_400.0
"""How long after a time people still talk about it: this fades to 1/e."""
BEFORE_DECAY_SECONDS = 2 * 86_400.0
"""The same for talking about it before."""
TIME_TOLERANCE = 0.25
"""The share of the length of a time by which its ends are vague."""


@dataclass(frozen=True, slots=True)
class RankingContext:
    """Input of the signals: the place of every row, who spoke, when and how.

    `before` and `after` are the neighbours on the visible thread (-1: none); `own` marks the words
    of people, not Tau's; `features` are bits of `tau.memory.features`.
    """

    lexical: LexicalIndex
    visible: npt.NDArray[np.bool_]
    before: Rows
    after: Rows
    session: Rows
    session_count: int
    own: npt.NDArray[np.bool_]
    at: npt.NDArray[np.float64]
    features: npt.NDArray[np.uint8]

    def neighbour_weight(self) -> Scores:
        """Return the share of its score that each row lends to its neighbours.

        A short question of Tau's says what the answer to it is about, a long reply matches
        anything. It is also the share of what they lend that it takes: what is said around a long
        reply does not make it an answer.
        """
        return np.where(self.own, np.float32(1), self._at_most(FULL_WEIGHT_REPLY_TERMS))

    def long_reply(self) -> Scores:
        """Return how far a row is a reply of Tau's that is longer than what people say."""
        return np.where(self.own, np.float32(0), 1 - self._at_most(LONG_REPLY_TERMS))

    def brief(self) -> Scores:
        """Return how far a row has hardly a word."""
        return self._at_most(BRIEF_MESSAGE_TERMS)

    def _at_most(self, length: int) -> Scores:
        lengths = np.maximum(self.lexical.lengths.values, 1).astype(np.float32)
        share: Scores = np.minimum(np.float32(length) / lengths, np.float32(1))
        return share


def signals(
    question: ParsedQuestion,
    context: RankingContext,
    *,
    meaning: Scores | None = None,
    embedded: npt.NDArray[np.bool_] | None = None,
    speaker: Scores | None = None,
    fact: Scores | None = None,
    now: float,
) -> Signals:
    """Return all signals by name, each of shape (rows,); one that is 0 everywhere may be missing.

    `meaning` are cosines, of which negative ones count as 0; rows that are not `embedded` yet
    count as the mean of those that are. Rows that are not visible lend nothing.
    """
    given_weight = context.neighbour_weight()
    # Tau's words are what is asked for then, so they take the full score of neighbours.
    around = _Neighbours(
        context,
        given_weight,
        np.ones_like(given_weight) if question.asks_about_replies else given_weight,
    )
    found = _lexical_signals(question, around)
    if meaning is not None:
        found |= _vector_signals(_fill_missing(meaning, embedded), around)
    found |= _feature_signals(question, context)
    if question.spans:
        found["time"] = _time_signal(question, context.at)
    for name, signal in (("speaker", speaker), ("fact", fact)):
        if signal is not None:
            found[name] = signal
    age = np.maximum(now - context.at, 0)
    found["recent"] = (RECENT_SECONDS / (RECENT_SECONDS + age)).astype(np.float32)
    return found


@dataclass(frozen=True, slots=True)
class _Neighbours:
    """Weights by which rows share scores with their neighbours."""

    context: RankingContext
    given_weight: Scores
    taken_weight: Scores


def _lexical_signals(question: ParsedQuestion, around: _Neighbours) -> Signals:
    context = around.context
    scores = np.where(context.visible, context.lexical.scores(question.terms), np.float32(0))
    if len(scores) and (best := scores.max()) > 0:
        scores /= best
    before = neighbour_scores(scores * around.given_weight, context.before)
    return {
        "words": scores,
        "covered": coverage(question, context, around.given_weight, around.taken_weight),
        "words_before": before * around.taken_weight,
        "words_before_2": neighbour_scores(before, context.before) * around.taken_weight,
        "sitting_words": _best_in_session(scores, context),
    }


def _vector_signals(meaning: Scores, around: _Neighbours) -> Signals:
    context = around.context
    scores = np.where(context.visible, np.maximum(meaning, 0), np.float32(0))
    lent = scores * around.given_weight
    return {
        "meaning": scores,
        "meaning_before": neighbour_scores(lent, context.before) * around.taken_weight,
        "meaning_after": neighbour_scores(lent, context.after) * around.taken_weight,
        "sitting_meaning": _best_in_session(lent, context),
    }


def _feature_signals(question: ParsedQuestion, context: RankingContext) -> Signals:
    """Return the signals that separate a likely answer from what only looks like one."""
    features, own = Features(context.features), context.own.astype(np.float32)
    found: Signals = {
        "of_self": features.of_self,
        "of_times": features.of_times,
        "asking": features.asking,
        "brief": context.brief(),
        "long_reply": context.long_reply(),
    }
    if question.of_times:
        found["tells_time"] = features.of_times
    if question.asks_about_replies:
        found["reply"] = 1 - own
    if question.asks_for_advice:
        found["liking"] = features.liking
    return found


def coverage(
    question: ParsedQuestion, context: RankingContext, given_weight: Scores, taken_weight: Scores
) -> Scores:
    """Return the share of the question's terms, by rarity, that a row or its neighbours say.

    BM25 adds up; this says that all parts of a question meet in one place. What only a neighbour
    says counts as far as that one lends and this one takes.
    """
    total: Scores = np.zeros(len(context.visible), np.float32)
    buffer: Scores = np.zeros(len(total) + 1, np.float32)  # the row -1, which is none, is its end
    mass = 0.0
    for term, weight in question.terms.items():
        rows = context.lexical.rows_of(term)
        rows = rows[context.visible[rows]]
        if not len(rows):
            continue
        idf = weight * context.lexical.idf(term)
        mass += idf
        above, below, lent = context.before[rows], context.after[rows], given_weight[rows]
        buffer[above] = lent * taken_weight[above]
        buffer[below] = np.maximum(buffer[below], lent * taken_weight[below])
        buffer[rows] = 1
        # A row that occurs twice here is read and written alike, so it counts once.
        touched = np.concatenate((rows, above[above >= 0], below[below >= 0]))
        total[touched] += np.float32(idf) * buffer[touched]
        buffer[touched] = 0
    return total / np.float32(mass) if mass else total


def neighbour_scores(scores: Scores, lenders: Rows) -> Scores:
    """Return for every row the score of its lender, 0 where there is none."""
    # The row -1, which is none, reads the zero at the end.
    return np.append(scores, np.float32(0))[lenders]


def _best_in_session(scores: Scores, context: RankingContext) -> Scores:
    best: Scores = np.zeros(max(context.session_count, 1), np.float32)
    np.maximum.at(best, context.session, scores)
    return best[context.session]


def _fill_missing(meaning: Scores, embedded: npt.NDArray[np.bool_] | None) -> Scores:
    if embedded is None or embedded.all() or not embedded.any():
        return meaning
    return np.where(embedded, meaning, meaning[embedded].mean())


def _time_signal(question: ParsedQuestion, at: npt.NDArray[np.float64]) -> Scores:
    nearest: Scores = np.zeros(len(at), np.float32)
    for span in question.spans:
        vague = TIME_TOLERANCE * (span.end - span.start)
        late = np.maximum(at - span.end, 0) / (AFTER_DECAY_SECONDS + vague)
        early = np.maximum(span.start - at, 0) / (BEFORE_DECAY_SECONDS + vague)
        np.maximum(nearest, np.exp(-late - early), out=nearest, casting="same_kind")
    return nearest
