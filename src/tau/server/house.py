"""What every route stands on: the parts of the running Tau, carried by the application's state."""

import asyncio
from dataclasses import dataclass, field
from typing import cast

from fastapi import Request

from tau.companion.companion import Companion
from tau.companion.turn import Turn
from tau.journal.database import Database
from tau.models import Models
from tau.people import People
from tau.server.downloads import Downloads
from tau.server.meters import Meters
from tau.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The rooms below, the meters, and the bell that tells open streams to end."""

    settings: Settings
    database: Database
    people: People
    models: Models
    companion: Companion
    meters: Meters
    downloads: Downloads
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    _observers: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def observe(self, turn: Turn) -> None:
        """Measure a turn in the background; one that is measured already is left alone."""
        if turn.finished or turn.id in self._observers:
            return
        task = asyncio.create_task(self.meters.observe(turn))
        self._observers[turn.id] = task
        task.add_done_callback(lambda _: self._observers.pop(turn.id, None))

    async def close(self) -> None:
        """End open streams and whatever runs in the background."""
        self.closing.set()
        await self.downloads.close()
        observers = list(self._observers.values())
        for observer in observers:
            observer.cancel()
        await asyncio.gather(*observers, return_exceptions=True)

    @property
    def public_url(self) -> str:
        """The address people type, without a slash at its end; empty when none was set."""
        return self.settings.public_url.rstrip("/")


def house_of(request: Request) -> House:
    """Return the house that serves `request` (a FastAPI dependency)."""
    return cast("House", request.app.state.house)
