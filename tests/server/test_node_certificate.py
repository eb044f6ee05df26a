"""The certificate of nodes: the same for all that have the key, and the only one they accept."""

import asyncio
import ssl

import pytest

from tau.server.node_certificate import NodeCertificate

from ..patience import patient

pytestmark = pytest.mark.anyio

KEY, OTHER_KEY = bytes(range(32)), bytes(32)
SECRET = b"Authorization: Bearer tau-secret"


class Listener:
    """A TLS server that keeps what clients send to it."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.ended = asyncio.Event()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.received.append(await reader.read())
        except OSError:
            self.received.append(b"")
        writer.close()
        self.ended.set()


async def say(context: ssl.SSLContext, port: int) -> None:
    """Send the secret as soon as the handshake allows it, and read until the other side ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    try:
        writer.write(SECRET)
        await writer.drain()
        writer.write_eof() if writer.can_write_eof() else writer.close()
        await reader.read()
    finally:
        writer.close()


async def exchange(server: ssl.SSLContext, client: ssl.SSLContext) -> tuple[bytes, bool]:
    """Return what the server received, and whether the client noticed a refusal."""
    listener = Listener()
    serving = await asyncio.start_server(listener.accept, "127.0.0.1", 0, ssl=server)
    port = serving.sockets[0].getsockname()[1]
    refused = False
    async with serving:
        try:
            async with asyncio.timeout(patient(10)):
                await say(client, port)
        except OSError:  # an SSLError is one
            refused = True
    return b"".join(listener.received), refused


def test_every_node_with_the_key_makes_the_same_certificate() -> None:
    assert NodeCertificate(KEY).der == NodeCertificate(KEY).der
    assert NodeCertificate(KEY).der != NodeCertificate(OTHER_KEY).der


async def test_nodes_with_the_same_key_talk() -> None:
    first, second = NodeCertificate(KEY), NodeCertificate(KEY)
    received, refused = await exchange(first.server_context(), second.client_context())
    assert (received, refused) == (SECRET, False)


async def test_a_stranger_who_listens_gets_nothing() -> None:
    stranger = NodeCertificate(OTHER_KEY).server_context()
    stranger.verify_mode = ssl.CERT_NONE  # takes whoever comes
    received, refused = await exchange(stranger, NodeCertificate(KEY).client_context())
    assert (received, refused) == (b"", True)


async def test_a_stranger_who_connects_is_not_heard() -> None:
    stranger = NodeCertificate(OTHER_KEY).client_context()
    stranger.verify_mode = ssl.CERT_NONE
    received, _ = await exchange(NodeCertificate(KEY).server_context(), stranger)
    assert received == b""


async def test_a_client_without_a_certificate_is_not_heard() -> None:
    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    nobody.check_hostname = False
    nobody.verify_mode = ssl.CERT_NONE
    received, _ = await exchange(NodeCertificate(KEY).server_context(), nobody)
    assert received == b""


async def test_an_older_version_of_tls_is_refused() -> None:
    old = NodeCertificate(KEY).client_context()
    old.minimum_version = ssl.TLSVersion.TLSv1_2
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    received, refused = await exchange(NodeCertificate(KEY).server_context(), old)
    assert (received, refused) == (b"", True)
