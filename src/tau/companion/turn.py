"""A turn: one reply in the making, watched by any number of devices.

A turn belongs to the companion, not to a connection: who drops off and comes back goes on after the
last event seen, and a second device sees the same reply.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Literal

import anyio
import msgspec

from tau.companion.events import Delta, Done, Event, Failed
from tau.ids import new_id

UNANSWERED_MESSAGE = "Tau was interrupted before it could answer; ask again."
CUT_SHORT_MESSAGE = "Tau was interrupted while it answered; what was said so far is kept."


class Turn:
    """The events of one turn, as they come."""

    def __init__(self, *, conversation: str, message: str, turn_id: str | None = None) -> None:
        self.id = turn_id or new_id()
        self.conversation = conversation
        self.message = message
        """The person's words that this turn answers."""
        self.finished = False
        self.ended_by: Literal["stopped", "interrupted"] | None = None
        """Why the reply ends before it is whole: the person stopped it, or Tau itself ends."""
        self._events: list[Event] = []
        self._waiters: set[asyncio.Future[None]] = set()
        self._scope = anyio.CancelScope()

    @property
    def cancel_scope(self) -> anyio.CancelScope:
        """What `stop` and `interrupt` cancel: the making of the reply runs inside it."""
        return self._scope

    @property
    def text(self) -> str:
        """The reply so far."""
        return "".join(event.text for event in self._events if isinstance(event, Delta))

    @property
    def next_event_id(self) -> int:
        """The identifier of the event to come."""
        return len(self._events) + 1

    def publish(self, event: Event) -> None:
        """Tell `event` to everybody who watches. `done` and `failed` end the turn."""
        self._events.append(event)
        self.finished = isinstance(event, Done | Failed)
        for waiting in self._waiters:
            if not waiting.done():
                waiting.set_result(None)
        self._waiters.clear()

    def stop(self) -> None:
        """Ask for the reply to end where it is; what was said of it stays."""
        self._end("stopped")

    def interrupt(self) -> None:
        """End the reply because Tau itself ends; what was said of it stays."""
        self._end("interrupted")

    def _end(self, by: Literal["stopped", "interrupted"]) -> None:
        if not self.finished:
            self.ended_by = self.ended_by or by
            self._scope.cancel()

    async def events(self, after: int = 0) -> AsyncIterator[Event]:
        """Yield every event after the one numbered `after`, past and to come, to the last."""
        async for batch in self.batches(after):
            for event in batch:
                yield event

    async def batches(self, after: int = 0) -> AsyncIterator[Sequence[Event]]:
        """Yield the same events, those that are there together at once."""
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
    """A turn that ended before this process knew of it, told from the journal.

    A device that resumes after events it saw elsewhere is told only how it ended: it reads the
    message that `done` names.
    """

    async def batches(self, after: int = 0) -> AsyncIterator[Sequence[Event]]:
        """Yield the whole turn, or its end where the device has seen a part of it."""
        if after <= 0:
            yield list(self._events)
        else:
            yield [msgspec.structs.replace(self._events[-1], id=after + 1)]
