"""The routes of a turn, answered without FastAPI's dependency resolution.

Matching, resolving and validating cost a request to one of them more than what its endpoint does.
So requests that are plainly in order are read here and given to the endpoint; everything else goes
on to FastAPI, which finds what's wrong with it: there is one description of each route, and one
answer to each mistake. Checks that an endpoint's dependencies make are made here by the same
functions.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

import msgspec
from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tau.errors import TauError
from tau.server import auth, errors
from tau.server.auth import CurrentPerson
from tau.server.openai import routes as openai_routes
from tau.server.openai.schemas import ChatRequest
from tau.server.requests.turns import TurnRequest
from tau.server.routes import turns
from tau.server.routes.parameters import last_seen
from tau.server.state import AppState

_LONGEST_ID = 128  # characters, as of `PathId`
_LONGEST_EVENT_ID = 20
_JSON = "application/json"
_Body = TypeVar("_Body", bound=BaseModel)


class _NotDirect(Exception):
    """The request isn't plainly in order; FastAPI decides."""


class _DirectRequest:
    """One request, and what was read of it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, app_state: AppState) -> None:
        self._receive = receive
        self._messages: list[Message] = []
        self.app_state = app_state
        self.request = Request(scope, self.receive_rest, send)

    async def current_person(self) -> CurrentPerson:
        """Return the signed-in person. Raises `NotSignedIn` and whatever opening a life does."""
        opened = await auth.get_credential(self.request, self.app_state)
        return await auth.get_current_person(self.request, opened, self.app_state)

    async def body(self, kind: type[_Body]) -> _Body:
        """Return the body. Raises `_NotDirect` unless it is valid JSON of that `kind`."""
        content_type = self.request.headers.get("content-type", "").partition(";")[0]
        if content_type.strip().lower() != _JSON:
            raise _NotDirect
        more = True
        while more:
            message = await self._receive()
            self._messages.append(message)
            if message["type"] != "http.request":
                raise _NotDirect
            more = message.get("more_body", False)
        whole = b"".join(message.get("body", b"") for message in self._messages)
        try:
            return kind.model_validate(msgspec.json.decode(whole), from_attributes=True)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValidationError):
            raise _NotDirect from None

    def header(self, name: str, longest: int) -> str | None:
        """Return a header, if there is one. Raises `_NotDirect` if it is too long."""
        value = self.request.headers.get(name)
        if value is not None and len(value) > longest:
            raise _NotDirect
        return value

    async def receive_all(self) -> Message:
        """Receive from the first message on, for an application that knows of none yet."""
        return self._messages.pop(0) if self._messages else await self._receive()

    async def receive_rest(self) -> Message:
        """Receive what follows the body."""
        return await self._receive()


_Answer = Callable[[_DirectRequest, str], Awaitable[Any]]


async def _begin_turn(asked: _DirectRequest, conversation: str) -> Any:
    body = await asked.body(TurnRequest)
    current = await asked.current_person()
    return await turns.begin_turn(conversation, body, asked.request, current, asked.app_state)


async def _watch_turn(asked: _DirectRequest, turn: str) -> Any:
    seen = last_seen(0, asked.header("last-event-id", _LONGEST_EVENT_ID))
    current = await asked.current_person()
    return await turns.watch_turn(turn, current, asked.app_state, seen)


async def _watch_changes(asked: _DirectRequest, _nothing: str) -> Any:
    return await turns.watch_changes(await asked.current_person(), asked.app_state)


async def _complete_chat(asked: _DirectRequest, _nothing: str) -> Any:
    conversation = asked.header(openai_routes.CONVERSATION_HEADER, _LONGEST_ID)
    body = await asked.body(ChatRequest)
    current = await asked.current_person()
    return await openai_routes.create_chat_completion(body, current, asked.app_state, conversation)


class _DirectRoute(NamedTuple):
    """A route: its description, how its paths look, and what answers it."""

    route: APIRoute
    method: str
    path: re.Pattern[str]
    status: int
    answer: _Answer


_ANSWERS: dict[str, _Answer] = {
    "beginTurn": _begin_turn,
    "watchTurn": _watch_turn,
    "watchChanges": _watch_changes,
    "createChatCompletion": _complete_chat,
}


def _direct_routes() -> list[_DirectRoute]:
    """Return the routes of `_ANSWERS`, as they are described to FastAPI."""
    described = [*turns.router.routes, *openai_routes.router.routes]
    return [
        _DirectRoute(
            route,
            min(route.methods or ()),
            re.compile(re.sub(r"\{\w+\}", r"([^/]+)", route.path)),
            route.status_code or 200,
            _ANSWERS[route.operation_id],
        )
        for route in described
        if isinstance(route, APIRoute) and route.operation_id in _ANSWERS
    ]


class DirectRoutesMiddleware:
    """ASGI middleware: answers the requests to these routes that are plainly in order."""

    def __init__(self, app: ASGIApp, app_state: AppState) -> None:
        self._app = app
        self._app_state = app_state
        self._routes = _direct_routes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        found = self._find(scope) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        route, part = found
        asked = _DirectRequest(scope, receive, send, self._app_state)
        scope["route"] = route.route  # for the metrics, as FastAPI does
        try:
            response = await _answer(route, asked, part)
        except _NotDirect:
            del scope["route"]
            await self._app(scope, asked.receive_all, send)
            return
        await response(scope, asked.receive_rest, send)

    def _find(self, scope: Scope) -> tuple[_DirectRoute, str] | None:
        if scope["query_string"]:
            return None
        method, path = scope["method"], scope["path"]
        for route in self._routes:
            if route.method == method and (match := route.path.fullmatch(path)):
                part = match[1] if match.re.groups else ""
                return (route, part) if len(part) <= _LONGEST_ID else None
        return None


async def _answer(route: _DirectRoute, asked: _DirectRequest, part: str) -> Response:
    """Return the response of the endpoint, or to what it raises."""
    try:
        answer = await route.answer(asked, part)
    except TauError as error:
        return await errors.tau_error(asked.request, error)
    except HTTPException as error:
        return await errors.http_error(asked.request, error)
    if isinstance(answer, Response):
        return answer
    return Response(msgspec.json.encode(answer), route.status, media_type=_JSON)
