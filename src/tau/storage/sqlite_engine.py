"""SQLAlchemy's engines for SQLite files: private, durable, and overwriting what is deleted."""

import sqlite3
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection

from tau.errors import Conflict, StoreUnavailable
from tau.storage.database_errors import translate_errors

_BUSY_TIMEOUT_MS = 15_000
_LOCK_TIMEOUT_SECONDS = 2.0  # another short command may have the file open


def create_sqlite_engine(address: sa.URL) -> sa.Engine:
    """Return an engine for a SQLite file, which is created if it isn't there."""
    _make_private(address.database)
    engine = sa.create_engine(address, connect_args={"timeout": _BUSY_TIMEOUT_MS / 1000})
    sa.event.listen(engine, "connect", _configure_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def lock_exclusively(url: str) -> sa.Engine:
    """Return an engine whose one connection holds the SQLite file. Raises `Conflict`."""
    address = sa.make_url(url)
    engine = sa.create_engine(
        address, connect_args={"timeout": _LOCK_TIMEOUT_SECONDS}, pool_size=1, max_overflow=0
    )
    sa.event.listen(engine, "connect", _configure_exclusively)
    sa.event.listen(engine, "begin", _begin_sqlite)
    try:
        with translate_errors(), engine.begin():
            pass  # takes the lock, which lasts until the connection ends
    except StoreUnavailable:
        engine.dispose()
        raise Conflict(
            "Tau is using this database in another window or program; stop it, then try again."
        ) from None
    return engine


def _configure_exclusively(connection: DBAPIConnection, record: object) -> None:
    try:
        connection.cursor().execute("PRAGMA locking_mode=EXCLUSIVE")  # before the first access
        _configure_sqlite(connection, record)
        timeout_ms = int(_LOCK_TIMEOUT_SECONDS * 1000)
        connection.cursor().execute(f"PRAGMA busy_timeout={timeout_ms}")
    except sqlite3.Error:
        connection.close()  # and release the shared lock
        raise


def _make_private(path: str | None) -> None:
    """Create a SQLite file only its user can read; SQLite's other files get the same mode."""
    if path and path != ":memory:" and Path(path).parent.is_dir():
        Path(path).touch(mode=0o600)


def _configure_sqlite(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # `_begin_sqlite` begins transactions
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is erased is overwritten
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
