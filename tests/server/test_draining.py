"""Before Tau ends: replies in progress end, new ones are refused, watching devices go elsewhere."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from tau.app import App
from tau.models.scripted import gate
from tau.server.draining import drain

from ..patience import patient
from .conftest import Person

pytestmark = pytest.mark.anyio


async def test_a_reply_in_progress_ends_and_no_other_begins(
    app: App, api: FastAPI, owner: Person
) -> None:
    conversation, turn = await owner.begin(), "A" * 16
    path = f"/api/conversations/{conversation}/turns"
    begun = await owner.post(path, {"words": "[[pause]] [[say Done]]", "turn": turn})
    await gate.reached()
    state = api.state.app_state
    draining = asyncio.create_task(drain(app, state, patient(60)))
    await state.draining.wait()
    refused = await owner.client.post(path, json={"words": "More", "turn": "B" * 16})
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert refused.json()["error"]["code"] == "unavailable"
    again = await owner.post(path, {"words": "[[pause]] [[say Done]]", "turn": turn})
    assert again["message"] == begun["message"], "what is known is told"
    assert not draining.done()
    gate.set()
    await draining
    assert (await owner.get(f"/api/turns/{turn}"))["finished"]
    thread = await owner.get(f"/api/conversations/{conversation}/messages")
    assert [each["text"] for each in thread["messages"]][-1] == "Done"


async def test_it_does_not_wait_longer_than_it_may(app: App, api: FastAPI, owner: Person) -> None:
    path = f"/api/conversations/{await owner.begin()}/turns"
    await owner.post(path, {"words": "[[pause]]", "turn": "A" * 16})
    await gate.reached()
    await drain(app, api.state.app_state, 0.01)
    assert app.companion.active_turn_count == 1


async def test_a_device_that_only_watches_is_sent_elsewhere(
    app: App, api: FastAPI, owner: Person, served: str
) -> None:
    headers = {"Authorization": f"Bearer {owner.key}"}
    async with (
        httpx.AsyncClient(base_url=served, timeout=patient(30)) as client,
        client.stream("GET", "/api/changes", headers=headers) as stream,
    ):
        pieces = stream.aiter_bytes()
        assert await anext(pieces)
        await drain(app, api.state.app_state, patient(30))
        assert b"".join([piece async for piece in pieces]) == b""
        refused = await client.get("/api/changes", headers=headers)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
