"""The client that measures, against the scripted upstream and against servers that misbehave."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tau.bench.load import AnswerConnection, LoadTimes, Target, load
from tau.errors import ModelError
from tau.models.scripted_server import create_app, serving

pytestmark = pytest.mark.anyio

EVENTS = (
    b'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n',
    b'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n',
    b"data: [DONE]\n\n",
)
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def _chunked(*events: bytes) -> bytes:
    chunks = [f"{len(event):x}\r\n".encode() + event + b"\r\n" for event in events]
    return b"".join(chunks) + b"0\r\n\r\n"


class _Replier(asyncio.Protocol):
    """Sends the same bytes to whoever asks, then hangs up if told to."""

    def __init__(self, reply: bytes, *, hang_up: bool) -> None:
        self._reply = reply
        self._hang_up = hang_up
        self.asked = asyncio.Event()
        self.closed = asyncio.Event()

    def __call__(self) -> "_Replier":
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self.asked.set()
        self._transport.write(self._reply)
        if self._hang_up:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()


@asynccontextmanager
async def _server(reply: bytes, *, hang_up: bool = False) -> AsyncIterator[tuple[Target, _Replier]]:
    there = _Replier(reply, hang_up=hang_up)
    server = await asyncio.get_running_loop().create_server(there, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield Target(f"http://127.0.0.1:{port}/v1", "any"), there


class _Wire(asyncio.Transport):
    """A connection that goes nowhere."""

    def write(self, data: object) -> None:
        pass

    def is_closing(self) -> bool:
        return False


async def test_every_request_is_timed() -> None:
    async with serving(create_app(tokens=3)) as url:
        times = await load(Target(url, "scripted"), ["hello"] * 7, concurrency=2)
    assert len(times.whole) == len(times.first_token) == 7
    assert all(
        0 < first <= whole for first, whole in zip(times.first_token, times.whole, strict=True)
    )
    assert times.elapsed > 0
    assert times.per_second > 0


async def test_a_pace_is_kept_and_times_count_from_when_a_request_was_due() -> None:
    async with serving(create_app(tokens=1)) as url:
        times = await load(Target(url, "scripted"), ["hello"] * 5, 5, per_second=200.0)
        late = await load(Target(url, "scripted"), ["hello"] * 5, 1, per_second=1e9)
    assert times.elapsed >= 4 / 200
    assert late.whole == sorted(late.whole)  # all were due at once, and one waited for the other


async def test_the_key_is_shown() -> None:
    async with serving(create_app(tokens=1, key="secret")) as url:
        assert (await load(Target(url, "scripted", ("secret",)), ["hello"], 1)).whole
        with pytest.raises(ModelError, match="401"):
            await load(Target(url, "scripted", ("wrong",)), ["hello"], 1)


def test_connections_belong_to_people_in_turn() -> None:
    target = Target("http://127.0.0.1:1/v1", "tau", ("ann", "ben"))
    assert [target.key_of(number) for number in range(4)] == ["ann", "ben", "ann", "ben"]
    assert Target("http://127.0.0.1:1/v1", "any").key_of(3) == ""


@pytest.mark.parametrize("size", [1, 7, 60, 10_000])
async def test_answers_are_understood_however_they_are_cut(size: int) -> None:
    whole = HEAD + _chunked(*EVENTS)
    answer = AnswerConnection()
    answer.connection_made(_Wire())
    for _ in range(2):
        waiting = answer.ask(b"")
        for start in range(0, len(whole), size):
            assert not waiting.done()
            answer.data_received(whole[start : start + size])
        await waiting
        assert answer.first_token > 0


async def test_several_answers_come_over_one_connection() -> None:
    async with _server(HEAD + _chunked(*EVENTS)) as (target, _):
        assert len((await load(target, ["a", "b", "c"], 1)).whole) == 3


async def test_an_empty_first_piece_is_no_first_token() -> None:
    async with _server(HEAD + _chunked(EVENTS[0], EVENTS[2])) as (target, _):
        with pytest.raises(ModelError, match="without a word"):
            await load(target, ["a"], 1)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "status 503"),
        (HEAD + _chunked(EVENTS[1])[:-5], "broke"),
        (b"", "broke"),
    ],
)
async def test_a_failed_request_fails_the_measurement(answer: bytes, sentence: str) -> None:
    async with _server(answer, hang_up=True) as (target, _):
        with pytest.raises(ModelError, match=sentence):
            await load(target, ["a"] * 3, 2)


async def test_nobody_at_home_is_told() -> None:
    with pytest.raises(ModelError, match="does not answer"):
        await load(Target("http://127.0.0.1:1/v1", "any"), ["a"], 1)


async def test_a_load_that_is_given_up_hangs_up() -> None:
    async with _server(HEAD) as (target, there):
        loading = asyncio.create_task(load(target, ["a"], 1))
        await there.asked.wait()
        loading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await loading
        await there.closed.wait()


def test_times_add_up() -> None:
    times = LoadTimes([1.0], [2.0], 4.0)
    times.add(LoadTimes([3.0], [4.0], 4.0))
    assert times == LoadTimes([1.0, 3.0], [2.0, 4.0], 8.0)
    assert times.per_second == 0.2
    assert LoadTimes().per_second == 0.0
