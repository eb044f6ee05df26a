"""Training of the classifier's two parts, and what they say of messages that they haven't seen."""

from collections.abc import Sequence
from typing import NamedTuple

import network
import numpy as np
import numpy.typing as npt
import regression
from network import Floats, Network
from regression import Rows, Table, fold_of

from tau.care.classifier import Classifier, scaled

FOLDS = 4
EVERYDAY_WEIGHT = 0.5
"""What an everyday message of others' weighs in training; a sentence of ours weighs 1."""
SHARE = 0.75
"""What the n-grams weigh beside the network."""
CARDS, WORRIES = 0.0005, 0.005
"""Shares of everyday messages that may get a card, and be taken for a worry."""


class Examples(NamedTuple):
    """Messages: the rows of their n-grams, their vectors, levels, weights, and groups."""

    rows: Sequence[Rows]
    vectors: Floats
    levels: Floats
    weights: Floats
    groups: Sequence[str]

    def some(self, chosen: npt.NDArray[np.bool_]) -> "Examples":
        """Return those of the examples that a mask chooses."""
        places = np.flatnonzero(chosen)
        return Examples(
            [self.rows[place] for place in places],
            self.vectors[places],
            self.levels[places],
            self.weights[places],
            [self.groups[place] for place in places],
        )


class Parts(NamedTuple):
    """Both parts of the classifier, and the mean of the vectors."""

    table: Table
    network: Network
    mean: Floats

    def of(self, examples: Examples) -> "PartOdds":
        """Return the log-odds of examples by each part."""
        vectors = scaled(examples.vectors, self.mean)
        return PartOdds(self.table.of(examples.rows), self.network.of(vectors))


class PartOdds(NamedTuple):
    """Log-odds by the n-grams and by the network, each shaped (n, 2)."""

    ngrams: Floats
    vectors: Floats

    @property
    def both(self) -> Floats:
        """What they say together."""
        return np.asarray(SHARE * self.ngrams + self.vectors)


def train(examples: Examples) -> Parts:
    """Return both parts, trained for a card (level 2) and for a worry (level 1)."""
    labels = np.column_stack([examples.levels >= least for least in (2, 1)]).astype(np.float32)
    ours = examples.weights >= 1
    mean = examples.vectors[ours].mean(axis=0)
    return Parts(
        regression.fit(examples.rows, labels, examples.weights),
        network.fit(scaled(examples.vectors, mean), labels, examples.weights),
        mean,
    )


def unseen(examples: Examples) -> PartOdds:
    """Return what parts say of each example that haven't seen its group."""
    fold = fold_of(examples.groups, FOLDS)
    found = PartOdds(*(np.zeros((len(fold), 2), np.float32) for _ in range(2)))
    for left_out in range(FOLDS):
        parts = train(examples.some(fold != left_out))
        odds = parts.of(examples.some(fold == left_out))
        for whole, part in zip(found, odds, strict=True):
            whole[fold == left_out] = part
    return found


def limit(odds: Floats, share: float) -> float:
    """Return the log-odds that no more than a share of `odds` exceeds."""
    return float(np.sort(odds)[-1 - int(share * len(odds))])


def limits(odds: Floats) -> Floats:
    """Return the thresholds for a card and for a worry that everyday messages allow."""
    return np.array([limit(odds[:, 0], CARDS), limit(odds[:, 1], WORRIES)], np.float32)


def classifier_of(parts: Parts, everyday: PartOdds, corpus: str) -> Classifier:
    """Return the classifier with thresholds by everyday messages; `together_from` is set later.

    Weights have the precision that they are kept with.
    """
    step = np.abs(parts.table.weights).max(axis=0) / 127
    halved = [
        np.asarray(part, np.float16).astype(np.float32) for part in (parts.mean, *parts.network)
    ]
    return Classifier(
        np.round(parts.table.weights / step).astype(np.int8),
        step.astype(np.float32),
        parts.table.bias.astype(np.float32),
        *halved,
        SHARE,
        limits(everyday.ngrams),
        limits(everyday.both),
        np.full(2, np.inf, np.float32),
        corpus,
    )
