"""Memory as a whole: its size, search and export."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from tau.facts.resolution import CARE
from tau.journal.export import export_jsonl, export_markdown
from tau.memory.attachment_search import search_attachments
from tau.server.attachment_presenters import found_part_out
from tau.server.auth import AppStateDep, CurrentPerson, CurrentPersonDep
from tau.server.expert_presenters import artifact_summary_out
from tau.server.presenters import passage_out
from tau.server.requests.fields import NonEmptyText
from tau.server.requests.memory import SearchRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.schemas.memory import LifeOut, SearchResult
from tau.transfer.care_filter import CareFilter
from tau.transfer.export_pam import export_pam
from tau.transfer.file_archive import export_archive

_SEARCHED_TOKENS = 20_000
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


async def _search(
    current: CurrentPerson, query: str, limit: int, expert: str | None
) -> SearchResult:
    memory = current.life.memory
    scope = memory.scopes.of(expert)
    passages = await current.life.search(query, limit=limit, scope=scope)
    parts = search_attachments(
        memory, query, time.time(), tokens=_SEARCHED_TOKENS, limit=limit, scope=scope
    )
    made = [one for one in memory.artifacts.search(query) if one.expert != CARE]
    return SearchResult(
        passages=[passage_out(current, passage) for passage in passages],
        artifacts=[artifact_summary_out(one) for one in made[:limit]],
        parts=[found_part_out(memory, each) for each in parts],
    )


@router.get("/api/search", operation_id="search")
async def search(
    current: CurrentPersonDep,
    q: Annotated[NonEmptyText, Query(max_length=2000)],
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    expert: Annotated[str | None, Query(max_length=128)] = None,
) -> SearchResult:
    """Search messages, files and what was made with specialists, best matches first.

    What was said to `care` is found only with `expert=care`.
    """
    return await _search(current, q, limit, expert)


@router.post("/api/search", operation_id="searchWith")
async def search_with(asked: SearchRequest, current: CurrentPersonDep) -> SearchResult:
    """Search with the query in the body, so that it appears in no URL."""
    return await _search(current, asked.query, asked.limit, asked.expert)


@router.get(
    "/api/export",
    operation_id="export",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Everything: as JSON Lines, with files, or Markdown; or facts alone.",
            "content": {
                "application/jsonl": {"schema": {"type": "string"}},
                "text/markdown": {"schema": {"type": "string"}},
                "application/json": {"schema": {"type": "object"}},
                "application/zip": {"schema": {"type": "string", "format": "binary"}},
            },
        }
    },
)
async def export(
    current: CurrentPersonDep,
    app_state: AppStateDep,
    format: Literal["jsonl", "markdown", "pam", "zip"] = "jsonl",  # noqa: A002 (its public name)
    with_care: bool = False,
) -> StreamingResponse:
    """Export everything: every entry as JSON Lines, or all conversations as Markdown.

    `zip` is an archive of the entries with the bytes of attached files. `pam` is only what is known
    about the person, as Portable AI Memory, which other products read. What belongs to reflective
    support is left out unless `with_care` is set.
    """
    without = None if with_care or format == "pam" else await CareFilter.read(current.life)
    pieces: AsyncIterator[bytes] | AsyncIterator[str]
    if format == "jsonl":
        pieces, media_type, ending = (
            export_jsonl(current.life, without),
            "application/jsonl",
            "jsonl",
        )
    elif format == "zip":
        files = app_state.attachments.files_of(current.life)
        pieces = export_archive(current.life, files, without)
        media_type, ending = "application/zip", "zip"
    elif format == "pam":
        pieces, media_type, ending = export_pam(current.life), "application/json", "pam.json"
    else:
        pieces, media_type, ending = export_markdown(current.life, without), "text/markdown", "md"
    name = f"tau-{datetime.now(UTC):%Y-%m-%d}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type=media_type, headers=headers)
