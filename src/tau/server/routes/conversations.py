"""Conversations: listing, beginning, renaming, archiving and erasing them."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from tau.errors import BadInput
from tau.facts.resolution import CARE
from tau.life.life import Life
from tau.life.private import is_private
from tau.server.auth import AppStateDep, CredentialDep, CurrentPersonDep
from tau.server.pagination import page_after
from tau.server.presenters import conversation_out
from tau.server.requests.conversations import CreateConversationRequest, UpdateConversationRequest
from tau.server.requests.forgetting import ForgetRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.forgetting import erase, erasure_request
from tau.server.routes.parameters import Cursor, Limit, PathId
from tau.server.schemas.conversations import ConversationOut, ConversationPage
from tau.server.state import AppState

router = APIRouter(tags=["conversations"], responses=ERROR_RESPONSES)


def _live_turns(app_state: AppState, life: Life) -> dict[str, str]:
    return {turn.conversation: turn.id for turn in app_state.companion.active_turns(life)}


@router.get("/api/conversations", operation_id="listConversations")
async def list_conversations(
    current: CurrentPersonDep,
    app_state: AppStateDep,
    limit: Limit = 50,
    after: Cursor = None,
    archived: bool = False,
    expert: Annotated[Literal["care"] | None, Query()] = None,
) -> ConversationPage:
    """List conversations, newest first; `archived` lists the archived ones instead.

    Private ones are never listed, and those with reflective support only with `expert=care`.
    """
    known = current.life.memory.conversations.all()
    kept = [
        one
        for one in known
        if one.archived == archived and (one.expert == CARE) == (expert == CARE)
    ]
    page, following = page_after(kept, after, limit, lambda one: one.id)
    live = _live_turns(app_state, current.life)
    return ConversationPage(
        conversations=[conversation_out(one, live.get(one.id)) for one in page],
        next=following,
    )


@router.post("/api/conversations", operation_id="beginConversation", status_code=201)
async def create_conversation(
    asked: CreateConversationRequest,
    current: CurrentPersonDep,
    opened: CredentialDep,
    app_state: AppStateDep,
) -> ConversationOut:
    """Begin a conversation; a private one recalls but is never written, and has no title."""
    life = current.life
    begun = await life.create_conversation(
        asked.title, private=asked.private, slot=current.unlocked.slot.id
    )
    if asked.private:
        ended = partial(app_state.people.sessions.wait_until_ended, opened.token)
        app_state.private_revocation.watch(life, begun.id, ended)
    return conversation_out(begun)


@router.get("/api/conversations/{conversation_id}", operation_id="getConversation")
async def get_conversation(
    conversation_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> ConversationOut:
    """Return one conversation, with its turn in progress."""
    live = _live_turns(app_state, current.life)
    return conversation_out(current.conversation(conversation_id), live.get(conversation_id))


@router.patch("/api/conversations/{conversation_id}", operation_id="changeConversation")
async def update_conversation(
    conversation_id: PathId, change: UpdateConversationRequest, current: CurrentPersonDep
) -> ConversationOut:
    """Rename a conversation, archive it, or unarchive it."""
    current.require_visible(conversation_id)
    changed = await current.life.update_conversation(
        conversation_id, title=change.title, archived=change.archived
    )
    return conversation_out(changed)


@router.post(
    "/api/conversations/{conversation_id}/end",
    operation_id="endPrivateConversation",
    status_code=204,
)
async def end_conversation(conversation_id: PathId, current: CurrentPersonDep) -> None:
    """End a private conversation: its reply stops, and nothing of it is left."""
    if not is_private(conversation_id):
        current.conversation(conversation_id)  # raises for one that isn't there
        raise BadInput("Only a private conversation can be ended. Erase this one instead.")
    current.require_visible(conversation_id)
    current.life.private.end(conversation_id)


@router.delete(
    "/api/conversations/{conversation_id}", operation_id="eraseConversation", status_code=204
)
async def delete_conversation(
    conversation_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> None:
    """Erase a conversation and its messages for good, with what repeats them elsewhere."""
    await erase(
        current, app_state, erasure_request(current, ForgetRequest(conversation=conversation_id))
    )
