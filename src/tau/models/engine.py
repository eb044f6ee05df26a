"""The local engine: llama.cpp inside this process, used like any other endpoint.

llama.cpp's own server listens on loopback, on a free port, behind a random key that never leaves
this process; `RemoteModel` sends requests to it. At most one chat model and one embedder are
loaded, each at its first use. Another model of the same purpose replaces the first once it is idle.
"""

import asyncio
import logging
import os
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from tau.models.errors import BackendUnavailable
from tau.models.http import GuardedClient
from tau.models.remote import RemoteModel
from tau.models.types import Chunk, ModelInfo, Vectors
from tau.settings import Settings

Purpose = Literal["chat", "embed"]
EMBEDDER_SLOTS = 4
"""Texts that llama.cpp embeds in parallel."""
EMBEDDER_WINDOW = 512
"""Tokens that one text may have; they must fit in one batch of llama.cpp."""
PROMPT_CACHE_MIB = 256
_START_SECONDS = 60.0
_QUIET = -1  # llama.cpp's verbosity; errors are returned as answers
_log = logging.getLogger(__name__)


@dataclass
class _ModelSlot:
    """The loaded model of one purpose, and how many requests it is answering."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    busy: int = 0
    path: Path | None = None
    loading: asyncio.Task[RemoteModel] | None = None
    server: Any = None

    def has_model(self, path: Path) -> bool:
        """Return whether the model at `path` is loaded or being loaded."""
        task = self.loading
        failed = task is None or (task.done() and (task.cancelled() or task.exception()))
        return self.path == path and not failed


class LocalEngine:
    """Loads models into llama.cpp at their first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = GuardedClient(None)
        self._slots: dict[Purpose, _ModelSlot] = {"chat": _ModelSlot(), "embed": _ModelSlot()}
        for place in self._slots.values():
            place.idle.set()
        self._closed = False

    @asynccontextmanager
    async def loaded(
        self, info: ModelInfo, path: Path, purpose: Purpose
    ) -> AsyncIterator[RemoteModel]:
        """Yield the model at `path`, loaded if necessary; it stays loaded while in use."""
        place = self._slots[purpose]
        async with place.lock:
            if self._closed:
                raise BackendUnavailable(info.name, "is not loaded: Tau is about to stop")
            if not place.has_model(path):
                await place.idle.wait()
                place.path = path
                place.loading = asyncio.create_task(self._load(place, info, path, purpose))
            if place.loading is None:
                raise BackendUnavailable(info.name, "is not loaded")
            # shielded: a client that cancels the first request must not cancel the loading
            model = await asyncio.shield(place.loading)
            place.busy += 1
            place.idle.clear()
        try:
            yield model
        finally:
            place.busy -= 1
            if not place.busy:
                place.idle.set()

    async def _load(
        self, place: _ModelSlot, info: ModelInfo, path: Path, purpose: Purpose
    ) -> RemoteModel:
        await _unload(place)
        key = secrets.token_urlsafe(24)
        try:
            place.server = await asyncio.to_thread(
                _start, path, purpose, key, self._threads(), info.context_tokens
            )
        except (RuntimeError, OSError, ImportError) as error:
            _log.warning("llama.cpp could not load %s: %s", info.name, type(error).__name__)
            raise BackendUnavailable(
                info.name,
                "could not be loaded",
                hint=f"`tau models remove {info.name}`, then `tau models pull {info.name}`",
            ) from error
        return RemoteModel(
            info,
            self._client,
            url=f"{place.server.listening_address}/v1",
            model=info.name,
            key=key,
            timeout_seconds=self._settings.model_timeout_seconds,
        )

    def _threads(self) -> int:
        return self._settings.threads or available_cores()

    async def close(self) -> None:
        """Unload all models. Requests that are still being answered are cut off."""
        self._closed = True
        await self._client.close()
        for place in self._slots.values():
            if place.loading is not None:
                await asyncio.gather(place.loading, return_exceptions=True)
            await _unload(place)


class LocalModel:
    """A downloaded pack behind the local engine. Implements `Backend`."""

    def __init__(
        self, engine: LocalEngine, path: Path, info: Callable[[], ModelInfo], purpose: Purpose
    ) -> None:
        self._engine = engine
        self._path = path
        self._info = info
        self._purpose: Purpose = purpose

    @property
    def info(self) -> ModelInfo:
        """The catalog's information; it is ready once the pack is downloaded."""
        return self._info()

    @asynccontextmanager
    async def _model(self) -> AsyncIterator[RemoteModel]:
        info = self.info
        if not info.ready:
            raise BackendUnavailable(
                info.name,
                "is not downloaded",
                hint=f"`tau models pull {info.name}` fetches it",
                persistent=False,
            )
        async with self._engine.loaded(info, self._path, self._purpose) as model:
            yield model

    async def load(self) -> None:
        """Load the model now instead of at its first use. Raises `ModelUnavailable`."""
        async with self._model():
            pass

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        """Yield the answer in pieces. See `Backend`."""
        async with self._model() as model, aclosing(model.stream(body)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the whole `chat.completion` object."""
        async with self._model() as model:
            return await model.complete(body)

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text."""
        async with self._model() as model:
            return await model.embed(texts)


def available_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _start(path: Path, purpose: Purpose, key: str, threads: int, context_tokens: int) -> Any:
    """Return a running llama.cpp server. Blocks while it loads."""
    # imported with the first local model only: it takes 100 MB
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.verbosity = _QUIET
    params.api_keys = [key]
    params.warmup = False
    params.ui = False
    params.cors_origins = ""
    params.cache_ram_mib = PROMPT_CACHE_MIB
    if purpose == "embed":
        # two threads on one busy core spend more time waiting for each other than computing
        threads = max(1, threads // 2)
        params.embedding = True
        params.n_parallel = EMBEDDER_SLOTS
        params.n_ctx = EMBEDDER_WINDOW * EMBEDDER_SLOTS
        params.n_batch = params.n_ubatch = EMBEDDER_WINDOW
    else:
        params.n_parallel = 1
        params.n_ctx = context_tokens
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    server = xllamacpp.Server(params)
    _wait_until_ready(server.listening_address, key)
    return server


def _wait_until_ready(address: str, key: str) -> None:
    """Wait until llama.cpp processes its task queue.

    If the server is freed before that, it waits forever, and so does the process. A request for its
    slots passes through the queue, so its answer shows that the queue is processed.
    """
    host = urlsplit(address)
    connection = HTTPConnection(host.hostname or "", host.port, timeout=_START_SECONDS)
    try:
        connection.request("GET", "/slots", headers={"Authorization": f"Bearer {key}"})
        connection.getresponse().read()
    except (OSError, HTTPException):
        _log.warning("the local engine does not report whether it is ready")
    finally:
        connection.close()


async def _unload(place: _ModelSlot) -> None:
    held, place.server = [place.server], None
    if held[0] is not None:
        await asyncio.to_thread(
            held.clear
        )  # the last reference: llama.cpp stops and frees its memory
