"""Private conversations on every route: answered, never written, seen by one credential."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
import sqlalchemy as sa

from tau.app import App
from tau.models.scripted import gate
from tau.storage import schema

from ..conftest import Person, parse_events, text_of

pytestmark = pytest.mark.anyio


async def _rows(app: App) -> tuple[int, ...]:
    """How many rows every table of lives and people has."""
    tables = (schema.entries, schema.snapshots, schema.people, schema.slots)

    def count(connection: sa.Connection) -> tuple[int, ...]:
        return tuple(
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in tables
        )

    return await app.database.run(count, read_only=True)


async def test_no_route_writes_anything_of_it(app: App, owner: Person) -> None:
    await owner.say(await owner.begin(), "My sister Ada keeps bees in Lund")
    await app.learning.wait_until_idle()
    before = await _rows(app)
    exported = (await owner.client.get("/api/export")).text

    private = await owner.begin(private=True)
    path = f"/api/conversations/{private}"
    assert (await owner.get(path))["private"] is True
    noted = await owner.post(f"{path}/messages", {"text": "a secret note", "at": "2020-01-01"})
    said = await owner.say(private, "[[say a secret reply]] secret words")
    edited = await owner.say(private, "[[say another secret]]", edits=said[0]["message"])
    retried = await owner.client.post(
        f"/api/messages/{edited[0]['message']}/retry",
        json={},
        headers={"Accept": "text/event-stream"},
    )
    assert text_of(parse_events(retried.content)) == "another secret"
    assert (await owner.client.delete(f"/api/messages/{noted['id']}")).status_code == 204
    assert await owner.post("/api/messages/forget", {"ids": [edited[0]["message"]]}) is None

    assert await _rows(app) == before
    assert (await owner.client.get("/api/export")).text == exported
    assert "secret" not in (await owner.client.get("/api/export?format=markdown")).text
    assert "secret" not in str(await owner.get("/api/search", q="secret"))
    assert (await owner.client.delete(path)).status_code == 204
    assert (await owner.client.get(path)).status_code == 404
    assert (await owner.client.get(f"{path}/messages")).status_code == 404
    assert await _rows(app) == before


async def test_it_remembers_what_was_said_elsewhere_and_nobody_remembers_it(
    owner: Person,
) -> None:
    await owner.say(await owner.begin(), "My sister Ada keeps bees in Lund")
    private = await owner.begin(private=True)
    events = await owner.say(private, "Where does my sister Ada keep bees?")
    recalled = next(event for event in events if event["type"] == "recalled")
    assert "bees in Lund" in str(recalled["passages"])
    await owner.say(private, "The treasure of Ada lies under the oak")
    elsewhere = await owner.say(await owner.begin(), "Where does the treasure of Ada lie?")
    assert "oak" not in str(elsewhere)


async def test_what_was_forgotten_in_it_is_gone_at_once(owner: Person) -> None:
    private = await owner.begin(private=True)
    events = await owner.say(private, "[[say Noted]]")
    words = events[0]["message"]
    assert (await owner.client.delete(f"/api/messages/{words}")).status_code == 204
    assert (await owner.client.get(f"/api/messages/{words}")).status_code == 404
    mixed = await owner.client.post("/api/messages/forget", json={"ids": [words]})
    assert mixed.status_code == 404


async def test_it_is_gone_with_the_process_that_held_it(app: App, owner: Person) -> None:
    private = await owner.begin(private=True)
    events = await owner.say(private, "[[say Hi]]")
    await app.lives.unload(owner.unlocked.person.id)
    for path in (
        f"/api/conversations/{private}",
        f"/api/conversations/{private}/messages",
        f"/api/messages/{events[0]['message']}",
        f"/api/turns/{events[0]['turn']}/events",
    ):
        assert (await owner.client.get(path)).status_code == 404
    assert (await owner.get("/api/conversations"))["conversations"] == []


async def test_another_person_does_not_find_it(owner: Person, guest: Person) -> None:
    private = await owner.begin(private=True)
    events = await owner.say(private, "[[say Hi]]")
    for path in (
        f"/api/conversations/{private}",
        f"/api/messages/{events[0]['message']}",
        f"/api/turns/{events[0]['turn']}",
    ):
        assert (await guest.client.get(path)).status_code == 404
    named = {"X-Tau-Conversation": private}
    body = {"model": "tau", "messages": [{"role": "user", "content": "Hi"}]}
    refused = await guest.client.post("/v1/chat/completions", json=body, headers=named)
    assert refused.status_code == 404


@pytest.fixture
async def others(
    app: App, owner: Person, make_client: Callable[..., httpx.AsyncClient]
) -> dict[str, Person]:
    """The owner on another device, and a program with the owner's API key."""
    link = await app.people.credentials.link(owner.unlocked)
    session, unlocked = await app.people.sessions.redeem(link, "another device")
    return {
        "device": Person(unlocked, owner.key, make_client(session)),
        "program": Person(owner.unlocked, owner.key, make_client(owner.key)),
    }


@pytest.mark.parametrize("which", ["device", "program"])
async def test_only_the_device_that_began_it_finds_it(
    owner: Person, others: dict[str, Person], which: str
) -> None:
    other = others[which].client
    private = await owner.begin(private=True)
    events = await owner.say(private, "[[say Hi]]")
    message, turn = events[0]["message"], events[0]["turn"]
    path = f"/api/conversations/{private}"
    listed = (await others[which].get("/api/conversations"))["conversations"]
    refused = [
        await other.get(path),
        await other.get(f"{path}/messages"),
        await other.patch(path, json={"title": "Mine"}),
        await other.post(f"{path}/messages", json={"text": "A note"}),
        await other.post(f"{path}/turns", json={"words": "Hello"}),
        await other.get(f"/api/messages/{message}"),
        await other.post(f"/api/messages/{message}/retry", json={}),
        await other.delete(f"/api/messages/{message}"),
        await other.post("/api/messages/forget", json={"ids": [message]}),
        await other.post("/api/memory/forget", json={"messages": [message], "dry_run": True}),
        await other.post("/api/memory/forget", json={"conversation": private}),
        await other.get(f"/api/turns/{turn}"),
        await other.get(f"/api/turns/{turn}/events"),
        await other.post(f"/api/turns/{turn}/stop"),
        await other.post(f"{path}/end"),
        await other.delete(path),
    ]
    assert listed == []
    assert [response.status_code for response in refused] == [404] * len(refused)
    unknown = await other.get("/api/conversations/private-unknown")
    assert refused[0].json() == unknown.json()

    assert (await owner.get(path))["count"] == 2


async def test_a_reply_in_progress_is_announced_only_to_the_device_that_asked(
    app: App, owner: Person, others: dict[str, Person]
) -> None:
    watchers = [owner, *others.values()]
    streams = [asyncio.create_task(each.client.get("/api/changes")) for each in watchers]
    life = await app.lives.open(owner.unlocked)
    while len(life.changes) < len(watchers):  # noqa: ASYNC110 (a listener announces nothing)
        await asyncio.sleep(0)
    private = await owner.begin(private=True)
    begun = await owner.post(
        f"/api/conversations/{private}/turns", {"words": "[[pause]] [[say Never]]"}
    )
    await gate.reached()
    active = [(await each.get("/api/turns"))["turns"] for each in watchers]
    assert [[turn["turn"] for turn in turns] for turns in active] == [[begun["turn"]], [], []]
    await owner.post(f"/api/turns/{begun['turn']}/stop")
    await app.companion.find_turn(life, begun["turn"]).ended()
    life.changes.close()
    heard = [parse_events((await stream).content) for stream in streams]
    assert [change["what"] for change in heard[0]][:1] == ["turn_began"]
    assert heard[1:] == [[], []]


@pytest.mark.parametrize("which", ["device", "program"])
async def test_a_program_of_openais_shape_does_not_reach_it(
    owner: Person, others: dict[str, Person], which: str
) -> None:
    private = await owner.begin(private=True)
    body = {"model": "tau", "messages": [{"role": "user", "content": "[[say Hi]]"}]}
    named = {"X-Tau-Conversation": private}
    refused = await others[which].client.post("/v1/chat/completions", json=body, headers=named)
    assert refused.status_code == 404
    assert (await owner.get(f"/api/conversations/{private}"))["count"] == 0


async def test_a_client_of_openais_shape_may_name_it(app: App, owner: Person) -> None:
    private = await owner.begin(private=True)
    before = await _rows(app)
    body = {"model": "tau", "messages": [{"role": "user", "content": "[[say In private]]"}]}
    response = await owner.client.post(
        "/v1/chat/completions", json=body, headers={"X-Tau-Conversation": private}
    )
    assert response.json()["choices"][0]["message"]["content"] == "In private"
    assert (await owner.get(f"/api/conversations/{private}"))["count"] == 2
    assert await _rows(app) == before
