"""Sending of files in pieces."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import BinaryIO

from tau.client.http import NO_TIMEOUT, HttpConnection
from tau.errors import BadInput

_MAX_NAME_CHARACTERS = 200
_PIECE_BYTES = 256 << 10


async def send_file(
    http: HttpConnection,
    path: str,
    file: BinaryIO,
    progress: Callable[[int, int], None] = lambda *_: None,
    **about: str,
) -> bytes:
    """Send a file as it is; `progress` gets the bytes sent and the total. Returns the answer.

    `about` goes into the query; of a long `name`, the end.
    """
    if name := about.get("name"):
        about["name"] = name[-_MAX_NAME_CHARACTERS:]
    size = await _size_of(file)
    return await http.request(
        "POST",
        path,
        params=about,
        data=_pieces(file, size, progress),
        headers={"Content-Type": "application/octet-stream", "Content-Length": str(size)},
        timeout=NO_TIMEOUT,
    )


async def _size_of(file: BinaryIO) -> int:
    """Return the bytes of a file, which is at its start then."""
    size = await asyncio.to_thread(file.seek, 0, 2)
    await asyncio.to_thread(file.seek, 0)
    return size


async def _pieces(
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
