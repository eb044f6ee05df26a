"""Backups of a PostgreSQL database, and backups put into one.

A backup is a SQLite file with the same tables, so that it's listed, erased in and restored like any
other, also into the other kind of database. It's read in one transaction that sees one state, and
written row by row. What the processes of a Tau know of each other isn't in it.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from tau.errors import Conflict, JournalError
from tau.storage import backup_scrubbing, backups, postgres_scrubbing
from tau.storage.backups import RestoreResult
from tau.storage.database import LONG_SECONDS, Database
from tau.storage.direct_connection import DirectConnection
from tau.storage.file_lock import lock_files
from tau.storage.migrating import migrate, newest_version
from tau.storage.postgres_engine import availability_of
from tau.storage.schema import erasures, homes, metadata, nodes, oldest_user
from tau.storage.sqlite_engine import create_sqlite_engine

if TYPE_CHECKING:
    import asyncpg

_DAY_SECONDS = 86_400.0
_ROWS_AT_ONCE = 500
_OF_PROCESSES = {erasures, homes, nodes, oldest_user}
_TABLES = [table for table in metadata.sorted_tables if table not in _OF_PROCESSES]


def create_in(folder: Path, database: Database) -> Path:
    """Back up the database to `folder`, named by the date (UTC); return the backup.

    Raises `StoreFull` and `StoreUnavailable`.
    """
    with backups.translate_copy_errors(), lock_files(folder):
        target = backups.reserve_new(folder)
        _write_backup(database, target)
    return target


def create_at(target: Path, folder: Path, database: Database, *, force: bool = False) -> None:
    """Back up the database to `target`; `folder` is that of the other backups.

    Raises `Conflict` if `target` exists and `force` is off, `BadInput` if it cannot be written.
    """
    backups.check_target(target, force=force)
    with backups.translate_copy_errors(), lock_files(folder):
        backups.reserve_again(target)
        _write_backup(database, target)


def restore(
    copy: Path, folder: Path, database: Database, *, forgotten: bool = False
) -> RestoreResult:
    """Replace what is in the database with a backup, after backing it up to `folder`.

    What was forgotten since the backup was made stays forgotten, unless `forgotten` is set. Raises
    `BadInput` for a file that is not a database of Tau, `JournalError` for one of a newer Tau, and
    `Conflict` while a node of Tau uses the database. Then nothing is changed.
    """
    backups.check(copy)
    _refuse_while_in_use(database)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = backups.partial_path(backups.previous_path(folder))
    kept, left_out, removed = None, 0, None
    with backups.translate_copy_errors(), lock_files(folder):
        try:
            _copy_migrated(copy, fresh)
            if not database.run_blocking(_is_empty, read_only=True):
                kept = backups.previous_path(folder)
                backups.reserve(kept)
                _write_backup(database, kept)
                if not forgotten:
                    left_out, removed = _leave_out(kept, fresh)
            _load(database, fresh)
        finally:
            fresh.unlink(missing_ok=True)
    return RestoreResult(kept, left_out, removed or [], removed is not None)


def _write_backup(database: Database, target: Path) -> None:
    draft = backups.partial_path(target)
    try:
        _check_version(database)
        with closing(_empty_copy(draft)) as raw:
            _run(database, lambda connection: _read_all(connection, raw))
        present = database.run_blocking(
            postgres_scrubbing.read_present, read_only=True, seconds=LONG_SECONDS
        )
        postgres_scrubbing.scrub_new_backup(draft, present)
        backups.fsync(draft)
        draft.replace(target)
        backup_scrubbing.fsync_folder(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def _check_version(database: Database) -> None:
    version = sa.text("SELECT version_num FROM alembic_version")
    if database.run_blocking(lambda c: c.execute(version).scalar()) != newest_version():
        raise JournalError(
            "This data is used by a newer Tau, which may keep more in it; use that version."
        )


def _empty_copy(path: Path) -> sqlite3.Connection:
    """Make the tables in the SQLite file at `path`; return a connection to it."""
    _migrate_file(path)
    raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    raw.execute("PRAGMA journal_mode = OFF")  # it's a draft until it's whole
    raw.execute("PRAGMA synchronous = OFF")
    return raw


def _copy_migrated(copy: Path, fresh: Path) -> None:
    """Copy a backup to `fresh`, with the tables of this version."""
    with closing(backups.open_copy(copy)) as source:
        fresh.touch(mode=0o600)
        source.execute("VACUUM INTO ?", (str(fresh),))
    _migrate_file(fresh)


def _migrate_file(path: Path) -> None:
    engine = create_sqlite_engine(sa.URL.create("sqlite", database=str(path)))
    try:
        migrate(engine, None)
    finally:
        engine.dispose()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")  # one file


async def _read_all(connection: "asyncpg.Connection", raw: sqlite3.Connection) -> None:
    """Copy every row to the SQLite file, as of one moment."""
    if connection.is_in_transaction():  # a pooler is in between
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        transaction: Any = nullcontext()
    else:
        transaction = connection.transaction(isolation="repeatable_read", readonly=True)
    async with transaction:
        for table in _TABLES:
            await _read_table(connection, table, raw)


async def _read_table(
    connection: "asyncpg.Connection", table: sa.Table, raw: sqlite3.Connection
) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    places = ", ".join("?" * len(table.columns))
    insert = f'INSERT INTO "{table.name}" ({names}) VALUES ({places})'  # noqa: S608 (names of our own)
    rows = connection.cursor(
        f'SELECT {names} FROM "{table.name}"',  # noqa: S608 (names of our own)
        prefetch=_ROWS_AT_ONCE,
    )
    raw.execute("BEGIN")
    raw.execute(f'DELETE FROM "{table.name}"')  # noqa: S608 (names of our own)
    some: list[tuple[Any, ...]] = []
    async for row in rows:
        some.append(tuple(row))
        if len(some) == _ROWS_AT_ONCE:
            raw.executemany(insert, some)
            some.clear()
    raw.executemany(insert, some)
    raw.execute("COMMIT")


def _leave_out(current: Path, fresh: Path) -> tuple[int, list[str] | None]:
    """Erase in `fresh` what was erased in the backup `current` of the database."""
    with closing(backups.open_copy(current)) as old:
        erased = backup_scrubbing.erased_entries(old)
        left_out = backup_scrubbing.apply_erasures(erased, fresh) if erased else 0
        return left_out, backup_scrubbing.sync_people(old, fresh)


def _load(database: Database, fresh: Path) -> None:
    """Replace all rows of the database, or none."""
    with closing(sqlite3.connect(fresh, check_same_thread=False)) as raw:
        _run(database, lambda connection: _replace_all(connection, raw))


async def _replace_all(connection: "asyncpg.Connection", raw: sqlite3.Connection) -> None:
    async with connection.transaction():
        await connection.execute("LOCK TABLE nodes")  # none starts from now on
        if await connection.fetchval(_IN_USE):
            raise Conflict(_STOP_FIRST)
        emptied = ", ".join(f'"{table.name}"' for table in (*_TABLES, homes))
        await connection.execute(f"TRUNCATE {emptied}")
        for table in _TABLES:
            await connection.copy_records_to_table(
                table.name,
                columns=[column.name for column in table.columns],
                records=_records(raw, table),
            )


def _records(raw: sqlite3.Connection, table: sa.Table) -> Iterator[tuple[Any, ...]]:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    whether = [isinstance(column.type, sa.Boolean) for column in table.columns]
    for row in raw.execute(f'SELECT {names} FROM "{table.name}"'):  # noqa: S608 (names of our own)
        yield _with_booleans(row, whether)


def _with_booleans(row: Sequence[Any], whether: Sequence[bool]) -> tuple[Any, ...]:
    return tuple(
        bool(value) if is_boolean and value is not None else value
        for value, is_boolean in zip(row, whether, strict=True)
    )


_IN_USE = "SELECT count(*) FROM nodes WHERE until > extract(epoch FROM clock_timestamp())"
_STOP_FIRST = (
    "Tau is using this database; stop every node, wait ten seconds, then restore the backup."
)


def _refuse_while_in_use(database: Database) -> None:
    if database.run_blocking(lambda c: c.execute(sa.text(_IN_USE)).scalar(), read_only=True):
        raise Conflict(_STOP_FIRST)


def _is_empty(connection: sa.Connection) -> bool:
    people = metadata.tables["people"]
    return connection.execute(sa.select(sa.func.count()).select_from(people)).scalar() == 0


def _run(database: Database, work: Callable[["asyncpg.Connection"], Awaitable[None]]) -> None:
    """Do `work` over a connection of its own: it takes long, and appends don't wait for it."""
    availability = availability_of(database.engine)
    if availability is None:
        raise ValueError("the database isn't PostgreSQL")
    connection = DirectConnection(database.engine.url, availability)
    try:
        connection.run_blocking(work, _DAY_SECONDS)
    finally:
        connection.close_blocking()
