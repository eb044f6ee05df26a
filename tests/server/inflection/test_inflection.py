"""The Inflection API, according to its public documents."""

import json
from typing import Any

import httpx
import pytest

from ..conftest import Person, parse_events

pytestmark = pytest.mark.anyio
INFERENCE = "/external/api/inference"


def _asked(text: str, **more: Any) -> dict[str, Any]:
    return {"config": "inflection_3_pi", "context": [{"type": "Human", "text": text}], **more}


async def test_a_reply_in_one_piece(owner: Person) -> None:
    answer = await owner.post(INFERENCE, _asked("[[say Hello to you]]"))
    assert answer["text"] == "Hello to you"
    assert isinstance(answer["created"], float)
    assert set(answer) == {"created", "text", "tool_calls", "reasoning_content"}


@pytest.mark.parametrize("config", ["inflection_3_pi", "scripted"])
async def test_a_reply_in_pieces(owner: Person, config: str) -> None:
    asked = _asked("[[tokens 6]]", config=config)
    response = await owner.client.post(f"{INFERENCE}/streaming", json=asked)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text.endswith("data: [DONE]\n\n")
    pieces = parse_events(response.content)
    assert [piece["idx"] for piece in pieces] == list(range(len(pieces)))
    assert "".join(piece["text"] for piece in pieces)
    assert set(pieces[0]) == {"created", "idx", "text", "tool_calls"}


@pytest.mark.parametrize("ts", [1683554160, 1683554160000, "2023-05-08T13:56:00Z"])
async def test_every_kind_of_time_is_taken_and_kept(owner: Person, ts: Any) -> None:
    context = [
        {"type": "Human", "text": "I saw a heron", "ts": ts},
        {"type": "AI", "text": "Where was it?", "ts": ts},
        {"type": "Human", "text": "[[say By the lake]]"},
    ]
    await owner.post(INFERENCE, {"config": "Pi-3.1", "context": context})
    found = await owner.get("/api/search", q="heron")
    assert found["passages"][0]["message"]["at"] == 1683554160.0


async def test_instructions_and_what_is_known_of_the_person_are_taken(owner: Person) -> None:
    asked = {
        "config": "inflection_3_pi",
        "context": [
            {"type": "Instruction", "text": "Speak of the sea."},
            {"type": "Human", "text": "[[say Waves]]"},
        ],
        "metadata": {"user_firstname": "Ada", "user_timezone": "Europe/Oslo"},
        "web_search": False,
    }
    assert (await owner.post(INFERENCE, asked))["text"] == "Waves"


async def test_productivity_and_tools_mean_a_model_alone(owner: Person) -> None:
    for config in ("inflection_3_productivity", "inflection_3_with_tools"):
        asked = _asked("[[say Done]]", config=config, temperature=0.2, stop_tokens=["END"])
        assert (await owner.post(INFERENCE, asked))["text"] == "Done"
    assert (await owner.get("/api/conversations"))["conversations"] == []


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"config": "inflection_3_pi"},
        {"config": "inflection_3_pi", "context": []},
        {"config": "inflection_3_pi", "context": [{"type": "Nobody", "text": "x"}]},
        {"config": "inflection_3_pi", "context": [{"type": "AI", "text": "x"}]},
        {"config": "inflection_3_pi", "context": [{"type": "Human", "text": ""}]},
        {"config": "x", "context": [{"type": "Human", "text": "x", "ts": "then"}]},
    ],
)
@pytest.mark.parametrize("path", [INFERENCE, f"{INFERENCE}/streaming"])
async def test_what_is_wrong_comes_in_its_own_shape(
    owner: Person, path: str, asked: dict[str, Any]
) -> None:
    response = await owner.client.post(path, json=asked)
    assert response.status_code == 422
    for problem in response.json()["detail"]:
        assert set(problem) == {"loc", "msg", "type"}


async def test_strangers_and_unknown_models_are_told(
    owner: Person, anonymous: httpx.AsyncClient
) -> None:
    stranger = await anonymous.post(INFERENCE, json=_asked("Hi"))
    assert stranger.status_code == 401
    assert stranger.json()["detail"]
    unknown = await owner.client.post(INFERENCE, json=_asked("Hi", config="nothing"))
    assert unknown.status_code == 404


async def test_the_openai_shape_under_its_address(owner: Person) -> None:
    path = f"{INFERENCE}/openai/v1/chat/completions"
    for model in ("Pi-3.1", "inflection_3_productivity", "scripted"):
        body = {
            "model": model,
            "messages": [{"role": "user", "content": "[[say Yes]]"}],
            "web_search": True,
        }
        answer = await owner.post(path, body)
        assert answer["choices"][0]["message"]["content"] == "Yes"


async def test_configs_are_listed(owner: Person) -> None:
    configs = await owner.get("/v1/discovery/configs")
    assert {"inflection_3_pi", "inflection_3_with_tools"} <= {one["name"] for one in configs}
    assert set(configs[0]) == {
        "name",
        "alias",
        "default_parameters",
        "description",
        "tags",
        "is_external",
        "is_playground",
    }


def _scoring(reply: str, **more: Any) -> dict[str, Any]:
    return {
        "model": "scripted",
        "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": reply}],
        "attributes": [
            {"name": "warmth", "definition": f"[[say {reply}]]", "categories": ["tone"]},
            {"name": "rigour", "definition": "how exact", "categories": ["logic"]},
        ],
        **more,
    }


async def test_scores_come_as_a_json_string(owner: Person) -> None:
    answer = await owner.post("/v1/chat/attributes", _scoring('Sure: {"warmth": 0.75}'))
    scores = json.loads(answer["choices"][0]["message"]["content"])["attributes"]
    assert [(one["name"], one["score"]) for one in scores] == [("warmth", 0.75), ("rigour", None)]


async def test_a_model_that_answers_nonsense_scores_nothing(owner: Person) -> None:
    asked = _scoring("no scores here", filter_categories=["logic"], disable_attributes_prompt=True)
    answer = await owner.post("/v1/chat/attributes", asked)
    scores = json.loads(answer["choices"][0]["message"]["content"])["attributes"]
    assert [(one["name"], one["score"]) for one in scores] == [("rigour", None)]


async def test_thoughts_are_no_part_of_a_reply(owner: Person) -> None:
    asked = _asked("[[think The walrus is hungry.]] [[say Give it fish.]]")
    answer = await owner.post(INFERENCE, asked)
    assert (answer["text"], answer["reasoning_content"]) == (
        "Give it fish.",
        "The walrus is hungry.",
    )
    response = await owner.client.post(f"{INFERENCE}/streaming", json=asked)
    pieces = parse_events(response.content)
    assert "".join(piece["text"] for piece in pieces) == "Give it fish."
