"""Creating runs: planned from a project or from files, written into a folder, and queued."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import NamedTuple

import anyio.to_thread

from tau.errors import UNEXPECTED, Conflict, InvalidField, StoreFull, TauError, TooManyRequests
from tau.models.machine import free_memory_bytes
from tau.models.threads import available_cores, measure_free_cores
from tau.people import Unlocked
from tau.studio.examples.similarity import DEFAULT_NEAR_COSINE, Vectors
from tau.studio.project import Project
from tau.studio.tuning.bases import TuningBase, find_base
from tau.studio.tuning.job_request import JobNumbers, JobRequest
from tau.studio.tuning.log_events import RunCreated, RunLogEvent, RunMoved, RunPlanned
from tau.studio.tuning.planning import (
    Chosen,
    PlannedRun,
    check_numbers,
    clean_suffix,
    plan_job,
    plan_run,
    suffix_of,
)
from tau.studio.tuning.preference_planning import Preference, plan_preferences
from tau.studio.tuning.run_files import remove_folder, write_run
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.run_outcome import failed
from tau.studio.tuning.run_parts import RunParts
from tau.studio.tuning.run_queue import RunQueue
from tau.studio.tuning.run_state import RunState
from tau.studio.tuning.suggestions import Machine
from tau.studio.tuning.training_lines import LineKind

logger = logging.getLogger(__name__)

MAX_WAITING = 20
"""Runs of one person that wait or run."""


class TuneRequest(NamedTuple):
    """What a person chose for a run on a project; `None` and empty words leave it to Tau."""

    base: str = ""
    numbers: JobNumbers = JobNumbers()
    suffix: str = ""
    seed: int = 7
    kind: LineKind = "supervised"
    preferences: tuple[Preference, ...] | None = None
    """For `dpo`: learn these instead of the examples' answers."""


class ExampleVectors(NamedTuple):
    """Vectors of examples by id, and from which cosine two say almost the same."""

    vectors: Vectors | None = None
    near: float = DEFAULT_NEAR_COSINE


class RunCreation:
    """Creates runs."""

    def __init__(self, parts: RunParts, queue: RunQueue) -> None:
        self._parts = parts
        self._queue = queue
        self._validating: dict[str, asyncio.Task[None]] = {}

    async def plan(
        self, project: Project, asked: TuneRequest, similar: ExampleVectors | None = None
    ) -> PlannedRun:
        """Return what a run on a project would be, and what it would take.

        Raises `Conflict` before the test is frozen, `BadInput` and `InvalidField`.
        """
        chosen = await self._chosen(asked.base, asked.numbers, asked.seed)
        given = similar or ExampleVectors()
        return await anyio.to_thread.run_sync(plan_asked, project, asked, chosen, given)

    async def from_project(
        self,
        unlocked: Unlocked,
        project: Project,
        asked: TuneRequest,
        similar: ExampleVectors | None = None,
    ) -> RunLog:
        """Create a run that learns from a project, and let it wait for its turn.

        Raises what `plan` raises, and `TooManyRequests`.
        """
        await self._require_ready(unlocked)
        planned = await self.plan(project, asked, similar)
        created = RunCreated(
            at=time.time(),
            project=project.id,
            suffix=clean_suffix(asked.suffix) or suffix_of(project.name),
            base=planned.spec.base.name,
            examples=planned.examples,
            validation=planned.validation,
            instructions=planned.instructions,
        )
        async with self._parts.folders_lock(shared=True):
            log = await self._parts.create_log(unlocked)
            await self._begin(unlocked.person.id, log, planned, created)
        return log

    async def from_files(self, unlocked: Unlocked, asked: JobRequest) -> RunLog:
        """Create a run that learns from files. They're validated in a moment, and it may fail then.

        Raises `BadInput`, `InvalidField`, `UnknownModel` and `TooManyRequests`.
        """
        await self._require_ready(unlocked)
        check_numbers(asked.numbers)
        base = find_base(self._parts.models_path, asked.base)
        created = RunCreated(
            at=time.time(), base=base.name, suffix=clean_suffix(asked.suffix), job=asked.job
        )
        log = await self._parts.create_log(unlocked)
        await log.append(created, RunMoved(at=created.at, status="validating_files"))
        task = asyncio.create_task(self._validate(unlocked.person.id, log, asked))
        self._validating[log.id] = task
        task.add_done_callback(lambda _: self._validating.pop(log.id))
        return log

    def is_validating(self, run: str) -> bool:
        """Return whether the files of a run are being validated here."""
        return run in self._validating

    async def stop_validating(self, run: str) -> None:
        """Validate the files of a run no longer."""
        if (task := self._validating.get(run)) is not None:
            task.cancel()
            await asyncio.wait({task})

    async def close(self) -> None:
        """Stop to validate; a run that it is cut off in has failed."""
        for run in list(self._validating):
            await self.stop_validating(run)

    async def _validate(self, person: str, log: RunLog, asked: JobRequest) -> None:
        try:
            chosen = await self._chosen(asked.base, asked.numbers, asked.seed)

            def plan() -> PlannedRun:
                return plan_job(asked.read(), asked.kind, chosen)

            await self._begin(person, log, await anyio.to_thread.run_sync(plan))
        except TauError as error:
            param = error.param if isinstance(error, InvalidField) else ""
            await _fail(log, failed(error.code, str(error), param))
        except Exception as error:  # noqa: BLE001 - the boundary of a run: recorded as its end
            logger.warning("a run was not planned: %s", type(error).__name__)
            await _fail(log, failed("internal", UNEXPECTED))

    async def _begin(
        self, person: str, log: RunLog, planned: PlannedRun, *created: RunCreated
    ) -> None:
        """Write a run down completely, then queue it. Raises `StoreFull`."""
        await write_folder(self._parts, log, planned)
        entries = (_planned_event(planned), RunMoved(at=time.time(), status="queued"))

        def decide(state: RunState) -> tuple[RunLogEvent, ...]:
            return () if state.is_over else (*created, *entries)

        await log.decide(decide)
        if not log.state.is_over:
            await self._parts.table.add(log.id, person, log.keys)
            self._queue.wake_soon()

    async def _require_ready(self, unlocked: Unlocked) -> None:
        """Raise `BadInput` without a training program, `TooManyRequests` if many runs wait."""
        self._parts.find_program()
        rows = await self._parts.table.all()
        waiting = sum(row.person == unlocked.person.id for row in rows)
        if waiting >= MAX_WAITING:
            raise TooManyRequests(f"{waiting} runs are waiting. Try again later.", 60.0)

    async def _chosen(self, base: str, numbers: JobNumbers, seed: int) -> Chosen:
        found = find_base(self._parts.models_path, base)
        sha256 = await self._parts.hashes.sha256(found)
        return Chosen(found, sha256, await machine_now(found), numbers, seed)


def plan_asked(
    project: Project, asked: TuneRequest, chosen: Chosen, similar: ExampleVectors
) -> PlannedRun:
    """Return a run on a project: on examples, or on preferences. Raises what planning raises."""
    if asked.preferences is None:
        return plan_run(project, chosen, *similar)
    return plan_preferences(project, asked.preferences, chosen, *similar)


async def write_folder(parts: RunParts, log: RunLog, planned: PlannedRun) -> None:
    """Write the folder of a new run, all of it or nothing. Raises `StoreFull`."""
    try:
        await anyio.to_thread.run_sync(write_run, parts.folder_of(log), planned)
    except OSError as error:
        await anyio.to_thread.run_sync(remove_folder, parts.root, log.id)
        raise StoreFull("The run can't be written: the disk may be full.") from error


async def machine_now(base: TuningBase) -> Machine:
    """Return what this machine has for training now. Raises `Conflict` if a base can't fit."""
    free = free_memory_bytes()
    if base.memory_bytes > free:
        raise Conflict(
            f"Training {base.name} takes {base.memory_bytes / 1e9:.1f} GB of memory or more, and "
            f"{free / 1e9:.1f} GB are free."
        )
    measure: Callable[[int], float] = measure_free_cores
    return Machine(free, await anyio.to_thread.run_sync(measure, available_cores()))


def _planned_event(planned: PlannedRun) -> RunPlanned:
    return RunPlanned(
        at=time.time(),
        spec=planned.spec,
        estimated_seconds=planned.seconds,
        estimated_memory_bytes=planned.memory_bytes,
        warnings=planned.warnings,
    )


async def _fail(log: RunLog, outcome: RunMoved) -> None:
    await log.decide(lambda state: [] if state.is_over else [outcome])
