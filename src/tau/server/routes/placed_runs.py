"""Runs of the studio that are trained elsewhere: rendered for a place, and collected."""

from fastapi import APIRouter, Request, Response

from tau.server.auth import AppStateDep, CredentialDep
from tau.server.requests.placed_runs import RenderRunRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.imports import UPLOAD, read_body
from tau.server.routes.parameters import PathId
from tau.server.schemas.placed_runs import CollectedModelOut, CollectedRunOut
from tau.studio.places.place import decode_place
from tau.studio.places.placed_runs import Placing
from tau.studio.tuning.run_state import RunState
from tau.transfer.uploads import receive_upload

router = APIRouter(tags=["studio"], responses=ERROR_RESPONSES)
_ARCHIVE = {
    "description": "The folder, as a ZIP archive.",
    "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
}


@router.post(
    "/api/studio/projects/{project_id}/rendered-runs",
    operation_id="renderRun",
    responses={200: _ARCHIVE},
    response_class=Response,
)
async def render_run(
    project_id: PathId, asked: RenderRunRequest, opened: CredentialDep, app_state: AppStateDep
) -> Response:
    """Create a run that is trained elsewhere, and return its folder: document, data and scripts.

    The data isn't sealed. The run is paused here until it's collected.
    """
    placing = Placing(decode_place(asked.place.encode()), asked.kind, asked.sealed)
    content = await app_state.studio.render_run(opened.unlocked, project_id, asked.asked(), placing)
    return Response(content, media_type="application/zip")


@router.post("/api/studio/runs/{run_id}/collected", operation_id="collectRun", openapi_extra=UPLOAD)
async def collect_run(
    request: Request, run_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> CollectedRunOut:
    """Take in what came back of a run that was trained elsewhere, a ZIP archive of its files."""
    await app_state.studio.runs.open(opened.unlocked, run_id)  # before anything is sent
    file = await receive_upload(read_body(request), app_state.settings.home)
    with file:
        log = await app_state.studio.placed.collect(opened.unlocked, run_id, file)
    return _out(log.state)


def _out(state: RunState) -> CollectedRunOut:
    grades, progress = state.grades, state.progress
    return CollectedRunOut(
        id=state.id,
        status=state.status,
        step=max(progress.steps, default=0),
        steps=progress.started.steps if progress.started else 0,
        sentence=state.moved.message if state.moved and state.status == "failed" else "",
        models=[
            CollectedModelOut(
                name=each.name,
                step=each.step,
                score=grades[each.step].score if each.step in grades else None,
            )
            for each in state.models.values()
        ],
    )
