"""Models that a studio made: keeping, the gate, releases, shares, rollback, and cards."""

from typing import Annotated

from fastapi import APIRouter, Query

from tau.errors import NotFound
from tau.people import Unlocked
from tau.server.auth import AppStateDep, CredentialDep
from tau.server.release_presenters import card_out, gate_out, made_model_out, release_list
from tau.server.requests.releases import (
    ChangeShareRequest,
    GateRequest,
    KeepMethodRequest,
    ReadAnswersRequest,
    ReleaseRequest,
    RollbackRequest,
)
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.parameters import PathId
from tau.server.schemas.releases import (
    GateOut,
    MadeModelList,
    MadeModelOut,
    ModelCardOut,
    ReleaseList,
)
from tau.server.state import AppState
from tau.studio.releases.gate_facts import withdrawn_examples
from tau.studio.serving.keeping import keep_method

router = APIRouter(tags=["studio"], responses=ERROR_RESPONSES)

ModelName = Annotated[str, Query(max_length=128)]


@router.get("/api/studio/models", operation_id="listMadeModels")
async def list_made_models(opened: CredentialDep, app_state: AppStateDep) -> MadeModelList:
    """List the models that were made from your projects and files, oldest first."""
    served = app_state.studio.served
    models = await served.runs.all(opened.unlocked)
    aliases = {name: each.alias for name, each in served.released.items()}
    return MadeModelList(
        models=[
            made_model_out(each, aliases.get(each.name), len(each.run.withdrawn)) for each in models
        ]
    )


@router.get("/api/studio/projects/{project_id}/models", operation_id="listProjectModels")
async def list_project_models(
    project_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> MadeModelList:
    """List the models that were made from a project, oldest first."""
    studio = app_state.studio
    project = (await studio.projects.open(opened.unlocked, project_id)).project
    models = await studio.served.runs.of_project(opened.unlocked, project_id)
    aliases = {name: each.alias for name, each in studio.served.released.items()}
    return MadeModelList(
        models=[
            made_model_out(each, aliases.get(each.name), len(withdrawn_examples(project, each)))
            for each in models
        ]
    )


@router.post("/api/studio/projects/{project_id}/models", operation_id="keepMethod", status_code=201)
async def keep_the_method(
    project_id: PathId, given: KeepMethodRequest, opened: CredentialDep, app_state: AppStateDep
) -> MadeModelOut:
    """Make the classifier or the prompt of the last comparison a model, without training."""
    studio = app_state.studio
    project = (await studio.projects.open(opened.unlocked, project_id)).project
    model = await keep_method(
        opened.unlocked, project, studio.served.runs, app_state.models, given.method, given.suffix
    )
    return made_model_out(model, None, 0)


@router.get("/api/studio/projects/{project_id}/gate", operation_id="getGate")
async def get_gate(
    project_id: PathId, model: ModelName, opened: CredentialDep, app_state: AppStateDep
) -> GateOut:
    """Return whether a model may be released, condition by condition."""
    report = await app_state.studio.releases.gate(opened.unlocked, project_id, model)
    return gate_out(model, report)


@router.post("/api/studio/projects/{project_id}/gate", operation_id="tryGate")
async def try_gate(
    project_id: PathId, given: GateRequest, opened: CredentialDep, app_state: AppStateDep
) -> GateOut:
    """Try what the gate needs to know of a model and wasn't tried yet, and return what it says."""
    report = await app_state.studio.releases.try_model(opened.unlocked, project_id, given.model)
    return gate_out(given.model, report)


@router.get("/api/studio/releases", operation_id="listReleases")
async def list_releases(opened: CredentialDep, app_state: AppStateDep) -> ReleaseList:
    """List the releases of all your projects, newest first, and what their aliases mean now."""
    projects = await app_state.studio.projects.all(opened.unlocked)
    return await _releases(opened.unlocked, app_state, *(each.id for each in projects))


@router.get("/api/studio/projects/{project_id}/releases", operation_id="listProjectReleases")
async def list_project_releases(
    project_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> ReleaseList:
    """List the releases of a project, newest first, and what their aliases mean now."""
    return await _releases(opened.unlocked, app_state, project_id)


@router.post(
    "/api/studio/projects/{project_id}/releases", operation_id="releaseModel", status_code=201
)
async def release_model(
    project_id: PathId, given: ReleaseRequest, opened: CredentialDep, app_state: AppStateDep
) -> ReleaseList:
    """Let a model answer under an alias, for everybody on this Tau or for a share of the callers.

    What the gate refuses is a 409 with its sentences.
    """
    await app_state.studio.releases.release(
        opened.unlocked, project_id, given.model, given.alias, given.share
    )
    return await _releases(opened.unlocked, app_state, project_id)


@router.patch(
    "/api/studio/projects/{project_id}/releases/{alias}", operation_id="changeReleaseShare"
)
async def change_release_share(
    project_id: PathId,
    alias: PathId,
    given: ChangeShareRequest,
    opened: CredentialDep,
    app_state: AppStateDep,
) -> ReleaseList:
    """Give a released model another share of the callers, in percent; 0 for all of them."""
    await app_state.studio.releases.change_share(
        opened.unlocked, project_id, given.model, alias, given.share
    )
    return await _releases(opened.unlocked, app_state, project_id)


@router.post("/api/studio/rollbacks", operation_id="rollBackRelease")
async def roll_back_release(
    given: RollbackRequest, opened: CredentialDep, app_state: AppStateDep
) -> ReleaseList:
    """Take back the last release of an alias; what answered before answers again."""
    project = await app_state.studio.releases.roll_back(
        opened.unlocked, given.alias, given.model, given.reason
    )
    return await _releases(opened.unlocked, app_state, project)


@router.get("/api/studio/projects/{project_id}/card", operation_id="getModelCard")
async def get_model_card(
    project_id: PathId, model: ModelName, opened: CredentialDep, app_state: AppStateDep
) -> ModelCardOut:
    """Return the card of a model: its data, training, figures, gate, releases and limits."""
    return card_out(await app_state.studio.releases.card(opened.unlocked, project_id, model))


@router.post(
    "/api/studio/projects/{project_id}/readings", operation_id="readAnswers", status_code=204
)
async def read_answers(
    project_id: PathId, given: ReadAnswersRequest, opened: CredentialDep, app_state: AppStateDep
) -> None:
    """Note that you read what a model answered to examples of the test."""
    await app_state.studio.releases.reviews.read(
        opened.unlocked, project_id, given.model, given.examples, given.by
    )


async def _releases(unlocked: Unlocked, app_state: AppState, *projects: str) -> ReleaseList:
    studio = app_state.studio
    logs = []
    for each in projects:
        try:
            logs.append(await studio.releases.all(unlocked, each))
        except NotFound:  # removed meanwhile
            if len(projects) == 1:
                raise
    return release_list(logs, await studio.served.runs.all(unlocked))
