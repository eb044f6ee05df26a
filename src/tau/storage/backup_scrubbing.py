"""Secure deletion in backups: a copy loses what the database lost since it was made.

Entries and people are deleted. Where a copy has a key slot that was revoked, the person gets the
slots that they have now: their data key is the same in every copy, so these open it there too, and
no copy is left that nothing opens. This module knows nothing of what a slot contains.
"""

import logging
import os
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from tau.errors import StoreUnavailable

logger = logging.getLogger(__name__)

PARTIAL_SUFFIX = ".partial"
"""Suffix of the file name of a backup until it is complete."""
EARLIER_KEY = "earlier_key"
"""Kind of the slots that contain a data key which was replaced; see `tau.people.rotation`."""
BUSY_SECONDS = 15.0
_RETRYABLE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR}
_PERSON_COLUMNS = (
    ("entries", "person"),
    ("snapshots", "person"),
    ("slots", "person"),
    ("invitations", "invited_by"),
    ("jobs", "owner"),
    ("studio_jobs", "run"),
    ("studio_jobs", "person"),
    ("studio_models", "project"),
    ("studio_models", "person"),
    ("studio_projects", "id"),
    ("studio_projects", "person"),
    ("studio_files", "id"),
    ("studio_files", "person"),
    ("attachments", "id"),
    ("attachments", "person"),
    ("usage_days", "person"),
    ("people", "id"),
    ("erasures", "person"),
)
SLOT_COLUMNS = (
    *("id", "person", "kind", "wrapped", "label"),
    *("salt", "created_at", "expires_at", "used_at"),
)
_SLOT_COLUMNS = ", ".join(SLOT_COLUMNS)
ErasedEntry = tuple[str, int, float]
"""An erased entry: person, sequence number, and when it was written, which erasing does not change.

After a backup was restored, other entries may have got the same numbers, so the number alone does
not identify an entry.
"""
_Row = tuple[object, ...]


class SlotTable(NamedTuple):
    """The key slots of a database, by person; an empty list for a person without any."""

    rows: dict[str, list[_Row]]

    def stale(self, other: "SlotTable") -> set[str]:
        """Return the people who have a slot here that they don't have in `other`.

        Not those whose data key was changed here and not in `other`, which is older then: its slots
        contain another key. Nor those who are only here.
        """
        return {
            person
            for person in self.people_of(other)
            if not {row[:4] for row in self.rows[person]} <= {row[:4] for row in other.rows[person]}
        }

    def people_of(self, other: "SlotTable") -> set[str]:
        """Return the people of both whose slots in `other` open what is here."""
        return {
            person
            for person in self.rows.keys() & other.rows.keys()
            if self.earlier_keys(person) <= other.earlier_keys(person)
        }

    def earlier_keys(self, person: str) -> set[object]:
        """Return the ids of the slots with the data keys that a person had before."""
        return {row[0] for row in self.rows[person] if row[2] == EARLIER_KEY}


class DatabaseState(NamedTuple):
    """What a backup is compared with: the erased entries, who was removed, and the key slots."""

    erased: Sequence[ErasedEntry]
    removed: Sequence[str]
    slots: SlotTable


def read_state(raw: sqlite3.Connection, removed: Sequence[str] = ()) -> DatabaseState:
    """Return the state of the database; `removed` are the people, projects and files removed."""
    return DatabaseState(erased_entries(raw), removed, read_slots(raw))


def erased_entries(raw: sqlite3.Connection) -> list[ErasedEntry]:
    """Return the erased entries of the database."""
    return raw.execute("SELECT person, seq, at FROM entries WHERE sealed IS NULL").fetchall()


def read_slots(raw: sqlite3.Connection) -> SlotTable:
    """Return the key slots of the database."""
    rows: dict[str, list[_Row]] = {person: [] for person in _person_ids(raw)}
    for row in raw.execute(f"SELECT {_SLOT_COLUMNS} FROM slots"):  # noqa: S608 (names of our own)
        rows.setdefault(row[1], []).append(row)
    return SlotTable(rows)


def scrub_backup(path: Path, state: DatabaseState, *, only_slots: bool = False) -> None:
    """Erase in a backup what was erased in the database; with `only_slots`, only key slots.

    One that can't be opened is left as it is.
    """
    try:
        if only_slots:
            with closing(_connect(path)) as copy:
                if not read_slots(copy).stale(state.slots):
                    return
        _erase_in_backup(path, state)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _RETRYABLE:
            raise  # it stays recorded as to be done
        logger.warning("the backup %s cannot be opened and was not scrubbed", path.name)


def apply_recent_erasures(raw: sqlite3.Connection, copy: Path) -> None:
    """Erase in a backup what was erased while it was being made."""
    there = read_ids(raw)
    with closing(sqlite3.connect(copy, timeout=BUSY_SECONDS)) as opened:
        gone = read_ids(opened) - there
    _erase_in_backup(copy, read_state(raw, sorted(gone)))


def apply_erasures(erased: Sequence[ErasedEntry], copy: Path) -> int:
    """Erase the same entries in a backup; return how many it contained."""
    with closing(sqlite3.connect(copy, timeout=BUSY_SECONDS)) as opened:
        there = opened.execute("SELECT person, seq, at FROM entries WHERE sealed IS NOT NULL")
        same = sorted(set(there) & set(erased))
    _erase_in_backup(copy, DatabaseState(same, (), SlotTable({})))
    return len(same)


def sync_people(raw: sqlite3.Connection, copy: Path) -> list[str] | None:
    """Delete removed people, projects and files from a backup; give people their current slots.

    Returns the names of those deleted, or `None` if the backup has another owner: then it is of
    another Tau, and nobody was compared.
    """
    current = read_slots(raw)
    with closing(sqlite3.connect(copy, timeout=BUSY_SECONDS)) as opened:
        everybody = opened.execute("SELECT id, name, owner FROM people").fetchall()
        if not any(owner and person in current.rows for person, _, owner in everybody):
            return None
        opened.execute("PRAGMA secure_delete = ON")
        with opened:
            _replace_slots(opened, current, read_slots(opened).people_of(current))
        removed = _studio_ids(opened) - _studio_ids(raw)
    gone = {person: name for person, name, _ in everybody if person not in current.rows}
    _erase_in_backup(copy, DatabaseState((), sorted({*gone, *removed}), SlotTable({})))
    return sorted(gone.values())


def _person_ids(raw: sqlite3.Connection) -> set[str]:
    return {person for (person,) in raw.execute("SELECT id FROM people")}


def _studio_ids(raw: sqlite3.Connection) -> set[str]:
    """Return the ids of the studio's logs and of files; none if an older release made this."""
    tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master")}
    return {
        row_id
        for table in sorted(tables & {"studio_projects", "studio_files", "attachments"})
        for (row_id,) in raw.execute(f"SELECT id FROM {table}")  # noqa: S608 (names of our own)
    }


def read_ids(raw: sqlite3.Connection) -> set[str]:
    """Return the ids of everybody and everything that can be removed."""
    return _person_ids(raw) | _studio_ids(raw)


def _erase_in_backup(path: Path, state: DatabaseState) -> None:
    """Erase the same in a backup, and the snapshots of the people concerned.

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
            changed = _erase_rows(fresh, state)
        if changed:
            _fsync(aside)
            aside.replace(path)
            fsync_folder(path.parent)  # before it is recorded as done
            logger.info("erased in the backup %s what was erased since it was made", path.name)
    finally:
        aside.unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)


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


def _erase_rows(copy: sqlite3.Connection, state: DatabaseState) -> bool:
    """Erase rows; return whether there were any."""
    copy.execute("PRAGMA journal_mode = MEMORY")
    copy.execute("PRAGMA secure_delete = ON")
    before = copy.total_changes
    copy.execute("BEGIN IMMEDIATE")
    _erase_entries(copy, state.erased)
    _delete_people(copy, state.removed)
    _replace_slots(copy, state.slots, read_slots(copy).stale(state.slots))
    copy.execute("COMMIT")
    if copy.total_changes == before:
        return False
    copy.execute("VACUUM")
    return True


def _erase_entries(copy: sqlite3.Connection, erased: Sequence[ErasedEntry]) -> None:
    before = copy.total_changes
    copy.executemany(
        "UPDATE entries SET sealed = NULL"
        " WHERE person = ? AND seq = ? AND at = ? AND sealed IS NOT NULL",
        erased,
    )
    if copy.total_changes > before:
        people = sorted({(person,) for person, _, _ in erased})
        copy.executemany("DELETE FROM snapshots WHERE person = ?", people)


def _delete_people(copy: sqlite3.Connection, removed: Sequence[str]) -> None:
    tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
    for table, column in _PERSON_COLUMNS:
        if table not in tables:
            continue  # an older release made the copy
        copy.executemany(
            f"DELETE FROM {table} WHERE {column} = ?",  # noqa: S608 (names of our own)
            [(person,) for person in removed],
        )


def _replace_slots(copy: sqlite3.Connection, current: SlotTable, people: Iterable[str]) -> None:
    """Give people their current slots in place of those in the copy."""
    count = len(SLOT_COLUMNS)
    for person in sorted(people):
        copy.execute("DELETE FROM slots WHERE person = ?", (person,))
        copy.executemany(
            f"INSERT INTO slots ({_SLOT_COLUMNS}) VALUES ({', '.join('?' * count)})",  # noqa: S608
            current.rows[person],
        )
