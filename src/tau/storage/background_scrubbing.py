"""Scrubbing in the background: what is revoked is overwritten soon, and nobody waits for it.

What is still to be done is recorded in the database, so losing a request here costs nothing but
time: the next start does it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from tau.errors import TauError

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 60.0


class BackgroundScrubber:
    """Calls `scrub` after a request; several requests at once are one call."""

    def __init__(self, scrub: Callable[[], Awaitable[None]]) -> None:
        self._scrub = scrub
        self._task: asyncio.Task[None] | None = None
        self._wanted = False
        self._closing = asyncio.Event()

    def request(self) -> None:
        """Scrub soon."""
        self._wanted = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="tau-scrubbing")

    async def close(self) -> None:
        """Finish what was requested; what fails now is left to the next start."""
        self._closing.set()
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while self._wanted:
            self._wanted = False
            try:
                await self._scrub()
            except TauError as error:
                logger.warning("%s", error)
                if self._closing.is_set():
                    return
                self._wanted = True
                with suppress(TimeoutError):
                    async with asyncio.timeout(_RETRY_SECONDS):
                        await self._closing.wait()
