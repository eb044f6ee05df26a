"""The OpenAI API, used by OpenAI's own unmodified client over a real socket."""

import base64
from typing import Any

import numpy as np
import openai
import pytest
from openai import AsyncOpenAI

from tau.app import App
from tau.companion.turn_input import TurnInput
from tau.life.life import Life

from ..conftest import Person

pytestmark = pytest.mark.anyio


def _user(text: str) -> Any:
    return {"role": "user", "content": text}


def _assistant(text: str | None) -> Any:
    return {"role": "assistant", "content": text}


async def test_the_companion_answers_whole(client: AsyncOpenAI, owner: Person) -> None:
    answer = await client.chat.completions.create(
        model="tau", messages=[_user("[[say Good evening]]")]
    )
    assert answer.choices[0].message.content == "Good evening"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.total_tokens > 0
    conversations = (await owner.get("/api/conversations"))["conversations"]
    assert len(conversations) == 1


async def test_the_companion_answers_piece_by_piece(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="tau",
        messages=[_user("[[tokens 12]]")],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert len(text.split()) >= 6
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens > 0


async def test_usage_is_streamed_only_when_asked_for(client: AsyncOpenAI) -> None:
    for model in ("tau", "scripted"):
        stream = await client.chat.completions.create(
            model=model, messages=[_user("[[say Hi]]")], stream=True
        )
        assert all([chunk.choices async for chunk in stream])


async def test_the_companion_remembers_across_conversations(client: AsyncOpenAI) -> None:
    await client.chat.completions.create(
        model="tau", messages=[_user("My boat is called Hiraeth and lies in Tromsø")]
    )
    answer = await client.chat.completions.create(
        model="tau", messages=[_user("What is my boat called?")]
    )
    assert "Hiraeth" in (answer.choices[0].message.content or "")


async def test_a_growing_history_stays_one_conversation(client: AsyncOpenAI, owner: Person) -> None:
    messages = []
    for words in ("[[say One]]", "[[say Two]]", "[[say Three]]"):
        messages.append(_user(words))
        answer = await client.chat.completions.create(model="tau", messages=messages)
        messages.append(_assistant(answer.choices[0].message.content))
    conversations = (await owner.get("/api/conversations"))["conversations"]
    assert [one["count"] for one in conversations] == [6]


async def test_a_conversation_can_be_named(client: AsyncOpenAI, owner: Person) -> None:
    named = await owner.begin(title="By name")
    for extra in (
        {"extra_headers": {"X-Tau-Conversation": named}},
        {"metadata": {"conversation": named}},
        {"user": named},
    ):
        raw = await client.chat.completions.with_raw_response.create(
            model="tau", messages=[_user("[[say Here]]")], **extra
        )
        assert raw.headers["x-tau-conversation"] == named
    assert (await owner.get(f"/api/conversations/{named}"))["count"] == 6
    elsewhere = await client.chat.completions.with_raw_response.create(
        model="tau", messages=[_user("[[say Here]]")], user="somebody"
    )
    assert elsewhere.headers["x-tau-conversation"] != named


async def test_parts_of_text_are_read_and_others_refused(client: AsyncOpenAI) -> None:
    parts = [{"type": "text", "text": "[[say Parts]]"}]
    answer = await client.chat.completions.create(model="tau", messages=[_user(parts)])
    assert answer.choices[0].message.content == "Parts"
    sound = [{"type": "input_audio", "input_audio": {"data": "AA", "format": "wav"}}]
    with pytest.raises(openai.BadRequestError, match="something else"):
        await client.chat.completions.create(model="tau", messages=[_user(sound)])


async def test_any_other_name_is_that_model_alone(client: AsyncOpenAI, owner: Person) -> None:
    answer = await client.chat.completions.create(
        model="scripted", messages=[_user("[[say Alone]]")], temperature=0.1
    )
    assert answer.choices[0].message.content == "Alone"
    stream = await client.chat.completions.create(
        model="scripted", messages=[_user("[[say Alone again]]")], stream=True
    )
    text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
    assert text == "Alone again"
    assert (await owner.get("/api/conversations"))["conversations"] == []


async def test_failures_come_in_openais_shape(client: AsyncOpenAI, served: str) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        await client.chat.completions.create(model="nothing", messages=[_user("Hi")])
    assert unknown.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError, match="messages"):
        await client.chat.completions.create(model="tau", messages=[])
    with pytest.raises(openai.BadRequestError, match="must be the person's"):
        await client.chat.completions.create(model="tau", messages=[_assistant("Hello")])
    async with AsyncOpenAI(base_url=f"{served}/v1", api_key="tau-no", max_retries=0) as stranger:
        with pytest.raises(openai.AuthenticationError):
            await stranger.models.list()


@pytest.mark.parametrize("model", ["tau", "scripted"])
@pytest.mark.parametrize("stream", [True, False])
async def test_a_model_that_cannot_be_reached_is_a_status(
    client: AsyncOpenAI, model: str, stream: bool
) -> None:
    with pytest.raises(openai.InternalServerError):
        await client.chat.completions.create(
            model=model, messages=[_user("[[die]]")], stream=stream
        )


@pytest.mark.parametrize("model", ["tau", "scripted"])
async def test_a_stream_that_breaks_off_is_an_error(client: AsyncOpenAI, model: str) -> None:
    stream = await client.chat.completions.create(
        model=model, messages=[_user("[[die after 3]]")], stream=True
    )
    with pytest.raises(openai.APIError):
        _ = [chunk async for chunk in stream]


async def test_models_are_listed(client: AsyncOpenAI) -> None:
    names = [model.id async for model in client.models.list()]
    assert names[0] == "tau"
    assert "scripted" in names
    assert (await client.models.retrieve("tau")).owned_by == "tau"
    with pytest.raises(openai.NotFoundError):
        await client.models.retrieve("nothing")


async def test_texts_are_embedded(client: AsyncOpenAI) -> None:
    embedded = await client.embeddings.create(
        model="scripted-embedder", input=["a red boat", "a red boat"]
    )
    one, two = (item.embedding for item in embedded.data)
    assert one == two
    assert abs(sum(number * number for number in one) - 1) < 1e-3

    plain = await client.embeddings.create(model="tau", input="a red boat", encoding_format="float")
    assert np.allclose(plain.data[0].embedding, one)


async def test_vectors_come_in_base64_where_asked(owner: Person) -> None:
    body = {"model": "scripted-embedder", "input": "x y", "encoding_format": "base64"}
    answer = await owner.post("/v1/embeddings", body)
    vector = np.frombuffer(base64.b64decode(answer["data"][0]["embedding"]), "<f4")
    assert vector.shape == (64,)


@pytest.mark.parametrize(
    "wrong",
    [
        {"dimensions": 8},
        {"input": []},
        {"input": ""},
        {"input": [1, 2]},
        {"encoding_format": "hex"},
        {"model": "nothing"},
    ],
)
async def test_what_cannot_be_embedded_is_told(owner: Person, wrong: dict[str, Any]) -> None:
    body = {"model": "scripted-embedder", "input": "x", **wrong}
    response = await owner.client.post("/v1/embeddings", json=body)
    assert response.status_code in {400, 404}
    assert response.json()["error"]["message"].endswith(".")


async def test_what_is_asked_of_a_model_alone_reaches_it_as_it_was_sent(
    app: App, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []
    complete = app.models.complete

    async def watched(name: str, body: dict[str, Any]) -> dict[str, Any]:
        seen.append(body)
        return await complete(name, body)

    monkeypatch.setattr(app.models, "complete", watched)
    body = {
        "model": "scripted",
        "messages": [
            {"role": "user", "content": "[[say Sunny]]"},
            {"role": "assistant", "content": None, "tool_calls": [{"id": "a", "type": "function"}]},
            {"role": "tool", "content": "21", "tool_call_id": "a"},
        ],
        "tools": [{"type": "function", "function": {"name": "weather"}}],
        "response_format": {"type": "json_object"},
        "temperature": 0.25,
        "a_field_of_tomorrow": [1, {"x": None}],
    }
    await owner.post("/v1/chat/completions", body)
    assert seen == [body]


async def test_system_messages_reach_the_companion_for_that_turn(
    app: App, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str | None] = []
    begin = app.companion.begin

    async def watched(life: Life, request: TurnInput) -> Any:
        told.append(request.instructions)
        return await begin(life, request)

    monkeypatch.setattr(app.companion, "begin", watched)
    messages = [
        {"role": "system", "content": "Answer in verse."},
        {"role": "developer", "content": [{"type": "text", "text": "Be brief."}]},
        _user("[[say Aye]]"),
    ]
    await owner.post("/v1/chat/completions", {"model": "tau", "messages": messages})
    assert told == ["Answer in verse.\n\nBe brief."]


THINKING = "[[think The walrus is hungry.]] [[say Give it fish.]]"


async def test_thoughts_are_no_part_of_the_reply(client: AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(model="tau", messages=[_user(THINKING)])
    message = answer.choices[0].message
    assert message.content == "Give it fish."
    assert message.model_extra == {"reasoning_content": "The walrus is hungry."}


async def test_thoughts_are_streamed_as_reasoning(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="tau", messages=[_user(THINKING)], stream=True
    )
    deltas = [chunk.choices[0].delta async for chunk in stream]
    assert "".join(delta.content or "" for delta in deltas) == "Give it fish."
    thoughts = [(delta.model_extra or {}).get("reasoning_content", "") for delta in deltas]
    assert "".join(thoughts) == "The walrus is hungry."


@pytest.mark.parametrize("stream", [True, False])
async def test_a_header_names_the_model_that_answered(owner: Person, stream: bool) -> None:
    body = {"model": "tau", "messages": [_user("[[say Hi]]")], "stream": stream}
    answer = await owner.client.post("/v1/chat/completions", json=body)
    assert answer.headers["X-Tau-Model"] == "scripted"


async def test_a_whole_reply_that_repeated_itself_is_trimmed(client: AsyncOpenAI) -> None:
    words = "[[loop I am so glad that you like it.]]"
    answer = await client.chat.completions.create(model="tau", messages=[_user(words)])
    assert answer.choices[0].message.content == "I am so glad that you like it."
