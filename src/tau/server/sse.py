"""Server-sent events (WHATWG HTML, section 9.2): encoding, and a response that streams them.

Events that are ready at the same time are sent in one ASGI message: under load a slow connection
gets larger pieces instead of a longer queue. The first messages of a stream are sent at once, later
ones at a limited rate, too fast to be noticed, because sending a few bytes costs as much as sending
many. Knows nothing about turns or about who is watching.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

import msgspec
from starlette.background import BackgroundTask
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

HEARTBEAT_SECONDS = 15.0
BURST_MESSAGES = 5
"""How many messages may be sent before the rate limit applies."""
SEND_INTERVAL_SECONDS = 0.03
MEDIA_TYPE = "text/event-stream"
HEARTBEAT = b": still here\n\n"
_encoder = msgspec.json.Encoder()


def encode(data: object, *, name: str | None = None, number: int | None = None) -> bytes:
    """Return one event: `data` as JSON, `name` as its `event`, `number` as its `id`."""
    head = b""
    if number is not None:
        head = b"id: %d\n" % number
    if name is not None:
        head += b"event: " + name.encode() + b"\n"
    return head + b"data: " + _encoder.encode(data) + b"\n\n"


class EventRateLimiter:
    """Rate limiter (token bucket): a burst at once, then one message every `seconds`."""

    def __init__(self, burst: int = BURST_MESSAGES, seconds: float = SEND_INTERVAL_SECONDS) -> None:
        self._room = (burst - 1) * seconds
        self._seconds = seconds
        self._due = 0.0

    def delay(self, now: float) -> float:
        """Return how long a message at `now` has to wait; count it as sent."""
        self._due = max(self._due, now - self._room) + self._seconds
        return max(0.0, self._due - self._seconds - now)


class EventStreamResponse(Response):
    """A response that streams what `pieces` yields until either side ends.

    `closing` ends it early, so that open streams do not delay a shutdown. When the client
    disconnects, `pieces` is closed.
    """

    media_type = MEDIA_TYPE

    def __init__(
        self,
        pieces: AsyncIterator[bytes],
        *,
        closing: asyncio.Event,
        headers: Mapping[str, str] | None = None,
        status_code: int = 200,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        self.status_code = status_code
        self.background: BackgroundTask | None = None
        self.body = b""
        self.init_headers({"X-Accel-Buffering": "no", **(headers or {})})
        del self.headers["content-length"]
        self._pieces = pieces
        self._closing = closing
        self._heartbeat_seconds = heartbeat_seconds
        self._ready: list[bytes] = []
        self._wake = asyncio.Event()
        self._ended = asyncio.Event()
        self._rate_limiter = EventRateLimiter()

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream."""
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        helpers = [
            asyncio.create_task(self._collect()),
            asyncio.create_task(self._watch(receive)),
            asyncio.create_task(self._wait_for_closing()),
        ]
        try:
            await self._write(send)
        finally:
            for helper in helpers:
                helper.cancel()
            outcomes = await asyncio.gather(*helpers, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _write(self, send: Send) -> None:
        while True:
            try:
                async with asyncio.timeout(self._heartbeat_seconds):
                    await self._wake.wait()
            except TimeoutError:
                self._ready.append(HEARTBEAT)
            await self._throttle()
            self._wake.clear()
            body = b"".join(self._ready)
            self._ready.clear()
            if body:
                await send({"type": "http.response.body", "body": body, "more_body": True})
            if self._ended.is_set() and not self._ready:
                return

    async def _throttle(self) -> None:
        delay = self._rate_limiter.delay(asyncio.get_running_loop().time())
        if delay and not self._ended.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), delay)

    async def _collect(self) -> None:
        try:
            async for piece in self._pieces:
                self._ready.append(piece)
                self._wake.set()
        finally:
            self._end()
            close = getattr(self._pieces, "aclose", None)
            if close is not None:
                await close()

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._end()

    async def _wait_for_closing(self) -> None:
        await self._closing.wait()
        self._end()

    def _end(self) -> None:
        self._ended.set()
        self._wake.set()
