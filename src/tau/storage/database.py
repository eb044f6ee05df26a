"""Database connections: a SQLite file in Tau's home, or PostgreSQL.

This module connects; it knows nothing of what the tables contain.
"""

import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.to_thread
import sqlalchemy as sa

from tau.errors import SettingsError, StoreUnavailable
from tau.storage import backup_scrubbing, postgres_scrubbing, scrubbing
from tau.storage.availability import Availability
from tau.storage.background_scrubbing import BackgroundScrubber
from tau.storage.database_errors import translate_errors
from tau.storage.direct_connection import STATEMENT_SECONDS, DirectConnection
from tau.storage.file_lock import lock_files
from tau.storage.migrating import migrate
from tau.storage.notifications import Notifications
from tau.storage.postgres_engine import CONNECTIONS, availability_of, create_postgres_engine
from tau.storage.sqlite_engine import create_sqlite_engine, lock_exclusively

T = TypeVar("T")
logger = logging.getLogger(__name__)

PARTIAL_SUFFIX = backup_scrubbing.PARTIAL_SUFFIX
_THREADS = 8
LONG_SECONDS = 600.0
"""For work that may take long on PostgreSQL, such as removing a person."""


class Database:
    """An open database. Each call runs as one transaction in a worker thread."""

    def __init__(
        self, engine: sa.Engine, backup_folder: Path | None = None, listen_url: str = ""
    ) -> None:
        self.engine = engine
        self.backup_folder = backup_folder
        """Where backups of a SQLite file are stored."""
        availability = availability_of(engine)
        listen_address = sa.make_url(listen_url) if listen_url else engine.url
        self.notifications = Notifications(listen_address if availability else None)
        """Notifies other processes of what changed here, and listeners of what changed there."""
        self.direct = DirectConnection(engine.url, availability) if availability else None
        """A connection to PostgreSQL for what is asked most often; `None` with SQLite."""
        self._availability = availability
        self._removed: set[str] = set()  # from PostgreSQL, and perhaps not yet from the backups
        self._limiter = anyio.CapacityLimiter(CONNECTIONS if availability else _THREADS)
        self._scrubber = BackgroundScrubber(self.scrub)

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        backup_folder: Path | None = None,
        exclusive: bool = False,
        listen_url: str = "",
    ) -> "Database":
        """Open the database at `url` after migrating its tables.

        Before a migration changes a SQLite file, a backup is made in `backup_folder`. With
        `exclusive`, a SQLite file is locked until it is closed, for changes that a running Tau must
        not overwrite with what it holds in memory. `listen_url` is the address of the same
        PostgreSQL for notifications, which poolers don't forward; by default `url`. Raises
        `SettingsError` for an unusable address, `StoreUnavailable` if the database does not answer,
        `JournalError` if a newer Tau wrote it, and `Conflict` if it is to be locked and another
        process has it open.
        """
        engine = create_engine(url)
        if listen_url:
            _address(listen_url, "listen_url")
        try:
            await anyio.to_thread.run_sync(_migrate, engine, backup_folder)
        except BaseException:
            _dispose(engine)
            raise
        if exclusive and engine.dialect.name == "sqlite":
            engine.dispose()
            engine = await anyio.to_thread.run_sync(lock_exclusively, url)
        database = cls(engine, backup_folder, listen_url)
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

    async def run(
        self,
        work: Callable[[sa.Connection], T],
        *,
        read_only: bool = False,
        seconds: float = STATEMENT_SECONDS,
    ) -> T:
        """Run `work` in one transaction in a worker thread, and return its result.

        A SQLite transaction takes the write lock at its start, so that it never fails because what
        it read has changed; `read_only` work takes none. PostgreSQL ends a statement after
        `seconds`. Raises `StoreFull` and `StoreUnavailable`.
        """
        return await anyio.to_thread.run_sync(
            self.run_blocking, work, read_only, seconds, limiter=self._limiter
        )

    def run_blocking(
        self,
        work: Callable[[sa.Connection], T],
        read_only: bool = False,
        seconds: float = STATEMENT_SECONDS,
    ) -> T:
        """Do the same as `run`, in the calling thread."""
        with (
            translate_errors(),
            _watch(self._availability),
            self.engine.connect() as connection,
        ):
            ready = connection.execution_options(read_only=read_only)
            with self.notifications.sent_after(ready), ready.begin():
                if not self.is_sqlite:
                    limit_ms = int(seconds * 1000)
                    ready.exec_driver_sql(f"SET LOCAL statement_timeout = {limit_ms}")
                    scrubbing.take_removed(ready)  # what a failed transaction left
                result = work(ready)
            self._removed.update(scrubbing.take_removed(ready))
            return result

    async def run_revoking(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work`, which may delete key slots, then overwrite them in the background.

        `close` waits until that is done.
        """
        result = await self.run(work)
        self.scrub_soon()
        return result

    def scrub_soon(self) -> None:
        """Overwrite erased data in SQLite's files, or in backups, in the background."""
        if self.is_sqlite or self._backups():
            self._scrubber.request()

    async def scrub(self) -> None:
        """Overwrite erased data in SQLite's files, and in backups.

        Raises `StoreUnavailable` if that has to wait for the next start.
        """
        await anyio.to_thread.run_sync(self.scrub_blocking)

    def scrub_blocking(self) -> None:
        """Do the same as `scrub`, in the calling thread."""
        if not self.is_sqlite:
            self._scrub_backups()
            return
        if not self._is_unclean():
            return
        with translate_errors(), self._locked_files(), self._raw() as raw:
            if raw is not None:
                scrubbing.scrub(raw, self._backups())

    def _scrub_backups(self) -> None:
        if self._backups():
            with translate_errors(), self._locked_files():
                present = self.run_blocking(
                    postgres_scrubbing.read_present, read_only=True, seconds=LONG_SECONDS
                )
                removed = self._removed.copy()
                postgres_scrubbing.scrub_backups(self._backups(), present, removed)
                self._removed.difference_update(removed)

    def _backups(self) -> list[Path]:
        folder = self.backup_folder
        return sorted(folder.glob("*.db")) if folder is not None and folder.is_dir() else []

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
    def _locked_files(self) -> Iterator[None]:
        """Lock the backups, and SQLite's files."""
        locked = self.file or self.backup_folder  # beside it is the file of the lock
        with lock_files(locked) if locked else nullcontext():
            yield

    def _drafts(self) -> list[Path]:
        """Return the drafts of backups in Tau's home and beside the database."""
        found = scrubbing.drafts(self.file.parent, self.file.name) if self.file else []
        for folder in (self.backup_folder, self.backup_folder.parent) if self.backup_folder else ():
            found += scrubbing.drafts(folder)
        return found

    async def close(self) -> None:
        """Finish the scrubbing that was begun, and close every connection."""
        await self.notifications.close()
        await self._scrubber.close()
        if self.direct is not None:
            await anyio.to_thread.run_sync(self.direct.close_blocking)
        await anyio.to_thread.run_sync(_dispose, self.engine)


def create_engine(url: str | sa.URL) -> sa.Engine:
    """Return an engine for `url`. Raises `SettingsError` for a database that Tau cannot use."""
    address = _address(url, "database_url")
    backend = address.get_backend_name()
    if backend == "sqlite":
        return create_sqlite_engine(address)
    if backend in {"postgresql", "postgres"}:
        return create_postgres_engine(address)
    raise SettingsError("The setting 'database_url' must be a SQLite or PostgreSQL address.")


def _address(url: str | sa.URL, setting: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except sa.exc.ArgumentError:
        raise SettingsError(
            f"The setting '{setting}' isn't a database address; "
            "write postgresql://user:password@host/name."
        ) from None


def _migrate(engine: sa.Engine, backup_folder: Path | None) -> None:
    with translate_errors(), _watch(availability_of(engine)):
        migrate(engine, backup_folder)


def _watch(availability: Availability | None) -> AbstractContextManager[object]:
    return availability.watch() if availability else nullcontext()


def _dispose(engine: sa.Engine) -> None:
    engine.dispose()
    if (availability := availability_of(engine)) is not None:
        availability.close()


def free_bytes(folder: Path) -> int:
    """Return the free space of the disk that contains `folder`."""
    return shutil.disk_usage(folder).free
