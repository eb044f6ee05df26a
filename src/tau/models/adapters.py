"""Models that consist of a base and an adapter, behind the local engine.

An `Adapter` says where its content comes from; an `AdapterModel` answers with it, as any other
`Backend`. Requests reach llama.cpp with the scales of all adapters that its process has and with
the number of a slot, never with those that a client sent: see docs/studio-serving.md.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from tau.models.adapter_content import Adapter
from tau.models.adapter_processes import AdapterProcesses, AdapterSlot
from tau.models.engine import RunningModel
from tau.models.errors import BackendUnavailable, InvalidAdapter, RequestRejected
from tau.models.remote import RemoteModel
from tau.models.types import Backend, Chunk, ModelInfo, Vectors
from tau.settings import Settings

__all__ = ["Adapter", "AdapterModel", "AdapterPool"]

_DECIDED_HERE = ("lora", "id_slot")
_ANSWERS = ("n", "n_cmpl")
"""Fields for several answers at once, which llama.cpp would write in other adapters' slots."""


class AdapterPool:
    """The adapters that are loaded, by the file of their base. `threads` are for each process."""

    def __init__(self, settings: Settings, threads: Callable[[], int]) -> None:
        self._settings = settings
        self._threads = threads
        self._bases: dict[Path, AdapterProcesses] = {}

    def processes(self, path: Path, context_tokens: int) -> AdapterProcesses:
        """Return what serves the adapters of the base `path`."""
        if path not in self._bases:
            self._bases[path] = AdapterProcesses(
                self._settings, path, context_tokens, self._threads
            )
        return self._bases[path]

    def running(self) -> list[RunningModel]:
        """Return the models whose adapters are loaded; those of one base share a process."""
        return [
            RunningModel(
                name=adapter.name,
                pid=process.pid,
                threads=process.threads,
                memory_bytes=process.memory_bytes(),
                tokens_per_second=None,
            )
            for process, adapters in (each.loaded() for each in self._bases.values())
            if process is not None
            for adapter in adapters
        ]

    async def close(self) -> None:
        """End all processes."""
        for processes in self._bases.values():
            await processes.close()


class AdapterModel:
    """A base with an adapter. Implements `Backend`."""

    def __init__(
        self, processes: AdapterProcesses, base: Backend, adapter: Adapter, timeout_seconds: float
    ) -> None:
        self.adapter = adapter
        self._processes = processes
        self._base = base
        self._timeout_seconds = timeout_seconds

    @property
    def info(self) -> ModelInfo:
        """The base's information under the model's name; ready once the base is downloaded."""
        base = self._base.info
        return msgspec.structs.replace(
            base,
            name=self.adapter.name,
            capabilities=frozenset({"chat"}),
            about=f"{base.name}, tuned here.",
            bytes=0,
        )

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        """Yield the answer in pieces. See `Backend`."""
        asked = self._cleaned(body)
        async with (
            self._model() as (model, fields),
            aclosing(model.stream(asked | fields)) as chunks,
        ):
            async for chunk in chunks:
                yield chunk

    async def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the whole `chat.completion` object."""
        asked = self._cleaned(body)
        async with self._model() as (model, fields):
            return await model.complete(asked | fields)

    async def continue_tokens(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return llama.cpp's own answer (`/completion`), whose prompt may consist of tokens."""
        async with self.slot() as slot:
            model = slot.process.model(self.info, self._timeout_seconds, path="")
            return await model.ask("/completion", self._cleaned(body) | slot.fields())

    async def embed(self, texts: Sequence[str]) -> Vectors:  # noqa: ARG002 - see `Backend`
        """Refuse: adapters change what a model says."""
        raise RequestRejected(self.adapter.name, "can't embed")

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[AdapterSlot]:
        """Yield where the adapter is loaded. Raises `BackendUnavailable`."""
        info = self.info
        if not info.ready:
            raise BackendUnavailable(
                info.name,
                "can't answer without its base, which is not downloaded",
                hint=f"`tau models pull {self._base.info.name}` fetches it",
                persistent=False,
            )
        try:
            async with self._processes.use(self.adapter) as slot:
                yield slot
        except InvalidAdapter as error:
            reason = f"has an adapter that can't be used: {error.reason}"
            raise BackendUnavailable(info.name, reason) from error

    def unload(self) -> None:
        """Unload the adapter once its requests are answered."""
        self._processes.forget(self.adapter.sha256)

    @asynccontextmanager
    async def _model(self) -> AsyncIterator[tuple[RemoteModel, dict[str, Any]]]:
        async with self.slot() as slot:
            yield slot.process.model(self.info, self._timeout_seconds), slot.fields()

    def _cleaned(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return a request without the fields that aren't a client's to set."""
        if any(body.get(field, 1) not in (1, None) for field in _ANSWERS):
            raise RequestRejected(self.adapter.name, "gives one answer to a request")
        return {k: v for k, v in body.items() if k not in (*_DECIDED_HERE, *_ANSWERS)}
