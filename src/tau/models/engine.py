"""The local engine: llama.cpp in child processes, used like any other endpoint.

At most one chat model and one embedder are kept, each in a process of its own, started at its first
use. Another model of the same purpose is loaded beside the first, which ends as soon as it is idle;
so nobody waits for the change. A chat model that nobody uses for a while is unloaded, and a process
that died is started again at the next request. Why processes: docs/decisions/0016-engine.md.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec

from tau.errors import ModelError
from tau.models.errors import BackendUnavailable
from tau.models.llama_process import LlamaOptions, LlamaProcess, LoadFailed
from tau.models.machine import file_bytes, free_memory_bytes
from tau.models.remote import RemoteModel
from tau.models.threads import ThreadChoice, available_cores
from tau.models.types import ModelInfo
from tau.settings import Settings

Purpose = Literal["chat", "embed"]
_MEASURED_TOKENS = 12
_MEASURING = {
    "messages": [{"role": "user", "content": "Count from one to twenty."}],
    "max_tokens": _MEASURED_TOKENS,
    "temperature": 0.0,
}
_log = logging.getLogger(__name__)


class RunningModel(msgspec.Struct, frozen=True, kw_only=True):
    """What a loaded model takes, and how fast it was last."""

    name: str
    pid: int
    threads: int
    memory_bytes: int | None
    tokens_per_second: float | None


@dataclass(eq=False)
class _Held:
    """A model that is loaded or being loaded, and who uses it."""

    info: ModelInfo
    path: Path
    purpose: Purpose
    loading: asyncio.Task[None] = field(init=False)
    process: LlamaProcess | None = None
    users: int = 0
    speed: float | None = None
    best_speed: float = 0.0
    unloading: asyncio.TimerHandle | None = None
    comparing: asyncio.Task[None] | None = None

    @property
    def usable(self) -> bool:
        """Whether it is being loaded, or runs."""
        return not self.loading.done() or (self.process is not None and self.process.alive)


class LocalEngine:
    """Loads models at their first use."""

    def __init__(self, settings: Settings, threads: ThreadChoice | None = None) -> None:
        self._settings = settings
        self._threads = threads or ThreadChoice(settings.threads, available_cores())
        self._held: dict[Path, _Held] = {}
        self._current: dict[Purpose, Path] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    @asynccontextmanager
    async def loaded(
        self, info: ModelInfo, path: Path, purpose: Purpose
    ) -> AsyncIterator[RemoteModel]:
        """Yield the model at `path`, loaded if necessary; it stays loaded while in use.

        Raises `BackendUnavailable`.
        """
        if self._closed:
            raise _stopping(info)
        held = self._held.get(path)
        if held is None or not held.usable:
            held = self._begin_loading(info, path, purpose)
        held.users += 1
        self._cancel_unloading(held)
        try:
            # waited for only: a client that cancels the first request must not cancel the loading
            await asyncio.wait([held.loading])
            if held.process is None:
                raise _stopping(info) if self._closed else _load_error(info)
            yield self._remote(info, held.process)
        finally:
            held.users -= 1
            self._release(held)

    def observe(self, path: Path, tokens_per_second: float) -> None:
        """Note how fast a reply was; if it was slow, compare numbers of threads."""
        held = self._held.get(path)
        if held is None:
            return
        held.speed = tokens_per_second
        held.best_speed = max(held.best_speed, tokens_per_second)
        if self._threads.should_compare(tokens_per_second, held.best_speed):
            self._begin_comparing(held)

    def running(self) -> list[RunningModel]:
        """Return the models that are loaded."""
        return [
            RunningModel(
                name=held.info.name,
                pid=held.process.pid,
                threads=held.process.threads,
                memory_bytes=held.process.memory_bytes(),
                tokens_per_second=held.speed,
            )
            for held in self._held.values()
            if held.process is not None and held.process.alive
        ]

    @property
    def chat_threads(self) -> int:
        """The threads of the chat model: what was measured for it, if it's loaded."""
        current = self._current.get("chat")
        held = self._held.get(current) if current else None
        process = held.process if held else None
        return process.threads if process else self._threads.first

    async def close(self) -> None:
        """Unload all models. Requests that are still being answered are cut off."""
        self._closed = True
        for held in list(self._held.values()):
            self._drop(held)
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin_loading(self, info: ModelInfo, path: Path, purpose: Purpose) -> _Held:
        ended = self._held.get(path)
        if ended is not None:
            if ended.process is not None:
                _log.warning("llama.cpp with %s ended; it is started again", info.name)
            self._drop(ended)
        held = self._held[path] = _Held(info, path, purpose)
        self._current[purpose] = path
        if free_memory_bytes() < 2 * file_bytes(path):
            self._drop_replaced(purpose)
        held.loading = self._spawn(self._load(held, self._threads.first))
        return held

    async def _load(self, held: _Held, threads: int) -> None:
        """Start the process. Without one `held` is not usable, and the next request tries again."""
        try:
            held.process = await LlamaProcess.start(self._options(held, threads))
        except LoadFailed as error:
            _log.warning("llama.cpp could not load %s: %s", held.info.name, error)
            self._keep_former(held)
            return
        self._drop_replaced(held.purpose)
        if held.purpose == "chat":
            self._begin_comparing(held)

    def _keep_former(self, failed: _Held) -> None:
        """Let the loaded model that `failed` was to replace stay."""
        for held in self._held.values():
            is_former = held.purpose == failed.purpose and held.process is not None
            if is_former and held.usable and self._current.get(held.purpose) == failed.path:
                self._current[held.purpose] = held.path

    def _begin_comparing(self, held: _Held) -> None:
        if held.process is not None and (held.comparing is None or held.comparing.done()):
            held.comparing = self._spawn(self._compare_threads(held, held.process))

    async def _compare_threads(self, held: _Held, current: LlamaProcess) -> None:
        """Measure a few tokens; if that is slow, with another number of threads too.

        The process that is faster stays.
        """
        try:
            held.speed = await self._measure(held.info, current)
            held.best_speed = max(held.best_speed, held.speed)
            if not self._threads.is_slow(held.speed):
                return
            threads = await asyncio.to_thread(self._threads.alternative, current.threads)
            if threads is None or free_memory_bytes() < 2 * file_bytes(held.path):
                return
            other = await LlamaProcess.start(self._options(held, threads))
        except (ModelError, LoadFailed):
            return
        try:
            speed = await self._measure(held.info, other)
            if self._threads.is_better(speed, held.speed) and self._is_idle(held, current):
                held.process, held.speed, other = other, speed, current
        except ModelError:
            pass
        finally:
            await asyncio.shield(self._spawn(other.stop()))

    async def _measure(self, info: ModelInfo, process: LlamaProcess) -> float:
        """Return the tokens per second of a short answer. Raises `ModelError`."""
        answer = await self._remote(info, process).complete(dict(_MEASURING))
        return tokens_per_second(answer) or 0.0

    def _is_idle(self, held: _Held, process: LlamaProcess) -> bool:
        unchanged = self._held.get(held.path) is held and held.process is process
        return unchanged and not held.users and not self._closed

    def _options(self, held: _Held, threads: int) -> LlamaOptions:
        if held.purpose == "embed":
            threads = max(1, threads // 2)
        return LlamaOptions(
            path=str(held.path),
            purpose=held.purpose,
            threads=threads,
            context_tokens=held.info.context_tokens,
        )

    def _remote(self, info: ModelInfo, process: LlamaProcess) -> RemoteModel:
        return process.model(info, self._settings.model_timeout_seconds)

    def _release(self, held: _Held) -> None:
        """Unload what nobody uses: at once if it was replaced, a chat model after a while."""
        if held.users or self._held.get(held.path) is not held:
            return
        idle_seconds = self._settings.model_idle_seconds
        if self._current.get(held.purpose) != held.path:
            self._drop_replaced(held.purpose)
        elif held.purpose == "chat" and idle_seconds:
            loop = asyncio.get_running_loop()
            held.unloading = loop.call_later(idle_seconds, self._drop, held)

    def _drop_replaced(self, purpose: Purpose) -> None:
        """Unload idle models of a purpose, except the one that was asked for last."""
        for held in list(self._held.values()):
            replaced = held.purpose == purpose and held.path != self._current.get(purpose)
            if replaced and not held.users:
                self._drop(held)

    def _drop(self, held: _Held) -> None:
        self._cancel_unloading(held)
        if self._held.get(held.path) is held:
            del self._held[held.path]
        held.loading.cancel()
        if held.comparing is not None:
            held.comparing.cancel()
        if held.process is not None:
            self._spawn(held.process.stop())

    def _cancel_unloading(self, held: _Held) -> None:
        if held.unloading is not None:
            held.unloading.cancel()
            held.unloading = None

    def _spawn(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def tokens_per_second(answer: dict[str, Any]) -> float | None:
    """Return the speed that llama.cpp reports with an answer or its last chunk."""
    timings = answer.get("timings")
    if not isinstance(timings, dict) or timings.get("predicted_n", 0) < _MEASURED_TOKENS // 2:
        return None
    return float(timings.get("predicted_per_second", 0.0)) or None


def _stopping(info: ModelInfo) -> BackendUnavailable:
    return BackendUnavailable(info.name, "is not loaded: Tau is about to stop")


def _load_error(info: ModelInfo) -> BackendUnavailable:
    return BackendUnavailable(
        info.name,
        "could not be loaded",
        hint=f"`tau models remove {info.name}`, then `tau models pull {info.name}`",
    )
