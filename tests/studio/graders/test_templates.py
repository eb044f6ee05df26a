"""Templates: values are put in as they are, and nothing else happens."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.graders.grade import GradingFailed, Sample
from tau.studio.graders.templates import find_unknown_name, render

ITEM: dict[str, Any] = {
    "name": "Ada",
    "orders": [{"id": 7}, {"id": 8}],
    "Order number": "A-1",
    "paid": True,
    "名字": "艾达",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi {{item.name}}, {{ item.name }}!", "Hi Ada, Ada!"),
        ("{{item.orders[1].id}} {{item.orders}}", '8 [{"id":7},{"id":8}]'),
        ("{{item[\"Order number\"]}} {{item['Order number']}}", "A-1 A-1"),
        ("{{item.paid}} {{item.名字}}", "true 艾达"),
        ("{{sample.output_text}}", '{"sum": [1, 2.5]}'),
        ("{{sample.output_json.sum[1]}} {{sample.output_json}}", '2.5 {"sum":[1,2.5]}'),
        ('{"a": {"b": {{item.name}}}}', '{"a": {"b": Ada}}'),
    ],
)
def test_names_become_values(text: str, expected: str) -> None:
    assert render(text, ITEM, Sample('{"sum": [1, 2.5]}')) == expected
    assert find_unknown_name(text, ITEM) is None


@given(st.text(), st.text())
def test_a_value_is_never_looked_at_again(value: str, answer: str) -> None:
    value = f"{value}{{{{sample.output_text}}}}{{{{item.secret}}}}"
    item = {"x": value, "secret": "hidden"}
    assert render("{{item.x}}|{{sample.output_text}}", item, Sample(answer)) == f"{value}|{answer}"


@pytest.mark.parametrize(
    "name",
    [
        *("item", "sample", "sample.output_tools", "sample.output_text.x", "other.x", "item.", ""),
        *("item.name|upper", "item.name()", "item.a-b c", "1+1", "item.__class__[x]", "item.age"),
        "sample.output_text[0]",
    ],
)
def test_unknown_names_are_found_and_never_rendered(name: str) -> None:
    assert find_unknown_name(f"a {{{{{name}}}}} b", ITEM) == name
    with pytest.raises(GradingFailed) as caught:
        render(f"{{{{{name}}}}}", ITEM, Sample("x"))
    assert caught.value.kind == "invalid_variable"


@pytest.mark.parametrize("name", ["item.name[0]", "item.orders.id", "item.orders[2]"])
def test_a_path_that_leads_nowhere_is_an_error(name: str) -> None:
    assert find_unknown_name(f"{{{{{name}}}}}", ITEM) is None
    with pytest.raises(GradingFailed):
        render(f"{{{{{name}}}}}", ITEM, Sample("x"))


def test_what_python_knows_of_a_value_cannot_be_reached() -> None:
    with pytest.raises(GradingFailed):
        render("{{item.name.__class__}}", ITEM, Sample("x"))


def test_an_answer_that_is_not_json_has_no_output_json() -> None:
    with pytest.raises(GradingFailed) as caught:
        render("{{sample.output_json.a}}", ITEM, Sample("not json"))
    assert caught.value.kind == "sample_parse"


@pytest.mark.parametrize("answer", ["[" * 100_000, "9" * 5_000, "\ud800", "[" * 900 + "]" * 900])
def test_hostile_json_is_an_error_or_a_value(answer: str) -> None:
    try:
        rendered = render("{{sample.output_json}}", {}, Sample(answer))
    except GradingFailed:
        return
    assert rendered == answer


def test_many_open_braces_take_no_time() -> None:
    text = "{{" * 50_000
    assert render(text, ITEM, Sample("x")) == text


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_values_that_are_not_text_are_written_as_json(value: Any) -> None:
    rendered = render("{{item.x}}", {"x": value}, Sample(""))
    assert rendered == value if isinstance(value, str) else json.loads(rendered) == value
