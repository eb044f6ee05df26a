"""Reading a journal again, once for all who ask at the same time."""

import asyncio
from collections.abc import Awaitable, Callable


class Rereading:
    """Runs `read` for whoever asks: a reading that began before a request doesn't answer it."""

    def __init__(self, read: Callable[[], Awaitable[None]]) -> None:
        self._read = read
        self._requested = 1  # the first is for what is already there
        self._answered = 0
        self._reading = asyncio.Lock()

    @property
    def is_due(self) -> bool:
        """Whether there is a request that no reading has answered."""
        return self._answered < self._requested

    def request(self) -> None:
        """Note that there may be something to read."""
        self._requested += 1

    async def run(self) -> None:
        """Return once a reading that began after this call has ended."""
        self.request()
        wanted = self._requested
        async with self._reading:
            if self._answered >= wanted:
                return
            answered = self._requested
            await self._read()
            self._answered = answered
