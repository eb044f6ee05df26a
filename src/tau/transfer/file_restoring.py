"""Restoring attached files from the archive of an export, beside its lines.

Only bytes that belong to an entry are kept: an archive names a file by the digest of its bytes.
"""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO

import anyio.to_thread

from tau.attachments.attachment_store import AttachmentStore
from tau.attachments.reading import MAX_FILE_BYTES
from tau.documents.reading import file_type
from tau.errors import Conflict, NotFound
from tau.journal.entries import FileAttached
from tau.life.life import Life
from tau.transfer.formats.documents import FILES_FOLDER

_METHODS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


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
        if file.sha256 in members and 0 <= file.size <= MAX_FILE_BYTES:
            read = partial(_read_member, source, members[file.sha256], file)
            content = await anyio.to_thread.run_sync(read)
            with suppress(Conflict, NotFound):
                if content is not None:
                    await store.put_back(life, file.id, content)
                    kept += 1
    return kept


def _members(source: BinaryIO) -> dict[str, zipfile.ZipInfo]:
    """Return the files of an archive by the digests that name them; none if it's no archive."""
    source.seek(0)
    try:
        with zipfile.ZipFile(source) as archive:
            return dict(_named(archive))
    except _UNREADABLE:
        return {}


def _named(archive: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    for member in archive.infolist():
        path = PurePosixPath(member.filename)
        if path.parent.name == FILES_FOLDER and member.compress_type in _METHODS:
            yield path.stem, member


def _read_member(source: BinaryIO, member: zipfile.ZipInfo, file: FileAttached) -> bytes | None:
    """Return the bytes of a file if they're those that its entry is about."""
    try:
        with zipfile.ZipFile(source) as archive, archive.open(member) as opened:
            content = opened.read(file.size + 1)
    except _UNREADABLE:
        return None
    if hashlib.sha256(content).hexdigest() != file.sha256:
        return None
    found = file_type(file.name, io.BytesIO(content))
    return content if found is not None and found.media_type == file.media_type else None
