"""API keys with limits, as programs meet them."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from ..conftest import Person, parse_events

pytestmark = pytest.mark.anyio
ClientOf = Callable[..., httpx.AsyncClient]
CHAT = "/v1/chat/completions"


async def program(owner: Person, make_client: ClientOf, **asked: Any) -> httpx.AsyncClient:
    """Return a client with a new API key."""
    made = await owner.post("/api/keys", {"label": "a program", **asked})
    return make_client(made["key"])


def said(model: str = "scripted", **more: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": "[[say Hello]]"}], **more}


async def test_a_key_without_limits_is_never_refused(
    owner: Person, make_client: ClientOf, api: FastAPI
) -> None:
    client = await program(owner, make_client)
    for _ in range(5):
        assert (await client.post(CHAT, json=said())).status_code == 200
    assert (await owner.get("/api/keys"))["items"][-1]["limits"]["requests_per_minute"] is None
    assert await api.state.app_state.usage.limits.states([owner.unlocked.slot.id]) == {}


async def test_too_many_requests_are_told_when_to_come_back(
    owner: Person, make_client: ClientOf
) -> None:
    client = await program(owner, make_client, limits={"requests_per_minute": 2})
    assert (await client.post(CHAT, json=said())).status_code == 200
    assert (await client.get("/v1/models")).status_code == 200  # reading is not counted
    assert (await client.post(CHAT, json=said("tau"))).status_code == 200
    refused = await client.post(CHAT, json=said())
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 30
    error = refused.json()["error"]
    assert (error["type"], error["code"]) == ("rate_limit_error", "rate_limit_exceeded")
    inflection = {"config": "inflection_3_pi", "context": [{"type": "Human", "text": "Hello"}]}
    elsewhere = await client.post("/external/api/inference", json=inflection)
    assert elsewhere.status_code == 429
    assert elsewhere.headers["retry-after"]
    assert "2 requests a minute" in elsewhere.json()["detail"]
    turn = await client.post("/api/conversations", json={})
    assert (turn.status_code, turn.json()["error"]["code"]) == (429, "rate_limited")


@pytest.mark.parametrize("streamed", [True, False])
async def test_an_answer_that_passes_the_budget_is_finished(
    owner: Person, make_client: ClientOf, streamed: bool
) -> None:
    client = await program(owner, make_client, limits={"tokens_per_month": 1})
    first = await client.post(CHAT, json=said("scripted", stream=streamed))
    assert first.status_code == 200
    if streamed:
        events = parse_events(first.content)
        text = "".join(each["choices"][0]["delta"].get("content", "") for each in events)
        assert "Hello" in text
    refused = await client.post(CHAT, json=said(stream=streamed))
    assert refused.status_code == 429, (await owner.get("/api/keys"), refused.text, first.text)
    error = refused.json()["error"]
    assert (error["type"], error["code"]) == ("insufficient_quota", "insufficient_quota")
    item = (await owner.get("/api/keys"))["items"][-1]
    assert item["tokens_this_month"] > 1
    changed = await owner.client.put(f"/api/keys/{item['id']}", json={"limits": {}})
    assert changed.status_code == 200
    assert (await client.post(CHAT, json=said())).status_code == 200


async def test_a_budget_counts_what_models_cost(owner: Person, make_client: ClientOf) -> None:
    price = {"prompt": 1000.0, "completion": 1000.0}
    assert (await owner.client.put("/api/prices/scripted", json=price)).status_code == 200
    client = await program(owner, make_client, limits={"cost_per_month": 0.000001})
    assert (await client.post(CHAT, json=said())).status_code == 200
    refused = await client.post(CHAT, json=said())
    assert refused.json()["error"]["code"] == "insufficient_quota"


async def test_only_permitted_models_answer(owner: Person, make_client: ClientOf) -> None:
    client = await program(owner, make_client, limits={"models": ["tau"]})
    assert (await client.post(CHAT, json=said("tau"))).status_code == 200
    refused = await client.post(CHAT, json=said("scripted"))
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "model_not_found")
    embedding = {"model": "scripted-embedder", "input": "Hello"}
    assert (await client.post("/v1/embeddings", json=embedding)).status_code == 403
    scores = {"model": "scripted", "messages": [{"role": "assistant", "content": "Hello"}]}
    scores |= {"attributes": ["kind"]}
    assert (await client.post("/v1/chat/attributes", json=scores)).status_code in {403, 422}
    assert [each["id"] for each in (await client.get("/v1/models")).json()["data"]] == ["tau"]

    other = await program(owner, make_client, limits={"models": ["scripted"]})
    assert (await other.post(CHAT, json=said("scripted"))).status_code == 200
    before = len((await owner.get("/api/conversations"))["conversations"])
    refused = await other.post(CHAT, json=said("tau"))
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "model_not_found")
    assert len((await owner.get("/api/conversations"))["conversations"]) == before


async def test_an_expired_key_opens_nothing(
    owner: Person, make_client: ClientOf, api: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = time.time() + 3600
    client = await program(owner, make_client, expires_at=until)
    assert (await client.get("/v1/models")).status_code == 200
    late = until + 1
    people = api.state.app_state.people
    monkeypatch.setattr(people._factory, "now", lambda: late)
    monkeypatch.setattr(people._token_cache, "_now", lambda: late)
    refused = await client.get("/v1/models")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_api_key")
    assert "expired" in refused.json()["error"]["message"]


async def test_a_key_cannot_loosen_its_own_limits(owner: Person, make_client: ClientOf) -> None:
    client = await program(owner, make_client, limits={"requests_per_minute": 5})
    item = (await client.get("/api/keys")).json()["items"][-1]
    assert (await client.put(f"/api/keys/{item['id']}", json={})).status_code == 403
    past = {"expires_at": time.time() - 1}
    for path, method in (("/api/keys", "POST"), (f"/api/keys/{item['id']}", "PUT")):
        body = {"label": "x", **past} if method == "POST" else past
        assert (await owner.client.request(method, path, json=body)).status_code == 400
    again = (await owner.get("/api/keys"))["items"][-1]
    assert again["limits"]["requests_per_minute"] == 5
