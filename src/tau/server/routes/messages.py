"""Messages: reading, adding and forgetting them."""

from fastapi import APIRouter

from tau.errors import BadInput
from tau.life.versions import show_version
from tau.memory.thread_pages import thread_page
from tau.server.auth import AppStateDep, CurrentPersonDep
from tau.server.presenters import message_out
from tau.server.requests.conversations import AddMessageRequest, MessageIdsRequest
from tau.server.requests.forgetting import ForgetRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.forgetting import erase, erasure_request
from tau.server.routes.parameters import Cursor, Limit, PathId
from tau.server.schemas.messages import MessageOut, MessagePage

router = APIRouter(responses=ERROR_RESPONSES)


@router.get(
    "/api/conversations/{conversation_id}/messages",
    operation_id="listMessages",
    tags=["conversations"],
)
async def list_messages(
    conversation_id: PathId,
    current: CurrentPersonDep,
    limit: Limit = 100,
    before: Cursor = None,
    after: Cursor = None,
    around: Cursor = None,
) -> MessagePage:
    """Return the last messages of the visible thread, or those at a given place.

    `before` reads back from a message and `after` on from it; `around` puts it in the middle. At
    most one of them.
    """
    if sum(place is not None for place in (before, after, around)) > 1:
        raise BadInput("Use only one of `before`, `after` and `around`.")
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
    "/api/conversations/{conversation_id}/messages",
    operation_id="addMessage",
    status_code=201,
    tags=["conversations"],
)
async def add_message(
    conversation_id: PathId,
    note: AddMessageRequest,
    current: CurrentPersonDep,
    app_state: AppStateDep,
) -> MessageOut:
    """Add a message without a reply, for instance one from another product or an earlier time."""
    current.require_visible(conversation_id)
    message = await current.life.add_message(
        conversation_id, note.text, by=note.by, at=note.at, speaker=note.speaker
    )
    app_state.lives.written(current.life)
    return message_out(current, message)


@router.get("/api/messages/{message_id}", operation_id="getMessage", tags=["memory"])
async def get_message(message_id: PathId, current: CurrentPersonDep) -> MessageOut:
    """Return one message."""
    return message_out(current, current.message(message_id))


@router.post("/api/messages/{message_id}/show", operation_id="showMessage", tags=["memory"])
async def show_message(message_id: PathId, current: CurrentPersonDep) -> MessageOut:
    """Show the version of the conversation that a message is in, on every device."""
    found = current.message(message_id)
    return message_out(current, await show_version(current.life, found.id))


@router.delete(
    "/api/messages/{message_id}", operation_id="forgetMessage", status_code=204, tags=["memory"]
)
async def forget_message(
    message_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> None:
    """Forget one message for good, with its other versions and what repeats it."""
    act = erasure_request(current, ForgetRequest(messages=[message_id]))
    await erase(current, app_state, act)


@router.post(
    "/api/messages/forget", operation_id="forgetMessages", status_code=204, tags=["memory"]
)
async def forget_messages(
    asked: MessageIdsRequest, current: CurrentPersonDep, app_state: AppStateDep
) -> None:
    """Forget several messages for good; if one of them is unknown, none is forgotten."""
    await erase(current, app_state, erasure_request(current, ForgetRequest(messages=asked.ids)))
