"""OpenAI's API for evals. Every eval is looked up through the caller."""

from typing import Literal

from fastapi import APIRouter

from tau.server.auth import AppStateDep, CredentialDep
from tau.server.openai.eval_presenters import eval_out
from tau.server.openai.eval_schemas import (
    CreateEvalRequest,
    DeletedEval,
    OpenAIEval,
    OpenAIEvalList,
    UpdateEvalRequest,
)
from tau.server.openai.lists import ListOrder, PageLimit, list_page, ordered
from tau.server.openai.schemas import OpenAIError
from tau.server.responses import error_responses
from tau.server.routes.parameters import Cursor, PathId
from tau.studio.evals.eval_spec import EvalSpec

router = APIRouter(tags=["openai"], responses=error_responses(OpenAIError))


@router.post("/v1/evals", operation_id="createEval", status_code=201)
async def create_eval(
    given: CreateEvalRequest, opened: CredentialDep, app_state: AppStateDep
) -> OpenAIEval:
    """Create an eval: the schema of its items, and the criteria that answers are tested by."""
    spec = EvalSpec(
        data_source_config=given.data_source_config,
        testing_criteria=given.testing_criteria,
        name=given.name or "",
        metadata=given.metadata or {},
    )
    return eval_out(await app_state.studio.evals.create(opened.unlocked, spec))


@router.get("/v1/evals", operation_id="listEvals")
async def list_evals(
    opened: CredentialDep,
    app_state: AppStateDep,
    order: ListOrder = "asc",
    order_by: Literal["created_at", "updated_at"] = "created_at",
    limit: PageLimit = 20,
    after: Cursor = None,
) -> OpenAIEvalList:
    """List your evals, oldest first unless `order` is `desc`."""
    evals = await app_state.studio.evals.all(opened.unlocked)
    if order_by == "updated_at":
        evals.sort(key=lambda each: each.updated_at)
    page = list_page(ordered(evals, order), lambda each: each.id, after, limit)
    return OpenAIEvalList(data=[eval_out(each) for each in page.items], **page.frame)


@router.get("/v1/evals/{eval_id}", operation_id="getEval")
async def get_eval(eval_id: PathId, opened: CredentialDep, app_state: AppStateDep) -> OpenAIEval:
    """Return an eval."""
    return eval_out(await app_state.studio.evals.find(opened.unlocked, eval_id))


@router.post("/v1/evals/{eval_id}", operation_id="updateEval")
async def update_eval(
    eval_id: PathId, given: UpdateEvalRequest, opened: CredentialDep, app_state: AppStateDep
) -> OpenAIEval:
    """Change the name or the metadata of an eval."""
    changed = await app_state.studio.evals.change(
        opened.unlocked, eval_id, given.name, given.metadata
    )
    return eval_out(changed)


@router.delete("/v1/evals/{eval_id}", operation_id="deleteEval")
async def delete_eval(
    eval_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> DeletedEval:
    """Erase an eval and its runs for good."""
    await app_state.studio.evals.remove(opened.unlocked, eval_id)
    return DeletedEval(object="eval.deleted", deleted=True, eval_id=eval_id)
