"""Reading server-sent events (WHATWG HTML, section 9.2.6) from pieces of bytes.

Only `data` is of interest: Tau's events carry their own type and id in it.
"""

from collections.abc import AsyncIterable, AsyncIterator


async def iter_event_data(pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Yield the data of each event, however the bytes were cut. A last, unended one is dropped."""
    data: list[bytes] = []
    async for line in _iter_lines(pieces):
        if not line:
            if data:
                yield b"\n".join(data)
            data = []
            continue
        name, _, value = line.partition(b":")
        if name == b"data":
            data.append(value.removeprefix(b" "))


async def _iter_lines(pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Yield lines without their ends, which are LF, CRLF or CR."""
    rest = b""
    async for piece in pieces:
        rest += piece
        held = rest.endswith(b"\r")  # an LF may follow in the next piece
        body = rest[:-1] if held else rest
        *lines, rest = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            yield line
        rest += b"\r" if held else b""
