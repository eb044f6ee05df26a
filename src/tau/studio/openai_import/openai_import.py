"""The import itself: files first, then jobs, then evals with their runs and results.

What is here already isn't fetched again, so an import that broke off goes on where it stopped. One
thing that can't be read is written down, and the others are imported.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tau.errors import NotFound
from tau.ids import derived_id
from tau.people import Unlocked
from tau.studio.evals.evals import Evals
from tau.studio.files.files import PREFIX, StudioFiles
from tau.studio.openai_import.eval_records import (
    eval_record,
    has_ended,
    items_given,
    output_item,
    run_record,
)
from tau.studio.openai_import.fields import count_field, number_field, text_field
from tau.studio.openai_import.job_records import ENDED, job_record
from tau.studio.openai_import.openai_source import (
    NotReadable,
    OpenAISource,
    SourceUnavailable,
    cut_off,
)

TakeItem = Callable[[Mapping[str, Any]], Awaitable[None]]
_MOST_UNAVAILABLE = 3
"""Things in a row that the API doesn't give before the import ends: one alone may be broken."""
_MOST_NOTES = 200
_LONGEST_NAME = 255
_NO_WEIGHTS = "The weights of {name} can't be read: the API doesn't give them out."


class JobRecords(Protocol):
    """Keeps records of jobs that ran elsewhere."""

    async def has_record(self, unlocked: Unlocked, job_id: str) -> bool:
        """Return whether a job with this id, there, is kept."""
        ...

    async def record(self, unlocked: Unlocked, record: dict[str, Any]) -> None:
        """Keep the record of a job."""
        ...


@dataclass
class OpenAIImportReport:
    """What was imported, what was here already, and what couldn't be read."""

    files: int = 0
    jobs: int = 0
    evals: int = 0
    runs: int = 0
    items: int = 0
    known: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many things it has dealt with."""
        return self.files + self.jobs + self.evals + self.runs + self.known

    def note(self, sentence: str) -> None:
        """Add a sentence about what couldn't be read."""
        if len(self.notes) < _MOST_NOTES:
            self.notes.append(sentence)


@dataclass(frozen=True)
class ImportTarget:
    """Where things are imported to: one person's part of this Tau."""

    unlocked: Unlocked
    files: StudioFiles
    evals: Evals
    jobs: JobRecords


class OpenAIImport:
    """One import for one person, counted in `report`; `changed` is called after each thing."""

    def __init__(
        self,
        source: OpenAISource,
        target: ImportTarget,
        report: OpenAIImportReport,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.report = report
        self._source = source
        self._target = target
        self._changed = changed
        self._unavailable_in_a_row = 0

    async def run(self) -> None:
        """Import everything. Raises `SourceUnavailable`, `BadInput`, and those of the storage."""
        await self._each("files", self._file, "files")
        await self._each("fine-tuning jobs", self._job, "fine_tuning", "jobs")
        await self._each("evals", self._eval, "evals")

    async def _each(self, name: str, take: TakeItem, *path: str) -> None:
        try:
            found = [each async for each in self._source.pages(*path)]
        except NotReadable as error:
            self.report.note(f"The list of {name}: {error}")
            return
        for each in reversed(found) if path != ("evals",) else found:  # the oldest first
            await self._try(each["id"], take(each))

    async def _try(self, there: str, taking: Awaitable[None]) -> None:
        """Import one thing, or write down why it can't be read."""
        try:
            await taking
            self._unavailable_in_a_row = 0
        except NotReadable as error:
            self.report.note(f"{there}: {error}")
        except SourceUnavailable as error:
            self._unavailable_in_a_row += 1
            if self._unavailable_in_a_row >= _MOST_UNAVAILABLE:
                raise
            self.report.note(f"{there}: {error}")
        self._changed()

    def _local(self, kind: str, there: str) -> str:
        """Return the id that something from there has here, for this person."""
        person = self._target.unlocked.person.id
        return f"{kind}{derived_id('openai import', person, there)}"

    def _local_file(self, there: str) -> str:
        return self._local(PREFIX, there) if there else ""

    async def _file(self, given: Mapping[str, Any]) -> None:
        target, file_id = self._target, self._local_file(given["id"])
        try:
            await target.files.find(target.unlocked, file_id)
        except NotFound:
            await self._source.patiently(lambda: self._receive(given, file_id))
            self.report.files += 1
        else:
            self.report.known += 1

    async def _receive(self, given: Mapping[str, Any], file_id: str) -> None:
        target = self._target
        async with (
            self._source.content(given["id"]) as pieces,
            target.files.receive(pieces, file_id=file_id) as content,
        ):
            if content.size != count_field(given, "bytes"):
                raise cut_off()
            await target.files.keep(
                target.unlocked,
                content,
                text_field(given, "filename")[:_LONGEST_NAME] or "file",
                text_field(given, "purpose") or "user_data",
                created_at=number_field(given, "created_at"),
            )

    async def _job(self, given: Mapping[str, Any]) -> None:
        job_id = given["id"]
        if given.get("status") not in ENDED:
            self.report.note(f"{job_id} isn't over yet; import again later.")
            return
        if await self._target.jobs.has_record(self._target.unlocked, job_id):
            self.report.known += 1
            return
        path = ("fine_tuning", "jobs", job_id)
        events = [each async for each in self._source.pages(*path, "events")]
        checkpoints = [each async for each in self._source.pages(*path, "checkpoints")]
        record = job_record(given, events, checkpoints, self._source.url, self._local_file)
        await self._target.jobs.record(self._target.unlocked, record)
        self.report.jobs += 1
        if name := text_field(given, "fine_tuned_model"):
            self.report.note(_NO_WEIGHTS.format(name=name))

    async def _eval(self, given: Mapping[str, Any]) -> None:
        there = given["id"]
        event, note = eval_record(given, lambda each: self._local("eval_", each))
        if await self._target.evals.record(self._target.unlocked, event):
            self.report.evals += 1
            if note:
                self.report.note(f"{there}: {note}")
        else:
            self.report.known += 1
        found = await self._target.evals.find(self._target.unlocked, event.id)
        runs = [each async for each in self._source.pages("evals", there, "runs", order="asc")]
        for run in runs:
            if self._local("evalrun_", run["id"]) in found.runs:
                self.report.known += 1
            else:
                await self._try(run["id"], self._run(there, event.id, run))

    async def _run(self, there: str, eval_id: str, run: Mapping[str, Any]) -> None:
        if not has_ended(run):
            self.report.note(f"{run['id']} isn't over yet; import again later.")
            return
        path = ("evals", there, "runs", run["id"])
        whole = await self._source.get(*path)
        listed = [each async for each in self._source.pages(*path, "output_items", order="asc")]
        items = [output_item(each, number) for number, each in enumerate(listed)]
        created, ended = run_record(whole, eval_id, self._local_of_run)
        await self._target.evals.record_run(
            self._target.unlocked, created, ended, items_given(whole), items
        )
        self.report.runs += 1
        self.report.items += len(items)

    def _local_of_run(self, there: str) -> str:
        return (
            self._local_file(there) if there.startswith("file") else self._local("evalrun_", there)
        )
