"""Somebody at the server, against a server that answers like Tau's."""

import os
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from tau.bench.http_client import invited_client, signed_in_client, wait_until_idle
from tau.bench.processes import TauProcess
from tau.bench.sample_text import TextGenerator
from tau.errors import ModelError

pytestmark = pytest.mark.anyio

RECALLED = (
    b'id: 1\nevent: accepted\ndata: {"type":"accepted","id":1}\n\n'
    b": still here\n\n"
    b'id: 2\nevent: recalled\ndata: {"type":"recalled","id":2,"passages":[{"message":"m1"}]}\n\n'
)


class FakeServer:
    """As much of Tau's API as a client needs, and what was told to it."""

    def __init__(self, events: bytes = RECALLED) -> None:
        self.messages: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self.joined: dict[str, str] = {}
        self.app = web.Application()
        self.app.add_routes(
            [
                web.post("/api/welcome", self._welcome),
                web.post("/api/invitations", self._invite),
                web.post("/api/invitations/accept", self._accept),
                web.post("/api/keys", self._key),
                web.post("/api/conversations", self._begin),
                web.post("/api/conversations/{id}/messages", self._note),
                web.post("/api/turns/{id}/stop", self._stop),
                web.get("/api/turns/{id}/events", self._events),
            ]
        )
        self._body = events

    async def _welcome(self, request: web.Request) -> web.Response:
        if (await request.json())["key"] != "once":
            return web.json_response({}, status=401)
        answer = web.json_response({"name": "Ann"})
        answer.set_cookie("tau_session", "session", httponly=True)
        return answer

    async def _invite(self, request: web.Request) -> web.Response:
        assert request.cookies["tau_session"] == "session"
        return web.json_response({"key": "invitation"}, status=201)

    async def _accept(self, request: web.Request) -> web.Response:
        asked = await request.json()
        assert asked["password"]
        self.joined[asked["key"]] = asked["name"]
        answer = web.json_response({"name": asked["name"]}, status=201)
        answer.set_cookie("tau_session", "session", httponly=True)
        return answer

    async def _key(self, request: web.Request) -> web.Response:
        assert request.cookies["tau_session"] == "session"
        assert request.headers["Origin"] == f"http://{request.host}"
        return web.json_response({"key": "tau-key"}, status=201)

    async def _begin(self, request: web.Request) -> web.Response:
        name = f"c{len(self.messages)}"
        self.messages[name] = []
        return web.json_response({"id": name}, status=201)

    async def _note(self, request: web.Request) -> web.Response:
        self.messages[request.match_info["id"]].append(await request.json())
        return web.json_response({"id": "m"}, status=201)

    async def _stop(self, request: web.Request) -> web.Response:
        return web.Response(status=204)

    async def _events(self, request: web.Request) -> web.Response:
        return web.Response(body=self._body, content_type="text/event-stream")


@asynccontextmanager
async def _open(server: FakeServer, key: str = "once") -> AsyncIterator[TauProcess]:
    runner = web.AppRunner(server.app, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield TauProcess(os.getpid(), f"http://{host}:{port}", key, 0.0)
    finally:
        await runner.cleanup()


async def test_a_client_signs_in_by_the_link_and_gets_a_key() -> None:
    async with _open(FakeServer()) as tau, signed_in_client(tau) as client:
        assert await client.new_key() == "tau-key"


async def test_another_person_comes_by_an_invitation() -> None:
    server = FakeServer()
    async with (
        _open(server) as tau,
        signed_in_client(tau) as owner,
        invited_client(tau, await owner.invite(), "Ben") as client,
    ):
        assert await client.new_key() == "tau-key"
    assert server.joined == {"invitation": "Ben"}


async def test_a_link_that_was_used_up_is_told() -> None:
    async with _open(FakeServer(), key="used") as tau:
        with pytest.raises(ModelError, match="401"):
            async with signed_in_client(tau):
                pass


@pytest.mark.parametrize("messages", [1, 40, 95])
async def test_a_past_is_told_by_both_sides_in_several_conversations(messages: int) -> None:
    server = FakeServer()
    async with _open(server) as tau, signed_in_client(tau) as client:
        await client.send_messages(TextGenerator(1), messages)
    told = list(server.messages.values())
    assert sum(map(len, told)) == messages
    assert max(map(len, told)) - min(map(len, told)) <= 1
    for conversation in told:
        assert [one["by"] for one in conversation] == ["person", "tau", "person"][
            : len(conversation)
        ]


async def test_what_was_recalled_is_read_from_the_events() -> None:
    async with _open(FakeServer()) as tau, signed_in_client(tau) as client:
        assert await client.recalled("t1") == [{"message": "m1"}]


async def test_a_turn_that_recalls_nothing_is_told() -> None:
    server = FakeServer(b'data: {"type":"failed","id":1,"sentence":"No."}\n\n')
    async with _open(server) as tau, signed_in_client(tau) as client:
        with pytest.raises(ModelError, match="recalled"):
            await client.recalled("t1")


async def test_an_answer_without_a_body_is_nothing() -> None:
    async with _open(FakeServer()) as tau, signed_in_client(tau) as client:
        assert await client.post("/api/turns/t1/stop", {}) is None


async def test_a_refusal_names_the_path_and_not_the_body() -> None:
    async with _open(FakeServer()) as tau, signed_in_client(tau) as client:
        with pytest.raises(ModelError, match=r"/api/nothing .* 404") as refused:
            await client.post("/api/nothing", {"text": "secret"})
    assert "secret" not in str(refused.value)


async def test_a_door_that_is_gone_is_told() -> None:
    async with _open(FakeServer()) as tau:
        pass
    with pytest.raises(ModelError, match="did not answer"):
        async with signed_in_client(tau):
            pass


async def test_quiet_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    used = iter([0.0, 0.5, 0.9, 0.9, 0.9, 1.5, *([1.6] * 5), 99.0])  # one quiet moment is too few
    monkeypatch.setattr("tau.bench.http_client._POLL_SECONDS", 0.001)
    monkeypatch.setattr("tau.bench.http_client.machine.cpu_seconds", lambda _: next(used))
    await wait_until_idle(TauProcess(1, "", "", 0.0))
    assert next(used) == 99.0


async def test_where_nobody_tells_what_is_used_a_rest_must_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tau.bench.http_client._FALLBACK_WAIT_SECONDS", 0.0)
    monkeypatch.setattr("tau.bench.http_client.machine.cpu_seconds", lambda _: None)
    await wait_until_idle(TauProcess(1, "", "", 0.0))
