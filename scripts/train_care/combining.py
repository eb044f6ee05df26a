"""Levels of conversations by the rules, by two heads on vectors, and by both together.

A head raises a level and never lowers one. Evidence of a conversation adds up: the log-odds of the
worry head, cut on both sides and decaying from turn to turn, so that harmless talk counts against.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from regression import Array, Head

from tau.care.signals import MAX_EARLIER, Level, assess

DECAY = 0.8
CUT = (-2.0, 3.0)
"""Least and most that one message adds."""
CARDS, WORRIES = 0.0005, 0.005
"""Shares of everyday messages that may get a card, and be taken for a worry."""


class Talk(NamedTuple):
    """What a person says in a conversation, its vectors, and what the rules say of each message."""

    said: tuple[str, ...]
    vectors: Array
    rules: tuple[int, ...]


class Heads(NamedTuple):
    """Both heads, and the log-odds from which they count."""

    card: Head
    worry: Head
    card_from: float = np.inf
    worry_from: float = np.inf
    together_from: float = np.inf


def talk_of(said: Sequence[str], vectors: Array) -> Talk:
    """Return a conversation with what the rules say of it."""
    earlier = [said[max(0, index - MAX_EARLIER) : index] for index in range(len(said))]
    rules = [int(assess(words, before).level) for words, before in zip(said, earlier, strict=True)]
    return Talk(tuple(said), vectors, tuple(rules))


def with_thresholds(heads: Heads, everyday: Sequence[Talk]) -> Heads:
    """Return the heads with the thresholds that keep to the shares on everyday conversations."""
    vectors = np.concatenate([talk.vectors for talk in everyday])
    heads = heads._replace(
        card_from=_limit(heads.card.of(vectors), CARDS),
        worry_from=_limit(heads.worry.of(vectors), WORRIES),
    )
    sums = [value for talk in everyday for value in evidence(heads, talk.vectors)[1:]]
    return heads._replace(together_from=_limit(np.array(sums), CARDS))


def _limit(odds: Array, share: float) -> float:
    """Return the log-odds that no more than a share of `odds` exceeds."""
    return float(np.sort(odds)[-1 - int(share * len(odds))])


def evidence(heads: Heads, vectors: Array) -> list[float]:
    """Return the evidence up to each message of a conversation."""
    sums, total = [], 0.0
    for odds in heads.worry.of(vectors) - heads.worry_from:
        total = DECAY * total + float(np.clip(odds, *CUT))
        sums.append(total)
    return sums


def levels(heads: Heads, talk: Talk) -> list[int]:
    """Return the level of each message by the heads alone."""
    sums = evidence(heads, talk.vectors)
    cards, worries = heads.card.of(talk.vectors), heads.worry.of(talk.vectors)
    found = []
    for index, (card, worry, together) in enumerate(zip(cards, worries, sums, strict=True)):
        is_card = card > heads.card_from or (index > 0 and together > heads.together_from)
        found.append(Level.IDEATION if is_card else Level(int(worry > heads.worry_from)))
    return [int(level) for level in found]


def both(heads: Heads, talk: Talk) -> list[int]:
    """Return the higher level of each message, by the rules or by the heads."""
    return list(map(max, talk.rules, levels(heads, talk)))
