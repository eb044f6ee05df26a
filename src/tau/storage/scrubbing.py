"""Secure deletion in SQLite's files, and in backups of them.

Setting a row to NULL is not enough. SQLite zeroes what it deletes (`secure_delete`), but a page
that was split keeps a copy of what moved to its neighbour, the write-ahead log contains old pages,
and backups contain everything. So the file is rewritten, the log is truncated, and the same entries
are erased in the backups. A flag in the file, set in the erasing transaction, says that this is
still to be done: if Tau stops in between, the next start does it.

For PostgreSQL see docs/privacy.md. This module knows nothing of keys.
"""

import logging
import os
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from tau.errors import StoreUnavailable

logger = logging.getLogger(__name__)

PARTIAL_SUFFIX = ".partial"
"""Suffix of the file name of a backup until it is complete."""
_UNCLEAN = 1
_BUSY_SECONDS = 15.0
_RETRYABLE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR}
_PERSON_COLUMNS = (
    ("entries", "person"),
    ("snapshots", "person"),
    ("slots", "person"),
    ("invitations", "invited_by"),
    ("jobs", "owner"),
    ("people", "id"),
)
ErasedEntry = tuple[str, int, float]
"""An erased entry: person, sequence number, and when it was written, which erasing does not change.

After a backup was restored, other entries may have got the same numbers, so the number alone does
not identify an entry.
"""


def mark_unclean(connection: sa.Connection) -> None:
    """Set the flag, in an erasing transaction, that the file has to be scrubbed."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA user_version = {_UNCLEAN}")


def is_unclean(raw: sqlite3.Connection) -> bool:
    """Return whether the file still has to be scrubbed."""
    return bool(raw.execute("PRAGMA user_version").fetchone()[0] == _UNCLEAN)


def scrub(raw: sqlite3.Connection, copies: Iterable[Path], removed: Sequence[str] = ()) -> None:
    """Overwrite erased entries in the file, its write-ahead log and its backups.

    `removed` are people whose rows are deleted from the backups. Raises `StoreUnavailable` if that
    was not possible; then the flag stays set.
    """
    try:
        raw.execute("VACUUM")
        _truncate_log(raw)
        erased = erased_entries(raw)
        for copy in copies:
            try:
                _erase_in_backup(copy, erased, removed)
            except sqlite3.Error as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF in _RETRYABLE:
                    raise  # the flag stays set
                logger.warning("the backup %s cannot be opened and was not scrubbed", copy.name)
        raw.execute("PRAGMA user_version = 0")
    except sqlite3.Error as error:
        raise StoreUnavailable(
            f"Erased data could not be overwritten yet ({type(error).__name__})."
        ) from None


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
            logger.info("erased in the backup %s what was erased since it was made", path.name)
    finally:
        aside.unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)


def _fsync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


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
