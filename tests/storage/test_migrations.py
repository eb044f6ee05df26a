"""From nothing, from the oldest release, and by two processes at once: the same tables, once."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from tau.journal.entries import MessageAdded, encode
from tau.journal.journal import Journal
from tau.journal.store import Store
from tau.storage import migrating
from tau.storage.database import Database, create_engine
from tau.storage.migrating import MIGRATIONS, newest_version
from tau.storage.schema import metadata
from tau.storage.sealing import SecretBox, entry_place
from tests.patience import patient

pytestmark = pytest.mark.anyio
KEY = bytes(32)
OPEN = "import asyncio, sys; from tau.storage.database import Database as D; \
asyncio.run(asyncio.run(D.open(sys.argv[1])).close())"

# The tables of release 0.1, written out: migrations may change, what is on people's disks does not.
OLDEST_VERSION = "0001_first"
OLDEST = """
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
INSERT INTO alembic_version VALUES ('0001_first');
CREATE TABLE entries (person VARCHAR(32) NOT NULL, seq BIGINT NOT NULL, sealed BLOB,
    at FLOAT NOT NULL, PRIMARY KEY (person, seq)) WITHOUT ROWID;
CREATE INDEX entries_erased ON entries (person) WHERE sealed IS NULL;
CREATE TABLE snapshots (person VARCHAR(32) NOT NULL, name VARCHAR(64) NOT NULL,
    seq BIGINT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (person, name));
CREATE TABLE people (id VARCHAR(32) NOT NULL, name TEXT NOT NULL, owner BOOLEAN NOT NULL,
    created_at FLOAT NOT NULL, PRIMARY KEY (id));
CREATE TABLE slots (id VARCHAR(32) NOT NULL, person VARCHAR(32) NOT NULL, kind VARCHAR(16) NOT NULL,
    label TEXT NOT NULL, salt BLOB NOT NULL, wrapped BLOB NOT NULL, created_at FLOAT NOT NULL,
    expires_at FLOAT, used_at FLOAT, PRIMARY KEY (id),
    FOREIGN KEY(person) REFERENCES people (id) ON DELETE CASCADE);
CREATE INDEX slots_of_person ON slots (person, kind);
CREATE TABLE invitations (id VARCHAR(32) NOT NULL, invited_by VARCHAR(32) NOT NULL,
    digest BLOB NOT NULL, created_at FLOAT NOT NULL, expires_at FLOAT NOT NULL, PRIMARY KEY (id),
    FOREIGN KEY(invited_by) REFERENCES people (id) ON DELETE CASCADE);
CREATE TABLE endpoints (name VARCHAR(128) NOT NULL, url TEXT NOT NULL, model TEXT NOT NULL,
    sealed_key BLOB, details BLOB NOT NULL, PRIMARY KEY (name));
CREATE TABLE aliases (alias VARCHAR(64) NOT NULL, position INTEGER NOT NULL,
    model VARCHAR(128) NOT NULL, PRIMARY KEY (alias, position));
"""


def columns(connection: sa.Connection) -> dict[str, set[tuple[str, bool]]]:
    inspector = sa.inspect(connection)
    return {
        table: {(each["name"], bool(each["nullable"])) for each in inspector.get_columns(table)}
        for table in metadata.tables
    }


async def version_of(database: Database) -> str:
    query = sa.text("SELECT version_num FROM alembic_version")
    return str(await database.run(lambda c: c.execute(query).scalar_one()))


@pytest.fixture
def oldest_url(tmp_path: Path) -> str:
    """A file that the oldest release left, with one entry of a person in it."""
    said = MessageAdded(at=1.0, id="m", conversation="c", by="person", text="from long ago")
    sealed = SecretBox(KEY).seal(encode(said), entry_place("ada", 1))
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection, connection:
        connection.executescript(OLDEST)
        connection.execute("INSERT INTO people VALUES ('ada', 'Ada', 1, 1.0)")
        connection.execute("INSERT INTO entries VALUES ('ada', 1, ?, 1.0)", (sealed,))
    return f"sqlite:///{tmp_path / 'old.db'}"


async def test_an_empty_file_becomes_a_whole_database(tmp_path: Path) -> None:
    (tmp_path / "tau.db").touch(mode=0o600)
    database = await Database.open(
        f"sqlite:///{tmp_path / 'tau.db'}", backup_folder=tmp_path / "backups"
    )
    tables = await database.run(lambda c: sa.inspect(c).get_table_names())
    assert {*metadata.tables, "alembic_version"} == set(tables)
    assert await version_of(database) == newest_version()
    assert not (tmp_path / "backups").exists()
    await database.close()


async def test_what_the_oldest_release_wrote_is_read(oldest_url: str, tmp_path: Path) -> None:
    database = await Database.open(oldest_url, backup_folder=tmp_path / "backups")
    store = Store(database)
    journal = Journal(store, "ada", KEY)
    await journal.append(
        MessageAdded(at=2.0, id="n", conversation="c", by="tau", text="from today")
    )
    read = [record.entry async for record in journal.read()]  # type: ignore[union-attr]
    assert [entry.text for entry in read if isinstance(entry, MessageAdded)] == [
        "from long ago",
        "from today",
    ]
    assert await version_of(database) == newest_version()
    await store.close()
    await database.close()
    copies = list((tmp_path / "backups").glob("*"))
    assert len(copies) == (0 if newest_version() == OLDEST_VERSION else 1)


async def test_rows_of_somebody_who_was_removed_go_with_an_update(
    oldest_url: str, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection, connection:
        connection.execute("INSERT INTO entries VALUES ('gone', 1, x'00', 1.0)")
        connection.execute("INSERT INTO snapshots VALUES ('gone', 'facts', 1, x'00')")
    database = await Database.open(oldest_url, backup_folder=tmp_path / "backups")
    query = sa.text("SELECT person FROM entries UNION SELECT person FROM snapshots")
    assert await database.run(lambda c: c.execute(query).scalars().all()) == ["ada"]
    await database.close()


async def test_the_oldest_release_and_nothing_lead_to_the_same_tables(
    oldest_url: str, sqlite_database: Database
) -> None:
    old = await Database.open(oldest_url)
    assert await old.run(columns) == await sqlite_database.run(columns)
    await old.close()


async def test_many_that_open_at_once_migrate_once(database_url: str) -> None:
    opened = await asyncio.gather(*(Database.open(database_url) for _ in range(4)))
    for database in opened:
        assert await version_of(database) == newest_version()
        await database.close()


def test_two_processes_that_start_at_once_both_open(sqlite_url: str) -> None:
    command = [sys.executable, "-W", "error", "-c", OPEN, sqlite_url]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ) for _ in range(2)]
    told = [process.communicate(timeout=patient(60))[1] for process in started]
    assert [process.returncode for process in started] == [0, 0], told


async def test_a_migration_that_fails_leaves_no_half(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade = migrating._upgrade

    def half(connection: sa.Connection) -> None:
        upgrade(connection)
        raise RuntimeError("the power went")

    monkeypatch.setattr(migrating, "_upgrade", half)
    with pytest.raises(RuntimeError):
        await Database.open(database_url)
    monkeypatch.undo()
    database = await Database.open(database_url)
    assert await version_of(database) == newest_version()
    await database.close()


async def test_a_copy_that_cannot_be_made_stops_the_migration(
    oldest_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing:
        def execute(self, *_statement: object) -> None:
            raise sqlite3.OperationalError("disk I/O error")

        def close(self) -> None:
            pass

    monkeypatch.setattr(migrating, "newest_version", lambda: "9000_later")
    monkeypatch.setattr(migrating.sqlite3, "connect", lambda _path: Refusing())
    with pytest.raises(sqlite3.OperationalError):
        migrating._back_up(create_engine(oldest_url), tmp_path / "backups", OLDEST_VERSION)
    assert list((tmp_path / "backups").iterdir()) == [], "half a copy is no copy"


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
