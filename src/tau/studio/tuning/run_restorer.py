"""Setting right what a killed Tau left of a run, when its person opens it."""

import time

from tau.people import Unlocked
from tau.studio.tuning.run_creation import RunCreation
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.run_outcome import failed
from tau.studio.tuning.run_parts import RunParts
from tau.studio.tuning.run_queue import RunQueue

_INTERRUPTED = "Tau stopped while the files were validated. Start the run again."
_VALIDATING_SECONDS = 120.0


class RunRestorer:
    """Sets runs right that aren't over."""

    def __init__(self, parts: RunParts, queue: RunQueue, creation: RunCreation) -> None:
        self._parts = parts
        self._queue = queue
        self._creation = creation

    async def restore(self, unlocked: Unlocked, log: RunLog) -> None:
        """Let a run wait again that was lost from the queue, or whose key is another now."""
        state, table = log.state, self._parts.table
        if state.status == "validating_files":
            await self._restore_validating(log)
        if state.status not in {"queued", "running"}:
            return
        row = await table.find(log.id)
        if row is None:
            await log.refresh()  # it may be over by now
            if log.state.status in {"queued", "running"}:
                await table.add(log.id, unlocked.person.id, log.keys)
                self._queue.wake_soon()
        elif row.keys != log.keys:
            await table.reseal(log.id, log.keys)
            self._queue.use(log)

    async def _restore_validating(self, log: RunLog) -> None:
        created = log.state.created
        age = time.time() - (created.at if created else 0.0)
        if self._creation.is_validating(log.id) or age < _VALIDATING_SECONDS:
            return
        outcome = failed("interrupted", _INTERRUPTED)
        await log.decide(lambda state: [outcome] if state.status == "validating_files" else [])
