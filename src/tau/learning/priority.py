"""Who is being answered: work that nobody waits for steps back as long as somebody is."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class ForegroundLoad:
    """Counts the people who wait for an answer."""

    def __init__(self) -> None:
        self._active_count = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._busy = asyncio.Event()

    @contextmanager
    def track(self) -> Iterator[None]:
        """Say that somebody waits, as long as this lasts."""
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
        """Whether somebody waits now."""
        return self._active_count > 0

    async def wait_until_idle(self) -> None:
        """Return when nobody waits."""
        await self._idle.wait()

    async def wait_until_busy(self) -> None:
        """Return when somebody waits."""
        await self._busy.wait()
