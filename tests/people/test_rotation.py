"""A new data key: what was said stays readable, and an old copy doesn't open what comes."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from tau.errors import BadInput, Conflict, DamagedEntry, NotFound, NotSignedIn, TooManyRequests
from tau.journal.entries import MessageAdded
from tau.journal.journal import Journal
from tau.journal.store import Store
from tau.people import PRIMARY_SLOT_KINDS, People, Unlocked
from tau.storage import schema
from tau.storage.backups import Backups, create_at, restore
from tau.storage.database import Database
from tau.storage.sealing import SecretBox, UnsealError, new_key

from .conftest import PASSWORD, MakePeople
from .test_revoked import Revoking, open_home, slots_in

pytestmark = pytest.mark.anyio


async def say(database: Database, unlocked: Unlocked, words: str) -> None:
    store = Store(database)
    journal = journal_of(store, unlocked)
    said = MessageAdded(at=1.0, id=words, conversation="c", by="person", text=words)
    await journal.append(said)
    await store.close()


def journal_of(store: Store, unlocked: Unlocked) -> Journal:
    return Journal(store, unlocked.person.id, unlocked.data_key, earlier_keys=unlocked.earlier_keys)


async def read(database: Database, unlocked: Unlocked) -> list[str]:
    """Return what was said; `?` for what can't be read."""
    journal = journal_of(Store(database), unlocked)
    return [
        "?" if isinstance(record, DamagedEntry) else record.entry.text  # type: ignore[union-attr]
        async for record in journal.read()
    ]


async def test_what_was_said_before_stays_readable_however_often_the_key_changes(
    people: People, database: Database
) -> None:
    opened = await people.owner()
    former = [opened]
    for number in range(4):
        await say(database, opened, f"words {number}")
        opened = (await people.rotation.rotate(opened, None)).unlocked
        former.append(opened)
    await say(database, opened, "the last words")
    said = [*(f"words {number}" for number in range(4)), "the last words"]
    again = await people.owner()
    assert again.data_key == opened.data_key
    assert set(again.earlier_keys) == {one.data_key for one in former[:-1]}
    assert await read(database, again) == said
    assert await read(database, former[1]) == [*said[:2], "?", "?", "?"]


async def test_what_opened_the_former_key_ends_but_for_the_password_and_the_server(
    people: People,
) -> None:
    owner = await people.owner()
    await people.credentials.set_password(owner, PASSWORD)
    code = await people.credentials.new_recovery_code(owner)
    session, opened = await people.sessions.sign_in("You", PASSWORD, "Firefox")
    key, _ = await people.credentials.new_api_key(owner, "boat")
    link = await people.credentials.link(owner)
    assert await people.sessions.unlock(session)  # it is in the cache
    rotated = await people.rotation.rotate(opened, PASSWORD, session_label="Firefox")
    for token in (session, key):
        with pytest.raises(NotSignedIn):
            await people.sessions.unlock(token)
    with pytest.raises(NotSignedIn):
        await people.sessions.redeem(link, "")
    with pytest.raises(NotSignedIn):
        await people.sessions.recover("You", code, "")
    with pytest.raises(NotSignedIn):
        await people.credentials.new_api_key(opened, "with the former key")
    assert rotated.token is not None
    assert rotated.recovery_code is not None
    for again in (
        await people.sessions.unlock(rotated.token),
        (await people.sessions.sign_in("You", PASSWORD, ""))[1],
        (await people.sessions.recover("You", rotated.recovery_code, ""))[1],
        await people.owner(),
    ):
        assert (again.data_key, again.earlier_keys) == (
            rotated.unlocked.data_key,
            (owner.data_key,),
        )


async def test_without_a_password_and_a_server_slot_there_is_a_recovery_code(
    make_people: MakePeople,
) -> None:
    people = make_people(server_slot=False)
    owner = await people.owner()
    code = await people.credentials.new_recovery_code(owner)
    _, opened = await people.sessions.recover("You", code, "")
    rotated = await people.rotation.rotate(opened, None)
    assert rotated.recovery_code is not None
    assert await people.sessions.recover("You", rotated.recovery_code, "")


async def test_it_takes_the_password_and_counts_wrong_ones(people: People) -> None:
    owner = await people.owner()
    await people.credentials.set_password(owner, PASSWORD)
    with pytest.raises(BadInput, match="Enter your password"):
        await people.rotation.rotate(owner, None)
    for _ in range(5):
        with pytest.raises(BadInput, match="isn't your password"):
            await people.rotation.rotate(owner, "something else")
    with pytest.raises(TooManyRequests):
        await people.rotation.rotate(owner, PASSWORD)
    assert (await people.owner()).data_key == owner.data_key


async def test_of_two_changes_at_once_one_wins_and_nothing_is_lost(
    people: People, database: Database
) -> None:
    owner = await people.owner()
    await say(database, owner, "before")
    outcomes = await asyncio.gather(
        people.rotation.rotate(owner, None),
        people.rotation.rotate(owner, None),
        people.credentials.set_password(owner, PASSWORD),
        return_exceptions=True,
    )
    assert all(isinstance(one, Conflict | NotSignedIn) or one for one in outcomes[:2])
    now = await people.owner()
    await say(database, now, "after")
    assert await read(database, now) == ["before", "after"]


async def test_the_slots_of_earlier_keys_are_neither_shown_nor_revoked(
    people: People, database: Database
) -> None:
    owner = await people.owner()
    owner = (await people.rotation.rotate(owner, None)).unlocked
    query = sa.select(schema.slots.c.id).where(schema.slots.c.kind == "earlier_key")
    (earlier,) = await database.run(lambda c: c.execute(query).scalars().all())
    shown = await people.credentials.slots(owner.person.id)
    assert {slot.kind for slot in shown} <= set(PRIMARY_SLOT_KINDS)
    with pytest.raises(NotFound):
        await people.credentials.revoke(owner.person.id, earlier)


async def test_an_altered_earlier_key_costs_only_what_it_sealed(
    people: People, database: Database
) -> None:
    owner = await people.owner()
    await say(database, owner, "before")
    owner = (await people.rotation.rotate(owner, None)).unlocked
    await say(database, owner, "after")
    spoil = sa.update(schema.slots).where(schema.slots.c.kind == "earlier_key")
    await database.run(lambda c: c.execute(spoil.values(wrapped=b"x" * 61)))
    assert await read(database, await people.owner()) == ["?", "after"]
    await people.rotation.rotate(await people.owner(), None)
    assert await read(database, await people.owner()) == ["?", "after"]


@asynccontextmanager
async def home_with(folder: Path) -> AsyncIterator[Revoking]:
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    state = Revoking(folder, await open_home(folder))
    try:
        yield state
    finally:
        await state.database.close()


async def test_an_old_copy_does_not_open_what_was_said_since(tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    async with home_with(tmp_path / "home") as state:
        await state.make_a_key()
        await say(state.database, await state.owner(), "before")
        await asyncio.to_thread(create_at, copy, state.home / "tau.db")
        stolen = await state.people().sessions.unlock(state.tokens[0])
        rotated = await state.people().rotation.rotate(await state.owner(), None)
        await say(state.database, rotated.unlocked, "after")
        assert await read(state.database, stolen) == ["before", "?"]
    before = slots_in(copy)
    raw = b"".join(path.read_bytes() for path in state.home.rglob("*") if path.is_file())
    assert not any(wrapped in raw for wrapped in before.values())


async def test_backups_open_with_the_new_key_and_restore(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    async with home_with(tmp_path / "home") as state:
        await say(state.database, await state.owner(), "before")
        made = await asyncio.to_thread(Backups(state.database).make)
        await asyncio.to_thread(create_at, elsewhere, state.home / "tau.db")
        await state.people().rotation.rotate(await state.owner(), None)
        await say(state.database, await state.owner(), "after")
    backup = state.home / "backups" / made.name
    assert slots_in(backup) == slots_in(state.home / "tau.db")
    for file in (backup, elsewhere):
        shutil.copytree(state.home, tmp_path / file.stem)
        home = tmp_path / file.stem
        restore(file, home / "tau.db", home / "backups")
        async with home_with(home) as restored:
            assert await read(restored.database, await restored.owner()) == ["before"]


async def test_a_backup_of_a_newer_key_is_not_given_the_slots_of_an_older_one(
    tmp_path: Path,
) -> None:
    """After an old copy was restored as it was, a newer backup still opens."""
    old = tmp_path / "old.db"
    async with home_with(tmp_path / "home") as state:
        await say(state.database, await state.owner(), "before")
        await asyncio.to_thread(create_at, old, state.home / "tau.db")
        await state.people().rotation.rotate(await state.owner(), None)
        await say(state.database, await state.owner(), "after")
    home = state.home
    kept = restore(old, home / "tau.db", home / "backups", forgotten=True).kept
    assert kept is not None
    async with home_with(home) as older:
        await older.make_a_key()
        await older.revoke_some()
        assert await read(older.database, await older.owner()) == ["before"]
    restore(kept, home / "tau.db", home / "backups")
    async with home_with(home) as again:
        assert await read(again.database, await again.owner()) == ["before", "after"]


def test_a_box_seals_with_the_newest_key_and_tests_every_digest() -> None:
    first, second, third = (new_key() for _ in range(3))
    box = SecretBox(first)
    old = box.seal(b"old", "place")
    digest = box.digest("a name")
    assert not box.renew(second, [first]), "nothing failed before"
    box.renew(first, [])
    box.renew(third, [first])
    assert box.open(old, "place") == b"old"
    new = box.seal(b"new", "place")
    assert SecretBox(second).open(new, "place") == b"new", "what isn't newer changed nothing"
    behind = SecretBox(first)
    with pytest.raises(UnsealError):
        behind.open(new, "place")
    assert behind.renew(second, [first]), "what failed has to be read again"
    assert behind.open(new, "place") == b"new"
    assert digest in box.digests("a name")
    assert box.digest("a name") != digest
    with pytest.raises(UnsealError):
        SecretBox(second).open(old, "place")
