"""Requests to the routes of a turn are answered as FastAPI answers them."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tau.server.direct_routes import DirectRoutesMiddleware

from .conftest import Person, parse_events, text_of

pytestmark = pytest.mark.anyio

TURNS = "/api/conversations/{conversation}/turns"
CHAT = "/v1/chat/completions"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def passed_on(monkeypatch: pytest.MonkeyPatch, api: FastAPI) -> list[str]:
    """The paths of the requests that FastAPI was given."""
    paths: list[str] = []
    ordinary = api.router.app

    async def noting(scope: Any, receive: Any, send: Any) -> None:
        paths.append(scope["path"])
        await ordinary(scope, receive, send)

    monkeypatch.setattr(api.router, "middleware_stack", noting)
    return paths


async def test_requests_that_are_in_order_do_not_reach_fastapi(
    owner: Person, passed_on: list[str]
) -> None:
    conversation = await owner.begin()
    assert passed_on == ["/api/conversations"]
    passed_on.clear()
    events = await owner.say(conversation, "[[say Hello]]")
    assert text_of(events) == "Hello"
    watched = await owner.client.get(f"/api/turns/{events[0]['turn']}/events")
    assert parse_events(watched.content) == events
    said = {"model": "tau", "messages": [{"role": "user", "content": "[[say Yes]]"}]}
    completion = (await owner.client.post(CHAT, json=said)).json()
    assert completion["choices"][0]["message"]["content"] == "Yes"
    assert passed_on == []


async def test_a_turn_without_a_stream_has_its_status_and_its_fields(owner: Person) -> None:
    path = TURNS.format(conversation=await owner.begin())
    begun = await owner.client.post(path, json={"words": "[[say Hm]]"})
    assert begun.status_code == 201
    assert begun.headers["content-type"] == "application/json"
    assert set(begun.json()) == {"turn", "conversation", "message", "finished"}
    assert begun.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        (TURNS, {"content": b"{", "headers": JSON}),
        (TURNS, {"content": b"[1]", "headers": JSON}),
        (TURNS, {"content": b"", "headers": JSON}),
        (TURNS, {"content": b'{"words": "a"}', "headers": {"Content-Type": "text/plain"}}),
        (TURNS, {"content": b'{"words": NaN}', "headers": JSON}),
        (TURNS, {"content": b"[" * 100_000, "headers": JSON}),
        (TURNS, {"json": {"words": ""}}),
        (TURNS, {"json": {"words": "a", "turn": "t" * 200}}),
        (TURNS, {"json": {"words": "a", "model": "no-such-model"}}),
        (TURNS, {"json": {"words": "a"}, "headers": {"X-Tau-Person": "another"}}),
        (TURNS, {"json": {"words": "a"}, "headers": {"Authorization": "Bearer no"}}),
        ("/api/conversations/none/turns", {"json": {"words": "a"}}),
        (f"/api/conversations/{'c' * 129}/turns", {"json": {"words": "a"}}),
        (CHAT, {"json": {"model": "tau", "messages": []}}),
        (CHAT, {"json": {"model": "none", "messages": [{"role": "user", "content": "a"}]}}),
        (CHAT, {"json": {"messages": 3}, "headers": {"X-Tau-Conversation": "c" * 200}}),
        (CHAT, {"json": {"messages": 3}, "headers": {"Authorization": "Bearer no"}}),
        ("/api/turns/none/events", {}),
        ("/api/turns/none/events", {"params": {"after": "-1"}}),
        ("/api/turns/none/events", {"headers": {"Last-Event-ID": "9" * 21}}),
        ("/api/changes", {"headers": {"Authorization": "Bearer no"}}),
    ],
)
async def test_a_mistake_is_answered_as_fastapi_answers_it(
    owner: Person, monkeypatch: pytest.MonkeyPatch, path: str, asked: dict[str, Any]
) -> None:
    path = path.format(conversation=await owner.begin())
    method = "GET" if path.endswith(("/events", "/changes")) else "POST"
    direct = await owner.client.request(method, path, **asked)
    monkeypatch.setattr(DirectRoutesMiddleware, "_find", lambda *_: None)
    ordinary = await owner.client.request(method, path, **asked)
    assert direct.status_code >= 400
    assert _compared(direct) == _compared(ordinary)


async def test_a_body_that_is_too_large_is_refused_without_its_length(
    owner: Person, api: FastAPI
) -> None:
    limit = api.state.app_state.settings.max_request_bytes

    async def pieces() -> Any:
        for _ in range(limit // 2**20 + 2):
            yield b" " * 2**20

    path = TURNS.format(conversation=await owner.begin())
    answer = await owner.client.post(path, content=pieces(), headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


async def test_they_are_counted_under_their_route(
    owner: Person, make_client: Callable[..., httpx.AsyncClient]
) -> None:
    await owner.say(await owner.begin(), "[[say Hello]]")
    text = (await make_client(peer="127.0.0.1").get("/metrics")).text
    route = "/api/conversations/{conversation_id}/turns"
    assert f'method="POST",route="{route}",status="200"' in text


def _compared(answer: httpx.Response) -> Any:
    return answer.status_code, answer.content, sorted(answer.headers.items())
