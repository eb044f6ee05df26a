"""Who is being answered: work that nobody waits for steps back as long as somebody is."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Waiting:
    """Counts the people who wait for an answer."""

    def __init__(self) -> None:
        self._people = 0
        self._nobody = asyncio.Event()
        self._nobody.set()
        self._somebody = asyncio.Event()

    @contextmanager
    def somebody(self) -> Iterator[None]:
        """Say that somebody waits, as long as this lasts."""
        self._people += 1
        self._nobody.clear()
        self._somebody.set()
        try:
            yield
        finally:
            self._people -= 1
            if not self._people:
                self._nobody.set()
                self._somebody.clear()

    @property
    def anybody(self) -> bool:
        """Whether somebody waits now."""
        return self._people > 0

    async def nobody_waits(self) -> None:
        """Return when nobody waits."""
        await self._nobody.wait()

    async def somebody_waits(self) -> None:
        """Return when somebody waits."""
        await self._somebody.wait()
