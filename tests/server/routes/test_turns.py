"""Turns: durable words, replies that outlive their connection, and other devices."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest

from tau.companion.events import Event
from tau.models.scripted import gate

from ..conftest import Person, parse_events, text_of

pytestmark = pytest.mark.anyio


async def test_words_are_answered_as_a_stream(owner: Person) -> None:
    conversation = await owner.begin()
    events = await owner.say(conversation, "[[say Good morning to you]]")
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["type"] == "accepted"
    assert events[0]["conversation"] == conversation
    assert text_of(events) == "Good morning to you"
    assert events[-1]["type"] == "done"
    for event in events:
        msgspec.convert(event, Event)


async def test_without_a_stream_the_turn_is_told_at_once(owner: Person) -> None:
    conversation = await owner.begin()
    response = await owner.client.post(
        f"/api/conversations/{conversation}/turns", json={"words": "[[pause]] [[say Hm]]"}
    )
    assert response.status_code == 201
    begun = response.json()
    assert begun["finished"] is False
    await gate.reached()
    assert (await owner.get(f"/api/conversations/{conversation}"))["live_turn"] == begun["turn"]
    assert [one["turn"] for one in (await owner.get("/api/turns"))["turns"]] == [begun["turn"]]
    messages = (await owner.get(f"/api/conversations/{conversation}/messages"))["messages"]
    assert [one["id"] for one in messages] == [begun["message"]]

    gate.release()
    watched = parse_events((await owner.client.get(f"/api/turns/{begun['turn']}/events")).content)
    assert text_of(watched) == "Hm"
    assert (await owner.get(f"/api/turns/{begun['turn']}"))["finished"] is True


async def test_a_device_resumes_after_the_last_event_it_saw(owner: Person) -> None:
    conversation = await owner.begin()
    events = await owner.say(conversation, "[[tokens 8]]")
    path = f"/api/turns/{events[0]['turn']}/events"
    seen = events[3]["id"]
    for ask in (
        owner.client.get(path, headers={"Last-Event-ID": str(seen)}),
        owner.client.get(path, params={"after": seen}),
    ):
        rest = parse_events((await ask).content)
        assert all(event["id"] > seen for event in rest)
        assert rest == [event for event in events if event["id"] > seen]
    whole = parse_events((await owner.client.get(path, headers={"Last-Event-ID": "x"})).content)
    assert whole == events


async def test_a_repeated_request_is_answered_once(owner: Person) -> None:
    conversation = await owner.begin()
    path = f"/api/conversations/{conversation}/turns"
    body = {"words": "Say it once", "turn": "turn-of-mine"}
    first, second = await asyncio.gather(
        owner.client.post(path, json=body), owner.client.post(path, json=body)
    )
    assert first.json()["message"] == second.json()["message"]
    await owner.client.get("/api/turns/turn-of-mine/events")
    messages = (await owner.get(f"/api/conversations/{conversation}/messages"))["messages"]
    assert [one["by"] for one in messages] == ["person", "tau"]


async def test_a_reply_can_be_stopped_and_asked_for_again(owner: Person) -> None:
    conversation = await owner.begin()
    begun = await owner.post(
        f"/api/conversations/{conversation}/turns", {"words": "[[pause after 2]] [[tokens 9]]"}
    )
    await gate.reached()
    stopped = await owner.client.post(f"/api/turns/{begun['turn']}/stop")
    assert stopped.status_code == 204
    events = parse_events((await owner.client.get(f"/api/turns/{begun['turn']}/events")).content)
    assert (events[-1]["type"], events[-1]["status"]) == ("done", "stopped")

    gate.set()
    response = await owner.client.post(
        f"/api/messages/{begun['message']}/retry",
        json={},
        headers={"Accept": "text/event-stream"},
    )
    again = parse_events(response.content)
    assert again[-1]["status"] == "complete"
    messages = (await owner.get(f"/api/conversations/{conversation}/messages"))["messages"]
    assert [one["id"] for one in messages] == [begun["message"], again[-1]["message"]]


async def test_words_can_be_changed(owner: Person) -> None:
    conversation = await owner.begin()
    events = await owner.say(conversation, "[[say One]]")
    await owner.say(conversation, "[[say Two]]", edits=events[0]["message"])
    messages = (await owner.get(f"/api/conversations/{conversation}/messages"))["messages"]
    assert [one["text"] for one in messages if one["by"] == "tau"] == ["Two"]


async def test_a_model_that_fails_is_told_in_one_sentence_and_the_words_stay(
    owner: Person,
) -> None:
    conversation = await owner.begin()
    events = await owner.say(conversation, "[[die]]")
    assert events[-1]["type"] == "failed"
    assert events[-1]["sentence"].endswith(".")
    messages = (await owner.get(f"/api/conversations/{conversation}/messages"))["messages"]
    assert [one["text"] for one in messages] == ["[[die]]"]


async def test_an_unknown_model_is_refused_before_anything_is_written(owner: Person) -> None:
    conversation = await owner.begin()
    response = await owner.client.post(
        f"/api/conversations/{conversation}/turns", json={"words": "Hi", "model": "nothing"}
    )
    assert (response.status_code, response.json()["error"]["code"]) == (404, "unknown_model")
    assert (await owner.get(f"/api/conversations/{conversation}"))["count"] == 0


async def test_what_comes_to_mind_is_told_and_kept(owner: Person) -> None:
    await owner.say(await owner.begin(), "My sister Ada keeps bees in Lund")
    conversation = await owner.begin()
    events = await owner.say(conversation, "Where does my sister Ada keep her bees?")
    recalled = next(event for event in events if event["type"] == "recalled")
    assert "My sister Ada keeps bees in Lund" in [one["text"] for one in recalled["passages"]]
    assert all(one["reasons"] for one in recalled["passages"])
    reply = (await owner.get(f"/api/conversations/{conversation}/messages"))["messages"][-1]
    assert [one["message"] for one in reply["recalled"]] == [
        one["message"] for one in recalled["passages"]
    ]


async def _data(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, Any]]:
    async for line in lines:
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


async def test_other_devices_are_told_and_watch_the_same_reply(owner: Person, served: str) -> None:
    headers = {"Authorization": f"Bearer {owner.key}"}
    conversation = await owner.begin()
    async with (
        httpx.AsyncClient(base_url=served, headers=headers, timeout=30) as phone,
        phone.stream("GET", "/api/changes") as response,
    ):
        lines = response.aiter_lines()
        assert (await anext(lines)).startswith(":")  # connected: from here on nothing is missed
        changes = _data(lines)
        begun = await owner.post(
            f"/api/conversations/{conversation}/turns",
            {"words": "[[pause after 3]] [[tokens 6]]"},
        )
        async for change in changes:
            if change["what"] == "turn_began":
                break
        assert change["turn"] == begun["turn"]
        await gate.reached()
        watching = asyncio.create_task(phone.get(f"/api/turns/{begun['turn']}/events"))
        gate.set()
        elsewhere = parse_events((await watching).content)
        async for change in changes:
            if change["what"] == "turn_ended":
                break
    here = parse_events((await owner.client.get(f"/api/turns/{begun['turn']}/events")).content)
    assert here == elsewhere


async def test_a_turn_outlives_the_connection_that_began_it(owner: Person, served: str) -> None:
    headers = {"Authorization": f"Bearer {owner.key}", "Accept": "text/event-stream"}
    conversation = await owner.begin()
    path = f"/api/conversations/{conversation}/turns"
    body = {"words": "[[pause after 2]] [[tokens 5]]"}
    async with (
        httpx.AsyncClient(base_url=served, headers=headers) as phone,
        phone.stream("POST", path, json=body) as response,
    ):
        turn = (await anext(_data(response.aiter_lines())))["turn"]
        await gate.reached()
    gate.set()
    events = parse_events((await owner.client.get(f"/api/turns/{turn}/events")).content)
    assert events[-1]["status"] == "complete"


async def test_a_server_that_shuts_down_is_not_held_up_by_watchers(
    owner: Person, served: str
) -> None:
    """The fixture's end waits for the server: a stream that stayed open would hang it."""
    headers = {"Authorization": f"Bearer {owner.key}"}
    client = httpx.AsyncClient(base_url=served, headers=headers)
    request = client.build_request("GET", "/api/changes")
    response = await client.send(request, stream=True)
    assert response.status_code == 200
    assert b":" in await anext(response.aiter_raw())
    await response.aclose()
    await client.aclose()
