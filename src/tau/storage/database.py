"""Database connections: a SQLite file in Tau's home, or PostgreSQL.

This module connects; it knows nothing of what the tables contain.
"""

import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.to_thread
import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection

from tau.errors import Conflict, SettingsError, StoreUnavailable
from tau.storage import backup_scrubbing, scrubbing
from tau.storage.background_scrubbing import BackgroundScrubber
from tau.storage.database_errors import translate_errors
from tau.storage.direct_connection import DirectConnection
from tau.storage.file_lock import lock_files
from tau.storage.migrating import migrate
from tau.storage.notifications import Notifications

T = TypeVar("T")
logger = logging.getLogger(__name__)

PARTIAL_SUFFIX = backup_scrubbing.PARTIAL_SUFFIX
_BUSY_TIMEOUT_MS = 15_000
_LOCK_TIMEOUT_SECONDS = 2.0  # another short command may have the file open
_THREADS = 8


class Database:
    """An open database. Each call runs as one transaction in a worker thread."""

    def __init__(self, engine: sa.Engine, backup_folder: Path | None = None) -> None:
        self.engine = engine
        self.backup_folder = backup_folder
        """Where backups of a SQLite file are stored."""
        postgres = None if engine.dialect.name == "sqlite" else engine.url
        self.notifications = Notifications(postgres)
        """Notifies other processes of what changed here, and listeners of what changed there."""
        self.direct = DirectConnection(postgres) if postgres else None
        """A connection to PostgreSQL for what is asked most often; `None` with SQLite."""
        self._limiter = anyio.CapacityLimiter(_THREADS)
        self._scrubber = BackgroundScrubber(self.scrub)

    @classmethod
    async def open(
        cls, url: str, *, backup_folder: Path | None = None, exclusive: bool = False
    ) -> "Database":
        """Open the database at `url` after migrating its tables.

        Before a migration changes a SQLite file, a backup is made in `backup_folder`. With
        `exclusive`, a SQLite file is locked until it is closed, for changes that a running Tau must
        not overwrite with what it holds in memory. Raises `SettingsError` for an unusable address,
        `StoreUnavailable` if the database does not answer, `JournalError` if a newer Tau wrote it,
        and `Conflict` if it is to be locked and another process has it open.
        """
        engine = create_engine(url)
        try:
            await anyio.to_thread.run_sync(_migrate, engine, backup_folder)
        except BaseException:
            engine.dispose()
            raise
        if exclusive and engine.dialect.name == "sqlite":
            engine.dispose()
            engine = await anyio.to_thread.run_sync(_lock_exclusively, url)
        database = cls(engine, backup_folder)
        await anyio.to_thread.run_sync(database.finish_scrubbing_blocking)
        return database

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a SQLite file."""
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """The SQLite file, if this is one."""
        path = self.engine.url.database
        return Path(path) if self.is_sqlite and path and path != ":memory:" else None

    async def run(self, work: Callable[[sa.Connection], T], *, read_only: bool = False) -> T:
        """Run `work` in one transaction in a worker thread, and return its result.

        A SQLite transaction takes the write lock at its start, so that it never fails because what
        it read has changed; `read_only` work takes none. Raises `StoreFull` and `StoreUnavailable`.
        """
        return await anyio.to_thread.run_sync(
            self.run_blocking, work, read_only, limiter=self._limiter
        )

    def run_blocking(self, work: Callable[[sa.Connection], T], read_only: bool = False) -> T:
        """Do the same as `run`, in the calling thread."""
        with translate_errors(), self.engine.connect() as connection:
            ready = connection.execution_options(read_only=read_only)
            with self.notifications.sent_after(ready), ready.begin():
                return work(ready)

    async def run_revoking(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work`, which may delete key slots, then overwrite them in the background.

        `close` waits until that is done.
        """
        result = await self.run(work)
        self.scrub_soon()
        return result

    def scrub_soon(self) -> None:
        """Overwrite erased data in SQLite's files in the background, if there is any."""
        if self.is_sqlite:
            self._scrubber.request()

    async def scrub(self) -> None:
        """Overwrite erased data in SQLite's files.

        Raises `StoreUnavailable` if that has to wait for the next start.
        """
        await anyio.to_thread.run_sync(self.scrub_blocking)

    def scrub_blocking(self) -> None:
        """Do the same as `scrub`, in the calling thread."""
        if not self._is_unclean():
            return
        with translate_errors(), self._locked_files() as folder:
            copies = sorted(folder.glob("*.db")) if folder and folder.is_dir() else []
            with self._raw() as raw:
                if raw is not None:
                    scrubbing.scrub(raw, copies)

    def finish_scrubbing_blocking(self) -> None:
        """Overwrite and delete what an earlier process did not get to."""
        try:
            with translate_errors():
                self._delete_drafts()
            self.scrub_blocking()
        except StoreUnavailable as error:
            logger.warning("%s", error)

    def _is_unclean(self) -> bool:
        with translate_errors(), self._raw() as raw:
            return raw is not None and scrubbing.is_unclean(raw)

    def _delete_drafts(self) -> None:
        """Delete the drafts that killed processes left, once nobody writes one any more."""
        if self._drafts():
            with self._locked_files():
                for draft in self._drafts():
                    draft.unlink(missing_ok=True)

    @contextmanager
    def _raw(self) -> Iterator[sqlite3.Connection | None]:
        """Yield SQLite's connection; `None` if this is not SQLite."""
        if not self.is_sqlite:
            yield None
            return
        with self.engine.connect() as connection:
            yield connection.connection.driver_connection

    @contextmanager
    def _locked_files(self) -> Iterator[Path | None]:
        """Lock the files beside the database; yield the folder of its backups."""
        if self.file is None:
            yield None
            return
        with lock_files(self.file):
            yield self.backup_folder

    def _drafts(self) -> list[Path]:
        """Return the drafts of backups in Tau's home and beside the database."""
        if self.file is None:
            return []
        found = scrubbing.drafts(self.file.parent, self.file.name)
        for folder in (self.backup_folder, self.backup_folder.parent) if self.backup_folder else ():
            found += scrubbing.drafts(folder)
        return found

    async def close(self) -> None:
        """Finish the scrubbing that was begun, and close every connection."""
        await self.notifications.close()
        await self._scrubber.close()
        if self.direct is not None:
            await anyio.to_thread.run_sync(self.direct.close_blocking)
        await anyio.to_thread.run_sync(self.engine.dispose)


def create_engine(url: str | sa.URL) -> sa.Engine:
    """Return an engine for `url`. Raises `SettingsError` for a database that Tau cannot use."""
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise SettingsError(
            "The setting 'database_url' isn't a database address; "
            "write postgresql://user:password@host/name."
        ) from None
    backend = address.get_backend_name()
    if backend == "sqlite":
        _make_private(address.database)
        engine = sa.create_engine(address, connect_args={"timeout": _BUSY_TIMEOUT_MS / 1000})
        sa.event.listen(engine, "connect", _configure_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    if backend in {"postgresql", "postgres"}:
        return sa.create_engine(_pg8000_address(address), pool_pre_ping=True, pool_size=_THREADS)
    raise SettingsError("The setting 'database_url' must be a SQLite or PostgreSQL address.")


def _lock_exclusively(url: str) -> sa.Engine:
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


def _pg8000_address(address: sa.URL) -> sa.URL:
    """Return `address` for pg8000, which needs a socket file where libpq takes `host=folder`."""
    address = address.set(drivername="postgresql+pg8000")
    folder = address.query.get("host")
    if not isinstance(folder, str) or not folder.startswith("/"):
        return address
    socket_file = f"{folder}/.s.PGSQL.{address.port or 5432}"
    return address.difference_update_query(["host"]).update_query_dict({"unix_sock": socket_file})


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


def _migrate(engine: sa.Engine, backup_folder: Path | None) -> None:
    with translate_errors():
        migrate(engine, backup_folder)


def free_bytes(folder: Path) -> int:
    """Return the free space of the disk that contains `folder`."""
    return shutil.disk_usage(folder).free
