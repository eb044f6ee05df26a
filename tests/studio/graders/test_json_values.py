"""Graders of JSON: values are compared, not the texts that write them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.graders.grade import GradingFailed
from tau.studio.graders.json_values import match_json, match_keys, same_json

leaves = st.none() | st.booleans() | st.integers(-99, 99) | st.floats(-9, 9) | st.text(max_size=5)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)
objects = st.dictionaries(st.text(max_size=4), values, max_size=6)


def _reordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reordered(value[key]) for key in reversed(value)}
    return [_reordered(each) for each in value] if isinstance(value, list) else value


@given(values)
def test_the_order_of_keys_and_white_space_do_not_matter(value: Any) -> None:
    written = json.dumps(_reordered(value), indent=3)
    assert match_json(written, json.dumps(value)).value == 1


@given(values, values)
def test_two_values_are_equal_if_their_sorted_texts_are(one: Any, other: Any) -> None:
    def text(value: Any) -> str:
        return json.dumps(value, sort_keys=True)

    if text(one) == text(other):
        assert same_json(one, other)
    assert same_json(one, other) == same_json(other, one)


@pytest.mark.parametrize(
    ("answer", "reference", "value"),
    [
        ('{"a": 1}', '{"a": 1.0}', 1),
        ('{"a": true}', '{"a": 1}', 0),
        ("false", "0", 0),
        ('{"a": null}', "{}", 0),
        ("[1, 2]", "[2, 1]", 0),
        ('"2"', "2", 0),
        ("not JSON", "{}", 0),
        ('```json\n{"a": 1}\n```', '{"a": 1}', 0),
        ("NaN", "null", 0),
        ("[" * 10_000, "[]", 0),
    ],
)
def test_values_that_are_alike_but_different(answer: str, reference: str, value: float) -> None:
    assert match_json(answer, reference).value == value


def test_deep_values_are_compared_without_end_of_the_stack() -> None:
    deep = "[" * 900 + "]" * 900
    assert match_json(deep, deep).value == 1


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ('{"date": "3 May", "people": 2}', 1.0),
        ('{"people": 2.0, "date": "3 May"}', 1.0),
        ('{"date": "3 May"}', 2 / 3),
        ('{"date": "3 May", "people": 3}', 0.5),
        ('{"date": "3 May", "people": 2, "time": "9"}', 0.8),
        ("{}", 0.0),
        ("[]", 0.0),
        ("no", 0.0),
    ],
)
def test_keys_are_counted_by_f1(answer: str, value: float) -> None:
    judged = match_keys(answer, '{"date": "3 May", "people": 2}')
    assert judged.value == pytest.approx(value)


def test_the_details_name_the_keys_that_are_wrong() -> None:
    judged = match_keys('{"a": 1, "c": 3, "d": 4}', '{"a": 1, "b": 2, "c": 4}')
    assert judged.details == "Wrong or missing: b, c, d."


@given(objects, objects)
def test_keys_agree_with_the_whole_value(one: dict[str, Any], other: dict[str, Any]) -> None:
    answer, reference = json.dumps(one), json.dumps(other)
    share, whole = match_keys(answer, reference).value, match_json(answer, reference).value
    assert 0 <= share <= 1
    assert (share == 1) == (whole == 1)


@pytest.mark.parametrize("match", [match_json, match_keys])
def test_a_reference_that_is_not_json_is_no_wrong_answer(match: Any) -> None:
    with pytest.raises(GradingFailed):
        match("{}", "not JSON")


def test_keys_need_an_object_as_the_reference() -> None:
    with pytest.raises(GradingFailed):
        match_keys("{}", "[1]")
