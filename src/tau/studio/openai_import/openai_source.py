"""Reader of another OpenAI-shaped API: pages and files, with patience for its failures.

What it answers is never shown: providers put keys into their error messages.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import aiohttp
import msgspec

from tau.errors import BadInput, RefusedAddress, TauError
from tau.models.http import GuardedClient

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]
OPENAI_URL = "https://api.openai.com/v1"
_ATTEMPTS = 6
_LONGEST_PAUSE_SECONDS = 60.0
_ANSWER_BYTES = 64 * 2**20
_MOST_PAGES = 10_000
_PAGE = 100
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=15, sock_read=60)
_REASONS = {401: "doesn't accept the key", 403: "doesn't let this key read it"}


class NotReadable(TauError):
    """One thing can't be read there; `status` is that of HTTP, 0 for an answer of another form."""

    def __init__(self, sentence: str, status: int = 0) -> None:
        super().__init__(sentence)
        self.status = status


class SourceUnavailable(TauError):
    """The other API doesn't answer, however often it's asked."""

    code = "source_unavailable"


class _TryAgain(Exception):
    """A failure that may pass; it says after how many seconds, if the answer did."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


def cut_off() -> Exception:
    """Return the error of an answer that isn't whole: it's asked for again."""
    return _TryAgain("sent an answer that was cut off")


class OpenAISource:
    """An OpenAI-shaped API at an address, read with a key."""

    def __init__(
        self, client: GuardedClient, url: str, key: str, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self.url = url.rstrip("/")
        self._client = client
        self._headers = {"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"}
        self._sleep = sleep

    async def get(self, *path: str, **query: str) -> dict[str, Any]:
        """Return a JSON object. Raises `NotReadable`, `SourceUnavailable`, `RefusedAddress`."""

        async def ask() -> dict[str, Any]:
            async with self._answer(path, query) as response:
                raw = await _whole(response)
            try:
                return msgspec.json.decode(raw, type=dict[str, Any])
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                raise cut_off() from None

        return await self.patiently(ask)

    async def pages(self, *path: str, **query: str) -> AsyncIterator[dict[str, Any]]:
        """Yield the objects of a list, page by page. Raises as `get` does."""
        after: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            page = await self.get(*path, limit=str(_PAGE), **query, **after)
            items = page.get("data")
            if not isinstance(items, list) or not all(_has_id(each) for each in items):
                raise NotReadable("It sent a list of another form.")
            for each in items:
                yield each
            if not items or not page.get("has_more") or after.get("after") == items[-1]["id"]:
                return
            after = {"after": items[-1]["id"]}

    @asynccontextmanager
    async def content(self, file_id: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """Yield the content of a file in pieces. A cut ends them with aiohttp's error."""
        async with self._answer(("files", file_id, "content"), {}) as response:
            yield response.content.iter_any()

    async def patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask again after failures that may pass, with growing pauses."""
        pause, reason = 1.0, ""
        for _ in range(_ATTEMPTS):
            try:
                return await ask()
            except _TryAgain as failure:
                reason, wait = str(failure), failure.seconds
            except (aiohttp.ClientError, TimeoutError, OSError):
                reason, wait = "can't be reached, or the connection broke off", None
            await self._sleep(min(pause if wait is None else wait, _LONGEST_PAUSE_SECONDS))
            pause *= 2
        raise SourceUnavailable(f"The API {reason}. Import again later: what was imported stays.")

    @asynccontextmanager
    async def _answer(
        self, path: tuple[str, ...], query: dict[str, str]
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        address = "/".join([self.url, *(quote(part, safe="") for part in path)])
        if query:
            address += f"?{urlencode(query)}"
        try:
            async with self._client.request(
                "GET", address, headers=self._headers, timeout=_TIMEOUT, follow="same-host"
            ) as response:
                _check_status(response)
                yield response
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.__cause__, RefusedAddress):
                raise error.__cause__ from None
            raise


def _check_status(response: aiohttp.ClientResponse) -> None:
    status = response.status
    if status == 429 or status >= 500:
        reason = "asks for a pause" if status == 429 else "reports a failure"
        raise _TryAgain(reason, _seconds(response.headers.get("Retry-After", "")))
    if status == 401:
        raise BadInput(f"The API {_REASONS[401]}.")
    if status >= 300:
        raise NotReadable(f"The API {_REASONS.get(status, f'answers with {status}')}.", status)


def _seconds(text: str) -> float | None:
    return float(text) if text.isdecimal() and len(text) < 6 else None


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    raw = bytearray()
    async for piece in response.content.iter_any():
        raw += piece
        if len(raw) > _ANSWER_BYTES:
            raise NotReadable("The API sent more than can be read at once.")
    return bytes(raw)


def _has_id(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("id"), str)
