"""Imports: brought by one request, written behind it, watched by others.

An uploaded file lies in Tau's home, readable by Tau alone and under no name, so that nothing of it
is left when it was read or when Tau ends.
"""

import asyncio
import errno
import logging
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal

import anyio.to_thread
import msgspec

from tau.companion.companion import Companion
from tau.errors import UNEXPECTED, BadInput, Conflict, NotFound, StoreFull, TauError
from tau.ids import new_id
from tau.life.life import Life
from tau.transfer.importing import ImportProgress, import_file
from tau.transfer.report import ImportReport

log = logging.getLogger(__name__)

_BUFFER_BYTES = 1 << 20
_STOPPED_SENTENCE = "It was stopped; bring the file again to go on."
_MAX_FINISHED_JOBS = 20  # of one person, once they are over
RETAIN_SECONDS = 15 * 60.0
"""How long the file of a dry run is held, so that it can be taken without being sent again."""
_UNKNOWN_IMPORT = "There is no such import."

JobState = Literal["running", "done", "stopped", "failed"]


@dataclass(slots=True, kw_only=True)
class ImportJob:
    """One import that was asked for here, and how far it is."""

    id: str
    name: str
    started_at: float
    dry_run: bool
    trust: bool
    forgotten: bool
    state: JobState = "running"
    sentence: str = ""
    progress: ImportProgress = field(default_factory=lambda: ImportProgress(0, 0, 0, 0, 0, 0))
    report: ImportReport | None = None


@dataclass(slots=True)
class _RetainedFile:
    """The file of a person's last dry run, until `expiry`."""

    job: ImportJob
    file: BinaryIO
    expiry: asyncio.TimerHandle


def _redact(job: ImportJob) -> None:
    """Keep the counts of a report, and none of the words in it."""
    if job.report is not None:
        job.report = msgspec.structs.replace(job.report, skipped=(), notes=(), learned=())


class ImportJobs:
    """The imports that were asked for; each goes on whoever watches."""

    def __init__(self, companion: Companion, home: Path) -> None:
        self._companion = companion
        self._home = home
        self._jobs: dict[str, dict[str, ImportJob]] = {}
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._retained: dict[str, _RetainedFile] = {}
        companion.on_unload = self.redact

    async def receive(self, pieces: AsyncIterator[bytes]) -> BinaryIO:
        """Return an upload as a file without a name. Raises `BadInput` and `StoreFull`."""
        file: BinaryIO = await anyio.to_thread.run_sync(self._open_unnamed_file)
        try:
            buffer = bytearray()
            async for piece in pieces:
                buffer += piece
                if len(buffer) >= _BUFFER_BYTES:
                    await anyio.to_thread.run_sync(file.write, bytes(buffer))
                    buffer.clear()
            await anyio.to_thread.run_sync(file.write, bytes(buffer))
        except OSError as error:
            file.close()
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise StoreFull("The disk has no room for this file.") from error
            raise BadInput("This file could not be received.") from error
        except BaseException:
            file.close()
            raise
        return file

    def start(
        self,
        life: Life,
        file: BinaryIO,
        name: str,
        *,
        trust: bool,
        forgotten: bool = False,
        dry_run: bool,
    ) -> ImportJob:
        """Begin to read a file, which is closed in the end. Raises `Conflict` if one is read.

        That of a dry run is held for a while, until another file comes: see `take`.
        """
        person = life.person
        if any(whose == person and not task.done() for (whose, _), task in self._tasks.items()):
            file.close()
            raise Conflict("Another file of yours is being read; wait for it, or stop it.")
        self._release(person)
        job = ImportJob(
            id=new_id(),
            name=name,
            started_at=time.time(),
            dry_run=dry_run,
            trust=trust,
            forgotten=forgotten,
        )
        known = self._jobs.setdefault(person, {})
        known[job.id] = job
        while len(known) > _MAX_FINISHED_JOBS:
            del known[next(iter(known))]
        task = asyncio.create_task(self._run(life, file, job))
        self._tasks[person, job.id] = task

        def over(_: asyncio.Task[None]) -> None:
            del self._tasks[person, job.id]
            if not (dry_run and job.state == "done"):  # then it is held, or was taken
                file.close()
            if job.state == "running":  # stopped before it began
                job.state, job.sentence = "stopped", _STOPPED_SENTENCE

        task.add_done_callback(over)
        return job

    def commit(
        self,
        life: Life,
        import_id: str,
        *,
        trust: bool | None = None,
        forgotten: bool | None = None,
    ) -> ImportJob:
        """Bring the file of a dry run for real; what is not said is as it was for the dry run.

        Raises `NotFound`, and `Conflict` where the file is not held (any more).
        """
        job = self._jobs.get(life.person, {}).get(import_id)
        if job is None:
            raise NotFound(_UNKNOWN_IMPORT)
        if not job.dry_run:
            raise Conflict("This was no dry run: what it could bring is here.")
        if job.state == "running":
            raise Conflict("This file is still being read; wait for the end of the dry run.")
        if not self.has_file(life.person, import_id):
            raise Conflict("The file is not held any more; bring it again.")
        held = self._retained.pop(life.person)
        held.expiry.cancel()
        held.file.seek(0)
        _redact(job)
        return self.start(
            life,
            held.file,
            job.name,
            trust=job.trust if trust is None else trust,
            forgotten=job.forgotten if forgotten is None else forgotten,
            dry_run=False,
        )

    def has_file(self, person: str, import_id: str) -> bool:
        """Tell whether the file of a dry run is still held."""
        held = self._retained.get(person)
        return held is not None and held.job.id == import_id

    def jobs_of(self, person: str) -> list[ImportJob]:
        """Return the imports that a person asked for since Tau was started, newest first."""
        return list(reversed(self._jobs.get(person, {}).values()))

    def journal_id(self, person: str, import_id: str) -> str:
        """Return how the journal names an import: another name where it went on with an older."""
        asked = self._jobs.get(person, {}).get(import_id)
        report = asked.report if asked else None
        return (report.id if report else None) or import_id

    def forgotten(self, person: str, written: str) -> None:
        """Tell no more of the import that the journal named `written`: all it brought is gone."""
        known = self._jobs.get(person, {})
        for name in [name for name in known if self.journal_id(person, name) == written]:
            if known[name].state != "running":
                del known[name]

    def redact(self, person: str) -> None:
        """Keep no words of files that a person brought: they may tell what was just forgotten."""
        for job in self._jobs.get(person, {}).values():
            _redact(job)

    async def stop(self, person: str, import_id: str) -> ImportJob:
        """Stop an import; what it wrote stays. The file of a dry run that is over is let go.

        Raises `NotFound`, `Conflict` if it is over and no file of it is held.
        """
        job = self._jobs.get(person, {}).get(import_id)
        if job is None:
            raise NotFound(_UNKNOWN_IMPORT)
        if self.has_file(person, import_id):
            self._release(person)
            _redact(job)
            return job
        if job.state != "running":
            raise Conflict("This import is over.")
        await self._cancel([self._tasks[person, import_id]])
        return job

    async def drop_person(self, person: str) -> None:
        """Stop and forget the imports of a person, as when they are removed."""
        await self._cancel([task for (whose, _), task in self._tasks.items() if whose == person])
        self._release(person)
        self._jobs.pop(person, None)

    async def close(self) -> None:
        """Stop all imports; they go on where they were when the files are brought again."""
        await self._cancel(list(self._tasks.values()))
        for person in list(self._retained):
            self._release(person)

    async def _run(self, life: Life, file: BinaryIO, job: ImportJob) -> None:
        def watch(progress: ImportProgress) -> None:
            job.progress = progress

        try:
            job.report = await import_file(
                life,
                file,
                job.name,
                trust=job.trust,
                forgotten=job.forgotten,
                dry_run=job.dry_run,
                progress=watch,
                import_id=job.id,
            )
            if job.dry_run:
                self._retain(life.person, job, file)
            job.state = "done"
        except asyncio.CancelledError:
            job.state, job.sentence = "stopped", _STOPPED_SENTENCE
            raise
        except TauError as error:
            job.state, job.sentence = "failed", str(error)
        except Exception as error:  # noqa: BLE001 - the boundary of a job: recorded, and told
            # Its text is left out: it may quote what was said.
            log.error("an import failed: %s", type(error).__name__)  # noqa: TRY400
            job.state, job.sentence = "failed", UNEXPECTED
        finally:
            if not job.dry_run:
                self._companion.enqueue_background_work(life)

    def _retain(self, person: str, job: ImportJob, file: BinaryIO) -> None:
        expiry = asyncio.get_running_loop().call_later(RETAIN_SECONDS, self._release, person)
        self._retained[person] = _RetainedFile(job, file, expiry)

    def _release(self, person: str) -> None:
        held = self._retained.pop(person, None)
        if held is not None:
            held.expiry.cancel()
            held.file.close()

    def _open_unnamed_file(self) -> BinaryIO:
        try:
            return tempfile.TemporaryFile(dir=self._home)
        except OSError as error:
            raise BadInput("There is no place to receive a file in.") from error

    async def _cancel(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
