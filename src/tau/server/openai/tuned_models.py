"""Tuned models in OpenAI's API: listed for their owner, and deleted."""

from fastapi import APIRouter

from tau.errors import UnknownModel
from tau.people import Unlocked
from tau.server.auth import AppStateDep, CredentialDep
from tau.server.openai.job_schemas import DeletedModel
from tau.server.openai.schemas import OpenAIError, OpenAIModel
from tau.server.responses import error_responses
from tau.server.routes.parameters import PathId
from tau.server.state import AppState

router = APIRouter(tags=["openai"], responses=error_responses(OpenAIError))

PREFIX = "ft:"
_NOT_YOURS = "Only your own tuned models, whose names begin with ft:, can be deleted."


async def tuned_models(app_state: AppState, unlocked: Unlocked) -> list[OpenAIModel]:
    """Return the models that a person's runs made, newest first."""
    return [
        OpenAIModel(id=name, object="model", created=int(made.at), owned_by=unlocked.person.name)
        for log in await app_state.studio.runs.all(unlocked)
        for name, made in log.state.models.items()
    ]


@router.delete("/v1/models/{name:path}", operation_id="deleteOpenAIModel")
async def delete_model(name: PathId, opened: CredentialDep, app_state: AppStateDep) -> DeletedModel:
    """Delete a tuned model of yours for good; its name is never used again."""
    if not name.startswith(PREFIX):
        raise UnknownModel(_NOT_YOURS)
    await app_state.studio.runs.delete_model(opened.unlocked, name)
    return DeletedModel(id=name, object="model", deleted=True)
