"""Runs of training: started from a project, watched, paused, resumed, cancelled and erased."""

from collections.abc import AsyncIterator, Sequence

from fastapi import APIRouter, Response

from tau.people import Unlocked
from tau.server import sse
from tau.server.auth import AppStateDep, CredentialDep
from tau.server.requests.runs import PlanRunRequest, TuneModelRequest
from tau.server.responses import ERROR_RESPONSES, Responses
from tau.server.routes.parameters import LastSeen, PathId
from tau.server.run_presenters import plan_out, run_out, run_update
from tau.server.schemas.runs import RunList, RunOut, RunPlanOut
from tau.server.state import AppState
from tau.studio.tuning.log_events import RunRequest
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.run_measuring import measure_run

router = APIRouter(tags=["studio"], responses=ERROR_RESPONSES)

_SCHEMA = {"schema": {"$ref": "#/components/schemas/RunUpdate"}}
_UPDATES: Responses = {
    200: {
        "description": "Server-sent events; the `data` of each is one of these.",
        "content": {sse.MEDIA_TYPE: _SCHEMA},
    }
}


@router.post("/api/studio/projects/{project_id}/runs", operation_id="tuneModel", status_code=201)
async def tune_model(
    project_id: PathId, given: TuneModelRequest, opened: CredentialDep, app_state: AppStateDep
) -> RunOut:
    """Start to train a model on a project: on what isn't in its frozen test.

    The run waits for its turn: one is trained at a time.
    """
    log = await app_state.studio.tune(opened.unlocked, project_id, given.asked())
    return run_out(log.state)


@router.post("/api/studio/projects/{project_id}/runs/plan", operation_id="planRun")
async def plan_run(
    project_id: PathId, given: PlanRunRequest, opened: CredentialDep, app_state: AppStateDep
) -> RunPlanOut:
    """Say what a run would be, and what it would take, without starting it.

    With `measure`, the training program does its first two steps, and what they took is said, too.
    The answer is 409 while a run is trained.
    """
    planned = await app_state.studio.plan_run(opened.unlocked, project_id, given.asked())
    if not given.measure:
        return plan_out(planned)
    return plan_out(planned, await measure_run(app_state.studio.runs.parts, planned))


@router.get("/api/studio/projects/{project_id}/runs", operation_id="listProjectRuns")
async def list_project_runs(
    project_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> RunList:
    """List the runs that learn from a project, newest first."""
    await app_state.studio.projects.open(opened.unlocked, project_id)
    return _list(await app_state.studio.runs.all(opened.unlocked, project_id))


@router.get("/api/studio/runs", operation_id="listRuns")
async def list_runs(opened: CredentialDep, app_state: AppStateDep) -> RunList:
    """List all your runs, newest first, without the records of those that were imported."""
    logs = await app_state.studio.runs.all(opened.unlocked)
    return _list([log for log in logs if not log.state.is_record])


@router.get("/api/studio/runs/{run_id}", operation_id="getRun")
async def get_run(run_id: PathId, opened: CredentialDep, app_state: AppStateDep) -> RunOut:
    """Return a run with its steps."""
    log = await app_state.studio.runs.open(opened.unlocked, run_id)
    return run_out(log.state, steps=True)


@router.get(
    "/api/studio/runs/{run_id}/events",
    operation_id="watchRun",
    responses=_UPDATES,
    response_class=Response,
)
async def watch_run(
    run_id: PathId, opened: CredentialDep, app_state: AppStateDep, seen: LastSeen
) -> Response:
    """Watch a run until it's over, from the beginning or after the last update received."""
    await app_state.studio.runs.open(opened.unlocked, run_id)
    updates = _updates(app_state, opened.unlocked, run_id, seen)
    return sse.EventStreamResponse(updates, closing=app_state.closing)


@router.post("/api/studio/runs/{run_id}/pause", operation_id="pauseRun")
async def pause_run(run_id: PathId, opened: CredentialDep, app_state: AppStateDep) -> RunOut:
    """Write a checkpoint and pause. The answer is 409 for a run that neither waits nor runs."""
    return await _requested(app_state, opened.unlocked, run_id, "pause")


@router.post("/api/studio/runs/{run_id}/resume", operation_id="resumeRun")
async def resume_run(run_id: PathId, opened: CredentialDep, app_state: AppStateDep) -> RunOut:
    """Go on from the last checkpoint. The answer is 409 for a run that isn't paused."""
    return await _requested(app_state, opened.unlocked, run_id, "resume")


@router.post("/api/studio/runs/{run_id}/cancel", operation_id="cancelRun")
async def cancel_run(run_id: PathId, opened: CredentialDep, app_state: AppStateDep) -> RunOut:
    """Stop for good. The answer is 409 for a run that is over."""
    return await _requested(app_state, opened.unlocked, run_id, "cancel")


@router.delete("/api/studio/runs/{run_id}", operation_id="removeRun", status_code=204)
async def remove_run(run_id: PathId, opened: CredentialDep, app_state: AppStateDep) -> None:
    """Erase a run for good, with the models that it made."""
    await app_state.studio.runs.remove(opened.unlocked, run_id)


async def _requested(
    app_state: AppState, unlocked: Unlocked, run_id: str, request: RunRequest
) -> RunOut:
    log = await app_state.studio.runs.request(unlocked, run_id, request)
    return run_out(log.state)


async def _updates(
    app_state: AppState, unlocked: Unlocked, run_id: str, after: int
) -> AsyncIterator[bytes]:
    yield sse.HEARTBEAT  # sends headers and a first byte at once: the watcher is connected
    async for state, batch in app_state.studio.runs.events(unlocked, run_id, after):
        update = run_update(state, batch)
        yield sse.encode(update, number=update.id)


def _list(logs: Sequence[RunLog]) -> RunList:
    return RunList(runs=[run_out(log.state) for log in logs])
