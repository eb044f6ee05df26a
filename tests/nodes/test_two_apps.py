"""Two opened Taus on one database: what one does, the other knows."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from tau.app import App, open_app
from tau.companion.events import Failed
from tau.errors import NotFound, NotSignedIn, Unavailable
from tau.jobs.job import Job
from tau.life.changes import ChangeEvent
from tau.life.forgetting import forget
from tau.life.life import Life, LifeListener
from tau.life.saving import LifeSaving
from tau.memory import Memory
from tau.memory.erasure_request import ErasureRequest
from tau.settings import Settings
from tau.storage.schema import snapshots
from tests.companion.talking import events, spoken, until_text
from tests.patience import patient, until

pytestmark = pytest.mark.anyio

KEY = {"TAU_SERVER_KEY": "A" * 43 + "="}


class Opener:
    """Opens Taus on the same database, each with a folder of its own."""

    def __init__(self, stack: AsyncExitStack, url: str, folder: Path) -> None:
        self._stack = stack
        self._url = url
        self._folder = folder

    async def node(self, name: str) -> App:
        return await self._open(name, node_url=f"https://{name}")

    async def command(self, name: str) -> App:
        return await self._open(name, node_url="")

    async def _open(self, name: str, node_url: str) -> App:
        settings = Settings(
            home=self._folder / name,
            database_url=self._url,
            model="scripted",
            embedder="scripted-embedder",
        )
        opened = open_app(settings, environ=KEY, node_url=node_url)
        return await self._stack.enter_async_context(opened)


class Heard(LifeListener):
    """Notes what happens to lives."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def forgotten(self, life: Life) -> None:
        self.calls.append("forgotten")

    def written(self, life: Life) -> None:
        self.calls.append("written")

    def unloaded(self, person: str) -> None:
        self.calls.append("unloaded")

    async def removed(self, person: str) -> None:
        self.calls.append("removed")


@pytest.fixture
async def opener(shared_url: str, tmp_path: Path) -> AsyncIterator[Opener]:
    async with AsyncExitStack() as stack:
        yield Opener(stack, shared_url, tmp_path)


@pytest.fixture
async def a(opener: Opener) -> App:
    return await opener.node("a")


@pytest.fixture
async def b(opener: Opener, a: App) -> App:
    return await opener.node("b")


async def _owner(app: App) -> Life:
    return await app.lives.open(await app.people.owner())


async def _snapshot(app: App) -> list[tuple[str, int, bytes]]:
    query = sa.select(snapshots.c.name, snapshots.c.seq, snapshots.c.sealed)
    return await app.database.run(lambda c: [tuple(row) for row in c.execute(query)])


async def test_a_device_hears_what_a_command_beside_the_server_writes(
    a: App, opener: Opener
) -> None:
    life = await _owner(a)
    heard = Heard()
    a.lives.subscribe(heard)
    changes: list[ChangeEvent] = []
    device = asyncio.create_task(_listen(life, changes))
    await until(lambda: len(life.changes) == 1)
    command = await opener.command("command")
    said = await spoken(command.companion, await _owner(command), None, "The word is Zanzibar")
    await until(lambda: "message" in {change.what for change in changes})
    await until(lambda: life.memory.messages.find(said.message) is not None)
    await until(lambda: "written" in heard.calls)  # it's learned from here too
    life.changes.close()
    await device


async def test_what_a_command_forgets_is_gone_at_the_server_at_once(a: App, opener: Opener) -> None:
    life = await _owner(a)
    turn = await spoken(a.companion, life, None, "The word is Zanzibar")
    heard = Heard()
    a.lives.subscribe(heard)
    assert life.memory.search("Zanzibar", now=time.time())
    command = await opener.command("command")
    await forget(await _owner(command), ErasureRequest(messages=(turn.message,)))
    await until(lambda: "forgotten" in heard.calls)
    assert all("Zanzibar" not in p.message.text for p in life.memory.search("Zanzibar", now=0.0))
    with pytest.raises(NotFound):
        life.memory.message(turn.message)


async def test_one_of_two_nodes_is_the_home(a: App, b: App) -> None:
    life = await _owner(a)
    assert a.homes is not None
    assert b.homes is not None
    assert a.homes.holds(life.person)
    assert await b.homes.home_of(life.person) == a.homes.node
    with pytest.raises(Unavailable):
        await _owner(b)
    assert b.lives.find(life.person) is None
    await a.lives.unload(life.person)
    await a.homes.release(life.person)
    assert (await _owner(b)).person == life.person


async def test_a_home_that_is_lost_while_a_life_is_read_leaves_nothing_open(
    a: App, b: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert a.homes is not None
    assert b.homes is not None
    former, taker = a.homes, b.homes
    unlocked = await a.people.owner()
    read = LifeSaving.complete

    async def lose_and_read(saving: LifeSaving, memory: Memory) -> None:
        await taker.take(unlocked.person.id, former.node)
        await until(lambda: not former.holds(unlocked.person.id))
        await read(saving, memory)

    monkeypatch.setattr(LifeSaving, "complete", lose_and_read)
    with pytest.raises(Unavailable):
        await a.lives.open(unlocked)
    assert len(a.lives) == 0


async def test_a_node_that_loses_a_home_ends_its_replies_and_keeps_what_was_said(
    a: App, b: App
) -> None:
    assert a.homes is not None
    assert b.homes is not None
    life = await _owner(a)
    heard = Heard()
    a.lives.subscribe(heard)
    stream = asyncio.create_task(_listen(life, []))
    await until(lambda: len(life.changes) == 1)
    turn = await a.companion.turn(life, None, "Speak [[hang after 3]]")
    await until_text(turn)
    await b.homes.take(life.person, a.homes.node)
    failed = (await events(turn))[-1]
    assert isinstance(failed, Failed)
    assert failed.code == "interrupted"
    async with asyncio.timeout(patient(30)):
        await stream  # the device may connect to the new home
    assert a.lives.find(life.person) is None
    assert heard.calls[-1] == "unloaded"
    there = await _owner(b)
    await until(lambda: len(there.memory.messages.of_turn(turn.id)) == 2)
    _, reply = there.memory.messages.of_turn(turn.id)
    assert reply.status == "interrupted"
    assert reply.text
    assert turn.text.startswith(reply.text)


async def _listen(life: Life, changes: list[ChangeEvent]) -> None:
    async for change in life.changes.listen():
        changes.append(change)  # noqa: PERF401 - as they come


async def test_only_the_home_saves_and_snapshots_stay_whole(a: App, b: App, opener: Opener) -> None:
    assert a.homes is not None
    assert b.homes is not None
    here = await _owner(a)
    await spoken(a.companion, here, None, "one")
    there = await _owner(await opener.command("command"))  # not the home: it only follows
    await until(lambda: there.memory.last == here.memory.last)
    assert await here.save()
    saved = await _snapshot(a)
    assert not await there.save()
    assert await _snapshot(a) == saved
    await b.homes.take(here.person, a.homes.node)
    await until(lambda: a.lives.find(here.person) is None)
    assert not await here.save()  # it was opened for an earlier epoch
    assert await _snapshot(a) == saved


async def test_a_life_that_ends_with_its_home_lost_saves_nothing(a: App, b: App) -> None:
    assert a.homes is not None
    assert b.homes is not None
    life = await _owner(a)
    await spoken(a.companion, life, None, "one")
    await b.homes.take(life.person, a.homes.node)
    await until(lambda: a.lives.find(life.person) is None)
    assert await _snapshot(a) == []


async def test_a_command_saves_only_while_nobody_serves_the_person(
    opener: Opener, shared_url: str
) -> None:
    command = await opener.command("command")
    life = await _owner(command)
    await spoken(command.companion, life, None, "one")
    assert await life.save()
    saved = await _snapshot(command)
    node = await opener.node("a")
    await _owner(node)
    await spoken(command.companion, life, None, "two")
    assert not await life.save()
    assert await _snapshot(command) == saved


async def test_a_job_of_a_person_who_is_served_elsewhere_is_found_there(a: App, b: App) -> None:
    assert a.homes is not None
    assert b.homes is not None
    life = await _owner(a)
    job = Job(kind="made up", owner=life.person, subject="", created_at=1.0)

    begun = asyncio.Event()

    async def work(_: Job) -> str:
        begun.set()
        await asyncio.get_running_loop().create_future()
        return ""

    a.jobs.start(job, work, box=life.box)
    async with asyncio.timeout(patient(30)):
        await begun.wait()
    await b.homes.take(life.person, a.homes.node)
    await until(lambda: job.state == "stopped" and not a.jobs._rows)
    found = await b.jobs.interrupted("made up", life.person, life.box)
    assert [each.id for each in found] == [job.id]


async def test_an_idle_person_may_be_served_elsewhere(a: App, b: App) -> None:
    assert a.homes is not None
    assert b.homes is not None
    life = await _owner(a)
    await until(lambda: not any(one.is_working_on(life.person) for one in a.lives._listeners))
    await a.lives.maintain(life.used_at + a.settings.idle_seconds + 1)
    assert a.lives.find(life.person) is None
    assert not a.homes.holds(life.person)
    assert await b.homes.home_of(life.person, ask=True) == b.homes.node


async def test_a_revoked_key_opens_nothing_on_any_node(a: App, b: App) -> None:
    unlocked = await a.people.owner()
    key, slot = await a.people.credentials.new_api_key(unlocked, "radio")
    assert (await b.people.sessions.unlock(key)).slot.id == slot.id  # and is cached there
    ended = asyncio.create_task(b.people.sessions.wait_until_ended(key))
    await a.people.credentials.revoke(unlocked.person.id, slot.id)
    async with asyncio.timeout(patient(30)):
        await ended
    with pytest.raises(NotSignedIn):
        await b.people.sessions.unlock(key)


async def test_signing_out_ends_the_session_on_every_node(
    a: App, b: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tau.people.sessions._RECHECK_SECONDS", 10_000)
    link = await a.people.credentials.link(await a.people.owner())
    token, _ = await a.people.sessions.redeem(link, "Firefox")
    await b.people.sessions.unlock(token)
    ended = asyncio.create_task(b.people.sessions.wait_until_ended(token))
    await asyncio.sleep(0)
    await a.people.sessions.sign_out(token)
    async with asyncio.timeout(patient(30)):
        await ended


async def test_a_new_name_is_known_everywhere(a: App, b: App) -> None:
    unlocked = await a.people.owner()
    key, _ = await a.people.credentials.new_api_key(unlocked, "radio")
    await b.people.sessions.unlock(key)
    cache = b.people._token_cache
    await a.people.rename(unlocked.person.id, "Adelaide")
    await until(lambda: len(cache) == 0)
    assert (await b.people.sessions.unlock(key)).person.name == "Adelaide"


async def test_a_person_removed_by_another_node_is_gone_here_and_nothing_is_saved(
    a: App, b: App
) -> None:
    assert b.homes is not None
    invitation = await a.people.invitations.invite(await a.people.owner())
    _, guest = await a.people.invitations.accept(invitation, "Bob", "a long password", "Firefox")
    life = await b.lives.open(guest)
    await life.create_conversation()
    heard = Heard()
    b.lives.subscribe(heard)
    await a.remove_person(guest.person.id)
    await until(lambda: "removed" in heard.calls and b.lives.find(guest.person.id) is None)
    await until(lambda: life.abandoned)
    assert await life.save()
    assert await _snapshot(b) == []
    assert not b.homes.holds(guest.person.id)
    with pytest.raises(NotFound):
        await b.lives.open(guest)
    with pytest.raises(NotFound):
        await b.homes.home_of(guest.person.id)


async def test_a_model_that_is_added_is_known_everywhere(a: App, b: App) -> None:
    registry = b.models.directory.registry
    await registry.refresh()
    await a.models.directory.registry.set_alias("fast", ["scripted"])
    await until(lambda: registry.aliases == {"fast": ["scripted"]})
    await a.models.directory.registry.set_alias("fast", [])
    await until(lambda: registry.aliases == {})


async def test_a_wrong_clock_changes_nothing(
    a: App, b: App, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert a.homes is not None
    assert b.homes is not None
    there = time.time
    monkeypatch.setattr(time, "time", lambda: there() + 60)
    life = await _owner(a)
    turn = await spoken(a.companion, life, None, "one")
    monkeypatch.undo()
    assert await b.homes.home_of(life.person) == a.homes.node
    command = await opener.command("command")
    follower = await _owner(command)
    await spoken(command.companion, follower, turn.conversation, "two")
    await until(lambda: life.memory.last == follower.memory.last)


async def test_a_single_process_has_no_homes(app: App) -> None:
    assert app.homes is None
