"""Archive of an export: its lines and the attached files, in a zip that is made as it's sent.

A file is named by the digest of its bytes, so an import takes only bytes that belong to an entry
which it has. Nothing is written to the disk on the way.
"""

import hashlib
import io
import mimetypes
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, suppress
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO

import anyio.to_thread

from tau.attachments.attachment_store import AttachmentStore
from tau.attachments.reading import MAX_FILE_BYTES
from tau.attachments.stored_files import StoredFiles
from tau.documents.reading import file_type
from tau.errors import Conflict, DamagedEntry, NotFound
from tau.journal.entries import FileAttached, Record
from tau.journal.export import JournalReader, LeavesOut, export_jsonl
from tau.life.life import Life
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


async def restore_files(store: AttachmentStore, life: Life, source: BinaryIO) -> int:
    """Keep the bytes of attached files that are in an archive and not on this machine.

    Returns how many were kept. What isn't what its entry says is left out.
    """
    missing = [each for each in life.memory.attachments.all() if not store.has_content(each.id)]
    if not missing:
        return 0
    members = await anyio.to_thread.run_sync(_members, source)
    kept = 0
    for file in missing:
        if file.sha256 in members and file.size <= MAX_FILE_BYTES:
            read = partial(_read_member, source, members[file.sha256], file)
            content = await anyio.to_thread.run_sync(read)
            with suppress(Conflict):
                if content is not None:
                    await store.put_back(life, file.id, content)
                    kept += 1
    return kept


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


def _members(source: BinaryIO) -> dict[str, zipfile.ZipInfo]:
    """Return the files of an archive by the digests that name them; none if it's no archive."""
    source.seek(0)
    try:
        with zipfile.ZipFile(source) as archive:
            return dict(_named(archive))
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return {}


def _named(archive: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    for member in archive.infolist():
        path = PurePosixPath(member.filename)
        if path.parent.name == FILES_FOLDER and not member.is_dir():
            yield path.stem, member


def _read_member(source: BinaryIO, member: zipfile.ZipInfo, file: FileAttached) -> bytes | None:
    """Return the bytes of a file if they're those that its entry is about."""
    try:
        with zipfile.ZipFile(source) as archive, archive.open(member) as opened:
            content = opened.read(file.size + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return None
    if hashlib.sha256(content).hexdigest() != file.sha256:
        return None
    found = file_type(file.name, io.BytesIO(content))
    return content if found is not None and found.media_type == file.media_type else None


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o600 << 16
    return member


def _ending(file: FileAttached) -> str:
    return _ENDINGS.get(file.media_type) or mimetypes.guess_extension(file.media_type) or ""
