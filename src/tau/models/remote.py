"""Client of an OpenAI-shaped endpoint: a cloud, vLLM, Ollama, or the local engine on loopback.

No text of the endpoint is shown to a person unless it is a plain word of the API: providers put
keys and prompts into their error messages.
"""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
import numpy as np

from tau.errors import ModelInterrupted, RefusedAddress
from tau.models.errors import (
    BackendUnavailable,
    InputTooLong,
    InvalidAnswer,
    PicturesRejected,
    RequestRejected,
)
from tau.models.http import GuardedClient
from tau.models.pictures import refuses_pictures
from tau.models.retry_after import retry_after_seconds
from tau.models.sse import ANSWER_LIMIT, ChunkDecoder, InvalidStream, ReportedError, error_code
from tau.models.types import Chunk, ModelInfo, Vectors

CONNECT_SECONDS = 10.0
WHOLE_ANSWER_FACTOR = 10
"""An answer that is not streamed arrives all at once, and a stream may consist of pings while a
long prompt is processed: both may take this many times `model_timeout_seconds`."""
_ERROR_LIMIT = 65_536  # bytes of an error that are read for its code
_MOST_NAMES = 1_000  # of models that an endpoint lists
_LONGEST_NAME = 200
_TOO_LONG = (
    b"too large to process",
    b"context size",
    b"context length",
    b"too long",
    b"exceed_con",
)
_REASONS = {
    401: "refuses the key",
    402: "wants to be paid first",
    403: "refuses the key",
    404: "is not known at that address",
    408: "took too long",
    413: "can't accept a text this long",
    429: "asks to be left alone for a while",
}
_ACCESS = frozenset((401, 402, 403, 429))
_NETWORK = (aiohttp.ClientError, OSError, TimeoutError)


class RemoteModel:
    """One model behind an OpenAI-shaped endpoint. Implements `Backend`."""

    def __init__(
        self,
        info: ModelInfo,
        client: GuardedClient,
        *,
        url: str,
        model: str,
        key: str | None,
        timeout_seconds: float,
    ) -> None:
        self.info = info
        self._client = client
        self._url = url.rstrip("/")
        self._model = model
        self._headers = {"Content-Type": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._silence = timeout_seconds

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        """Yield the answer in chunks; those of one network read are joined. See `Backend`."""
        events = ChunkDecoder(self.info.name)
        begun = False
        try:
            asked = {**body, "stream": True}
            asked.setdefault("stream_options", {"include_usage": True})
            async with self._post("/chat/completions", asked, streamed=True) as response:
                async for data in self._network_reads(response):
                    for chunk in events.feed(data):
                        begun = True
                        yield chunk
                for chunk in events.end():
                    begun = True
                    yield chunk
        except InvalidStream as fault:
            raise self._error(begun, str(fault), nonsense=True) from None
        except ReportedError as fault:
            raise self._error(begun, f"reported an error{_code_reason(fault.code)}") from None
        except _NETWORK as error:
            raise self._error(begun, _network_reason(error)) from None
        if not events.has_content:
            raise self._error(begun, "sent an empty answer", nonsense=True)
        if not events.finished:
            raise self._error(begun, "broke off")

    async def _network_reads(self, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        """Yield each network read; an endpoint that ignores `stream` is read as one event."""
        kind = response.content_type
        if kind == "application/json":
            yield _event_from_completion(await _limited(response))
            return
        if kind in ("text/html", "application/xhtml+xml"):
            raise InvalidStream("answered with a web page")
        patience = time.monotonic() + self._silence * WHOLE_ANSWER_FACTOR
        while data := await response.content.readany():
            if b"data:" in data:
                patience = time.monotonic() + self._silence * WHOLE_ANSWER_FACTOR
            elif time.monotonic() > patience:
                raise TimeoutError
            yield data

    async def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the whole `chat.completion` object, with Tau's name of the model as `model`."""
        asked = {k: v for k, v in body.items() if k not in ("stream", "stream_options")}
        answer = await self.ask("/chat/completions", asked)
        if not _is_completion(answer):
            raise InvalidAnswer(self.info.name, "answered in a format that isn't OpenAI's")
        answer["model"] = self.info.name
        return answer

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text. Raises `InputTooLong`."""
        answer = await self.ask("/embeddings", {"input": list(texts)})
        try:
            rows = sorted(answer["data"], key=lambda row: row["index"])
            vectors = np.array([row["embedding"] for row in rows], dtype=np.float32)
        except (KeyError, TypeError, ValueError):
            raise InvalidAnswer(
                self.info.name, "answered in a format that isn't OpenAI's"
            ) from None
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise InvalidAnswer(self.info.name, "answered in a format that isn't OpenAI's")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)

    async def names(self) -> list[str]:
        """Return the endpoint's names of its models; none if it answers in another shape.

        Raises `BackendUnavailable` and `InvalidAnswer`.
        """
        timeout = aiohttp.ClientTimeout(total=CONNECT_SECONDS)
        try:
            async with self._request("GET", "/models", timeout) as response:
                return _model_names(await _limited(response))
        except InvalidStream as fault:
            raise InvalidAnswer(self.info.name, str(fault)) from None
        except _NETWORK as error:
            raise BackendUnavailable(self.info.name, _network_reason(error)) from None

    async def ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the JSON object that answers a request that is not streamed.

        Raises `BackendUnavailable` and `InvalidAnswer`.
        """
        try:
            async with self._post(path, body, streamed=False) as response:
                data = await _limited(response)
            answer = msgspec.json.decode(data)
        except (InvalidStream, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
            reason = str(fault) if isinstance(fault, InvalidStream) else "didn't answer with JSON"
            raise InvalidAnswer(self.info.name, reason) from None
        except _NETWORK as error:
            raise BackendUnavailable(self.info.name, _network_reason(error)) from None
        if not isinstance(answer, dict):
            raise InvalidAnswer(self.info.name, "answered in a format that isn't OpenAI's")
        if answer.get("error"):
            raise BackendUnavailable(
                self.info.name, f"reported an error{_code_reason(error_code(answer))}"
            )
        return answer

    @asynccontextmanager
    async def _post(
        self, path: str, body: dict[str, Any], *, streamed: bool
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        patience = self._silence if streamed else self._silence * WHOLE_ANSWER_FACTOR
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=min(CONNECT_SECONDS, self._silence), sock_read=patience
        )
        payload = msgspec.json.encode({**body, "model": await self._model_name()})
        async with self._request("POST", path, timeout, payload) as response:
            yield response

    @asynccontextmanager
    async def _request(
        self,
        method: str,
        path: str,
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - several limits, not one
        payload: bytes | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        try:
            async with self._client.request(
                method,
                self._url + path,
                headers=self._headers,
                body=payload,
                timeout=timeout,
                follow="same-host",
            ) as response:
                if response.status != 200:
                    raise await self._refusal(response)
                yield response
        except RefusedAddress:
            raise BackendUnavailable(
                self.info.name,
                "has an address that Tau may not fetch",
                hint="if that machine is yours, add its host to the setting `private_hosts`",
            ) from None

    async def _model_name(self) -> str:
        """Return the endpoint's name of the model: that of its first one if none was given."""
        if not self._model:
            timeout = aiohttp.ClientTimeout(total=CONNECT_SECONDS)
            async with self._client.request(
                "GET", self._url + "/models", headers=self._headers, timeout=timeout
            ) as response:
                self._model = _first_model(await _limited(response))
        return self._model

    async def _refusal(self, response: aiohttp.ClientResponse) -> BackendUnavailable:
        data = await response.content.read(_ERROR_LIMIT)
        if response.status in (400, 413, 422, 500) and any(sign in data for sign in _TOO_LONG):
            return InputTooLong(self.info.name)
        try:
            answer = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            answer = {}
        code = error_code(answer) if isinstance(answer, dict) else ""
        default = "has a fault" if response.status >= 500 else "does not accept the request"
        reason = _REASONS.get(response.status, default)
        described = f"{reason} (HTTP {response.status}{', ' + code if code else ''})"
        if response.status not in _ACCESS and refuses_pictures(data):
            return PicturesRejected(self.info.name, described)
        if response.status in (400, 409, 413, 415, 422):
            return RequestRejected(self.info.name, described)
        rest = retry_after_seconds(response.status, response.headers, time.time())
        return BackendUnavailable(self.info.name, described, retry_after_seconds=rest)

    def _error(
        self, begun: bool, reason: str, *, nonsense: bool = False
    ) -> ModelInterrupted | InvalidAnswer | BackendUnavailable:
        if begun:
            return ModelInterrupted(
                f"The model {self.info.name!r} {reason} in the middle of its answer."
            )
        return (InvalidAnswer if nonsense else BackendUnavailable)(self.info.name, reason)


async def _limited(response: aiohttp.ClientResponse) -> bytes:
    parts: list[bytes] = []
    size = 0
    while data := await response.content.readany():
        size += len(data)
        if size > ANSWER_LIMIT:
            raise InvalidStream("sent an endless answer")
        parts.append(data)
    return b"".join(parts)


def _first_model(data: bytes) -> str:
    try:
        name = msgspec.json.decode(data)["data"][0]["id"]
    except (
        msgspec.DecodeError,
        UnicodeDecodeError,
        RecursionError,
        KeyError,
        IndexError,
        TypeError,
    ):
        return ""
    return name if isinstance(name, str) else ""


def _model_names(data: bytes) -> list[str]:
    """Return the names in a list of models, each once, without unprintable ones."""
    try:
        listed = [item["id"] for item in msgspec.json.decode(data)["data"]]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidStream("didn't answer with JSON") from None
    except (KeyError, TypeError):
        return []
    sound = [
        name
        for name in listed
        if isinstance(name, str) and name.isprintable() and 0 < len(name) <= _LONGEST_NAME
    ]
    return list(dict.fromkeys(sound))[:_MOST_NAMES]


def _event_from_completion(data: bytes) -> bytes:
    """Return a whole `chat.completion` as the one event of a stream."""
    try:
        answer = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidStream("didn't answer with JSON") from None
    if isinstance(answer, dict) and answer.get("error"):
        raise ReportedError(error_code(answer))
    if not _is_completion(answer):
        raise InvalidStream("answered in a format that isn't OpenAI's")
    for choice in answer["choices"]:
        choice["delta"] = choice.pop("message")
        choice["finish_reason"] = choice.get("finish_reason") or "stop"
    return b"data: " + msgspec.json.encode({**answer, "object": "chat.completion.chunk"}) + b"\n"


def _is_completion(answer: Any) -> bool:
    try:
        message = answer["choices"][0]["message"]
        content = message.get("content")
        return isinstance(content, str) or (content is None and len(message) > 1)
    except (KeyError, IndexError, TypeError, AttributeError):
        return False


def _code_reason(code: str) -> str:
    return f" ({code})" if code else ""


def _network_reason(error: BaseException) -> str:
    """Return a verb phrase for a network error, whose own text may contain an address."""
    if isinstance(error, TimeoutError):
        return "stays silent"
    if isinstance(error, aiohttp.ClientSSLError):
        return "cannot prove who it is (its certificate is not trusted)"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "cannot be reached"
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError):
        return "broke off the connection"
    return "broke the rules of HTTP"
