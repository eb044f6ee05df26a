"""The database opens, migrates, keeps a copy and names its failures."""

import os
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from tau.errors import JournalError, SettingsError, StoreFull, StoreUnavailable
from tau.storage import migrating
from tau.storage.database import Database
from tau.storage.schema import metadata, people

pytestmark = pytest.mark.anyio


def _person(name: str) -> dict[str, object]:
    return {"id": name, "name": name, "owner": False, "created_at": 0.0}


async def test_migrations_lead_to_the_schema(database: Database) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
        return [each for each in found if "entries_" not in str(each[1])]

    assert await database.run(differences) == []


async def test_opening_twice_changes_nothing(database: Database, database_url: str) -> None:
    await database.run(lambda c: c.execute(sa.insert(people), _person("a")))
    again = await Database.open(database_url)
    count = sa.select(sa.func.count()).select_from(people)
    assert await again.run(lambda c: c.execute(count).scalar(), read_only=True) == 1
    await again.close()


async def test_nobody_else_can_read_the_files(sqlite_database: Database, tmp_path: Path) -> None:
    await sqlite_database.run(lambda c: c.execute(sa.insert(people), _person("a")))
    modes = {entry.name: entry.stat().st_mode & 0o777 for entry in os.scandir(tmp_path)}
    assert {"tau.db", "tau.db-wal"} <= set(modes)
    assert set(modes.values()) == {0o600}


async def test_work_that_fails_leaves_nothing(database: Database) -> None:
    def work(connection: sa.Connection) -> None:
        connection.execute(sa.insert(people), _person("a"))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.run(work)
    count = sa.select(sa.func.count()).select_from(people)
    assert await database.run(lambda c: c.execute(count).scalar()) == 0


async def test_a_copy_is_kept_before_a_sqlite_file_is_migrated(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await Database.open(sqlite_url, backup_folder=tmp_path / "backups")
    await first.run(lambda c: c.execute(sa.insert(people), _person("a")))
    await first.close()
    assert not (tmp_path / "backups").exists(), "a new file needs no copy"

    monkeypatch.setattr(migrating, "newest_version", lambda: "9998_later")
    await (await Database.open(sqlite_url, backup_folder=tmp_path / "backups")).close()
    (copy,) = (tmp_path / "backups").iterdir()
    assert copy.stat().st_mode & 0o777 == 0o600
    kept = sqlite3.connect(copy)
    assert kept.execute("SELECT id FROM people").fetchall() == [("a",)]
    kept.close()


async def test_data_of_a_newer_tau_is_left_alone(database: Database, database_url: str) -> None:
    for change in (
        "UPDATE alembic_version SET version_num = '9999_future'",
        "UPDATE oldest_user SET version = '9999_future'",
    ):
        await database.run(lambda c, sql=change: c.execute(sa.text(sql)))  # type: ignore[misc]
    with pytest.raises(JournalError, match="newer Tau"):
        await Database.open(database_url)


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://a:b@localhost/c"])
async def test_an_unusable_address_is_told(url: str) -> None:
    with pytest.raises(SettingsError, match="database_url"):
        await Database.open(url)


async def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    with pytest.raises(StoreUnavailable) as caught:
        await Database.open("postgresql://tau:hunter2@127.0.0.1:1/tau")
    assert "hunter2" not in str(caught.value)


async def test_a_full_disk_is_named(sqlite_database: Database) -> None:
    def work(connection: sa.Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        connection.execute(sa.insert(people), [_person(str(n) * 20) for n in range(1000)])

    with pytest.raises(StoreFull, match="disk is full"):
        await sqlite_database.run(work)
