"""Graders that compare two texts: string checks, equality, and similarity."""

import numpy as np

from tau.studio.graders.grade import GradingFailed, Judgement
from tau.studio.graders.grader import StringCheckGrader, TextSimilarityGrader
from tau.studio.graders.overlap import MEASURES
from tau.studio.model_caller import ModelCaller

MAX_COMPARED_CHARACTERS = 50_000
"""Comparing takes time that grows with the square of the length."""


def check_string(grader: StringCheckGrader, text: str, reference: str) -> Judgement:
    """Return 1 if the check of a `string_check` holds, else 0."""
    match grader.operation:
        case "eq":
            holds = text == reference
        case "ne":
            holds = text != reference
        case "like":
            holds = reference in text
        case "ilike":
            holds = reference.casefold() in text.casefold()
    return Judgement(value=float(holds))


def check_equal(text: str, reference: str) -> Judgement:
    """Return 1 if two texts are equal but for white space at their ends, else 0."""
    return Judgement(value=float(text.strip() == reference.strip()))


async def measure_similarity(
    grader: TextSimilarityGrader, text: str, reference: str, models: ModelCaller, embedder: str
) -> Judgement:
    """Return how similar two texts are. Raises `GradingFailed`, and `ModelError` of the embedder.

    `cosine` is that of the embedder's vectors, at least 0; `fuzzy_match` is the normalized indel
    similarity, `ratio` of rapidfuzz.
    """
    if max(len(text), len(reference)) > MAX_COMPARED_CHARACTERS:
        sentence = f"A text is longer than {MAX_COMPARED_CHARACTERS:,} characters."
        raise GradingFailed("other", sentence)
    if grader.evaluation_metric == "cosine":
        embedded = await models.embed(embedder, [text, reference])
        value = float(np.dot(embedded.vectors[0], embedded.vectors[1]))
        return Judgement(value=min(1.0, max(0.0, value)), model=embedded.model)
    if grader.evaluation_metric == "fuzzy_match":
        from rapidfuzz import fuzz

        return Judgement(value=fuzz.ratio(text, reference) / 100)
    return Judgement(value=MEASURES[grader.evaluation_metric](text, reference))
