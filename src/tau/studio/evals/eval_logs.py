"""The log of a person's evals, and the log of a run, opened."""

import time
from collections.abc import Sequence
from typing import Any

from tau.journal.entries import EntriesForgotten, RawEntry, Record
from tau.journal.journal import Journal
from tau.journal.store import Store
from tau.studio.evals.eval_events import (
    EvalEvent,
    EvalRemoved,
    EvalRunRemoved,
    ItemsGraded,
    RunEvent,
    RunGiven,
    decode_eval_event,
    decode_run_event,
    encode_eval_event,
)
from tau.studio.evals.eval_state import EvalState
from tau.studio.evals.output_item import OutputItem


class EvalLog:
    """The log of a person's evals: what lists show."""

    def __init__(self, journal: Journal, keys: tuple[bytes, ...]) -> None:
        self.state = EvalState()
        self.keys = keys
        self.used_at = time.monotonic()
        self._journal = journal
        journal.listener = self._apply

    @classmethod
    async def open(cls, store: Store, log_id: str, keys: tuple[bytes, ...]) -> "EvalLog":
        """Open the log with its keys, the newest first, and fold what is in it."""
        log = cls(_journal(store, log_id, keys), keys)
        await log.refresh()
        return log

    async def refresh(self) -> None:
        """Read what other processes have written."""
        await self._journal.catch_up()

    async def append(self, *events: EvalEvent) -> None:
        """Write events, all or none."""
        await self._journal.append(*map(_entry, events))

    async def erase(self, seqs: Sequence[int], event: EvalRemoved | EvalRunRemoved) -> None:
        """Erase entries for good, here and in backups, and write down what was removed."""
        await self._journal.append(
            _entry(event),
            EntriesForgotten(at=event.at, targets=tuple(sorted(seqs))),
            erase=tuple(sorted(seqs)),
        )

    async def close(self) -> None:
        """Refuse to write from now on, and wait for the writes in progress."""
        await self._journal.close()

    def _apply(self, record: Record) -> None:
        if event := decode_eval_event(record.raw):
            self.state.apply(event, record.seq)


class EvalRunLog:
    """The log of a run: the items that its request held, and the results."""

    def __init__(self, journal: Journal, keys: tuple[bytes, ...]) -> None:
        self.given: tuple[dict[str, Any], ...] = ()
        self.items: list[OutputItem] = []
        """The results, in the order of the items."""
        self.keys = keys
        self.used_at = time.monotonic()
        self._journal = journal
        journal.listener = self._apply

    @classmethod
    async def open(cls, store: Store, log_id: str, keys: tuple[bytes, ...]) -> "EvalRunLog":
        """Open the log with its keys, the newest first, and fold what is in it."""
        log = cls(_journal(store, log_id, keys), keys)
        await log.refresh()
        return log

    async def refresh(self) -> None:
        """Read what other processes have written."""
        await self._journal.catch_up()

    async def append(self, event: RunEvent) -> None:
        """Write an event."""
        await self._journal.append(_entry(event))

    async def close(self) -> None:
        """Refuse to write from now on, and wait for the writes in progress."""
        await self._journal.close()

    def _apply(self, record: Record) -> None:
        match decode_run_event(record.raw):
            case RunGiven(content=content):
                self.given = content
            case ItemsGraded(items=items):
                self.items += items


def _journal(store: Store, log_id: str, keys: tuple[bytes, ...]) -> Journal:
    return Journal(store, log_id, keys[0], earlier_keys=keys[1:])


def _entry(event: EvalEvent | RunEvent) -> RawEntry:
    return RawEntry(raw=encode_eval_event(event))
