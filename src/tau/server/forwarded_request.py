"""A request as one node forwards it to another: its head as a whole, in one header.

Nothing of a client's request lies in the address or in a header of its own, so no client can send
what only a node may say, and no log of addresses contains it. Headers that concern one connection
only are left out (RFC 9110, section 7.6.1).
"""

import base64
import binascii
from collections.abc import Iterable
from urllib.parse import unquote

import msgspec
from starlette.types import Scope

PATH = "/forwarded"
HEAD_HEADER = "tau-request"
NODE_HEADER = "tau-node"
"""Header in which a node that refuses a request names itself."""
MISDIRECTED = 421

_FORWARDED = "forwarded"

RawHeaders = list[tuple[bytes, bytes]]
_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_ANSWERED_HERE = frozenset({b"expect"})  # by the node that the client is connected to
_SENT_ANEW = frozenset({b"date"})  # by every server on the way


class RequestHead(msgspec.Struct, frozen=True):
    """The head of a request, and for whom and for which node it is. Fields may only be added."""

    node: str
    person: str
    raw_path: bytes
    query: bytes
    scheme: str
    headers: RawHeaders = msgspec.field(default_factory=list)
    client: tuple[str, int] | None = None
    server: tuple[str, int | None] | None = None

    def encode(self) -> str:
        """Return the head as the value of a header."""
        return base64.b64encode(_encoder.encode(self)).decode()

    def scope_at(self, scope: Scope) -> Scope:
        """Return `scope`, that of the request between nodes, as that of the client's request."""
        return {
            **scope,
            "raw_path": self.raw_path,
            "path": unquote(self.raw_path.decode("latin-1")),
            "query_string": self.query,
            "scheme": self.scheme,
            "headers": self.headers,
            "client": self.client,
            "server": self.server,
            "state": {**scope.get("state", {}), _FORWARDED: True},
        }


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(RequestHead)


def is_forwarded(scope: Scope) -> bool:
    """Return whether another node forwarded a request, which it has checked."""
    return bool(scope.get("state", {}).get(_FORWARDED))


def head_of(scope: Scope, person: str, node: str) -> RequestHead:
    """Return the head of a client's request for `person`, to be served by `node`."""
    return RequestHead(
        node=node,
        person=person,
        raw_path=scope["raw_path"],
        query=scope["query_string"],
        scheme=scope["scheme"],
        headers=end_to_end(scope["headers"], _ANSWERED_HERE),
        client=scope.get("client"),
        server=scope.get("server"),
    )


def decode_head(value: str) -> RequestHead:
    """Return the head in a header's value. Raises `ValueError`."""
    try:
        return _decoder.decode(base64.b64decode(value, validate=True))
    except (binascii.Error, msgspec.MsgspecError) as error:
        raise ValueError("not the head of a request") from error


def response_headers(headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    """Return the headers of another node's response, as this one sends them on."""
    return end_to_end(headers, _SENT_ANEW)


def end_to_end(
    headers: Iterable[tuple[bytes, bytes]], dropped: frozenset[bytes] = frozenset()
) -> RawHeaders:
    """Return headers without `dropped` and without those that concern one connection only."""
    given = [(name.lower(), value) for name, value in headers]
    named = {
        part.strip().lower()
        for name, value in given
        if name == b"connection"
        for part in value.split(b",")
    }
    leaving = _HOP_BY_HOP | dropped | named
    return [(name, value) for name, value in given if name not in leaving]
