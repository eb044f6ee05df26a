"""Uploaded files: unnamed and readable by Tau alone, so that nothing of them is left behind."""

import asyncio
import errno
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import anyio.to_thread

from tau.errors import BadInput, StoreFull

RETAIN_SECONDS = 15 * 60.0
"""How long the file of a dry run is kept."""
_BUFFER_BYTES = 1 << 20


async def receive_upload(pieces: AsyncIterator[bytes], folder: Path) -> BinaryIO:
    """Return an upload as an unnamed file in `folder`. Raises `BadInput` and `StoreFull`."""
    file: BinaryIO = await anyio.to_thread.run_sync(_open_unnamed_file, folder)
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
            raise StoreFull("There isn't enough disk space for this file.") from error
        raise BadInput("This file could not be received.") from error
    except BaseException:
        file.close()
        raise
    return file


def _open_unnamed_file(folder: Path) -> BinaryIO:
    try:
        return tempfile.TemporaryFile(dir=folder)
    except OSError as error:
        raise BadInput("Tau can't create a file for this upload.") from error


@dataclass(slots=True)
class _RetainedFile:
    """The file of a person's last dry run, until `expiry`."""

    job_id: str
    file: BinaryIO
    expiry: asyncio.TimerHandle


class RetainedFiles:
    """The files of dry runs, at most one of a person, closed after a while."""

    def __init__(self) -> None:
        self._files: dict[str, _RetainedFile] = {}

    def keep(self, person: str, job_id: str, file: BinaryIO) -> None:
        """Keep the file of a dry run in place of the person's last one."""
        self.release(person)
        expiry = asyncio.get_running_loop().call_later(RETAIN_SECONDS, self.release, person)
        self._files[person] = _RetainedFile(job_id, file, expiry)

    def has(self, person: str, job_id: str) -> bool:
        """Return whether the file of this dry run is kept."""
        kept = self._files.get(person)
        return kept is not None and kept.job_id == job_id

    def take(self, person: str) -> BinaryIO:
        """Return the file of a person's last dry run, from its start, and keep it no longer."""
        kept = self._files.pop(person)
        kept.expiry.cancel()
        kept.file.seek(0)
        return kept.file

    def release(self, person: str) -> None:
        """Close the file of a person's last dry run, if there is one."""
        if person in self._files:
            self.take(person).close()

    def close(self) -> None:
        """Close every file."""
        for person in list(self._files):
            self.release(person)
