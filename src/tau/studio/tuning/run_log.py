"""The log of a run, opened: events in, its state out."""

import asyncio
from collections.abc import Callable, Sequence

from tau.errors import Conflict
from tau.journal.entries import Record
from tau.journal.journal import Journal
from tau.studio.sealed_log import SealedLog
from tau.studio.tuning.log_events import RunLogEvent, decode_run_event, encode_run_event
from tau.studio.tuning.run_state import RunState

DecideRunEvents = Callable[[RunState], Sequence[RunLogEvent]]
"""Returns what to write about a run, as it is now. May refuse by raising."""


class RunLog(SealedLog):
    """A run and its log, open. Make one with `RunLog.open`."""

    def __init__(self, journal: Journal, keys: tuple[bytes, ...]) -> None:
        super().__init__(journal, keys)
        self.state = RunState(journal.person)
        self._changed = asyncio.Event()

    @property
    def folder_key(self) -> bytes:
        """The key of the run's folder: the first, which stays when a new one comes."""
        return self.keys[-1]

    async def append(self, *events: RunLogEvent) -> None:
        """Write events, all or none. Raises `NotFound` once the run is removed."""
        await self._write(*map(encode_run_event, events))

    async def decide(self, decide: DecideRunEvents) -> None:
        """Write what `decide` returns; if somebody was faster, let it decide again."""
        while True:
            await self.refresh()
            after, events = self.last, decide(self.state)
            if not events:
                return
            try:
                await self._write(*map(encode_run_event, events), after=after)
            except Conflict:  # it's read and decided again
                continue
            return

    async def wait_for_change(self, seconds: float) -> None:
        """Wait until something is written here, and at most so long: others may write too."""
        changed = self._changed
        try:
            async with asyncio.timeout(seconds):
                await changed.wait()
        except TimeoutError:
            return

    def _apply(self, record: Record) -> None:
        if event := decode_run_event(record.raw):
            self.state.apply(event, record.seq)
        self._changed.set()
        self._changed = asyncio.Event()
