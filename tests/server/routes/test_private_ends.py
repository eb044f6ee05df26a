"""Every way in which a private conversation ends: its reply stops, and nothing of it is left."""

import asyncio
import gc
import weakref
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from tau.app import App
from tau.companion.turn import Turn
from tau.errors import NotFound
from tau.life.life import Life
from tau.life.private import IDLE_SECONDS
from tau.memory import Memory
from tau.models.scripted import gate
from tau.storage import schema

from ..conftest import Person, parse_events

pytestmark = pytest.mark.anyio


@dataclass
class Talk:
    """A private conversation with a reply in progress, on a second device of the owner's."""

    app: App
    life: Life
    owner: Person
    here: Person
    id: str
    message: str
    turn: Turn

    @property
    def path(self) -> str:
        return f"/api/conversations/{self.id}"

    def memory(self) -> "weakref.ref[Memory]":
        return weakref.ref(self.life.private.get(self.id).memory)


@pytest.fixture
async def here(app: App, owner: Person, make_client: Callable[..., httpx.AsyncClient]) -> Person:
    """The owner on another device."""
    link = await app.people.credentials.link(owner.unlocked)
    session, unlocked = await app.people.sessions.redeem(link, "another device")
    return Person(unlocked, owner.key, make_client(session))


@pytest.fixture
async def program(app: App, owner: Person, make_client: Callable[..., httpx.AsyncClient]) -> Person:
    """A program with an API key of the owner's."""
    key, _ = await app.people.credentials.new_api_key(owner.unlocked, "a program")
    unlocked = await app.people.sessions.unlock(key)
    return Person(unlocked, key, make_client(key))


async def talk(app: App, owner: Person, here: Person) -> Talk:
    life = await app.lives.open(owner.unlocked)
    private = await here.begin(private=True)
    await here.say(private, "the hollyhock [[say of course]]")
    path = f"/api/conversations/{private}/turns"
    begun = await here.post(path, {"words": "[[pause after 1]] [[say hollyhock indeed]]"})
    await gate.reached()
    turn = app.companion.find_turn(life, begun["turn"])
    return Talk(app, life, owner, here, private, begun["message"], turn)


async def rows(app: App) -> int:
    count = sa.select(sa.func.count()).select_from(schema.entries)
    return int(await app.database.run(lambda c: c.execute(count).scalar_one(), read_only=True))


async def left(talk: Talk) -> None:
    await talk.here.post(f"{talk.path}/end")


async def erased(talk: Talk) -> None:
    assert (await talk.here.client.delete(talk.path)).status_code == 204


async def forgotten(talk: Talk) -> None:
    await talk.here.post("/api/memory/forget", {"conversation": talk.id})


async def signed_out(talk: Talk) -> None:
    await talk.here.post("/api/sign-out")


async def revoked(talk: Talk) -> None:
    path = f"/api/sessions/{talk.here.unlocked.slot.id}"
    assert (await talk.owner.client.delete(path)).status_code == 204


async def password_changed(talk: Talk) -> None:
    body = {"password": "correct horse battery", "sign_out_others": True}
    assert (await talk.owner.client.put("/api/password", json=body)).status_code == 204


async def displaced(talk: Talk) -> None:
    for _ in range(20):
        await talk.here.begin(private=True)


async def unloaded(talk: Talk) -> None:
    await talk.app.lives.unload(talk.life.person)


async def is_nowhere(talk: Talk) -> None:
    asked = talk.here.client
    answers = [
        await asked.get(talk.path),
        await asked.get(f"{talk.path}/messages"),
        await asked.post(f"{talk.path}/messages", json={"text": "A note"}),
        await asked.post(f"{talk.path}/turns", json={"words": "Hello"}),
        await asked.patch(talk.path, json={"archived": True}),
        await asked.post(f"{talk.path}/end"),
        await asked.delete(talk.path),
        await asked.get(f"/api/messages/{talk.message}"),
        await asked.post(f"/api/messages/{talk.message}/retry", json={}),
        await asked.post(f"/api/messages/{talk.message}/show", json={}),
        await asked.delete(f"/api/messages/{talk.message}"),
        await asked.get(f"/api/turns/{talk.turn.id}"),
        await asked.get(f"/api/turns/{talk.turn.id}/events"),
        await asked.post(f"/api/turns/{talk.turn.id}/stop"),
    ]
    assert {answer.status_code for answer in answers} <= {401, 404}
    with pytest.raises(NotFound):
        talk.app.companion.find_turn(talk.life, talk.turn.id)
    client = talk.owner.client
    for path in ("/api/conversations", "/api/turns", "/api/search?q=hollyhock", "/api/export"):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert "hollyhock" not in answer.text
        assert talk.id not in answer.text


@pytest.mark.parametrize(
    "end",
    [left, erased, forgotten, signed_out, revoked, password_changed, displaced, unloaded],
    ids=lambda way: way.__name__,
)
async def test_it_ends(
    api: FastAPI,
    app: App,
    owner: Person,
    here: Person,
    end: Callable[[Talk], Awaitable[None]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    before = await rows(app)
    private = await talk(app, owner, here)
    memory = private.memory()
    await end(private)
    await private.turn.ended()
    await is_nowhere(private)
    assert await rows(app) == before
    logged = [one.getMessage() for one in caplog.records if one.name.startswith("tau")]
    assert not any("hollyhock" in line for line in logged)
    await api.state.app_state.metrics.turns.close()
    del private.turn
    gc.collect()
    assert memory() is None, "its words are still in memory"
    watched = api.state.app_state.private_revocation
    assert len(watched) == len(private.life.private)


async def test_it_ends_with_the_key_of_a_program(app: App, owner: Person, program: Person) -> None:
    private = await talk(app, owner, program)
    key = program.unlocked.slot.id
    assert (await owner.client.delete(f"/api/keys/{key}")).status_code == 204
    await private.turn.ended()
    await is_nowhere(private)


async def test_it_ends_after_a_while_without_a_word(app: App, owner: Person, here: Person) -> None:
    private = await talk(app, owner, here)
    said_at = private.life.private.get(private.id).used_at
    await app.lives.maintain(said_at + IDLE_SECONDS + 1)
    assert (await here.get(private.path))["count"] == 3, "a reply in progress keeps it"

    gate.release()
    await private.turn.ended()
    replied_at = private.life.private.get(private.id).used_at
    await app.lives.maintain(replied_at + IDLE_SECONDS - 1)
    assert (await here.get(private.path))["count"] == 4

    other = await here.begin(private=True)
    private.life.private.get(other).used_at = replied_at + 60
    await app.lives.maintain(replied_at + IDLE_SECONDS + 1)
    await is_nowhere(private)
    assert (await here.get(f"/api/conversations/{other}"))["count"] == 0, "each has its own time"


async def test_it_lasts_as_long_as_is_promised(
    app: App, owner: Person, here: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However soon the memory of a person who is away is unloaded."""
    object.__setattr__(app.settings, "idle_seconds", 1.0)
    private = await here.begin(private=True)
    life = await app.lives.open(owner.unlocked)
    await app.lives.maintain(life.used_at + IDLE_SECONDS - 1)
    assert (await here.get(f"/api/conversations/{private}"))["id"] == private


async def test_its_own_device_hears_of_the_end_and_no_other_does(
    app: App, owner: Person, here: Person, program: Person
) -> None:
    watchers = [here, owner, program]
    streams = [asyncio.create_task(each.client.get("/api/changes")) for each in watchers]
    life = await app.lives.open(owner.unlocked)
    while len(life.changes) < len(watchers):  # noqa: ASYNC110 (a listener announces nothing)
        await asyncio.sleep(0)
    private = await here.begin(private=True)
    await app.lives.maintain(life.private.get(private).used_at + IDLE_SECONDS + 1)
    life.changes.close()
    heard = [parse_events((await stream).content) for stream in streams]
    told = [[(change["what"], change["conversation"]) for change in each] for each in heard]
    assert told == [[("conversation", private)], [], []]


async def test_only_a_private_one_can_be_ended(owner: Person) -> None:
    kept = await owner.begin()
    refused = await owner.client.post(f"/api/conversations/{kept}/end")
    assert refused.status_code == 400
    assert (await owner.get(f"/api/conversations/{kept}"))["id"] == kept


async def test_it_never_has_a_title(owner: Person) -> None:
    refused = await owner.client.post("/api/conversations", json={"private": True, "title": "A"})
    assert refused.status_code == 400
    private = await owner.begin(private=True)
    path = f"/api/conversations/{private}"
    await owner.say(private, "The hollyhock is ready")
    for change in ({"title": "Hollyhock"}, {"archived": True}):
        assert (await owner.client.patch(path, json=change)).status_code == 400
    shown = await owner.get(path)
    assert (shown["title"], shown["archived"], shown["count"]) == (None, False, 2)
