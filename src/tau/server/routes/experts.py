"""Specialists: what each may read and learn, and skills of one's own."""

import msgspec
from fastapi import APIRouter

from tau.server.auth import AccountCredentialDep, AppStateDep, CurrentPersonDep, OwnerActDep
from tau.server.expert_presenters import expert_out
from tau.server.requests.experts import AddSkillRequest, ChangeScopeRequest, JudgeSkillRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.parameters import PathId
from tau.server.schemas.experts import ExpertList, ExpertOut

router = APIRouter(prefix="/api/experts", tags=["experts"], responses=ERROR_RESPONSES)


@router.get("", operation_id="listExperts")
async def list_experts(current: CurrentPersonDep, app_state: AppStateDep) -> ExpertList:
    """List the specialists with what each may read, and plain talk."""
    memory = current.life.memory
    return ExpertList([expert_out(memory, each) for each in await app_state.experts.all(memory)])


@router.post("", operation_id="addSkill", status_code=201)
async def add_skill(
    asked: AddSkillRequest, current: CurrentPersonDep, _: OwnerActDep, app_state: AppStateDep
) -> ExpertOut:
    """Keep a skill as a specialist of one's own; it's used by nobody who hasn't approved it."""
    memory = current.life.memory
    files = {path: text.encode() for path, text in asked.files.items()}
    return expert_out(memory, await app_state.experts.add(memory, asked.name, files))


@router.get("/{expert}", operation_id="getExpert")
async def get_expert(
    expert: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> ExpertOut:
    """Return one specialist."""
    memory = current.life.memory
    return expert_out(memory, await app_state.experts.find(memory, expert))


@router.put("/{expert}/scope", operation_id="changeScope")
async def change_scope(
    expert: PathId, asked: ChangeScopeRequest, current: CurrentPersonDep, app_state: AppStateDep
) -> ExpertOut:
    """Change what a specialist may read and learn, or switch it on or off."""
    memory = current.life.memory
    scope = (await app_state.experts.find(memory, expert)).scope
    changes = asked.model_dump(exclude_unset=True)
    for name in ("topics", "experts"):
        if changes.get(name) is not None:
            changes[name] = tuple(changes[name])
    kept = {name: each for name, each in changes.items() if each is not None or name == "topics"}
    wanted = msgspec.structs.replace(scope, **kept)
    changed = await app_state.experts.change_scope(current.life, expert, wanted)
    return expert_out(memory, changed)


@router.put("/{expert}/approval", operation_id="judgeSkill")
async def judge_skill(
    expert: PathId,
    asked: JudgeSkillRequest,
    current: CurrentPersonDep,
    _: AccountCredentialDep,
    app_state: AppStateDep,
) -> ExpertOut:
    """Approve a skill of one's own as it was shown, or take the approval back."""
    judged = await app_state.experts.judge(
        current.life, expert, asked.digest, approved=asked.approved
    )
    return expert_out(current.life.memory, judged)


@router.delete("/{expert}", operation_id="removeSkill", status_code=204)
async def remove_skill(expert: PathId, _: OwnerActDep, app_state: AppStateDep) -> None:
    """Delete a skill of one's own from this Tau."""
    await app_state.experts.remove(expert)
