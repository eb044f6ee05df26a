"""Forwarding between nodes: whatever node a request reaches, the person's home answers it."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from starlette.types import Receive, Scope, Send

from tau.server.forwarded_body import KEPT_BYTES
from tau.server.forwarded_request import HEAD_HEADER

from ..patience import patient
from .forwarding_nodes import Table, TestNode, answer, running_node

pytestmark = pytest.mark.anyio

ADA = {"Authorization": "Bearer ada"}
EVENTS = ((b"content-type", b"text/event-stream"),)


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """The event loop that `tau run` has: connections and TLS are its own."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
async def near(table: Table) -> AsyncIterator[TestNode]:
    """The node that clients are connected to."""
    async with running_node("near", table) as node:
        yield node


@pytest.fixture
async def far(table: Table) -> AsyncIterator[TestNode]:
    """The node that is Ada's home."""
    table.homes["ada"] = "far"
    async with running_node("far", table) as node:
        yield node


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    timeout = aiohttp.ClientTimeout(total=patient(30))
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield session


async def asked(client: aiohttp.ClientSession, method: str, url: str, **how: Any) -> Any:
    async with client.request(method, url, **{"headers": ADA, **how}) as response:
        assert response.status == 200, await response.text()
        return json.loads(await response.text())


async def test_a_request_is_forwarded_as_it_is(
    near: TestNode, far: TestNode, client: aiohttp.ClientSession
) -> None:
    headers = {
        **ADA,
        "Host": "tau.example",
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Proto": "https",
        "Connection": "keep-alive, X-Private",
        "X-Private": "1",
        "TE": "trailers",
        HEAD_HEADER: "forged",
        "X-Name": "Zoë",
    }
    got = await asked(
        client, "PUT", near.url + "/api/a%2Fb/%C3%BC?q=1&q=%20", headers=headers, data=b"words"
    )
    assert (got["node"], got["method"], got["scheme"]) == ("far", "PUT", "https")
    assert (got["raw_path"], got["path"]) == ("/api/a%2Fb/%C3%BC", "/api/a/b/ü")
    assert got["query"] == "q=1&q=%20"
    assert got["client"][0] == "203.0.113.7"
    assert got["digest"] == hashlib.sha256(b"words").hexdigest()
    kept = dict(got["headers"])
    assert (kept["host"], kept["authorization"]) == ("tau.example", "Bearer ada")
    assert kept["content-length"] == "5"
    assert kept["x-name"].encode("latin-1").decode() == "Zoë"
    assert not {"connection", "te", "x-private", "keep-alive"} & set(kept)
    assert near.seen == []


async def test_a_response_keeps_its_status_and_every_header(
    near: TestNode, far: TestNode, client: aiohttp.ClientSession
) -> None:
    async def handler(scope: Scope, receive: Receive, send: Send) -> None:
        cookies = ((b"set-cookie", b"a=1"), (b"set-cookie", b"b=2; Secure"))
        hop = ((b"connection", b"x-once"), (b"x-once", b"1"), (b"etag", b'"1"'))
        await answer(send, b"gone", 410, (*cookies, *hop))

    far.handlers["/api/gone"] = handler
    async with client.delete(near.url + "/api/gone", headers=ADA) as response:
        assert (response.status, await response.read()) == (410, b"gone")
        assert response.headers.getall("Set-Cookie") == ["a=1", "b=2; Secure"]
        assert response.headers["ETag"] == '"1"'
        assert "X-Once" not in response.headers
        assert len(response.headers.getall("Date")) == 1
    async with client.head(near.url + "/api/head", headers=ADA) as response:
        assert int(response.headers["Content-Length"]) > 0
        assert await response.read() == b""
    assert far.seen == ["DELETE /api/gone", "HEAD /api/head"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/me", {}),
        ("/api/me", {"Authorization": "Bearer 123"}),
        ("/api/sign-in", ADA),
        ("/api/welcome", ADA),
        ("/api/invitations/accept", ADA),
        ("/status", ADA),
        ("/metrics", ADA),
        ("/assets/app.js", ADA),
        ("/memory", ADA),
    ],
)
async def test_what_is_of_no_person_is_served_where_it_arrives(
    near: TestNode, far: TestNode, client: aiohttp.ClientSession, path: str, headers: dict[str, str]
) -> None:
    assert (await asked(client, "POST", near.url + path, headers=headers))["node"] == "near"


async def test_a_person_whose_home_is_here_is_served_here(
    near: TestNode, table: Table, client: aiohttp.ClientSession
) -> None:
    got = await asked(client, "POST", near.url + "/api/turns", data=b"words")
    assert (got["node"], got["length"]) == ("near", 5)
    assert table.homes == {"ada": "near"}
    cookie = {"Cookie": "tau_session=ada"}
    assert (await asked(client, "GET", near.url + "/api/me", headers=cookie))["node"] == "near"


@pytest.mark.parametrize("declared", [True, False])
async def test_a_long_body_is_passed_on_as_it_comes(
    near: TestNode, far: TestNode, client: aiohttp.ClientSession, declared: bool
) -> None:
    arrived, piece, count = asyncio.Event(), b"x" * KEPT_BYTES, 64

    async def handler(scope: Scope, receive: Receive, send: Send) -> None:
        total = 0
        while True:
            message = await receive()
            total += len(message["body"])
            arrived.set()
            if not message["more_body"]:
                break
        await answer(send, str(total).encode())

    async def pieces() -> AsyncIterator[bytes]:
        for number in range(count):
            yield piece
            if number == count // 2:
                await arrived.wait()  # the home reads before the client has sent all

    far.handlers["/api/imports"] = handler
    headers = dict(ADA, **({"Content-Length": str(len(piece) * count)} if declared else {}))
    async with client.post(near.url + "/api/imports", data=pieces(), headers=headers) as response:
        assert int(await response.text()) == len(piece) * count


async def test_a_home_may_answer_before_the_body_has_come(
    near: TestNode, far: TestNode, client: aiohttp.ClientSession
) -> None:
    async def handler(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(send, b"too large", 413)

    far.handlers["/api/imports"] = handler
    for _ in range(3):  # what wasn't sent isn't taken for the next request
        body = b"GET /api/never HTTP/1.1\r\n\r\n" * 10_000
        async with client.post(near.url + "/api/imports", data=body, headers=ADA) as response:
            assert (response.status, await response.text()) == (413, "too large")
        assert (await asked(client, "GET", near.url + "/api/me"))["node"] == "far"
    assert set(far.seen) == {"POST /api/imports", "GET /api/me"}


async def test_an_event_stream_is_passed_on_as_it_comes_and_its_end_too(
    near: TestNode, far: TestNode, client: aiohttp.ClientSession
) -> None:
    seen = asyncio.Event()

    async def handler(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(EVENTS)})
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        await seen.wait()
        await send({"type": "http.response.body", "body": b"data: 2\n\n", "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    far.handlers["/api/changes"] = handler
    async with client.get(near.url + "/api/changes", headers=ADA) as response:
        assert await response.content.readuntil(b"\n\n") == b"data: 1\n\n"
        seen.set()
        assert await response.content.read() == b"data: 2\n\n"


async def test_a_client_that_leaves_is_missed_at_the_home(
    near: TestNode, far: TestNode, client: aiohttp.ClientSession
) -> None:
    left = asyncio.Event()

    async def handler(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(EVENTS)})
        await send({"type": "http.response.body", "body": b": here\n\n", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        left.set()

    far.handlers["/api/changes"] = handler
    async with client.get(near.url + "/api/changes", headers=ADA) as response:
        await response.content.readuntil(b"\n\n")
        response.close()
    async with asyncio.timeout(patient(20)):
        await left.wait()


async def test_event_streams_end_when_this_node_does(
    near: TestNode, far: TestNode, client: aiohttp.ClientSession
) -> None:
    async def handler(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(EVENTS)})
        await send({"type": "http.response.body", "body": b": here\n\n", "more_body": True})
        await receive()
        await receive()

    far.handlers["/api/changes"] = handler
    async with client.get(near.url + "/api/changes", headers=ADA) as response:
        await response.content.readuntil(b"\n\n")
        near.draining.set()
        assert await response.content.read() == b""
