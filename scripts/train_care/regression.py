"""Logistic regression of vectors on levels, with two heads: a card, and a worry."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
STEPS = 30  # of Newton's method; it converges in fewer


class Head(NamedTuple):
    """Weights of one logistic regression: the log-odds are `vector @ weights + bias`."""

    weights: Array
    bias: float

    def of(self, vectors: npt.ArrayLike) -> Array:
        """Return the log-odds of vectors, shaped (n, dimensions)."""
        return np.asarray(vectors, dtype=np.float64) @ self.weights + self.bias


def fit(vectors: Array, labels: Array, importance: Array, penalty: float) -> Head:
    """Return the weights that a ridge penalty on standardised vectors gives.

    `labels` are 0 and 1; `importance` weighs the examples. The bias isn't penalised.
    """
    mean, scale = vectors.mean(axis=0), vectors.std(axis=0) + 1e-9
    inputs = np.column_stack([(vectors - mean) / scale, np.ones(len(vectors))])
    ridge = np.full(inputs.shape[1], penalty)
    ridge[-1] = 0.0
    weights = np.zeros(inputs.shape[1])
    for _ in range(STEPS):
        odds = np.clip(inputs @ weights, -30, 30)
        chance = 1 / (1 + np.exp(-odds))
        slope = inputs.T @ (importance * (chance - labels)) + ridge * weights
        curve = (inputs.T * (importance * chance * (1 - chance))) @ inputs + np.diag(ridge + 1e-9)
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    folded = weights[:-1] / scale
    return Head(folded, float(weights[-1] - folded @ mean))


def fold_of(groups: Sequence[str], count: int) -> npt.NDArray[np.int64]:
    """Return a fold for each group, so that all of a group are in the same one."""
    names = {name: index % count for index, name in enumerate(dict.fromkeys(groups))}
    return np.array([names[name] for name in groups])
