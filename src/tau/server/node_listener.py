"""Where other nodes reach this one: a listener of its own, for nodes only.

It serves the same application as the public one. What arrives was checked where the client is
connected, so its host isn't checked again; who it's from is proved by the credential it carries.
"""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tau.errors import BadInput, TauError
from tau.nodes.node_table import Node
from tau.server.errors import ErrorStatus, error_response, status_of
from tau.server.forwarded_request import (
    HEAD_HEADER,
    MISDIRECTED,
    NODE_HEADER,
    RequestHead,
    decode_head,
)
from tau.settings import Settings

_BACKLOG = 2048
_MISDIRECTED = "This request was meant for another node."


class KnownHomes(Protocol):
    """What this node knows of where people are served."""

    @property
    def node(self) -> Node:
        """This node."""
        ...

    async def home_of(self, person: str, *, ask: bool = False) -> Node:
        """Return the home of a person; this node, if nobody else is."""
        ...


@dataclass(frozen=True, slots=True)
class NodeSocket:
    """A socket that listens for other nodes, and the address at which they reach it."""

    socket: socket.socket
    url: str


@contextmanager
def listen_for_nodes(settings: Settings) -> Iterator[NodeSocket | None]:
    """Listen for other nodes while the context lasts; `None` with SQLite, which has none.

    Raises `BadInput` if that's impossible.
    """
    if not settings.database_url or settings.database_url.startswith("sqlite"):
        yield None
        return
    host = settings.node_host.strip("[]")
    with _bind(host, settings.node_port) as listener:
        port = listener.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        yield NodeSocket(listener, f"https://{shown}:{port}")


def _bind(host: str, port: int) -> socket.socket:
    """Listen on `host`, or on every address where it's an address of a router before this one."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        try:
            return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL:
                raise
            everywhere = ("::" if family == socket.AF_INET6 else "0.0.0.0", port)  # noqa: S104
            return socket.create_server(everywhere, family=family, backlog=_BACKLOG)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BadInput(
            f"Tau can't listen for other nodes on {host}, port {port}: {reason}. "
            "Change `node_host` or `node_port`."
        ) from error


class NodeEntrance:
    """ASGI application: serves what other nodes forward to this one, and nothing else."""

    def __init__(self, app: ASGIApp, homes: KnownHomes) -> None:
        self._app = app
        self._homes = homes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        try:
            head = decode_head(Headers(scope=scope).get(HEAD_HEADER, ""))
        except ValueError:
            await _refusal("", 400, "bad_input", _MISDIRECTED)(scope, receive, send)
            return
        inner = head.scope_at(scope)
        refusal = await self._refusal(head, inner["path"])
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self._app(inner, receive, send)

    async def _refusal(self, head: RequestHead, path: str) -> Response | None:
        """Return the answer to a request that isn't to be served here."""
        own = self._homes.node.id
        try:
            home = await self._homes.home_of(head.person) if head.node == own else None
        except TauError as error:
            kind = status_of(error)
            return _refusal(path, kind.status, kind.code, str(error))
        if home is None or home.id != own:
            response = _refusal(path, MISDIRECTED, "misdirected", _MISDIRECTED)
            response.headers[NODE_HEADER] = own
            return response
        return None


def _refusal(path: str, status: int, code: str, sentence: str) -> Response:
    """Return a refusal that ends the connection: the request's body may not have been sent."""
    headers = {"Connection": "close"} | ({"Retry-After": "1"} if status == 503 else {})
    return error_response(path, ErrorStatus(status, code), sentence, headers)
