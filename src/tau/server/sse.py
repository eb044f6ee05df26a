"""Server-sent events (WHATWG HTML, section 9.2): encoding, and a response that streams them.

Events that are ready at the same time are sent in one ASGI message: under load a slow connection
gets larger pieces instead of a longer queue. The first messages of a stream are sent at once, later
ones at a limited rate, too fast to be noticed, because sending a few bytes costs as much as sending
many. Knows nothing about turns or about who is watching.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

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


class Heartbeat:
    """Timer that calls `beat` whenever nothing was sent for so many seconds."""

    def __init__(self, seconds: float, beat: Callable[[], None]) -> None:
        self._seconds = seconds
        self._beat = beat
        self._sent_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin, as if something had been sent now."""
        self.postpone()
        self._look_later(self._seconds)

    def postpone(self) -> None:
        """Count from now on: something was sent."""
        self._sent_at = asyncio.get_running_loop().time()

    def stop(self) -> None:
        """Call no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _look_later(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        left = self._sent_at + self._seconds - asyncio.get_running_loop().time()
        if left <= 0:
            self._beat()
        self._look_later(left if left > 0 else self._seconds)


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
        self._heartbeat = Heartbeat(heartbeat_seconds, self._beat)
        self._ready: list[bytes] = []
        self._wake = asyncio.Event()
        self._ended = False
        self._paused: asyncio.Future[None] | None = None
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
        self._heartbeat.start()
        try:
            await self._write(send)
        finally:
            self._heartbeat.stop()
            for helper in helpers:
                helper.cancel()
            outcomes = await asyncio.gather(*helpers, return_exceptions=True)
        faults = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        body = b"".join(self._ready)
        await send({"type": "http.response.body", "body": body, "more_body": bool(faults)})
        if faults:
            raise faults[0]

    async def _write(self, send: Send) -> None:
        """Send what is ready until the stream ends; its last pieces leave with its end."""
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            await self._throttle(loop)
            if self._ended:
                return
            self._wake.clear()
            body = b"".join(self._ready)
            self._ready.clear()
            if body:
                self._heartbeat.postpone()
                await send({"type": "http.response.body", "body": body, "more_body": True})

    async def _throttle(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wait as long as the rate limit says, or until the stream ends."""
        delay = self._rate_limiter.delay(loop.time())
        if not delay or self._ended:
            return
        self._paused = loop.create_future()
        timer = loop.call_later(delay, self._go_on)
        try:
            await self._paused
        finally:
            timer.cancel()

    def _go_on(self) -> None:
        if self._paused is not None and not self._paused.done():
            self._paused.set_result(None)

    def _beat(self) -> None:
        self._ready.append(HEARTBEAT)
        self._wake.set()

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
        self._ended = True
        self._wake.set()
        self._go_on()
