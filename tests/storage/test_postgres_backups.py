"""Backups of PostgreSQL: whole, private, erased in, and put into either kind of database."""

import os
import sqlite3
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tau.errors import BadInput, Conflict, StoreFull
from tau.journal.store import Store, Write
from tau.people import registry
from tau.storage import backups, postgres_backups
from tau.storage.database import Database, create_engine
from tau.storage.schema import entries, metadata, nodes, people

pytestmark = pytest.mark.anyio
NOT_COPIED = {"erasures", "homes", "nodes", "oldest_user"}
TABLES = [table for table in metadata.sorted_tables if table.name not in NOT_COPIED]


@pytest.fixture
def new_url(postgres_url: str) -> Iterator[Callable[[], str]]:
    """Makes the address of an empty PostgreSQL database."""
    admin = create_engine(postgres_url)

    def new() -> str:
        name = f"tau_{uuid.uuid4().hex}"
        with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        return sa.make_url(postgres_url).set(database=name).render_as_string(hide_password=False)

    yield new
    admin.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
async def database(new_url: Callable[[], str], folder: Path) -> AsyncIterator[Database]:
    opened = await Database.open(new_url(), backup_folder=folder)
    await add_person(opened, "ada", owner=True)
    yield opened
    await opened.close()


@pytest.fixture
async def store(database: Database) -> AsyncIterator[Store]:
    opened = Store(database)
    yield opened
    await opened.close()


async def add_person(database: Database, name: str, *, owner: bool = False) -> None:
    row = {"id": name, "name": name.title(), "owner": owner, "created_at": 1.5}
    await database.run(lambda c: c.execute(sa.insert(people), row))


async def say(store: Store, person: str = "ada", erase: tuple[int, ...] = ()) -> bytes:
    said = os.urandom(400)
    last = await store.last(person)
    await store.append(Write(person=person, expected=last, sealed=[said], erase=erase))
    return said


def a_value(column: sa.Column[Any]) -> Any:
    """A value of the column's type; everything belongs to Ada."""
    for key in column.foreign_keys:
        table = key.column.table.name
        return {"people": "ada", "studio_projects": "run"}.get(table, a_value(key.column))
    if isinstance(column.type, sa.LargeBinary):
        return bytes(range(256))
    if isinstance(column.type, sa.Boolean):
        return True
    if isinstance(column.type, sa.Float):
        return 1_700_000_000.123456
    if isinstance(column.type, sa.Integer):
        return 2**40 if isinstance(column.type, sa.BigInteger) else 7
    length = column.type.length if isinstance(column.type, sa.String) else None
    return "é中'\\"[: length or 99]


async def fill(database: Database) -> None:
    """Add a row to every table."""

    def work(connection: sa.Connection) -> None:
        for table in TABLES:
            if table.name != "people":
                row = {column.name: a_value(column) for column in table.columns}
                if table.name == "studio_projects":
                    row["id"] = "run"
                connection.execute(sa.insert(table), row)

    await database.run(work)


async def rows_of(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    def read(connection: sa.Connection) -> dict[str, list[tuple[Any, ...]]]:
        return {
            table.name: sorted(
                (tuple(row) for row in connection.execute(sa.select(table))), key=str
            )
            for table in TABLES
        }

    return await database.run(read, read_only=True)


def held(path: Path) -> list[bytes | None]:
    with closing(sqlite3.connect(path)) as opened:
        return [row[0] for row in opened.execute("SELECT sealed FROM entries ORDER BY person, seq")]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_everything_moves_from_one_kind_of_database_to_the_other_and_back(
    database: Database, folder: Path, tmp_path: Path, new_url: Callable[[], str]
) -> None:
    await fill(database)
    everything = await rows_of(database)
    assert all(everything.values()), "no table was left out of this test"
    copy = postgres_backups.create_in(folder, database)
    assert (copy.parent, copy.stat().st_mode & 0o777) == (folder, 0o600)
    assert names(folder) == [copy.name], "no draft is left"
    backups.check(copy)

    home = tmp_path / "home"
    home.mkdir()
    assert not backups.restore(copy, home / "tau.db", home / "backups").compared
    file = await Database.open(f"sqlite:///{home / 'tau.db'}", backup_folder=home / "backups")
    assert await rows_of(file) == everything
    back = backups.Backups(file)
    there = back.path(back.make().name)
    size = there.stat().st_size
    await file.close()

    other = await Database.open(new_url(), backup_folder=home / "backups")
    assert postgres_backups.restore(there, home / "backups", other).kept is None
    assert await rows_of(other) == everything
    await other.close()
    assert there.stat().st_size == size, "another database erases nothing in the backups"


async def test_more_rows_than_are_read_at_once(
    database: Database, store: Store, folder: Path
) -> None:
    sealed = [os.urandom(20) for _ in range(1_234)]
    await store.append(Write(person="ada", expected=0, sealed=sealed))
    assert held(postgres_backups.create_in(folder, database)) == sealed


async def test_what_is_forgotten_goes_from_the_backups(
    database: Database, store: Store, folder: Path
) -> None:
    said = [await say(store) for _ in range(3)]
    await add_person(database, "bob")
    of_bob = await say(store, "bob")
    copies = [postgres_backups.create_in(folder, database) for _ in range(2)]
    last = await say(store, erase=(2,))
    assert last not in copies[0].read_bytes()
    for copy in copies:
        assert held(copy) == [said[0], None, said[2], of_bob]
        assert said[1] not in copy.read_bytes()

    await database.run(lambda c: registry.remove_person(c, "bob"))
    await database.scrub()
    for copy in copies:
        assert held(copy) == [said[0], None, said[2]]
        assert of_bob not in copy.read_bytes()


async def test_what_is_forgotten_while_a_backup_is_written_is_not_in_it(
    database: Database, store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [await say(store) for _ in range(3)]
    whole = postgres_backups._run
    write = Write(person="ada", expected=3, sealed=[b"forgot"], erase=(2,))

    def forget_meanwhile(database: Database, work: Any) -> None:
        whole(database, work)
        monkeypatch.undo()
        postgres_commit(database, write)

    monkeypatch.setattr(postgres_backups, "_run", forget_meanwhile)
    kept = folder.with_name("elsewhere.db")
    postgres_backups.create_at(kept, folder, database)
    assert held(kept) == [said[0], None, said[2]]
    assert said[1] not in kept.read_bytes()


def postgres_commit(database: Database, write: Write) -> None:
    """Commit in this thread, as another process would."""

    def work(connection: sa.Connection) -> None:
        where = (entries.c.person == write.person, entries.c.seq.in_(write.erase))
        connection.execute(sa.update(entries).where(*where).values(sealed=None))

    database.run_blocking(work)


async def test_a_backup_that_fails_or_is_killed_leaves_nothing(
    database: Database, store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.append(Write(person="ada", expected=0, sealed=[os.urandom(9_000)] * 50))
    make = postgres_backups._empty_copy

    def small(path: Path) -> sqlite3.Connection:
        raw = make(path)
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count = {pages + 3}")
        return raw

    monkeypatch.setattr(postgres_backups, "_empty_copy", small)
    with pytest.raises(StoreFull, match="not enough disk space"):
        postgres_backups.create_in(folder, database)
    assert names(folder) == []
    monkeypatch.undo()

    killed = folder / "tau-2026-01-01-000000.db.partial"
    killed.write_bytes(b"half of a backup")
    url = database.engine.url.render_as_string(hide_password=False)
    await (await Database.open(url, backup_folder=folder)).close()
    assert not killed.exists()


async def test_a_file_is_not_overwritten(database: Database, folder: Path) -> None:
    target = folder.with_name("mine.db")
    target.write_text("mine")
    with pytest.raises(Conflict, match="already exists"):
        postgres_backups.create_at(target, folder, database)
    assert target.read_text() == "mine"
    postgres_backups.create_at(target, folder, database, force=True)
    backups.check(target)


async def test_what_was_forgotten_or_removed_since_stays_so_when_a_backup_is_restored(
    database: Database, store: Store, folder: Path
) -> None:
    said = [await say(store) for _ in range(3)]
    await add_person(database, "bob")
    await say(store, "bob")
    copy = folder.with_name("elsewhere.db")  # where forgetting doesn't reach
    postgres_backups.create_at(copy, folder, database)
    await say(store, erase=(2,))

    await database.run(lambda c: registry.remove_person(c, "bob"))
    result = postgres_backups.restore(copy, folder, database)
    assert (result.left_out, result.removed, result.compared) == (1, ["Bob"], True)
    rows = [row.sealed for row in await store.read("ada", 0, 9)]
    assert rows == [said[0], None, said[2]]
    assert await store.last("bob") == 0
    assert result.kept is not None
    backups.check(result.kept)
    assert len(held(result.kept)) == 4, "what was there before is kept"

    again = postgres_backups.restore(copy, folder, database, forgotten=True)
    assert (again.left_out, again.removed) == (0, [])
    assert [row.sealed for row in await store.read("ada", 0, 9)] == said
    assert await store.last("bob") == 1
    await say(store)
    await database.scrub()
    assert len(held(result.kept)) == 4, "and stays as it was"


async def test_nothing_is_restored_while_a_node_uses_the_database(
    database: Database, store: Store, folder: Path
) -> None:
    said = await say(store)
    copy = postgres_backups.create_in(folder, database)
    await say(store)
    row = {"id": "n", "url": "", "version": "1", "until": 4e9, "draining": False}
    await database.run(lambda c: c.execute(sa.insert(nodes), row))
    with pytest.raises(Conflict, match="stop every node"):
        postgres_backups.restore(copy, folder, database)
    assert await store.last("ada") == 2
    await database.run(lambda c: c.execute(sa.update(nodes).values(until=1.0)))
    postgres_backups.restore(copy, folder, database)
    assert [row.sealed for row in await store.read("ada", 0, 9)] == [said]


async def test_a_restore_that_fails_changes_nothing(
    database: Database, store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(store)
    copy = postgres_backups.create_in(folder, database)
    await say(store)
    before = await rows_of(database)

    def broken(raw: sqlite3.Connection, table: sa.Table) -> Iterator[tuple[Any, ...]]:
        yield from records(raw, table)
        if table.name == "entries":
            raise sqlite3.OperationalError

    records = postgres_backups._records
    monkeypatch.setattr(postgres_backups, "_records", broken)
    with pytest.raises(Exception, match="can't be copied"):
        postgres_backups.restore(copy, folder, database)
    assert await rows_of(database) == before
    (folder / "diary.db").write_text("Dear diary")
    with pytest.raises(BadInput, match="isn't a database of Tau"):
        postgres_backups.restore(folder / "diary.db", folder, database)
    assert await rows_of(database) == before
    assert not [name for name in names(folder) if ".partial" in name]
