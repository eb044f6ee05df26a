"""The table of jobs that have not ended, so that a restart finds what was interrupted.

A job says which files a person imports: its row is sealed with that person's data key, and one of
the server's with the server's key.
"""

import logging

import msgspec
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from tau.jobs.job import Job
from tau.storage.database import Database
from tau.storage.schema import jobs as jobs_table
from tau.storage.sealing import SecretBox, UnsealError

_log = logging.getLogger(__name__)


class JobStore:
    """Rows of the table `jobs`, sealed and opened."""

    def __init__(self, database: Database, server_box: SecretBox) -> None:
        self._database = database
        self._server_box = server_box

    async def save(self, job: Job, box: SecretBox | None = None) -> None:
        """Write a job down in place of its earlier row. `box` seals what belongs to a person."""
        row = {
            "id": job.id,
            "owner": job.owner,
            "kind": job.kind,
            "created_at": job.created_at,
            "sealed": (box or self._server_box).seal(msgspec.json.encode(job), _place(job.id)),
        }

        def write(connection: Connection) -> None:
            connection.execute(delete(jobs_table).where(jobs_table.c.id == job.id))
            connection.execute(insert(jobs_table).values(row))

        try:
            await self._database.run(write)
        except IntegrityError:
            _log.info("a job was not written down: its owner has been removed")

    async def load(
        self, kind: str, owner: str | None = None, box: SecretBox | None = None
    ) -> list[Job]:
        """Return the jobs of a kind that did not end, oldest first; unreadable rows are deleted."""

        def read(connection: Connection) -> list[tuple[str, bytes]]:
            statement = (
                select(jobs_table.c.id, jobs_table.c.sealed)
                .where(jobs_table.c.kind == kind, jobs_table.c.owner == owner)
                .order_by(jobs_table.c.created_at, jobs_table.c.id)
            )
            return [(row.id, row.sealed) for row in connection.execute(statement)]

        found: list[Job] = []
        for job_id, sealed in await self._database.run(read, read_only=True):
            try:
                plain = (box or self._server_box).open(sealed, _place(job_id))
                found.append(msgspec.json.decode(plain, type=Job))
            except (UnsealError, msgspec.DecodeError) as error:
                _log.warning("a job of the kind %s is unreadable: %s", kind, type(error).__name__)
                await self.delete(job_id)
        return found

    async def delete(self, *job_ids: str) -> None:
        """Delete the rows of jobs, if they are there."""

        def delete_rows(connection: Connection) -> None:
            connection.execute(delete(jobs_table).where(jobs_table.c.id.in_(job_ids)))

        if job_ids:
            await self._database.run(delete_rows)


def _place(job_id: str) -> str:
    return f"job|{job_id}"
