"""Parsing scores in a model's answer."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.server.inflection.schemas import AttributesRequest
from tau.server.inflection.scores import parse_scores, scoring_messages, selected_attributes


def _asked(**more: Any) -> AttributesRequest:
    return AttributesRequest.model_validate(
        {
            "model": "m",
            "messages": [{"role": "assistant", "content": "Hello"}],
            "attributes": [
                {"name": "warm", "definition": "kindness", "categories": ["tone", "care"]},
                {"name": "brief"},
            ],
            **more,
        }
    )


@pytest.mark.parametrize(
    ("content", "score"),
    [
        ('{"warm": 1}', 1.0),
        ('Here you are:\n```json\n{"warm": 0.5, "brief": 0}\n```', 0.5),
        ('{"warm": {"score": 0.25}}', 0.25),
        ('{broken {"warm": 0.5}', 0.5),
        ('{"warm": "high"}', None),
        ('{"warm": true}', None),
        ('{"warm": NaN}', None),
        ("[1, 2]", None),
        ("", None),
    ],
)
def test_a_score_is_a_number_or_null(content: str, score: float | None) -> None:
    assert parse_scores(content, _asked())["attributes"][0]["score"] == score


@given(st.text())
def test_whatever_a_model_says_the_scores_are_json(content: str) -> None:
    assert json.loads(json.dumps(parse_scores(content, _asked()), allow_nan=False))


def test_attributes_are_chosen_by_category() -> None:
    assert [one.name for one in selected_attributes(_asked(filter_categories=["care"]))] == ["warm"]
    assert [one.name for one in selected_attributes(_asked())] == ["warm", "brief"]


def test_the_instruction_follows_the_conversation_unless_it_is_unwanted() -> None:
    messages = scoring_messages(_asked())
    assert messages[0] == {"role": "assistant", "content": "Hello"}
    assert "- warm: kindness" in messages[-1]["content"]
    assert len(scoring_messages(_asked(disable_attributes_prompt=True))) == 1
