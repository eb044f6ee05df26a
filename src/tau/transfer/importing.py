"""Importing: a file of another product, or of Tau's own, is written into a life.

A conversation is written whole or not at all, with identifiers that follow from those of the file.
So a file that is imported twice, or a newer one of the same account, adds only what is new, and an
import that was stopped is resumed. Messages are searchable at once; vectors and learning
follow in the background.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from tau.errors import BadInput
from tau.ids import new_id
from tau.journal.entries import Entry, RawEntry
from tau.life.life import Life
from tau.transfer.batches import read_batches
from tau.transfer.entry_bounds import bounds_problem
from tau.transfer.entry_merging import EntryMerge
from tau.transfer.formats import ImportItem, ImportReader, SkippedItem, TauExportEntry
from tau.transfer.import_record import ImportRecord
from tau.transfer.known import KnownContent
from tau.transfer.merging import ContentMerge
from tau.transfer.preview import ImportPreview
from tau.transfer.report import ImportCounter, ImportReport
from tau.transfer.restoring import JournalRestore
from tau.transfer.writing import ImportWriter

_MAX_FILE_NAME_CHARACTERS = 200


class ImportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a file is imported."""

    trust: bool = False
    """Believe what the file claims of the person at once; an own export is restored as it was."""
    forgotten: bool = False
    """Import what the person forgot, too."""
    dry_run: bool = False
    """Write nothing; only report what would be imported."""


class ImportProgress(msgspec.Struct, frozen=True):
    """Progress of an import."""

    bytes_done: int
    bytes_total: int
    conversations: int
    messages: int
    facts: int
    skipped: int


ProgressCallback = Callable[[ImportProgress], None]


async def import_file(
    life: Life,
    source: Path | BinaryIO,
    name: str,
    *,
    trust: bool = False,
    forgotten: bool = False,
    dry_run: bool = False,
    progress: ProgressCallback | None = None,
    import_id: str | None = None,
) -> ImportReport:
    """Write what is new in a file into `life`; return what that was and what was left out.

    What a file claims of the person waits for a decision, unless they `trust` it. What the person
    forgot of an earlier import is left out, unless they want the `forgotten` back. The import gets
    the id `import_id`, unless it resumes one that was stopped. With `dry_run` nothing is
    written. If it is cancelled, it leaves whole conversations, and resumes when it is called again.
    Raises `BadInput` if nothing in the file is known, and as the journal does.
    """
    options = ImportOptions(trust=trust, forgotten=forgotten, dry_run=dry_run)
    with _open_source(source) as (file, at):
        reader = ImportReader(file, at)
        run = _ImportRun(life, reader, _clean_file_name(name), options, import_id or new_id())
        return await run.run(progress or (lambda _: None))


@contextmanager
def _open_source(source: Path | BinaryIO) -> Iterator[tuple[BinaryIO, float | None]]:
    if not isinstance(source, Path):
        yield source, None
        return
    try:
        with source.open("rb") as file:
            yield file, source.stat().st_mtime
    except OSError as error:
        raise BadInput(f"{source.name} cannot be read: {error.strerror}.") from error


def _clean_file_name(name: str) -> str:
    plain = name.replace("\\", "/").rsplit("/", 1)[-1].encode("utf-8", "replace").decode()
    return "".join(sign for sign in plain if sign.isprintable())[:_MAX_FILE_NAME_CHARACTERS]


class _ImportRun:
    """One run over one file."""

    def __init__(
        self, life: Life, reader: ImportReader, name: str, options: ImportOptions, import_id: str
    ) -> None:
        self._life = life
        self._reader = reader
        self._name = name
        self._options = options
        self._counter = ImportCounter()
        self._record = ImportRecord(import_id)
        self._known = KnownContent(life, include_forgotten=options.forgotten)
        self._preview = ImportPreview(life.memory.facts) if options.dry_run else None
        self._writer = ImportWriter(life, self._record, self._preview)
        self._restore = JournalRestore(life, self._writer, self._counter, trust=options.trust)
        merged = (self._known, self._record, self._counter)
        self._content = ContentMerge(*merged, trust=options.trust)
        self._entries = EntryMerge(*merged, trust=options.trust)

    async def run(self, progress: ProgressCallback) -> ImportReport:
        merges = (self._content.written, self._entries.seen, self._entries.created)
        self._writer.savepoints += (self._counter, *merges)
        is_first = True
        async with aclosing(read_batches(iter(self._reader))) as batches:
            try:
                async for batch in batches:
                    if is_first:  # only now the kind of the file is known
                        self._open_record()
                        is_first = False
                    await self._process_batch(batch)
                    self._life.used_at = time.monotonic()
                    progress(self._progress())
            finally:
                await self._writer.unlock()
        await self._finish()
        progress(msgspec.structs.replace(self._progress(), bytes_done=self._reader.bytes_total))
        written = None if self._options.dry_run else self._record.id
        learned = () if self._preview is None else self._preview.learned()
        return self._counter.report(written, self._reader.origin, self._name, learned)

    def _open_record(self) -> None:
        origin = self._reader.origin
        unfinished = self._known.unfinished_import(origin, self._name)
        self._record.open(origin, self._name, unfinished)

    def _progress(self) -> ImportProgress:
        counts = self._counter.counts
        return ImportProgress(
            self._reader.bytes_done,
            self._reader.bytes_total,
            counts.conversations,
            counts.messages,
            counts.facts,
            counts.skipped,
        )

    async def _process_batch(self, batch: list[ImportItem]) -> None:
        await self._writer.lock()
        try:
            lines = [self._bounded(item) for item in batch if isinstance(item, TauExportEntry)]
            rest = await self._restore.put_back(lines) if lines else []
            if rest:
                await self._merge_entries(rest)
            await self._merge_content(batch)
        finally:
            if not self._restore.is_restoring:
                await self._writer.unlock()

    def _bounded(self, line: TauExportEntry) -> TauExportEntry:
        """Return a line, or its empty place if the entry is out of bounds."""
        limit = self._life.max_message_bytes
        problem = None if line.raw is None else bounds_problem(line.raw, limit)
        if problem is None:
            return line
        self._counter.add_skipped(SkippedItem(f"entry {line.seq}", problem))
        return TauExportEntry(line.seq, line.at, None)

    async def _merge_entries(self, lines: list[TauExportEntry]) -> None:
        async def find() -> list[RawEntry]:
            await self._known.scan_journal()
            return self._entries.entries(lines)

        written = await self._writer.write_new(find)
        self._counter.add_written(entry for entry in written if isinstance(entry, RawEntry))

    async def _merge_content(self, items: list[ImportItem]) -> None:
        async def find() -> list[Entry]:
            return self._content.entries(items)

        await self._writer.write_new(find)

    async def _finish(self) -> None:
        counts = self._counter.counts
        finished = self._record.finished(
            conversations=counts.conversations + counts.conversations_before,
            messages=counts.messages + counts.messages_before,
            facts=counts.facts + counts.facts_before,
            skipped=counts.skipped,
        )
        if finished is not None:
            await self._writer.write_end(finished)
