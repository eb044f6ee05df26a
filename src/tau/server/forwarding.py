"""Forwards each request of a person to the node that is their home.

Only the home has their life, their replies in progress and their private conversations, so whatever
node a balancer chooses, one of them answers. What belongs to no person is served where it arrives:
signing in, the web app's files, health and metrics.

A home that can't be reached is taken over. If a connection breaks after a request was sent, nobody
knows whether it was served: then what only reads is sent again, and anything else is answered with
503 and `Retry-After`; a turn's id makes it safe to repeat.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable
from typing import Any, Protocol

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from tau.errors import NotFound, NotSignedIn, StoreUnavailable, TauError, Unavailable
from tau.nodes.node_table import Node
from tau.people import People
from tau.server.auth import read_token
from tau.server.errors import ErrorStatus, error_response, status_of
from tau.server.forwarded_body import ClientGone, ForwardedBody
from tau.server.forwarded_request import head_of, is_forwarded
from tau.server.node_client import Delivery, NodeClient, Responder
from tau.server.node_listener import KnownHomes

logger = logging.getLogger(__name__)

_PERSONAL = ("/api/", "/v1/", "/external/")
_OF_NOBODY_YET = frozenset(
    {"/api/sign-in", "/api/recover", "/api/welcome", "/api/invitations/accept"}
)
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})
_ATTEMPTS = 4
_CHECK_SECONDS = 2.0
"""How often a home that doesn't answer is checked to be the home still."""
_TAKEN_SECONDS = 60.0
_MOST_TAKEN = 10_000
_LOST = (
    "The connection between Tau's servers was lost, so it's unknown whether this was done; "
    "please try again."
)
_MOVING = "Your data is moving between Tau's servers; please try again."
_APART = (
    "Tau's servers can't reach each other: set `node_host` on each to an address that the others "
    "reach."
)


class PeoplesHomes(KnownHomes, Protocol):
    """The homes of people, as forwarding uses and changes them."""

    def holds(self, person: str) -> bool:
        """Return whether this node is the home of a person."""
        ...

    async def take(self, person: str, former: Node) -> Node:
        """Make this node the home in place of one that can't be reached; return the home."""
        ...


class TakenHomes:
    """The homes that were taken from nodes lately.

    A node that took one back is running, and yet can't be reached: then the two would take it from
    each other again and again.
    """

    def __init__(self) -> None:
        self._taken: dict[tuple[str, str], float] = {}

    def note(self, person: str, former: Node) -> None:
        """Keep that the home of a person was taken."""
        while len(self._taken) >= _MOST_TAKEN:
            del self._taken[next(iter(self._taken))]
        self._taken.pop((person, former.id), None)
        self._taken[person, former.id] = time.monotonic()

    def was_taken(self, person: str, former: Node) -> bool:
        """Return whether it was taken from this node already, a moment ago."""
        at = self._taken.get((person, former.id))
        return at is not None and time.monotonic() - at < _TAKEN_SECONDS


class ForwardingMiddleware:
    """ASGI middleware: serves the people whose home is here, and forwards everybody else's."""

    def __init__(
        self,
        app: ASGIApp,
        homes: PeoplesHomes,
        people: People,
        client: NodeClient,
        draining: asyncio.Event,
        closing: asyncio.Event,
    ) -> None:
        self._app = app
        self._homes = homes
        self._people = people
        self._client = client
        self._draining = draining
        self._closing = closing
        self._taken = TakenHomes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, here or elsewhere."""
        if scope["type"] != "http" or is_forwarded(scope) or not _is_personal(scope["path"]):
            await self._app(scope, receive, send)
            return
        body = ForwardedBody(scope, receive)
        responder = Responder(scope["path"], send, self._homes.node.id)
        try:
            person = await self._person_of(scope)
            answered = await self._is_answered_elsewhere(person, scope, body, responder)
        except ClientGone:
            return
        except (TauError, HTTPException) as error:
            await _error_response(scope["path"], error)(scope, receive, send)
            return
        if not answered:
            await self._app(scope, body.receive, send)

    async def _person_of(self, scope: Scope) -> str | None:
        """Return whose request this seems to be; the home opens the credential."""
        try:
            return await self._people.sessions.person_of(read_token(Request(scope)))
        except NotSignedIn:
            return None

    async def _is_answered_elsewhere(
        self, person: str | None, scope: Scope, body: ForwardedBody, responder: Responder
    ) -> bool:
        """Return whether another node answered; if not, the request is served here.

        Raises `StoreUnavailable` and `Unavailable`.
        """
        if person is None or self._homes.holds(person):
            return False
        try:
            home = await self._homes.home_of(person)
            for _ in range(_ATTEMPTS):
                if home.id == self._homes.node.id:
                    _require_whole(body)
                    return False
                outcome = await self._send(home, person, scope, body, responder)
                if outcome is Delivery.ANSWERED:
                    return True
                _require_whole(body)
                home = await self._next_home(person, home, outcome, scope["method"])
        except NotFound:  # removed meanwhile: their credential opens nothing, which is said here
            return False
        raise Unavailable(_MOVING)

    async def _next_home(self, person: str, home: Node, outcome: Delivery, method: str) -> Node:
        """Return where to try next, after a node that was taken for the home gave no answer."""
        if outcome is Delivery.LOST and method not in _REPEATABLE:
            raise Unavailable(_LOST)
        if outcome is Delivery.SELF:
            raise _apart(home)
        if outcome is not Delivery.UNREACHABLE:
            return await self._homes.home_of(person, ask=True)
        if self._taken.was_taken(person, home):
            raise _apart(home)
        taken = await self._homes.take(person, home)
        self._taken.note(person, home)  # after it: other requests of this moment take it too
        return taken

    async def _send(
        self, home: Node, person: str, scope: Scope, body: ForwardedBody, responder: Responder
    ) -> Delivery:
        """Forward a request, until it's answered, its client leaves or its home moves."""
        head = head_of(scope, person, home.id)
        sending = asyncio.create_task(
            self._client.send(home, scope["method"], head, body, responder)
        )
        await _first_of(
            sending,
            body.wait_until_gone(),
            self._wait_until_moved(person, home),
            self._wait_until_leaving(responder, self._draining.is_set()),
        )
        if sending.cancelled():
            await responder.end_stream()
            return Delivery.ANSWERED if body.is_abandoned or responder.started else Delivery.LOST
        return sending.result()

    async def _wait_until_moved(self, person: str, home: Node) -> None:
        """Return once another node is the home: the one that was asked may never answer."""
        while True:
            await asyncio.sleep(_CHECK_SECONDS)
            try:
                if (await self._homes.home_of(person)).id != home.id:
                    return
            except StoreUnavailable as error:
                logger.warning("a home was not checked: %s", error)
            except NotFound:
                return

    async def _wait_until_leaving(self, responder: Responder, is_late: bool) -> None:
        """Return once an event stream should end because this node does.

        A stream that is late, begun though this node was ending, may last as long as it can.
        """
        await responder.streaming.wait()
        early = responder.is_resumable and not is_late
        await (self._draining if early else self._closing).wait()


async def _first_of(*works: Awaitable[Any]) -> None:
    """Return when one of these is done or has failed; the others are cancelled."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _is_personal(path: str) -> bool:
    return path.startswith(_PERSONAL) and path not in _OF_NOBODY_YET


def _require_whole(body: ForwardedBody) -> None:
    if body.is_gone:
        raise Unavailable(_LOST)


def _apart(home: Node) -> Unavailable:
    logger.error("the node at %s is running, but can't be reached from here", home.url)
    return Unavailable(_APART)


def _error_response(path: str, error: TauError | HTTPException) -> ASGIApp:
    if isinstance(error, HTTPException):
        return error_response(path, ErrorStatus(error.status_code, "too_large"), str(error.detail))
    kind = status_of(error)
    return error_response(path, kind, str(error), {"Retry-After": "1"})
