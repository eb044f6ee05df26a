"""The log of a person's evals, and the log of a run, opened."""

from collections.abc import Sequence
from typing import Any

from tau.journal.entries import Record
from tau.journal.journal import Journal
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
from tau.studio.sealed_log import SealedLog


class EvalLog(SealedLog):
    """The log of a person's evals: what lists show."""

    def __init__(self, journal: Journal, keys: tuple[bytes, ...]) -> None:
        super().__init__(journal, keys)
        self.state = EvalState()

    async def append(self, *events: EvalEvent) -> None:
        """Write events, all or none."""
        await self._write(*map(encode_eval_event, events))

    async def erase(self, seqs: Sequence[int], event: EvalRemoved | EvalRunRemoved) -> None:
        """Erase entries for good, here and in backups, and write down what was removed."""
        await self._erase(seqs, encode_eval_event(event), at=event.at)

    def _apply(self, record: Record) -> None:
        if event := decode_eval_event(record.raw):
            self.state.apply(event, record.seq)


class EvalRunLog(SealedLog):
    """The log of a run: the items that its request held, and the results."""

    def __init__(self, journal: Journal, keys: tuple[bytes, ...]) -> None:
        super().__init__(journal, keys)
        self.given: tuple[dict[str, Any], ...] = ()
        self.items: list[OutputItem] = []
        """The results, in the order of the items."""

    async def append(self, event: RunEvent) -> None:
        """Write an event."""
        await self._write(encode_eval_event(event))

    def _apply(self, record: Record) -> None:
        match decode_run_event(record.raw):
            case RunGiven(content=content):
                self.given = content
            case ItemsGraded(items=items):
                self.items += items
