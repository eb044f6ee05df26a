"""Imports from OpenAI's API as background jobs: one at a time for each person.

The key is in memory while the import runs, and nowhere else.
"""

import time
from collections.abc import Awaitable, Callable

from tau.errors import Conflict, NotFound
from tau.jobs.job import Job
from tau.jobs.runner import JobRunner
from tau.life.life import LifeListener
from tau.people import Unlocked
from tau.storage.sealing import SecretBox
from tau.studio.openai_import.openai_import import OpenAIImportReport

KIND = "openai import"
_STOPPED = "The import was stopped. What was imported stays; import again to continue."
_INTERRUPTED = "Tau stopped before the import was finished. Import again to continue."
ImportWork = Callable[[OpenAIImportReport, Callable[[], None]], Awaitable[None]]
"""Imports into a report, and says when something was added to it."""


class OpenAIImportJobs(LifeListener):
    """Starts imports and reports their progress."""

    def __init__(self, runner: JobRunner) -> None:
        self._runner = runner
        self._reports: dict[str, OpenAIImportReport] = {}
        self._recovered: set[str] = set()

    async def start(self, unlocked: Unlocked, address: str, work: ImportWork) -> Job:
        """Start an import. Raises `Conflict` if the person has one running."""
        if any(each.state == "running" for each in await self.all(unlocked)):
            raise Conflict("Another import is running. Wait for it to finish, or stop it.")
        job = Job(kind=KIND, owner=unlocked.person.id, subject=address, created_at=time.time())
        report = self._reports[job.id] = OpenAIImportReport()

        async def run(job: Job) -> str:
            def changed() -> None:
                job.done = report.total
                self._runner.notify(job)

            await work(report, changed)
            return ""

        box = SecretBox(unlocked.data_key)
        return self._runner.start(job, run, stopped=_STOPPED, box=box)

    async def all(self, unlocked: Unlocked) -> list[Job]:
        """Return a person's imports since Tau started, newest first, and one it cut off."""
        person = unlocked.person.id
        if person not in self._recovered:
            self._recovered.add(person)
            box = SecretBox(unlocked.data_key)
            for job in await self._runner.interrupted(KIND, person, box):
                await self._runner.remove(job)
                job.state, job.message = "failed", _INTERRUPTED
                self._runner.add(job)
        return self._runner.jobs(KIND, person)

    def report(self, job: Job) -> OpenAIImportReport:
        """Return what an import has done; nothing for one of before Tau started."""
        return self._reports.get(job.id) or OpenAIImportReport()

    async def stop(self, unlocked: Unlocked, job_id: str) -> Job:
        """Stop an import. Raises `NotFound`, and `Conflict` if it's over."""
        job = next((each for each in await self.all(unlocked) if each.id == job_id), None)
        if job is None:
            raise NotFound("There is no such import.")
        if job.state != "running":
            raise Conflict("The import is over.")
        await self._runner.stop(job)
        return job

    async def removed(self, person: str) -> None:
        """Stop what runs for a person who is being removed."""
        jobs = self._runner.jobs(KIND, person)
        await self._runner.remove(*jobs)
        for job in jobs:
            self._reports.pop(job.id, None)
