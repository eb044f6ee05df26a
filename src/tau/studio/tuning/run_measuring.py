"""Measuring what a run would take: the training program does its first steps, and nothing stays.

Its folder is sealed with a key that exists only while it's measured. Whoever holds the machine's
lock may use it, so one that a killed Tau left behind is deleted by whoever takes the lock next.
"""

import asyncio
import os

import anyio.to_thread

from tau.errors import BadInput, Conflict, StoreFull
from tau.studio.tuning.bases import find_base
from tau.studio.tuning.machine_lock import MachineLock, take_lock
from tau.studio.tuning.planning import PlannedRun
from tau.studio.tuning.run_events import RunEstimated, RunEvent, RunFailed
from tau.studio.tuning.run_files import remove_folder, write_run
from tau.studio.tuning.run_folder import RunFolder
from tau.studio.tuning.run_outcome import refused_outcome
from tau.studio.tuning.run_parts import RunParts
from tau.studio.tuning.worker_process import EventReader, TrainingProgram, WorkerProcess

MOST_SECONDS = 600.0
"""How long the first steps may take."""
_KEY_BYTES = 32


async def measure_run(parts: RunParts, planned: PlannedRun) -> RunEstimated:
    """Return what a run would take, from its first two steps on this machine now.

    Raises `Conflict` while a run is trained, `BadInput` without a training program, and if it
    refuses or ends otherwise, and `StoreFull`.
    """
    program = parts.find_program()
    lock = take_lock(parts.root.parent)
    if lock is None:
        raise Conflict("A run is being trained now. Measure when it's over, or pause it.")
    with lock:
        _remove(parts)
        try:
            return await _measure(parts, program, lock, planned)
        except OSError as error:
            raise StoreFull("The run can't be written: the disk may be full.") from error
        finally:
            _remove(parts)


def remove_leftovers(parts: RunParts) -> None:
    """Delete what a killed Tau left of a measurement; nothing while something is measured."""
    if parts.measured.exists() and (lock := take_lock(parts.root.parent)) is not None:
        with lock:
            _remove(parts)


def _remove(parts: RunParts) -> None:
    remove_folder(parts.measured.parent, parts.measured.name)


async def _measure(
    parts: RunParts,
    program: TrainingProgram,
    lock: MachineLock,
    planned: PlannedRun,
) -> RunEstimated:
    key = os.urandom(_KEY_BYTES)
    folder = RunFolder(parts.measured, key)
    writing = asyncio.create_task(asyncio.to_thread(write_run, folder, planned))
    try:
        await asyncio.shield(writing)
    finally:
        await asyncio.wait({writing})  # no thread can be stopped, and what it writes is removed
    base = find_base(parts.models_path, planned.spec.base.name)
    arguments = [str(folder.path), "--base", str(base.path), "--estimate"]
    process = await WorkerProcess.start(program, arguments, key, lock.descriptor)
    try:
        await asyncio.wait({process.ended}, timeout=MOST_SECONDS)
    finally:
        process.kill()
        await asyncio.wait({process.ended})
    events, _ = await anyio.to_thread.run_sync(EventReader(folder.path, 0).read)
    return _estimated(events)


def _estimated(events: list[RunEvent]) -> RunEstimated:
    for event in reversed(events):
        if isinstance(event, RunEstimated):
            return event
        if isinstance(event, RunFailed):
            raise BadInput(refused_outcome(event).message)
    raise BadInput("The training program ended before it had measured anything.")
