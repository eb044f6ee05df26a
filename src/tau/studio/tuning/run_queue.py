"""The queue of runs: one is worked on at a time on a machine, and nobody has to be signed in."""

import asyncio
import hashlib
import logging
import platform
import time
from contextlib import suppress
from pathlib import Path

from tau.errors import JournalError, TauError
from tau.ids import new_id
from tau.studio.tuning.job_table import WaitingRun, next_in_line
from tau.studio.tuning.machine_lock import MachineLock, take_lock
from tau.studio.tuning.run_execution import RunExecution
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.run_parts import RunParts

logger = logging.getLogger(__name__)

_FIRST_LOOK_SECONDS = 3.0  # a command that only lists runs doesn't start one
_BUSY_SECONDS, _IDLE_SECONDS = 2.0, 30.0
_REMOVAL_SECONDS = 15.0  # from the end of the work on a run to its removal


class RunQueue:
    """Works on the runs of a database in this process, one after another."""

    def __init__(self, parts: RunParts, folder: Path) -> None:
        self._parts = parts
        self._folder = folder
        self._node = _node(folder)
        self._holder = f"{self._node}/{new_id()}"
        self._served: dict[str, float] = {}
        self._aborted: dict[str, float] = {}
        self._task: asyncio.Task[None] | None = None
        self._working: asyncio.Task[None] | None = None
        self._execution: RunExecution | None = None
        self._woken = asyncio.Event()

    def start(self) -> None:
        """Begin to look for runs: what was cut off goes on in a moment, or at the next `wake`."""
        if self._task is None:
            self._task = asyncio.create_task(self._loop())

    def wake(self) -> None:
        """Look for runs now."""
        self._woken.set()

    def wake_soon(self) -> None:
        """Look for runs in a moment."""
        if self._parts.grace_seconds:
            loop = asyncio.get_running_loop()
            loop.call_later(self._parts.grace_seconds, self._woken.set)
        else:
            self.wake()

    def is_working_on(self, run: str) -> bool:
        """Return whether this process works on a run."""
        return self._execution is not None and self._execution.row.run == run

    def use(self, log: RunLog) -> None:
        """Work on a run with its log as it was opened with other keys."""
        if self._execution is not None and self._execution.row.run == log.id:
            self._execution.use(log)

    async def abort(self, *, run: str = "", person: str = "") -> None:
        """End the work on a run, or on any of a person's, and keep nothing of it.

        It's about to be removed, so nothing of it begins again meanwhile.
        """
        self._aborted[run or person] = time.monotonic()
        execution, working = self._execution, self._working
        if execution is None or working is None:
            return
        if execution.row.run == run or execution.row.person == person:
            execution.abort()
            await asyncio.wait({working})

    async def close(self) -> None:
        """Let the program write a checkpoint and stop; the run goes on at the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None

    async def _loop(self) -> None:
        await self._rest(_FIRST_LOOK_SECONDS)
        while True:
            seconds = _IDLE_SECONDS
            try:
                seconds = await self._look()
            except TauError as error:
                logger.warning("no run was worked on: %s", type(error).__name__)
            except Exception:  # the boundary of the queue: recorded, and tried again
                logger.exception("the queue of runs failed")
            await self._rest(seconds)

    async def _look(self) -> float:
        """Work on a run, if there's one to work on; return how long to rest."""
        rows = [each for each in await self._parts.table.all() if not self._is_aborted(each)]
        if not rows:
            return _IDLE_SECONDS
        lock = take_lock(self._folder)
        if lock is None:
            return _BUSY_SECONDS
        with lock:
            row = next_in_line(rows, self._served, self._node, time.time())
            if row is None or not await self._parts.table.claim(row, self._holder):
                return _BUSY_SECONDS
            self._served[row.person] = time.time()
            await self._work_on(row, lock)
        return 0.0

    def _is_aborted(self, row: WaitingRun) -> bool:
        long_ago = time.monotonic() - _REMOVAL_SECONDS
        self._aborted = {name: at for name, at in self._aborted.items() if at > long_ago}
        return not self._aborted.keys().isdisjoint((row.run, row.person))

    async def _work_on(self, row: WaitingRun, lock: MachineLock) -> None:
        try:
            log = await self._parts.logs.open_with(row.run, row.keys)
            self._execution = RunExecution(self._parts, row, log, self._holder, lock)
            self._working = asyncio.create_task(self._execution.run())
            try:
                await asyncio.wait({self._working})
            finally:
                await self._stop(self._working)
            self._working.result()
        finally:
            self._execution = self._working = None
            with suppress(JournalError):
                await self._parts.table.release(row.run, self._holder)

    async def _stop(self, working: asyncio.Task[None]) -> None:
        if not working.done():
            working.cancel()
            await asyncio.wait({working})

    async def _rest(self, seconds: float) -> None:
        if seconds:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), seconds)
        self._woken.clear()


def _node(folder: Path) -> str:
    """Return what stands for this machine and this home in the table."""
    return hashlib.sha256(f"{platform.node()}|{folder}".encode()).hexdigest()[:12]
