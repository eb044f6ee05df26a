"""Homes that can't be reached, or that moved: the request is served, or refused in a sentence."""

import asyncio
import errno
import json
from collections.abc import AsyncIterator
from unittest.mock import Mock

import aiohttp
import pytest
from starlette.types import Receive, Scope, Send

from tau.nodes.node_table import Node
from tau.server import forwarding
from tau.server.forwarded_request import HEAD_HEADER, NODE_HEADER, PATH, RequestHead
from tau.server.node_certificate import NodeCertificate
from tau.server.node_client import NodeClient

from .forwarding_nodes import KEY, Table, TestNode, local_socket, running_node
from .test_forwarding import ADA, EVENTS, anyio_backend, asked, client, near, table

__all__ = ["anyio_backend", "client", "near", "table"]  # fixtures
pytestmark = pytest.mark.anyio


@pytest.fixture
async def lost(table: Table) -> AsyncIterator[TestNode]:
    """The node that is Ada's home; it was killed."""
    table.homes["ada"] = "lost"
    async with running_node("lost", table, reached=False) as node:
        yield node


@pytest.fixture
async def far(table: Table) -> AsyncIterator[TestNode]:
    table.homes["ada"] = "far"
    async with running_node("far", table) as node:
        yield node


async def status_of(
    client: aiohttp.ClientSession, method: str, url: str, body: bytes = b""
) -> tuple[int, str]:
    """Return the status of a response, and the sentence of its error."""
    async with client.request(method, url, headers=ADA, data=body) as response:
        if response.status == 503:
            assert response.headers["Retry-After"] == "1"
        return response.status, json.loads(await response.text())["error"]["sentence"]


async def test_a_home_that_refuses_connections_is_taken(
    near: TestNode, lost: TestNode, client: aiohttp.ClientSession
) -> None:
    got = await asked(client, "POST", near.url + "/api/turns", data=b"words")
    assert (got["node"], got["length"]) == ("near", 5)
    assert near.homes.taken == [("ada", "lost")]
    long = await asked(client, "POST", near.url + "/api/imports", data=b"x" * 1_000_000)
    assert (long["node"], long["length"]) == ("near", 1_000_000)
    assert near.homes.taken == [("ada", "lost")]


async def test_a_node_without_room_for_connections_takes_no_home(
    near: TestNode, far: TestNode, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        async def request(self, *_: object, **__: object) -> None:
            raise aiohttp.ClientConnectorError(Mock(), OSError(errno.EMFILE, "too many open files"))

    monkeypatch.setattr(NodeClient, "_connections", lambda _: Full())
    for method in ("GET", "POST"):
        status, _ = await status_of(client, method, near.url + "/api/me")
        assert status == 503
    assert not near.homes.taken
    assert not near.seen


async def test_a_long_body_is_whole_after_a_home_was_taken(
    near: TestNode, lost: TestNode, client: aiohttp.ClientSession
) -> None:
    got = await asked(client, "POST", near.url + "/api/imports", data=b"x" * 1_000_000)
    assert (got["node"], got["length"]) == ("near", 1_000_000)


async def test_a_home_that_accepts_and_says_nothing_is_taken_after_a_second(
    near: TestNode, table: Table, client: aiohttp.ClientSession
) -> None:
    silent = local_socket()  # a process that is stopped: the system accepts for it
    port = silent.getsockname()[1]
    table.nodes["silent"] = Node("silent", f"https://127.0.0.1:{port}", "1")
    table.homes["ada"] = "silent"
    with silent:
        assert (await asked(client, "POST", near.url + "/api/turns"))["node"] == "near"
    assert near.homes.taken == [("ada", "silent")]


async def test_a_stranger_at_the_home_s_address_is_told_nothing(
    near: TestNode, table: Table, client: aiohttp.ClientSession
) -> None:
    heard: list[bytes] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())

    context = NodeCertificate(bytes(32)).server_context()
    stranger = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    port = stranger.sockets[0].getsockname()[1]
    table.nodes["stranger"] = Node("stranger", f"https://127.0.0.1:{port}", "1")
    table.homes["ada"] = "stranger"
    async with stranger:
        assert (await asked(client, "GET", near.url + "/api/me"))["node"] == "near"
    assert b"".join(heard) == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_what_may_have_been_done_is_not_done_again(
    near: TestNode, far: TestNode, client: aiohttp.ClientSession, method: str
) -> None:
    far.handlers["/api/turns"] = far.drop
    status, sentence = await status_of(client, method, near.url + "/api/turns")
    assert (status, "try again" in sentence) == (503, True)
    assert [each.split()[0] for each in far.seen] in ([method], [method] * 2)
    assert near.seen == []


async def test_what_only_reads_is_asked_again(
    near: TestNode, far: TestNode, client: aiohttp.ClientSession
) -> None:
    async def once(scope: Scope, receive: Receive, send: Send) -> None:
        far.handlers.clear()
        await far.drop(scope, receive, send)

    far.handlers["/api/me"] = once
    assert (await asked(client, "GET", near.url + "/api/me"))["node"] == "far"


async def test_a_node_that_is_not_the_home_any_more_is_not_believed(
    near: TestNode, far: TestNode, table: Table, client: aiohttp.ClientSession
) -> None:
    async with running_node("third", table) as third:
        near.homes.remembered["ada"] = "third"
        got = await asked(client, "POST", near.url + "/api/turns", data=b"x" * 500_000)
        assert (got["node"], got["length"]) == ("far", 500_000)
        assert third.seen == []


async def test_nodes_that_send_it_to_each_other_end_in_one_sentence(
    near: TestNode, far: TestNode, table: Table, client: aiohttp.ClientSession
) -> None:
    class Astray(dict[str, str]):
        def pop(self, *_: object) -> None:  # type: ignore[override]
            """Never learn."""

    near.homes.remembered, far.homes.remembered = Astray(ada="far"), Astray(ada="near")
    status, sentence = await status_of(client, "POST", near.url + "/api/turns", b"words")
    assert (status, "moving" in sentence) == (503, True)
    assert near.seen == far.seen == []


async def test_two_machines_that_both_give_their_own_address_are_told_so(
    near: TestNode, table: Table, client: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    table.nodes["far"] = Node("far", near.homes.node.url, "1")
    table.homes["ada"] = "far"
    status, sentence = await status_of(client, "GET", near.url + "/api/me")
    assert (status, "`node_host`" in sentence) == (503, True)
    assert near.homes.taken == near.seen == []
    assert sum("can't be reached from here" in each.message for each in caplog.records) == 1


async def test_nodes_that_cannot_reach_each_other_do_not_take_a_home_back_and_forth(
    near: TestNode, lost: TestNode, table: Table, client: aiohttp.ClientSession
) -> None:
    assert (await asked(client, "GET", near.url + "/api/me"))["node"] == "near"
    table.homes["ada"] = "lost"  # which is alive, and took it back
    status, sentence = await status_of(client, "GET", near.url + "/api/me")
    assert (status, "`node_host`" in sentence) == (503, True)
    assert near.homes.taken == [("ada", "lost")]


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("POST", 503)])
async def test_a_home_that_hangs_is_left_once_it_is_not_the_home_any_more(
    near: TestNode,
    far: TestNode,
    table: Table,
    client: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    status: int,
) -> None:
    monkeypatch.setattr(forwarding, "_CHECK_SECONDS", 0.01)

    async def hang(scope: Scope, receive: Receive, send: Send) -> None:
        table.homes["ada"] = "near"
        await asyncio.Event().wait()

    far.handlers["/api/me"] = hang
    async with client.request(method, near.url + "/api/me", headers=ADA) as response:
        assert response.status == status
    assert len(near.seen) == (1 if status == 200 else 0)
    far.handlers.clear()


async def test_a_reply_ends_for_its_device_when_the_home_is_lost_and_a_file_is_cut_off(
    near: TestNode, far: TestNode, client: aiohttp.ClientSession
) -> None:
    async def begin(scope: Scope, receive: Receive, send: Send) -> None:
        kind = list(EVENTS) if scope["path"] == "/api/changes" else []
        await send({"type": "http.response.start", "status": 200, "headers": kind})
        await send({"type": "http.response.body", "body": b": here\n\n", "more_body": True})
        await far.drop(scope, receive, send)

    far.handlers["/api/changes"] = far.handlers["/api/export"] = begin
    async with client.get(near.url + "/api/changes", headers=ADA) as response:
        assert await response.read() == b": here\n\n"
    with pytest.raises(aiohttp.ClientPayloadError):
        async with client.get(near.url + "/api/export", headers=ADA) as response:
            await response.read()


async def test_a_node_serves_what_is_meant_for_it_and_nothing_else(
    near: TestNode, far: TestNode, table: Table
) -> None:
    connector = aiohttp.TCPConnector(ssl=NodeCertificate(KEY).client_context())
    table.homes["bob"] = "near"
    async with aiohttp.ClientSession(connector=connector) as node:

        async def ask(value: str) -> tuple[int, str | None]:
            url = table.nodes["far"].url + PATH
            async with node.get(url, headers={HEAD_HEADER: value}) as response:
                return response.status, response.headers.get(NODE_HEADER)

        def head(to: str, person: str) -> str:
            headers = [(b"authorization", b"Bearer " + person.encode())]
            return RequestHead(to, person, b"/api/me", b"", "http", headers).encode()

        assert await ask("nonsense") == (400, None)
        assert await ask(head("near", "ada")) == (421, "far")
        assert await ask(head("far", "bob")) == (421, "far")
        assert far.seen == []
        assert await ask(head("far", "ada")) == (200, None)
    assert far.seen == ["GET /api/me"]
    assert near.seen == []
