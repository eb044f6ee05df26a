"""A classifier of danger that is meant and not named: n-grams, and an embedder's vector if there.

`scripts/train_care` makes its weights. Everything it returns is log-odds above a threshold, so that
a positive number counts; the thresholds are those that everyday messages allow. With a vector both
parts are added, without one the n-grams decide alone.
"""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tau.care.ngrams import ngram_rows

FILE_NAME = "classifier.npz"
EMBEDDER = "multilingual-e5-small"
"""The embedder whose vectors (of questions) the weights are for."""
HEAD_CHARACTERS = 400
TAIL_CHARACTERS = 200
"""Of a longer text only its beginning and its end are embedded."""

Floats = npt.NDArray[np.float32]
_FLOATS = (
    *("step", "bias", "mean", "hidden", "hidden_bias", "output", "output_bias"),
    *("from_ngrams", "from_both", "together_from"),
)


class Odds(NamedTuple):
    """Log-odds of a message above the thresholds: for a card, and for a worry.

    `together` are those for a card above the threshold for the mean of a conversation.
    """

    card: float = 0.0
    worry: float = 0.0
    together: float = 0.0


class Classifier(NamedTuple):
    """The weights. Columns are the outputs: a card, a worry.

    `table` has a row for each hashed n-gram, in steps of `step`. `hidden` and `output` are the
    layers of a network on a vector, which is centred by `mean` first. The n-grams are multiplied
    by `share` before they're added to the network's output.
    """

    table: npt.NDArray[np.int8]
    step: Floats
    bias: Floats
    mean: Floats
    hidden: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: Floats
    share: float
    from_ngrams: Floats
    from_both: Floats
    together_from: Floats
    """Log-odds for a card, above its threshold, from which the mean of a conversation counts: by
    the n-grams alone, and by both parts."""
    corpus: str
    """Hash of the corpus that the weights were trained on."""

    def ngram_odds(self, text: str) -> Floats:
        """Return what the n-grams of a normalised text say, above no threshold."""
        rows = ngram_rows(text)
        total = self.table[rows].sum(axis=0, dtype=np.int64) * self.step
        return np.asarray(total / np.sqrt(len(rows)) + self.bias, np.float32)

    def vector_odds(self, vectors: npt.ArrayLike) -> Floats:
        """Return what vectors say, shaped (n, dimensions), above no threshold: (n, 2)."""
        inner = np.maximum(scaled(vectors, self.mean) @ self.hidden + self.hidden_bias, 0)
        return np.asarray(inner @ self.output + self.output_bias, np.float32)

    def judge(self, ngrams: Floats, vector: Floats | None = None) -> Odds:
        """Return both together, or the n-grams alone, above their thresholds."""
        if vector is None:
            card, worry = (ngrams - self.from_ngrams).tolist()
        else:
            card, worry = (self.share * ngrams + vector - self.from_both).tolist()
        return Odds(card, worry, card - float(self.together_from[int(vector is not None)]))


def scaled(vectors: npt.ArrayLike, mean: Floats) -> Floats:
    """Return vectors centred and of one length, so that each number is about 1."""
    apart = np.asarray(vectors, np.float32) - mean
    length = np.linalg.norm(apart, axis=-1, keepdims=True) + 1e-9
    return np.asarray(apart / length * np.sqrt(apart.shape[-1]), np.float32)


def text_for_vector(words: str) -> str:
    """Return what is embedded of a message."""
    if len(words) <= HEAD_CHARACTERS + TAIL_CHARACTERS:
        return words
    return f"{words[:HEAD_CHARACTERS]}\n{words[-TAIL_CHARACTERS:]}"


@cache
def classifier() -> Classifier:
    """Return the weights, read once."""
    with files("tau.care").joinpath(FILE_NAME).open("rb") as file, np.load(file) as kept:
        arrays = {name: kept[name] for name in kept.files}
    floats = {name: arrays[name].astype(np.float32) for name in _FLOATS}
    return Classifier(
        table=arrays["table"],
        share=float(arrays["share"]),
        corpus=str(arrays["corpus"]),
        **floats,
    )
