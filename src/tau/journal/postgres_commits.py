"""Commits of appends on PostgreSQL: one statement for the appends of everybody.

Through SQLAlchemy it would be four statements, and twenty times the CPU time for fifty rows. The
statement is a transaction of its own; only an erasure needs one that is begun and committed.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tau.errors import TauError
from tau.journal.group_commit import Outcome, Overtaken, Write
from tau.storage.database import Database
from tau.storage.database_errors import is_unique_violation
from tau.storage.notifications import CHANNEL, Notification, encode

if TYPE_CHECKING:
    import asyncpg

logger = logging.getLogger(__name__)

# $1 to $3: the people, where their journals are expected to end, and what other processes are
# notified of; $4 to $7: the rows; $8: the channel.
# A person's row, or a project's, is locked so that it is not removed before the commit. The insert
# leaves out who isn't there and whose journal ends elsewhere. Another process may still come in
# between: then the primary key refuses the whole statement.
_APPEND = """
WITH wanted AS MATERIALIZED (
  SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[]) AS w(person, head, notification)
), present AS MATERIALIZED (
  SELECT id FROM people WHERE id = ANY($1::text[]) FOR KEY SHARE
), present_projects AS MATERIALIZED (
  SELECT id FROM studio_projects WHERE id = ANY($1::text[]) FOR KEY SHARE
), found AS MATERIALIZED (
  SELECT w.person, w.head, w.notification,
    (SELECT coalesce(max(e.seq), 0) FROM entries e WHERE e.person = w.person) AS actual
  FROM wanted w
  WHERE w.person IN (SELECT id FROM present UNION ALL SELECT id FROM present_projects)
), written AS (
  INSERT INTO entries (person, seq, sealed, at)
  SELECT r.person, r.seq, r.sealed, r.at
  FROM unnest($4::text[], $5::bigint[], $6::bytea[], $7::float8[]) AS r(person, seq, sealed, at)
  JOIN found f ON f.person = r.person AND f.actual = f.head
)
SELECT person, actual, CASE WHEN actual = head THEN pg_notify($8, notification) END
FROM found
"""
_ERASE = "UPDATE entries SET sealed = NULL WHERE person = $1 AND seq = ANY($2::bigint[])"
_DROP_SNAPSHOT = "DELETE FROM snapshots WHERE person = $1"


class PostgresCommits:
    """Commits appends through the database's direct connection. Implements `Commits`."""

    def __init__(self, database: Database) -> None:
        if database.direct is None:
            raise ValueError("the database isn't PostgreSQL")
        self._database = database
        self._connection = database.direct
        self._node = database.notifications.node  # this process doesn't hear its own

    def commit(self, writes: Sequence[Write], at: float) -> list[Outcome]:
        """Commit `writes` in one transaction, then erase in the backups what was erased."""
        try:
            outcomes = self._connection.run_blocking(lambda c: _commit(c, writes, at, self._node))
        except Exception as error:  # asyncpg's class isn't loaded here
            if is_unique_violation(error):
                raise Overtaken from None
            raise
        if any(write.erase for write in writes):
            self._scrub()
        return outcomes

    def _scrub(self) -> None:
        try:
            self._database.scrub_blocking()
        except TauError as error:
            logger.warning("%s", error)  # the next start does it


async def _commit(
    connection: "asyncpg.Connection", writes: Sequence[Write], at: float, node: str
) -> list[Outcome]:
    if not any(write.erase for write in writes):
        return await _append(connection, writes, at, node)
    async with connection.transaction():
        outcomes = await _append(connection, writes, at, node)
        for write, outcome in zip(writes, outcomes, strict=True):
            if outcome is Outcome.WRITTEN and write.erase:
                await connection.execute(_ERASE, write.person, write.erase)
                await connection.execute(_DROP_SNAPSHOT, write.person)
    return outcomes


async def _append(
    connection: "asyncpg.Connection", writes: Sequence[Write], at: float, node: str
) -> list[Outcome]:
    assumed: dict[str, int] = {}
    for write in writes:
        assumed.setdefault(write.person, write.expected)
    fitting, ends = _fitting(writes, assumed)
    notifications = [
        encode(Notification("journal", person=person, node=node, number=ends[person]))
        for person in assumed
    ]
    found = await connection.fetch(
        _APPEND,
        list(assumed),
        list(assumed.values()),
        notifications,
        *_columns(writes, fitting, at),
        CHANNEL,
    )
    actual: dict[str, int] = {row["person"]: row["actual"] for row in found}
    fitting, _ = _fitting(writes, actual)
    return [
        _outcome(actual.get(write.person), assumed[write.person], fits)
        for write, fits in zip(writes, fitting, strict=True)
    ]


def _fitting(
    writes: Sequence[Write], heads: Mapping[str, int]
) -> tuple[list[bool], dict[str, int]]:
    """Return which of `writes` fit, in order, to journals that end at `heads`, and the new ends."""
    ends = dict(heads)
    fitting = []
    for write in writes:
        fits = ends.get(write.person) == write.expected
        if fits:
            ends[write.person] = write.expected + len(write.sealed)
        fitting.append(fits)
    return fitting, ends


def _columns(
    writes: Sequence[Write], fitting: Sequence[bool], at: float
) -> tuple[list[str], list[int], list[bytes | None], list[float]]:
    """Return the columns of the rows of the writes that fit."""
    people, seqs, contents, times = [], [], [], []
    for write, fits in zip(writes, fitting, strict=True):
        if fits:
            for seq, sealed, written in write.rows(at):
                people.append(write.person)
                seqs.append(seq)
                contents.append(sealed)
                times.append(written)
    return people, seqs, contents, times


def _outcome(actual: int | None, assumed: int, fits: bool) -> Outcome:
    if actual is None:
        return Outcome.NOT_FOUND
    if not fits:
        return Outcome.CONFLICT
    return Outcome.WRITTEN if actual == assumed else Outcome.AGAIN
