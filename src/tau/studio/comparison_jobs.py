"""Comparisons as background jobs: one at a time for each person."""

import time
from collections.abc import Awaitable, Callable

import msgspec

from tau.errors import Conflict, NotFound
from tau.ids import new_id
from tau.jobs.job import Job
from tau.jobs.runner import JobRunner
from tau.life.life import LifeListener
from tau.people import Unlocked
from tau.storage.sealing import SecretBox
from tau.studio.events import ComparisonFinished
from tau.studio.project import Project
from tau.studio.project_log import ProjectLog
from tau.studio.results import ComparisonResult

KIND = "comparison"
_STOPPED = "The comparison was stopped."
_INTERRUPTED = "Tau stopped before the comparison was finished. Start it again."
ReportAnswers = Callable[[int, int], None]
"""Takes how many answers there are, and of how many."""
CompareWork = Callable[[ReportAnswers], Awaitable[ComparisonResult]]
"""Compares, and reports how far it is."""


class ComparisonDetails(msgspec.Struct, frozen=True):
    """What a job of this kind works on, and under which id its result is written."""

    project: str
    comparison: str


class ComparisonJobs(LifeListener):
    """Starts comparisons and reports their progress; their results are in the projects."""

    def __init__(self, runner: JobRunner) -> None:
        self._runner = runner

    async def start(self, unlocked: Unlocked, log: ProjectLog, work: CompareWork) -> Job:
        """Start a comparison. Raises `Conflict` if the person has one running."""
        person, box = unlocked.person.id, SecretBox(unlocked.data_key)
        if any(job.state == "running" for job in await self.all(unlocked)):
            raise Conflict("Another comparison is running. Wait for it to finish, or stop it.")
        details = ComparisonDetails(log.project.id, new_id())
        job = Job(
            kind=KIND,
            owner=person,
            subject=log.project.name,
            created_at=time.time(),
            details=msgspec.Raw(msgspec.json.encode(details)),
        )

        async def run(job: Job) -> str:
            def progress(done: int, total: int) -> None:
                job.done, job.total = done, total
                self._runner.notify(job)

            result = await work(progress)
            await log.refresh()
            await log.decide(lambda project: [_finished(project, details.comparison, result)])
            return result.verdict.sentence

        return self._runner.start(job, run, stopped=_STOPPED, box=box)

    async def all(self, unlocked: Unlocked) -> list[Job]:
        """Return a person's comparisons since Tau started, newest first, and one it cut off."""
        person = unlocked.person.id
        await self._runner.recover(KIND, person, SecretBox(unlocked.data_key), _INTERRUPTED)
        return self._runner.jobs(KIND, person)

    async def of_project(self, unlocked: Unlocked, project_id: str) -> list[Job]:
        """Return the comparisons of one project."""
        return [job for job in await self.all(unlocked) if details_of(job).project == project_id]

    async def stop(self, unlocked: Unlocked, project_id: str, job_id: str) -> Job:
        """Stop a comparison; nothing of it is kept. Raises `NotFound`, and `Conflict` if over."""
        job = next((j for j in await self.of_project(unlocked, project_id) if j.id == job_id), None)
        if job is None:
            raise NotFound("There is no such comparison.")
        if job.state != "running":
            raise Conflict("The comparison is over.")
        await self._runner.stop(job)
        return job

    async def project_removed(self, unlocked: Unlocked, project_id: str) -> None:
        """Stop what runs for a project, and list it no longer."""
        await self._runner.remove(*await self.of_project(unlocked, project_id))

    async def removed(self, person: str) -> None:
        """Stop what runs for a person who is being removed."""
        await self._runner.remove(*self._runner.jobs(KIND, person))


def _finished(project: Project, comparison: str, result: ComparisonResult) -> ComparisonFinished:
    """Return the event of a comparison, without what was withdrawn while it ran."""
    kept = result.without(project.withdrawn)
    return ComparisonFinished(at=time.time(), id=comparison, result=kept)


def details_of(job: Job) -> ComparisonDetails:
    """Return what a comparison works on."""
    return msgspec.json.decode(job.details, type=ComparisonDetails)
