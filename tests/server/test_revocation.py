"""What is open ends with the credential that opened it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tau.app import App
from tau.journal.entries import MessageAdded
from tau.models.scripted import gate
from tau.people import Unlocked, registry

from .conftest import Person
from .routes.known import life_of

pytestmark = pytest.mark.anyio

Revoke = Callable[[App, Unlocked], Awaitable[None]]


async def _revoke(app: App, unlocked: Unlocked) -> None:
    await app.people.credentials.revoke(unlocked.person.id, unlocked.slot.id)


async def _remove(app: App, unlocked: Unlocked) -> None:
    await app.remove_person(unlocked.person.id)


REVOCATIONS: tuple[Revoke, ...] = (_revoke, _remove)
CHAT = {"messages": [{"role": "user", "content": "[[wait]] hello"}], "stream": True}
PI = {"config": "inflection_3_pi", "context": [{"type": "Human", "text": "[[wait]] hello"}]}
STREAMS: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/api/changes", None),
    ("POST", "/api/conversations/CONVERSATION/turns", {"words": "[[tokens 1]] [[wait]]"}),
    ("POST", "/v1/chat/completions", {"model": "tau", **CHAT}),
    ("POST", "/v1/chat/completions", {"model": "scripted", **CHAT}),
    ("POST", "/external/api/inference/streaming", PI),
)


@pytest.fixture
async def key_of_guest(app: App, guest: Person) -> tuple[str, Unlocked]:
    key, _ = await app.people.credentials.new_api_key(guest.unlocked, "stream")
    return key, await app.people.sessions.unlock(key)


@pytest.mark.parametrize("revoke", REVOCATIONS)
@pytest.mark.parametrize(("method", "path", "body"), STREAMS)
async def test_an_open_stream_ends(
    app: App,
    guest: Person,
    served: str,
    key_of_guest: tuple[str, Unlocked],
    method: str,
    path: str,
    body: Any,
    revoke: Revoke,
) -> None:
    key, unlocked = key_of_guest
    path = path.replace("CONVERSATION", await guest.begin())
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}
    async with httpx.AsyncClient(base_url=served, headers=headers, timeout=30) as client:
        async with client.stream(method, path, json=body) as response:
            assert response.status_code == 200
            pieces = response.aiter_raw()
            await anext(pieces)
            await revoke(app, unlocked)
            async for _ in pieces:
                pass
        assert (await client.get("/api/me")).status_code == 401
    gate.set()


@pytest.mark.parametrize("revoke", REVOCATIONS)
async def test_an_export_is_cut_off(
    app: App,
    api: FastAPI,
    guest: Person,
    served: str,
    key_of_guest: tuple[str, Unlocked],
    revoke: Revoke,
) -> None:
    key, unlocked = key_of_guest
    life = await life_of(guest, api)
    for number in range(40):
        text = f"{number} " + "word " * 100_000
        message = MessageAdded(at=1.0, id=f"m{number}", conversation="c", by="person", text=text)
        await life._journal.append(message)
    with pytest.raises(httpx.RemoteProtocolError):
        await _read_export(served, key, lambda: revoke(app, unlocked))


async def _read_export(served: str, key: str, midway: Callable[[], Awaitable[None]]) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx.AsyncClient(base_url=served, headers=headers, timeout=30) as client,
        client.stream("GET", "/api/export") as response,
    ):
        pieces = response.aiter_raw()
        await anext(pieces)  # the rest waits until it is read
        await midway()
        async for _ in pieces:
            pass


async def test_another_credential_of_the_person_goes_on(
    app: App, guest: Person, served: str, key_of_guest: tuple[str, Unlocked]
) -> None:
    _, revoked = key_of_guest
    key, _ = await app.people.credentials.new_api_key(guest.unlocked, "stays")
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx.AsyncClient(base_url=served, headers=headers, timeout=30) as client,
        client.stream("GET", "/api/changes") as response,
    ):
        pieces = response.aiter_raw()
        await anext(pieces)
        await _revoke(app, revoked)
        await guest.begin()
        assert b"conversation" in await anext(pieces)


async def test_what_another_process_revoked_is_noticed(
    app: App, key_of_guest: tuple[str, Unlocked], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, unlocked = key_of_guest
    monkeypatch.setattr("tau.people.sessions._RECHECK_SECONDS", 0.01)
    waiting = asyncio.create_task(app.people.sessions.wait_until_ended(key))
    monkeypatch.setattr(app.people._token_cache, "invalidated", asyncio.Event())
    monkeypatch.setattr(app.people._token_cache, "get", lambda _: None)  # as if it had timed out
    await app.database.run(lambda connection: registry.delete_slot(connection, unlocked.slot.id))
    await waiting
