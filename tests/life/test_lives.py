"""Lives are opened once, saved, unloaded and removed, and listeners follow."""

import asyncio

import pytest
import sqlalchemy as sa

from tau.app import App
from tau.errors import BadInput, DamagedEntry, NotFound, StoreUnavailable
from tau.journal.entries import MessageAdded
from tau.journal.journal import Journal
from tau.journal.store import Store
from tau.life.fact_editing import FactEditor
from tau.life.forgetting import forget
from tau.life.life import Life, LifeListener
from tau.life.lives import Lives
from tau.memory.erasure_request import ErasureRequest
from tau.storage import schema

pytestmark = pytest.mark.anyio


class Recorder(LifeListener):
    """Records what it is called with."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.busy = False

    def opened(self, life: Life) -> None:
        self.calls.append(f"opened {life.person}")

    def written(self, life: Life) -> None:
        self.calls.append(f"written {life.person}")

    def forgotten(self, life: Life) -> None:
        self.calls.append(f"forgotten {life.person}")

    def unloaded(self, person: str) -> None:
        self.calls.append(f"unloaded {person}")

    async def removed(self, person: str) -> None:
        self.calls.append(f"removed {person}")

    def is_working_on(self, person: str) -> bool:
        return self.busy


@pytest.fixture
def recorders(app: App) -> list[Recorder]:
    """Two listeners: one more doesn't replace the first."""
    made = [Recorder(), Recorder()]
    for each in made:
        app.lives.subscribe(each)
    return made


async def guest(app: App) -> Life:
    invitation = await app.people.invitations.invite(await app.people.owner())
    _, unlocked = await app.people.invitations.accept(
        invitation, "Bob", "correct horse battery", "test"
    )
    return await app.lives.open(unlocked)


def said(words: str) -> MessageAdded:
    return MessageAdded(at=1.0, id=words, conversation="c", by="person", text=words)


def rows_of(app: App, person: str) -> int:
    def count(connection: sa.Connection) -> int:
        tables = (schema.entries, schema.snapshots)
        return sum(
            connection.execute(
                sa.select(sa.func.count()).select_from(table).where(table.c.person == person)
            ).scalar_one()
            for table in tables
        )

    with app.database.engine.begin() as connection:
        return count(connection)


async def test_a_life_writes_with_a_changed_key_and_reads_what_another_node_wrote_with_it(
    app: App,
) -> None:
    owner = await app.people.owner()
    life = await app.lives.open(owner)
    await life.append(said("before"))
    changed = (await app.people.rotation.rotate(owner, None)).unlocked
    elsewhere = Lives(app.database, app.settings, app.embedding.query)  # as another node has them
    await (await elsewhere.open(changed)).append(said("there"))
    await life.append(said("here, with the former key"))
    await life.save()
    again = await app.lives.open(changed)
    await again.append(said("here"))
    texts = ["before", "there", "here, with the former key", "here"]
    await elsewhere.close()
    third = Lives(app.database, app.settings, app.embedding.query)
    for each in (again, await third.open(changed)):
        assert [message.text for message in each.memory.messages] == texts
    await third.close()
    opened = Journal(Store(app.database), life.person, changed.data_key)
    read = [not isinstance(record, DamagedEntry) async for record in opened.read()]
    assert read == [False, True, False, True]


async def test_every_listener_follows_a_life(app: App, recorders: list[Recorder]) -> None:
    owner = await app.people.owner()
    lives = await asyncio.gather(app.lives.open(owner), app.lives.open(owner))
    assert lives[0] is lives[1], "opened once"
    life = lives[0]
    note = await life.add_message((await life.create_conversation()).id, "hello")
    app.lives.written(life)
    await forget(life, ErasureRequest(messages=(note.id,)))
    await app.lives.unload(life.person)
    app.lives.written(life)  # by somebody who still holds it
    told = [f"{what} {life.person}" for what in ("opened", "written", "forgotten", "unloaded")]
    assert [each.calls for each in recorders] == [told, told]


async def test_a_listener_that_works_on_a_life_keeps_it_open(
    app: App, life: Life, recorders: list[Recorder]
) -> None:
    later = life.used_at + app.settings.idle_seconds + 1
    await app.embedding.wait_until_idle()
    await app.learning.wait_until_idle()
    recorders[1].busy = True
    await app.lives.maintain(later)
    assert len(app.lives) == 1
    recorders[1].busy = False
    await app.lives.maintain(later)
    assert len(app.lives) == 0


async def test_nothing_is_written_for_somebody_who_was_removed(
    app: App, recorders: list[Recorder]
) -> None:
    life = await guest(app)
    conversation = await life.create_conversation()
    await life.add_message(conversation.id, "hello")
    turn = await app.companion.turn(life, conversation.id, "[[hang]]")
    await app.remove_person(life.person)
    assert turn.finished
    assert recorders[0].calls[-1] == f"removed {life.person}"
    with pytest.raises(NotFound):
        await life.add_message(conversation.id, "still here?")
    with pytest.raises(NotFound):
        async with life.transaction():
            pass
    await life.save()
    await app.lives.close()
    assert rows_of(app, life.person) == 0


async def test_a_snapshot_in_progress_is_not_written_after_a_removal(app: App) -> None:
    life = await guest(app)
    await life.add_message((await life.create_conversation()).id, "hello")
    saving = asyncio.create_task(life.save())
    await asyncio.sleep(0)
    await app.remove_person(life.person)
    await saving
    assert rows_of(app, life.person) == 0


async def test_who_cannot_be_removed_keeps_their_life(app: App, life: Life) -> None:
    with pytest.raises(BadInput):
        await app.remove_person(life.person)
    again = await app.lives.open(await app.people.owner())
    await again.add_message((await again.create_conversation()).id, "still here")


async def test_listeners_hear_nothing_of_a_life_that_is_still_being_read(
    app: App, life: Life, recorders: list[Recorder]
) -> None:
    note = await life.add_message((await life.create_conversation()).id, "hello")
    await forget(life, ErasureRequest(messages=(note.id,)))
    await app.lives.unload(life.person)
    await app.lives._store.drop_snapshot(life.person)  # so that the whole journal is read again
    recorders[0].calls.clear()
    await app.lives.open(await app.people.owner())
    assert recorders[0].calls == [f"opened {life.person}"]


async def test_a_write_that_waits_during_a_removal_is_refused(app: App) -> None:
    life = await guest(app)
    async with life.transaction():
        waiting = [asyncio.create_task(FactEditor(life).add_fact("Likes tea")) for _ in range(3)]
        await asyncio.sleep(0)
        await app.remove_person(life.person)
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in results] == [NotFound] * 3
    assert rows_of(app, life.person) == 0


async def test_a_turn_whose_words_are_being_written_during_a_removal_has_no_reply(app: App) -> None:
    life = await guest(app)
    turn = asyncio.create_task(app.companion.turn(life, None, "hello"))
    await asyncio.sleep(0)
    await app.remove_person(life.person)
    with pytest.raises(NotFound):
        await turn
    assert app.companion.active_turn_count == 0
    assert rows_of(app, life.person) == 0


async def test_a_person_who_was_removed_twice_stays_removed(app: App) -> None:
    life = await guest(app)
    both = (app.remove_person(life.person), app.remove_person(life.person))
    results = await asyncio.gather(*both, return_exceptions=True)
    assert [type(each) for each in results] == [type(None), NotFound]
    with pytest.raises(NotFound):
        async with app.lives.removal(life.person):
            pass
    assert life.person in app.lives._removed


async def test_a_removal_that_fails_in_a_listener_closes_the_life(app: App, life: Life) -> None:
    class Broken(LifeListener):
        async def removed(self, person: str) -> None:
            raise StoreUnavailable(person)

    app.lives.subscribe(Broken())
    with pytest.raises(StoreUnavailable):
        await app.remove_person(life.person)
    with pytest.raises(NotFound):
        await life.create_conversation()
    assert await app.lives.open(await app.people.owner()) is not life
