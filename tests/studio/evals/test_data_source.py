"""Data sources are read as OpenAI's clients send them; what's wrong is named and never quoted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import InvalidField
from tau.studio.evals.data_source import (
    FileContentSource,
    FileIdSource,
    InputReference,
    InputTemplate,
    parse_data_source,
    without_items,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
FILE = {"type": "file_id", "id": "file-1"}
ASK: Any = {"type": "template", "template": [{"role": "user", "content": "{{item.q}}"}]}
COMPLETIONS: Any = {"type": "completions", "source": FILE, "model": "m", "input_messages": ASK}


@given(value=JSON)
def test_anything_is_read_or_refused_with_its_place(value: Any) -> None:
    with pytest.raises(InvalidField) as refused:
        parse_data_source(value)
    assert refused.value.param.startswith("data_source")


@given(
    name=st.sampled_from(["type", "source", "model", "input_messages", "sampling_params"]),
    value=JSON.filter(lambda each: each is not None),
)
def test_a_field_of_another_kind_is_refused_or_harmless(name: str, value: Any) -> None:
    try:
        parse_data_source({**COMPLETIONS, name: value})
    except InvalidField as refused:
        assert refused.param.startswith("data_source")  # noqa: PT017 - either is right


def test_given_answers_need_no_model() -> None:
    source = parse_data_source({"type": "jsonl", "source": FILE})
    assert source.source == FileIdSource("file-1")
    assert not source.asks_model


def test_rows_in_the_request_are_kept_with_their_answers() -> None:
    content = [{"item": {"q": 1}}, {"item": {}, "sample": {"output_text": "x"}}]
    source = parse_data_source(
        {"type": "jsonl", "source": {"type": "file_content", "content": content}}
    )
    assert isinstance(source.source, FileContentSource)
    assert [(row.item, row.sample) for row in source.source.content] == [
        ({"q": 1}, None),
        ({}, {"output_text": "x"}),
    ]


def test_answers_of_the_type_completions_may_be_given_too() -> None:
    assert not parse_data_source({"type": "completions", "source": FILE}).asks_model


def test_fields_that_are_not_known_do_no_harm() -> None:
    source = parse_data_source({**COMPLETIONS, "new": 1, "source": {**FILE, "other": 2}})
    assert source.asks_model
    assert isinstance(source.input_messages, InputTemplate)


@pytest.mark.parametrize("name", ["item.chat", "item.a.b", "item.turns[0]", 'item["a b"]'])
def test_messages_are_named_in_the_item(name: str) -> None:
    reference = {"type": "item_reference", "item_reference": name}
    source = parse_data_source({**COMPLETIONS, "input_messages": reference})
    assert source.input_messages == InputReference(name)


@pytest.mark.parametrize("name", ["", "chat", "item", "sample.output_text", "item.a + 1"])
def test_other_names_are_refused(name: str) -> None:
    reference = {"type": "item_reference", "item_reference": name}
    with pytest.raises(InvalidField) as refused:
        parse_data_source({**COMPLETIONS, "input_messages": reference})
    assert refused.value.param == "data_source.input_messages"


@pytest.mark.parametrize(
    ("message", "end"),
    [
        ({"role": "user", "content": "{{item}}"}, "template[0].content"),
        ({"role": "user", "content": "{{other.q}}"}, "template[0].content"),
        ({"role": "narrator", "content": "x"}, "template[0].role"),
        ({"role": "user"}, "template[0].content"),
        (
            {"role": "user", "content": {"type": "input_image", "image_url": "x"}},
            "template[0].content.type",
        ),
    ],
)
def test_a_message_that_cannot_be_sent_is_named(message: Any, end: str) -> None:
    messages = {"type": "template", "template": [message]}
    with pytest.raises(InvalidField) as refused:
        parse_data_source({**COMPLETIONS, "input_messages": messages})
    assert refused.value.param == f"data_source.input_messages.{end}"


def test_parameters_without_a_model_are_refused() -> None:
    with pytest.raises(InvalidField) as refused:
        parse_data_source({"type": "completions", "source": FILE, "sampling_params": {}})
    assert refused.value.param == "data_source.sampling_params"


def test_items_are_left_out_of_what_lists_read() -> None:
    content = {"type": "file_content", "content": [{"item": {"a": "secret"}}]}
    given_source = {**COMPLETIONS, "source": content, "new": 1}
    light = without_items(given_source)
    assert "secret" not in str(light)
    assert light == {**given_source, "source": {"type": "file_content", "content": []}}
    assert content["content"]  # what was given is unchanged
    assert without_items(COMPLETIONS) == COMPLETIONS
