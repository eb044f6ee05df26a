"""Runs that are trained elsewhere: planned and rendered here, and collected when they come back.

Such a run is paused from the start, with its folder in Tau's home as every run has one. So it can
also go on here, and what it learned from can be withdrawn.
"""

import time
from importlib import resources
from typing import BinaryIO, NamedTuple

import anyio.to_thread
import msgspec

from tau.errors import Conflict
from tau.people import Unlocked
from tau.studio.places.launcher import BUNDLE
from tau.studio.places.place import Place, PlaceKind
from tau.studio.places.rendering import RenderedRun, render_run
from tau.studio.places.run_archive import MARK, PlacedMark, pack_run, receive_collected
from tau.studio.project import Project
from tau.studio.tuning.bases import find_base
from tau.studio.tuning.bundle import worker_bundle
from tau.studio.tuning.checkpoint_grading import grade_checkpoint
from tau.studio.tuning.log_events import RunCreated, RunLogEvent, RunMoved, RunPlanned, RunReported
from tau.studio.tuning.planning import Chosen, PlannedRun, clean_suffix, suffix_of
from tau.studio.tuning.run_creation import (
    ExampleVectors,
    TuneRequest,
    plan_asked,
    write_folder,
)
from tau.studio.tuning.run_end import end_run, finish_run
from tau.studio.tuning.run_folder import TRAIN, VALID
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.run_outcome import refused_outcome
from tau.studio.tuning.run_state import RunState
from tau.studio.tuning.runs import Runs
from tau.studio.tuning.suggestions import Machine
from tau.studio.tuning.worker_process import EventReader

ELSEWHERE = "elsewhere"
"""The code of the pause of a run that is trained elsewhere."""
_UNKNOWN_MEMORY_BYTES = 64_000_000_000
_PINNED = ("worker-requirements.txt", "worker-torch.txt")


class Placing(NamedTuple):
    """Where a run is to be trained, and whether its data will be sealed there."""

    place: Place
    kind: PlaceKind
    sealed: bool


class PlacedRuns:
    """Runs that are trained elsewhere."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    async def render(
        self,
        unlocked: Unlocked,
        project: Project,
        asked: TuneRequest,
        placing: Placing,
        similar: ExampleVectors,
    ) -> bytes:
        """Create a run on a project, and return an archive of the folder that trains it elsewhere.

        Raises `BadInput`, `InvalidField`, `Conflict` before the test is frozen, and `StoreFull`.
        """
        planned = await self._plan(project, asked, placing.place, similar)
        rendered = render_run(planned.spec, placing.place, placing.kind, sealed=placing.sealed)
        planned = planned._replace(spec=rendered.spec)
        async with self._runs.parts.folders_lock(shared=True):
            log = await self._runs.parts.create_log(unlocked)
            await write_folder(self._runs.parts, log, planned)
            await log.append(*_created(project, asked, planned, rendered, placing.kind))
        mark = PlacedMark(run=log.id, kind=placing.kind, sealed=placing.sealed)
        return await anyio.to_thread.run_sync(_packed, rendered, planned, mark)

    async def collect(self, unlocked: Unlocked, run: str, archive: BinaryIO) -> RunLog:
        """Take in what came back of a run; if it's over there, it's over here.

        Raises `NotFound`, `BadInput`, `StoreFull`, and `Conflict` for another run's folder, an
        older one, or a run that isn't paused.
        """
        log = await self._runs.open(unlocked, run)
        _require_paused(log.state)
        folder = self._runs.folder_of(log)
        await anyio.to_thread.run_sync(receive_collected, archive, folder)
        reader = EventReader(folder.path, log.state.progress.read_bytes)
        events, read_bytes = await anyio.to_thread.run_sync(reader.read)
        reported = RunReported(at=time.time(), events=tuple(events), read_bytes=read_bytes)

        def decide(state: RunState) -> list[RunLogEvent]:
            _require_paused(state)
            return [reported] if events else []

        await log.decide(decide)
        await self._grade(log)
        if (outcome := _outcome(log.state)) is not None:
            await end_run(log, folder, outcome)
            await finish_run(self._runs.parts, log)
        return log

    async def _plan(
        self, project: Project, asked: TuneRequest, place: Place, similar: ExampleVectors
    ) -> PlannedRun:
        parts, nodes = self._runs.parts, place.nodes
        base = find_base(parts.models_path, asked.base)
        machine = Machine(
            int(nodes.memory_gb * 1e9) or _UNKNOWN_MEMORY_BYTES, nodes.cpus / nodes.processes
        )
        sha256 = await parts.hashes.sha256(base)
        chosen = Chosen(base, sha256, machine, asked.numbers, asked.seed)
        planned = await anyio.to_thread.run_sync(plan_asked, project, asked, chosen, similar)
        if not nodes.cpus:  # as many as are free there
            planned = planned._replace(spec=msgspec.structs.replace(planned.spec, threads=0))
        return planned

    async def _grade(self, log: RunLog) -> None:
        parts, folder = self._runs.parts, self._runs.folder_of(log)
        for step, saved in sorted(log.state.progress.checkpoints.items()):
            if saved.answers and step not in log.state.grades:
                graded = await grade_checkpoint(parts.models, folder, saved)
                if graded is not None:
                    await log.append(graded)


def _outcome(state: RunState) -> RunMoved | None:
    """Return how a run ended by what it reported; `None` if it isn't over there."""
    if state.progress.failed is not None:
        return refused_outcome(state.progress.failed)
    if state.progress.finished is not None:
        return RunMoved(at=time.time(), status="succeeded")
    return None


def _require_paused(state: RunState) -> None:
    if state.status != "paused":
        raise Conflict(f"The run is {state.status} here, so nothing can be collected for it.")


def _created(
    project: Project,
    asked: TuneRequest,
    planned: PlannedRun,
    rendered: RenderedRun,
    kind: PlaceKind,
) -> list[RunLogEvent]:
    """Return the first entries of a run's log."""
    at = time.time()
    return [
        RunCreated(
            at=at,
            project=project.id,
            suffix=clean_suffix(asked.suffix) or suffix_of(project.name),
            base=planned.spec.base.name,
            examples=planned.examples,
            validation=planned.validation,
            instructions=planned.instructions,
        ),
        RunPlanned(at=at, spec=planned.spec, warnings=planned.warnings),
        RunMoved(
            at=at,
            status="paused",
            code=ELSEWHERE,
            message=f"It was rendered for {kind} as {rendered.name}.",
        ),
    ]


def _packed(rendered: RenderedRun, planned: PlannedRun, mark: PlacedMark) -> bytes:
    package = resources.files("tau.studio")
    files = {name: text.encode() for name, text in rendered.files.items()}
    files |= {name: package.joinpath(name).read_bytes() for name in _PINNED}
    files |= {TRAIN: planned.files.train, BUNDLE: worker_bundle()}
    if planned.files.valid:
        files[VALID] = planned.files.valid
    return pack_run({**files, MARK: msgspec.json.encode(mark) + b"\n"})
