"""The body of a request on its way to another node: kept while it's small, else passed on once."""

import asyncio
from collections.abc import AsyncIterator

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

KEPT_BYTES = 64 * 1024
"""A body up to this length is read before it's forwarded, so that it can be sent again."""


class ClientGone(Exception):
    """The client closed its connection."""


class ForwardedBody:
    """A request's body. Iterating over it yields its pieces, once if it's long."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        declared = Headers(scope=scope).get("content-length", "")
        self.length = int(declared) if declared.isdigit() else None
        """Its length in bytes, if the client said it."""
        self._chunked = "transfer-encoding" in Headers(scope=scope)
        self._receive = receive
        self._kept: bytes | None = None
        self._begun = False
        self._served = False
        self.is_abandoned = False
        """Whether the client has closed its connection."""
        self.error: BaseException | None = None
        """What ended the reading, other than the body's end."""
        self._read = asyncio.Event()

    @property
    def is_long(self) -> bool:
        """Whether it's passed on as it comes."""
        return self._chunked or (self.length or 0) > KEPT_BYTES

    @property
    def is_gone(self) -> bool:
        """Whether a part of it was passed on, so that it can't be served anew."""
        return self._begun and self._kept is None

    async def keep(self) -> bytes:
        """Return a body that isn't long. Raises `ClientGone`."""
        if self._kept is None:
            self._kept = b"".join([piece async for piece in self])
        return self._kept

    async def wait_until_gone(self) -> None:
        """Return once the body was read and the client has closed its connection."""
        await self._read.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.is_abandoned = True

    async def receive(self) -> Message:
        """Return the next ASGI message of the request, as if nothing had been read before."""
        if self._kept is None or self._served:
            return await self._receive()
        self._served = True
        return {"type": "http.request", "body": self._kept, "more_body": False}

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._begun:
            raise RuntimeError("this body was passed on already")
        self._begun = True
        more = True
        while more:
            message = await self._next()
            more = message.get("more_body", False)
            if body := message.get("body", b""):
                yield body
        self._read.set()

    async def _next(self) -> Message:
        """Return the next piece. What it raises is kept: the sender hides it from its caller."""
        try:
            message = await self._receive()
        except Exception as error:  # the boundary of a body: recorded, and raised
            self.error = error
            raise
        if message["type"] == "http.disconnect":
            self.error = ClientGone()
            raise self.error
        return message
