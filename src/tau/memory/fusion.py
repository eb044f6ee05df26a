"""From signals to one score: what each row has to say for itself, and how much that counts.

A signal is one number per row, about 0 to 1. The score is a linear model over named signals whose
weights are data (`fusion.json`, which also tells how they were chosen); a signal without a weight
is not looked at. To raise quality, add a signal here and train its weight. This module knows
nothing of texts and of where the scores of words and of meaning come from.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

import msgspec
import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int32]

REASONS = {
    "words": "words",
    "meaning": "meaning",
    "words_before": "next to a match",
    "words_after": "next to a match",
    "words_before_2": "next to a match",
    "words_after_2": "next to a match",
    "meaning_before": "next to a match",
    "meaning_after": "next to a match",
    "sitting_words": "same sitting as a match",
    "sitting_meaning": "same sitting as a match",
    "speaker": "speaker",
}
"""How a signal is told to a person; those that are not here say nothing about one message."""
WORTH_TELLING = 0.15
"""The share of a score that makes a signal one of the reasons."""


class Surroundings(msgspec.Struct, frozen=True):
    """Where every row stands: its neighbours on the visible thread (-1: none) and its sitting.

    `own` tells the words of people from Tau's. `lending` is the share of its score that a row
    lends to its neighbours: a short question of Tau's tells what the answer to it is about, a long
    reply matches anything.
    """

    visible: npt.NDArray[np.bool_]
    before: Rows
    after: Rows
    sitting: Rows
    sittings: int
    own: npt.NDArray[np.bool_]
    lending: Scores


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The two linear models, with and without the vector of a question."""

    note: str
    with_vector: dict[str, float]
    without_vector: dict[str, float]


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """Return the weights that ship with Tau."""
    raw = files("tau.memory").joinpath("fusion.json").read_bytes()
    return msgspec.json.decode(raw, type=Weights)


def signals(
    words: Scores,
    meaning: Scores | None,
    surroundings: Surroundings,
    *,
    speaker: Scores | None = None,
    recent: Scores | None = None,
) -> dict[str, Scores]:
    """Return all signals by name, each of shape (rows,).

    `words` are raw BM25 scores, scaled here so that the best is 1; `meaning` are cosines, of which
    negative ones count as 0. Rows that are not visible have no signals and lend none.
    """
    words = np.where(surroundings.visible, words, np.float32(0))
    if len(words) and (best := words.max()) > 0:
        words /= best
    found = {"words": words, "own": surroundings.own.astype(np.float32)}
    found.update(_around("words", words, surroundings))
    before, after = surroundings.before, surroundings.after
    found["words_before_2"] = _lent(found["words_before"], before)
    found["words_after_2"] = _lent(found["words_after"], after)
    if meaning is not None:
        meaning = np.where(surroundings.visible, np.maximum(meaning, 0), np.float32(0))
        found["meaning"] = meaning
        found.update(_around("meaning", meaning, surroundings))
    if speaker is not None:
        found["speaker"] = speaker
    if recent is not None:
        found["recent"] = recent
    return found


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
            name = own  # it is itself the best of its sitting
        if share > 0 and (reason := REASONS.get(name)):
            shares[reason] = shares.get(reason, 0.0) + share
    total = sum(shares.values())
    ranked = sorted(shares, key=lambda reason: -shares[reason])
    told = [reason for reason in ranked if shares[reason] >= WORTH_TELLING * total]
    return told or ["words"]


def _around(name: str, scores: Scores, surroundings: Surroundings) -> dict[str, Scores]:
    """Return what the neighbours and the best of the sitting lend to every row."""
    best: Scores = np.zeros(max(surroundings.sittings, 1), np.float32)
    np.maximum.at(best, surroundings.sitting, scores)
    lent = scores * surroundings.lending
    return {
        f"{name}_before": _lent(lent, surroundings.before),
        f"{name}_after": _lent(lent, surroundings.after),
        f"sitting_{name}": best[surroundings.sitting],
    }


def _lent(scores: Scores, lenders: Rows) -> Scores:
    # The row -1, which is none, reads the zero at the end.
    return np.append(scores, np.float32(0))[lenders]
