"""The llama.cpp process of one base with its adapters, and the exchange of one process for another.

llama.cpp loads adapters only when it starts. So a request for an adapter that isn't loaded starts
another process, with that adapter and those used last, and the process before it ends once its
requests are answered. Usually at most these two run at a time.

Why: docs/decisions/0031-adapters.md.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tau.models.adapter_content import Adapter, AdapterReader
from tau.models.errors import BackendUnavailable
from tau.models.llama_process import LlamaOptions, LlamaProcess, LoadFailed
from tau.models.machine import file_bytes, free_memory_bytes
from tau.settings import Settings

ADAPTERS_LOADED = 4
"""Adapters of a base that are loaded at the same time; each takes a window of memory."""
PATIENCE_SECONDS = 30.0
"""How long a new process waits for an old one to end; a client may never read its answer."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AdapterSlot:
    """Where an adapter is loaded: the process, and the number of its slot there."""

    process: LlamaProcess
    number: int
    adapters: int
    """How many the process has."""

    def fields(self) -> dict[str, Any]:
        """Return what a request to llama.cpp must carry: the scale of each, 0 for all others."""
        numbers = range(self.adapters)
        lora = [{"id": each, "scale": float(each == self.number)} for each in numbers]
        return {"id_slot": self.number, "lora": lora}


@dataclass(eq=False)
class _Loaded:
    """A process with its adapters, in the order of their slots."""

    process: LlamaProcess
    adapters: tuple[Adapter, ...]
    users: int = 0
    ending: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    unloading: asyncio.TimerHandle | None = None
    awaited: dict[str, "_Awaited"] = field(default_factory=dict)
    """What it was started for. Requests that waited for it may not have gone on yet."""

    def slot(self, sha256: str) -> AdapterSlot | None:
        for number, adapter in enumerate(self.adapters):
            if adapter.sha256 == sha256 and self.process.alive:
                return AdapterSlot(self.process, number, len(self.adapters))
        return None


@dataclass(eq=False)
class _Awaited:
    """An adapter that requests wait for."""

    adapter: Adapter
    done: asyncio.Event = field(default_factory=asyncio.Event)
    error: BaseException | None = None

    def finish(self, error: BaseException | None = None) -> None:
        self.error = error
        self.done.set()


class _EndingProcesses:
    """Processes that get no more requests. Each ends when its last one is answered."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[None]] = set()
        self._running: set[_Loaded] = set()

    def add(self, loaded: _Loaded) -> None:
        self._running.add(loaded)
        if not loaded.users:
            self.end(loaded)

    def end(self, loaded: _Loaded) -> None:
        _cancel_unloading(loaded)
        if not loaded.ending:
            loaded.ending = True
            task = asyncio.create_task(self._stop(loaded))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def settle(self) -> bool:
        """Wait until all have ended, but not for ever, and return whether they have."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                for loaded in list(self._running):
                    await loaded.ended.wait()
        return not self._running

    async def close(self) -> None:
        """End them now."""
        for loaded in list(self._running):
            self.end(loaded)
        while self.tasks:
            await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _stop(self, loaded: _Loaded) -> None:
        await loaded.process.stop()
        self._running.discard(loaded)
        loaded.ended.set()


class AdapterProcesses:
    """Serves the adapters of one base, which is the GGUF file `path`."""

    def __init__(
        self, settings: Settings, path: Path, context_tokens: int, threads: Callable[[], int]
    ) -> None:
        self._settings = settings
        self._path = path
        self._context_tokens = context_tokens
        self._threads = threads
        self._reader = AdapterReader(path)
        self._current: _Loaded | None = None
        self._ending = _EndingProcesses()
        self._awaited: dict[str, _Awaited] = {}
        self._recent: dict[str, Adapter] = {}
        """The adapters to keep, in the order of their last use."""
        self._loading: asyncio.Task[None] | None = None
        self._forgotten: set[str] = set()
        """Adapters that were unloaded since the process that starts was decided on."""
        self._closed = False

    @asynccontextmanager
    async def use(self, adapter: Adapter) -> AsyncIterator[AdapterSlot]:
        """Yield where the adapter is loaded; it stays there while in use.

        Raises `InvalidAdapter`, `BackendUnavailable`, and what its `load` raises.
        """
        while (slot := self._find(adapter)) is None:
            await self._wait_for(adapter)
        loaded = self._current
        assert loaded is not None  # noqa: S101 - it has the slot
        loaded.users += 1
        _cancel_unloading(loaded)
        try:
            yield slot
        finally:
            loaded.users -= 1
            self._release(loaded)

    def loaded(self) -> tuple[LlamaProcess | None, tuple[Adapter, ...]]:
        """Return the process that new requests go to, and its adapters."""
        current = self._current
        if current is None or not current.process.alive:
            return None, ()
        return current.process, current.adapters

    def forget(self, sha256: str) -> None:
        """Unload an adapter: its process ends once its requests are answered.

        Requests that wait for it fail, and a process that starts with it ends again.
        """
        self._forgotten.add(sha256)
        if awaited := self._awaited.get(sha256):
            self._fail(awaited.adapter, _unloaded(awaited.adapter))
        self._recent.pop(sha256, None)
        if self._current is not None and self._current.slot(sha256):
            if woken := self._current.awaited.get(sha256):
                woken.error = _unloaded(woken.adapter)
            self._retire()

    async def close(self) -> None:
        """End the processes; requests that are being answered are cut off."""
        self._closed = True
        self._fail_all()
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)
        self._retire()
        await self._ending.close()

    def _find(self, adapter: Adapter) -> AdapterSlot | None:
        if self._closed:
            raise _stopping(adapter)
        slot = self._current.slot(adapter.sha256) if self._current else None
        if slot is not None:
            self._recent.pop(adapter.sha256, None)
            self._recent[adapter.sha256] = adapter
        return slot

    async def _wait_for(self, adapter: Adapter) -> None:
        awaited = self._awaited.setdefault(adapter.sha256, _Awaited(adapter))
        if self._loading is None or self._loading.done():
            self._loading = asyncio.create_task(self._load_awaited())
        await awaited.done.wait()
        if awaited.error is not None:
            raise awaited.error

    async def _load_awaited(self) -> None:
        """Start processes until nobody waits for an adapter any more."""
        try:
            while self._awaited:
                self._forgotten.clear()
                await self._ending.settle()
                contents = await self._read()
                adapters = [each for each in self._chosen() if each.sha256 in contents]
                if adapters and await self._has_room():
                    await self._start(adapters, [contents[each.sha256] for each in adapters])
                elif adapters:
                    _log.warning("there is no memory for %d adapters", len(adapters))
                    self._fail_all()
        finally:  # nobody waits for ever, whatever happened
            self._fail_all()

    def _chosen(self) -> list[Adapter]:
        """Return the adapters to load: those that are waited for, and those used last."""
        awaited = [each.adapter for each in self._awaited.values()]
        kept = [
            each for each in reversed(self._recent.values()) if each.sha256 not in self._awaited
        ]
        return (awaited + kept)[:ADAPTERS_LOADED] if awaited else []

    async def _read(self) -> dict[str, bytes]:
        """Return the checked contents of the chosen adapters, also of those chosen meanwhile."""
        contents: dict[str, bytes] = {}
        while missing := [each for each in self._chosen() if each.sha256 not in contents]:
            results = await asyncio.gather(*map(self._reader.read, missing), return_exceptions=True)
            for adapter, result in zip(missing, results, strict=True):
                if isinstance(result, bytes):
                    contents[adapter.sha256] = result
                else:
                    self._fail(adapter, result)
        return contents

    async def _start(self, adapters: list[Adapter], contents: list[bytes]) -> None:
        """Start a process with these adapters, and let it answer from now on."""
        options = LlamaOptions(
            path=str(self._path),
            purpose="chat",
            threads=self._threads(),
            context_tokens=self._context_tokens,
        )
        try:
            process = await LlamaProcess.start(options, contents)
        except LoadFailed as error:
            _log.warning("llama.cpp could not load %d adapters: %s", len(adapters), error)
            if len(adapters) > 1:  # one that can't be loaded must not keep the others away
                await self._start(adapters[:1], contents[:1])
            else:
                self._fail(adapters[0])
            return
        if self._forgotten.intersection(each.sha256 for each in adapters):
            await process.stop()  # others that wait get another one
            return
        self._retire()
        self._current = _Loaded(process, tuple(adapters))
        self._recent = {each.sha256: each for each in reversed(adapters)}
        for adapter in adapters:
            if awaited := self._awaited.pop(adapter.sha256, None):
                self._current.awaited[adapter.sha256] = awaited
                awaited.finish()
        self._release(self._current)

    async def _has_room(self) -> bool:
        """Return whether another process can start; where memory is short, the current one ends."""
        if free_memory_bytes() >= 2 * file_bytes(self._path):
            return True
        self._retire()
        return await self._ending.settle()

    def _fail(self, adapter: Adapter, error: BaseException | None = None) -> None:
        """Let the requests that wait for an adapter fail; the next one tries again."""
        self._recent.pop(adapter.sha256, None)
        if awaited := self._awaited.pop(adapter.sha256, None):
            unloaded = BackendUnavailable(adapter.name, "could not be loaded")
            awaited.finish(_stopping(adapter) if self._closed else error or unloaded)

    def _fail_all(self) -> None:
        for awaited in list(self._awaited.values()):
            self._fail(awaited.adapter)

    def _retire(self) -> None:
        """Give no more requests to the current process; it ends when its last is answered."""
        if self._current is not None:
            retired, self._current = self._current, None
            self._ending.add(retired)

    def _release(self, loaded: _Loaded) -> None:
        if loaded.users:
            return
        idle_seconds = self._settings.model_idle_seconds
        if loaded is not self._current:
            self._ending.end(loaded)
        elif idle_seconds:
            loop = asyncio.get_running_loop()
            loaded.unloading = loop.call_later(idle_seconds, self._unload)

    def _unload(self) -> None:
        """End a process that nobody has used for a while."""
        self._recent.clear()
        self._retire()


def _cancel_unloading(loaded: _Loaded) -> None:
    if loaded.unloading is not None:
        loaded.unloading.cancel()
        loaded.unloading = None


def _unloaded(adapter: Adapter) -> BackendUnavailable:
    return BackendUnavailable(adapter.name, "is no longer loaded")


def _stopping(adapter: Adapter) -> BackendUnavailable:
    return BackendUnavailable(adapter.name, "is not loaded: Tau is about to stop")
