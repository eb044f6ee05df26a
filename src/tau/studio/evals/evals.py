"""The evals of everybody and their runs: created, listed, run, canceled and erased.

An eval belongs to one person. What lists show is in one log for each person; the items of a run are
in a log of their own, which is removed with it.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import anyio.to_thread
import msgspec

from tau.errors import BadInput, InvalidField, NotFound
from tau.ids import new_id
from tau.jobs.runner import JobRunner
from tau.journal.store import Store
from tau.models import Models
from tau.people import Unlocked
from tau.storage.database import Database
from tau.studio.evals.data_source import (
    DataSource,
    FileContentSource,
    FileIdSource,
    parse_data_source,
    without_items,
)
from tau.studio.evals.eval_events import (
    EvalChanged,
    EvalCreated,
    EvalRemoved,
    EvalRunCreated,
    EvalRunEnded,
    EvalRunRemoved,
    ItemsGraded,
    RunGiven,
)
from tau.studio.evals.eval_logs import EvalLog, EvalRunLog
from tau.studio.evals.eval_row import EvalRow, check_rows, read_rows
from tau.studio.evals.eval_spec import EvalSpec, criteria_of, item_schema_of, validate_eval
from tau.studio.evals.eval_state import Eval, EvalRun
from tau.studio.evals.output_item import OutputItem, RunFigures
from tau.studio.evals.run_jobs import EvalRunJobs, ended
from tau.studio.evals.running import EvalRunner, RunPlan
from tau.studio.files.files import StudioFiles
from tau.studio.sealed_logs import SealedLogs

_NO_EVAL = "There is no such eval."
_NO_RUN = "There is no such run."
_ENDPOINT_CONCURRENCY = 4
_RECORDED_AT_ONCE = 100
MAX_RUNS = 1_000
"""Of one eval."""


class Evals:
    """The evals in one database. Close it before the database."""

    def __init__(
        self,
        database: Database,
        files: StudioFiles,
        models: Models,
        runner: JobRunner,
        idle_seconds: float,
    ) -> None:
        self.jobs = EvalRunJobs(runner)
        self._files = files
        self._models = models
        self._store = Store(database)
        self._logs = SealedLogs(
            database,
            self._store,
            "evals",
            EvalLog.open,
            idle_seconds=idle_seconds,
            missing=_NO_EVAL,
        )
        self._run_logs = SealedLogs(
            database,
            self._store,
            "eval_run",
            EvalRunLog.open,
            idle_seconds=idle_seconds,
            missing=_NO_RUN,
        )
        self._changing = asyncio.Lock()

    async def create(self, unlocked: Unlocked, spec: EvalSpec) -> Eval:
        """Create an eval. Raises `InvalidField`."""
        event = EvalCreated(
            at=time.time(),
            id=f"eval_{new_id()}",
            name=spec.name,
            metadata=spec.metadata,
            data_source_config=spec.data_source_config,
            testing_criteria=validate_eval(spec),
        )
        log = await self._log(unlocked)
        await log.append(event)
        return log.state.evals[event.id]

    async def all(self, unlocked: Unlocked) -> list[Eval]:
        """Return the evals of a person, oldest first; one that was imported may be older."""
        evals = (await self._log(unlocked)).state.evals.values()
        return sorted(evals, key=lambda each: each.created_at)

    async def find(self, unlocked: Unlocked, eval_id: str) -> Eval:
        """Return an eval of this person. Raises `NotFound` for anybody else's."""
        return _eval(await self._log(unlocked), eval_id)

    async def change(
        self,
        unlocked: Unlocked,
        eval_id: str,
        name: str | None,
        metadata: dict[str, str] | None,
    ) -> Eval:
        """Rename an eval, or change its metadata. Raises `NotFound`."""
        log = await self._log(unlocked)
        found = _eval(log, eval_id)
        await log.append(EvalChanged(at=time.time(), id=eval_id, name=name, metadata=metadata))
        return found

    async def remove(self, unlocked: Unlocked, eval_id: str) -> None:
        """Erase an eval and its runs for good. Raises `NotFound`."""
        log = await self._log(unlocked)
        async with self._changing:
            found = _eval(log, eval_id)
            for run in found.runs.values():
                await self.jobs.stop(run)
            await self._run_logs.delete(unlocked, [run.created.log for run in found.runs.values()])
            await log.erase(found.all_seqs, EvalRemoved(at=time.time(), id=eval_id))

    async def start_run(
        self,
        unlocked: Unlocked,
        eval_id: str,
        data_source: dict[str, Any],
        name: str = "",
        metadata: dict[str, str] | None = None,
    ) -> EvalRun:
        """Start a run. Raises `NotFound`, `InvalidField`, `UnknownModel`, `TooManyRequests`."""
        log = await self._log(unlocked)
        found = _eval(log, eval_id)
        if len(found.runs) >= MAX_RUNS:
            raise BadInput(f"An eval has at most {MAX_RUNS:,} runs. Delete some first.")
        self.jobs.require_room(unlocked)
        plan = await self._plan(unlocked, found, data_source)
        async with self._changing:
            _eval(log, eval_id)  # it may have been removed meanwhile
            log_id, run_log = await self._run_logs.create(unlocked)
            if isinstance(plan.source.source, FileContentSource):
                content = tuple(msgspec.to_builtins(row) for row in plan.rows)
                await run_log.append(RunGiven(content=content))
            event = EvalRunCreated(
                at=time.time(),
                id=f"evalrun_{new_id()}",
                eval=eval_id,
                log=log_id,
                name=name,
                metadata=metadata or {},
                data_source=without_items(data_source),
                total=len(plan.rows),
            )
            await log.append(event)
            run = _run(log, eval_id, event.id)

            async def write(items: Sequence[OutputItem]) -> None:
                await run_log.append(ItemsGraded(items=tuple(items)))

            self.jobs.start(unlocked, log, run, EvalRunner(plan, self._models, write))
        return run

    async def record(self, unlocked: Unlocked, event: EvalCreated) -> bool:
        """Keep an eval that was made elsewhere; return whether it's new."""
        log = await self._log(unlocked)
        async with self._changing:
            if event.id in log.state.evals:
                return False
            await log.append(event)
        return True

    async def record_run(
        self,
        unlocked: Unlocked,
        created: EvalRunCreated,
        ended: EvalRunEnded,
        given: Sequence[dict[str, Any]],
        items: Sequence[OutputItem],
    ) -> None:
        """Keep a run that ended elsewhere, with its results. Raises `NotFound`."""
        log = await self._log(unlocked)
        async with self._changing:
            if created.id in _eval(log, created.eval).runs:
                return
            log_id, run_log = await self._run_logs.create(unlocked)
            if given:
                await run_log.append(RunGiven(content=tuple(given)))
            for start in range(0, len(items), _RECORDED_AT_ONCE):
                batch = tuple(items[start : start + _RECORDED_AT_ONCE])
                await run_log.append(ItemsGraded(items=batch))
            await log.append(msgspec.structs.replace(created, log=log_id), ended)

    async def find_run(self, unlocked: Unlocked, eval_id: str, run_id: str) -> EvalRun:
        """Return a run. Raises `NotFound`."""
        return _run(await self._log(unlocked), eval_id, run_id)

    async def cancel_run(self, unlocked: Unlocked, eval_id: str, run_id: str) -> EvalRun:
        """Stop a run; what it has written stays. Raises `NotFound`, `BadInput` if it's over."""
        log = await self._log(unlocked)
        run = _run(log, eval_id, run_id)
        if run.ended is not None:
            raise BadInput("The run is over.")
        figures = await self.jobs.stop(run) or RunFigures(total=run.created.total)
        await log.append(ended(run_id, "canceled", figures))
        return run

    async def remove_run(self, unlocked: Unlocked, eval_id: str, run_id: str) -> None:
        """Erase a run for good. Raises `NotFound`."""
        log = await self._log(unlocked)
        async with self._changing:
            run = _run(log, eval_id, run_id)
            await self.jobs.stop(run)
            await self._run_logs.delete(unlocked, [run.created.log])
            await log.erase(run.seqs, EvalRunRemoved(at=time.time(), id=run_id))

    async def items(self, unlocked: Unlocked, run: EvalRun) -> list[OutputItem]:
        """Return the results of a run, in the order of the items."""
        return list((await self._run_logs.open(unlocked, run.created.log)).items)

    async def data_source(self, unlocked: Unlocked, run: EvalRun) -> dict[str, Any]:
        """Return the data source of a run as it was given, with the items in it."""
        given = run.created.data_source
        if given["source"]["type"] != "file_content":
            return given
        log = await self._run_logs.open(unlocked, run.created.log)
        return {**given, "source": {**given["source"], "content": list(log.given)}}

    async def close(self) -> None:
        """Finish what is being written."""
        self._logs.drop()
        self._run_logs.drop()
        await self._store.close()

    async def _log(self, unlocked: Unlocked) -> EvalLog:
        """Return the log of a person's evals; the first time it's created."""
        ids = await self._logs.ids(unlocked)
        if not ids:
            async with self._changing:
                if not await self._logs.ids(unlocked):
                    await self._logs.create(unlocked)
                ids = await self._logs.ids(unlocked)
        log = await self._logs.open(unlocked, ids[0])
        await self.jobs.recover(unlocked, log)
        return log

    async def _plan(self, unlocked: Unlocked, found: Eval, data_source: dict[str, Any]) -> RunPlan:
        source = parse_data_source(data_source)
        concurrency = _ENDPOINT_CONCURRENCY
        if source.asks_model:
            self._models.aliases.names_for(source.model or "")
            info = self._models.aliases.info(source.model or "")
            concurrency = 1 if info.origin == "pack" else _ENDPOINT_CONCURRENCY
        return RunPlan(
            rows=await self._rows(unlocked, found, source),
            source=source,
            criteria=criteria_of(found.testing_criteria),
            embedder=self._models.aliases.default_embedder(),
            concurrency=concurrency,
        )

    async def _rows(self, unlocked: Unlocked, found: Eval, source: DataSource) -> list[EvalRow]:
        schema = item_schema_of(found.data_source_config)
        if isinstance(source.source, FileContentSource):
            rows, param = source.source.content, "data_source.source.content"
        else:
            param = "data_source.source.id"
            rows = await self._file_rows(unlocked, source.source, param)
        return await anyio.to_thread.run_sync(check_rows, rows, schema, param)

    async def _file_rows(
        self, unlocked: Unlocked, source: FileIdSource, param: str
    ) -> list[EvalRow]:
        try:
            record = await self._files.find(unlocked, source.id)
            return await anyio.to_thread.run_sync(read_rows, self._files.read(record), param)
        except NotFound as error:
            raise InvalidField(str(error), param) from None


def _eval(log: EvalLog, eval_id: str) -> Eval:
    found = log.state.evals.get(eval_id)
    if found is None:
        raise NotFound(_NO_EVAL)
    return found


def _run(log: EvalLog, eval_id: str, run_id: str) -> EvalRun:
    run = _eval(log, eval_id).runs.get(run_id)
    if run is None:
        raise NotFound(_NO_RUN)
    return run
