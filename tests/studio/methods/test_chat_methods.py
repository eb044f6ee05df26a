"""The methods that ask a language model: what they send, and what they make of its answer."""

import json
from typing import Any

import msgspec
import pytest

from tau.errors import ModelError, ModelInvalidAnswer
from tau.models.errors import BackendUnavailable, RequestRejected
from tau.models.models import Models
from tau.studio.examples.example import Example, ExampleMessage
from tau.studio.methods.chat import THINKING_TOKENS
from tau.studio.methods.embedder import ExampleEmbedder
from tau.studio.methods.nearest import MOST_SHOWN, NearestMethod
from tau.studio.methods.prompt import PromptMethod

from .scripted_models import EMBEDDER, INFO, ScriptedModels, example, routing

pytestmark = pytest.mark.anyio

ENDPOINT = msgspec.structs.replace(INFO, origin="endpoint", context_tokens=32_000)
BOOKINGS = [
    example("two at noon", '{"people": 2, "time": "noon"}', "Write JSON."),
    example("three of us", '{"people": 3}', "Write JSON."),
]


async def asked(train: list[Example], **changes: Any) -> dict[str, Any]:
    """The request that a prompt makes of the first example."""
    models = ScriptedModels()
    method = PromptMethod(models, msgspec.structs.replace(INFO, **changes))
    assert await method.prepare(train) is None
    await method.answer(train[0])
    (body,) = models.bodies
    return body


async def test_a_prompt_sends_the_request_without_the_answer_greedily() -> None:
    body = await asked([example("What is 2 + 2?", "It is four.", "Be brief.")])
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What is 2 + 2?"},
    ]
    assert body["temperature"] == 0
    assert "response_format" not in body
    assert "four" not in json.dumps(body)


async def test_json_answers_are_asked_for_by_their_schema() -> None:
    body = await asked(BOOKINGS)
    schema = body["response_format"]["json_schema"]["schema"]
    assert list(schema["properties"]) == ["people", "time"]
    assert schema["required"] == ["people"]


async def test_a_model_is_shown_the_answers_it_may_choose_from() -> None:
    """Else it would have to guess how the queues are called."""
    system = (await asked(routing()))["messages"][0]["content"]
    assert system == "Route it.\n\nAnswer with exactly one of these:\ncard\nrate\nclose"
    cramped = await asked(routing(), context_tokens=40)
    assert cramped["messages"][0]["content"] == "Route it."
    bare = [example(each.input, each.answer, "") for each in routing()]
    assert (await asked(bare))["messages"][0]["role"] == "system"


async def test_the_length_of_an_answer_is_bounded_by_those_of_the_examples() -> None:
    answers = [example("Describe it", "word " * 80), example("Name it", "word")]
    assert (await asked(answers))["max_tokens"] == 216
    assert (await asked(answers, context_tokens=300))["max_tokens"] == 150
    thinking = await asked(answers, origin="endpoint", context_tokens=32_000)
    assert thinking["max_tokens"] == 216 + THINKING_TOKENS


async def test_several_turns_are_asked_as_such() -> None:
    turns = ("system", "user", "assistant", "user", "assistant")
    chat = Example(id="chat", messages=tuple(ExampleMessage(role, role[:2]) for role in turns))
    assert [each["role"] for each in (await asked([chat]))["messages"]] == list(turns[:-1])


@pytest.mark.parametrize(
    ("said", "text"),
    [("  card\n", "card"), ("<think>which?\ncard</think>\n\ncard", "card")],
)
async def test_an_answer_is_trimmed_and_freed_of_thoughts(said: str, text: str) -> None:
    method = PromptMethod(ScriptedModels(lambda _: said), INFO)
    await method.prepare(routing())
    answer = await method.answer(routing()[0])
    assert (answer.text, answer.tokens) == (text, 7)


@pytest.mark.parametrize("said", ["", " \n", "<think>never ends", "<think>only</think>"])
async def test_an_empty_answer_is_an_error_that_quotes_nothing(said: str) -> None:
    method = PromptMethod(ScriptedModels(lambda _: said), INFO)
    await method.prepare(routing())
    with pytest.raises(ModelInvalidAnswer, match="'local' gave no answer"):
        await method.answer(routing()[0])


async def test_an_odd_completion_is_an_error() -> None:
    models = ScriptedModels()
    method = PromptMethod(models, INFO)
    await method.prepare(routing())
    for odd in ({}, {"choices": []}, {"choices": [{"message": {"content": [1]}}]}):

        async def complete(name: str, body: Any, odd: dict[str, Any] = odd) -> dict[str, Any]:
            return odd

        models.complete = complete  # type: ignore[method-assign]
        with pytest.raises(ModelError):
            await method.answer(routing()[0])


@pytest.mark.parametrize(
    ("refused", "left"),
    [
        ({"response_format"}, {"messages", "temperature", "max_tokens"}),
        ({"temperature"}, {"messages", "max_completion_tokens"}),
    ],
)
async def test_an_endpoint_is_asked_without_what_it_rejects(
    refused: set[str], left: set[str]
) -> None:
    def respond(body: dict[str, Any]) -> str:
        if refused & set(body):
            raise RequestRejected("local", "does not accept the request")
        return "{}"

    models = ScriptedModels(respond)
    method = PromptMethod(models, INFO)
    await method.prepare(BOOKINGS)
    await method.answer(BOOKINGS[0])
    assert set(models.bodies[-1]) == left
    count = len(models.bodies)
    await method.answer(BOOKINGS[1])
    assert len(models.bodies) == count + 1, "it was learned"


async def test_one_rejected_example_does_not_cost_the_others_their_schema() -> None:
    def respond(body: dict[str, Any]) -> str:
        if "two at noon" in json.dumps(body):
            raise RequestRejected("local", "does not accept the request")
        return "{}"

    models = ScriptedModels(respond)
    method = PromptMethod(models, INFO)
    await method.prepare(BOOKINGS)
    with pytest.raises(RequestRejected):
        await method.answer(BOOKINGS[0])
    await method.answer(BOOKINGS[1])
    assert "response_format" in models.bodies[-1]


async def test_a_failure_of_the_model_is_not_hidden() -> None:
    def respond(body: dict[str, Any]) -> str:
        raise BackendUnavailable("local", "cannot be reached")

    method = PromptMethod(ScriptedModels(respond), INFO)
    await method.prepare(BOOKINGS)
    with pytest.raises(BackendUnavailable):
        await method.answer(BOOKINGS[0])


async def test_a_model_that_is_not_downloaded_says_how_to_get_it() -> None:
    absent = msgspec.structs.replace(INFO, ready=False)
    models = ScriptedModels()
    for method in (
        PromptMethod(models, absent),
        NearestMethod(models, absent, ExampleEmbedder(models, EMBEDDER)),
    ):
        assert "tau models pull local" in str(await method.prepare(routing()))
    assert models.embedded == [], "nothing is embedded for it"


def test_only_endpoints_get_several_requests_at_a_time() -> None:
    models = ScriptedModels()
    assert PromptMethod(models, INFO).concurrency == 1
    assert PromptMethod(models, ENDPOINT).concurrency > 1
    embedder = ExampleEmbedder(models, EMBEDDER)
    assert NearestMethod(models, ENDPOINT, embedder).concurrency > 1


async def nearest(train: list[Example], question: Example, **changes: Any) -> list[dict[str, Any]]:
    """The messages that are sent with similar examples."""
    models = ScriptedModels()
    info = msgspec.structs.replace(INFO, **changes)
    method = NearestMethod(models, info, ExampleEmbedder(models, EMBEDDER))
    assert await method.prepare(train) is None
    await method.answer(question)
    messages: list[dict[str, Any]] = models.bodies[-1]["messages"]
    return messages


async def test_similar_examples_come_first_the_most_similar_one_last() -> None:
    messages = await nearest(routing(1), example("my card is lost today", "?"))
    assert messages[0]["role"] == "system"
    assert messages[-1] == {"role": "user", "content": "my card is lost today"}
    shown = messages[1:-1]
    assert len(shown) == 2 * MOST_SHOWN
    assert [each["role"] for each in shown] == ["user", "assistant"] * MOST_SHOWN
    assert shown[-2:] == [
        {"role": "user", "content": "my card is lost number 0"},
        {"role": "assistant", "content": "card"},
    ]


async def test_only_as_many_examples_are_shown_as_fit_the_window() -> None:
    question = example("my card is lost today", "?")
    shown = [
        len(await nearest(routing(1), question, context_tokens=size)) - 2
        for size in (60, 150, 180, 240, 2048)
    ]
    assert shown == sorted(shown)
    assert (shown[0], shown[-1]) == (0, 2 * MOST_SHOWN)
    assert len(set(shown)) > 2


async def test_without_training_examples_there_is_nothing_to_show() -> None:
    models = ScriptedModels()
    method = NearestMethod(models, INFO, ExampleEmbedder(models, EMBEDDER))
    assert await method.prepare([]) == "There are no training examples."


def test_the_app_s_models_are_what_methods_ask() -> None:
    """Type checkers compare the signatures; this names the methods that must not vanish."""
    assert callable(Models.complete)
    assert callable(Models.embed)
