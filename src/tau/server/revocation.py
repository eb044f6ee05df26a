"""Ends responses in progress once the credential of their request opens nothing any more.

A stream may last for days: the session, key or device that opened it may be revoked, or its person
removed, in the meantime. This holds for whatever is streamed: turns, changes, other programs' chats
and exports. An event stream ends as it would at its end; anything else is cut off, so that half a
file isn't taken for a whole one.
"""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tau.server.sse import MEDIA_TYPE

Ended = Callable[[], Awaitable[None]]
"""Returns once a credential opens nothing any more."""


def end_with_credential(request: Request, ended: Ended) -> None:
    """Have the response to a request end once `ended` returns."""
    request.state.credential_ended = ended


class RevocationMiddleware:
    """Watches the credential of every response that is sent in more than one piece."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        watch = _CredentialWatch(scope, send)
        try:
            await self._app(scope, receive, watch.send)
        except asyncio.CancelledError:
            if not await watch.end():
                raise
        finally:
            watch.stop()


class _CredentialWatch:
    """The watch over one response: cancels the task that sends it."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._sending = asyncio.current_task()
        self._watching: asyncio.Task[None] | None = None
        self._is_event_stream = False
        self._is_revoked = False

    async def send(self, message: Message) -> None:
        """Send a message, and watch from the first piece on."""
        if message["type"] == "http.response.start":
            kind = Headers(raw=message["headers"]).get("content-type", "")
            self._is_event_stream = kind.startswith(MEDIA_TYPE)
        elif message.get("more_body") and self._watching is None:
            ended = self._scope["state"].get("credential_ended")
            if ended is not None:
                self._watching = asyncio.create_task(self._cancel_after(ended))
        await self._send(message)

    async def end(self) -> bool:
        """End the response if it was cancelled here; return whether it was."""
        if not self._is_revoked or self._sending is None:
            return False
        self._sending.uncancel()
        if self._is_event_stream:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        return True

    def stop(self) -> None:
        """Stop watching."""
        if self._watching is not None:
            self._watching.cancel()

    async def _cancel_after(self, ended: Ended) -> None:
        await ended()
        self._is_revoked = True
        if self._sending is not None:
            self._sending.cancel()
