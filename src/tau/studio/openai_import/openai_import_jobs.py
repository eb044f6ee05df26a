"""Imports from OpenAI's API as background jobs: one at a time for each person.

The key is in memory while the import runs, and nowhere else.
"""

import time

from tau.errors import Conflict, NotFound
from tau.jobs.job import Job
from tau.jobs.runner import JobRunner
from tau.life.life import LifeListener
from tau.models.http import GuardedClient
from tau.people import Unlocked
from tau.storage.sealing import SecretBox
from tau.studio.openai_import.openai_import import (
    ImportTarget,
    OpenAIImport,
    OpenAIImportReport,
)
from tau.studio.openai_import.openai_source import OpenAISource
from tau.studio.openai_import.run_records import RunRecords
from tau.studio.studio import Studio

KIND = "openai import"
_STOPPED = "The import was stopped. What was imported stays; import again to continue."
_INTERRUPTED = "Tau stopped before the import was finished. Import again to continue."


class OpenAIImportJobs(LifeListener):
    """Starts imports and reports their progress."""

    def __init__(self, runner: JobRunner, studio: Studio, client: GuardedClient) -> None:
        self._runner = runner
        self._studio = studio
        self._client = client
        self._reports: dict[str, OpenAIImportReport] = {}

    async def start(self, unlocked: Unlocked, url: str, key: str) -> Job:
        """Start an import. Raises `RefusedAddress`, and `Conflict` if the person has one running.

        It has failed as soon as the address can't be read from at all.
        """
        if self._client.guard is not None:
            self._client.guard.check(url)
        if any(each.state == "running" for each in await self.all(unlocked)):
            raise Conflict("Another import is running. Wait for it to finish, or stop it.")
        job = Job(kind=KIND, owner=unlocked.person.id, subject=url, created_at=time.time())
        report = self._reports[job.id] = OpenAIImportReport()
        studio = self._studio
        target = ImportTarget(unlocked, studio.files, studio.evals, RunRecords(studio.runs))

        async def run(job: Job) -> str:
            def changed() -> None:
                job.done = report.total
                self._runner.notify(job)

            source = OpenAISource(self._client, url, key)
            await OpenAIImport(source, target, report, changed).run()
            return ""

        box = SecretBox(unlocked.data_key)
        return self._runner.start(job, run, stopped=_STOPPED, box=box)

    async def all(self, unlocked: Unlocked) -> list[Job]:
        """Return a person's imports since Tau started, newest first, and one it cut off."""
        person = unlocked.person.id
        await self._runner.recover(KIND, person, SecretBox(unlocked.data_key), _INTERRUPTED)
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

    async def close(self) -> None:
        """Close the connections. The runner stops the imports."""
        await self._client.close()
