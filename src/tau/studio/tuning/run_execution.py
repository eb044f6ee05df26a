"""One run, worked on by this process until it's over or paused, or this process ends.

It starts the training program, follows what it reports, grades its checkpoints, does what a person
asks for, and starts the program again if it was killed.
"""

import asyncio
import logging
import shutil
import time

import anyio.to_thread

from tau.errors import UNEXPECTED, BadInput, JournalError, ModelError, NotFound
from tau.studio.tuning.bases import find_base
from tau.studio.tuning.checkpoint_grader import CheckpointGrader
from tau.studio.tuning.job_table import LEASE_SECONDS, WaitingRun
from tau.studio.tuning.log_events import RunLogEvent, RunMoved, RunReported
from tau.studio.tuning.machine_lock import MachineLock
from tau.studio.tuning.run_end import end_run, finish_run
from tau.studio.tuning.run_folder import DOCUMENT, STOP
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.run_outcome import asked_outcome, exit_outcome, failed
from tau.studio.tuning.run_parts import RunParts
from tau.studio.tuning.run_state import RunState
from tau.studio.tuning.worker_process import EventReader, WorkerExit, WorkerProcess

logger = logging.getLogger(__name__)

_LEAST_FREE_BYTES = 100_000_000
_STOP_SECONDS = 60.0
_CLOSE_SECONDS = 15.0


class RunLost(Exception):
    """The run was removed, or another process has it: nothing more is written about it."""


class RunExecution:
    """A run that this process works on."""

    def __init__(
        self, parts: RunParts, row: WaitingRun, log: RunLog, holder: str, lock: MachineLock
    ) -> None:
        self.row = row
        self._parts = parts
        self._log = log
        self._holder = holder
        self._lock = lock
        self._folder = parts.folder_of(log)
        self._process: WorkerProcess | None = None
        self._is_lost = False
        self._grader = CheckpointGrader(parts)

    async def run(self) -> None:
        """Work on the run. Cancelled, it lets the program write a checkpoint and stop."""
        keeping = asyncio.create_task(self._keep_lease())
        try:
            await self._work()
        except (RunLost, NotFound):
            logger.info("a run was removed while it was trained")
        except JournalError:
            raise
        except Exception as error:  # noqa: BLE001 - the boundary of a run: recorded as its end
            logger.warning("a run failed: %s", type(error).__name__)
            await self._end(failed("internal", UNEXPECTED))
        finally:
            keeping.cancel()
            self._grader.stop()

    def use(self, log: RunLog) -> None:
        """Go on with the run's log as it was opened with other keys."""
        self._log = log

    def abort(self) -> None:
        """End the program at once, and write nothing more: the run is being removed."""
        self._is_lost = True
        if self._process is not None:
            self._process.kill()

    @property
    def _state(self) -> RunState:
        return self._log.state

    async def _work(self) -> None:
        crashes = 0
        while not self._state.is_over:
            if self._state.status == "paused":
                await self._parts.table.remove(self._log.id)
                return
            outcome = asked_outcome(self._state) or await self._problem()
            if outcome is None and await self._begin():
                checkpoint = self._state.progress.last_checkpoint
                ended = await self._train()
                self._require_held()
                has_progress = self._state.progress.last_checkpoint > checkpoint
                crashes = 0 if has_progress else crashes + 1
                outcome = exit_outcome(self._state, ended, crashes)
            if outcome is not None and outcome.status == "paused":
                await self._pause(outcome)
                return
            if outcome is not None:
                await self._end(outcome)
        await finish_run(self._parts, self._log)
        await self._parts.table.remove(self._log.id)

    async def _problem(self) -> RunMoved | None:
        """Return why the run can't go on, if it can't."""
        planned = self._state.planned
        if planned is None or not self._folder.has(DOCUMENT):
            return failed("files_missing", "The files of the run are gone. Start a new one.")
        try:
            base = find_base(self._parts.models_path, planned.spec.base.name)
        except (BadInput, ModelError) as error:
            return failed("base_missing", str(error))
        if await self._parts.hashes.sha256(base) != planned.spec.base.sha256:
            return failed("base_changed", f"The file of {base.name} isn't the one that it needs.")
        try:
            self._parts.find_program()
        except BadInput as error:
            return failed("environment_missing", str(error))
        if shutil.disk_usage(self._folder.path).free < _LEAST_FREE_BYTES:
            return failed("no_space", "The disk is full. Free some space and start a new run.")
        return None

    async def _begin(self) -> bool:
        """Write down that the run runs; return False if it isn't to, any longer."""
        begins = False

        def decide(state: RunState) -> list[RunLogEvent]:
            nonlocal begins
            begins = state.status in {"queued", "running"} and asked_outcome(state) is None
            if not begins or state.status == "running":
                return []
            return [RunMoved(at=time.time(), status="running")]

        await self._log.decide(decide)
        return begins

    async def _train(self) -> WorkerExit:
        """Run the program to its end, and report what it reports."""
        planned = self._state.planned
        assert planned is not None  # noqa: S101 - `_problem` has looked
        base = find_base(self._parts.models_path, planned.spec.base.name)
        (self._folder.path / STOP).unlink(missing_ok=True)
        try:
            self._process = await WorkerProcess.start(
                self._parts.find_program(),
                [str(self._folder.path), "--base", str(base.path)],
                self._log.folder_key,
                self._lock.descriptor,
            )
        except OSError as error:
            return WorkerExit(1, type(error).__name__)
        try:
            return await self._follow(self._process)
        except BaseException:
            await self._let_go(self._process)
            raise
        finally:
            self._process = None

    async def _follow(self, process: WorkerProcess) -> WorkerExit:
        began, asked_at = time.monotonic(), 0.0
        while not process.ended.done():
            elapsed = time.monotonic() - began
            poll = min(2.0, self._parts.poll_seconds + elapsed / 60)
            await asyncio.wait({process.ended}, timeout=poll)
            await self._report()
            asked_at = self._obey(process, asked_at)
        await self._report()
        if not self._is_lost:
            await self._grader.finish(self._log)
        return await process.ended

    def _obey(self, process: WorkerProcess, asked_at: float) -> float:
        """Do what a person asked for; return when the program was asked to stop, 0 if it wasn't."""
        if self._is_lost:
            process.kill()
            return asked_at
        outcome, now = asked_outcome(self._state), time.monotonic()
        if outcome is None:
            return asked_at
        if outcome.status != "paused" or (asked_at and now - asked_at > _STOP_SECONDS):
            process.kill()
        elif not asked_at:
            process.ask_to_stop()
        return asked_at or now

    async def _report(self) -> None:
        """Write down what the program has reported since. What can't be written is tried again."""
        if self._is_lost:
            return
        progress = self._state.progress
        reader = EventReader(self._folder.path, progress.read_bytes)
        events, read_bytes = await anyio.to_thread.run_sync(reader.read)
        try:
            if events:
                reported = RunReported(at=time.time(), events=tuple(events), read_bytes=read_bytes)
                await self._log.append(reported)
        except JournalError as error:
            logger.warning("what a run reports was not written: %s", type(error).__name__)
        self._grader.begin(self._log)

    async def _let_go(self, process: WorkerProcess) -> None:
        """Let the program write a checkpoint and stop, since this process ends."""
        process.hang_up()
        if self._is_lost:
            process.kill()
        await asyncio.wait({process.ended}, timeout=_CLOSE_SECONDS)
        process.kill()
        await asyncio.wait({process.ended})

    async def _pause(self, outcome: RunMoved) -> None:
        """Write down that the run is paused: its key is no longer the server's to open."""
        self._require_held()
        await self._parts.table.remove(self._log.id)
        await self._log.decide(lambda state: [outcome] if not state.is_over else [])

    async def _end(self, outcome: RunMoved) -> None:
        """Write down how the run ended, with the models that it made."""
        self._require_held()
        await end_run(self._log, self._folder, outcome)

    def _require_held(self) -> None:
        if self._is_lost:
            raise RunLost

    async def _keep_lease(self) -> None:
        """Hold the run's lease, and read what other processes write about it."""
        until, looks = time.monotonic() + LEASE_SECONDS, 0
        while not self._is_lost:
            await asyncio.sleep(LEASE_SECONDS / 30)
            try:
                await self._log.refresh()
                looks += 1
                if looks % 8 == 0:
                    held = await self._renew()
                    until = time.monotonic() + LEASE_SECONDS if held else 0.0
            except JournalError as error:
                logger.warning("a run's lease was not renewed: %s", type(error).__name__)
            if time.monotonic() > until:
                self.abort()

    async def _renew(self) -> bool:
        """Hold the lease for longer; open the log with its new keys if it got some."""
        table, run = self._parts.table, self._log.id
        row = await table.find(run) if await table.renew(run, self._holder) else None
        if row is not None and row.keys and row.keys != self._log.keys:
            self._log = await self._parts.logs.open_with(run, row.keys)
        return row is not None
