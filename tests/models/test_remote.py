"""Endpoints that answer, and endpoints that do everything else."""

import asyncio
from contextlib import aclosing

import numpy as np
import pytest

from tau.errors import ModelError, ModelInterrupted, ModelInvalidAnswer, ModelUnavailable
from tau.models import remote as remote_module
from tau.models import scripted, scripted_server
from tau.models.errors import InputTooLong, RequestRejected
from tau.models.http import AddressGuard, GuardedClient
from tau.models.remote import RemoteModel

from .upstream import Raw, asking, remote

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
HELLO = b'data: {"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}\n\n'


async def hear(
    model: RemoteModel, words: str, heard: list[str], seen: asyncio.Event | None = None
) -> None:
    """Put every piece of the answer into `heard` as it comes."""
    async for chunk in model.stream(asking(words)):
        heard.append(chunk.text)
        if seen is not None:
            seen.set()


async def whole(model: RemoteModel, words: str = "hi") -> str:
    return "".join([chunk.text async for chunk in model.stream(asking(words))])


async def test_an_answer_is_streamed_with_its_end_and_its_count(
    client: GuardedClient, scripted_url: str
) -> None:
    chunks = [c async for c in remote(client, scripted_url).stream(asking("Good morning, Tau."))]
    assert "".join(chunk.text for chunk in chunks) == "You said: Good morning, Tau."
    assert [c.finish_reason for c in chunks if c.finish_reason] == ["stop"]
    assert chunks[-1].completion_tokens == 5
    assert {chunk.raw["model"] for chunk in chunks} == {"far"}


async def test_a_whole_answer_and_vectors(client: GuardedClient, scripted_url: str) -> None:
    model = remote(client, scripted_url)
    answer = await model.complete(asking("[[say Fine.]]"))
    assert answer["choices"][0]["message"]["content"] == "Fine."
    assert answer["model"] == "far"
    vectors = await model.embed(["a cat", "a cat", "tax law"])
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert np.array_equal(vectors[0], vectors[1])


async def test_a_connection_is_used_again(client: GuardedClient, raw: Raw) -> None:
    async with scripted_server.serving(scripted_server.create_app()) as url:
        model = remote(client, url)
        for _ in range(3):
            await whole(model)
        session = client._session
        assert session is not None
        assert session.connector is not None
        assert sum(len(held) for held in session.connector._conns.values()) == 1


async def test_a_connection_that_was_closed_meanwhile_is_made_again(
    client: GuardedClient, raw: Raw
) -> None:
    requests = []

    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        requests.append(request)
        if len(requests) > 1:
            writer.write(OK + HELLO + b"data: [DONE]\n\n")

    async with raw(answer) as url:
        assert await whole(remote(client, url)) == "Hello"
    assert len(requests) == 2


async def test_a_key_is_sent_and_a_wrong_one_is_never_repeated(client: GuardedClient) -> None:
    app = scripted_server.create_app(key="right-key")
    async with scripted_server.serving(app) as url:
        assert await whole(remote(client, url, key="right-key")) == "You said: hi"
        with pytest.raises(ModelUnavailable, match=r"refuses the key \(HTTP 401, invalid_api_key"):
            await whole(remote(client, url, key="wrong-key"))
        with pytest.raises(ModelUnavailable, match="refuses the key"):
            await remote(client, url).complete(asking("hi"))


@pytest.mark.parametrize(
    ("status", "reason", "persistent"),
    [
        (400, "does not accept the request", False),
        (404, "is not known", True),
        (429, "left alone", True),
        (500, "has a fault", True),
        (503, "has a fault", True),
        (302, "does not accept the request", True),
    ],
)
async def test_a_refusal_is_told_without_what_it_repeats(
    client: GuardedClient, raw: Raw, status: int, reason: str, persistent: bool
) -> None:
    body = b'{"error":{"message":"your key sk-KEY and your words PROMPT","code":"bad_thing"}}'

    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(
            b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (status, len(body), body)
        )

    async with raw(answer) as url:
        with pytest.raises(ModelUnavailable, match=reason) as caught:
            await whole(remote(client, url), "PROMPT")
    assert "PROMPT" not in str(caught.value)
    assert "KEY" not in str(caught.value)
    assert "bad_thing" in str(caught.value)
    assert caught.value.persistent is persistent  # type: ignore[attr-defined]
    assert isinstance(caught.value, RequestRejected) is (not persistent)


async def test_nobody_listens(client: GuardedClient, raw: Raw) -> None:
    async with raw(lambda *_: asyncio.sleep(0)) as url:
        pass
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        await whole(remote(client, url))
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        await remote(client, url).embed(["x"])


@pytest.mark.parametrize("begin", [b"", OK, OK + b": ping\n\n"])
async def test_silence_before_the_first_piece(
    client: GuardedClient, raw: Raw, begin: bytes
) -> None:
    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(begin)
        await asyncio.Event().wait()

    async with raw(answer) as url:
        with pytest.raises(ModelUnavailable, match="stays silent"):
            await whole(remote(client, url, timeout=0.2))


async def test_pings_alone_do_not_keep_a_stream_alive_for_ever(
    client: GuardedClient, raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_module, "WHOLE_ANSWER_FACTOR", 0.001)

    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        while True:
            writer.write(b": ping\n\n")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with raw(answer) as url:
        with pytest.raises(ModelUnavailable, match="stays silent"):
            await whole(remote(client, url))


@pytest.mark.parametrize(
    ("after", "told"),
    [(b"", "broke off"), (b'data: {"error":{"code":"overloaded"}}\n\n', "overloaded"),
     (b"data: {]\n\n", "isn't JSON"), (b'data: {"choices":"\xff"}\n\n', "isn't JSON")],
)  # fmt: skip
async def test_what_goes_wrong_after_the_first_piece_interrupts(
    client: GuardedClient, raw: Raw, after: bytes, told: str
) -> None:
    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + HELLO)
        await writer.drain()
        await seen.wait()
        writer.write(after)

    seen = asyncio.Event()
    heard: list[str] = []
    async with raw(answer) as url:
        with pytest.raises(ModelInterrupted, match=told):
            await hear(remote(client, url), "hi", heard, seen)
    assert heard == ["Hello"]


async def test_silence_and_death_in_mid_answer(client: GuardedClient, scripted_url: str) -> None:
    for words, timeout in (("[[hang after 2]]", 0.3), ("[[die after 2]]", 20)):
        heard: list[str] = []
        with pytest.raises(ModelInterrupted):
            await hear(remote(client, scripted_url, timeout=timeout), words, heard)
        assert "".join(heard) == "You said:"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (b"text/html", b"<html>Welcome to the router</html>"),
        (b"text/event-stream", b"data: <html>\n\n"),
        (b"text/event-stream", b""),
        (b"text/event-stream", b"data: [DONE]\n\n"),
        (b"text/event-stream", b"just some text\n"),
        (b"application/json", b"[]"),
        (b"application/json", b"{}"),
        (b"application/json", b"\xff\xfe"),
    ],
)
async def test_what_is_no_answer(client: GuardedClient, raw: Raw, kind: bytes, body: bytes) -> None:
    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % (kind, len(body)) + body)

    async with raw(answer) as url:
        with pytest.raises(ModelInvalidAnswer):
            await whole(remote(client, url))
        with pytest.raises(ModelInvalidAnswer):
            await remote(client, url).complete(asking("hi"))
        with pytest.raises(ModelInvalidAnswer):
            await remote(client, url).embed(["x"])


async def test_an_endless_answer_is_cut_off(
    client: GuardedClient, raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_module, "ANSWER_LIMIT", 100_000)

    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        streamed = b'"stream":true' in request
        writer.write(OK if streamed else OK.replace(b"text/event-stream", b"application/json"))
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    async with raw(answer) as url:
        with pytest.raises(ModelInvalidAnswer, match="too long"):
            await whole(remote(client, url))
        with pytest.raises(ModelInvalidAnswer, match="end"):
            await remote(client, url).complete(asking("hi"))


async def test_an_endpoint_that_does_not_stream_is_heard_all_the_same(
    client: GuardedClient, raw: Raw
) -> None:
    body = b'{"choices":[{"index":0,"message":{"role":"assistant","content":"All at once."}}]}'

    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % len(body) + body)

    async with raw(answer) as url:
        assert await whole(remote(client, url)) == "All at once."


async def test_vectors_of_another_number_or_length_are_nonsense(
    client: GuardedClient, raw: Raw
) -> None:
    bodies = [
        b'{"data":[]}',
        b'{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[1]}]}',
        b'{"data":[{"index":0,"embedding":["a"]},{"index":1,"embedding":["b"]}]}',
    ]

    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        body = bodies[0]
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % len(body) + body)

    async with raw(answer) as url:
        while bodies:
            with pytest.raises(ModelInvalidAnswer):
                await remote(client, url).embed(["a", "b"])
            bodies.pop(0)


async def test_too_long_a_text_is_told_apart(client: GuardedClient, raw: Raw) -> None:
    body = b'{"error":{"code":400,"message":"input is too large to process."}}'

    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 X\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    async with raw(answer) as url:
        with pytest.raises(InputTooLong):
            await remote(client, url).embed(["x" * 9000])


async def test_a_model_that_nobody_named_is_the_endpoints_first(
    client: GuardedClient, raw: Raw
) -> None:
    asked = []

    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        asked.append(request)
        body = b'{"data":[{"id":"their-first"}]}'
        if request.startswith(b"POST"):
            body = b'{"choices":[{"message":{"content":"x"}}]}'
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % len(body) + body)

    async with raw(answer) as url:
        model = remote(client, url)
        model._model = ""
        await model.complete(asking("hi"))
        await model.complete(asking("hi"))
    assert [request.split(b" ", 2)[1] for request in asked] == [
        b"/models", b"/chat/completions", b"/chat/completions"
    ]  # fmt: skip
    assert b'"model":"their-first"' in asked[1]


async def test_an_address_that_became_private_is_not_fetched() -> None:
    client = GuardedClient(AddressGuard())  # it never opens a connection
    with pytest.raises(ModelUnavailable, match="private_hosts"):
        await whole(remote(client, "http://127.0.0.1:1/v1"))


async def test_who_walks_away_ends_the_request(client: GuardedClient, scripted_url: str) -> None:
    async with aclosing(remote(client, scripted_url).stream(asking("[[pause after 1]]"))) as chunks:
        async for chunk in chunks:
            assert chunk.text
            break
    session = client._session
    assert session is not None
    assert session.connector is not None
    assert not session.connector._acquired
    scripted.gate.release()


async def test_no_error_is_anything_but_a_model_error(client: GuardedClient, raw: Raw) -> None:
    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x00\x01 this is not HTTP at all\r\n\r\n")

    async with raw(answer) as url:
        for ask in (whole(remote(client, url)), remote(client, url).embed(["x"])):
            with pytest.raises(ModelError, match="far"):
                await ask


async def test_closing_in_mid_answer_interrupts_it(
    client: GuardedClient, scripted_url: str
) -> None:
    heard: list[str] = []
    seen = asyncio.Event()
    listening = asyncio.create_task(
        hear(remote(client, scripted_url), "[[pause after 1]]", heard, seen)
    )
    await seen.wait()
    await client.close()
    with pytest.raises(ModelInterrupted):
        await listening
    scripted.gate.release()
    assert heard == ["You"]
