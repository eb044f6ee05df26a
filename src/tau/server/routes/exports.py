"""Exports of projects and tuned models, in the formats of other programs."""

from collections.abc import AsyncIterator
from typing import Annotated, BinaryIO

import anyio.to_thread
from fastapi import APIRouter, Query
from starlette.responses import StreamingResponse

from tau.server.auth import AppStateDep, CredentialDep
from tau.server.requests.studio_transfer import ExportQuery
from tau.server.responses import ERROR_RESPONSES

router = APIRouter(tags=["studio"], responses=ERROR_RESPONSES)

_PIECE_BYTES = 1 << 20
_ZIP = "application/zip"


@router.get(
    "/api/studio/export",
    operation_id="exportStudio",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A zip archive.",
            "content": {_ZIP: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def export_studio(
    asked: Annotated[ExportQuery, Query()], opened: CredentialDep, app_state: AppStateDep
) -> StreamingResponse:
    """Return a project or a tuned model as a zip archive; `NOTES.txt` says what doesn't fit."""
    archive = await app_state.exports.write(opened.unlocked, asked.what, asked.format)
    return StreamingResponse(_pieces(archive), media_type=_ZIP)


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    try:
        while piece := await anyio.to_thread.run_sync(file.read, _PIECE_BYTES):
            yield piece
    finally:
        file.close()
