"""Signals: what each message has to say for itself when a question is asked.

A signal is one number per row, about 0 to 1, without a scale of its own: shares, cosines, yes or
no. `NAMES` says what each is; `fusion` says how much each counts. To raise quality, add one here,
train its weight with `scripts/train_fusion`, and keep it if it helps on conversations it has not
seen. This module knows nothing of weights and of where vectors come from.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tau.memory.features import Traits
from tau.memory.lexical import LexicalIndex, Scores
from tau.memory.questions import Question

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
    "sitting_words": "the best `words` of the sitting",
    "sitting_meaning": "the best `meaning` of the sitting, long replies by what they lend",
    "fact": "share of the question's rarity in a fact drawn from the message",
    "speaker": "the question names who spoke",
    "time": "said within the time the question names, or soon after",
    "tells_time": "the question asks when, and the message names times",
    "reply": "the question asks what Tau said, and Tau said this",
    "liking": "the question asks for advice, and the message says what the person likes",
    "of_self": "the person speaks of themselves",
    "of_times": "the person names times",
    "asking": "the message is a question, by half if it tells something before it asks",
    "brief": "the message has hardly a word",
    "long_reply": "a long reply of Tau's, which matches anything",
    "recent": "decides between equals",
}
BRIEF_TERMS = 12
"""A reply of Tau's longer than this shares only a part of its score with its neighbours."""
HARDLY_A_WORD = 6
"""Terms up to which a message is as brief as can be."""
LONG_REPLY_TERMS = 30
"""Up to this length Tau's words weigh as much as a person's."""
RECENT_SECONDS = 30 * 86_400.0
"""The age at which being recent counts half."""
AFTER_SECONDS = 5 * 86_400.0
"""How long after the time asked about people still tell of it: it fades to 1/e in this."""
AHEAD_SECONDS = 2 * 86_400.0
"""The same for telling of it ahead."""
VAGUENESS = 0.25
"""The share of the length of a time by which its ends are vague."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What signals are computed from: where every row stands, who spoke, when and how.

    `before` and `after` are the neighbours on the visible thread (-1: none); `own` tells the words
    of people from Tau's; `traits` are bits of `tau.memory.features`.
    """

    lexical: LexicalIndex
    visible: npt.NDArray[np.bool_]
    before: Rows
    after: Rows
    sitting: Rows
    sittings: int
    own: npt.NDArray[np.bool_]
    at: npt.NDArray[np.float64]
    traits: npt.NDArray[np.uint8]

    def sharing(self) -> Scores:
        """Return the share of its score that each row lends to its neighbours.

        A short question of Tau's tells what the answer to it is about, a long reply matches
        anything. It is also the share of what they lend that it takes: what is said around a long
        reply does not make it an answer.
        """
        return np.where(self.own, np.float32(1), self._at_most(BRIEF_TERMS))

    def long_reply(self) -> Scores:
        """Return how far a row is a reply of Tau's that is longer than what people say."""
        return np.where(self.own, np.float32(0), 1 - self._at_most(LONG_REPLY_TERMS))

    def brief(self) -> Scores:
        """Return how far a row has hardly a word."""
        return self._at_most(HARDLY_A_WORD)

    def _at_most(self, length: int) -> Scores:
        lengths = np.maximum(self.lexical.lengths.values, 1).astype(np.float32)
        share: Scores = np.minimum(np.float32(length) / lengths, np.float32(1))
        return share


def signals(
    question: Question,
    ground: Ground,
    *,
    meaning: Scores | None = None,
    embedded: npt.NDArray[np.bool_] | None = None,
    speaker: Scores | None = None,
    fact: Scores | None = None,
    now: float,
) -> Signals:
    """Return all signals by name, each of shape (rows,); one that is 0 everywhere may lack.

    `meaning` are cosines, of which negative ones count as 0; rows that are not `embedded` yet
    count as the mean of those that are. Rows that are not visible lend nothing.
    """
    lending = ground.sharing()
    # Tau's words are what is asked for then, so they take all that points at them.
    around = _Around(ground, lending, np.ones_like(lending) if question.of_replies else lending)
    found = _of_words(question, around)
    if meaning is not None:
        found |= _of_meaning(_filled(meaning, embedded), around)
    found |= _of_manner(question, ground)
    if question.spans:
        found["time"] = _in_time(question, ground.at)
    for name, signal in (("speaker", speaker), ("fact", fact)):
        if signal is not None:
            found[name] = signal
    age = np.maximum(now - ground.at, 0)
    found["recent"] = (RECENT_SECONDS / (RECENT_SECONDS + age)).astype(np.float32)
    return found


@dataclass(frozen=True, slots=True)
class _Around:
    """How rows share with their neighbours."""

    ground: Ground
    lending: Scores
    taking: Scores


def _of_words(question: Question, around: _Around) -> Signals:
    ground = around.ground
    scores = np.where(ground.visible, ground.lexical.scores(question.terms), np.float32(0))
    if len(scores) and (best := scores.max()) > 0:
        scores /= best
    before = lent_by(scores * around.lending, ground.before)
    return {
        "words": scores,
        "covered": covered(question, ground, around.lending, around.taking),
        "words_before": before * around.taking,
        "words_before_2": lent_by(before, ground.before) * around.taking,
        "sitting_words": _best_of_sitting(scores, ground),
    }


def _of_meaning(meaning: Scores, around: _Around) -> Signals:
    ground = around.ground
    scores = np.where(ground.visible, np.maximum(meaning, 0), np.float32(0))
    lent = scores * around.lending
    return {
        "meaning": scores,
        "meaning_before": lent_by(lent, ground.before) * around.taking,
        "meaning_after": lent_by(lent, ground.after) * around.taking,
        "sitting_meaning": _best_of_sitting(lent, ground),
    }


def _of_manner(question: Question, ground: Ground) -> Signals:
    """Return what tells a message that may hold an answer from one that only looks like it."""
    traits, own = Traits(ground.traits), ground.own.astype(np.float32)
    found: Signals = {
        "of_self": traits.of_self,
        "of_times": traits.of_times,
        "asking": traits.asking,
        "brief": ground.brief(),
        "long_reply": ground.long_reply(),
    }
    if question.of_times:
        found["tells_time"] = traits.of_times
    if question.of_replies:
        found["reply"] = 1 - own
    if question.of_advice:
        found["liking"] = traits.liking
    return found


def covered(question: Question, ground: Ground, lending: Scores, taking: Scores) -> Scores:
    """Return the share of the question's terms, by rarity, that a row or its neighbours say.

    BM25 adds up; this tells that all parts of a question meet in one place. What only a neighbour
    says counts as far as that one lends and this one takes.
    """
    total: Scores = np.zeros(len(ground.visible), np.float32)
    buffer: Scores = np.zeros(len(total) + 1, np.float32)  # the row -1, which is none, is its end
    mass = 0.0
    for term, weight in question.terms.items():
        rows = ground.lexical.rows_of(term)
        rows = rows[ground.visible[rows]]
        if not len(rows):
            continue
        rarity = weight * ground.lexical.rarity(term)
        mass += rarity
        above, below, lent = ground.before[rows], ground.after[rows], lending[rows]
        buffer[above] = lent * taking[above]
        buffer[below] = np.maximum(buffer[below], lent * taking[below])
        buffer[rows] = 1
        # A row that stands twice here is read and written alike, so it counts once.
        touched = np.concatenate((rows, above[above >= 0], below[below >= 0]))
        total[touched] += np.float32(rarity) * buffer[touched]
        buffer[touched] = 0
    return total / np.float32(mass) if mass else total


def lent_by(scores: Scores, lenders: Rows) -> Scores:
    """Return for every row the score of its lender, 0 where there is none."""
    # The row -1, which is none, reads the zero at the end.
    return np.append(scores, np.float32(0))[lenders]


def _best_of_sitting(scores: Scores, ground: Ground) -> Scores:
    best: Scores = np.zeros(max(ground.sittings, 1), np.float32)
    np.maximum.at(best, ground.sitting, scores)
    return best[ground.sitting]


def _filled(meaning: Scores, embedded: npt.NDArray[np.bool_] | None) -> Scores:
    if embedded is None or embedded.all() or not embedded.any():
        return meaning
    return np.where(embedded, meaning, meaning[embedded].mean())


def _in_time(question: Question, at: npt.NDArray[np.float64]) -> Scores:
    nearest: Scores = np.zeros(len(at), np.float32)
    for span in question.spans:
        vague = VAGUENESS * (span.end - span.start)
        late = np.maximum(at - span.end, 0) / (AFTER_SECONDS + vague)
        early = np.maximum(span.start - at, 0) / (AHEAD_SECONDS + vague)
        np.maximum(nearest, np.exp(-late - early), out=nearest, casting="same_kind")
    return nearest
