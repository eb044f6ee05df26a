"""Secure deletion in the backups of a PostgreSQL database, which are SQLite files.

Entries and key slots are compared with the database as it is now, by whoever erases and by every
start. Who was removed is known to the process that removed them.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from tau.storage import backup_scrubbing
from tau.storage.backup_scrubbing import BUSY_SECONDS, DatabaseState, ErasedEntry, SlotTable
from tau.storage.schema import attachments, entries, people, slots, studio_files, studio_projects


class PresentState(NamedTuple):
    """What is erased in the database now, the ids that are there, and the key slots."""

    erased: list[ErasedEntry]
    ids: set[str]
    slots: SlotTable


def read_present(connection: sa.Connection) -> PresentState:
    """Return the state of the database that backups are compared with."""
    erased = sa.select(entries.c.person, entries.c.seq, entries.c.at)
    rows = connection.execute(erased.where(entries.c.sealed.is_(None))).all()
    persons = set(connection.execute(sa.select(people.c.id)).scalars())
    ids = set(persons)
    for table in (studio_projects, studio_files, attachments):
        ids |= set(connection.execute(sa.select(table.c.id)).scalars())
    by_person: dict[str, list[tuple[object, ...]]] = {person: [] for person in persons}
    columns = [slots.c[name] for name in backup_scrubbing.SLOT_COLUMNS]
    for slot in connection.execute(sa.select(*columns)):
        by_person.setdefault(slot.person, []).append(tuple(slot))
    return PresentState([(r.person, r.seq, r.at) for r in rows], ids, SlotTable(by_person))


def scrub_backups(copies: Iterable[Path], present: PresentState, removed: Iterable[str]) -> None:
    """Erase in `copies` what was erased in the database, and who and what was `removed` from it.

    The caller holds `lock_files`. That something isn't in the database doesn't say that it was
    removed: an older backup may have been restored, or this may be the database of another Tau.
    """
    for copy in copies:
        state = DatabaseState(present.erased, sorted(removed), present.slots)
        backup_scrubbing.scrub_backup(copy, state)


def scrub_new_backup(draft: Path, present: PresentState) -> None:
    """Erase in a backup that was just read from the database what was erased meanwhile."""
    with closing(sqlite3.connect(draft, timeout=BUSY_SECONDS)) as opened:
        gone = backup_scrubbing.read_ids(opened) - present.ids
    scrub_backups([draft], present, gone)
