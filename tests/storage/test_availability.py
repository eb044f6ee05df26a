"""A PostgreSQL server that accepts connections and says nothing, and connections that are cut."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa

from tau.errors import StoreUnavailable
from tau.journal.entries import MessageAdded
from tau.journal.journal import Journal
from tau.journal.store import Store, Write
from tau.storage.database import Database
from tau.storage.schema import entries
from tests.patience import patient
from tests.people_rows import add_people
from tests.postgres_server import PostgresServer, postgres_server

pytestmark = pytest.mark.anyio
COUNT = sa.select(sa.func.count()).select_from(entries)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as running:
        yield running


@pytest.fixture
async def database(server: PostgresServer) -> AsyncIterator[Database]:
    opened = await Database.open(server.url)
    await opened.run(lambda c: c.execute(sa.delete(entries)))
    await add_people(opened, "ada", "bob")
    yield opened
    server.thaw()
    await opened.close()


@pytest.fixture
async def store(database: Database) -> AsyncIterator[Store]:
    opened = Store(database)
    yield opened
    await opened.close()


def write(expected: int, text: str = "text") -> Write:
    return Write(person="ada", expected=expected, sealed=[text.encode()])


async def count(database: Database) -> int:
    return int(await database.run(lambda c: c.execute(COUNT).scalar_one(), read_only=True))


async def until_it_answers(database: Database) -> None:
    answered = False
    async with asyncio.timeout(patient(60)):
        while not answered:
            with suppress(StoreUnavailable):
                await count(database)
                answered = True


async def test_everything_that_waits_for_a_frozen_server_is_refused_with_a_sentence(
    server: PostgresServer, database: Database, store: Store
) -> None:
    await store.append(write(0))
    server.freeze()
    waiting: list[asyncio.Future[Any]] = [
        *(asyncio.ensure_future(count(database)) for _ in range(30)),
        *(store.append(write(number)) for number in range(1, 30)),
    ]
    async with asyncio.timeout(patient(60)):
        results = await asyncio.gather(*waiting, return_exceptions=True)
    assert {(type(result), str(result)) for result in results} == {
        (StoreUnavailable, "The database doesn't answer at the moment. Try again shortly.")
    }
    # Now it's known: nothing waits for the server any more, and no thread or connection is used.
    async with asyncio.timeout(patient(60)):
        for number in range(200):
            with pytest.raises(StoreUnavailable):
                await count(database)
            with pytest.raises(StoreUnavailable):
                await store.append(write(1 + number))
    server.thaw()
    await until_it_answers(database)
    assert await count(database) == await store.last("ada")
    await store.append(write(await store.last("ada"), "after"))
    assert bytes((await store.read("ada", 0, 99))[-1].sealed or b"") == b"after"


async def test_a_server_that_was_frozen_for_a_moment_refuses_nothing(
    server: PostgresServer, database: Database, store: Store
) -> None:
    server.freeze()
    waiting = [asyncio.ensure_future(count(database)) for _ in range(9)]
    written = store.append(write(0))
    server.thaw()
    async with asyncio.timeout(patient(60)):
        assert set(await asyncio.gather(*waiting)) <= {0, 1}
        await written


async def test_an_append_whose_answer_was_lost_is_found_again(
    server: PostgresServer, database: Database, store: Store
) -> None:
    journal = Journal(store, "ada", bytes(32))
    await journal.append(said("one"))
    server.freeze()
    with pytest.raises(StoreUnavailable):
        await journal.append(said("two"))
    assert journal.is_stale
    server.thaw()
    await until_it_answers(database)
    await journal.append(said("three"))
    kept = [record async for record in Journal(store, "ada", bytes(32)).read()]
    texts = [record.entry.text for record in kept]  # type: ignore[union-attr]
    assert texts in (["one", "three"], ["one", "two", "three"])
    assert journal.last == len(texts)


def said(text: str) -> MessageAdded:
    return MessageAdded(at=1.0, id=text, conversation="c", by="person", text=text)


async def test_slow_work_is_not_taken_for_a_server_that_does_not_answer(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every wait is asked about at once here; the server answers, so all of them go on."""
    monkeypatch.setattr("tau.storage.availability._PATIENCE_SECONDS", 0.01)
    sleep = sa.text("SELECT 7 FROM pg_sleep(0.5)")
    both = [database.run(lambda c: c.execute(sleep).scalar()) for _ in range(2)]
    assert await asyncio.gather(*both) == [7, 7]


async def test_a_statement_that_takes_too_long_is_ended_by_the_server(database: Database) -> None:
    forever = sa.text("SELECT pg_sleep(3600)")
    with pytest.raises(StoreUnavailable, match="took too long"):
        await database.run(lambda c: c.execute(forever), seconds=0.1)
    limit = sa.text("SHOW statement_timeout")
    assert await database.run(lambda c: c.execute(limit).scalar()) == "10s"
    assert await database.run(lambda c: c.execute(limit).scalar(), seconds=600) == "10min"


async def test_connections_that_were_cut_are_replaced_and_nobody_notices(
    database: Database, store: Store
) -> None:
    await store.append(write(0))
    await asyncio.gather(*(count(database) for _ in range(8)))
    other = await Database.open(database.engine.url.render_as_string(hide_password=False))
    await other.run(cut_all_others)
    await other.close()
    await store.append(write(1))
    assert await asyncio.gather(*(count(database) for _ in range(8))) == [2] * 8


def cut_all_others(connection: sa.Connection) -> None:
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    cut = sa.text(f"SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE {others}")
    assert len(connection.execute(cut).all()) >= 2


async def test_no_more_connections_are_opened_than_said(database: Database, store: Store) -> None:
    await store.append(write(0))
    busy = sa.text("SELECT count(*) FROM pg_stat_activity, pg_sleep(0.05)")
    await asyncio.gather(*(database.run(lambda c: c.execute(busy)) for _ in range(20)))
    ours = sa.text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    assert 2 <= await database.run(lambda c: c.execute(ours).scalar_one()) <= 5


async def test_a_frozen_server_cannot_be_opened(server: PostgresServer, database: Database) -> None:
    server.freeze()
    async with asyncio.timeout(patient(60)):
        with pytest.raises(StoreUnavailable, match="answer"):
            await Database.open(server.url)


async def test_closing_while_the_server_is_frozen_ends(server: PostgresServer) -> None:
    database = await Database.open(server.url)
    store = Store(database)
    await add_people(database, "ada")
    await store.append(write(await store.last("ada")))
    server.freeze()
    waiting: list[asyncio.Future[Any]] = [
        asyncio.ensure_future(count(database)),
        store.append(write(0)),
    ]
    async with asyncio.timeout(patient(60)):
        await store.close()
        await database.close()
        await asyncio.gather(*waiting, return_exceptions=True)
    server.thaw()
