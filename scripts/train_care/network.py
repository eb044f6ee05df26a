"""A network with one hidden layer on an embedder's vectors, trained with Adam in numpy."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
HIDDEN = 128
EPOCHS = 25
BATCH = 256
RATE = 2e-3
DECAY = 0.01
DROPPED_INPUTS, DROPPED_HIDDEN = 0.25, 0.5
NOISE = 0.3
_MOMENTS = (0.9, 0.999)


class Network(NamedTuple):
    """Both layers. The log-odds are `max(vector @ hidden + hidden_bias, 0) @ output + bias`."""

    hidden: Floats
    hidden_bias: Floats
    output: Floats
    bias: Floats

    def of(self, vectors: Floats) -> Floats:
        """Return the log-odds of scaled vectors, shaped (n, outputs)."""
        inner = np.maximum(vectors @ self.hidden + self.hidden_bias, 0)
        return np.asarray(inner @ self.output + self.bias)


def fit(vectors: Floats, labels: Floats, importance: Floats) -> Network:
    """Return a network for `labels` of 0 and 1, shaped (n, outputs); `importance` weighs examples.

    Everything random is drawn from a fixed seed.
    """
    rng = np.random.default_rng(0)
    size, outputs = vectors.shape[1], labels.shape[1]
    network = Network(
        rng.normal(0, size**-0.5, (size, HIDDEN)).astype(np.float32),
        np.zeros(HIDDEN, np.float32),
        rng.normal(0, HIDDEN**-0.5, (HIDDEN, outputs)).astype(np.float32),
        np.zeros(outputs, np.float32),
    )
    adam = _Adam(network)
    batches = -(-len(vectors) // BATCH)
    for epoch in range(EPOCHS):
        order = rng.permutation(len(vectors))
        for number in range(batches):
            some = order[number * BATCH : (number + 1) * BATCH]
            slopes = _slopes(network, vectors[some], labels[some], importance[some], rng)
            left = 1 - (epoch * batches + number + 1) / (EPOCHS * batches + 1)
            adam.step(slopes, RATE * left)
    return network


class _Adam:
    """Adam with decay of the weights, not of the biases (Loshchilov & Hutter 2019)."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._means = [np.zeros_like(part) for part in network]
        self._squares = [np.zeros_like(part) for part in network]
        self._steps = 0

    def step(self, slopes: Sequence[Floats], rate: float) -> None:
        """Change the network against the gradients."""
        self._steps += 1
        first, second = (1 - moment**self._steps for moment in _MOMENTS)
        parts = zip(self._network, slopes, self._means, self._squares, strict=True)
        for part, slope, mean, square in parts:
            np.add(mean, (1 - _MOMENTS[0]) * (slope - mean), out=mean)
            np.add(square, (1 - _MOMENTS[1]) * (slope**2 - square), out=square)
            change = mean / first / (np.sqrt(square / second) + 1e-8)
            decay = DECAY if part.ndim > 1 else 0.0
            np.subtract(part, rate * (change + decay * part), out=part)


def _slopes(
    network: Network,
    vectors: Floats,
    labels: Floats,
    importance: Floats,
    rng: np.random.Generator,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the gradients of the loss for a batch, with noise and dropout."""
    inputs = vectors + rng.normal(0, NOISE, vectors.shape).astype(np.float32)
    inputs *= _kept(rng, inputs.shape, DROPPED_INPUTS)
    inner = inputs @ network.hidden + network.hidden_bias
    mask = _kept(rng, inner.shape, DROPPED_HIDDEN)
    active = np.maximum(inner, 0) * mask
    chance = 1 / (1 + np.exp(-(active @ network.output + network.bias)))
    error = ((chance - labels) * importance[:, None] / len(vectors)).astype(np.float32)
    back = error @ network.output.T * mask * (inner > 0)
    return inputs.T @ back, back.sum(axis=0), active.T @ error, error.sum(axis=0)


def _kept(rng: np.random.Generator, shape: tuple[int, ...], dropped: float) -> Floats:
    return (rng.random(shape) > dropped).astype(np.float32) / np.float32(1 - dropped)
