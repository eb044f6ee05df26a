"""Requests to models are built from items, and what comes back is read with care."""

from typing import Any

import pytest

from tau.errors import ModelInvalidAnswer
from tau.studio.evals.data_source import DataSource, parse_data_source
from tau.studio.evals.output_item import TokenCounts
from tau.studio.evals.sampling import (
    UsageCounter,
    build_messages,
    given_sample,
    sample_model,
    token_counts,
)
from tau.studio.graders.grade import GradingFailed

from ..graders.judges import Judge

pytestmark = pytest.mark.anyio


class Scripted(Judge):
    """Returns a completion as it is."""

    def __init__(self, completion: Any) -> None:
        super().__init__("")
        self.completion = completion

    async def complete(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        self.requests.append(body)
        return dict(self.completion)


def template(*messages: Any, **changes: Any) -> DataSource:
    return parse_data_source(
        {
            "type": "completions",
            "model": "m",
            "source": {"type": "file_content", "content": []},
            "input_messages": {"type": "template", "template": list(messages)},
            **changes,
        }
    )


def completion(message: Any, **changes: Any) -> dict[str, Any]:
    return {"model": "the model", "choices": [{"message": message}], **changes}


async def requested(**sampling: Any) -> dict[str, Any]:
    """Return the request that sampling parameters lead to, without its messages."""
    model = Scripted(completion({"content": "x"}))
    source = template({"role": "user", "content": "q"}, sampling_params=sampling)
    await sample_model(source, {}, model, 5.0)
    (request,) = model.requests
    del request["messages"]
    return request


def test_templates_are_filled_and_parts_joined() -> None:
    source = template(
        {"role": "developer", "content": "Be {{ item.tone }}."},
        {"role": "user", "content": [{"type": "input_text", "text": "{{item.q}}"}, "{{item.n}}"]},
        {"role": "assistant", "content": {"type": "output_text", "text": "Well."}},
    )
    assert build_messages(source, {"tone": "kind", "q": "{{item.n}}", "n": {"a": 1}}) == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": '{{item.n}}\n{"a":1}'},
        {"role": "assistant", "content": "Well."},
    ]


@pytest.mark.parametrize("text", ["{{item.missing}}", "{{sample.output_text}}"])
def test_what_an_item_does_not_have_is_an_error(text: str) -> None:
    with pytest.raises(GradingFailed) as failed:
        build_messages(template({"role": "user", "content": text}), {"q": "x"})
    assert failed.value.kind == "invalid_variable"


@pytest.mark.parametrize(
    "value",
    [5, None, [], [5], [{"role": "user"}], [{"content": "x"}], [{"role": 5, "content": "x"}], {}],
)
def test_a_reference_to_anything_but_messages_is_an_error(value: Any) -> None:
    source = template(input_messages={"type": "item_reference", "item_reference": "item.chat"})
    with pytest.raises(GradingFailed):
        build_messages(source, {"chat": value})


async def test_parameters_reach_the_model_under_the_names_of_chats() -> None:
    assert await requested() == {}
    assert await requested(max_completion_tokens=5, temperature=0.0, top_p=0.5, seed=1) == {
        "max_tokens": 5,
        "temperature": 0.0,
        "top_p": 0.5,
        "seed": 1,
    }
    form = {"type": "json_schema", "json_schema": {"name": "n", "schema": {}}}
    assert await requested(response_format=form) == {"response_format": form}
    text = {"format": {"type": "json_schema", "name": "n", "schema": {}}}
    assert await requested(text=text) == {"response_format": form}
    assert await requested(text={"format": {"type": "text"}}) == {}
    tool = {"type": "function", "function": {"name": "f", "parameters": {}}}
    flat = {"type": "function", "name": "f", "parameters": {}}
    assert await requested(tools=[tool]) == await requested(tools=[flat]) == {"tools": [tool]}


async def test_an_answer_is_kept_with_what_it_took() -> None:
    usage = {
        "prompt_tokens": 5,
        "completion_tokens": 2,
        "total_tokens": 7,
        "prompt_tokens_details": {"cached_tokens": 3},
    }
    model = Scripted(completion({"content": "yes"}, usage=usage))
    sample = await sample_model(template({"role": "user", "content": "q"}), {}, model, 5.0)
    assert (sample.output_text, sample.model, sample.finish_reason) == ("yes", "the model", "stop")
    assert sample.tokens == TokenCounts(5, 2, 3, 7)


async def test_calls_of_tools_are_the_answer_where_there_is_no_text() -> None:
    calls = [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    for content in (None, ""):
        model = Scripted(completion({"content": content, "tool_calls": calls}))
        sample = await sample_model(template({"role": "user", "content": "q"}), {}, model, 5.0)
        assert '"name": "f"' in sample.output_text


@pytest.mark.parametrize(
    "broken",
    [{}, {"choices": []}, {"choices": [5]}, completion(None), completion({"content": 5})],
)
async def test_an_answer_that_cannot_be_read_is_an_error(broken: Any) -> None:
    with pytest.raises(ModelInvalidAnswer):
        await sample_model(template({"role": "user", "content": "q"}), {}, Scripted(broken), 5.0)


@pytest.mark.parametrize(
    ("sample", "text"),
    [
        ({"output_text": "a"}, "a"),
        ({"output_text": ""}, ""),
        ({"choices": [{"message": {"content": "b"}}]}, "b"),
        ({"output_json": {"a": 1}}, '{"a": 1}'),
        ({"output_text": 5}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_given_answer_is_read_from_what_there_is(sample: Any, text: str | None) -> None:
    found = given_sample(sample)
    assert (None if found is None else found.output_text) == text


@pytest.mark.parametrize("usage", [None, 5, {}, {"prompt_tokens": "x"}])
def test_tokens_that_are_not_told_are_none(usage: Any) -> None:
    assert token_counts({"usage": usage}) == TokenCounts()


async def test_usage_is_counted_by_the_model_that_answers() -> None:
    counter = UsageCounter(Judge("a"))
    for name in ("one", "two", "one"):
        await counter.complete(name, {})
    assert [(each.model, each.invocations, each.tokens.total) for each in counter.usage] == [
        ("the model behind one", 2, 20),
        ("the model behind two", 1, 10),
    ]
