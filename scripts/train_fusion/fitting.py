"""Softmax regression of which messages answer a question, in numpy.

The probability that a message with evidence is chosen rather than any message without it is
softmax(w . signals); the mean of its logarithm over the evidence of all questions is raised by
Adam (Kingma and Ba, 2015), with L2 on the weights. Every data set counts as much as every other,
and every question of it as much as every other, so that a large one does not outweigh a small one.
Two models are learned, one for each kind of chats that `ChatWeights` knows; questions about the
other kind count `Plan.other_kind`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from samples import SIGNALS, Matrix, Sample

from tau.memory.fusion import ASSISTANT_SHARE, ChatWeights

Weights = npt.NDArray[np.float64]

AGAINST = frozenset({"brief", "asking", "long_reply"})
"""Signals that may only count against a message; all others may only count for it."""
BY_HAND = frozenset({"recent", "fact"})
"""Signals that are not learned: no data set has facts, and being recent only breaks ties."""
LEARNED = tuple(name for name in SIGNALS if name not in BY_HAND)
WORDS_ONLY = tuple(name for name in LEARNED if "meaning" not in name)
MEANING_ONLY = tuple(name for name in LEARNED if "words" not in name and name != "covered")
"""For questions whose words are not in memory, as in another language."""


FACT_WITHOUT_WORDS = 0.08
"""The weight of a fact where words have none."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Hyperparameters."""

    steps: int = 200
    rate: float = 0.3
    l2: float = 1e-3
    start: float = 0.5
    other_kind: float = 0.2


def learn_chats(made: Sequence[Sample], names: Sequence[str], plan: Plan) -> ChatWeights:
    """Return a weight for each of `names`, for both kinds of chats."""
    long = np.array([min(sample.long_reply / ASSISTANT_SHARE, 1.0) for sample in made])
    short, other = 1 - long, plan.other_kind
    of_short = learn(made, names, plan, short + other * long)
    of_long = learn(made, names, plan, long + other * short)
    if "reply" in of_long:  # the short messages of data sets are between people
        of_short["reply"] = of_long["reply"] * _sum(of_short) / _sum(of_long)
    return ChatWeights(short_messages=shipped(of_short), long_replies=shipped(of_long))


def _sum(weights: Mapping[str, float]) -> float:
    return sum(weight for weight in weights.values() if weight > 0)


def learn(
    made: Sequence[Sample], names: Sequence[str], plan: Plan, counts: Weights | None = None
) -> dict[str, float]:
    """Return a weight for each of `names`; a sample counts as `counts` says."""
    problem = _Problem(made, names, np.ones(len(made)) if counts is None else counts)
    weights = np.full(len(names), plan.start)
    sign = np.array([-1.0 if name in AGAINST else 1.0 for name in names])
    weights *= sign
    mean, spread = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, plan.steps + 1):
        slope = problem.slope(weights) + plan.l2 * weights
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.99 * spread + 0.01 * slope * slope
        size = mean / (1 - 0.9**step) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)
        weights -= plan.rate * _cooling(step / plan.steps) * size
        weights = sign * np.maximum(sign * weights, 0)
    return dict(zip(names, weights.tolist(), strict=True))


def scores(sample: Sample, weights: ChatWeights | Mapping[str, float]) -> Matrix:
    """Return the score of every message of a sample."""
    if isinstance(weights, ChatWeights):
        weights = weights.for_chat(sample.long_reply)
    chosen: Matrix = sample.signals @ np.array(
        [weights.get(name, 0.0) for name in SIGNALS], np.float32
    )
    return chosen


def shipped(weights: Mapping[str, float]) -> dict[str, float]:
    """Return weights as they are kept: those that count for a message sum to 1, 4 digits each."""
    total = _sum(weights)
    kept = {name: round(weight / total, 4) for name, weight in weights.items()}
    kept["recent"] = 0.002
    by_words = kept.get("words", 0) + kept.get("covered", 0)
    kept["fact"] = round(by_words / 2 or FACT_WITHOUT_WORDS, 4)
    return {name: weight for name, weight in kept.items() if weight}


class _Problem:
    """All messages of all questions, end to end, so that a step is a few products."""

    def __init__(self, made: Sequence[Sample], names: Sequence[str], counts: Weights) -> None:
        columns = [SIGNALS.index(name) for name in names]
        self._x = np.concatenate([sample.signals[:, columns] for sample in made])
        wanted = np.concatenate([sample.wanted for sample in made])
        lengths = [len(sample.wanted) for sample in made]
        self._question = np.repeat(np.arange(len(made)), lengths)
        self._starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        self._evidence = np.flatnonzero(wanted)
        self._others = ~wanted
        of_data = Counter(sample.data for sample in made)
        each = np.array([1 / of_data[s.data] / len(of_data) / s.wanted.sum() for s in made])
        each *= counts / counts.mean()
        self._asked = self._question[self._evidence]
        self._counts = each[self._asked]

    def slope(self, weights: Weights) -> Weights:
        """Return the gradient of the loss."""
        score = self._x @ weights.astype(np.float32)
        score -= np.maximum.reduceat(score, self._starts)[self._question]
        odds = np.exp(score)
        others = np.add.reduceat(np.where(self._others, odds, 0), self._starts)
        chosen = odds[self._evidence]
        either = chosen + others[self._asked]
        pull = np.bincount(self._asked, self._counts / either, len(self._starts))
        push = np.where(self._others, odds * pull[self._question], 0).astype(np.float32)
        push[self._evidence] = -self._counts * (1 - chosen / either)
        slope: Weights = (push @ self._x).astype(np.float64)
        return slope


def _cooling(share: float) -> float:
    """Return by what the rate is multiplied once `share` of the steps is done."""
    return 1.0 if share < 0.6 else 0.3 if share < 0.85 else 0.1
