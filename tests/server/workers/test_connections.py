"""Connections are given away with their bytes unread, and none waits for another."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from tau.server.workers.connections import ConnectionRouter
from tau.server.workers.handover import ConnectionReceiver, send_connection

from ...patience import patient

pytestmark = pytest.mark.anyio

ANN = b"GET / HTTP/1.1\r\nAuthorization: Bearer tau-annsecret\r\n\r\n"


class Given:
    """What was given away."""

    def __init__(self) -> None:
        self.tags: list[bytes] = []
        self.connections: list[socket.socket] = []
        self._more = asyncio.Event()

    def take(self, connection: socket.socket, tag: bytes) -> None:
        self.tags.append(tag)
        self.connections.append(connection)
        self._more.set()

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(patient(10)):
            while len(self.tags) < count:
                self._more.clear()
                await self._more.wait()


@pytest.fixture
def clients() -> Iterator[list[socket.socket]]:
    clients: list[socket.socket] = []
    yield clients
    for client in clients:
        client.close()


@asynccontextmanager
async def _router(patience_seconds: float = 600.0) -> AsyncIterator[tuple[socket.socket, Given]]:
    given = Given()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        router = ConnectionRouter(listener, given.take, patience_seconds)
        router.start()
        try:
            yield listener, given
        finally:
            router.stop()
            for connection in given.connections:
                connection.close()


def _connect(listener: socket.socket, clients: list[socket.socket]) -> socket.socket:
    client = socket.create_connection(listener.getsockname())
    clients.append(client)
    return client


async def test_a_connection_is_given_away_with_its_tag_and_unread(
    clients: list[socket.socket],
) -> None:
    async with _router() as (listener, given):
        _connect(listener, clients).sendall(ANN)
        await given.wait_for(1)
        assert given.tags == [b"ann"]
        assert given.connections[0].recv(1000) == ANN


async def test_one_that_says_nothing_or_half_of_it_keeps_nobody_waiting(
    clients: list[socket.socket],
) -> None:
    async with _router() as (listener, given):
        silent, slow = _connect(listener, clients), _connect(listener, clients)
        slow.sendall(ANN[:20])
        _connect(listener, clients).sendall(ANN.replace(b"ann", b"ben"))
        await given.wait_for(1)
        assert given.tags == [b"ben"]
        slow.sendall(ANN[20:])
        await given.wait_for(2)
        silent.sendall(b"GET / HTTP/1.1\r\n\r\n")
        await given.wait_for(3)
        assert given.tags == [b"ben", b"ann", b""]
        assert given.connections[1].recv(1000) == ANN


async def test_patience_ends(clients: list[socket.socket]) -> None:
    async with _router(patience_seconds=0.05) as (listener, given):
        _connect(listener, clients)
        _connect(listener, clients).sendall(ANN[:20])
        await given.wait_for(2)
        assert given.tags == [b"", b""]


async def test_a_client_that_leaves_is_nobodys_connection(clients: list[socket.socket]) -> None:
    async with _router() as (listener, given):
        _connect(listener, clients).close()
        _connect(listener, clients).sendall(ANN)
        await given.wait_for(1)
        assert given.tags == [b"ann"]


async def test_no_connection_waits_when_too_many_do(
    clients: list[socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tau.server.workers.connections._MOST_WAITING", 2)
    async with _router() as (listener, given):
        for _ in range(3):
            _connect(listener, clients)
        await given.wait_for(1)
        assert given.tags == [b""]


async def test_connections_are_handed_over_whole(clients: list[socket.socket]) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    received = Given()
    with ours, theirs:
        receiver = ConnectionReceiver(theirs, lambda one: received.take(one, b""))
        async with _router() as (listener, given):
            for number in range(20):
                _connect(listener, clients).sendall(ANN + bytes([number]))
            await given.wait_for(20)
            assert all(send_connection(ours, one) for one in given.connections)
            await received.wait_for(20)
        assert sorted(one.recv(1000)[-1] for one in received.connections) == list(range(20))
        received.connections[0].sendall(b"answer")
        ours.close()
        async with asyncio.timeout(patient(10)):
            await receiver.ended.wait()
    for one in received.connections:
        one.close()


async def test_one_that_has_ended_takes_no_connection(clients: list[socket.socket]) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    theirs.close()
    with ours, socket.create_server(("127.0.0.1", 0)) as listener:
        _connect(listener, clients)
        connection, _ = listener.accept()
        with connection:
            assert not send_connection(ours, connection)
            assert connection.fileno() >= 0, "another process can still be given it"
