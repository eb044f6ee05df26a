"""Two nodes are one Tau: it makes no difference which of them a person asks."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest

from tau.bench.nodes_client import RetryingClient, retrying_client
from tau.ids import new_id
from tau.people.tokens import parse_token
from tests.nodes.several import Nodes, until
from tests.nodes.talking import found, say
from tests.patience import patient
from tests.transfer.exports import as_json, as_zip, many

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@asynccontextmanager
async def listening_to_changes(client: RetryingClient) -> AsyncIterator["asyncio.Queue[Any]"]:
    """Listen as a device does; yields its changes once it's connected."""
    heard: asyncio.Queue[Any] = asyncio.Queue()

    async def listen() -> None:
        with suppress(aiohttp.ClientError):
            async for change in client.events("/api/changes", connected=heard.put_nowait):
                heard.put_nowait(change)

    listening = asyncio.create_task(listen())
    async with asyncio.timeout(patient(30)):
        assert await heard.get() is None
    try:
        yield heard
    finally:
        listening.cancel()
        await asyncio.wait([listening])


async def hears(heard: "asyncio.Queue[Any]", what: str) -> dict[str, Any]:
    """Return the next change of a kind."""
    async with asyncio.timeout(patient(30)):
        while True:
            change = await heard.get()
            if change["what"] == what:
                return dict(change)


async def test_a_device_hears_what_is_done_at_either_node(
    one: RetryingClient, other: RetryingClient
) -> None:
    for speaker, device in ((one, other), (other, one)):
        async with listening_to_changes(device) as heard:
            said = await say(speaker, "Good morning")
            change = await hears(heard, "turn_began")
            assert (change["conversation"], change["turn"]) == (
                said["conversation"],
                said["turn"],
            )


async def test_what_is_forgotten_at_one_node_is_never_found_at_the_other(
    one: RetryingClient, other: RetryingClient
) -> None:
    for number, (here, there) in enumerate(((one, other), (other, one))):
        word = f"quokka{number}"
        said = await say(here, f"My secret animal is the {word}")
        assert any(word in text for text in await found(there, word))
        await here.post("/api/memory/forget", {"messages": [said["message"]]})
        assert not any(word in text for text in await found(there, word))
        gone = await there.ask("GET", f"/api/messages/{said['message']}")
        assert gone.status == 404


async def test_a_turn_delivered_to_both_nodes_at_once_is_one_message_with_one_reply(
    nodes: Nodes, one: RetryingClient, other: RetryingClient
) -> None:
    conversation, turns = await one.conversation(), [new_id() for _ in range(20)]

    async def deliver(turn: str) -> None:
        words = f"Delivered as {turn}"
        answers = await asyncio.gather(
            *(client.send(conversation, words, turn) for client in (one, other))
        )
        assert [answer.status for answer in answers] == [201, 201]
        assert answers[0].body["message"] == answers[1].body["message"]
        ends = await asyncio.gather(*(client.outcome(turn) for client in (one, other)))
        assert [end["type"] for end in ends] == ["done", "done"]
        assert ends[0]["message"] == ends[1]["message"]

    await asyncio.gather(*(deliver(turn) for turn in turns))
    kept = await other.messages(conversation)
    assert Counter(message["by"] for message in kept) == {"person": 20, "tau": 20}
    said = Counter(message["text"] for message in kept if message["by"] == "person")
    assert said == Counter(f"Delivered as {turn}" for turn in turns)


async def test_two_keys_of_a_person_meet_one_home(nodes: Nodes, signed_in: RetryingClient) -> None:
    keys = [(await signed_in.post("/api/keys", {"label": "again"}))["key"] for _ in range(2)]
    assert len({key[4:7] for key in keys}) == 1, "a balancer can't keep them together"
    for key in keys:
        for number in (0, 1):
            async with nodes.client(number, key) as client:
                await client.get("/api/conversations")
    assert len(nodes.homes()) == 1
    opened = []
    for number in (0, 1):
        async with nodes.client(number) as client:
            metrics = str((await client.ask("GET", "/metrics")).body)
        line = next(each for each in metrics.splitlines() if each.startswith("tau_open_lives "))
        opened.append(float(line.split()[1]))
    assert sorted(opened) == [0.0, 1.0], "one node alone holds the memory"


async def test_people_are_apart_whichever_node_they_ask(
    nodes: Nodes, one: RetryingClient, signed_in: RetryingClient
) -> None:
    await say(one, "My secret animal is the okapi")
    invitation = (await signed_in.post("/api/invitations"))["key"]
    joining = {"key": invitation, "name": "Ada", "password": "correct horse battery"}
    async with retrying_client(nodes[1].url) as session:
        await session.post("/api/invitations/accept", joining)
        key = (await session.post("/api/keys", {"label": "tests"}))["key"]
    for number in (0, 1):
        async with nodes.client(number, key) as ada:
            await say(ada, f"My favourite animal is the tapir, {number}")
            assert not any("okapi" in text for text in await found(ada, "okapi"))
            assert any(f"tapir, {number}" in text for text in await found(ada, "tapir"))
    assert not any("tapir" in text for text in await found(one, "tapir"))


async def test_a_private_conversation_is_reached_through_either_node(
    nodes: Nodes, one: RetryingClient, other: RetryingClient, signed_in: RetryingClient
) -> None:
    private = (await one.post("/api/conversations", {"private": True}))["id"]
    await say(other, "Between us: I'm tired", private)
    assert [message["by"] for message in await one.messages(private)] == ["person", "tau"]
    second = (await signed_in.post("/api/keys", {"label": "another device"}))["key"]
    for number in (0, 1):
        async with nodes.client(number, second) as device:
            hidden = await device.ask("GET", f"/api/conversations/{private}")
            assert hidden.status == 404
    await other.post(f"/api/conversations/{private}/end")
    assert (await one.ask("GET", f"/api/conversations/{private}")).status == 404


async def test_a_reply_is_stopped_through_either_node(
    one: RetryingClient, other: RetryingClient
) -> None:
    for here, there in ((one, other), (other, one)):
        answer = await here.send(await here.conversation(), "[[hang after 3]]", new_id())
        turn = answer.body["turn"]
        async for event in there.events(f"/api/turns/{turn}/events"):
            if event["type"] == "delta":
                break
        assert (await there.ask("POST", f"/api/turns/{turn}/stop")).status == 204
        assert (await here.outcome(turn))["status"] == "stopped"


async def test_a_stream_goes_on_at_the_other_node_after_the_last_event_seen(
    one: RetryingClient, other: RetryingClient
) -> None:
    conversation, turn = await one.conversation(), new_id()
    path = f"/api/conversations/{conversation}/turns"
    words = "[[pace 20]] [[say one two three four five six seven eight nine ten]]"
    events = []
    async for event in one.events(path, body={"words": words, "turn": turn}):
        events.append(event)
        if event["type"] == "delta":
            break
    rest = other.events(f"/api/turns/{turn}/events", after=events[-1]["id"])
    events += [event async for event in rest]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    spoken = "".join(event["text"] for event in events if event["type"] == "delta")
    assert spoken == "one two three four five six seven eight nine ten"
    assert events[-1]["type"] == "done"


async def test_a_turn_that_lives_elsewhere_is_not_told_as_interrupted(
    one: RetryingClient, other: RetryingClient
) -> None:
    for here, there in ((one, other), (other, one)):
        conversation = await here.conversation()
        answer = await here.send(conversation, "[[hang after 2]]", new_id())
        turn = answer.body["turn"]
        assert (await there.get(f"/api/turns/{turn}"))["finished"] is False
        shown = await there.get(f"/api/conversations/{conversation}")
        assert shown["live_turn"] == turn
        await there.ask("POST", f"/api/turns/{turn}/stop")


async def test_an_import_is_followed_through_either_node(
    nodes: Nodes, one: RetryingClient, other: RetryingClient
) -> None:
    export = as_zip({"conversations.json": as_json(many(5))})
    for number, (here, there) in enumerate(((one, other), (other, one))):
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                f"{nodes[number].url}/api/imports?name=x.zip",
                data=export,
                headers={"Authorization": f"Bearer {nodes.key}"},
            ) as answer,
        ):
            assert answer.status == 202, await answer.text()
            import_id = (await answer.json())["id"]

        async def ended(there: RetryingClient = there, import_id: str = import_id) -> Any:
            job = await there.get(f"/api/imports/{import_id}")
            return job if job["state"] != "running" else None

        assert (await until(ended, "the import ended"))["state"] == "done"
        listed = (await here.get("/api/imports"))["imports"]
        assert import_id in [job["id"] for job in listed]


async def test_a_key_revoked_at_one_node_opens_nothing_at_the_other(
    nodes: Nodes, signed_in: RetryingClient, signed_in_there: RetryingClient
) -> None:
    for here in (signed_in, signed_in_there):
        key = (await here.post("/api/keys", {"label": "lost"}))["key"]
        for number in (0, 1):
            async with nodes.client(number, key) as lost:
                assert (await lost.ask("GET", "/api/conversations")).status == 200
        assert (await here.ask("DELETE", f"/api/keys/{parse_token(key).id}")).status == 204

        async def refused_everywhere(key: str = key) -> bool:
            for number in (0, 1):
                async with nodes.client(number, key) as lost:
                    if (await lost.ask("GET", "/api/conversations")).status != 401:
                        return False
            return True

        await until(refused_everywhere, "the key is refused by both")


async def test_a_model_is_switched_on_both_nodes(
    signed_in: RetryingClient, other: RetryingClient
) -> None:
    path = "/api/models/aliases/companion"
    changed = await signed_in.ask("PUT", path, {"names": ["scripted"]})
    assert changed.status < 300, changed

    async def known() -> bool:
        listed = await other.get("/api/models")
        return bool(listed["aliases"]["companion"] == ["scripted"])

    await until(known, "the other node knows the alias")
