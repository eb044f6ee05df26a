"""Deleting tuned models over OpenAI's API."""

from fastapi import APIRouter

from tau.errors import UnknownModel
from tau.server.auth import AppStateDep, CredentialDep
from tau.server.openai.job_schemas import DeletedModel
from tau.server.openai.schemas import OpenAIError
from tau.server.openai.tuned_models import PREFIX
from tau.server.responses import error_responses
from tau.server.routes.parameters import PathId

router = APIRouter(tags=["openai"], responses=error_responses(OpenAIError))

_NOT_YOURS = "Only your own tuned models, whose names begin with ft:, can be deleted."


@router.delete("/v1/models/{name:path}", operation_id="deleteOpenAIModel")
async def delete_model(name: PathId, opened: CredentialDep, app_state: AppStateDep) -> DeletedModel:
    """Delete a tuned model of yours for good; its name is never used again."""
    if not name.startswith(PREFIX):
        raise UnknownModel(_NOT_YOURS)
    await app_state.studio.runs.delete_model(opened.unlocked, name)
    return DeletedModel(id=name, object="model", deleted=True)
