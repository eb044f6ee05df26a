"""Grades the checkpoints of a run beside its training, one after another."""

import asyncio
from contextlib import suppress

from tau.errors import JournalError, NotFound
from tau.studio.tuning.checkpoint_grading import GRADING, grade_checkpoint
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.run_parts import RunParts
from tau.studio.tuning.run_state import RunState


class CheckpointGrader:
    """Grades what is there to be graded; what can't be graded isn't tried twice."""

    def __init__(self, parts: RunParts) -> None:
        self._parts = parts
        self._tried: set[int] = set()
        self._task: asyncio.Task[None] | None = None

    def begin(self, log: RunLog) -> None:
        """Begin to grade a checkpoint, unless one is being graded or none is left."""
        if not self._is_busy() and (steps := self._left(log.state)):
            self._task = asyncio.create_task(self._grade(log, steps[0]))

    async def finish(self, log: RunLog) -> None:
        """Grade all that is left."""
        while self._is_busy() or self._left(log.state):
            self.begin(log)
            if self._task is not None:
                await asyncio.wait({self._task})

    def stop(self) -> None:
        """Stop what is being graded."""
        if self._task is not None:
            self._task.cancel()

    def _is_busy(self) -> bool:
        return self._task is not None and not self._task.done()

    def _left(self, state: RunState) -> list[int]:
        return [
            step
            for step, saved in sorted(state.progress.checkpoints.items())
            if saved.answers and step not in state.grades and step not in self._tried
        ]

    async def _grade(self, log: RunLog, step: int) -> None:
        self._tried.add(step)
        folder, saved = self._parts.folder_of(log), log.state.progress.checkpoints[step]
        if not folder.has(GRADING):
            return
        graded = await grade_checkpoint(self._parts.models, folder, saved)
        if graded is not None:
            with suppress(JournalError, NotFound):
                await log.append(graded)
