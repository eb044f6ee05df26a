"""OpenAI's API for sharing checkpoints with projects, which Tau doesn't have."""

from typing import Any

from fastapi import APIRouter

from tau.errors import InvalidField, NotFound
from tau.people import Unlocked
from tau.server.auth import AppStateDep, CredentialDep
from tau.server.openai.job_schemas import CheckpointPermissionList
from tau.server.openai.schemas import ExtensibleSchema, OpenAIError
from tau.server.responses import error_responses
from tau.server.routes.parameters import PathId
from tau.server.state import AppState

router = APIRouter(tags=["openai"], responses=error_responses(OpenAIError))

_PATH = "/v1/fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions"


class CheckpointPermissionRequest(ExtensibleSchema):
    """Names projects that may use a checkpoint."""

    project_ids: list[Any]


@router.get(_PATH, operation_id="listCheckpointPermissions")
async def list_permissions(
    fine_tuned_model_checkpoint: PathId, opened: CredentialDep, app_state: AppStateDep
) -> CheckpointPermissionList:
    """List who else may use one of your checkpoints: nobody, until it's released."""
    await _require_own(app_state, opened.unlocked, fine_tuned_model_checkpoint)
    return CheckpointPermissionList(
        object="list", data=[], first_id=None, last_id=None, has_more=False
    )


@router.post(_PATH, operation_id="createCheckpointPermissions")
async def create_permissions(
    fine_tuned_model_checkpoint: PathId,
    _given: CheckpointPermissionRequest,
    opened: CredentialDep,
    app_state: AppStateDep,
) -> CheckpointPermissionList:
    """Refuse: a model becomes everybody's by releasing it under an alias."""
    await _require_own(app_state, opened.unlocked, fine_tuned_model_checkpoint)
    sentence = "Tau has no projects to share with. Release the model under an alias instead."
    raise InvalidField(sentence, "project_ids")


@router.delete(f"{_PATH}/{{permission_id}}", operation_id="deleteCheckpointPermission")
async def delete_permission(
    fine_tuned_model_checkpoint: PathId,
    permission_id: PathId,  # noqa: ARG001 - there are none
    opened: CredentialDep,
    app_state: AppStateDep,
) -> CheckpointPermissionList:
    """Answer that there is no such permission."""
    await _require_own(app_state, opened.unlocked, fine_tuned_model_checkpoint)
    raise NotFound("There is no such permission.")


async def _require_own(app_state: AppState, unlocked: Unlocked, name: str) -> None:
    for log in await app_state.studio.runs.all(unlocked):
        if name in log.state.models:
            return
    raise NotFound("You have no checkpoint of this name.")
