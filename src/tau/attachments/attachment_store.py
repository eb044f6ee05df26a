"""The attached files of everybody: received, read, kept, opened and erased.

What a file says becomes an entry of the journal with the message that names it; its bytes lie
sealed in a folder, and their key in a table. They go when the entry goes: with the message, the
conversation or the person.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

from tau.attachments.attachment_table import (
    AttachmentDetails,
    AttachmentRow,
    delete_rows,
    expired_ids,
    known_ids,
    owner_of,
    put_row,
    select_rows,
)
from tau.attachments.picture_metadata import without_metadata
from tau.attachments.reading import MAX_FILE_BYTES, read_attachment
from tau.attachments.stored_files import NO_FILE, StoredFiles
from tau.errors import Conflict, NotFound, TauError, TooManyRequests, UnreadableFile
from tau.ids import new_id
from tau.journal.entries import FileAttached
from tau.life.life import Life, LifeListener
from tau.storage.database import Database
from tau.storage.sealed_content import (
    SealedContentWriter,
    delete_content,
    has_content,
    unlocked_files,
)

logger = logging.getLogger(__name__)

PENDING_SECONDS = 24 * 3600.0
"""How long a file waits for a message that names it."""
MOST_PENDING = 32
_MOST_READ_AT_ONCE = 2
TOO_LARGE = f"A file can have at most {MAX_FILE_BYTES >> 20} MB."

FindPython = Callable[[], Path | None]
"""Returns an interpreter that has packages which Tau's own may lack. Blocks."""


class AttachmentStore(LifeListener):
    """The stored files: rows in one database, contents in one folder."""

    def __init__(self, database: Database, folder: Path, find_python: FindPython) -> None:
        self._database = database
        self._folder = folder
        self._find_python = find_python
        self._reading = asyncio.Semaphore(_MOST_READ_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    async def receive(self, life: Life, name: str, pieces: AsyncIterator[bytes]) -> FileAttached:
        """Read a file and keep it until a message names it; a picture, without its metadata.

        Raises `UnreadableFile` for one that Tau doesn't read, `TooManyRequests` if too many wait,
        and `StoreFull`.
        """
        content = await anyio.to_thread.run_sync(without_metadata, await _whole(pieces))
        waiting = [row for row in await self._rows(life) if row.details.pending]
        if len(waiting) >= MOST_PENDING:
            raise TooManyRequests("Too many files wait to be sent. Send or remove some first.", 60)
        async with self._reading:
            python = await anyio.to_thread.run_sync(self._find_python)
            read = partial(read_attachment, new_id(), name, content, python)
            file = await anyio.to_thread.run_sync(read)
        key = await anyio.to_thread.run_sync(_write, self._folder, file.id, content)
        details = AttachmentDetails(key=key, pending=file)
        await self._put(life, AttachmentRow(file.id, time.time() + PENDING_SECONDS, details))
        return file

    async def find_pending(self, life: Life, file_id: str) -> FileAttached:
        """Return what was read from a file that no message names yet. Raises `NotFound`."""
        rows = await self._rows(life, file_id)
        if not rows or rows[0].details.pending is None:
            raise NotFound(NO_FILE)
        return rows[0].details.pending

    async def take(self, life: Life, ids: Sequence[str]) -> list[FileAttached]:
        """Return what was read from files, for a message that will name them.

        Those that messages name already are left out. The others expire as before until `keep`: a
        message that is refused must not keep them. Raises `NotFound`.
        """
        taken = [await self.find(life, each) for each in dict.fromkeys(ids)]
        return [file for file in taken if life.memory.attachments.find(file.id) is None]

    async def find(self, life: Life, file_id: str) -> FileAttached:
        """Return a file, whether or not a message names it. Raises `NotFound`."""
        known = life.memory.attachments
        if (found := known.find(file_id)) is not None:
            return found
        try:
            return await self.find_pending(life, file_id)
        except NotFound:
            return known.get(file_id)  # unless a message has named it meanwhile

    async def keep(self, life: Life, ids: Sequence[str]) -> None:
        """Keep files for as long as their entries are in the journal, where they are by now.

        If the process ends before this, `settle` does it when the life is opened next: within the
        time that the files had left anyway.
        """
        for row in [row for each in ids for row in await self._rows(life, each)]:
            if row.details.pending is not None:
                await self._put(life, AttachmentRow(row.id, None, _without_pending(row)))

    async def read(self, life: Life, file_id: str) -> bytes:
        """Return the bytes of a file. Raises `NotFound` and `DamagedEntry`.

        They may be gone where the text isn't: a backup doesn't have them.
        """
        return await self.files_of(life).read(file_id)

    def files_of(self, life: Life) -> StoredFiles:
        """Return the stored files of one person, to be read."""
        return StoredFiles(self._database, self._folder, life.person, life.box)

    async def put_back(self, life: Life, file_id: str, content: bytes) -> None:
        """Keep the bytes of a file that messages name, where they aren't on this machine.

        Raises `Conflict` if the id is that of another person's file, and `NotFound` if it can't
        name one: an imported entry can have any id.
        """
        owner = await self._database.run(lambda c: owner_of(c, file_id), read_only=True)
        if owner not in (None, life.person) or self.has_content(file_id):
            raise Conflict("The file is there already.")
        await anyio.to_thread.run_sync(delete_content, self._folder, file_id)
        key = await anyio.to_thread.run_sync(_write, self._folder, file_id, content)
        await self._put(life, AttachmentRow(file_id, None, AttachmentDetails(key=key)))

    def has_content(self, file_id: str) -> bool:
        """Return whether the bytes of a file are on this machine."""
        return has_content(self._folder, file_id)

    async def discard(self, life: Life, file_id: str) -> None:
        """Erase a file that no message names. Raises `NotFound`."""
        await self.find_pending(life, file_id)
        await self._erase([file_id])

    async def settle(self, life: Life) -> None:
        """Erase the bytes of files whose entries are gone; keep those whose entries are there.

        The latter were about to be kept when a process ended.
        """
        rows = await self._rows(life)
        await life.refresh()  # an entry is written before its row is kept: now it's known
        known = life.memory.attachments
        gone = [r.id for r in rows if r.expires_at is None and known.find(r.id) is None]
        await self.keep(life, [r.id for r in rows if r.expires_at and known.find(r.id)])
        await self._erase(gone)

    async def sweep(self) -> None:
        """Erase what has expired, and contents without a row: a killed process left them."""
        try:
            await self._erase(await self._database.run(lambda c: expired_ids(c, time.time())))
            left = await anyio.to_thread.run_sync(unlocked_files, self._folder)
            known = await self._database.run(known_ids, read_only=True)
        except TauError as error:
            logger.warning("attachments were not swept: %s", error)
            return
        for path in left:
            if path.name not in known:
                await anyio.Path(path).unlink(missing_ok=True)

    async def close(self) -> None:
        """Wait until what was begun is done."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    # --- the lives that it follows ----------------------------------------------------------

    def opened(self, life: Life) -> None:
        """Erase what a process that ended left."""
        self._settle_soon(life)

    def forgotten(self, life: Life) -> None:
        """Erase the bytes of what was forgotten."""
        self._settle_soon(life)

    def _settle_soon(self, life: Life) -> None:
        task = asyncio.create_task(_settle_quietly(self, life))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _rows(self, life: Life, file_id: str | None = None) -> list[AttachmentRow]:
        select = partial(select_rows, person=life.person, box=life.box, row_id=file_id)
        return await self._database.run(select, read_only=True)

    async def _put(self, life: Life, row: AttachmentRow) -> None:
        await self._database.run(partial(put_row, person=life.person, box=life.box, row=row))

    async def _erase(self, ids: Sequence[str]) -> None:
        if await self._database.run(lambda c: delete_rows(c, ids)):
            self._database.scrub_soon()
        for each in ids:
            await anyio.to_thread.run_sync(delete_content, self._folder, each)


async def _settle_quietly(store: AttachmentStore, life: Life) -> None:
    try:
        await store.settle(life)
    except TauError as error:
        logger.warning("attachments were not settled: %s", error)


async def _whole(pieces: AsyncIterator[bytes]) -> bytes:
    content = bytearray()
    async for piece in pieces:
        content += piece
        if len(content) > MAX_FILE_BYTES:
            raise UnreadableFile(TOO_LARGE)
    return bytes(content)


def _write(folder: Path, file_id: str, content: bytes) -> bytes:
    """Write a content, sealed, and return its key."""
    writer = SealedContentWriter(folder, file_id)
    try:
        writer.write(content)
        writer.finish()
    except BaseException:
        writer.discard()
        raise
    finally:
        writer.close()
    return writer.key


def _without_pending(row: AttachmentRow) -> AttachmentDetails:
    return AttachmentDetails(key=row.details.key)
