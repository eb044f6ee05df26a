"""Suggestion of a person's own skills: from their descriptions and example sentences.

Pure. A skill of a person's own comes after those of Tau: it's suggested where none of them is. Its
sentences are too few to train on, so a message is compared with each of them: by the cosine of
their vectors around the mean of all that people say, and by the rare words that they share. Without
vectors, no skill is suggested: shared words alone are wrong too often.
"""

import math
from collections import Counter
from collections.abc import Mapping
from functools import cache

import msgspec
import numpy as np

from tau.experts.routing import Floats, example_sentences, routing_weights
from tau.experts.skills.skill import Skill
from tau.text.tokenization import query_terms, terms

WORD_WEIGHT = 0.15
"""What the weight of shared words counts beside a cosine."""
_MOST_WORDS = 2.0
"""Weight of shared words from which on more of them count no more."""
_MOST_EXAMPLES = 16
_LONGEST_TEXT = 2_000


class SkillSentences(msgspec.Struct, frozen=True):
    """What a message is compared with: vectors of a skill's sentences, and their terms."""

    vectors: Floats
    terms: frozenset[str]


def sentences_of(skill: Skill) -> list[str]:
    """Return the sentences of a skill that messages are compared with."""
    examples = [text for each in skill.examples.values() for text in each]
    step = max(1, -(-len(examples) // _MOST_EXAMPLES))
    return [skill.description, *examples[::step]]


def read_sentences(texts: list[str], vectors: Floats) -> SkillSentences:
    """Return a skill's sentences with the unit vectors that the embedder made of them."""
    return SkillSentences(_centred(vectors), frozenset(terms("\n".join(texts))))


def suggested_skill(
    words: str, vector: Floats, skills: Mapping[str, SkillSentences], limit: float | None = None
) -> str | None:
    """Return the skill that words ask for, or `None`; `limit` stands in for the one that ships."""
    least = routing_weights().own_limit if limit is None else limit
    name, score = nearest_skill(words, vector, skills)
    return name if score > least else None


def nearest_skill(
    words: str, vector: Floats, skills: Mapping[str, SkillSentences]
) -> tuple[str | None, float]:
    """Return the skill that is nearest to words, and how near it is."""
    asked = set(query_terms(words[:_LONGEST_TEXT]))
    at = _centred(vector)
    found: tuple[str | None, float] = None, -math.inf
    for name, known in skills.items():
        shared = sum(_weight(term) for term in asked & known.terms)
        score = float(np.max(known.vectors @ at)) + WORD_WEIGHT * min(shared, _MOST_WORDS)
        found = max(found, (name, score), key=lambda each: each[1])
    return found


def _centred(vectors: Floats) -> Floats:
    moved = vectors - np.array(routing_weights().centre)
    length = np.linalg.norm(moved, axis=-1, keepdims=True)
    centred: Floats = moved / np.maximum(length, 1e-9)
    return centred


def _weight(term: str) -> float:
    """Return what a shared term says: 1 if it's in no example of Tau's, 0 if it's in all."""
    counts, total = _document_frequencies()
    return 1 - math.log(1 + counts[term]) / math.log(1 + total)


@cache
def _document_frequencies() -> tuple[Counter[str], int]:
    texts = [text for each in example_sentences().values() for text in each]
    return Counter(term for text in texts for term in terms(text)), len(texts)
