"""Writing of examples from a document as a background job: one at a time for each person.

What was written from a passage is in the project at once, so that stopping keeps it, and starting
again with the same document goes on behind it.
"""

import time
from collections.abc import Sequence
from typing import BinaryIO

import anyio.to_thread
import msgspec

from tau.documents.passages import DocumentPassage
from tau.errors import Conflict, ModelError, NotFound
from tau.jobs.job import Job
from tau.jobs.runner import JobRunner
from tau.life.life import LifeListener
from tau.models import Models
from tau.people import Unlocked
from tau.storage.sealing import SecretBox
from tau.studio.examples.document import read_document
from tau.studio.examples.reading import sha256_of
from tau.studio.project_log import ProjectLog
from tau.studio.projects import Projects
from tau.studio.writing.example_writer import WritingTask, write_examples
from tau.studio.writing.plan import DocumentOptions, plan_writing

KIND = "document"
MOST_FAILURES = 3
"""Passages in a row that fail before the job ends."""
_STOPPED = "Writing was stopped. What was written waits for your review."
_INTERRUPTED = "Tau stopped before the document was read. Add it again: it goes on where it was."


class DocumentDetails(msgspec.Struct, frozen=True):
    """What a job of this kind works on."""

    project: str
    source: str


class DocumentJobs(LifeListener):
    """Starts the writing of examples and reports its progress."""

    def __init__(self, projects: Projects, models: Models, runner: JobRunner) -> None:
        self._projects = projects
        self._runner = runner
        self._models = models

    async def add(
        self, unlocked: Unlocked, project_id: str, name: str, file: BinaryIO, how: DocumentOptions
    ) -> Job:
        """Start to write examples from the passages of a document; they wait for a review.

        Raises `NotFound`, `BadInput` for a document that can't be read, `Conflict` where no capable
        model is connected or while another document is read, and `UnknownModel`.
        """
        log = await self._projects.open(unlocked, project_id)
        sha256 = await anyio.to_thread.run_sync(sha256_of, file)
        task = plan_writing(self._models, name, sha256, how)
        passages = await anyio.to_thread.run_sync(read_document, name, file)
        return await self._start(unlocked, log, task, passages)

    async def _start(
        self,
        unlocked: Unlocked,
        log: ProjectLog,
        task: WritingTask,
        passages: Sequence[DocumentPassage],
    ) -> Job:
        person, box = unlocked.person.id, SecretBox(unlocked.data_key)
        if any(job.state == "running" for job in await self.all(unlocked)):
            raise Conflict("Another document is being read. Wait for it to finish, or stop it.")
        details = DocumentDetails(log.project.id, task.source.id)
        job = Job(
            kind=KIND,
            owner=person,
            subject=task.source.name,
            created_at=time.time(),
            total=len(passages),
            details=msgspec.Raw(msgspec.json.encode(details)),
        )

        async def run(job: Job) -> str:
            return await self._write(job, log, task, passages)

        return self._runner.start(job, run, stopped=_STOPPED, box=box)

    async def all(self, unlocked: Unlocked) -> list[Job]:
        """Return a person's jobs since Tau started, newest first, and one that it cut off."""
        person = unlocked.person.id
        await self._runner.recover(KIND, person, SecretBox(unlocked.data_key), _INTERRUPTED)
        return self._runner.jobs(KIND, person)

    async def of_project(self, unlocked: Unlocked, project_id: str) -> list[Job]:
        """Return the jobs of one project."""
        return [job for job in await self.all(unlocked) if _details(job).project == project_id]

    async def stop(self, unlocked: Unlocked, project_id: str, job_id: str) -> Job:
        """Stop a job; what it wrote is kept. Raises `NotFound`, and `Conflict` if it's over."""
        job = next((j for j in await self.of_project(unlocked, project_id) if j.id == job_id), None)
        if job is None:
            raise NotFound("There is no such document.")
        if job.state != "running":
            raise Conflict("The document is read already.")
        await self._runner.stop(job)
        return job

    async def project_removed(self, unlocked: Unlocked, project_id: str) -> None:
        """Stop what runs for a project, and list it no longer."""
        await self._runner.remove(*await self.of_project(unlocked, project_id))

    async def removed(self, person: str) -> None:
        """Stop what runs for a person who is being removed."""
        await self._runner.remove(*self._runner.jobs(KIND, person))

    async def _write(
        self,
        job: Job,
        log: ProjectLog,
        task: WritingTask,
        passages: Sequence[DocumentPassage],
    ) -> str:
        await log.refresh()
        examples = log.project.examples.values()
        read = {each.line for each in examples if each.source == task.source.id}
        written, failed, failed_in_a_row = 0, 0, 0
        for passage in passages:
            if passage.number not in read:
                try:
                    examples_made = await write_examples(task, passage, self._models)
                except ModelError:
                    failed, failed_in_a_row = failed + 1, failed_in_a_row + 1
                    if failed_in_a_row >= MOST_FAILURES:
                        raise
                else:
                    failed_in_a_row = 0
                    written += await log.add_examples(task.source, examples_made)
            job.done += 1
            self._runner.notify(job)
        sentence = f"{written} examples were written from {len(passages)} passages. Review them."
        if failed:
            sentence += f" Passages that failed: {failed}. Add the document again to try them."
        return sentence


def _details(job: Job) -> DocumentDetails:
    return msgspec.json.decode(job.details, type=DocumentDetails)


def source_of(job: Job) -> str:
    """Return the id of the source that a job writes examples for."""
    return _details(job).source
