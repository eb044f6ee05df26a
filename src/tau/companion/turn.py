"""A turn: one reply in progress, watched by any number of devices.

A turn belongs to the companion, not to a connection: a device that reconnects resumes after the
last event it saw, and a second device sees the same reply.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Literal

import anyio
import msgspec

from tau.companion.events import (
    Answering,
    Delta,
    Done,
    Event,
    Failed,
    HelpOffered,
    NoticeGiven,
    Revised,
)
from tau.ids import new_id

UNANSWERED_MESSAGE = "Tau was interrupted before it could answer; ask again."
CUT_SHORT_MESSAGE = "Tau was interrupted while it answered; what was said so far is kept."


class Turn:
    """The events of one turn, published as they happen."""

    def __init__(self, *, conversation: str, message: str, turn_id: str | None = None) -> None:
        self.id = turn_id or new_id()
        self.conversation = conversation
        self.message = message
        """The id of the person's message that this turn replies to."""
        self.finished = False
        self.abandoned = False
        """Whether the client that sent the words has left before the end of the reply."""
        self.ended_by: Literal["stopped", "interrupted"] | None = None
        """Why the reply ends early: the person stopped it, or Tau is shutting down."""
        self._events: list[Event] = []
        self._waiters: set[asyncio.Future[None]] = set()
        self._scope = anyio.CancelScope()

    @property
    def cancel_scope(self) -> anyio.CancelScope:
        """The scope in which the reply is generated; `stop` and `interrupt` cancel it."""
        return self._scope

    @property
    def text(self) -> str:
        """The reply so far."""
        pieces: list[str] = []
        for event in self._events:
            if isinstance(event, Revised):
                pieces = [event.text]
            elif isinstance(event, Delta):
                pieces.append(event.text)
        return "".join(pieces)

    @property
    def answered_by(self) -> str | None:
        """The model that answers, once its first piece has come."""
        answering = [event for event in self._events if isinstance(event, Answering)]
        return answering[-1].model if answering else None

    @property
    def help(self) -> HelpOffered | None:
        """The help that was named with the person's message, if any."""
        return next((event for event in self._events if isinstance(event, HelpOffered)), None)

    @property
    def notice(self) -> NoticeGiven | None:
        """The reminder that Tau is an AI, if one was due."""
        return next((event for event in self._events if isinstance(event, NoticeGiven)), None)

    @property
    def next_event_id(self) -> int:
        """The id of the next event."""
        return len(self._events) + 1

    def publish(self, event: Event) -> None:
        """Send `event` to every device that watches. `done` and `failed` end the turn."""
        self._events.append(event)
        self.finished = isinstance(event, Done | Failed)
        for waiting in self._waiters:
            if not waiting.done():
                waiting.set_result(None)
        self._waiters.clear()

    def stop(self) -> None:
        """End the reply early because the person asked; what was generated is kept."""
        self._end("stopped")

    def interrupt(self) -> None:
        """End the reply early because Tau is shutting down; what was generated is kept."""
        self._end("interrupted")

    def _end(self, by: Literal["stopped", "interrupted"]) -> None:
        if not self.finished:
            self.ended_by = self.ended_by or by
            self._scope.cancel()

    async def events(self, after: int = 0) -> AsyncIterator[Event]:
        """Yield every event after the one numbered `after`, until the turn ends."""
        async for batch in self.batches(after):
            for event in batch:
                yield event

    async def batches(self, after: int = 0) -> AsyncIterator[Sequence[Event]]:
        """Yield the same events in batches of those that are available."""
        after = max(after, 0)
        while True:
            fresh = self._events[after:]
            if fresh:
                after += len(fresh)
                yield fresh
            elif self.finished:
                return
            else:
                await self._wait_for_event()

    async def ended(self) -> None:
        """Return when the turn has ended."""
        while not self.finished:
            await self._wait_for_event()

    async def _wait_for_event(self) -> None:
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiting)
        try:
            await waiting
        finally:
            self._waiters.discard(waiting)


class ReplayedTurn(Turn):
    """A finished turn of another process, rebuilt from the journal.

    A device that resumes after events it saw elsewhere gets only the last one, and reads the
    message that it names.
    """

    async def batches(self, after: int = 0) -> AsyncIterator[Sequence[Event]]:
        """Yield the whole turn, or only its last event to a device that saw a part of it."""
        if after <= 0:
            yield list(self._events)
        else:
            yield [msgspec.structs.replace(self._events[-1], id=after + 1)]
