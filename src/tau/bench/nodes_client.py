"""Client of nodes under measurement: it sends again what wasn't answered, as the web app does."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tau.errors import ModelError
from tau.sse import iter_event_data

_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.02
_MOST_MESSAGES = 200  # in one answer
_NOT_NOW = frozenset({502, 503, 504})
_SESSION_COOKIE = "tau_session"
_ENDS = frozenset({"done", "failed"})


@dataclass(frozen=True, slots=True)
class NodeAnswer:
    """What a node answered: the status, the decoded body and the seconds it took."""

    status: int
    body: Any
    seconds: float

    @property
    def sentence(self) -> str:
        """The sentence for people, if it's an error."""
        error = self.body.get("error") if isinstance(self.body, dict) else None
        return str(error.get("sentence", "")) if isinstance(error, dict) else ""


class RetryingClient:
    """A client with one API key, at one address: a node's or a balancer's."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def ask(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> NodeAnswer:
        """Send one request, once. Raises `aiohttp.ClientError` if the connection fails."""
        began = time.perf_counter()
        async with self._session.request(method, path, json=body, headers=headers) as answer:
            text = await answer.text()
            seconds = time.perf_counter() - began
        return NodeAnswer(answer.status, _decoded(text), seconds)

    def session_token(self) -> str:
        """Return the token of the session that this client is signed in with; empty if none."""
        cookies = {cookie.key: cookie.value for cookie in self._session.cookie_jar}
        return cookies.get(_SESSION_COOKIE, "")

    async def get(self, path: str) -> Any:
        """Return the JSON of `path`. Raises `ModelError` if it's refused."""
        return _body(path, await self.ask("GET", path))

    async def post(self, path: str, body: Any = None) -> Any:
        """Return the answer to `body`. Raises `ModelError` if it's refused."""
        return _body(path, await self.ask("POST", path, {} if body is None else body))

    async def insist(self, method: str, path: str, body: Any = None) -> NodeAnswer:
        """Send a request until it's answered by more than "not now".

        Only for requests that may be repeated. Raises `ModelError` if that takes a minute.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = await self.ask(method, path, body)
            except (aiohttp.ClientError, TimeoutError):
                pass
            else:
                if answer.status not in _NOT_NOW:
                    return answer
            await asyncio.sleep(_PAUSE_SECONDS)
        raise ModelError(f"Nobody answered {path} within a minute.")

    async def conversation(self) -> str:
        """Begin a conversation; return its id."""
        return str((await self.post("/api/conversations"))["id"])

    async def messages(self, conversation: str) -> list[dict[str, Any]]:
        """Return all messages of a conversation's visible thread, oldest first."""
        path = f"/api/conversations/{conversation}/messages?limit={_MOST_MESSAGES}"
        page = await self.get(path)
        kept = list(page["messages"])
        while page["earlier"]:
            page = await self.get(f"{path}&before={page['earlier']}")
            kept = [*page["messages"], *kept]
        return kept

    async def send(self, conversation: str, words: str, turn: str) -> NodeAnswer:
        """Send words until they're acknowledged or refused, always with the same turn id."""
        path = f"/api/conversations/{conversation}/turns"
        return await self.insist("POST", path, {"words": words, "turn": turn})

    async def events(
        self,
        path: str,
        after: int = 0,
        body: Any = None,
        connected: Callable[[None], None] = lambda _: None,
    ) -> AsyncIterator[dict[str, Any]]:
        """Yield the events of a stream as long as it lasts; `after` is the last one seen.

        `connected` is called with the first byte. Raises `ModelError` if it's refused and
        `aiohttp.ClientError` if the connection breaks.
        """
        headers = {
            "Accept": "text/event-stream",
            **({"Last-Event-ID": str(after)} if after else {}),
        }
        method = "GET" if body is None else "POST"
        async with self._session.request(method, path, json=body, headers=headers) as answer:
            if answer.status != 200:
                _body(path, NodeAnswer(answer.status, _decoded(await answer.text()), 0.0))
            pieces = answer.content.iter_any()
            first = await anext(pieces, b"")
            connected(None)
            async for data in iter_event_data(_prefixed(first, pieces)):
                yield json.loads(data)

    async def outcome(self, turn: str) -> dict[str, Any]:
        """Return how a turn ended; a broken stream is resumed after the last event seen.

        Raises `ModelError` if the turn is refused, or if it doesn't end within a minute.
        """
        deadline, seen = time.monotonic() + _PATIENCE_SECONDS, 0
        while time.monotonic() < deadline:
            try:
                async for event in self.events(f"/api/turns/{turn}/events", seen):
                    seen = event["id"]
                    if event["type"] in _ENDS:
                        return event
            except (aiohttp.ClientError, TimeoutError, NotNow):
                pass
            await asyncio.sleep(_PAUSE_SECONDS)
        raise ModelError(f"Nobody said within a minute how turn {turn} ended.")


class NotNow(ModelError):
    """A node that can't answer now."""


@asynccontextmanager
async def retrying_client(
    url: str, key: str = "", session: str = ""
) -> AsyncIterator[RetryingClient]:
    """Yield a client of `url` with an API key, or with the token of a session."""
    headers = {"Authorization": f"Bearer {key}"} if key else {"Origin": url}
    cookies = {_SESSION_COOKIE: session} if session else None
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=_PATIENCE_SECONDS)
    async with aiohttp.ClientSession(
        url,
        headers=headers,
        cookies=cookies,
        timeout=timeout,
        cookie_jar=aiohttp.CookieJar(unsafe=True),
        connector=aiohttp.TCPConnector(limit=100),
    ) as opened:
        yield RetryingClient(opened)


async def sign_in(url: str, link_key: str) -> tuple[str, str]:
    """Sign in through a one-time link; return the token of the session and a new API key."""
    async with retrying_client(url) as client:
        await client.post("/api/welcome", {"key": link_key})
        key = str((await client.post("/api/keys", {"label": "nodes"}))["key"])
        return client.session_token(), key


async def _prefixed(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


def _decoded(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def _body(path: str, answer: NodeAnswer) -> Any:
    if answer.status in _NOT_NOW:
        raise NotNow(f"Not now: {path} got {answer.status} ({answer.sentence}).")
    if answer.status >= 400:
        raise ModelError(f"{path} was refused with {answer.status} ({answer.sentence}).")
    return answer.body
