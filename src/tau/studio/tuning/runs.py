"""The runs of everybody: listed, watched, paused, resumed, cancelled and removed.

A run belongs to one person and has a log of its own, which also holds the models that it made.
"""

import bisect
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from functools import partial
from pathlib import Path

import anyio.to_thread

from tau.errors import Conflict, NotFound, TauError
from tau.journal.store import Store
from tau.life.life import LifeListener
from tau.people import Unlocked
from tau.studio.tuning.log_events import (
    ModelDeleted,
    RunCreated,
    RunLogEvent,
    RunMoved,
    RunRequest,
    RunRequested,
    RunWithdrawn,
)
from tau.studio.tuning.run_creation import RunCreation
from tau.studio.tuning.run_files import delete_data, remove_folder, remove_folders
from tau.studio.tuning.run_folder import STOP, RunFolder
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.run_measuring import remove_leftovers
from tau.studio.tuning.run_outcome import asked_outcome, withdrawn_outcome
from tau.studio.tuning.run_parts import RunParts
from tau.studio.tuning.run_queue import RunQueue
from tau.studio.tuning.run_restorer import RunRestorer
from tau.studio.tuning.run_state import RunState

logger = logging.getLogger(__name__)

NO_RUN = "There is no such run."
_SETTLE_SECONDS = 20.0  # a checkpoint is written before a run pauses
_LOOK_SECONDS = 2.0
_ALLOWED: dict[RunRequest, frozenset[str]] = {
    "pause": frozenset({"queued", "running"}),
    "resume": frozenset({"paused"}),
    "cancel": frozenset({"validating_files", "queued", "running", "paused"}),
}
_VERBS: dict[RunRequest, str] = {"pause": "paused", "resume": "resumed", "cancel": "cancelled"}
NumberedEvent = tuple[int, RunLogEvent]
BeforeDeleting = Callable[[Unlocked, Collection[str]], Awaitable[None]]
"""Takes the person and the names of the models."""


class Runs(LifeListener):
    """The runs of one database, and the queue that works on them. Close it before the database."""

    def __init__(self, parts: RunParts, queue: RunQueue, store: Store) -> None:
        self.creation = RunCreation(parts, queue)
        self.parts = parts
        self.before_deleting: list[BeforeDeleting] = []
        """Other parts that use models: each lets go of those that are about to be deleted."""
        self._queue = queue
        self._restorer = RunRestorer(parts, queue, self.creation)
        self._store = store

    def start(self) -> None:
        """Begin to work on runs: also on those that were cut off when Tau ended."""
        self._queue.start()

    def wake(self) -> None:
        """Look for runs now, not in a moment."""
        self._queue.wake()

    async def close(self) -> None:
        """Let what is trained write a checkpoint; it goes on at the next start."""
        await self.creation.close()
        await self._queue.close()
        self.parts.logs.drop()
        await self._store.close()

    async def all(self, unlocked: Unlocked, project: str | None = None) -> list[RunLog]:
        """Return the runs of a person, newest first; with `project`, those that learn from it."""
        found = []
        for run in reversed(await self.parts.logs.ids(unlocked)):
            try:
                log = await self.open(unlocked, run)
            except NotFound:  # removed meanwhile, or never written down
                continue
            if project is None or _created(log.state).project == project:
                found.append(log)
        return found

    async def open(self, unlocked: Unlocked, run: str) -> RunLog:
        """Return a run of this person, up to date. Raises `NotFound` for anybody else's."""
        log = await self.parts.logs.open(unlocked, run)
        if log.state.created is None:
            raise NotFound(NO_RUN)
        if not log.state.is_over:
            await self._restorer.restore(unlocked, log)
        return log

    def folder_of(self, log: RunLog) -> RunFolder:
        """Return the folder of a run."""
        return self.parts.folder_of(log)

    async def request(self, unlocked: Unlocked, run: str, request: RunRequest) -> RunLog:
        """Pause, resume or cancel a run, and wait until that's done where it runs.

        Raises `NotFound`, `Conflict` where it makes no sense, and `BadInput` if there's no training
        program any longer to resume with.
        """
        log = await self.open(unlocked, run)
        if request == "resume":
            self.parts.find_program()
        await self.creation.stop_validating(run)

        await log.decide(lambda state: _asked(state, request))
        if request == "resume":
            (self.folder_of(log).path / STOP).unlink(missing_ok=True)
            await self.parts.table.add(run, unlocked.person.id, log.keys)
            self._queue.wake_soon()
        else:
            await self._settle(log)
        return log

    async def events(
        self, unlocked: Unlocked, run: str, after: int = 0
    ) -> AsyncIterator[tuple[RunState, Sequence[NumberedEvent]]]:
        """Yield a run and the next entries of its log after number `after`, until it's over.

        Raises `NotFound` if it's removed.
        """
        self._queue.wake()
        while True:
            log = await self.open(unlocked, run)
            entries, is_over = log.state.entries, log.state.is_over
            start = bisect.bisect_right(entries, after, key=lambda entry: entry[0])
            if batch := entries[start:]:
                after = batch[-1][0]
                yield log.state, batch
            elif is_over:
                return
            else:
                await log.wait_for_change(_LOOK_SECONDS)

    async def remove(self, unlocked: Unlocked, run: str) -> None:
        """Erase a run and its models for good. Raises `NotFound`."""
        await self.parts.logs.open(unlocked, run)
        await self._remove(unlocked, [run])

    async def project_removed(self, unlocked: Unlocked, project: str) -> None:
        """Erase the runs that learned from a project, with their models."""
        await self._remove(unlocked, [log.id for log in await self.all(unlocked, project)])

    async def examples_withdrawn(
        self, unlocked: Unlocked, project: str, examples: Collection[str]
    ) -> None:
        """Mark the runs that learned from examples. One that isn't over fails.

        What repeats the examples is deleted from the folders of all of them.
        """
        for log in await self.all(unlocked, project):
            created = _created(log.state)
            concerned = set(examples) & {*created.examples, *created.validation}
            if not concerned:
                continue
            await log.decide(partial(_withdrawn, examples=tuple(sorted(concerned))))
            await self._settle(log)
            await anyio.to_thread.run_sync(_delete_repeated, self.folder_of(log))

    async def delete_model(self, unlocked: Unlocked, name: str) -> None:
        """Delete a model that a run made; its name answers no longer. Raises `NotFound`."""
        for log in await self.all(unlocked):
            if (model := log.state.models.get(name)) is not None:
                for let_go in self.before_deleting:
                    await let_go(unlocked, [name])
                await log.append(ModelDeleted(at=time.time(), name=name))
                if model.file:
                    (self.folder_of(log).path / model.file).unlink(missing_ok=True)
                return
        raise NotFound(f"There is no model named {name!r}.")

    async def removed(self, person: str) -> None:
        """Stop what runs for a person who is being removed."""
        await self._queue.abort(person=person)

    async def sweep(self) -> None:
        """Delete the folders that no log names: of runs that were removed, or never written down.

        A log without an entry, of a Tau that was killed while it created a run, names none. What
        a killed measurement left is deleted, too.
        """
        if not self.parts.root.is_dir():
            return
        try:
            async with self.parts.folders_lock(shared=False):
                # Read first: the log of a run is written before its folder, or under the lock.
                there = await anyio.to_thread.run_sync(_names, self.parts.root)
                unnamed = there - await self.parts.logs.written_ids()
                await anyio.to_thread.run_sync(remove_folders, self.parts.root, unnamed)
                await self.parts.logs.delete_empty(unnamed)
            await anyio.to_thread.run_sync(remove_leftovers, self.parts)
        except (TauError, OSError) as error:
            logger.warning("runs were not swept: %s", type(error).__name__)

    async def _remove(self, unlocked: Unlocked, runs: Collection[str]) -> None:
        if not runs:
            return
        for run in runs:
            await self.creation.stop_validating(run)
            await self._queue.abort(run=run)
            log = await self.parts.logs.open(unlocked, run)
            for let_go in self.before_deleting:
                await let_go(unlocked, list(log.state.models))
        await self.parts.logs.remove(unlocked, *runs)
        for run in runs:
            await anyio.to_thread.run_sync(remove_folder, self.parts.root, run)

    async def _settle(self, log: RunLog) -> None:
        """Wait until what was asked for has happened, where this or another process works on it.

        Where none does, it happens here.
        """
        deadline = time.monotonic() + _SETTLE_SECONDS
        while asked_outcome(log.state) is not None and not log.state.is_over:
            if log.state.status == "paused" or time.monotonic() > deadline:
                break
            await log.wait_for_change(_LOOK_SECONDS / 4)
            await log.refresh()
        if log.state.status in {"paused", "cancelled", "failed"}:
            await self._forget_waiting(log)

    async def _forget_waiting(self, log: RunLog) -> None:
        """Delete the row of a run that no longer waits, and its data if it's over."""
        if self._queue.is_working_on(log.id):
            return  # it does so itself
        await self.parts.table.remove(log.id)
        if log.state.is_over:
            await anyio.to_thread.run_sync(delete_data, self.folder_of(log))


def _created(state: RunState) -> RunCreated:
    if state.created is None:
        raise NotFound(NO_RUN)
    return state.created


def _asked(state: RunState, request: RunRequest) -> list[RunLogEvent]:
    """Return what to write for a request: also where the run moves, if nobody works on it.

    Raises `Conflict` where it makes no sense.
    """
    if state.status not in _ALLOWED[request] or (state.request == "cancel" and request == "pause"):
        raise Conflict(f"The run is {state.status}; it can't be {_VERBS[request]}.")
    at = time.time()
    asked = RunRequested(at=at, request=request)
    if request == "resume":
        return [asked, RunMoved(at=at, status="queued")]
    if state.status == "running":  # whoever works on it writes where it moves
        return [] if state.request == request else [asked]
    return [asked, RunMoved(at=at, status="paused" if request == "pause" else "cancelled")]


def _withdrawn(state: RunState, examples: tuple[str, ...]) -> list[RunLogEvent]:
    event = RunWithdrawn(at=time.time(), examples=examples)
    return [event] if state.is_over or state.status == "running" else [event, withdrawn_outcome()]


def _delete_repeated(folder: RunFolder) -> None:
    delete_data(folder, parity=True)


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
