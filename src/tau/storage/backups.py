"""Backups of the SQLite file: made while Tau runs, stored in Tau's home, and restored.

A backup is written by `VACUUM INTO`: a consistent state, without anything that was erased before.
It gets its final name once it is complete. What is erased later is erased in the backups in Tau's
home too (`tau.storage.scrubbing`), and what was erased while a backup was being made is erased in
it before it is reported. This module knows nothing of keys: a backup is as sealed as the database.
"""

import os
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import sqlalchemy as sa

from tau.errors import BadInput, Conflict, JournalError, NotFound, StoreFull, StoreUnavailable
from tau.storage import backup_scrubbing, scrubbing
from tau.storage.database import PARTIAL_SUFFIX, Database
from tau.storage.file_lock import SUFFIX as LOCK
from tau.storage.file_lock import lock_files
from tau.storage.migrating import is_usable

_BUSY_SECONDS = 15.0
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.db")
_DATED_NAME = re.compile(r"tau-(\d{4}-\d{2}-\d{2}-\d{6})(?:-\d+)?\.db")
_DATE_FORMAT = "%Y-%m-%d-%H%M%S"
_NANOSECONDS = re.compile(r"-(\d{18,19})\.db$")
_TABLES = {"alembic_version", "entries", "people", "slots"}
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_SIDE_FILES = ("-wal", "-shm", "-journal")
_DAMAGED_DATABASE = (
    "The current database is damaged, so Tau can't tell what was forgotten since the backup was "
    "made; to restore the backup with all of that, use --forgotten."
)
_NOT_SQLITE = (
    "This Tau stores its data in PostgreSQL: use `tau backup` to back it up and `tau restore` to "
    "restore it."
)


class Backup(msgspec.Struct, frozen=True):
    """A backup in Tau's home: its name, when it was made (seconds since 1970), and its size."""

    name: str
    at: float
    bytes: int


class RestoreResult(msgspec.Struct, frozen=True):
    """The result of restoring a backup.

    `kept` is a backup of the database as it was before; `left_out` counts the entries that were
    forgotten since the backup was made, and stay forgotten; `removed` names people who were removed
    since then, and stay removed. `compared` is false if there was nothing to compare with.
    """

    kept: Path | None
    left_out: int
    removed: list[str] = []
    compared: bool = False


class Backups:
    """The backups of one database in Tau's home. Every method blocks.

    Creating an instance raises `BadInput` if the database is not a SQLite file.
    """

    def __init__(self, database: Database) -> None:
        if database.file is None or database.backup_folder is None:
            raise BadInput(_NOT_SQLITE)
        self._database = database
        self._file, self._folder = database.file, database.backup_folder

    def all(self) -> list[Backup]:
        """Return every backup, the newest first, including those made before migrations."""
        found = [_describe(path) for path in _files(self._folder)]
        return sorted(found, key=lambda copy: (copy.at, len(copy.name), copy.name), reverse=True)

    def make(self) -> Backup:
        """Back up the database as it is now. Raises `StoreFull`, `StoreUnavailable`."""
        made = create_in(self._folder, self._file)
        self._database.finish_scrubbing_blocking()  # the backup may have delayed it
        return _describe(made)

    def path(self, name: str) -> Path:
        """Return the path of a backup. Raises `NotFound`, also for a name that leads elsewhere."""
        path = self._folder / name
        if not _NAME.fullmatch(name) or path not in _files(self._folder):
            raise NotFound("There is no such backup.")
        return path

    def remove(self, name: str) -> None:
        """Delete a backup. Raises `NotFound`."""
        path = self.path(name)
        for ending in ("", *_SIDE_FILES):  # of a damaged database that was restored over
            path.with_name(path.name + ending).unlink(missing_ok=True)


def sqlite_file(url: str) -> Path:
    """Return the SQLite file of an address. Raises `BadInput` if it names another database."""
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise BadInput("The setting 'database_url' isn't a database address.") from None
    if address.get_backend_name() != "sqlite" or address.database in {None, "", ":memory:"}:
        raise BadInput(_NOT_SQLITE)
    return Path(address.database or "")


def create_in(folder: Path, database: Path) -> Path:
    """Back up the file `database` to `folder`, named by the date (UTC); return the backup."""
    with translate_copy_errors(), lock_files(database):
        target = reserve_new(folder)
        _write_backup(database, target)
    return target


def reserve_new(folder: Path) -> Path:
    """Reserve the file of a new backup in `folder`, named by the date (UTC); return its path."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"tau-{datetime.now(UTC).strftime(_DATE_FORMAT)}"
    target = folder / f"{name}.db"
    again = 1
    while target.exists() or not reserve(target):
        again += 1
        target = folder / f"{name}-{again}.db"
    return target


def create_at(target: Path, database: Path, *, force: bool = False) -> None:
    """Back up the file `database` to `target`.

    Raises `Conflict` if `target` exists and `force` is off, `BadInput` if it cannot be written.
    """
    check_target(target, force=force)
    if _belongs_to_database(target, database):
        raise BadInput(f"{target} is part of Tau's own database; choose another file.")
    with lock_files(database):
        reserve_again(target)
        _write_backup(database, target)


def check_target(target: Path, *, force: bool) -> None:
    """Raise `Conflict` if `target` exists and `force` is off, `BadInput` if it's a folder."""
    if target.exists() and not force:
        raise Conflict(f"{target} already exists; choose another name or use --force.")
    if target.is_dir():
        raise BadInput(f"{target} is a folder; choose a file.")


def reserve_again(target: Path) -> None:
    """Reserve `target`, also if a draft of it was left. Raises `BadInput` if that's impossible."""
    try:
        partial_path(target).unlink(missing_ok=True)
        reserve(target)
    except OSError as error:
        raise BadInput(f"{target} can't be written: {error.strerror}.") from error


def _belongs_to_database(target: Path, database: Path) -> bool:
    """Return whether a path is the database, or another file of SQLite beside it."""
    own = [database.with_name(database.name + ending) for ending in ("", LOCK, *_SIDE_FILES)]
    own += [Path(f"{database.resolve()}{ending}") for ending in (LOCK, *_SIDE_FILES)]
    return any(
        target.resolve() == part.resolve()
        or (target.exists() and part.exists() and target.samefile(part))
        for part in own
    )


def restore(copy: Path, database: Path, folder: Path, *, forgotten: bool = False) -> RestoreResult:
    """Restore a backup to the file `database`, after backing that up to `folder`.

    What was forgotten since the backup was made stays forgotten, unless `forgotten` is set. Raises
    `BadInput` for a file that is not a database of Tau, `JournalError` for one of a newer Tau, and
    `Conflict` while Tau uses the database, or if it is too damaged to see what was forgotten. Then
    nothing is changed.
    """
    check(copy)
    fresh = partial_path(database)
    with translate_copy_errors(), lock_files(database):
        fresh.unlink(missing_ok=True)
        reserve(database)
        try:
            with closing(open_copy(copy)) as source:
                source.execute("VACUUM INTO ?", (str(fresh),))
            with _lock_exclusively(database) as old:
                if old is None:
                    return _replace_damaged(database, fresh, folder, forgotten=forgotten)
                return _replace(old, fresh, folder, forgotten=forgotten)
        finally:
            fresh.unlink(missing_ok=True)


def check(copy: Path) -> None:
    """Raise `BadInput` if a file is not an intact database of Tau, `JournalError` if too new."""
    if not copy.is_file():
        raise BadInput(f"There is no file {copy}.")
    try:
        with closing(open_copy(copy)) as raw:
            held = {row[0] for row in raw.execute("SELECT name FROM sqlite_master")}
            if not held >= _TABLES:
                raise BadInput(f"{copy.name} isn't a database of Tau.")
            (version,) = raw.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
            oldest = _oldest_user(raw) if "oldest_user" in held else None
            sound = raw.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
    except sqlite3.Error:
        raise BadInput(f"{copy.name} isn't a database of Tau, or it is damaged.") from None
    if not is_usable(version, oldest):
        raise JournalError(
            f"{copy.name} was written by a newer Tau; install that version to restore it."
        )
    if not sound or not version:
        raise BadInput(f"{copy.name} is damaged; restore another backup.")


def _oldest_user(raw: sqlite3.Connection) -> str | None:
    (version,) = raw.execute("SELECT version FROM oldest_user").fetchone() or (None,)
    return version


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.glob("*.db") if path.is_file() and not path.is_symlink()]


def _describe(path: Path) -> Backup:
    status = path.stat()
    return Backup(path.name, _creation_time(path.name) or status.st_mtime, status.st_size)


def _creation_time(name: str) -> float | None:
    """Return when a backup was made, from its name: erasing in it changes the file's time."""
    if dated := _DATED_NAME.fullmatch(name):
        try:
            return datetime.strptime(dated[1], _DATE_FORMAT).replace(tzinfo=UTC).timestamp()
        except ValueError:
            return None
    counted = _NANOSECONDS.search(name)
    return int(counted[1]) / 1e9 if counted else None


def partial_path(target: Path) -> Path:
    """Return the path of a backup until it's complete."""
    return target.with_name(target.name + PARTIAL_SUFFIX)


def reserve(target: Path) -> bool:
    """Create the empty file that will become `target`, readable by its user only.

    Returns False if it's there already.
    """
    try:
        os.close(os.open(partial_path(target), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    return True


def _write_backup(database: Path, target: Path) -> None:
    fresh = partial_path(target)
    try:
        with translate_copy_errors(), closing(open_copy(database, "rw")) as raw:
            raw.execute("VACUUM INTO ?", (str(fresh),))
            backup_scrubbing.apply_recent_erasures(raw, fresh)
            fsync(fresh)
            fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def open_copy(path: Path, mode: str = "ro") -> sqlite3.Connection:
    """Open a SQLite file; one that nobody writes is not locked, so it may be read-only."""
    still = mode == "ro" and not path.with_name(path.name + "-wal").exists()
    address = f"{path.absolute().as_uri()}?mode={mode}{'&immutable=1' if still else ''}"
    return sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)


@contextmanager
def _lock_exclusively(database: Path) -> Iterator[sqlite3.Connection | None]:
    """Lock a database exclusively; yield `None` if it is too damaged to open.

    A Tau that starts now finds it locked, and then the same file with new content. If another
    file took its name, that Tau would write to a file that is not there any more.
    """
    database.touch(mode=0o600)  # an empty file is an empty database, and can be locked too
    with closing(open_copy(database, "rw")) as raw:
        try:
            raw.execute("PRAGMA busy_timeout = 0")
            raw.execute("PRAGMA journal_mode = DELETE")  # merges the write-ahead log into the file
            raw.execute("PRAGMA locking_mode = EXCLUSIVE")
            raw.execute("BEGIN EXCLUSIVE")
            raw.execute("COMMIT")  # the lock stays until the connection ends
            alone = raw.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        except sqlite3.DatabaseError as error:
            if _error_code(error) not in {*_DAMAGED, sqlite3.SQLITE_BUSY}:
                raise
            alone = _error_code(error) != sqlite3.SQLITE_BUSY
            held = None
        else:
            held = raw
        if not alone:
            raise Conflict("Tau is using this database; stop it, then restore the backup.")
        yield held


def _replace(
    old: sqlite3.Connection, fresh: Path, folder: Path, *, forgotten: bool
) -> RestoreResult:
    """Replace the content of the locked database with `fresh`, all or nothing."""
    kept, left_out = None, 0
    try:
        empty = old.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
        if scrubbing.is_unclean(old):  # the backup doesn't know of it
            scrubbing.scrub(old, _files(folder))
        kept = None if empty else _save_previous(old, folder)
        compared = not empty and not forgotten
        erased = backup_scrubbing.erased_entries(old) if compared else []
    except sqlite3.DatabaseError as error:
        if _error_code(error) not in _DAMAGED:
            raise
        if not forgotten:
            raise Conflict(_DAMAGED_DATABASE) from None
        kept, erased, compared = previous_path(folder), [], False
        reserve(kept)
        draft = partial_path(kept)
        draft.write_bytes(old.serialize())  # opening and closing the file itself would end our lock
        draft.replace(kept)
    left_out = backup_scrubbing.apply_erasures(erased, fresh) if erased else 0
    removed = backup_scrubbing.sync_people(old, fresh) if compared else []
    with closing(open_copy(fresh)) as source:
        source.backup(old)
    return RestoreResult(kept, left_out, removed or [], compared and removed is not None)


def _replace_damaged(
    database: Path, fresh: Path, folder: Path, *, forgotten: bool
) -> RestoreResult:
    """Replace a file that SQLite, and so any Tau, cannot open with `fresh`."""
    if not forgotten:
        raise Conflict(_DAMAGED_DATABASE)
    kept = _save_damaged(database, folder)
    fsync(fresh)
    for ending in _SIDE_FILES:  # the log of the damaged file must not be applied to this one
        database.with_name(database.name + ending).unlink(missing_ok=True)
    fresh.replace(database)
    return RestoreResult(kept, 0)


def _save_previous(old: sqlite3.Connection, folder: Path) -> Path:
    """Back up the database that will be replaced."""
    kept = previous_path(folder)
    aside = partial_path(kept)
    try:
        reserve(kept)
        old.execute("VACUUM INTO ?", (str(aside),))
        fsync(aside)
        aside.replace(kept)
    finally:
        aside.unlink(missing_ok=True)
    return kept


def _save_damaged(database: Path, folder: Path) -> Path:
    """Copy the bytes of a damaged file, and of SQLite's files beside it."""
    kept = previous_path(folder)
    copied = []
    for ending in ("", *_SIDE_FILES):
        part = database.with_name(database.name + ending)
        if part.exists():
            copied.append(kept.with_name(kept.name + ending))
            reserve(copied[-1])
            shutil.copyfile(part, partial_path(copied[-1]))
    for path in copied:
        partial_path(path).replace(path)
    return kept


def previous_path(folder: Path) -> Path:
    """Return the path of a new backup of what is to be replaced."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"before-restore-{time.time_ns()}.db"


def _error_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary error code."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def fsync(path: Path) -> None:
    """Write a file to the disk."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def translate_copy_errors() -> Iterator[None]:
    """Raise errors of SQLite and the disk as `StoreFull` or `StoreUnavailable`."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise StoreFull("There is not enough disk space for a copy of the database.") from None
        reason = type(error).__name__
        raise StoreUnavailable(f"The database can't be copied ({reason}).") from None
    except OSError as error:
        raise StoreUnavailable(f"The backup can't be written ({type(error).__name__}).") from None
