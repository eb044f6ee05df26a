"""Conversations that a person lends to a project, and takes back."""

from fastapi import APIRouter

from tau.server.auth import AppStateDep, CurrentPersonDep
from tau.server.requests.lending import LendRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.parameters import PathId
from tau.server.schemas.lending import (
    LendingWithdrawnOut,
    LentExampleOut,
    LentOut,
    LentRecordList,
    LentRecordOut,
)
from tau.server.schemas.studio import ExampleMessageOut

router = APIRouter(tags=["studio"], responses=ERROR_RESPONSES)


@router.get("/api/studio/lent", operation_id="listLent")
async def list_lent(current: CurrentPersonDep, app_state: AppStateDep) -> LentRecordList:
    """List what you lent to your projects, and what you took back."""
    records = await app_state.lending.all(current.unlocked)
    return LentRecordList(
        lent=[
            LentRecordOut(
                each.conversation, each.project, each.at, each.masked, each.withdrawn_at or None
            )
            for each in records
        ]
    )


@router.post("/api/studio/projects/{project_id}/lent", operation_id="lendConversations")
async def lend_conversations(
    project_id: PathId, given: LendRequest, current: CurrentPersonDep, app_state: AppStateDep
) -> LentOut:
    """Lend conversations of your own to a project, which then learns from Tau's replies in them.

    Personal data is masked unless you refuse that. Your journal keeps what you lent and when.
    """
    unlocked, how = current.unlocked, given.options()
    await app_state.studio.projects.open(unlocked, project_id)
    shown = await app_state.lending.preview(unlocked, given.conversations, how)
    added = 0
    if not given.dry_run:
        added = await app_state.lending.lend_shown(unlocked, project_id, shown, how)
    examples = [
        LentExampleOut(
            each.conversation,
            [ExampleMessageOut(one.role, one.content, one.weight) for one in example.messages],
        )
        for each in shown
        for example in each.examples
    ]
    return LentOut(examples=examples, added=added)


@router.delete(
    "/api/studio/projects/{project_id}/lent/{conversation_id}", operation_id="withdrawLent"
)
async def withdraw_lent(
    project_id: PathId,
    conversation_id: PathId,
    current: CurrentPersonDep,
    app_state: AppStateDep,
) -> LendingWithdrawnOut:
    """Take back a conversation: its examples are erased, and what learned from them is marked."""
    withdrawn = await app_state.lending.take_back(current.unlocked, project_id, conversation_id)
    return LendingWithdrawnOut(withdrawn=withdrawn)
