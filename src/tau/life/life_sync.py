"""Opened lives follow what other processes do: what they append, take over and remove.

On the home of a person that's the work of commands beside the server. Wherever else a life is open,
it's everything.
"""

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from typing import Any

from tau.errors import NotFound, TauError
from tau.life.lives import Lives
from tau.nodes.homes import Homes
from tau.storage.notifications import Notification, Notifications

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 1.0


class LifeSync:
    """Keeps the opened lives of a process equal to the database."""

    def __init__(self, lives: Lives, notifications: Notifications, homes: Homes | None) -> None:
        self._lives = lives
        self._due: set[str] = set()
        self._reading: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        notifications.subscribe("journal", self._appended)
        notifications.subscribe("removed", self._removed)
        if homes is not None:
            homes.on_lost(lives.lose)

    async def close(self) -> None:
        """End the work that has begun."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _appended(self, notification: Notification) -> None:
        if notification.what == "resync":
            self._catch_up(self._lives.people())
            return
        life = self._lives.find(notification.person)
        if life is not None and notification.number > life.memory.last:
            self._catch_up([notification.person])

    def _catch_up(self, people: Iterable[str]) -> None:
        for person in people:
            self._due.add(person)
            if person not in self._reading:
                self._reading.add(person)
                self._begin(self._read(person))

    async def _read(self, person: str) -> None:
        """Read what was appended for a person, until nothing more is due."""
        try:
            while person in self._due and (life := self._lives.find(person)):
                self._due.discard(person)
                try:
                    if await life.refresh(noticed=True):
                        self._lives.written(life)
                except NotFound:  # removed meanwhile
                    return
                except TauError as error:
                    logger.warning("what another process wrote could not be read: %s", error)
                    self._due.add(person)
                    await asyncio.sleep(_RETRY_SECONDS)
        finally:
            self._due.discard(person)
            self._reading.discard(person)

    def _removed(self, notification: Notification) -> None:
        if notification.what == "removed":
            self._begin(self._remove(notification.person))

    async def _remove(self, person: str) -> None:
        try:
            async with self._lives.removal(person):
                pass  # their rows are deleted already
        except NotFound:
            logger.debug("a person was removed here and elsewhere")

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name="tau-life-sync")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
