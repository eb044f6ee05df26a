"""Artifacts: what was made with specialists, in versions. Those of `care` have routes of theirs."""

from typing import Annotated

from fastapi import APIRouter, Query

from tau.errors import BadInput, NotFound
from tau.experts.artifacts import ArtifactDraft, ArtifactWriter
from tau.facts.resolution import CARE
from tau.life.private import is_private
from tau.memory.artifacts import Artifact
from tau.memory.erasure_request import ErasureRequest
from tau.server.auth import AppStateDep, CurrentPerson, CurrentPersonDep
from tau.server.expert_presenters import artifact_out, artifact_summary_out, version_out
from tau.server.pagination import page_after
from tau.server.requests.artifacts import (
    ChangeArtifactRequest,
    CreateArtifactRequest,
    ReviseArtifactRequest,
    UndoArtifactRequest,
)
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.forgetting import erase
from tau.server.routes.parameters import Cursor, Limit, PathId
from tau.server.schemas.artifacts import ArtifactOut, ArtifactPage, VersionList
from tau.server.schemas.forgetting import ForgetOut

router = APIRouter(prefix="/api/artifacts", tags=["experts"], responses=ERROR_RESPONSES)
_QueryId = Annotated[str | None, Query(max_length=128)]


def _find(current: CurrentPerson, artifact: str) -> Artifact:
    """Return an artifact that isn't of `care`. Raises `NotFound`."""
    found = current.life.memory.artifacts.get(artifact)
    if found.expert == CARE:
        raise NotFound("There is no such artifact.")
    return found


def check_kept_conversation(current: CurrentPerson, conversation: str | None) -> None:
    """Raise `NotFound` for an unknown conversation, and `BadInput` for a private one."""
    if conversation is None:
        return
    current.conversation(conversation)
    if is_private(conversation):
        raise BadInput("Nothing of a private conversation is kept, so no artifact is either.")


@router.get("", operation_id="listArtifacts")
async def list_artifacts(
    current: CurrentPersonDep,
    expert: _QueryId = None,
    conversation: _QueryId = None,
    limit: Limit = 50,
    after: Cursor = None,
    archived: bool = False,
) -> ArtifactPage:
    """List artifacts, the one that was revised last first; `archived` lists the archived ones."""
    found = [
        each
        for each in current.life.memory.artifacts.all()
        if each.expert != CARE
        and each.archived == archived
        and expert in (None, each.expert)
        and conversation in (None, each.conversation)
    ]
    page, following = page_after(found, after, limit, lambda each: each.id)
    return ArtifactPage([artifact_summary_out(each) for each in page], following)


@router.post("", operation_id="createArtifact", status_code=201)
async def create_artifact(
    asked: CreateArtifactRequest, current: CurrentPersonDep, app_state: AppStateDep
) -> ArtifactOut:
    """Keep a new artifact."""
    check_kept_conversation(current, asked.conversation)
    if asked.expert == CARE:
        raise BadInput("What is written in reflective support is kept by its own requests.")
    if asked.expert is not None:
        await app_state.experts.find(current.life.memory, asked.expert)
    draft = ArtifactDraft(
        content=asked.content,
        type=asked.type,
        title=asked.title or "",
        expert=asked.expert,
        conversation=asked.conversation,
    )
    made = await ArtifactWriter(current.life).create(draft)
    return artifact_out(current.life.memory, made.id)


@router.get("/{artifact_id}", operation_id="getArtifact")
async def get_artifact(
    artifact_id: PathId, current: CurrentPersonDep, version: _QueryId = None
) -> ArtifactOut:
    """Return an artifact with a version: the newest unless one is named."""
    return artifact_out(current.life.memory, _find(current, artifact_id).id, version)


@router.patch("/{artifact_id}", operation_id="changeArtifact")
async def change_artifact(
    artifact_id: PathId, asked: ChangeArtifactRequest, current: CurrentPersonDep
) -> ArtifactOut:
    """Rename an artifact, archive it, or unarchive it."""
    artifact = _find(current, artifact_id).id
    await ArtifactWriter(current.life).change(artifact, title=asked.title, archived=asked.archived)
    return artifact_out(current.life.memory, artifact)


@router.get("/{artifact_id}/versions", operation_id="listVersions")
async def list_versions(artifact_id: PathId, current: CurrentPersonDep) -> VersionList:
    """List all versions of an artifact, oldest first."""
    versions = current.life.memory.artifacts.versions(_find(current, artifact_id).id)
    return VersionList([version_out(each) for each in versions])


@router.post("/{artifact_id}/versions", operation_id="reviseArtifact", status_code=201)
async def revise_artifact(
    artifact_id: PathId, asked: ReviseArtifactRequest, current: CurrentPersonDep
) -> ArtifactOut:
    """Keep a new version; refused if there is a newer one than it was made from."""
    artifact = _find(current, artifact_id).id
    draft = ArtifactDraft(content=asked.content, title=asked.title or "")
    await ArtifactWriter(current.life).revise(artifact, draft, after=asked.after)
    return artifact_out(current.life.memory, artifact)


@router.post("/{artifact_id}/undo", operation_id="undoArtifact", status_code=201)
async def undo_artifact(
    artifact_id: PathId, asked: UndoArtifactRequest, current: CurrentPersonDep
) -> ArtifactOut:
    """Go back to the version before, or to one that is named, by a new version."""
    artifact, writer = _find(current, artifact_id).id, ArtifactWriter(current.life)
    if asked.version is None:
        await writer.undo(artifact, after=asked.after)
    else:
        await writer.restore(artifact, asked.version, after=asked.after)
    return artifact_out(current.life.memory, artifact)


@router.delete("/{artifact_id}", operation_id="eraseArtifact")
async def delete_artifact(
    artifact_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> ForgetOut:
    """Erase an artifact with all its versions, for good."""
    request = ErasureRequest(artifacts=(_find(current, artifact_id).id,))
    return await erase(current, app_state, request)
