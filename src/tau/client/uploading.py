"""Sending of files in pieces."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import BinaryIO

from tau.errors import BadInput

MAX_NAME_CHARACTERS = 200
_PIECE_BYTES = 256 << 10


async def size_of(file: BinaryIO) -> int:
    """Return the bytes of a file, which is at its start then."""
    size = await asyncio.to_thread(file.seek, 0, 2)
    await asyncio.to_thread(file.seek, 0)
    return size


async def upload_pieces(
    file: BinaryIO, size: int, progress: Callable[[int, int], None]
) -> AsyncIterator[bytes]:
    """Yield a file of `size` bytes, and no more if it grows. Raises `BadInput` if it shrinks."""
    sent = 0
    while sent < size and (
        piece := await asyncio.to_thread(file.read, min(_PIECE_BYTES, size - sent))
    ):
        yield piece
        sent += len(piece)
        progress(sent, size)
    if sent < size:
        raise BadInput("The file got shorter while it was being sent; try again.")
