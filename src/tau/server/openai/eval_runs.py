"""OpenAI's API for runs of evals, and their results."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request

from tau.errors import NotFound
from tau.people import Unlocked
from tau.server.auth import AppStateDep, CredentialDep
from tau.server.openai.eval_presenters import item_id, item_out, run_out, run_state
from tau.server.openai.eval_schemas import (
    CreateEvalRunRequest,
    DeletedEvalRun,
    OpenAIEvalRun,
    OpenAIEvalRunList,
    OpenAIOutputItem,
    OpenAIOutputItemList,
    RunStatus,
)
from tau.server.openai.lists import ListOrder, PageLimit, list_page, ordered
from tau.server.openai.schemas import OpenAIError
from tau.server.responses import error_responses
from tau.server.routes.parameters import Cursor, PathId
from tau.server.state import AppState
from tau.studio.evals.eval_state import EvalRun

router = APIRouter(tags=["openai"], responses=error_responses(OpenAIError))

_RUN = "/v1/evals/{eval_id}/runs/{run_id}"


@router.post("/v1/evals/{eval_id}/runs", operation_id="createEvalRun", status_code=201)
async def create_eval_run(
    eval_id: PathId,
    given: CreateEvalRunRequest,
    request: Request,
    opened: CredentialDep,
    app_state: AppStateDep,
) -> OpenAIEvalRun:
    """Start a run in the background: given answers are graded, or a model's."""
    await app_state.studio.served.allow(opened.unlocked)
    run = await app_state.studio.evals.start_run(
        opened.unlocked, eval_id, given.data_source, given.name or "", given.metadata
    )
    return await _shown(request, app_state, opened.unlocked, run)


@router.get("/v1/evals/{eval_id}/runs", operation_id="listEvalRuns")
async def list_eval_runs(
    eval_id: PathId,
    request: Request,
    opened: CredentialDep,
    app_state: AppStateDep,
    status: RunStatus | None = None,
    order: ListOrder = "asc",
    limit: PageLimit = 20,
    after: Cursor = None,
) -> OpenAIEvalRunList:
    """List the runs of an eval, oldest first unless `order` is `desc`."""
    evals = app_state.studio.evals
    found = await evals.find(opened.unlocked, eval_id)
    runs = [
        run
        for run in found.runs.values()
        if status is None or run_state(run, evals.jobs)[0] == status
    ]
    page = list_page(ordered(runs, order), lambda each: each.id, after, limit)
    shown = [await _shown(request, app_state, opened.unlocked, each) for each in page.items]
    return OpenAIEvalRunList(data=shown, **page.frame)


@router.get(_RUN, operation_id="getEvalRun")
async def get_eval_run(
    eval_id: PathId,
    run_id: PathId,
    request: Request,
    opened: CredentialDep,
    app_state: AppStateDep,
) -> OpenAIEvalRun:
    """Return a run with its figures until now."""
    run = await app_state.studio.evals.find_run(opened.unlocked, eval_id, run_id)
    return await _shown(request, app_state, opened.unlocked, run)


@router.post(f"{_RUN}/cancel", operation_id="cancelEvalRun")
async def cancel_eval_run(
    eval_id: PathId,
    run_id: PathId,
    request: Request,
    opened: CredentialDep,
    app_state: AppStateDep,
) -> OpenAIEvalRun:
    """Stop a run; the results that it has stay."""
    run = await app_state.studio.evals.cancel_run(opened.unlocked, eval_id, run_id)
    return await _shown(request, app_state, opened.unlocked, run)


@router.post(_RUN, operation_id="cancelEvalRunAtItsAddress")
async def cancel_eval_run_at_its_address(
    eval_id: PathId,
    run_id: PathId,
    request: Request,
    opened: CredentialDep,
    app_state: AppStateDep,
) -> OpenAIEvalRun:
    """Stop a run: the address that OpenAI's description names; clients use the other."""
    return await cancel_eval_run(eval_id, run_id, request, opened, app_state)


@router.delete(_RUN, operation_id="deleteEvalRun")
async def delete_eval_run(
    eval_id: PathId, run_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> DeletedEvalRun:
    """Erase a run for good."""
    await app_state.studio.evals.remove_run(opened.unlocked, eval_id, run_id)
    return DeletedEvalRun(object="eval.run.deleted", deleted=True, run_id=run_id)


@router.get(f"{_RUN}/output_items", operation_id="listEvalOutputItems")
async def list_output_items(
    eval_id: PathId,
    run_id: PathId,
    opened: CredentialDep,
    app_state: AppStateDep,
    status: Annotated[Literal["pass", "fail", "error"] | None, Query()] = None,
    order: ListOrder = "asc",
    limit: PageLimit = 20,
    after: Cursor = None,
) -> OpenAIOutputItemList:
    """List the results of a run in the order of the items."""
    evals = app_state.studio.evals
    run = await evals.find_run(opened.unlocked, eval_id, run_id)
    items = [
        each
        for each in await evals.items(opened.unlocked, run)
        if status is None or each.status == status
    ]
    page = list_page(ordered(items, order), lambda each: item_id(run, each), after, limit)
    return OpenAIOutputItemList(data=[item_out(run, each) for each in page.items], **page.frame)


@router.get(f"{_RUN}/output_items/{{output_item_id}}", operation_id="getEvalOutputItem")
async def get_output_item(
    eval_id: PathId,
    run_id: PathId,
    output_item_id: PathId,
    opened: CredentialDep,
    app_state: AppStateDep,
) -> OpenAIOutputItem:
    """Return one result."""
    evals = app_state.studio.evals
    run = await evals.find_run(opened.unlocked, eval_id, run_id)
    for each in await evals.items(opened.unlocked, run):
        if item_id(run, each) == output_item_id:
            return item_out(run, each)
    raise NotFound("There is no such result.")


async def _shown(
    request: Request, app_state: AppState, unlocked: Unlocked, run: EvalRun
) -> OpenAIEvalRun:
    evals = app_state.studio.evals
    address = app_state.public_url or str(request.base_url).rstrip("/")
    return run_out(run, evals.jobs, await evals.data_source(unlocked, run), f"{address}/v1")
