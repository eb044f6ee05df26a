"""Commits of appends through SQLAlchemy, for any database: Tau uses it for SQLite."""

import logging
from collections.abc import Mapping, Sequence, Set

import sqlalchemy as sa

from tau.errors import TauError
from tau.journal.group_commit import Outcome, Overtaken, Write
from tau.storage import scrubbing
from tau.storage.database import Database
from tau.storage.notifications import Notification
from tau.storage.schema import entries, people, snapshots, studio_projects

logger = logging.getLogger(__name__)

_MOST_HEADS_REMEMBERED = 100_000
_MOST_VALUES_IN_A_STATEMENT = 5_000  # SQLite allows 32,766

# Built once: SQLAlchemy takes longer to build and to hash a statement than SQLite to run it.
_INSERT = sa.insert(entries)
_PEOPLE_PRESENT, _PROJECTS_PRESENT = (
    sa.select(column)
    .where(column.in_(sa.bindparam("ids", expanding=True)))
    .with_for_update(read=True, key_share=True)
    for column in (people.c.id, studio_projects.c.id)
)


class SqlCommits:
    """Commits appends, a few statements each time. Implements `Commits`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._heads: dict[str, int] = {}

    def commit(self, writes: Sequence[Write], at: float) -> list[Outcome]:
        """Commit `writes` in one transaction, then overwrite what was erased in SQLite's files."""
        if len(self._heads) > _MOST_HEADS_REMEMBERED:
            self._heads.clear()
        try:
            outcomes, heads = self._database.run_blocking(lambda c: self._insert(c, writes, at))
        except Exception as error:  # raised again: nobody knows where the journals end now
            self._heads.clear()
            if isinstance(error, sa.exc.IntegrityError):
                raise Overtaken from None
            raise
        self._heads.update(heads)
        if any(write.erase for write in writes):
            self._scrub()
        return outcomes

    def _insert(
        self, connection: sa.Connection, writes: Sequence[Write], at: float
    ) -> tuple[list[Outcome], dict[str, int]]:
        present = lock_present(connection, {write.person for write in writes})
        heads: dict[str, int] = {}
        rows: list[dict[str, object]] = []
        outcomes = [
            _append_rows(connection, write, heads, self._heads, rows, at)
            if write.person in present
            else Outcome.NOT_FOUND
            for write in writes
        ]
        if rows:
            connection.execute(_INSERT, rows)
        for write, outcome in zip(writes, outcomes, strict=True):
            if outcome is Outcome.WRITTEN and write.erase:
                _erase(connection, write)
        for person in {str(row["person"]) for row in rows}:
            appended = Notification("journal", person=person, number=heads[person])
            self._database.notifications.notify(connection, appended)
        return outcomes, heads

    def _scrub(self) -> None:
        try:
            self._database.scrub_blocking()
        except TauError as error:
            logger.warning("%s", error)  # the flag in the file makes the next start do it


def lock_present(connection: sa.Connection, ids: Set[str]) -> set[str]:
    """Return which of these people and projects there are; none is removed before the commit.

    SQLite needs no lock, since its transaction is the only one that writes.
    """
    present = set(connection.execute(_PEOPLE_PRESENT, {"ids": sorted(ids)}).scalars())
    if missing := ids - present:
        present.update(connection.execute(_PROJECTS_PRESENT, {"ids": sorted(missing)}).scalars())
    return present


def head_of(connection: sa.Connection, person: str) -> int:
    """Return the number of the newest entry of `person`, 0 if there is none."""
    query = sa.select(sa.func.max(entries.c.seq)).where(entries.c.person == person)
    return connection.execute(query).scalar() or 0


def _append_rows(
    connection: sa.Connection,
    write: Write,
    heads: dict[str, int],
    known: Mapping[str, int],
    rows: list[dict[str, object]],
    at: float,
) -> Outcome:
    """Collect the rows of `write`, or return that its log ends elsewhere."""
    head = heads.get(write.person)
    if head is None:
        head = known.get(write.person)
        if head != write.expected:
            head = head_of(connection, write.person)
    if head != write.expected:
        heads[write.person] = head
        return Outcome.CONFLICT
    rows += [
        {"person": write.person, "seq": seq, "sealed": sealed, "at": written}
        for seq, sealed, written in write.rows(at)
    ]
    heads[write.person] = head + len(write.sealed)
    return Outcome.WRITTEN


def _erase(connection: sa.Connection, write: Write) -> None:
    for start in range(0, len(write.erase), _MOST_VALUES_IN_A_STATEMENT):
        some = write.erase[start : start + _MOST_VALUES_IN_A_STATEMENT]
        connection.execute(
            sa.update(entries)
            .where(entries.c.person == write.person, entries.c.seq.in_(some))
            .values(sealed=None)
        )
    connection.execute(sa.delete(snapshots).where(snapshots.c.person == write.person))
    scrubbing.mark_unclean(connection)
