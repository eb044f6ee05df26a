"""Event streams: what is sent, and how they end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from tau.server import sse

pytestmark = pytest.mark.anyio


class Connection:
    """The other side of an ASGI connection."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.gone = asyncio.Event()
        self.got_something = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(message)
        if message["type"] == "http.response.body":
            self.got_something.set()

    @property
    def bodies(self) -> list[bytes]:
        return [one["body"] for one in self.sent if one["type"] == "http.response.body"]


async def _several(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def _serve(stream: sse.EventStreamResponse, connection: Connection) -> None:
    await stream({"type": "http"}, connection.receive, connection.send)


def test_an_event_is_told_in_lines() -> None:
    assert sse.encode({"a": "b\nc"}, name="delta", number=3) == (
        b'id: 3\nevent: delta\ndata: {"a":"b\\nc"}\n\n'
    )


def test_an_event_needs_neither_name_nor_number() -> None:
    assert sse.encode(msgspec.Raw(b"1")) == b"data: 1\n\n"


async def test_what_is_ready_together_leaves_together() -> None:
    connection = Connection()
    stream = sse.EventStreamResponse(_several(b"one", b"two", b"three"), closing=asyncio.Event())
    await _serve(stream, connection)
    assert connection.bodies == [b"onetwothree"]
    assert connection.sent[-1]["more_body"] is False


async def test_headers_tell_a_stream_that_nobody_may_hold_back() -> None:
    connection = Connection()
    await _serve(sse.EventStreamResponse(_several(b"x"), closing=asyncio.Event()), connection)
    headers = dict(connection.sent[0]["headers"])
    assert headers[b"content-type"].startswith(b"text/event-stream")
    assert headers[b"x-accel-buffering"] == b"no"
    assert b"content-length" not in headers


async def test_a_reader_that_leaves_closes_the_source() -> None:
    closed = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        try:
            yield b"first"
            await asyncio.Event().wait()
        finally:
            closed.set()

    connection = Connection()
    serving = asyncio.create_task(
        _serve(sse.EventStreamResponse(endless(), closing=asyncio.Event()), connection)
    )
    await connection.got_something.wait()
    connection.gone.set()
    await serving
    assert closed.is_set()


async def test_a_server_that_closes_ends_the_stream() -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"first"
        await asyncio.Event().wait()

    closing, connection = asyncio.Event(), Connection()
    serving = asyncio.create_task(
        _serve(sse.EventStreamResponse(endless(), closing=closing), connection)
    )
    await connection.got_something.wait()
    closing.set()
    await serving
    assert connection.sent[-1]["more_body"] is False


async def test_a_silent_stream_says_that_it_is_still_there() -> None:
    async def silent() -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b"never"

    closing, connection = asyncio.Event(), Connection()
    stream = sse.EventStreamResponse(silent(), closing=closing, heartbeat_seconds=0.001)
    serving = asyncio.create_task(_serve(stream, connection))
    await connection.got_something.wait()
    closing.set()
    await serving
    assert connection.bodies[0].startswith(b":")


async def test_a_source_that_breaks_is_not_kept_quiet() -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"first"
        raise RuntimeError("broken")

    connection = Connection()
    with pytest.raises(RuntimeError, match="broken"):
        await _serve(sse.EventStreamResponse(broken(), closing=asyncio.Event()), connection)
    assert connection.bodies == [b"first"]
    assert connection.sent[-1]["more_body"] is True, "the stream isn't ended as if it were whole"


async def test_a_stream_that_waits_for_its_rate_ends_at_once() -> None:
    more = asyncio.Event()

    async def quick() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x"
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        await more.wait()

    connection = Connection()
    stream = sse.EventStreamResponse(quick(), closing=asyncio.Event())
    stream._rate_limiter = sse.EventRateLimiter(burst=1, seconds=1e6)
    serving = asyncio.create_task(_serve(stream, connection))
    await connection.got_something.wait()
    more.set()
    await serving
    assert b"".join(connection.bodies) == b"xxx"


def test_a_burst_leaves_at_once_and_then_there_is_a_pace() -> None:
    pace = sse.EventRateLimiter(burst=3, seconds=1.0)
    assert [pace.delay(10.0) for _ in range(5)] == [0.0, 0.0, 0.0, 1.0, 2.0]
    assert pace.delay(13.0) == 0.0


def test_a_slow_stream_never_waits() -> None:
    pace = sse.EventRateLimiter(burst=2, seconds=1.0)
    assert all(pace.delay(moment) == 0.0 for moment in range(100, 200))


def test_a_rest_allows_no_more_than_a_burst() -> None:
    pace = sse.EventRateLimiter(burst=2, seconds=1.0)
    assert [pace.delay(1_000.0) for _ in range(3)] == [0.0, 0.0, 1.0]
