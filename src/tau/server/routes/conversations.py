"""Conversations: the list, one of them, its messages, and writing something down in it."""

from typing import Annotated

from fastapi import APIRouter, Query

from tau.errors import BadInput, NotFound
from tau.life.life import Life
from tau.server.auth import AHouse, APresent
from tau.server.presenters import conversation_out, message_out
from tau.server.responses import FAILURES
from tau.server.routes.forgetting import act_of, forget
from tau.server.schemas.facts import ForgetRequest
from tau.server.schemas.shapes import (
    ConversationChange,
    ConversationOut,
    ConversationPage,
    IdInPath,
    Limit,
    MessageOut,
    MessagePage,
    NewConversation,
    Note,
)
from tau.server.state import House

router = APIRouter(tags=["conversations"], responses=FAILURES)
Cursor = Annotated[str | None, Query(max_length=128)]


def _live_turns(house: House, life: Life) -> dict[str, str]:
    return {turn.conversation: turn.id for turn in house.companion.live_turns(life)}


@router.get("/api/conversations", operation_id="listConversations")
async def list_conversations(
    here: APresent,
    house: AHouse,
    limit: Limit = 50,
    after: Cursor = None,
    archived: bool = False,
) -> ConversationPage:
    """List conversations, newest first; `archived` lists the archived ones instead."""
    kept = [one for one in here.conversations() if one.archived == archived]
    start = 0 if after is None else _place([one.id for one in kept], after) + 1
    page, rest = kept[start : start + limit], kept[start + limit :]
    live = _live_turns(house, here.life)
    return ConversationPage(
        conversations=[conversation_out(one, live.get(one.id)) for one in page],
        next=page[-1].id if rest else None,
    )


@router.post("/api/conversations", operation_id="beginConversation", status_code=201)
async def begin_conversation(asked: NewConversation, here: APresent) -> ConversationOut:
    """Begin a conversation; a private one recalls but writes nothing down."""
    return conversation_out(await here.life.begin(asked.title, private=asked.private))


@router.get("/api/conversations/{conversation_id}", operation_id="getConversation")
async def get_conversation(
    conversation_id: IdInPath, here: APresent, house: AHouse
) -> ConversationOut:
    """Return one conversation, with the turn that is in the making there."""
    live = _live_turns(house, here.life)
    return conversation_out(here.conversation(conversation_id), live.get(conversation_id))


@router.patch("/api/conversations/{conversation_id}", operation_id="changeConversation")
async def change_conversation(
    conversation_id: IdInPath, change: ConversationChange, here: APresent
) -> ConversationOut:
    """Rename a conversation, archive it, or bring it back."""
    changed = await here.life.change(conversation_id, title=change.title, archived=change.archived)
    return conversation_out(changed)


@router.delete(
    "/api/conversations/{conversation_id}", operation_id="eraseConversation", status_code=204
)
async def erase_conversation(conversation_id: IdInPath, here: APresent, house: AHouse) -> None:
    """Erase a conversation and every message in it for good, with what repeats them elsewhere."""
    await forget(here, house, act_of(here, ForgetRequest(conversation=conversation_id)))


@router.get("/api/conversations/{conversation_id}/messages", operation_id="listMessages")
async def list_messages(
    conversation_id: IdInPath,
    here: APresent,
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
    memory = here.life.memory_of(conversation_id)
    page = memory.stretch(conversation_id, limit, before=before, after=after, around=around)
    return MessagePage(
        messages=[message_out(here, one) for one in page.messages],
        earlier=page.messages[0].id if page.messages and page.earlier else None,
        later=page.messages[-1].id if page.messages and page.later else None,
    )


@router.post(
    "/api/conversations/{conversation_id}/messages", operation_id="noteMessage", status_code=201
)
async def note_message(
    conversation_id: IdInPath, note: Note, here: APresent, house: AHouse
) -> MessageOut:
    """Write a message down without a reply, for instance one from another place or time."""
    message = await here.life.note(
        conversation_id, note.text, by=note.by, at=note.at, speaker=note.speaker
    )
    house.companion.remember_soon(here.life)
    return message_out(here, message)


def _place(ids: list[str], wanted: str) -> int:
    if wanted not in ids:
        raise NotFound("There is nothing at this place of the list.")
    return ids.index(wanted)
