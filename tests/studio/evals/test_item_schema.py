"""Items are checked as JSON Schema says, and no sentence repeats what they say."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import InvalidField
from tau.studio.evals.item_schema import (
    MAX_DEPTH,
    find_violation,
    known_names,
    require_item_schema,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)
SCHEMAS = st.recursive(
    st.booleans()
    | st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["object", "string", "number", "integer", "array", "null"]),
            "enum": st.lists(JSON, max_size=3),
            "minimum": st.integers(-3, 3),
            "maxLength": st.integers(0, 4),
            "minItems": st.integers(0, 2),
            "required": st.lists(st.text(max_size=3), max_size=2),
        },
    ),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(st.text(max_size=3), inner, max_size=3),
            "items": inner,
            "anyOf": st.lists(inner, min_size=1, max_size=3),
            "not": inner,
            "additionalProperties": inner,
        },
    ),
    max_leaves=8,
)


def fits(item: Any, schema: Any) -> bool:
    return find_violation(item, schema) is None


@given(item=JSON, schema=SCHEMAS)
def test_combinations_agree_with_each_other(item: Any, schema: Any) -> None:
    """Laws that hold whatever the schema is."""
    if not isinstance(schema, dict):
        schema = {"allOf": [schema]}
    outcome = fits(item, schema)
    assert fits(item, {"not": schema}) is not outcome
    assert fits(item, {"allOf": [schema, schema]}) is outcome
    assert fits(item, {"anyOf": [schema, False]}) is outcome
    assert fits(item, {"oneOf": [schema, False]}) is outcome
    assert fits(item, {"oneOf": [schema, schema]}) is False
    assert fits(item, {"$defs": {"it": schema}, "$ref": "#/$defs/it"}) is outcome
    assert fits([item], {"items": schema}) is outcome
    assert fits({"a": item}, {"properties": {"a": schema}}) is outcome
    assert fits({"a": item}, {"additionalProperties": schema}) is outcome


@given(item=JSON)
def test_an_item_is_the_constant_that_it_is(item: Any) -> None:
    assert fits(item, {"const": item})
    assert fits(item, {"enum": [item]})
    assert fits(item, {})
    assert not fits(item, {"allOf": [False]})


@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        ({"type": "integer"}, [1, 1.0, -5, 10**400], [True, 1.5, "1", None]),
        ({"type": "number"}, [1, 1.5], [False, "1"]),
        ({"type": ["string", "null"]}, ["", None], [1]),
        ({"const": 1}, [1, 1.0], [True, "1"]),
        ({"enum": [False, "a"]}, [False, "a"], [0, "b"]),
        ({"minimum": 2, "maximum": 3}, [2, 3, "text"], [1, 4]),
        ({"exclusiveMinimum": 2, "exclusiveMaximum": 4}, [3], [2, 4]),
        ({"minLength": 2, "maxLength": 3}, ["ab", "abc", 5], ["a", "abcd"]),
        ({"minItems": 1, "maxItems": 2}, [[1], "text"], [[], [1, 2, 3]]),
        ({"minProperties": 1}, [{"a": 1}], [{}]),
        ({"pattern": "^a$", "format": "email"}, ["anything"], []),
        ({"required": ["a"]}, [{"a": None}, "text"], [{"b": 1}]),
        (
            {"properties": {"a": {"type": "string"}}, "additionalProperties": False},
            [{"a": "x"}, {}],
            [{"a": 1}, {"b": 1}],
        ),
    ],
)
def test_each_keyword_says_what_the_standard_does(
    schema: Any, right: list[Any], wrong: list[Any]
) -> None:
    assert [each for each in right if not fits(each, schema)] == []
    assert [each for each in wrong if fits(each, schema)] == []


def test_the_place_is_named_and_nothing_that_the_item_says() -> None:
    schema = {
        "properties": {
            "orders": {"items": {"properties": {"id": {"type": "integer"}}, "required": ["id"]}}
        },
        "additionalProperties": False,
    }
    wrong = find_violation({"orders": [{"id": 1}, {"id": "a secret"}]}, schema)
    assert wrong == "`item.orders[1].id`: its type must be integer"
    assert find_violation({"orders": [{}]}, schema) == "`item.orders[0].id`: it's missing"
    unknown = find_violation({"a secret": 1}, schema)
    assert unknown is not None
    assert "secret" not in unknown


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]},
        {"allOf": [{"$ref": "#"}] * 50},
        {"not": {"$ref": "#"}},
        {"properties": {"a": {"anyOf": [{"$ref": "#"}] * 9}}},
    ],
)
def test_a_schema_that_refers_to_itself_comes_to_an_end(schema: Any) -> None:
    item: Any = {}
    for _ in range(MAX_DEPTH * 2):
        item = {"a": item}
    assert find_violation(item, schema) is not None


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (1, {"type": 5}),
        ({}, {"required": 5}),
        (1, {"enum": 5}),
        (1, {"minimum": "x"}),
        (1, {"anyOf": 5}),
        (1, {"$ref": 5}),
        (1, 5),
        ("a", {"maxLength": "x"}),
    ],
)
def test_a_schema_that_is_none_accepts_nothing(value: Any, schema: Any) -> None:
    assert find_violation({"a": value}, {"properties": {"a": schema}}) is not None


@pytest.mark.parametrize("reference", ["https://example.com/schema", "#/nowhere", "other.json"])
def test_nothing_is_fetched_for_a_reference(reference: str) -> None:
    assert find_violation({"a": 1}, {"properties": {"a": {"$ref": reference}}}) is None


@pytest.mark.parametrize(
    ("schema", "param"),
    [
        (5, "s"),
        ([], "s"),
        ({"type": "array"}, "s"),
        ({"type": ["object"]}, "s"),
        ({"properties": []}, "s.properties"),
        ({"properties": {"a": 5}}, "s.properties.a"),
    ],
)
def test_a_schema_must_describe_objects(schema: Any, param: str) -> None:
    with pytest.raises(InvalidField) as refused:
        require_item_schema(schema, "s")
    assert refused.value.param == param


def test_names_are_known_only_where_no_others_are_allowed() -> None:
    properties = {"properties": {"a": {}, "b": {}}}
    assert known_names(properties) is None
    assert known_names({**properties, "additionalProperties": False}) == ["a", "b"]
    pattern = {**properties, "additionalProperties": False, "patternProperties": {"^x": {}}}
    assert known_names(pattern) is None
