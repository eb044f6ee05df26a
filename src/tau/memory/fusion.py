"""Fusion of signals into one score, and the reasons shown for it.

The score is a linear model over named signals whose weights are data (`fusion.json`, written by
`scripts/train_fusion`, which also notes how); a signal without a weight is ignored. This
module knows nothing of texts and of how signals are computed.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import msgspec
import numpy as np

from tau.memory.lexical import Scores

REASONS = {
    "words": "words",
    "covered": "words",
    "meaning": "meaning",
    "words_before": "next to a match",
    "words_before_2": "next to a match",
    "meaning_before": "next to a match",
    "meaning_after": "next to a match",
    "sitting_words": "same session as a match",
    "sitting_meaning": "same session as a match",
    "fact": "fact",
    "speaker": "speaker",
    "time": "time",
}
"""The reason shown for a signal; signals that are not here explain no single message."""
MIN_REASON_SHARE = 0.15
"""The share of a score that makes a signal one of the reasons."""


DEFAULT_EMBEDDER = "all-minilm-l6-v2"
"""The embedder whose weights serve for one that has none of its own."""


FULL_STRENGTH = 0.4
"""The share of a question's words, by rarity, from which words count fully."""
NO_STRENGTH = 0.2
"""The share below which they only match by chance: then meaning decides."""


class EmbedderWeights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The linear models for vectors of one embedder, and the scale of its cosines.

    `weights` are for a question whose words are said in one place, `meaning_only` for one whose
    words are not, as when it is asked in another language. `cosine * scale + shift` is on the scale
    of `DEFAULT_EMBEDDER`: what is unrelated is near 0.2.
    """

    weights: dict[str, float]
    meaning_only: dict[str, float]
    scale: float = 1.0
    shift: float = 0.0

    def for_strength(self, strength: float) -> dict[str, float]:
        """Return the weights for a question of which at best that share is said in one place."""
        share = min(max((strength - NO_STRENGTH) / (FULL_STRENGTH - NO_STRENGTH), 0.0), 1.0)
        if share in (0.0, 1.0):
            return self.weights if share else self.meaning_only
        names = self.weights | self.meaning_only
        return {
            name: share * self.weights.get(name, 0.0)
            + (1 - share) * self.meaning_only.get(name, 0.0)
            for name in names
        }

    def rescale(self, cosines: Scores) -> Scores:
        """Return cosines on the common scale."""
        return cosines * np.float32(self.scale) + np.float32(self.shift)


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The linear models, with a question's vector and without, and how they came to be."""

    note: str
    with_vector: dict[str, EmbedderWeights]
    without_vector: dict[str, float]
    training: dict[str, Any] = {}

    def of_embedder(self, model: str | None) -> EmbedderWeights:
        """Return what belongs to the vectors of a model."""
        return self.with_vector.get(model or "", self.with_vector[DEFAULT_EMBEDDER])


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """Return the weights that ship with Tau."""
    raw = files("tau.memory").joinpath("fusion.json").read_bytes()
    return msgspec.json.decode(raw, type=Weights)


def fuse(found: Mapping[str, Scores], weights: Mapping[str, float]) -> Scores:
    """Return the weighted sum of the signals that have weights."""
    total: Scores = np.zeros_like(found["words"])
    for name, signal in found.items():
        if weight := weights.get(name, 0.0):
            total += np.float32(weight) * signal
    return total


def reasons(found: Mapping[str, Scores], weights: Mapping[str, float], row: int) -> list[str]:
    """Return why a row was chosen, the strongest reason first; never empty."""
    shares: dict[str, float] = {}
    for signal_name, signal in found.items():
        name = signal_name
        share = weights.get(name, 0.0) * float(signal[row])
        own = name.removeprefix("sitting_")
        if own != name and signal[row] == found[own][row]:
            name = own  # it is itself the best of its session
        if name == "covered" and not found["words"][row]:
            name = "words_before"  # only its neighbours say it
        if share > 0 and (reason := REASONS.get(name)):
            shares[reason] = shares.get(reason, 0.0) + share
    total = sum(shares.values())
    ranked = sorted(shares, key=lambda reason: -shares[reason])
    chosen = [reason for reason in ranked if shares[reason] >= MIN_REASON_SHARE * total]
    return chosen or ["words"]
