"""Looking for what was said, forgetting it, and taking everything away."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from tau.journal.export import export_jsonl, export_markdown
from tau.server.auth import AppStateDep, CurrentPerson, CurrentPersonDep
from tau.server.presenters import message_out, passage_out
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.forgetting import forget, forget_action
from tau.server.schemas.facts import ForgetRequest
from tau.server.schemas.shapes import (
    LifeOut,
    MessageIdsRequest,
    MessageOut,
    NonEmptyText,
    PathId,
    SearchRequest,
    SearchResult,
)
from tau.transfer.export_pam import export_pam

router = APIRouter(tags=["memory"], responses=ERROR_RESPONSES)


@router.get("/api/life", operation_id="getLife")
async def get_life(current: CurrentPersonDep) -> LifeOut:
    """Tell how much there is: conversations, messages and what is known."""
    memory = current.life.memory
    return LifeOut(
        conversations=len(memory.conversations.all()),
        messages=len(memory),
        facts=len(memory.facts.current(time.time())),
    )


async def _search(current: CurrentPerson, query: str, limit: int) -> SearchResult:
    passages = await current.life.search(query, limit=limit)
    return SearchResult(passages=[passage_out(current, passage) for passage in passages])


@router.get("/api/search", operation_id="search")
async def search(
    current: CurrentPersonDep,
    q: Annotated[NonEmptyText, Query(max_length=2000)],
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> SearchResult:
    """Search everything that was ever said, best first."""
    return await _search(current, q, limit)


@router.post("/api/search", operation_id="searchWith")
async def search_with(asked: SearchRequest, current: CurrentPersonDep) -> SearchResult:
    """Search with the words in the body, so that they stand in no address."""
    return await _search(current, asked.query, asked.limit)


@router.get("/api/messages/{message_id}", operation_id="getMessage")
async def get_message(message_id: PathId, current: CurrentPersonDep) -> MessageOut:
    """Return one message."""
    return message_out(current, current.message(message_id))


@router.delete("/api/messages/{message_id}", operation_id="forgetMessage", status_code=204)
async def forget_message(
    message_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> None:
    """Forget one message for good, with its other versions and what repeats it."""
    act = forget_action(current, ForgetRequest(messages=[message_id]))
    await forget(current, app_state, act)


@router.post("/api/messages/forget", operation_id="forgetMessages", status_code=204)
async def forget_messages(
    asked: MessageIdsRequest, current: CurrentPersonDep, app_state: AppStateDep
) -> None:
    """Forget several messages for good; if one of them is unknown, none is forgotten."""
    await forget(current, app_state, forget_action(current, ForgetRequest(messages=asked.ids)))


@router.get(
    "/api/export",
    operation_id="export",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Everything, as JSON Lines or Markdown; or the facts alone, as PAM.",
            "content": {
                "application/jsonl": {"schema": {"type": "string"}},
                "text/markdown": {"schema": {"type": "string"}},
                "application/json": {"schema": {"type": "object"}},
            },
        }
    },
)
async def export(
    current: CurrentPersonDep,
    format: Literal["jsonl", "markdown", "pam"] = "jsonl",  # noqa: A002 (its public name)
) -> StreamingResponse:
    """Take everything away: every entry as JSON Lines, or a readable Markdown book.

    Or what is known of the person alone, as Portable AI Memory, which other products read.
    """
    pieces: AsyncIterator[bytes] | AsyncIterator[str]
    if format == "jsonl":
        pieces, media_type, ending = (
            export_jsonl(current.life.journal),
            "application/jsonl",
            "jsonl",
        )
    elif format == "pam":
        pieces, media_type, ending = export_pam(current.life), "application/json", "pam.json"
    else:
        pieces, media_type, ending = export_markdown(current.life.journal), "text/markdown", "md"
    name = f"tau-{datetime.now(UTC):%Y-%m-%d}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type=media_type, headers=headers)
