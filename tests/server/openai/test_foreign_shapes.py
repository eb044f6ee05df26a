"""Details of the OpenAI and Inflection APIs that clients rely on."""

import base64
import json
from typing import Any

import numpy as np
import pytest

from tau.app import App
from tau.errors import ModelInterrupted
from tau.models.types import Chunk

from ..conftest import Person, parse_events

pytestmark = pytest.mark.anyio
CHAT = "/v1/chat/completions"


def _body(text: Any = "[[say Hi]]", **more: Any) -> dict[str, Any]:
    return {"model": "tau", "messages": [{"role": "user", "content": text}], **more}


def _inference(config: str, text: str = "[[say Hi]]", **more: Any) -> dict[str, Any]:
    return {"config": config, "context": [{"type": "Human", "text": text}], **more}


async def test_parameters_that_are_for_models_do_not_disturb_the_companion(owner: Person) -> None:
    """One reply comes, whatever a client asks for; its manner is its own."""
    answer = await owner.post(
        CHAT,
        _body(
            n=3,
            temperature=1.9,
            max_tokens=1,
            stop=["H"],
            logprobs=True,
            tools=[{"type": "function", "function": {"name": "weather"}}],
            a_field_of_tomorrow={"deep": [1]},
        ),
    )
    (choice,) = answer["choices"]
    assert choice["message"] == {"role": "assistant", "content": "Hi"}
    assert (choice["index"], choice["finish_reason"]) == (0, "stop")
    assert (answer["object"], answer["model"]) == ("chat.completion", "tau")
    usage = answer["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


@pytest.mark.parametrize("config", ["tau", "inflection_3_pi"])
async def test_chunks_share_one_name_and_end_with_done(owner: Person, config: str) -> None:
    asked = _body("[[tokens 4]]", stream=True, stream_options={"include_usage": True})
    response = await owner.client.post(CHAT, json={**asked, "model": config})
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["x-tau-conversation"]
    assert response.text.endswith("data: [DONE]\n\n")
    chunks = parse_events(response.content)
    assert {(one["id"], one["object"], one["model"]) for one in chunks} == {
        (chunks[0]["id"], "chat.completion.chunk", config)
    }
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert [one["choices"][0]["finish_reason"] for one in chunks[:-1]][-2:] == [None, "stop"]
    assert (chunks[-1]["choices"], set(chunks[-1]["usage"])) == (
        [],
        {"prompt_tokens", "completion_tokens", "total_tokens"},
    )


async def test_content_comes_as_text_or_as_parts_of_text(owner: Person) -> None:
    parts = [{"type": "text", "text": "[[say"}, {"type": "input_text", "text": "Parts]]"}]
    for content in ("[[say Whole]]", parts, [{"type": "text", "text": "[[say One]]", "x": 1}]):
        assert (await owner.client.post(CHAT, json=_body(content))).status_code == 200
    told = [one["title"] for one in (await owner.get("/api/conversations"))["conversations"]]
    assert "[[say Parts]]" in told


async def test_what_the_companion_cannot_answer_is_told_in_openais_shape(owner: Person) -> None:
    table: tuple[tuple[dict[str, Any], int, str | None], ...] = (
        ({"messages": []}, 400, "messages"),
        ({"messages": "Hi"}, 400, "messages"),
        ({"model": ""}, 400, "model"),
        ({"model": None}, 400, "model"),
        ({"stream": "perhaps"}, 400, "stream"),
        ({"stream_options": {"include_usage": "perhaps"}}, 400, "stream_options.include_usage"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, 400, "messages.0.role"),
        ({"messages": [{"content": "x"}]}, 400, "messages.0.role"),
        ({"messages": [{"role": "user", "content": ""}]}, 400, None),
        ({"messages": [{"role": "user", "content": None}]}, 400, None),
        ({"messages": [{"role": "user", "content": []}]}, 400, None),
        ({"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]}, 400, None),
        ({"messages": [{"role": "system", "content": "Be brief."}]}, 400, None),
        ({"metadata": {"conversation": "nowhere"}}, 404, None),
        ({"model": "nothing"}, 404, None),
        ({"model": "scripted-embedder"}, 503, None),
    )
    for wrong, status, param in table:
        response = await owner.client.post(CHAT, json={**_body(), **wrong})
        assert response.status_code == status, f"{wrong}: {response.text}"
        error = response.json()["error"]
        assert set(error) == {"message", "type", "param", "code"}
        assert error["message"].endswith("."), wrong
        if param is not None:
            assert error["param"].startswith(param), wrong
    assert (await owner.get("/api/conversations"))["conversations"] == []


@pytest.mark.parametrize("metadata", [{}, {"conversation": ""}, {"conversation": 5}, None])
async def test_metadata_that_names_nothing_is_passed_over(owner: Person, metadata: Any) -> None:
    response = await owner.client.post(CHAT, json=_body(metadata=metadata))
    assert response.status_code == 200


async def test_a_stream_that_breaks_off_ends_with_an_error_and_done(owner: Person) -> None:
    for model in ("tau", "scripted"):
        asked = {**_body("[[die after 2]]", stream=True), "model": model}
        response = await owner.client.post(CHAT, json=asked)
        assert response.text.endswith("data: [DONE]\n\n")
        last = parse_events(response.content)[-1]
        assert last["error"]["type"] == "api_error", model
        assert last["error"]["message"].endswith(".")


async def test_a_model_that_says_nothing_at_all_is_a_bad_gateway(
    app: App, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stream(_name: str, _body: dict[str, Any]) -> Any:
        for nothing in ():
            yield nothing

    monkeypatch.setattr(app.models, "stream", stream)
    for path, body in (
        (CHAT, {**_body(stream=True), "model": "scripted"}),
        ("/external/api/inference/streaming", _inference("scripted")),
    ):
        response = await owner.client.post(path, json=body)
        assert response.status_code == 502, path
        assert "sent an empty answer" in response.text


async def test_chunks_of_a_model_alone_come_as_they_are(
    app: App, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = {"index": 0, "id": "a", "function": {"name": "weather", "arguments": "{}"}}
    raw = [
        {"choices": [{"index": 0, "delta": {"tool_calls": [call]}}], "x_vendor": 1},
        {"choices": [], "usage": {"total_tokens": 3}},
    ]

    async def stream(_name: str, _body: dict[str, Any]) -> Any:
        for one in raw:
            yield Chunk("", one)
        raise ModelInterrupted("The model broke off.")

    monkeypatch.setattr(app.models, "stream", stream)
    asked = {**_body(stream=True, stream_options={"include_usage": True}), "model": "scripted"}
    *chunks, last = parse_events((await owner.client.post(CHAT, json=asked)).content)
    assert chunks == raw
    assert last["error"]["code"] == "model_interrupted"
    asked = _inference("scripted")
    *pieces, last = parse_events(
        (await owner.client.post("/external/api/inference/streaming", json=asked)).content
    )
    assert [(one["idx"], one["tool_calls"]) for one in pieces] == [(0, [call])]
    assert last == {"detail": "The model broke off."}


async def test_vectors_are_the_same_in_numbers_and_in_base64(owner: Person) -> None:
    texts = ["a red boat", "一条红色的船", "🚤"]
    asked = {"model": "tau", "input": texts}
    numbers = await owner.post("/v1/embeddings", asked)
    packed = await owner.post("/v1/embeddings", {**asked, "encoding_format": "base64"})
    assert [one["index"] for one in numbers["data"]] == [0, 1, 2]
    assert numbers["model"] == packed["model"] == "scripted-embedder"
    for one, other in zip(numbers["data"], packed["data"], strict=True):
        vector = np.frombuffer(base64.b64decode(other["embedding"]), "<f4")
        assert np.array_equal(vector, np.asarray(one["embedding"], "<f4"))
    single = await owner.post("/v1/embeddings", {**asked, "input": texts[1]})
    assert single["data"][0]["embedding"] == numbers["data"][1]["embedding"]


async def test_what_is_no_text_is_not_embedded(owner: Person) -> None:
    for wrong in ([[1, 2]], [1], [""], ["x", ""], [None], {"a": 1}, None, ["x"] * 2049, "\x00"):
        body = {"model": "scripted-embedder", "input": wrong}
        response = await owner.client.post("/v1/embeddings", json=body)
        assert response.status_code == 400, str(wrong)[:20]
        assert response.json()["error"]["param"].startswith("input")
    talker = await owner.client.post("/v1/embeddings", json={"model": "scripted", "input": "x"})
    assert talker.status_code == 503


async def test_what_is_known_of_the_person_reaches_a_model_alone(
    app: App, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []

    async def complete(_name: str, body: dict[str, Any]) -> dict[str, Any]:
        seen.append(body)
        return {"choices": [{"message": {"content": None, "tool_calls": [{"id": "b"}]}}]}

    monkeypatch.setattr(app.models, "complete", complete)
    context = [
        {"type": "Instruction", "text": "Be exact."},
        {"type": "Question", "text": "How warm is it?"},
        {"type": "AI", "tool_calls": [{"id": "a"}]},
        {"type": "Tool", "text": "21", "tool_call_id": "a"},
        {"type": "Retrieval", "text": "a page"},
        {"type": "Human", "text": "Well?", "tool_calls": [{"id": "ignored"}]},
    ]
    asked = {
        "config": "inflection_3_with_tools",
        "context": context,
        "metadata": {"user_firstname": "Ada", "user_city": "Lund", "secret_field": "dropped"},
        "stop_tokens": ["END"],
        "temperature": 0.5,
        "web_search": True,
    }
    answer = await owner.post("/external/api/inference", asked)
    assert (answer["text"], answer["tool_calls"]) == ("", [{"id": "b"}])
    (body,) = seen
    assert body["messages"] == [
        {"role": "system", "content": "About the person: firstname: Ada; city: Lund."},
        {"role": "system", "content": "Be exact."},
        {"role": "user", "content": "How warm is it?"},
        {"role": "assistant", "content": "", "tool_calls": [{"id": "a"}]},
        {"role": "tool", "content": "21", "tool_call_id": "a"},
        {"role": "system", "content": "a page"},
        {"role": "user", "content": "Well?"},
    ]
    assert (body["stop"], body["temperature"], body["model"]) == (["END"], 0.5, "scripted")
    assert "web_search" not in body


@pytest.mark.parametrize(
    "message",
    [
        {"content": "x", "tool_calls": "none"},
        {"content": "x", "tool_calls": ["none"]},
        {"content": "x", "reasoning_content": ["thoughts"]},
        {"content": ["a secret"]},
    ],
)
async def test_an_answer_in_a_shape_of_its_own_is_nonsense_not_a_fault_of_ours(
    app: App, owner: Person, monkeypatch: pytest.MonkeyPatch, message: dict[str, Any]
) -> None:
    async def complete(_name: str, _body: dict[str, Any]) -> dict[str, Any]:
        return {"choices": [{"message": message}]}

    monkeypatch.setattr(app.models, "complete", complete)
    response = await owner.client.post("/external/api/inference", json=_inference("scripted"))
    assert response.status_code == 502
    assert response.json() == {"detail": "The model's answer was not valid."}


async def test_entries_with_times_are_written_down_where_they_belong(owner: Person) -> None:
    context = [
        {"type": "Role", "text": "You are a gardener."},
        {"type": "Human", "text": "第一句", "ts": "2023-05-08T13:56:00+08:00"},
        {"type": "AI", "text": "早上好", "ts": 1683525360.5},
        {"type": "Tool", "text": "not said by anybody"},
        {"type": "Human", "text": "[[say 好]]", "ts": 1683554160000},
    ]
    answer = await owner.post(
        "/external/api/inference", {"config": "inflection_2_5", "context": context}
    )
    assert answer["text"] == "好"
    (conversation,) = (await owner.get("/api/conversations"))["conversations"]
    page = await owner.get(f"/api/conversations/{conversation['id']}/messages")
    assert [(one["by"], one["text"]) for one in page["messages"]] == [
        ("person", "第一句"),
        ("tau", "早上好"),
        ("person", "[[say 好]]"),
        ("tau", "好"),
    ]
    assert [one["at"] for one in page["messages"][:2]] == [1683525360.0, 1683525360.5]


async def test_problems_name_the_field_and_repeat_nothing(owner: Person) -> None:
    secret = "my heart is in the highlands"
    table: tuple[tuple[dict[str, Any], list[Any]], ...] = (
        ({"temperature": 3}, ["body", "temperature"]),
        ({"max_tokens": 0}, ["body", "max_tokens"]),
        ({"stop_tokens": secret}, ["body", "stop_tokens"]),
        ({"metadata": secret}, ["body", "metadata"]),
        ({"context": [{"type": secret, "text": secret}]}, ["body", "context", 0, "type"]),
        ({"context": [{"type": "Human", "text": [secret]}]}, ["body", "context", 0, "text"]),
        ({"context": [{"type": "Human", "text": "x", "ts": secret}]}, ["body", "context", 0, "ts"]),
    )
    for wrong, place in table:
        asked = {**_inference("inflection_3_pi"), **wrong}
        response = await owner.client.post("/external/api/inference", json=asked)
        assert response.status_code == 422, wrong
        (problem,) = response.json()["detail"]
        assert (problem["loc"], set(problem)) == (place, {"loc", "msg", "type"})
        assert secret not in response.text


async def test_a_stream_of_inflections_shape_tells_a_failure_in_its_own_words(
    owner: Person,
) -> None:
    path = "/external/api/inference/streaming"
    for config in ("inflection_3_pi", "scripted"):
        response = await owner.client.post(path, json=_inference(config, "[[die after 2]]"))
        *pieces, last = parse_events(response.content)
        assert len(pieces) >= 1, config
        assert (set(last), last["detail"][-1]) == ({"detail"}, ".")
        assert response.text.endswith("data: [DONE]\n\n")
        unreachable = await owner.client.post(path, json=_inference(config, "[[die]]"))
        assert unreachable.status_code in {502, 503}
        assert isinstance(json.loads(unreachable.content)["detail"], str)
