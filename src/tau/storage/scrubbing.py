"""Secure deletion in SQLite's files, and in backups of them.

Setting a row to NULL is not enough. SQLite zeroes what it deletes (`secure_delete`), but a page
that was split keeps a copy of what moved to its neighbour, the write-ahead log contains old pages,
and backups contain everything. So the file is rewritten, the log is truncated, and the same entries
are erased in the backups. A row in `erasures`, written in the erasing transaction, says that this
is still to be done, and who was removed: if Tau stops in between, the next start does it.

For PostgreSQL see docs/privacy.md. This module knows nothing of keys.
"""

import logging
import os
import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from tau.errors import StoreUnavailable
from tau.storage.schema import erasures

logger = logging.getLogger(__name__)

PARTIAL_SUFFIX = ".partial"
"""Suffix of the file name of a backup until it is complete."""
_DRAFT = re.compile(rf"{re.escape(PARTIAL_SUFFIX)}(-journal|-wal|-shm)?$")
_UNCLEAN = 1  # `user_version` of a file in which release 0.2 or older left an erasure unfinished
_BUSY_SECONDS = 15.0
_RETRYABLE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR}
_PERSON_COLUMNS = (
    ("entries", "person"),
    ("snapshots", "person"),
    ("slots", "person"),
    ("invitations", "invited_by"),
    ("jobs", "owner"),
    ("people", "id"),
    ("erasures", "person"),
)
ErasedEntry = tuple[str, int, float]
"""An erased entry: person, sequence number, and when it was written, which erasing does not change.

After a backup was restored, other entries may have got the same numbers, so the number alone does
not identify an entry.
"""


class _Pending(NamedTuple):
    """Erasures that are not finished: the ids of their rows, and the people who were removed."""

    ids: list[int]
    removed: list[str]


def mark_unclean(connection: sa.Connection, removed: str | None = None) -> None:
    """Record, in an erasing transaction, that the files are to be scrubbed.

    `removed` is the id of a person whose rows are deleted; `None` if only entries are erased.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(sa.insert(erasures).values(person=removed))


def is_unclean(raw: sqlite3.Connection) -> bool:
    """Return whether the files still have to be scrubbed."""
    return bool(_pending(raw).ids) or raw.execute("PRAGMA user_version").fetchone()[0] == _UNCLEAN


def scrub(raw: sqlite3.Connection, copies: Iterable[Path]) -> None:
    """Overwrite what was erased in the file, its write-ahead log and its backups.

    The caller holds `lock_files`. Raises `StoreUnavailable` if that was not possible; then it
    stays recorded as to be done.
    """
    try:
        pending = _pending(raw)
        raw.execute("VACUUM")
        _truncate_log(raw)
        erased = erased_entries(raw)
        for copy in copies:
            _scrub_backup(copy, erased, pending.removed)
        # Not what was erased in the meantime: the backups above were scrubbed without it.
        raw.executemany("DELETE FROM erasures WHERE id = ?", [(each,) for each in pending.ids])
        raw.execute("PRAGMA user_version = 0")
    except sqlite3.Error as error:
        raise StoreUnavailable(
            f"Erased data could not be overwritten yet ({type(error).__name__})."
        ) from None


def _pending(raw: sqlite3.Connection) -> _Pending:
    if not raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'erasures'").fetchone():
        return _Pending([], [])  # an older release made this database
    rows = raw.execute("SELECT id, person FROM erasures").fetchall()
    return _Pending([row[0] for row in rows], [row[1] for row in rows if row[1] is not None])


def _scrub_backup(path: Path, erased: Sequence[ErasedEntry], removed: Sequence[str]) -> None:
    try:
        _erase_in_backup(path, erased, removed)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _RETRYABLE:
            raise  # it stays recorded as to be done
        logger.warning("the backup %s cannot be opened and was not scrubbed", path.name)


def drafts(folder: Path, prefix: str = "") -> list[Path]:
    """Return the drafts of backups in a folder, and SQLite's files beside them."""
    found = folder.glob(f"{prefix}*{PARTIAL_SUFFIX}*")
    return sorted(path for path in found if _DRAFT.search(path.name))


def apply_recent_erasures(raw: sqlite3.Connection, copy: Path) -> None:
    """Erase in a backup what was erased while it was being made."""
    there = _person_ids(raw)
    with closing(sqlite3.connect(copy, timeout=_BUSY_SECONDS)) as opened:
        gone = _person_ids(opened) - there
    _erase_in_backup(copy, erased_entries(raw), sorted(gone))


def apply_erasures(erased: Sequence[ErasedEntry], copy: Path) -> int:
    """Erase the same entries in a backup; return how many it contained."""
    with closing(sqlite3.connect(copy, timeout=_BUSY_SECONDS)) as opened:
        there = opened.execute("SELECT person, seq, at FROM entries WHERE sealed IS NOT NULL")
        same = sorted(set(there) & set(erased))
    _erase_in_backup(copy, same, ())
    return len(same)


def sync_people(raw: sqlite3.Connection, copy: Path) -> list[str] | None:
    """Delete removed people from a backup, and give the others their current key slots.

    Returns the names of those deleted, or `None` if the backup has another owner: then it is of
    another Tau, and nobody was compared. A person's data key is the same in every backup, so the
    current slots open it there too.
    """
    there = _person_ids(raw)
    columns = [row[1] for row in raw.execute("PRAGMA table_info(slots)")]
    listed = ", ".join(columns)
    slots = raw.execute(f"SELECT {listed} FROM slots").fetchall()  # noqa: S608 (names of our own)
    with closing(sqlite3.connect(copy, timeout=_BUSY_SECONDS)) as opened:
        everybody = opened.execute("SELECT id, name, owner FROM people").fetchall()
        if not any(owner and person in there for person, _, owner in everybody):
            return None
        both = {person for person, _, _ in everybody} & there
        opened.execute("PRAGMA secure_delete = ON")
        with opened:
            opened.executemany("DELETE FROM slots WHERE person = ?", [(one,) for one in both])
            opened.executemany(
                f"INSERT INTO slots ({listed}) VALUES ({', '.join('?' * len(columns))})",  # noqa: S608
                [row for row in slots if row[columns.index("person")] in both],
            )
    gone = {person: name for person, name, _ in everybody if person not in there}
    _erase_in_backup(copy, (), sorted(gone))
    return sorted(gone.values())


def erased_entries(raw: sqlite3.Connection) -> list[ErasedEntry]:
    """Return the erased entries of the database."""
    return raw.execute("SELECT person, seq, at FROM entries WHERE sealed IS NULL").fetchall()


def _person_ids(raw: sqlite3.Connection) -> set[str]:
    return {person for (person,) in raw.execute("SELECT id FROM people")}


def _truncate_log(raw: sqlite3.Connection) -> None:
    busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StoreUnavailable("Erased data is still being read; it will be overwritten later.")


def _erase_in_backup(path: Path, erased: Sequence[ErasedEntry], removed: Sequence[str]) -> None:
    """Erase the same entries in a backup, and the snapshots of the people concerned.

    The result is a new file that replaces it, so that a download in progress is not disturbed.
    """
    aside = path.with_name(f"{path.name}-{os.urandom(4).hex()}{PARTIAL_SUFFIX}")
    try:
        with closing(_connect(path)) as copy:
            if copy.execute("PRAGMA journal_mode = DELETE").fetchone() != ("delete",):
                raise StoreUnavailable("A backup is still being read; it will be scrubbed later.")
            aside.touch(mode=0o600)
            copy.execute("VACUUM INTO ?", (str(aside),))
        with closing(_connect(aside)) as fresh:
            changed = _erase_rows(fresh, erased, removed)
        if changed:
            _fsync(aside)
            aside.replace(path)
            fsync_folder(path.parent)  # before it is recorded as done
            logger.info("erased in the backup %s what was erased since it was made", path.name)
    finally:
        aside.unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)


def _fsync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def fsync_folder(folder: Path) -> None:
    """Write the names of a folder's files to the disk, where the system can."""
    with suppress(OSError):  # Windows opens no folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _erase_rows(
    copy: sqlite3.Connection, erased: Sequence[ErasedEntry], removed: Sequence[str]
) -> bool:
    """Erase rows; return whether there were any."""
    copy.execute("PRAGMA journal_mode = MEMORY")
    copy.execute("PRAGMA secure_delete = ON")
    before = copy.total_changes
    copy.execute("BEGIN IMMEDIATE")
    copy.executemany(
        "UPDATE entries SET sealed = NULL"
        " WHERE person = ? AND seq = ? AND at = ? AND sealed IS NOT NULL",
        erased,
    )
    if copy.total_changes > before:
        people = sorted({(person,) for person, _, _ in erased})
        copy.executemany("DELETE FROM snapshots WHERE person = ?", people)
    tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
    for table, column in _PERSON_COLUMNS:
        if table not in tables:
            continue  # an older release made the copy
        copy.executemany(
            f"DELETE FROM {table} WHERE {column} = ?",  # noqa: S608 (names of our own)
            [(person,) for person in removed],
        )
    copy.execute("COMMIT")
    if copy.total_changes == before:
        return False
    copy.execute("VACUUM")
    return True
