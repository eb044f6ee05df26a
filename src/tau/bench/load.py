"""Load generator that costs next to nothing: it shares two cores with what it measures.

One kept-alive HTTP/1.1 connection per worker. An answer is not parsed: its status is read, its
first content is noticed, and its end. That is enough for times, and true for both sides.
"""

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import cast
from urllib.parse import urlsplit

import msgspec

from tau.errors import ModelError

_CONTENT = re.compile(rb'"content":\s*"[^"]')
_LAST_EVENT, _END = b"data: [DONE]", b"0\r\n\r\n"
_OVERLAP = 64  # bytes kept of the piece before, for what arrives in two parts
_LONGEST_HEAD = 65_536  # bytes
TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Target:
    """Target of requests: an OpenAI-compatible endpoint, and its name for the model.

    Connections use `keys` in turn, so each of several people has connections of their own.
    """

    url: str
    model: str
    keys: tuple[str, ...] = ()

    def key_of(self, connection: int) -> str:
        """Return the key of a connection, by its number from 0; empty if no key is needed."""
        return self.keys[connection % len(self.keys)] if self.keys else ""

    def request(self, text: str, key: str = "") -> bytes:
        """Return a whole streaming chat request that says `text`."""
        parts = urlsplit(self.url)
        body = msgspec.json.encode(
            {
                "model": self.model,
                "stream": True,
                "messages": [{"role": "user", "content": text}],
            }
        )
        lines = [
            f"POST {parts.path}/chat/completions HTTP/1.1",
            f"Host: {parts.netloc}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            *([f"Authorization: Bearer {key}"] if key else []),
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass(slots=True)
class LoadTimes:
    """Times of a load: each request in seconds, and all of them together."""

    first_token: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    elapsed: float = 0.0

    @property
    def per_second(self) -> float:
        """Answers per second while the load lasted."""
        return round(len(self.whole) / self.elapsed, 1) if self.elapsed else 0.0

    def add(self, other: "LoadTimes") -> None:
        """Add the times of another load."""
        self.first_token += other.first_token
        self.whole += other.whole
        self.elapsed += other.elapsed


class AnswerConnection(asyncio.Protocol):
    """One connection: notices the first content and the end of each streamed answer."""

    def __init__(self) -> None:
        self._waiting: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None
        self._tail = b""
        self._head = True
        self._done = False
        self.first_token = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's inherits nothing

    def ask(self, request: bytes) -> "asyncio.Future[None]":
        """Send `request`; the future ends with the answer."""
        self._tail, self._head, self._done, self.first_token = b"", True, False, 0.0
        self._waiting = asyncio.get_running_loop().create_future()
        if self._transport is None or self._transport.is_closing():
            self._fail("the connection was closed")
        else:
            self._transport.write(request)
        return self._waiting

    def data_received(self, data: bytes) -> None:
        """Read a piece of the answer, wherever it was cut."""
        piece = self._tail + data
        if self._head and not self._read_head(piece):
            return
        if not self.first_token and _CONTENT.search(piece):
            self.first_token = time.perf_counter()
        self._done = self._done or _LAST_EVENT in piece
        if self._done and piece.endswith(_END):
            self._finish()
        self._tail = piece[-_OVERLAP:]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - its protocol
        """Fail the pending request."""
        self._fail("the connection broke")

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.abort()

    def _read_head(self, piece: bytes) -> bool:
        """Return whether the head of the answer is complete, and fail unless it says 200."""
        if b"\r\n\r\n" not in piece and len(piece) < _LONGEST_HEAD:
            self._tail = piece
            return False
        self._head = False
        status = piece.split(b" ", 2)[1:2]
        if status != [b"200"]:
            self._fail(f"it answered with status {b''.join(status).decode('ascii', 'replace')}")
        return True

    def _finish(self) -> None:
        if self._waiting is None or self._waiting.done():
            return
        if self.first_token:
            self._waiting.set_result(None)
        else:
            self._fail("it answered without a word")

    def _fail(self, why: str) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ModelError(f"A measured request failed: {why}."))


async def load(
    target: Target, texts: Sequence[str], concurrency: int, *, per_second: float | None = None
) -> LoadTimes:
    """Ask `target` every one of `texts`, `concurrency` at a time, and return how long it took.

    With `per_second` requests fall due at that pace, and each is timed from when it was due, so
    that an answer that holds up the next one counts for both. Connections are made before the clock
    starts. Raises `ModelError` for the first request that fails: figures of a load that failed in
    part mean nothing.
    """
    lines = [await _connect(target) for _ in range(min(concurrency, len(texts)))]
    times = LoadTimes()
    began = time.perf_counter()
    due = _due(texts, began, per_second)
    workers = [
        asyncio.create_task(
            _work(line, partial(target.request, key=target.key_of(number)), due, times)
        )
        for number, line in enumerate(lines)
    ]
    try:
        await asyncio.gather(*workers)
        times.elapsed = time.perf_counter() - began
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        for line in lines:
            line.close()
    return times


def _due(
    texts: Sequence[str], began: float, per_second: float | None
) -> Iterator[tuple[str, float | None]]:
    """Yield each text with when it is to be sent; `None` is at once."""
    for number, text in enumerate(texts):
        yield text, None if per_second is None else began + number / per_second


async def _connect(target: Target) -> AnswerConnection:
    parts = urlsplit(target.url)
    loop = asyncio.get_running_loop()
    try:
        _, line = await loop.create_connection(
            AnswerConnection, parts.hostname or "", parts.port or 80
        )
    except OSError as error:
        raise ModelError("A server under measurement does not answer.") from error
    return line


async def _work(
    line: AnswerConnection,
    request_for: Callable[[str], bytes],
    due: Iterator[tuple[str, float | None]],
    times: LoadTimes,
) -> None:
    for text, moment in due:
        request = request_for(text)
        if moment is not None:
            await asyncio.sleep(moment - time.perf_counter())
        began = time.perf_counter() if moment is None else moment
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await line.ask(request)
        except TimeoutError:
            raise ModelError("A measured request failed: it took more than a minute.") from None
        times.first_token.append(line.first_token - began)
        times.whole.append(time.perf_counter() - began)
