"""Graders: how an answer is judged, in the JSON shape of OpenAI's API.

The first six types are OpenAI's, `exact`, `json_match` and `json_keys` are ours. Strings of a
grader may hold templates (`tau.studio.graders.templates`). Read one with `validate_grader`: these
structs check types, not whether a formula or template makes sense.
"""

from typing import Any, Literal

import msgspec

SimilarityMetric = Literal[
    "cosine",
    "fuzzy_match",
    "bleu",
    "gleu",
    "meteor",
    "rouge_1",
    "rouge_2",
    "rouge_3",
    "rouge_4",
    "rouge_5",
    "rouge_l",
]
ANSWER = "{{sample.output_text}}"
EXPECTED = "{{item.answer}}"


class _Grader(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    name: str = "grader"
    pass_threshold: float | None = None
    """The least value that passes; without it, that of `default_threshold`."""


class StringCheckGrader(_Grader, frozen=True, kw_only=True, omit_defaults=True, tag="string_check"):
    """Compares two texts: 1 if the check holds, else 0.

    `eq` and `ne` compare whole texts; `like` and `ilike` look for the reference in the input,
    `ilike` without regard to case.
    """

    input: str
    reference: str
    operation: Literal["eq", "ne", "like", "ilike"]


class TextSimilarityGrader(
    _Grader, frozen=True, kw_only=True, omit_defaults=True, tag="text_similarity"
):
    """Measures how similar two texts are, from 0 to 1."""

    input: str
    reference: str
    evaluation_metric: SimilarityMetric


class TextPart(msgspec.Struct, frozen=True, tag_field="type", tag="input_text"):
    """A part of a message to a judging model."""

    text: str


class OutputTextPart(msgspec.Struct, frozen=True, tag_field="type", tag="output_text"):
    """A part of a message that stands for what a model said."""

    text: str


GraderContent = str | TextPart | OutputTextPart | list[str | TextPart | OutputTextPart]


class GraderMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message to a judging model."""

    role: Literal["user", "assistant", "system", "developer"]
    content: GraderContent
    type: Literal["message"] | None = None

    @property
    def texts(self) -> list[str]:
        """The texts of its content, which may hold templates."""
        parts = self.content if isinstance(self.content, list) else [self.content]
        return [each if isinstance(each, str) else each.text for each in parts]


class SamplingParams(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a judging model answers. Endpoints that don't know a parameter don't get it."""

    max_completions_tokens: int | None = None
    reasoning_effort: str | None = None
    seed: int | None = None
    temperature: float | None = None
    top_p: float | None = None


class ScoreModelGrader(_Grader, frozen=True, kw_only=True, omit_defaults=True, tag="score_model"):
    """Has a model give a score within `range`."""

    model: str
    input: list[GraderMessage]
    range: tuple[float, float] = (0.0, 1.0)
    sampling_params: SamplingParams = SamplingParams()


class LabelModelGrader(_Grader, frozen=True, kw_only=True, omit_defaults=True, tag="label_model"):
    """Has a model choose one of `labels`: 1 if it is one of `passing_labels`, else 0."""

    model: str
    input: list[GraderMessage]
    labels: list[str]
    passing_labels: list[str]
    sampling_params: SamplingParams = SamplingParams()


class PythonGrader(_Grader, frozen=True, kw_only=True, omit_defaults=True, tag="python"):
    """Runs `grade(sample, item)` of a Python program in a sandbox.

    `image_tag` chooses a set of packages at OpenAI; it is kept and has no effect here.
    """

    source: str
    image_tag: str | None = None


class ExactGrader(_Grader, frozen=True, kw_only=True, omit_defaults=True, tag="exact"):
    """1 if two texts are equal but for white space at their ends, else 0."""

    input: str = ANSWER
    reference: str = EXPECTED


class JsonMatchGrader(_Grader, frozen=True, kw_only=True, omit_defaults=True, tag="json_match"):
    """1 if two texts are the same JSON value, else 0. The order of keys doesn't matter."""

    input: str = ANSWER
    reference: str = EXPECTED


class JsonKeysGrader(_Grader, frozen=True, kw_only=True, omit_defaults=True, tag="json_keys"):
    """F1 of the keys of a JSON object whose value is right."""

    input: str = ANSWER
    reference: str = EXPECTED


SingleGrader = (
    StringCheckGrader
    | TextSimilarityGrader
    | ScoreModelGrader
    | LabelModelGrader
    | PythonGrader
    | ExactGrader
    | JsonMatchGrader
    | JsonKeysGrader
)


class MultiGrader(_Grader, frozen=True, kw_only=True, omit_defaults=True, tag="multi"):
    """Combines the values of named graders by a formula over their names."""

    graders: dict[str, SingleGrader]
    calculate_output: str


Grader = SingleGrader | MultiGrader

_LEAST_SIMILARITY: dict[SimilarityMetric, float] = {"cosine": 0.9, "fuzzy_match": 0.8}


def default_threshold(grader: Grader) -> float:
    """Return the least value that passes where a grader has no `pass_threshold`.

    Checks that are right or wrong, and `json_keys`, need 1. `cosine` passes from 0.9 on, since
    unrelated texts have 0.75 with the built-in embedder, `fuzzy_match` from 0.8, and the measures
    that count common words from 0.5. A score of a model passes from the middle of its range on, the
    value of a Python program or a formula from 0.5.
    """
    if isinstance(grader, TextSimilarityGrader):
        return _LEAST_SIMILARITY.get(grader.evaluation_metric, 0.5)
    if isinstance(grader, ScoreModelGrader):
        return sum(grader.range) / 2
    return 0.5 if isinstance(grader, PythonGrader | MultiGrader) else 1.0


def grader_json(grader: Grader) -> dict[str, Any]:
    """Return a grader as a JSON object, in OpenAI's shape."""
    value: dict[str, Any] = msgspec.to_builtins(grader)
    return value
