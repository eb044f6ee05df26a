"""Plans of dwellings: made from words or a brief, changed, and drawn.

They're artifacts: listed, renamed, undone and erased with the routes of artifacts.
"""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response

from tau.errors import BadInput
from tau.experts.plans import Plans
from tau.experts.sketch.brief import Brief
from tau.experts.sketch.downloads import PlanFormat, PlanPicture, PlanView
from tau.experts.sketch.edits import PlanEdit
from tau.server.auth import AppStateDep, CurrentPerson, CurrentPersonDep
from tau.server.requests.sketch import (
    ChoosePlanRequest,
    CreatePlanRequest,
    EditPlanRequest,
    PlanEditBody,
)
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.artifacts import check_kept_conversation
from tau.server.routes.parameters import PathId
from tau.server.schemas.sketch import SketchPlanOut
from tau.server.sketch_presenters import plan_out
from tau.server.state import AppState

router = APIRouter(prefix="/api/experts/sketch/plans", tags=["sketch"], responses=ERROR_RESPONSES)
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_MEDIA_TYPES = {
    "svg": "image/svg+xml",
    "dxf": "image/vnd.dxf",
    "pdf": "application/pdf",
    "json": "application/json",
}
_PICTURE_POLICY = "default-src 'none'; sandbox"
"""A drawing may load and run nothing, wherever it's opened."""
_QueryId = Annotated[str | None, Query(max_length=128)]


@router.post("", operation_id="createPlan", status_code=201)
async def create_plan(
    asked: CreatePlanRequest, current: CurrentPersonDep, app_state: AppStateDep
) -> SketchPlanOut:
    """Plan a dwelling and keep it; 400 says what to change if there's no such plan."""
    check_kept_conversation(current, asked.conversation)
    wanted = _brief(asked.brief) if asked.words is None else asked.words
    plans = _plans(current, app_state)
    kept = await plans.create(
        wanted,
        variants=asked.variants,
        title=asked.title or "",
        conversation=asked.conversation,
    )
    return plan_out(current.life.memory, plans, kept)


@router.get("/{plan_id}", operation_id="getPlan")
async def get_plan(
    plan_id: PathId, current: CurrentPersonDep, app_state: AppStateDep, version: _QueryId = None
) -> SketchPlanOut:
    """Return a plan with a version: the newest unless one is named."""
    plans = _plans(current, app_state)
    return plan_out(current.life.memory, plans, plans.get(plan_id, version))


@router.post("/{plan_id}/edits", operation_id="editPlan", status_code=201)
async def edit_plan(
    plan_id: PathId, asked: EditPlanRequest, current: CurrentPersonDep, app_state: AppStateDep
) -> SketchPlanOut:
    """Change a plan by words or an edit; 409 if it was changed elsewhere since `after`."""
    plans = _plans(current, app_state)
    change = _edit(asked.edit) if asked.edit is not None else asked.words or ""
    kept = await plans.edit(plan_id, change, after=asked.after)
    return plan_out(current.life.memory, plans, kept)


@router.post("/{plan_id}/choose", operation_id="choosePlan", status_code=201)
async def choose_plan(
    plan_id: PathId, asked: ChoosePlanRequest, current: CurrentPersonDep, app_state: AppStateDep
) -> SketchPlanOut:
    """Make a variant the newest version; an undo takes that back."""
    plans = _plans(current, app_state)
    kept = await plans.choose(plan_id, asked.version, after=asked.after)
    return plan_out(current.life.memory, plans, kept)


@router.get(
    "/{plan_id}/file",
    operation_id="getPlanFile",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": dict.fromkeys(_MEDIA_TYPES.values(), _BINARY),
        }
    },
)
async def get_plan_file(
    plan_id: PathId,
    current: CurrentPersonDep,
    app_state: AppStateDep,
    format: Annotated[PlanFormat, Query()] = "svg",  # noqa: A002 - its name in the address
    view: Annotated[PlanView, Query()] = "plan",
    storey: Annotated[int | None, Query(ge=0, le=1)] = None,
    version: _QueryId = None,
    tint: Annotated[str, Query(max_length=2_000)] = "",
) -> Response:
    """Return a plan as a file; an SVG tints the rooms that `tint` names, with commas between."""
    picture = PlanPicture(view=view, storey=storey, tint=tuple(filter(None, tint.split(","))))
    content = await _plans(current, app_state).file(plan_id, format, picture, version)
    headers = {"Content-Disposition": f'attachment; filename="plan.{format}"'}
    headers["Content-Security-Policy"] = _PICTURE_POLICY
    return Response(content, media_type=_MEDIA_TYPES[format], headers=headers)


def _plans(current: CurrentPerson, app_state: AppState) -> Plans:
    return Plans(current.life, app_state.expert_worker)


def _brief(given: object) -> Brief:
    try:
        return msgspec.convert(given, Brief)
    except (msgspec.ValidationError, RecursionError) as wrong:
        raise BadInput(f"This isn't a brief: {wrong}.") from wrong


def _edit(given: PlanEditBody) -> PlanEdit:
    try:
        edit: PlanEdit = msgspec.convert(given.model_dump(exclude_none=True), PlanEdit)
    except msgspec.ValidationError as wrong:
        raise BadInput(f"This isn't an edit of a plan: {wrong}.") from wrong
    return edit
