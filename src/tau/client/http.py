"""HTTP connection to one Tau: authorised requests, decoded answers, and failures as errors."""

from collections.abc import AsyncGenerator
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import aiohttp
import msgspec

from tau.clock import local_zone_name
from tau.errors import BadInput, TauError
from tau.server.schemas.errors import ErrorBody

T = TypeVar("T")
UNEXPECTED_ANSWER = "The answer did not come from Tau, or from a different version of Tau."
NO_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10)
_TIMEOUT = aiohttp.ClientTimeout(total=300, sock_connect=10)


class ApiError(TauError):
    """A failure that Tau's server reported; `status` is that of HTTP.

    If `retry_after_seconds` isn't `None`, the same request may succeed after that time.
    """

    def __init__(
        self, sentence: str, status: int, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.retry_after_seconds = retry_after_seconds

    @property
    def is_passing(self) -> bool:
        """Whether the server can't answer at the moment, but soon."""
        return self.status == 503 and self.retry_after_seconds is not None


class HttpConnection:
    """Requests to one Tau with one credential. Use it as a context manager."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self._headers = {"Authorization": f"Bearer {token}"}
        if zone := local_zone_name():
            self._headers["X-Tau-Time-Zone"] = zone
        self._open_session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._open_session = aiohttp.ClientSession(headers=self._headers, timeout=_TIMEOUT)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._open_session is not None:
            await self._open_session.close()

    async def get(self, path: str, kind: type[T], **query: str) -> T:
        """Return what is at `path`, decoded as `kind`."""
        return decode(await self.request("GET", path, params=query), kind)

    async def send(self, method: str, path: str, kind: type[T], **body: Any) -> T:
        """Send `body` as JSON and return the answer, decoded as `kind`."""
        return decode(await self.request(method, path, json=body), kind)

    async def command(self, method: str, path: str, **body: Any) -> None:
        """Send a request whose answer does not matter; `DELETE` has no body."""
        await self.request(method, path, json=None if method == "DELETE" else body)

    async def request(self, method: str, path: str, **options: Any) -> bytes:
        """Return the body of an answer. Raises `ApiError` for a failure, `TauError` for none."""
        try:
            async with self._session.request(method, self.url + path, **options) as response:
                body = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if isinstance(error.__cause__, BadInput):  # raised while the body was read
                raise error.__cause__ from None
            raise TauError(
                "Tau's server isn't responding; run `tau doctor` to find out why."
            ) from error
        if response.status >= 400:
            raise _error_from(response, body)
        return body

    async def stream(self, path: str, **options: Any) -> AsyncGenerator[bytes, None]:
        """Yield the body of an answer as it arrives. Raises `ApiError`, and those of aiohttp."""
        async with self._session.get(self.url + path, **options) as response:
            if response.status >= 400:
                raise _error_from(response, await response.read())
            async for piece in response.content.iter_any():
                yield piece

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._open_session is None:
            raise RuntimeError("an HttpConnection is used as a context manager")
        return self._open_session


def decode(answer: bytes, kind: type[T]) -> T:
    """Return `answer` as a `kind`. Raises `TauError` if it is something else."""
    try:
        return msgspec.json.decode(answer, type=kind)
    except msgspec.MsgspecError as error:
        raise TauError(UNEXPECTED_ANSWER) from error


def path_of(*parts: str) -> str:
    """Return the path `/api/...` of `parts`, each quoted."""
    return "/".join(["/api", *(quote(part, safe="") for part in parts)])


def _error_from(response: aiohttp.ClientResponse, body: bytes) -> ApiError:
    status, after = response.status, response.headers.get("Retry-After", "")
    try:
        sentence = msgspec.json.decode(body, type=ErrorBody).error.sentence
    except msgspec.MsgspecError:
        sentence = f"Tau's server answered with status {status}."
    return ApiError(sentence, status, float(after) if after.isdigit() else None)
