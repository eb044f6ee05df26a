"""What training answers are taken for: options, JSON, or text."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.methods.answer_shape import (
    answer_options,
    json_answers,
    json_schema,
    most_answer_tokens,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xy"), inner),
    max_leaves=12,
)
OBJECTS = st.lists(st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3), max_size=4)


def test_repeated_short_answers_are_options_the_most_frequent_first() -> None:
    assert answer_options(["no", "yes", "yes ", "no", "yes"]) == ("yes", "no")
    assert answer_options(["账单", "配送", "账单", "配送"]) == ("账单", "配送")


@pytest.mark.parametrize(
    "answers",
    [
        [],
        ["yes"] * 20,
        ["a", "b", "c", "d"],
        ["{}"] * 50 + [f'{{"people": "{n}"}}' for n in range(190)],
        ["x" * 101, "y"] * 20,
        [f"{n}" for n in range(201)] * 2,
    ],
    ids=["none", "always the same", "all different", "mostly different", "long", "too many"],
)
def test_other_answers_are_no_options(answers: list[str]) -> None:
    assert answer_options(answers) == ()


def test_a_rare_answer_does_not_spoil_the_options() -> None:
    assert answer_options(["yes"] * 6 + ["no"] * 3 + ["maybe"]) == ("yes", "no", "maybe")


@pytest.mark.parametrize("odd", ["yes", "[1]", "1", '{"a": 1', "[" * 100_000, "null"])
def test_answers_are_json_only_if_all_of_them_are_objects(odd: str) -> None:
    assert json_answers(['{"a": 1}', '{"b": 2}']) == [{"a": 1}, {"b": 2}]
    assert json_answers(['{"a": 1}', odd]) == []


def test_the_schema_has_the_keys_their_types_and_which_are_always_there() -> None:
    schema = json_schema([{"day": "Monday", "people": 2}, {"day": "May 3", "time": None}])
    assert schema == {
        "type": "object",
        "properties": {
            "day": {"type": "string"},
            "people": {"type": "integer"},
            "time": {"type": "null"},
        },
        "required": ["day"],
        "additionalProperties": False,
    }
    assert list(schema["properties"]) == ["day", "people", "time"]


def test_what_lies_deeper_has_a_schema_too() -> None:
    schema = json_schema([{"items": [{"name": "soup"}, {"name": "tea", "price": 2.5}]}])
    items = schema["properties"]["items"]["items"]
    assert items["properties"] == {"name": {"type": "string"}, "price": {"type": "number"}}
    assert items["required"] == ["name"]


def test_strings_of_a_closed_set_are_listed() -> None:
    schema = json_schema([{"queue": "card"}, {"queue": "rate"}, {"queue": "card"}], closed=True)
    assert schema["properties"]["queue"]["enum"] == ["card", "rate"]


@given(OBJECTS, st.booleans())
def test_every_answer_satisfies_its_schema(objects: list[dict[str, Any]], closed: bool) -> None:
    read = json_answers([json.dumps(each) for each in objects])
    schema = json_schema(read, closed=closed)
    assert all(satisfies(each, schema) for each in read)
    json.dumps(schema)


def satisfies(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value fits a schema, for the words that are used here."""
    if not schema:
        return True
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(_is(value, each) for each in types):
        return False
    if isinstance(value, dict):
        parts = schema["properties"]
        whole = set(schema["required"]) <= set(value) <= set(parts)
        return whole and all(satisfies(inner, parts[key]) for key, inner in value.items())
    if isinstance(value, list):
        return all(satisfies(each, schema["items"]) for each in value)
    return "enum" not in schema or value in schema["enum"]


def _is(value: Any, name: str) -> bool:
    kinds = {"string": str, "null": type(None), "array": list, "object": dict, "boolean": bool}
    if name in kinds:
        return isinstance(value, kinds[name])
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and (name == "number" or isinstance(value, int))


def test_long_answers_get_more_tokens_in_any_script() -> None:
    assert most_answer_tokens([]) == 16
    assert most_answer_tokens(["short", "x" * 400]) == 216
    assert most_answer_tokens(["预订" * 100]) >= 200
