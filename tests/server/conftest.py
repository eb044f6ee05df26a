"""The HTTP application of an open Tau, and clients of it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.routing import BaseRoute

from tau.app import App
from tau.models.scripted import gate
from tau.people import Unlocked
from tau.server.api import create_api

BASE = "http://127.0.0.1:6283"


@dataclass
class Person:
    """Somebody who uses Tau: an API key of theirs, and a client with their session."""

    unlocked: Unlocked
    key: str
    client: httpx.AsyncClient

    async def get(self, path: str, **query: Any) -> Any:
        response = await self.client.get(path, params=query)
        assert response.is_success, response.text
        return response.json()

    async def post(self, path: str, body: Any = None) -> Any:
        response = await self.client.post(path, json={} if body is None else body)
        assert response.is_success, response.text
        return response.json() if response.content else None

    async def begin(self, **asked: Any) -> str:
        begun = await self.post("/api/conversations", asked)
        return str(begun["id"])

    async def say(self, conversation: str, words: str, **asked: Any) -> list[dict[str, Any]]:
        """Say something and return the events of the turn, to its end."""
        response = await self.client.post(
            f"/api/conversations/{conversation}/turns",
            json={"words": words, **asked},
            headers={"Accept": "text/event-stream"},
        )
        assert response.status_code == 200, response.text
        return parse_events(response.content)


def parse_events(body: bytes) -> list[dict[str, Any]]:
    """Return the JSON of every event in a stream, without `[DONE]`."""
    lines = [line for line in body.decode().split("\n") if line.startswith("data: {")]
    return [json.loads(line.removeprefix("data: ")) for line in lines]


def text_of(events: list[dict[str, Any]]) -> str:
    return "".join(event["text"] for event in events if event["type"] == "delta")


@pytest.fixture(scope="session")
def routes() -> list[BaseRoute]:
    """The routes of the first application: the same in all, and a tenth of a second to work out."""
    return []


@pytest.fixture
async def api(app: App, routes: list[BaseRoute]) -> AsyncIterator[FastAPI]:
    api = create_api(app)
    routes[:] = routes or api.router.routes
    api.router.routes[:] = routes
    yield api
    gate.set()  # nobody is left waiting
    await api.state.app_state.close()
    gate.clear()


@pytest.fixture
async def make_client(api: FastAPI) -> AsyncIterator[Callable[..., httpx.AsyncClient]]:
    """Makes clients that ask the application without a network."""
    made: list[httpx.AsyncClient] = []

    def make(key: str | None = None, peer: str = "192.0.2.7") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(api, client=(peer, 50_000))
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        client = httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers)
        made.append(client)
        return client

    yield make
    for client in made:
        await client.aclose()


@pytest.fixture
def anonymous(make_client: Callable[..., httpx.AsyncClient]) -> httpx.AsyncClient:
    """A client that is not signed in."""
    return make_client()


@pytest.fixture
async def owner(app: App, make_client: Callable[..., httpx.AsyncClient]) -> Person:
    return await _person(app, await app.people.owner(), make_client)


@pytest.fixture
async def guest(app: App, owner: Person, make_client: Callable[..., httpx.AsyncClient]) -> Person:
    """A second person of the same Tau."""
    invitation = await app.people.invitations.invite(owner.unlocked)
    _, unlocked = await app.people.invitations.accept(
        invitation, "Guest", "a long password", "tests"
    )
    return await _person(app, unlocked, make_client)


async def _person(
    app: App, unlocked: Unlocked, make_client: Callable[..., httpx.AsyncClient]
) -> Person:
    session, unlocked = await app.people.sessions.redeem(
        await app.people.credentials.link(unlocked), "tests"
    )
    key, _ = await app.people.credentials.new_api_key(unlocked, "tests")
    return Person(unlocked, key, make_client(session))


@pytest.fixture
async def served(api: FastAPI) -> AsyncIterator[str]:
    """The application on a real socket of this machine; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))  # who comes early waits there
    config = uvicorn.Config(
        api, http="httptools", ws="none", log_config=None, timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[method-assign,assignment]
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    api.state.app_state.closing.set()
    server.should_exit = True
    await serving
