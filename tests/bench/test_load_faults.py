"""Broken streams: whatever a server sends, a measurement ends with figures or one sentence."""

import asyncio
import json

import pytest

from tau.bench.load import _LONGEST_HEAD, AnswerConnection, Target, load
from tau.errors import ModelError

pytestmark = pytest.mark.anyio

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
WORD = b'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n'
END = b"data: [DONE]\n\n0\r\n\r\n"


class _Wire(asyncio.Transport):
    """A connection that keeps what is written and may be closed."""

    def __init__(self, *, closing: bool = False) -> None:
        super().__init__()
        self.written = b""
        self.aborted = False
        self._closing = closing

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self._closing

    def abort(self) -> None:
        self.aborted = True


def _asked(wire: _Wire | None = None) -> tuple[AnswerConnection, "asyncio.Future[None]"]:
    answer = AnswerConnection()
    answer.connection_made(wire or _Wire())
    return answer, answer.ask(b"a request")


@pytest.mark.parametrize(
    "piece",
    [
        b'{"content":"x"}',
        b'{"content": "x"}',
        b'{"content":   "\xe4\xbd\xa0"}',
        b'{"content":"\\u4f60"}',
    ],
)
async def test_the_first_word_is_noticed_however_json_is_spaced(piece: bytes) -> None:
    answer, waiting = _asked()
    answer.data_received(HEAD + b"data: " + piece)
    assert answer.first_token > 0
    answer.data_received(END)
    await waiting


@pytest.mark.parametrize("piece", [b'{"content":""}', b'{"content":null}', b'{"role":"assistant"}'])
async def test_what_holds_no_word_is_not_the_first_one(piece: bytes) -> None:
    answer, waiting = _asked()
    answer.data_received(HEAD + b"data: " + piece + b"\n\n" + END)
    with pytest.raises(ModelError, match="without a word"):
        await waiting


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (b"HTTP/1.1 429 Slow\r\n\r\n", "status 429"),
        (b"HTTP/1.1 301 Elsewhere\r\n\r\n", "status 301"),
        (b"nonsense\r\n\r\n", "status "),
        (b"x" * _LONGEST_HEAD, "status "),
        (b"HTTP/1.1 \xff\xff What\r\n\r\n", "status "),
    ],
)
async def test_any_answer_but_200_fails_at_once(reply: bytes, told: str) -> None:
    answer, waiting = _asked()
    answer.data_received(reply)
    with pytest.raises(ModelError, match=told):
        await waiting


async def test_an_end_without_done_is_no_end() -> None:
    answer, waiting = _asked()
    answer.data_received(HEAD + WORD + b"0\r\n\r\n")
    assert not waiting.done()
    answer.connection_lost(None)
    with pytest.raises(ModelError, match="connection broke"):
        await waiting


async def test_the_last_event_counts_when_its_end_comes_later() -> None:
    answer, waiting = _asked()
    answer.data_received(HEAD + WORD + b"data: [DONE]\n\n")
    answer.data_received(b"\r\n" * 100)
    assert not waiting.done()
    answer.data_received(b"0\r\n\r\n")
    await waiting


async def test_what_comes_after_the_end_or_a_failure_changes_nothing() -> None:
    answer, waiting = _asked()
    answer.data_received(HEAD + WORD + END)
    answer.data_received(END)
    answer.connection_lost(ConnectionResetError())
    await waiting
    failed, waiting = _asked()
    failed.connection_lost(None)
    failed.data_received(HEAD + WORD + END)
    with pytest.raises(ModelError, match="broke"):
        await waiting


async def test_a_closed_connection_is_not_asked() -> None:
    wire = _Wire(closing=True)
    _, waiting = _asked(wire)
    with pytest.raises(ModelError, match="was closed"):
        await waiting
    assert wire.written == b""


async def test_one_that_was_never_made_is_neither_asked_nor_closed() -> None:
    answer = AnswerConnection()
    answer.close()
    with pytest.raises(ModelError, match="was closed"):
        await answer.ask(b"")
    answer.data_received(HEAD + WORD + END)


async def test_hanging_up_is_immediate() -> None:
    wire = _Wire()
    answer, waiting = _asked(wire)
    answer.close()
    waiting.cancel()
    assert wire.aborted


@pytest.mark.parametrize("key", ["", "tau-key"])
def test_a_request_is_whole(key: str) -> None:
    target = Target("http://127.0.0.1:80/v1", "tau")
    head, _, body = target.request("你好 \N{HERB}", key).partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /v1/chat/completions HTTP/1.1"
    assert "Host: 127.0.0.1:80" in lines
    assert f"Content-Length: {len(body)}" in lines
    assert (f"Authorization: Bearer {key}" in lines) is bool(key)
    asked = json.loads(body)
    assert asked["stream"] is True
    assert asked["messages"] == [{"role": "user", "content": "你好 \N{HERB}"}]


async def test_a_load_of_nothing_takes_nothing() -> None:
    times = await load(Target("http://127.0.0.1:1/v1", "any"), [], 5)
    assert (times.whole, times.per_second) == ([], 0.0)


async def test_a_server_that_falls_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tau.bench.load.TIMEOUT_SECONDS", 0.01)

    closed = asyncio.Event()

    class Silent(asyncio.Protocol):
        def connection_lost(self, exc: Exception | None) -> None:
            closed.set()

    server = await asyncio.get_running_loop().create_server(Silent, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ModelError, match="more than a minute"):
            await load(Target(f"http://127.0.0.1:{port}/v1", "any"), ["a"], 1)
        await closed.wait()
