"""Routing: which specialist a message in plain talk asks for, if one clearly does.

Pure. A message is compared with example sentences of each specialist and of plain talk: by a linear
model on its vector, whose weights were trained on the examples (scripts/train_routing), and by a
naive Bayes model of words, counted from the same examples when first used. Without a vector of the
embedder that the weights are for, words alone decide. Nothing is suggested unless a specialist
leads over plain talk by a margin that was chosen on messages of other templates.
"""

import math
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from tau.experts.skills.library import built_in_skills
from tau.facts.resolution import TALK
from tau.memory.scope import EXPERTS
from tau.text.tokenization import terms

CLASSES = (TALK, *EXPERTS)
WORD_WEIGHT = 0.2
"""What the log-odds of words count beside the score of a vector."""
SMOOTHING = 0.3
_LONGEST_TEXT = 2_000
"""Characters of a message that are read: what it asks for is at its beginning."""
_SHORTEST_TERMS = 2
"""Terms that a message must share with the examples to be suggested by words alone."""

Floats = npt.NDArray[np.floating[Any]]


class RoutingWeights(msgspec.Struct, frozen=True, kw_only=True):
    """The linear model for vectors of one embedder, and the margins over plain talk.

    `weights` has a row for each dimension and a column for each of `CLASSES`; `examples` is the
    digest of the sentences that it was trained on, and `centre` the mean of their vectors. Skills
    of a person's own (`own_routing`) are suggested from `own_limit` on.
    """

    note: str
    examples: str
    embedder: str
    weights: list[list[float]]
    bias: list[float]
    centre: list[float]
    margin: float
    words_margin: float
    own_limit: float


@cache
def routing_weights() -> RoutingWeights:
    """Return the weights that ship with Tau."""
    raw = files("tau.experts").joinpath("routing.json").read_bytes()
    return msgspec.json.decode(raw, type=RoutingWeights)


@cache
def example_sentences() -> Mapping[str, Sequence[str]]:
    """Return the example sentences of each class."""
    talk = files("tau.experts").joinpath("talk_examples.toml").read_text("utf-8")
    found: dict[str, Sequence[str]] = {TALK: _all(tomllib.loads(talk))}
    return found | {name: _all(built_in_skills()[name].examples) for name in EXPERTS}


def examples_digest() -> str:
    """Return the digest of the example sentences, by which outdated weights are noticed."""
    lines = [f"{name}\t{text}" for name, texts in example_sentences().items() for text in texts]
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def suggested_expert(
    words: str, vector: Floats | None, margins: tuple[float, float] | None = None
) -> str | None:
    """Return the specialist that words ask for, or `None`.

    `vector` is of the embedder in `RoutingWeights.embedder`. `margins` (with a vector, and
    without) stand in for those that ship.
    """
    known = routing_weights()
    with_vector, alone = margins or (known.margin, known.words_margin)
    found, lead = leading_expert(words, vector)
    return found if lead > (alone if vector is None else with_vector) else None


def leading_expert(words: str, vector: Floats | None) -> tuple[str, float]:
    """Return the specialist that is nearest to words, and its lead over plain talk."""
    scores, shared = word_scores(words)
    if vector is not None:
        known = routing_weights()
        scores = WORD_WEIGHT * scores + vector @ np.array(known.weights) + np.array(known.bias)
    elif shared < _SHORTEST_TERMS:
        return EXPERTS[0], -math.inf
    best = 1 + int(np.argmax(scores[1:]))
    return CLASSES[best], float(scores[best] - scores[0])


def word_scores(words: str) -> tuple[Floats, int]:
    """Return the log-likelihood of words for each class, and how many terms are known."""
    model = _word_model()
    found = [term for term in terms(words[:_LONGEST_TEXT]) if term in model]
    rows = [model[term] for term in found]
    return np.sum(rows, axis=0) if rows else np.zeros(len(CLASSES)), len(rows)


@cache
def _word_model() -> Mapping[str, Floats]:
    """Return the log-probability of each known term in each class (naive Bayes)."""
    counts = {
        name: Counter(term for text in texts for term in terms(text).elements())
        for name, texts in example_sentences().items()
    }
    known = set().union(*counts.values())
    totals = {name: counts[name].total() + SMOOTHING * len(known) for name in CLASSES}
    return {
        term: np.array(
            [math.log((counts[name][term] + SMOOTHING) / totals[name]) for name in CLASSES]
        )
        for term in known
    }


def _all(by_language: Mapping[str, Sequence[str]]) -> list[str]:
    return [text for texts in by_language.values() for text in texts]
