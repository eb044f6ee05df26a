"""Uploads of a file in parts, in the shape of OpenAI's API."""

import hashlib
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import NamedTuple

import anyio.to_thread
import sqlalchemy as sa

from tau.errors import InvalidField, NotFound
from tau.ids import new_id
from tau.people import Unlocked
from tau.storage.schema import studio_files
from tau.storage.sealed_content import delete_content, read_content
from tau.studio.files.file_table import delete_rows, insert_record, select_records
from tau.studio.files.files import StudioFiles, file_record
from tau.studio.files.stored_file import FileRecord, PartContent, PendingUpload

EXPIRES_SECONDS = 60 * 60
"""After so long an upload that isn't complete is deleted."""
_PREFIX = "upload_"
_PART_PREFIX = "part_"
_NO_UPLOAD = "There is no such upload, or it has ended."


class _Parts(NamedTuple):
    upload: PendingUpload
    chosen: list[FileRecord]
    ids: list[str]
    """Of the upload and all its parts."""


class StudioUploads:
    """Uploads that aren't complete yet."""

    def __init__(self, files: StudioFiles) -> None:
        self._files = files
        self._database = files.database

    async def create(self, unlocked: Unlocked, upload: PendingUpload) -> FileRecord:
        """Begin an upload."""
        at = time.time()
        record = FileRecord(f"{_PREFIX}{new_id()}", at, at + EXPIRES_SECONDS, upload)
        await self._database.run(lambda c: insert_record(c, unlocked, record))
        return record

    async def add_part(
        self, unlocked: Unlocked, upload_id: str, pieces: AsyncIterator[bytes]
    ) -> FileRecord:
        """Receive a part. Raises `NotFound`."""
        upload = await self.find(unlocked, upload_id)
        async with self._files.receive(pieces, _PART_PREFIX) as content:
            details = PartContent(size=content.size, key=content.key)
            record = FileRecord(content.id, time.time(), upload.expires_at, details, upload_id)
            await self._database.run(lambda c: _insert_part(c, unlocked, record))
        return record

    async def complete(
        self, unlocked: Unlocked, upload_id: str, part_ids: Sequence[str], md5: str | None = None
    ) -> tuple[FileRecord, FileRecord]:
        """Join parts to a file, in the given order; return the upload and the file.

        Raises `NotFound`, and `InvalidField` if the parts aren't what was announced.
        """
        record = await self.find(unlocked, upload_id)
        parts = await self._parts(unlocked, record, part_ids)
        async with self._files.receive(self._joined(parts.chosen, md5)) as content:
            about = parts.upload
            file = file_record(content, about.filename, about.purpose, about.expires_seconds)

            def replace(connection: sa.Connection) -> None:
                if not delete_rows(connection, [upload_id]):
                    raise NotFound(_NO_UPLOAD)  # another request was faster
                delete_rows(connection, parts.ids)
                insert_record(connection, unlocked, file)

            await self._database.run(replace)
        await self._delete_contents(parts.ids)
        return record, file

    async def cancel(self, unlocked: Unlocked, upload_id: str) -> FileRecord:
        """Delete an upload and its parts. Raises `NotFound`."""
        record = await self.find(unlocked, upload_id)
        ids = [upload_id, *(each.id for each in await self._all_parts(unlocked, upload_id))]
        await self._database.run(lambda c: delete_rows(c, ids))
        await self._delete_contents(ids)
        return record

    async def find(self, unlocked: Unlocked, upload_id: str) -> FileRecord:
        """Return an upload of this person that isn't complete. Raises `NotFound`."""
        found = await self._select(unlocked, studio_files.c.id == upload_id)
        if not found or not isinstance(found[0].details, PendingUpload):
            raise NotFound(_NO_UPLOAD)
        return found[0]

    async def _parts(
        self, unlocked: Unlocked, record: FileRecord, part_ids: Sequence[str]
    ) -> _Parts:
        upload = record.details
        assert isinstance(upload, PendingUpload)  # noqa: S101 - `find` returns nothing else
        known = {each.id: each for each in await self._all_parts(unlocked, record.id)}
        if len(set(part_ids)) < len(part_ids) or not set(part_ids) <= known.keys():
            raise InvalidField("The parts are those of this upload, each once.", "part_ids")
        chosen = [known[each] for each in part_ids]
        size = sum(each.details.size for each in chosen)
        if size != upload.size:
            sentence = (
                f"The parts have {size:,} bytes together, and {upload.size:,} were announced."
            )
            raise InvalidField(sentence, "part_ids")
        return _Parts(upload, chosen, list(known))

    async def _joined(self, parts: Sequence[FileRecord], md5: str | None) -> AsyncIterator[bytes]:
        digest = hashlib.md5(usedforsecurity=False)
        for part in parts:
            assert isinstance(part.details, PartContent)  # noqa: S101 - parts are nothing else
            content = read_content(self._files.folder, part.id, part.details.key)
            while (piece := await anyio.to_thread.run_sync(_next_piece, content)) is not None:
                digest.update(piece)
                yield piece
        if md5 is not None and digest.hexdigest() != md5.strip().lower():
            raise InvalidField("The parts together have another MD5 checksum.", "md5")

    async def _all_parts(self, unlocked: Unlocked, upload_id: str) -> list[FileRecord]:
        return await self._select(unlocked, studio_files.c.upload == upload_id)

    async def _select(
        self, unlocked: Unlocked, condition: sa.ColumnElement[bool]
    ) -> list[FileRecord]:
        return await self._database.run(
            lambda c: select_records(c, unlocked, condition), read_only=True
        )

    async def _delete_contents(self, ids: Sequence[str]) -> None:
        for each in ids:
            await anyio.to_thread.run_sync(delete_content, self._files.folder, each)
        self._database.scrub_soon()


def _insert_part(connection: sa.Connection, unlocked: Unlocked, record: FileRecord) -> None:
    """Add a part, if its upload hasn't ended in the meantime."""
    if not select_records(connection, unlocked, studio_files.c.id == record.upload):
        raise NotFound(_NO_UPLOAD)
    insert_record(connection, unlocked, record)


def _next_piece(content: Iterator[bytes]) -> bytes | None:
    return next(content, None)
