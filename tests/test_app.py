"""The whole house opens, refuses in a sentence, and leaves nothing open behind it."""

import asyncio
import os
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import anyio.to_thread
import pytest
import sqlalchemy as sa

from tau import app as app_module
from tau.app import open_app
from tau.errors import BadInput, NotSignedIn, SettingsError, StoreUnavailable
from tau.models import Models
from tau.people.opening import open_people
from tau.people.server_key import FILE_NAME as KEY_FILE
from tau.server.api import create_api
from tau.settings import Settings
from tau.storage import schema
from tau.storage.backups import Backups
from tau.storage.database import Database
from tau.storage.home import BACKUPS_FOLDER, DATABASE_FILE
from tau.studio.files.files import StudioFiles

pytestmark = pytest.mark.anyio


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was closed, in order."""
    order: list[str] = []

    def noted(kind: type, name: str) -> None:
        close = kind.close  # type: ignore[attr-defined]

        async def closing(self: object) -> None:
            order.append(name)
            await close(self)

        monkeypatch.setattr(kind, "close", closing)

    for kind, name in (
        (app_module.Companion, "companion"),
        (Models, "models"),
        (Database, "database"),
    ):
        noted(kind, name)
    return order


async def test_it_makes_a_home_that_only_its_owner_can_enter(settings: Settings) -> None:
    before = os.umask(0)
    try:
        async with open_app(settings, environ={}):
            pass
    finally:
        os.umask(before)
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in settings.home.iterdir()}
    assert files[KEY_FILE] == files[DATABASE_FILE] == 0o600
    assert BACKUPS_FOLDER not in files


async def test_a_home_that_is_there_keeps_its_files(settings: Settings) -> None:
    settings.home.mkdir(mode=0o700, parents=True)
    (settings.home / "notes.txt").write_text("mine")
    async with open_app(settings, environ={}):
        key = (settings.home / KEY_FILE).read_bytes()
    async with open_app(settings, environ={}):
        assert (settings.home / KEY_FILE).read_bytes() == key
    assert (settings.home / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("below", ["", "deeper"])
async def test_a_home_that_is_a_file_is_refused_in_a_sentence(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(SettingsError, match=r"choose another with --home or TAU_HOME\.$"):
        async with open_app(Settings(home=tmp_path / "file" / below), environ={}):
            pass
    assert (tmp_path / "file").read_text() == "mine"


async def test_a_key_that_is_none_is_refused_before_a_database_is_made(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="TAU_SERVER_KEY"):
        async with open_app(settings, environ={"TAU_SERVER_KEY": "short"}):
            pass
    assert not (settings.home / DATABASE_FILE).exists()


async def test_a_key_of_the_environment_is_not_written_down(settings: Settings) -> None:
    key = {"TAU_SERVER_KEY": "A" * 43 + "="}
    async with open_app(settings, environ=key) as app:
        owner = await app.people.owner()
    assert not (settings.home / KEY_FILE).exists()
    async with open_app(settings, environ=key) as app:
        assert await app.people.owner() == owner
    async with open_app(settings, environ={}) as app:
        with pytest.raises(NotSignedIn):
            await app.people.owner()


async def test_a_database_that_does_not_answer_is_told_without_its_password(
    settings: Settings, closed: list[str]
) -> None:
    url = "postgresql://tau:hunter2@127.0.0.1:1/tau"
    with pytest.raises(StoreUnavailable) as caught:
        async with open_app(Settings(home=settings.home, database_url=url), environ={}):
            pass
    assert "hunter2" not in str(caught.value)
    assert closed == []


async def test_models_that_cannot_be_opened_close_the_database(
    settings: Settings, closed: list[str]
) -> None:
    strange = Settings(home=settings.home, model="m", model_url="ftp://nowhere")
    with pytest.raises(BadInput):
        async with open_app(strange, environ={}):
            pass
    assert closed == ["database"]


async def test_a_failure_inside_closes_every_room_in_order(
    settings: Settings, closed: list[str]
) -> None:
    async def fail() -> None:
        async with open_app(settings, environ={}) as app:
            life = await app.lives.open(await app.people.owner())
            await app.companion.turn(life, None, "[[hang]]")
            raise ZeroDivisionError

    before = set(threading.enumerate())
    with pytest.raises(ZeroDivisionError):
        await fail()
    assert closed == ["companion", "models", "database"]
    assert "tau-store" not in {thread.name for thread in set(threading.enumerate()) - before}
    assert not {task.get_name() for task in asyncio.all_tasks()} & {
        "tau-maintenance",
        "tau-embedding",
    }


async def test_two_on_one_home_share_the_owner_and_the_words(settings: Settings) -> None:
    async with open_app(settings, environ={}) as one, open_app(settings, environ={}) as two:
        owners = await asyncio.gather(one.people.owner(), two.people.owner())
        assert owners[0].person == owners[1].person
        assert owners[0].data_key == owners[1].data_key
        lives = [await app.lives.open(owner) for app, owner in zip((one, two), owners, strict=True)]
        conversation = (await lives[0].create_conversation()).id
        await lives[1]._journal.catch_up()
        notes = (
            life.add_message(conversation, f"{n} of {who}")
            for n in range(5)
            for who, life in enumerate(lives)
        )
        await asyncio.gather(*notes)
        for life in lives:
            await life._journal.catch_up()
        assert lives[0].memory.last == lives[1].memory.last == 11
        assert len(lives[0].memory) == len(lives[1].memory) == 10


async def test_the_api_is_that_of_this_house(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        assert {"/status", "/api/conversations"} <= set(create_api(app).openapi()["paths"])


async def test_expired_sessions_of_those_who_never_return_are_deleted_at_the_start(
    settings: Settings,
) -> None:
    expire = sa.update(schema.slots).where(schema.slots.c.kind == "session").values(expires_at=1.0)
    async with open_app(settings, environ={}) as app:
        owner = await app.people.owner()
        await app.people.sessions.redeem(await app.people.credentials.link(owner), "a device")
        await asyncio.to_thread(Backups(app.database).make)
        await app.database.run(lambda connection: connection.execute(expire))
    async with open_app(settings, environ={}) as app:
        query = sa.select(sa.func.count()).where(schema.slots.c.kind == "session")
        while await app.database.run(lambda c: c.execute(query).scalar_one(), read_only=True):
            pass
    (backup,) = (settings.home / BACKUPS_FOLDER).glob("*.db")
    with closing(sqlite3.connect(backup)) as copy:
        kinds = {kind for (kind,) in copy.execute("SELECT kind FROM slots")}
    assert kinds == {"server"}


async def test_what_is_being_swept_is_finished_before_the_database_closes(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that was cut off kept the file open, and the next command found it locked."""
    begun, gate, ended = asyncio.Event(), threading.Event(), []

    async def sweep(self: StudioFiles) -> None:
        begun.set()
        await anyio.to_thread.run_sync(gate.wait)
        ended.append("swept")

    monkeypatch.setattr(StudioFiles, "sweep", sweep)
    async with open_app(settings, environ={}):
        await begun.wait()
        asyncio.get_running_loop().call_soon(gate.set)
    assert ended == ["swept"]
    async with open_people(settings, environ={}, exclusive=True):
        pass
