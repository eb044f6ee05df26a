"""Normalised texts, and what makes requests and answers equal."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.examples.example import Example, ExampleMessage
from tau.studio.examples.normalization import (
    answer_classes,
    answer_key,
    context_key,
    normalize,
    request_key,
)
from tests.studio.examples.files import example


@given(st.text())
def test_normalizing_twice_changes_nothing_more(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from([" ", "\n", "  ", "　"]))
def test_spaces_around_make_no_difference(text: str, space: str) -> None:
    assert normalize(space + text + space) == normalize(text)


def test_no_text_but_an_empty_one_becomes_empty() -> None:
    assert normalize(" \n") == ""
    assert normalize("?!") == "?!"
    assert normalize("…") != normalize("👍")


@given(st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=3), max_size=4))
def test_json_answers_are_equal_whatever_the_order_and_spaces(value: dict[str, Any]) -> None:
    backwards = dict(reversed(value.items()))
    assert answer_key(json.dumps(value)) == answer_key(json.dumps(backwards, indent=2))


def test_texts_in_json_answers_keep_their_case() -> None:
    assert answer_key('{"name": "Mo"}') != answer_key('{"name": "mo"}')
    assert answer_key("Mo.") == answer_key("mo")
    assert answer_key('"Mo"') == answer_key("Mo")


def messages(*given_messages: tuple[Any, str]) -> Example:
    made = [ExampleMessage(role, content) for role, content in given_messages]
    return Example(id="x", messages=(*made, ExampleMessage("assistant", "Yes")))


def test_a_request_is_all_that_comes_before_the_answer() -> None:
    long = messages(("system", "S"), ("user", "A"), ("assistant", "B"), ("user", "C"))
    short = messages(("system", "S"), ("user", "C"))
    assert request_key(long) != request_key(short)
    assert request_key(short) == request_key(messages(("system", "s"), ("user", "c!")))
    assert context_key(long) == (("system", "s"), ("user", "a"), ("assistant", "b"))
    assert context_key(short) == (("system", "s"),)


@pytest.mark.parametrize(
    ("answers", "are_classes"),
    [
        (["a", "b"] * 5, True),
        (["a"] * 9 + [" a "], True),
        (["a", "b", "c", "d", "e", "e"], False),
        ([str(place) for place in range(10)], False),
        (["x" * 201, "y"] * 5, False),
        ([str(place) for place in range(200)] * 2, True),
        ([str(place) for place in range(201)] * 2, False),
        ([], False),
    ],
)
def test_answers_are_classes_if_they_are_few_short_and_repeat(
    answers: list[str], are_classes: bool
) -> None:
    examples = [example(f"q{place}", answer) for place, answer in enumerate(answers)]
    classes = answer_classes(examples)
    assert (classes is not None) is are_classes
    if classes is not None:
        assert set(classes) == {answer.strip() for answer in answers}
        assert sum(map(len, classes.values())) == len(answers)
