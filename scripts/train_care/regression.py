"""Logistic regression on hashed n-grams: sparse examples, a dense table of weights."""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tau.care.ngrams import BITS

Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
RATE = 0.5
PENALTY = 2e-6
EPOCHS = 6


class Table(NamedTuple):
    """Weights of each n-gram for each output."""

    weights: Array
    bias: Array

    def of(self, examples: Sequence[Rows]) -> Array:
        """Return the log-odds of examples, shaped (n, outputs)."""
        found = [self.weights[rows].sum(axis=0) / np.sqrt(len(rows)) for rows in examples]
        return np.array(found) + self.bias


def fit(examples: Sequence[Rows], labels: Array, importance: Array) -> Table:
    """Return the table that AdaGrad finds; `labels` are 0 and 1, shaped (n, outputs).

    The order of the examples is drawn from a fixed seed.
    """
    outputs = labels.shape[1]
    table = Table(np.zeros((2**BITS, outputs)), np.zeros(outputs))
    seen, seen_bias = np.full((2**BITS, outputs), 1e-3), np.full(outputs, 1e-3)
    rng = np.random.default_rng(0)
    for _ in range(EPOCHS):
        for index in rng.permutation(len(examples)):
            rows = examples[index]
            root = np.sqrt(len(rows))
            now = table.weights[rows]
            odds = np.clip(now.sum(axis=0) / root + table.bias, -30, 30)
            error = (1 / (1 + np.exp(-odds)) - labels[index]) * importance[index]
            slope = error / root + PENALTY * now
            seen[rows] += slope**2
            table.weights[rows] = now - RATE * slope / np.sqrt(seen[rows])
            seen_bias += error**2
            table.bias[:] -= RATE * error / np.sqrt(seen_bias)
    return table


def fold_of(groups: Sequence[str], folds: int) -> npt.NDArray[np.int64]:
    """Return the fold of each example, by the hash of its group: no group is split."""
    return np.array([int(sha256(name.encode()).hexdigest(), 16) % folds for name in groups])
