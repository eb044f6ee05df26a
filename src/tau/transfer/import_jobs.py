"""Imports of uploaded files as background jobs.

The file of a dry run is kept for a while, so that it can be imported without being sent again.
"""

import logging
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO

import msgspec

from tau.attachments.attachment_store import AttachmentStore
from tau.errors import Conflict, TauError
from tau.jobs.job import Job
from tau.jobs.runner import JobRunner
from tau.journal.entries import ClaimLearned
from tau.life.changes import ChangeEvent
from tau.life.life import Life, LifeListener
from tau.life.lives import Lives
from tau.transfer.file_restoring import restore_files
from tau.transfer.importing import ImportOptions, ImportProgress, import_file
from tau.transfer.report import ImportReport
from tau.transfer.uploads import RetainedFiles

logger = logging.getLogger(__name__)

KIND = "import"
_STOPPED = "The import was stopped. Import the file again to continue."
_INTERRUPTED = "Tau stopped before the import was finished. Import the file again to continue."


@dataclass(slots=True, kw_only=True)
class ImportJob:
    """An import: its job, and what only imports have."""

    job: Job
    options: ImportOptions
    progress: ImportProgress = field(default_factory=lambda: ImportProgress(0, 0, 0, 0, 0, 0))
    report: ImportReport | None = None
    interrupted: bool = False
    """Whether it was running when Tau stopped; its row stays until the import is resumed."""

    @property
    def journal_id(self) -> str:
        """The id of the import in the journal: an older one if this resumes it."""
        return (self.report.id if self.report else None) or self.job.id

    def redact(self) -> None:
        """Keep the counts of the report, and none of the words in it."""
        if self.report is not None:
            self.report = msgspec.structs.replace(self.report, skipped=(), notes=(), learned=())


class ImportJobs(LifeListener):
    """Starts imports and reports their progress. A person has one at a time."""

    def __init__(
        self, runner: JobRunner, lives: Lives, files: AttachmentStore | None = None
    ) -> None:
        """Without `files`, the bytes of attached files in an export are left out."""
        self._runner = runner
        self._lives = lives
        self._files = files
        self._imports: dict[str, dict[str, ImportJob]] = {}
        self._open: dict[str, tuple[Life, BinaryIO]] = {}
        self._retained = RetainedFiles()
        self._recovered: set[str] = set()
        runner.listeners.append(self._job_changed)
        lives.subscribe(self)

    async def start(
        self, life: Life, file: BinaryIO, name: str, options: ImportOptions
    ) -> ImportJob:
        """Start to import a file, which is closed in the end. Raises `Conflict` if one runs.

        The file of a dry run is kept for a while, until another file comes: see `commit`.
        """
        person = life.person
        try:
            await self._recover(life)
        except BaseException:
            file.close()
            raise
        if self.is_working_on(person):
            file.close()
            raise Conflict("Another import is running. Wait for it to finish, or stop it.")
        self._retained.release(person)
        job = Job(
            kind=KIND,
            owner=person,
            subject=name,
            created_at=time.time(),
            details=msgspec.Raw(msgspec.json.encode(options)),
        )
        import_job = self._add(ImportJob(job=job, options=options))
        self._open[job.id] = (life, file)
        self._runner.start(
            job, lambda _: self._run(life, file, import_job), stopped=_STOPPED, box=life.box
        )
        return import_job

    async def commit(
        self,
        life: Life,
        import_id: str,
        *,
        trust: bool | None = None,
        forgotten: bool | None = None,
    ) -> ImportJob:
        """Import the file of a dry run for real, by default with the same options.

        Raises `NotFound`, and `Conflict` where the file isn't kept any more.
        """
        import_job = self._find(life.person, import_id)
        if not import_job.options.dry_run:
            raise Conflict("This was not a dry run; its file has been imported.")
        if import_job.job.state == "running":
            raise Conflict("The dry run isn't finished yet. Wait for it to finish.")
        if not self.has_file(life.person, import_id):
            raise Conflict("The file isn't kept any more. Send it again.")
        file = self._retained.take(life.person)
        import_job.redact()
        given = import_job.options
        options = ImportOptions(
            trust=given.trust if trust is None else trust,
            forgotten=given.forgotten if forgotten is None else forgotten,
        )
        return await self.start(life, file, import_job.job.subject, options)

    def has_file(self, person: str, import_id: str) -> bool:
        """Return whether the file of a dry run is still kept."""
        return self._retained.has(person, import_id)

    async def imports_of(self, life: Life) -> list[ImportJob]:
        """Return a person's imports since Tau started and those its end cut off, newest first."""
        await self._recover(life)
        known = self._imports.get(life.person, {})
        return [known[job.id] for job in self._runner.jobs(KIND, life.person) if job.id in known]

    def journal_id(self, person: str, import_id: str) -> str:
        """Return the id of an import in the journal."""
        known = self._imports.get(person, {}).get(import_id)
        return known.journal_id if known else import_id

    async def forget(self, person: str, journal_id: str) -> None:
        """List an import no longer: what it wrote was forgotten."""
        await self._remove(
            each
            for each in self._imports.get(person, {}).values()
            if each.journal_id == journal_id and each.job.state != "running"
        )

    def forgotten(self, life: Life) -> None:
        """Keep no words of a person's files: they may repeat what was just forgotten."""
        self.unloaded(life.person)

    def interrupted(self, person: str) -> None:
        """Let go of a person's file: another node lists what was cut off here."""
        self._retained.release(person)
        self._recovered.discard(person)

    def unloaded(self, person: str) -> None:
        """Keep no words of a person's files."""
        for import_job in self._imports.get(person, {}).values():
            import_job.redact()

    async def stop(self, person: str, import_id: str) -> ImportJob:
        """Stop an import; what it wrote stays. After a dry run, let go of its file.

        One that was interrupted is listed no longer. Raises `NotFound`, and `Conflict` if it is
        over and there is nothing to let go of.
        """
        import_job = self._find(person, import_id)
        if import_job.interrupted:
            await self._remove([import_job])
            return import_job
        if self.has_file(person, import_id):
            self._retained.release(person)
            import_job.redact()
            return import_job
        if import_job.job.state != "running":
            raise Conflict("This import has already ended.")
        await self._runner.stop(import_job.job)
        return import_job

    async def removed(self, person: str) -> None:
        """Stop a person's imports and list them no longer."""
        try:
            await self._runner.remove(*self._runner.jobs(KIND, person))
        except TauError as error:  # their rows are deleted with the person
            logger.warning("jobs could not be deleted: %s", type(error).__name__)
        self._retained.release(person)
        self._imports.pop(person, None)
        self._recovered.discard(person)

    def is_working_on(self, person: str) -> bool:
        """Return whether a file is being imported into the life of `person`."""
        return any(job.state == "running" for job in self._runner.jobs(KIND, person))

    def close(self) -> None:
        """Let go of every file. The runner stops the imports."""
        self._retained.close()

    async def _run(self, life: Life, file: BinaryIO, import_job: ImportJob) -> str:
        job, options = import_job.job, import_job.options

        def watch(progress: ImportProgress) -> None:
            import_job.progress = progress
            job.done, job.total = progress.bytes_done, progress.bytes_total
            self._runner.notify(job)

        try:
            import_job.report = await import_file(
                life,
                file,
                job.subject,
                trust=options.trust,
                forgotten=options.forgotten,
                dry_run=options.dry_run,
                progress=watch,
                import_id=job.id,
            )
            if options.dry_run:
                self._retained.keep(life.person, job.id, file)
            elif self._files is not None:
                await restore_files(self._files, life, file)
        finally:
            if not options.dry_run:
                self._lives.written(life)
        if not options.dry_run:  # it resumed what was interrupted
            await self._remove(
                each
                for each in self._imports[life.person].values()
                if each.interrupted and each.job.subject == job.subject
            )
        return ""

    async def _remove(self, imports: Iterable[ImportJob]) -> None:
        """List imports no longer."""
        jobs = [each.job for each in imports]
        for job in jobs:
            self._imports[str(job.owner)].pop(job.id, None)
        await self._runner.remove(*jobs)

    async def _recover(self, life: Life) -> None:
        """List the imports that Tau's end cut off, once."""
        person = life.person
        if person in self._recovered:
            return
        self._recovered.add(person)
        try:
            interrupted = await self._runner.interrupted(KIND, person, life.box)
        except BaseException:
            self._recovered.discard(person)
            raise
        finished = [job for job in interrupted if _is_finished(life, job)]
        for job in interrupted:
            if job in finished:
                continue
            job.state, job.message = "stopped", _INTERRUPTED
            options = msgspec.json.decode(job.details, type=ImportOptions)
            self._runner.add(job)
            written = _written_by(life, job.id)
            self._add(ImportJob(job=job, options=options, progress=written, interrupted=True))
        with suppress(TauError):  # the rows can wait
            await self._runner.remove(*finished)

    def _add(self, import_job: ImportJob) -> ImportJob:
        person = str(import_job.job.owner)
        listed = {job.id for job in self._runner.jobs(KIND, person)}
        known = self._imports.get(person, {})
        kept = {name: each for name, each in known.items() if name in listed}
        self._imports[person] = kept | {import_job.job.id: import_job}
        return import_job

    def _find(self, person: str, import_id: str) -> ImportJob:
        job = self._runner.job(KIND, person, import_id)
        return self._imports[person][job.id]

    def _job_changed(self, job: Job) -> None:
        """Tell the person's devices that an import changed, and close its file when it is over."""
        if job.kind != KIND or job.id not in self._open:
            return
        life, file = self._open[job.id]
        if not self._imports[life.person][job.id].options.dry_run and len(life.changes):
            life.changes.publish(ChangeEvent(what="imports"))
        if job.state != "running":
            del self._open[job.id]
            if not self._retained.has(life.person, job.id):
                file.close()


def _is_finished(life: Life, job: Job) -> bool:
    """Return whether an import was finished, by the journal: its row could not be deleted then."""
    return any(
        each.finished
        and (each.id == job.id or (each.name == job.subject and each.at >= job.created_at))
        for each in life.memory.imports.all()
    )


def _written_by(life: Life, import_id: str) -> ImportProgress:
    """Return what an import wrote, by what is in the memory."""
    messages = [each for each in life.memory.messages if each.imported == import_id]
    claims = [entry for _, entry in life.memory.facts.entries() if isinstance(entry, ClaimLearned)]
    return ImportProgress(
        bytes_done=0,
        bytes_total=0,
        conversations=len({each.conversation for each in messages}),
        messages=len(messages),
        facts=sum(claim.imported == import_id for claim in claims),
        skipped=0,
    )
