"""Archive of an export: its lines and the attached files, in a zip that is made as it's sent.

A file is named by the digest of its bytes, so an import takes only bytes that belong to an entry
which it has. Nothing is written to the disk on the way.
"""

import io
import mimetypes
import zipfile
from collections.abc import AsyncIterator
from contextlib import aclosing

import anyio.to_thread

from tau.attachments.stored_files import StoredFiles
from tau.errors import DamagedEntry, NotFound
from tau.journal.entries import FileAttached, Record
from tau.journal.export import JournalReader, LeavesOut, export_jsonl
from tau.transfer.formats.documents import FILES_FOLDER

LINES_NAME = "tau.jsonl"
_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "text/markdown": ".md",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


async def export_archive(
    journal: JournalReader, files: StoredFiles, leaves_out: LeavesOut | None = None
) -> AsyncIterator[bytes]:
    """Yield a zip archive with a complete export and the bytes of the files that it names."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(_member(LINES_NAME), "w", force_zip64=True) as member:
            async with aclosing(export_jsonl(journal, leaves_out)) as lines:  # type: ignore[type-var]
                async for line in lines:
                    await anyio.to_thread.run_sync(member.write, line)
                    yield sink.take()
        written: set[str] = set()
        async for file in _attached(journal, leaves_out):
            if file.sha256 in written:
                continue
            try:
                content = await files.read(file.id)
            except (NotFound, DamagedEntry):
                continue  # its text is in the lines
            written.add(file.sha256)
            name = f"{FILES_FOLDER}/{file.sha256}{_ending(file)}"
            await anyio.to_thread.run_sync(archive.writestr, _member(name), content)
            yield sink.take()
    yield sink.take()


class _Sink(io.RawIOBase):
    """What a zip archive is written to: it can't go back, so the archive is made in one go."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._held += piece
        return len(piece)

    def take(self) -> bytes:
        """Return what was written since."""
        taken = bytes(self._held)
        self._held.clear()
        return taken


async def _attached(
    journal: JournalReader, leaves_out: LeavesOut | None
) -> AsyncIterator[FileAttached]:
    async for record in journal.read():
        if (
            isinstance(record, Record)
            and isinstance(record.entry, FileAttached)
            and (leaves_out is None or not leaves_out(record))
        ):
            yield record.entry


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o600 << 16
    return member


def _ending(file: FileAttached) -> str:
    return _ENDINGS.get(file.media_type) or mimetypes.guess_extension(file.media_type) or ""
