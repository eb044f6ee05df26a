"""Looking for what was said, forgetting it, and taking everything away."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from tau.journal.export import export_jsonl, export_markdown
from tau.server.auth import AHouse, APresent, Present
from tau.server.presenters import message_out, passage_out
from tau.server.responses import FAILURES
from tau.server.routes.forgetting import act_of, forget
from tau.server.schemas.facts import ForgetRequest
from tau.server.schemas.shapes import (
    IdInPath,
    LifeOut,
    MessageIds,
    MessageOut,
    SearchRequest,
    SearchResult,
    Words,
)
from tau.transfer.export_pam import export_pam

router = APIRouter(tags=["memory"], responses=FAILURES)


@router.get("/api/life", operation_id="getLife")
async def get_life(here: APresent) -> LifeOut:
    """Tell how much there is: conversations, messages and what is known."""
    memory = here.life.memory
    return LifeOut(
        conversations=len(memory.conversations()),
        messages=len(memory),
        facts=len(memory.facts.current(time.time())),
    )


async def _search(here: Present, query: str, limit: int) -> SearchResult:
    passages = await here.life.search(query, limit=limit)
    return SearchResult(passages=[passage_out(here, passage) for passage in passages])


@router.get("/api/search", operation_id="search")
async def search(
    here: APresent,
    q: Annotated[Words, Query(max_length=2000)],
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> SearchResult:
    """Search everything that was ever said, best first."""
    return await _search(here, q, limit)


@router.post("/api/search", operation_id="searchWith")
async def search_with(asked: SearchRequest, here: APresent) -> SearchResult:
    """Search with the words in the body, so that they stand in no address."""
    return await _search(here, asked.query, asked.limit)


@router.get("/api/messages/{message_id}", operation_id="getMessage")
async def get_message(message_id: IdInPath, here: APresent) -> MessageOut:
    """Return one message."""
    return message_out(here, here.message(message_id))


@router.delete("/api/messages/{message_id}", operation_id="forgetMessage", status_code=204)
async def forget_message(message_id: IdInPath, here: APresent, house: AHouse) -> None:
    """Forget one message for good, with its other versions and what repeats it."""
    act = act_of(here, ForgetRequest(messages=[message_id]))
    await forget(here, house, act)


@router.post("/api/messages/forget", operation_id="forgetMessages", status_code=204)
async def forget_messages(asked: MessageIds, here: APresent, house: AHouse) -> None:
    """Forget several messages for good; if one of them is unknown, none is forgotten."""
    await forget(here, house, act_of(here, ForgetRequest(messages=asked.ids)))


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
    here: APresent,
    format: Literal["jsonl", "markdown", "pam"] = "jsonl",  # noqa: A002 (its public name)
) -> StreamingResponse:
    """Take everything away: every entry as JSON Lines, or a readable Markdown book.

    Or what is known of the person alone, as Portable AI Memory, which other products read.
    """
    pieces: AsyncIterator[bytes] | AsyncIterator[str]
    if format == "jsonl":
        pieces, media_type, ending = export_jsonl(here.life.journal), "application/jsonl", "jsonl"
    elif format == "pam":
        pieces, media_type, ending = export_pam(here.life), "application/json", "pam.json"
    else:
        pieces, media_type, ending = export_markdown(here.life.journal), "text/markdown", "md"
    name = f"tau-{datetime.now(UTC):%Y-%m-%d}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type=media_type, headers=headers)
