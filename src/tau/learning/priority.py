"""Foreground load: background work yields while someone waits for a reply."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

_Result = TypeVar("_Result")


class ForegroundLoad:
    """Counter of the requests that someone waits for."""

    def __init__(self) -> None:
        self._active_count = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._busy = asyncio.Event()

    @contextmanager
    def track(self) -> Iterator[None]:
        """Count one request while the block runs."""
        self._active_count += 1
        self._idle.clear()
        self._busy.set()
        try:
            yield
        finally:
            self._active_count -= 1
            if not self._active_count:
                self._idle.set()
                self._busy.clear()

    @property
    def is_busy(self) -> bool:
        """Whether someone waits for a reply."""
        return self._active_count > 0

    async def wait_until_idle(self) -> None:
        """Return when nobody waits for a reply."""
        await self._idle.wait()

    async def wait_until_busy(self) -> None:
        """Return when someone waits for a reply."""
        await self._busy.wait()

    async def run_until_busy(self, work: Coroutine[Any, Any, _Result]) -> _Result | None:
        """Return the result of `work`; `None` if someone began to wait and it was cancelled."""
        running = asyncio.ensure_future(work)
        interrupted = asyncio.ensure_future(self.wait_until_busy())
        both: set[asyncio.Future[Any]] = {running, interrupted}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            return running.result() if running.done() else None
        finally:
            for task in both:
                task.cancel()
            await asyncio.wait(both)
