"""An eval's criteria are validated, and each gets a name that results are listed by."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import InvalidField
from tau.studio.evals.eval_spec import MAX_CRITERIA, EvalSpec, criteria_of, validate_eval

CUSTOM = {"type": "custom", "item_schema": {"type": "object"}}


def criterion(name: str | None = "same", **changes: Any) -> dict[str, Any]:
    named = {} if name is None else {"name": name}
    return {"type": "exact", **named, **changes}


@given(names=st.lists(st.none() | st.sampled_from(["a", "a 2", "b"]), min_size=1, max_size=12))
def test_every_criterion_has_a_name_of_its_own(names: list[str | None]) -> None:
    criteria = validate_eval(EvalSpec(CUSTOM, [criterion(name) for name in names]))
    given_names = [each["name"] for each in criteria]
    assert len(set(given_names)) == len(names)
    assert [each.name for each in criteria_of(criteria)] == given_names
    first = next((name for name in names if name), None)
    assert first is None or first in given_names


def test_what_was_given_is_kept_whole() -> None:
    """Clients read back what they wrote, fields included that Tau doesn't know."""
    given_criterion = criterion(extra={"a": 1}, pass_threshold=0.5)
    (kept,) = validate_eval(EvalSpec(CUSTOM, [given_criterion]))
    assert kept == given_criterion


@pytest.mark.parametrize("count", [0, MAX_CRITERIA + 1])
def test_the_number_of_criteria_is_bounded(count: int) -> None:
    with pytest.raises(InvalidField) as refused:
        validate_eval(EvalSpec(CUSTOM, [criterion()] * count))
    assert refused.value.param == "testing_criteria"


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"type": "nothing"}, "testing_criteria[1].type"),
        (criterion(pass_threshold="x"), "testing_criteria[1].pass_threshold"),
        (criterion(reference="{{item}}"), "testing_criteria[1].reference"),
        (
            {"type": "multi", "name": "m", "graders": {}, "calculate_output": "1"},
            "testing_criteria[1].graders",
        ),
        (
            {
                "type": "multi",
                "name": "m",
                "graders": {"a": {"type": "string_check", "operation": "eq", "input": "x"}},
                "calculate_output": "a",
            },
            "testing_criteria[1].graders.a.reference",
        ),
    ],
)
def test_the_place_of_a_mistake_is_named(wrong: Any, param: str) -> None:
    with pytest.raises(InvalidField) as refused:
        validate_eval(EvalSpec(CUSTOM, [criterion(), wrong]))
    assert refused.value.param == param


def test_names_of_a_closed_schema_are_checked_in_templates() -> None:
    closed = {"properties": {"q": {}}, "additionalProperties": False}
    known = criterion(reference="{{item.q}}")
    for schema, reference, is_right in (
        (closed, "{{item.q}}", True),
        (closed, "{{item.other}}", False),
        ({"properties": {"q": {}}}, "{{item.other}}", True),
    ):
        config = {"type": "custom", "item_schema": schema}
        spec = EvalSpec(config, [{**known, "reference": reference}])
        if is_right:
            validate_eval(spec)
        else:
            with pytest.raises(InvalidField, match=r"item\.other"):
                validate_eval(spec)
