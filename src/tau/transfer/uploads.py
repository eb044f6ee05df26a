"""Uploaded files: unnamed and readable by Tau alone, so that nothing of them is left behind."""

import errno
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

import anyio.to_thread

from tau.errors import BadInput, StoreFull

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
            raise StoreFull("The disk has no room for this file.") from error
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
