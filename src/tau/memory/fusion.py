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


ASSISTANT_SHARE = 0.35
"""The mean of the signal `long_reply` in a chat with an assistant that answers at length."""


class ChatWeights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The linear models for two kinds of chats: of short messages, and with long replies.

    In a chat of short messages, as between people, what is said before and after counts. In one
    with long replies each message of the person stands for itself.
    """

    short_messages: dict[str, float]
    long_replies: dict[str, float]

    def for_chat(self, long_reply: float) -> dict[str, float]:
        """Return the weights for a memory whose signal `long_reply` has that mean."""
        share = min(long_reply / ASSISTANT_SHARE, 1.0)
        return _mixed(self.short_messages, self.long_replies, share)


class EmbedderWeights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The linear models for vectors of one embedder, and the scale of its cosines.

    `weights` are for a question whose words are said in one place, `meaning_only` for one whose
    words are not, as when it is asked in another language. `cosine * scale + shift` is on the scale
    of `DEFAULT_EMBEDDER`: what is unrelated is near 0.2.
    """

    weights: ChatWeights
    meaning_only: dict[str, float]
    scale: float = 1.0
    shift: float = 0.0

    def for_question(self, strength: float, long_reply: float) -> dict[str, float]:
        """Return the weights for a question of which at best `strength` is said in one place.

        `long_reply` is the mean of that signal in the memory.
        """
        share = min(max((strength - NO_STRENGTH) / (FULL_STRENGTH - NO_STRENGTH), 0.0), 1.0)
        return _mixed(self.meaning_only, self.weights.for_chat(long_reply), share)

    def rescale(self, cosines: Scores) -> Scores:
        """Return cosines on the common scale."""
        return cosines * np.float32(self.scale) + np.float32(self.shift)


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The linear models, with a question's vector and without, and how they came to be."""

    note: str
    with_vector: dict[str, EmbedderWeights]
    without_vector: ChatWeights
    training: dict[str, Any] = {}

    def of_embedder(self, model: str | None) -> EmbedderWeights:
        """Return what belongs to the vectors of a model."""
        return self.with_vector.get(model or "", self.with_vector[DEFAULT_EMBEDDER])


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """Return the weights that ship with Tau."""
    raw = files("tau.memory").joinpath("fusion.json").read_bytes()
    return msgspec.json.decode(raw, type=Weights)


def _mixed(
    some: Mapping[str, float], others: Mapping[str, float], share: float
) -> dict[str, float]:
    """Return the mean of two sets of weights, of which `others` count by `share`."""
    if share in (0.0, 1.0):
        return dict(others if share else some)
    return {
        name: (1 - share) * some.get(name, 0.0) + share * others.get(name, 0.0)
        for name in {**some, **others}
    }


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
