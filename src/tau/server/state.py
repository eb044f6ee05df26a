"""What every route stands on: the parts of the running Tau, carried by the application's state."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

from fastapi import Request

from tau.companion.companion import Companion
from tau.companion.events import Event
from tau.companion.turn import Turn
from tau.jobs.downloads import DownloadJobs
from tau.jobs.runner import JobRunner
from tau.life.lives import Lives
from tau.models import Models
from tau.people import People
from tau.server.metrics import Metrics, TurnTimer
from tau.settings import Settings
from tau.storage.database import Database
from tau.transfer.import_jobs import ImportJobs


@dataclass(frozen=True, slots=True, kw_only=True)
class AppState:
    """The rooms below, the meters, and the bell that tells open streams to end."""

    settings: Settings
    database: Database
    people: People
    models: Models
    lives: Lives
    companion: Companion
    metrics: Metrics
    jobs: JobRunner
    downloads: DownloadJobs
    imports: ImportJobs
    remove_person: Callable[[str], Awaitable[None]]
    """`App.remove_person`."""
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    _observers: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _measured: set[str] = field(default_factory=set)

    def measure(self, turn: Turn, stopwatch: TurnTimer | None = None) -> None:
        """Measure a turn in the background; one that is measured already is left alone."""
        if turn.finished or turn.id in self._observers or turn.id in self._measured:
            return
        task = asyncio.create_task(_measure_turn(turn, stopwatch or TurnTimer(self.metrics)))
        self._observers[turn.id] = task
        task.add_done_callback(lambda _: self._observers.pop(turn.id, None))

    def measured_batches(self, turn: Turn) -> AsyncGenerator[Sequence[Event], None]:
        """Yield what happens in a turn that was just begun, measuring it on the way.

        So a watched turn is read once. If its reader leaves, measuring goes on without. Whether it
        has ended is asked now: one that fails before its reader begins to read counts too.
        """
        return self._measured_batches(turn, ended=turn.finished)

    async def _measured_batches(
        self, turn: Turn, *, ended: bool
    ) -> AsyncGenerator[Sequence[Event], None]:
        if ended or turn.id in self._observers or turn.id in self._measured:
            async for batch in turn.batches():
                yield batch
            return
        stopwatch = TurnTimer(self.metrics)
        self._measured.add(turn.id)
        try:
            async for batch in turn.batches():
                stopwatch.record(batch)
                yield batch
        finally:
            self._measured.discard(turn.id)
            self.measure(turn, stopwatch)

    async def close(self) -> None:
        """End open streams and whatever runs in the background."""
        self.closing.set()
        await self.jobs.close()
        self.imports.close()
        observers = list(self._observers.values())
        for observer in observers:
            observer.cancel()
        await asyncio.gather(*observers, return_exceptions=True)

    @property
    def public_url(self) -> str:
        """The address people type, without a slash at its end; empty when none was set."""
        return self.settings.public_url.rstrip("/")


async def get_app_state(request: Request) -> AppState:
    """Return the house that serves `request` (a FastAPI dependency).

    Async although it awaits nothing: FastAPI runs what is not in a thread.
    """
    return cast("AppState", request.app.state.app_state)


async def _measure_turn(turn: Turn, stopwatch: TurnTimer) -> None:
    async for batch in turn.batches():
        stopwatch.record(batch)
