"""Memory as a whole: its size, search and export."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from tau.journal.export import export_jsonl, export_markdown
from tau.server.auth import CurrentPerson, CurrentPersonDep
from tau.server.presenters import passage_out
from tau.server.requests.fields import NonEmptyText
from tau.server.requests.memory import SearchRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.schemas.memory import LifeOut, SearchResult
from tau.transfer.export_pam import export_pam

router = APIRouter(tags=["memory"], responses=ERROR_RESPONSES)


@router.get("/api/life", operation_id="getLife")
async def get_life(current: CurrentPersonDep) -> LifeOut:
    """Return how many conversations, messages and facts there are."""
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
    """Search all messages, best matches first."""
    return await _search(current, q, limit)


@router.post("/api/search", operation_id="searchWith")
async def search_with(asked: SearchRequest, current: CurrentPersonDep) -> SearchResult:
    """Search with the query in the body, so that it appears in no URL."""
    return await _search(current, asked.query, asked.limit)


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
    """Export everything: every entry as JSON Lines, or all conversations as Markdown.

    Or only what is known about the person, as Portable AI Memory, which other products read.
    """
    pieces: AsyncIterator[bytes] | AsyncIterator[str]
    if format == "jsonl":
        pieces, media_type, ending = (
            export_jsonl(current.life),
            "application/jsonl",
            "jsonl",
        )
    elif format == "pam":
        pieces, media_type, ending = export_pam(current.life), "application/json", "pam.json"
    else:
        pieces, media_type, ending = export_markdown(current.life), "text/markdown", "md"
    name = f"tau-{datetime.now(UTC):%Y-%m-%d}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type=media_type, headers=headers)
