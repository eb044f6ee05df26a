"""Conversations: the list, one of them, its messages, and writing something down in it."""

from typing import Annotated

from fastapi import APIRouter, Query

from tau.errors import BadInput, NotFound
from tau.life.life import Life
from tau.memory.thread_pages import thread_page
from tau.server.auth import AppStateDep, CurrentPersonDep
from tau.server.presenters import conversation_out, message_out
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.forgetting import forget, forget_action
from tau.server.schemas.facts import ForgetRequest
from tau.server.schemas.shapes import (
    AddMessageRequest,
    ConversationOut,
    ConversationPage,
    CreateConversationRequest,
    Limit,
    MessageOut,
    MessagePage,
    PathId,
    UpdateConversationRequest,
)
from tau.server.state import AppState

router = APIRouter(tags=["conversations"], responses=ERROR_RESPONSES)
Cursor = Annotated[str | None, Query(max_length=128)]


def _live_turns(app_state: AppState, life: Life) -> dict[str, str]:
    return {turn.conversation: turn.id for turn in app_state.companion.active_turns(life)}


@router.get("/api/conversations", operation_id="listConversations")
async def list_conversations(
    current: CurrentPersonDep,
    app_state: AppStateDep,
    limit: Limit = 50,
    after: Cursor = None,
    archived: bool = False,
) -> ConversationPage:
    """List conversations, newest first; `archived` lists the archived ones instead."""
    kept = [one for one in current.conversations() if one.archived == archived]
    start = 0 if after is None else _index_of([one.id for one in kept], after) + 1
    page, rest = kept[start : start + limit], kept[start + limit :]
    live = _live_turns(app_state, current.life)
    return ConversationPage(
        conversations=[conversation_out(one, live.get(one.id)) for one in page],
        next=page[-1].id if rest else None,
    )


@router.post("/api/conversations", operation_id="beginConversation", status_code=201)
async def create_conversation(
    asked: CreateConversationRequest, current: CurrentPersonDep
) -> ConversationOut:
    """Begin a conversation; a private one recalls but writes nothing down."""
    return conversation_out(
        await current.life.create_conversation(
            asked.title, private=asked.private, slot=current.unlocked.slot.id
        )
    )


@router.get("/api/conversations/{conversation_id}", operation_id="getConversation")
async def get_conversation(
    conversation_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> ConversationOut:
    """Return one conversation, with the turn that is in the making there."""
    live = _live_turns(app_state, current.life)
    return conversation_out(current.conversation(conversation_id), live.get(conversation_id))


@router.patch("/api/conversations/{conversation_id}", operation_id="changeConversation")
async def update_conversation(
    conversation_id: PathId, change: UpdateConversationRequest, current: CurrentPersonDep
) -> ConversationOut:
    """Rename a conversation, archive it, or bring it back."""
    current.require_visible(conversation_id)
    changed = await current.life.change(
        conversation_id, title=change.title, archived=change.archived
    )
    return conversation_out(changed)


@router.delete(
    "/api/conversations/{conversation_id}", operation_id="eraseConversation", status_code=204
)
async def delete_conversation(
    conversation_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> None:
    """Erase a conversation and every message in it for good, with what repeats them elsewhere."""
    await forget(
        current, app_state, forget_action(current, ForgetRequest(conversation=conversation_id))
    )


@router.get("/api/conversations/{conversation_id}/messages", operation_id="listMessages")
async def list_messages(
    conversation_id: PathId,
    current: CurrentPersonDep,
    limit: Limit = 100,
    before: Cursor = None,
    after: Cursor = None,
    around: Cursor = None,
) -> MessagePage:
    """Return the last messages of the visible thread, or those that stand where one asks.

    `before` reads back from a message and `after` on from it; `around` puts it in the middle. At
    most one of them.
    """
    if sum(place is not None for place in (before, after, around)) > 1:
        raise BadInput("Only one of `before`, `after` and `around` can be asked for at once.")
    memory = current.memory_of(conversation_id)
    page = thread_page(
        memory.conversations, conversation_id, limit, before=before, after=after, around=around
    )
    return MessagePage(
        messages=[message_out(current, one) for one in page.messages],
        earlier=page.messages[0].id if page.messages and page.earlier else None,
        later=page.messages[-1].id if page.messages and page.later else None,
    )


@router.post(
    "/api/conversations/{conversation_id}/messages", operation_id="noteMessage", status_code=201
)
async def add_message(
    conversation_id: PathId,
    note: AddMessageRequest,
    current: CurrentPersonDep,
    app_state: AppStateDep,
) -> MessageOut:
    """Write a message down without a reply, for instance one from another place or time."""
    current.require_visible(conversation_id)
    message = await current.life.note(
        conversation_id, note.text, by=note.by, at=note.at, speaker=note.speaker
    )
    app_state.companion.enqueue_background_work(current.life)
    return message_out(current, message)


def _index_of(ids: list[str], wanted: str) -> int:
    if wanted not in ids:
        raise NotFound("There is nothing at this place of the list.")
    return ids.index(wanted)
