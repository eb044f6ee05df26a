"""Decoder of server-sent events (WHATWG HTML, section 9.2.6): bytes in, lines and data out.

The client of Tau's API reads whole events with it, and the models read `data` fields one by one.
Knows nothing of sockets, JSON or what an event means.
"""

from collections.abc import AsyncIterable, AsyncIterator, Iterable

_FIELD = b"data:"


class LineDecoder:
    """Splits the bytes of an event stream into lines, however they were cut.

    A line ends with LF, CRLF or CR; the ends are not part of what is returned.
    """

    def __init__(self) -> None:
        self._rest = b""

    @property
    def buffered_bytes(self) -> int:
        """Length of the line that has not ended yet."""
        return len(self._rest)

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines that these bytes complete."""
        text = self._rest + data
        if b"\r" in text:
            return self._split_any(text)
        lines = text.split(b"\n")
        self._rest = lines.pop()
        return lines

    def end(self) -> list[bytes]:
        """Return the last line if the stream stopped in the middle of it."""
        return self.feed(b"\n") if self._rest else []

    def _split_any(self, text: bytes) -> list[bytes]:
        held = b"\r" if text.endswith(b"\r") else b""  # an LF may follow in the next piece
        body = text.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = body.split(b"\n")
        self._rest = lines.pop() + held
        return lines


def data_fields(lines: Iterable[bytes]) -> list[bytes]:
    """Return the value of each `data` field, also where no blank line parts two events.

    The spec joins the `data` fields of one event. OpenAI-shaped servers send one JSON document per
    field, and some leave the blank line out.
    """
    return [line[len(_FIELD) :] for line in lines if line.startswith(_FIELD)]


async def iter_event_data(pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Yield the data of each event. A last event that no blank line ends is dropped, as specified.

    Types, ids and retry times are skipped: Tau's events carry their own type and id in their data.
    """
    decoder = LineDecoder()
    data: list[bytes] = []
    async for piece in pieces:
        for line in decoder.feed(piece):
            name, _, value = line.partition(b":")
            if name == b"data":
                data.append(value.removeprefix(b" "))
            elif not line and data:
                yield b"\n".join(data)
                data = []
