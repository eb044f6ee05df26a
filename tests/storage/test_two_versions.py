"""Nodes of two versions on one database: who may use it, and who waits for whom."""

import ast
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tau.errors import JournalError, StoreUnavailable
from tau.storage import migrating
from tau.storage.database import Database, create_engine
from tau.storage.migrating import MIGRATIONS, migrate, newest_version
from tau.storage.schema import metadata, people

pytestmark = pytest.mark.anyio
FIRST = "0010_oldest_user"
ADDED = "9001_added"
MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "{version}"
down_revision = "{before}"
oldest_user = "{oldest}"


def upgrade() -> None:
    op.add_column("people", sa.Column("added", sa.Text, nullable=True))
"""
Release = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def newer_tau(tmp_path: Path) -> Release:
    """Makes this Tau the next release for a while; its one migration bears Taus since `oldest`."""

    @contextmanager
    def become(oldest: str) -> Iterator[None]:
        folder = tmp_path / "migrations"
        shutil.copytree(MIGRATIONS, folder)
        text = MIGRATION.format(version=ADDED, before=newest_version(), oldest=oldest)
        (folder / "versions" / f"{ADDED}.py").write_text(text)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(migrating, "MIGRATIONS", folder)
            yield

    return become


def _person(name: str) -> dict[str, Any]:
    return {"id": name, "name": name, "owner": False, "created_at": 1.0}


async def _names(database: Database) -> list[str]:
    query = sa.select(people.c.name).order_by(people.c.name)
    return await database.run(lambda c: list(c.execute(query).scalars()))


async def test_a_release_can_be_taken_back(database_url: str, newer_tau: Release) -> None:
    older = await Database.open(database_url)
    with newer_tau(newest_version()):
        newer = await Database.open(database_url)
        await newer.run(lambda c: c.execute(sa.insert(people), _person("newer")))
        await older.run(lambda c: c.execute(sa.insert(people), _person("beside")))
        await older.close()
    older = await Database.open(database_url)
    await older.run(lambda c: c.execute(sa.insert(people), _person("restarted")))
    assert await _names(newer) == await _names(older) == ["beside", "newer", "restarted"]
    columns = await older.run(lambda c: sa.inspect(c).get_columns("people"))
    assert "added" in {column["name"] for column in columns}, "an older Tau takes nothing away"
    await newer.close()
    await older.close()


async def test_tables_that_an_older_tau_would_spoil_are_left_alone(
    database_url: str, newer_tau: Release
) -> None:
    with newer_tau(ADDED):
        await (await Database.open(database_url)).close()
        await (await Database.open(database_url)).close()
    with pytest.raises(JournalError, match="written by a newer Tau; install that version"):
        await Database.open(database_url)


def _version(engine: sa.Engine) -> str:
    with engine.connect() as connection:
        return str(migrating._current_version(connection))


async def test_a_migration_gives_way_to_older_nodes_that_write(
    shared_url: str, newer_tau: Release
) -> None:
    engine = create_engine(shared_url)
    writing = engine.connect()
    writing.execute(sa.insert(people), _person("long"))
    gave_way: list[float] = []

    def meanwhile(seconds: float) -> None:
        if not gave_way:
            with engine.begin() as other:  # waits for nothing: the migration holds no table
                other.execute(sa.text("SET LOCAL lock_timeout = '1ms'"))
                other.execute(sa.insert(people), _person("short"))
            writing.commit()
        gave_way.append(seconds)

    with newer_tau(newest_version()):
        migrate(engine, None, sleep=meanwhile)
    assert gave_way
    assert _version(engine) == ADDED
    with engine.connect() as connection:
        assert set(connection.scalars(sa.select(people.c.name))) == {"long", "short"}
    writing.close()
    engine.dispose()


async def test_a_table_that_stays_locked_is_told_and_nothing_is_changed(
    shared_url: str, newer_tau: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = newest_version()
    engine = create_engine(shared_url)
    monkeypatch.setattr(migrating, "_ATTEMPTS", 2)
    with engine.connect() as writing:
        writing.execute(sa.insert(people), _person("long"))
        told = pytest.raises(StoreUnavailable, match=r"nothing was changed\. Start Tau again")
        with newer_tau(before), told:
            migrate(engine, None, sleep=lambda _: None)
        assert _version(engine) == before
    engine.dispose()


def _declared() -> dict[str, str | None]:
    """Return what each migration since the first says of the oldest Tau that can go on."""
    found = {}
    for path in sorted((MIGRATIONS / "versions").glob("[0-9]*.py")):
        if path.stem >= FIRST:
            names = {
                target.id: ast.literal_eval(node.value)
                for node in ast.parse(path.read_text("utf-8")).body
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            found[path.stem] = names.get("oldest_user")
    return found


def test_each_migration_says_who_can_use_its_tables() -> None:
    declared = _declared()
    known = {path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}
    last = FIRST
    for version, oldest in declared.items():
        assert oldest is not None, f"{version} doesn't declare `oldest_user`; see docs/nodes.md"
        assert oldest in known, f"{version} names tables that don't exist: {oldest}"
        assert last <= oldest <= version, f"{version} would let in who was shut out before"
        last = oldest


async def test_tables_stay_usable_for_who_may_use_them(
    database_url: str,
) -> None:
    """A Tau of the oldest version finds all of its columns, and needn't fill a new one."""
    oldest = _declared()[newest_version()]
    assert oldest is not None
    engine = create_engine(database_url)
    with engine.begin() as connection:
        migrating._upgrade(connection, oldest)
        before = _columns(connection)
        migrating._upgrade(connection)
        after = _columns(connection)
    engine.dispose()
    assert set(before) - set(after) == set(), "a table is gone"
    for table, columns in before.items():
        for name, (kind, optional) in columns.items():
            assert after[table].get(name) == (kind, optional), f"{table}.{name} has changed"
        for name in set(after[table]) - set(columns):
            assert after[table][name][1], f"an older Tau leaves {table}.{name} out"


def _columns(connection: sa.Connection) -> dict[str, dict[str, tuple[str, bool]]]:
    """Return each column's type, and whether a row may leave it out."""
    inspector = sa.inspect(connection)
    return {
        table: {
            each["name"]: (str(each["type"]), each["nullable"] or each["default"] is not None)
            for each in inspector.get_columns(table)
        }
        for table in metadata.tables
        if inspector.has_table(table)
    }


async def test_the_database_says_who_can_use_it(database: Database) -> None:
    assert await database.run(migrating._oldest_user) == _declared()[newest_version()]
