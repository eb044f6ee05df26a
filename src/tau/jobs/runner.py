"""Runner of background jobs: each runs until it ends or is stopped, watched or not.

A running job has a row in the table of jobs. The row is deleted when the job ends or is stopped,
and stays when Tau itself ends, or when another process serves its owner from now on; so whatever
`interrupted` returns was cut off.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from tau.errors import UNEXPECTED, NotFound, TauError
from tau.jobs.job import Job, JobState
from tau.jobs.store import JobStore
from tau.storage.sealing import SecretBox

JobWork = Callable[[Job], Awaitable[str]]
"""Does a job, sets how far it is, and returns the sentence that it ends with."""
JobListener = Callable[[Job], None]
_MAX_ENDED = 20  # of one owner and kind that are listed
_log = logging.getLogger(__name__)


class JobRunner:
    """The jobs of this process. Close it before the database."""

    def __init__(self, store: JobStore) -> None:
        self.listeners: list[JobListener] = []
        """Called when a job begins, gets on or ends."""
        self._store = store
        self._jobs: dict[tuple[str, str | None], dict[str, Job]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._rows: dict[str, asyncio.Task[None]] = {}
        self._stopped: set[str] = set()
        self._left: set[str] = set()
        self._recovered: set[tuple[str, str]] = set()
        self._closing = False

    @property
    def is_closing(self) -> bool:
        """Whether Tau ends: nothing more is to be started."""
        return self._closing

    def start(
        self, job: Job, work: JobWork, *, stopped: str = "", box: SecretBox | None = None
    ) -> Job:
        """Begin a job. `stopped` is its sentence if it is stopped; `box` seals its row."""
        self.add(job)
        self._tasks[job.id] = asyncio.create_task(self._run(job, work, box))

        def ended(_: asyncio.Task[None]) -> None:
            del self._tasks[job.id]
            self._stopped.discard(job.id)
            self._left.discard(job.id)
            if job.state == "running":
                self._end(job, "stopped", stopped)

        self._tasks[job.id].add_done_callback(ended)
        self.notify(job)
        return job

    def add(self, job: Job) -> None:
        """List a job, in place of the oldest that ended where there are many."""
        listed = self._jobs.setdefault((job.kind, job.owner), {})
        listed[job.id] = job
        ended = [each.id for each in listed.values() if each.state != "running"]
        for job_id in ended[: max(0, len(listed) - _MAX_ENDED)]:
            del listed[job_id]

    def jobs(self, kind: str, owner: str | None = None) -> list[Job]:
        """Return the jobs of a kind that belong to `owner`, newest first."""
        return list(reversed(self._jobs.get((kind, owner), {}).values()))

    def job(self, kind: str, owner: str | None, job_id: str) -> Job:
        """Return a job. Raises `NotFound`."""
        job = self._jobs.get((kind, owner), {}).get(job_id)
        if job is None:
            raise NotFound(f"There is no such {kind}.")
        return job

    def notify(self, job: Job) -> None:
        """Say that a job changed."""
        for listener in self.listeners:
            listener(job)

    async def interrupted(
        self, kind: str, owner: str | None = None, box: SecretBox | None = None
    ) -> list[Job]:
        """Return the jobs that ran when Tau ended, oldest first. They are not listed here yet."""
        before = {*self._tasks, *self._rows}
        found = await self._store.load(kind, owner, box)
        active = {*before, *self._tasks, *self._rows}
        return [job for job in found if job.id not in active]

    async def recover(self, kind: str, owner: str, box: SecretBox, sentence: str) -> None:
        """List what was cut off when Tau ended as failed, with a sentence; once."""
        if (kind, owner) in self._recovered:
            return
        self._recovered.add((kind, owner))
        try:
            found = await self.interrupted(kind, owner, box)
        except BaseException:
            self._recovered.discard((kind, owner))
            raise
        for job in found:
            await self.remove(job)
            job.state, job.message = "failed", sentence
            self.add(job)

    async def stop(self, job: Job) -> None:
        """Stop a job and wait for its end."""
        await self._stop(job)

    async def remove(self, *jobs: Job) -> None:
        """List jobs no longer, stop those that run and delete their rows."""
        await self._stop(*jobs)
        for job in jobs:
            self._jobs.get((job.kind, job.owner), {}).pop(job.id, None)
        await self._store.delete(*(job.id for job in jobs))

    def leave(self, owner: str) -> None:
        """Cut off the jobs of an owner whom another process serves now: it finds their rows."""
        self._recovered = {each for each in self._recovered if each[1] != owner}
        for (_, whose), listed in self._jobs.items():
            for job_id in listed if whose == owner else ():
                if task := self._tasks.get(job_id):
                    self._left.add(job_id)
                    task.cancel()

    async def close(self) -> None:
        """Stop all jobs, and keep the rows of those that still ran for the next start."""
        self._closing = True
        await self._cancel(list(self._tasks.values()))
        if self._rows:
            await asyncio.wait(self._rows.values())

    async def _run(self, job: Job, work: JobWork, box: SecretBox | None) -> None:
        is_over: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        row = asyncio.create_task(self._keep_row(job, box, is_over))
        self._rows[job.id] = row
        row.add_done_callback(lambda _: self._rows.pop(job.id))
        end: tuple[JobState, str] | None = None
        try:
            end = ("done", await work(job))
        except TauError as error:
            end = ("failed", str(error))
        except Exception as error:  # noqa: BLE001 - the boundary of a job: recorded, and reported
            if job.owner is None:
                _log.exception("A job of the kind %s failed", job.kind)
            else:  # without its text, which may quote what someone said
                _log.error("A job of the kind %s failed: %s", job.kind, type(error).__name__)
            end = ("failed", UNEXPECTED)
        finally:
            is_cut_off = self._closing or job.id in self._left
            is_stopped = job.id in self._stopped or not is_cut_off
            if not is_over.done():  # it is cancelled where the event loop ends
                is_over.set_result(end is not None or is_stopped)
            try:
                await asyncio.wait([row])
            finally:
                if end is not None:
                    self._end(job, *end)

    async def _keep_row(
        self, job: Job, box: SecretBox | None, is_over: asyncio.Future[bool]
    ) -> None:
        """Save the row of a job, and delete it if the job `is_over` for good.

        This is a task of its own, because the job may be cancelled again while it ends.
        """
        await self._try_store(self._store.save(job, box))
        if await is_over:
            await self._try_store(self._store.delete(job.id))

    def _end(self, job: Job, state: JobState, message: str) -> None:
        job.state, job.message = state, message
        self.notify(job)

    async def _try_store(self, action: Awaitable[None]) -> None:
        """Await a change of the table. A job continues without its row."""
        try:
            await action
        except TauError as error:
            _log.warning("the table of jobs could not be written: %s", type(error).__name__)

    async def _stop(self, *jobs: Job) -> None:
        running = [job.id for job in jobs if job.id in self._tasks]
        self._stopped.update(running)
        await self._cancel([self._tasks[job_id] for job_id in running])

    async def _cancel(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
