"""Validation: a grader is usable, or the error says which field is wrong."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types import graders as openai_graders

from tau.studio.graders.grader import (
    Grader,
    JsonMatchGrader,
    MultiGrader,
    SimilarityMetric,
    default_threshold,
    grader_json,
)
from tau.studio.graders.items import EXAMPLE_NAMES
from tau.studio.graders.validation import InvalidGrader, validate_grader

TEXTS = {"input": "{{sample.output_text}}", "reference": "{{item.answer}}"}
CHECK = {"type": "string_check", "name": "same", "operation": "eq", **TEXTS}
SIMILAR = {"type": "text_similarity", "name": "near", "evaluation_metric": "rouge_l", **TEXTS}
PROGRAM = {"type": "python", "name": "p", "source": "def grade(sample, item):\n    return 1.0"}
JUDGE = {"name": "j", "model": "chat"} | {
    "input": [
        {"role": "developer", "content": {"type": "input_text", "text": "Grade."}},
        {"role": "user", "content": ["{{item.answer}}", {"type": "output_text", "text": "x"}]},
    ]
}
SCORE = JUDGE | {"type": "score_model", "range": [1.0, 5.0]}
LABEL = JUDGE | {"type": "label_model", "labels": ["good", "bad"], "passing_labels": ["good"]}
MULTI = {"type": "multi", "name": "m", "calculate_output": "(same + 2 * p) / 3"} | {
    "graders": {"same": CHECK, "p": PROGRAM}
}
OURS = [{"type": kind} for kind in ("exact", "json_match", "json_keys")]


@pytest.mark.parametrize("given_", [CHECK, SIMILAR, PROGRAM, SCORE, LABEL, MULTI, *OURS])
def test_a_grader_is_written_as_it_was_read(given_: dict[str, Any]) -> None:
    grader = validate_grader(given_)
    assert msgspec.json.decode(msgspec.json.encode(grader_json(grader))) == given_


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (openai_graders.StringCheckGrader, CHECK),
        (openai_graders.TextSimilarityGrader, SIMILAR),
        (openai_graders.PythonGrader, PROGRAM),
        (openai_graders.ScoreModelGrader, SCORE),
        (openai_graders.LabelModelGrader, LABEL),
    ],
)
def test_what_openai_s_client_sends_is_read(kind: Any, value: dict[str, Any]) -> None:
    sent = kind.model_validate(value).model_dump(mode="json")  # unset fields are null
    assert validate_grader(sent) == validate_grader(value)


def test_one_grader_instead_of_named_ones_is_read() -> None:
    grader = validate_grader(MULTI | {"graders": CHECK, "calculate_output": "same"})
    assert isinstance(grader, MultiGrader)
    assert list(grader.graders) == ["same"]


def test_defaults_compare_the_answer_with_the_example() -> None:
    assert validate_grader({"type": "json_match"}) == JsonMatchGrader(
        input="{{sample.output_text}}", reference="{{item.answer}}"
    )


@pytest.mark.parametrize(
    ("value", "param"),
    [
        ({}, "type"),
        ({"type": "regex"}, "type"),
        ({"type": ["exact"]}, "type"),
        (CHECK | {"operation": "contains"}, "operation"),
        (CHECK | {"input": 1}, "input"),
        (CHECK | {"input": None}, "input"),
        (CHECK | {"reference": "{{item.answr}}"}, "reference"),
        (CHECK | {"reference": "{{sample.output_tools}}"}, "reference"),
        (CHECK | {"reference": "x" * 100_001}, "reference"),
        (CHECK | {"pass_threshold": float("nan")}, "pass_threshold"),
        (CHECK | {"pass_threshold": "1"}, "pass_threshold"),
        (SIMILAR | {"evaluation_metric": "rouge_9"}, "evaluation_metric"),
        (PROGRAM | {"source": "x = 1"}, "source"),
        (PROGRAM | {"source": PROGRAM["source"] + "#" * 300_000}, "source"),
        (SCORE | {"range": [5, 1]}, "range"),
        (SCORE | {"range": [1]}, "range"),
        (SCORE | {"range": [0, float("inf")]}, "range"),
        (SCORE | {"model": ""}, "model"),
        (SCORE | {"input": []}, "input"),
        (SCORE | {"input": [{"role": "tool", "content": "x"}]}, "input[0].role"),
        (SCORE | {"input": [{"role": "user"}]}, "input[0].content"),
        (SCORE | {"input": [{"role": "user", "content": "{{item.x}}"}]}, "input[0].content"),
        (SCORE | {"sampling_params": {"seed": 1.5}}, "sampling_params.seed"),
        (LABEL | {"labels": []}, "labels"),
        (LABEL | {"labels": ["a", "a"]}, "labels"),
        (LABEL | {"passing_labels": ["fine"]}, "passing_labels"),
        (LABEL | {"passing_labels": []}, "passing_labels"),
        (MULTI | {"graders": {}}, "graders"),
        (MULTI | {"graders": []}, "graders"),
        (MULTI | {"graders": {"a b": CHECK}}, "graders.a b"),
        (MULTI | {"graders": {"min": CHECK}}, "graders.min"),
        (MULTI | {"graders": {"same": 1}}, "graders.same"),
        (MULTI | {"graders": {"same": MULTI}}, "graders.same.type"),
        (MULTI | {"graders": {"same": CHECK | {"input": "{{item.b}}"}}}, "graders.same.input"),
        (MULTI | {"graders": {"same": SCORE | {"model": 1}}}, "graders.same.model"),
        (MULTI | {"calculate_output": "same +"}, "calculate_output"),
        (MULTI | {"calculate_output": "same + other"}, "calculate_output"),
        (MULTI | {"calculate_output": None}, "calculate_output"),
        ([], ""),
        ("exact", ""),
        (None, ""),
    ],
)
def test_the_field_that_is_wrong_is_named(value: Any, param: str) -> None:
    with pytest.raises(InvalidGrader) as caught:
        validate_grader(value, {"answer", "input"})
    assert caught.value.param == param
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("kind", ["input_image", "input_audio"])
def test_what_is_not_text_is_refused_plainly(kind: str) -> None:
    message = {"role": "user", "content": [{"type": kind, "image_url": "x"}]}
    with pytest.raises(InvalidGrader, match="read text only") as caught:
        validate_grader(SCORE | {"input": [message]})
    assert caught.value.param == "input[0].content[0].type"


def test_without_the_names_of_items_any_name_is_possible() -> None:
    assert validate_grader(CHECK | {"reference": "{{item.anything}}"})


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@given(st.sampled_from([CHECK, SCORE, LABEL, MULTI, PROGRAM]), st.data())
def test_any_value_of_a_field_is_read_or_refused(base: dict[str, Any], data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(sorted(base)))
    try:
        grader = validate_grader({**base, field: data.draw(json_values)})
    except InvalidGrader:
        return
    assert validate_grader(grader_json(grader)) == grader


@pytest.mark.parametrize(
    ("value", "threshold"),
    [
        (CHECK, 1),
        ({"type": "json_keys"}, 1),
        (SIMILAR, 0.5),
        (SIMILAR | {"evaluation_metric": "cosine"}, 0.9),
        (SIMILAR | {"evaluation_metric": "fuzzy_match"}, 0.8),
        (SCORE, 3),
        (LABEL, 1),
        (PROGRAM, 0.5),
        (MULTI, 0.5),
    ],
)
def test_what_passes_without_a_threshold(value: dict[str, Any], threshold: float) -> None:
    assert default_threshold(validate_grader(value)) == threshold


def test_every_metric_of_openai_is_known() -> None:
    field = openai_graders.TextSimilarityGrader.model_fields["evaluation_metric"]
    assert set(get_args(SimilarityMetric)) == set(get_args(field.annotation))


PAGE = (Path(__file__).parents[3] / "docs" / "graders.md").read_text("utf-8")


def test_every_type_and_metric_is_documented() -> None:
    types = {kind.__struct_config__.tag for kind in get_args(Grader)}
    metrics = set(get_args(SimilarityMetric)) - {"rouge_2", "rouge_3", "rouge_4"}
    assert [name for name in types | metrics if f"`{name}`" not in PAGE] == []


@pytest.mark.parametrize("snippet", re.findall(r"^```json\n(.*?)^```$", PAGE, re.M | re.S))
def test_the_documented_graders_are_valid(snippet: str) -> None:
    assert validate_grader(json.loads(snippet), EXAMPLE_NAMES)
