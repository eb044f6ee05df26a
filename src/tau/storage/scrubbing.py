"""Secure deletion in SQLite's files, and in backups of them.

Setting a row to NULL is not enough. SQLite zeroes what it deletes (`secure_delete`), but a page
that was split keeps a copy of what moved to its neighbour, the write-ahead log contains old pages,
and backups contain everything. So the file is rewritten, the log is truncated, and the same is
erased in the backups (`tau.storage.backup_scrubbing`). A row in `erasures`, written in the erasing
transaction, says that this is still to be done, and who was removed: if Tau stops in between, the
next start does it.

Key slots are deleted far more often than anything else, by every sign-out. For them only their
table is rewritten: its pages are zeroed as they become free.

For PostgreSQL see docs/privacy.md. This module knows nothing of keys.
"""

import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from tau.errors import StoreUnavailable
from tau.storage.backup_scrubbing import PARTIAL_SUFFIX, read_state, scrub_backup
from tau.storage.schema import erasures

_DRAFT = re.compile(rf"{re.escape(PARTIAL_SUFFIX)}(-journal|-wal|-shm)?$")
_UNCLEAN = 1  # `user_version` of a file in which release 0.2 or older left an erasure unfinished


class _Pending(NamedTuple):
    """Erasures that are not finished: the ids of their rows, and the people who were removed.

    `only_slots` is true if nothing but key slots was deleted.
    """

    ids: list[int]
    removed: list[str]
    only_slots: bool


_REMOVED = "tau removed"  # in `Connection.info`


def mark_unclean(connection: sa.Connection, removed: str | None = None) -> None:
    """Record, in an erasing transaction, that the files are to be scrubbed.

    `removed` is the id of a person or a project whose rows are deleted; `None` if only entries are
    erased.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(sa.insert(erasures).values(person=removed, slots=False))
    elif removed is not None:
        connection.info.setdefault(_REMOVED, set()).add(removed)


def take_removed(connection: sa.Connection) -> set[str]:
    """Return who and what was marked as removed on PostgreSQL, once."""
    removed: set[str] = connection.info.pop(_REMOVED, set())
    return removed


def mark_revoked(connection: sa.Connection) -> None:
    """Record, in a transaction that deletes or replaces key slots, that they are to be scrubbed."""
    if connection.dialect.name == "sqlite":
        connection.execute(sa.insert(erasures).values(slots=True))


def is_unclean(raw: sqlite3.Connection) -> bool:
    """Return whether the files still have to be scrubbed."""
    return bool(_pending(raw).ids) or _is_marked_by_older_release(raw)


def scrub(raw: sqlite3.Connection, copies: Iterable[Path]) -> None:
    """Overwrite what was erased in the file, its write-ahead log and its backups.

    The caller holds `lock_files`. Raises `StoreUnavailable` if that was not possible; then it
    stays recorded as to be done.
    """
    try:
        pending = _pending(raw)
        raw.execute("PRAGMA secure_delete = ON")
        if pending.only_slots:
            _rewrite_slots(raw)
        else:
            raw.execute("VACUUM")
        _truncate_log(raw)
        state = read_state(raw, pending.removed)
        for copy in copies:
            scrub_backup(copy, state, only_slots=pending.only_slots)
        # Not what was erased in the meantime: the backups above were scrubbed without it.
        raw.executemany("DELETE FROM erasures WHERE id = ?", [(each,) for each in pending.ids])
        raw.execute("PRAGMA user_version = 0")
    except sqlite3.Error as error:
        raise StoreUnavailable(
            f"Erased data could not be overwritten yet ({type(error).__name__})."
        ) from None


def _pending(raw: sqlite3.Connection) -> _Pending:
    columns = {row[1] for row in raw.execute("PRAGMA table_info(erasures)")}
    if not columns:
        return _Pending([], [], only_slots=False)  # an older release made this database
    slots = "slots" if "slots" in columns else "0"
    rows = raw.execute(f"SELECT id, person, {slots} FROM erasures").fetchall()  # noqa: S608
    only_slots = bool(rows) and all(row[2] for row in rows) and not _is_marked_by_older_release(raw)
    removed = [row[1] for row in rows if row[1] is not None]
    return _Pending([row[0] for row in rows], removed, only_slots)


def _is_marked_by_older_release(raw: sqlite3.Connection) -> bool:
    return bool(raw.execute("PRAGMA user_version").fetchone()[0] == _UNCLEAN)


def _rewrite_slots(raw: sqlite3.Connection) -> None:
    """Write the table of slots anew. What stood anywhere in its old pages is zeroed."""
    raw.execute("BEGIN IMMEDIATE")
    try:
        rows = raw.execute("SELECT * FROM slots").fetchall()
        raw.execute("DELETE FROM slots")
        if rows:
            places = ", ".join("?" * len(rows[0]))
            raw.executemany(f"INSERT INTO slots VALUES ({places})", rows)  # noqa: S608
    except BaseException:
        raw.execute("ROLLBACK")
        raise
    raw.execute("COMMIT")


def _truncate_log(raw: sqlite3.Connection) -> None:
    busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StoreUnavailable("Erased data is still being read; it will be overwritten later.")


def drafts(folder: Path, prefix: str = "") -> list[Path]:
    """Return the drafts of backups in a folder, and SQLite's files beside them."""
    found = folder.glob(f"{prefix}*{PARTIAL_SUFFIX}*")
    return sorted(path for path in found if _DRAFT.search(path.name))
