"""The files of everybody: received, listed, read and deleted.

A file belongs to one person. What is known of it is sealed with that person's data key, its content
with a key of its own that lies there too: where the row is gone, nothing opens the content.
"""

import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.to_thread

from tau.errors import NotFound, TauError
from tau.ids import new_id
from tau.people import Unlocked
from tau.storage.database import Database
from tau.storage.schema import studio_files
from tau.storage.sealed_content import (
    PIECE_BYTES,
    SealedContentWriter,
    delete_content,
    has_content,
    read_content,
    unlocked_files,
)
from tau.studio.files.file_table import (
    delete_rows,
    expired_ids,
    insert_record,
    known_ids,
    select_records,
)
from tau.studio.files.stored_file import FileRecord, StoredFile

logger = logging.getLogger(__name__)

FOLDER = "files"
"""In Tau's home."""
PREFIX = "file-"
_NO_FILE = "There is no such file."


class StudioFiles:
    """The stored files of this Tau: rows in one database, contents in one folder."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder

    @asynccontextmanager
    async def receive(
        self, pieces: AsyncIterator[bytes], prefix: str = PREFIX, file_id: str = ""
    ) -> AsyncIterator[SealedContentWriter]:
        """Write pieces to the disk as they come; what isn't kept inside the context is deleted.

        `file_id` is that of a file that is known elsewhere. Raises `StoreFull`, `StoreUnavailable`.
        """
        writer = await anyio.to_thread.run_sync(
            SealedContentWriter, self.folder, file_id or f"{prefix}{new_id()}"
        )
        try:
            await _write(writer, pieces)
            yield writer
        except BaseException:
            writer.discard()
            raise
        finally:
            writer.close()

    async def keep(
        self,
        unlocked: Unlocked,
        content: SealedContentWriter,
        filename: str,
        purpose: str,
        expires_seconds: int | None = None,
        created_at: float | None = None,
    ) -> FileRecord:
        """Add a file whose content was received; one from elsewhere may be older."""
        record = file_record(content, filename, purpose, expires_seconds)
        if created_at is not None:
            record = record._replace(created_at=created_at)
        await self.database.run(lambda c: insert_record(c, unlocked, record))
        return record

    async def all(self, unlocked: Unlocked) -> list[FileRecord]:
        """Return the files of a person, oldest first."""
        records = await self._select(unlocked)
        return [each for each in records if isinstance(each.details, StoredFile)]

    async def find(self, unlocked: Unlocked, file_id: str) -> FileRecord:
        """Return a file of this person. Raises `NotFound` for anybody else's."""
        for each in await self._select(unlocked, file_id):
            if isinstance(each.details, StoredFile):
                return each
        raise NotFound(_NO_FILE)

    async def remove(self, unlocked: Unlocked, file_id: str) -> None:
        """Delete a file for good. Raises `NotFound`."""
        await self.find(unlocked, file_id)
        await self.database.run(lambda c: delete_rows(c, [file_id]))
        await anyio.to_thread.run_sync(delete_content, self.folder, file_id)
        self.database.scrub_soon()

    def is_readable(self, record: FileRecord) -> bool:
        """Return whether the content is there. A restored backup may name a file without it."""
        return has_content(self.folder, record.id)

    def read(self, record: FileRecord) -> Iterator[bytes]:
        """Yield the content of a file; blocking. Raises `NotFound` and `DamagedEntry`."""
        return read_content(self.folder, record.id, record.file.key)

    async def sweep(self) -> None:
        """Delete what has expired, and contents without a row: a killed process left them."""
        try:
            expired = await self.database.run(lambda c: expired_ids(c, time.time()))
            await self.database.run(lambda c: delete_rows(c, expired))
            left = await anyio.to_thread.run_sync(unlocked_files, self.folder)
            known = await self.database.run(known_ids, read_only=True)
        except TauError as error:
            logger.warning("files were not swept: %s", error)
            return
        for path in left:
            if path.name not in known:
                await anyio.Path(path).unlink(missing_ok=True)
        if expired:
            self.database.scrub_soon()

    async def _select(self, unlocked: Unlocked, row_id: str | None = None) -> list[FileRecord]:
        conditions = () if row_id is None else (studio_files.c.id == row_id,)
        return await self.database.run(
            lambda c: select_records(c, unlocked, *conditions), read_only=True
        )


def file_record(
    content: SealedContentWriter, filename: str, purpose: str, expires_seconds: int | None
) -> FileRecord:
    """Return the record of a new file with this content."""
    at = time.time()
    return FileRecord(
        content.id,
        at,
        None if expires_seconds is None else at + expires_seconds,
        StoredFile(filename=filename, purpose=purpose, size=content.size, key=content.key),
    )


async def _write(writer: SealedContentWriter, pieces: AsyncIterator[bytes]) -> None:
    buffer = bytearray()
    async for piece in pieces:
        buffer += piece
        if len(buffer) >= PIECE_BYTES:
            await anyio.to_thread.run_sync(writer.write, bytes(buffer))
            buffer.clear()
    await anyio.to_thread.run_sync(writer.write, bytes(buffer))
    await anyio.to_thread.run_sync(writer.finish)
