"""Sends requests to other nodes, and their responses back to the client."""

import asyncio
import errno
import logging
from enum import Enum, auto
from typing import Any

import aiohttp
from starlette.types import Send

from tau.nodes.node_table import Node
from tau.server.forwarded_body import ForwardedBody
from tau.server.forwarded_request import (
    HEAD_HEADER,
    MISDIRECTED,
    NODE_HEADER,
    PATH,
    RequestHead,
    response_headers,
)
from tau.server.node_certificate import NodeCertificate
from tau.server.sse import MEDIA_TYPE

logger = logging.getLogger(__name__)

_CONNECT_SECONDS = 1.0
_KEPT_ALIVE_SECONDS = 15.0  # shorter than the other end does, which so never closes first
_LONGEST_HEADER = 64 * 1024
_SHORTAGES = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL}
)
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS)
_ADDED_BY_AIOHTTP = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class Delivery(Enum):
    """What became of a request that was sent to another node."""

    ANSWERED = auto()
    """The client has its response, or is gone."""
    UNREACHABLE = auto()
    """No connection: the node has nothing of it."""
    MISDIRECTED = auto()
    """The node isn't the one it's taken for, or not the home any more."""
    SELF = auto()
    """This node itself answered at the other's address."""
    LOST = auto()
    """The connection broke before the response began; the node may have served it."""


class Responder:
    """The response to a client, as another node gives it.

    One that breaks off is left incomplete here, too: then the server closes the client's
    connection, so that half a response isn't taken for a whole one. An event stream that Tau's own
    clients resume just ends.
    """

    def __init__(self, path: str, send: Send, own_node: str) -> None:
        self._send = send
        self._own_node = own_node
        self.is_resumable = path.startswith("/api/")
        """Whether the clients of an event stream at this path resume it."""
        self.started = False
        """Whether the client has the beginning of a response."""
        self.streaming = asyncio.Event()
        """Set once the client has the beginning of an event stream."""

    async def relay(self, response: aiohttp.ClientResponse) -> Delivery:
        """Send a node's response to the client."""
        try:
            answering = response.headers.get(NODE_HEADER)
            if response.status == MISDIRECTED and answering is not None:
                return Delivery.SELF if answering == self._own_node else Delivery.MISDIRECTED
            await self._start(response)
            async for piece in response.content.iter_any():
                await self._send({"type": "http.response.body", "body": piece, "more_body": True})
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        except (aiohttp.ClientError, OSError) as error:
            logger.warning("a node's response broke off: %s", type(error).__name__)
            if self.is_resumable:
                await self.end_stream()
        finally:
            response.close()  # a connection whose response was read to the end is kept
        return Delivery.ANSWERED

    async def end_stream(self) -> None:
        """End an event stream as it would at its end."""
        if self.streaming.is_set():
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _start(self, response: aiohttp.ClientResponse) -> None:
        self.started = True
        headers = response_headers(response.raw_headers)
        start = {"status": response.status, "headers": headers}
        await self._send({"type": "http.response.start", **start})
        if response.content_type == MEDIA_TYPE:
            self.streaming.set()


class NodeClient:
    """HTTPS connections to other nodes. Close it."""

    def __init__(self, certificate: NodeCertificate) -> None:
        self._certificate = certificate
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self,
        node: Node,
        method: str,
        head: RequestHead,
        body: ForwardedBody,
        respond: Responder,
    ) -> Delivery:
        """Send a request to `node` and its response to the client, as it comes."""
        data: Any = body if body.is_long else await body.keep() or None
        headers = {HEAD_HEADER: head.encode()}
        if body.is_long and body.length is not None:
            headers["Content-Length"] = str(body.length)
        try:
            response = await self._connections().request(
                method,
                node.url + PATH,
                headers=headers,
                data=data,
                expect100=body.is_long,
                allow_redirects=False,
            )
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            logger.warning("a node can't be reached: %s", type(error).__name__)
            return Delivery.LOST if _is_own_shortage(error) else Delivery.UNREACHABLE
        except (aiohttp.ClientError, OSError) as error:
            if body.error is not None:
                raise body.error from None
            logger.warning("a request to a node was lost: %s", type(error).__name__)
            return Delivery.LOST
        return await respond.relay(response)

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    def _connections(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                ssl=self._certificate.client_context(),
                limit=0,  # each open event stream is one
                keepalive_timeout=_KEPT_ALIVE_SECONDS,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=_TIMEOUT,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                skip_auto_headers=_ADDED_BY_AIOHTTP,
                max_line_size=_LONGEST_HEADER,
                max_field_size=_LONGEST_HEADER,
            )
        return self._session


def _is_own_shortage(error: Exception) -> bool:
    """Return whether this node itself can open no connection: the other may be well."""
    return isinstance(error, aiohttp.ClientConnectorError) and error.errno in _SHORTAGES
