"""OpenAI's API for files: uploading, listing, reading and deleting them.

Contents are streamed to the disk and sealed on the way. Every file is looked up through the caller.
"""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from tau.errors import InvalidField, NotFound
from tau.server.auth import AppStateDep, CredentialDep
from tau.server.openai.file_schemas import (
    LEAST_EXPIRY_SECONDS,
    MOST_EXPIRY_SECONDS,
    DeletedOpenAIFile,
    OpenAIFile,
    OpenAIFileList,
)
from tau.server.openai.lists import ListOrder, list_page, ordered
from tau.server.openai.multipart import MultipartForm
from tau.server.openai.schemas import OpenAIError
from tau.server.responses import error_responses
from tau.server.routes.imports import read_body
from tau.server.routes.parameters import Cursor, PathId
from tau.studio.files.files import StudioFiles
from tau.studio.files.stored_file import PURPOSES, FileRecord

router = APIRouter(tags=["openai"], responses=error_responses(OpenAIError))

MAX_LISTED = 10_000
_BATCH_EXPIRY_SECONDS = 30 * 24 * 3_600
_FORM = {
    "requestBody": {
        "required": True,
        "description": "The file, up to the setting `max_import_bytes`, and what it's for.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["purpose", "file"],
                    "properties": {
                        "purpose": {"type": "string", "enum": list(PURPOSES)},
                        "expires_after[anchor]": {"type": "string", "enum": ["created_at"]},
                        "expires_after[seconds]": {"type": "string", "pattern": "^[0-9]{4,7}$"},
                        "file": {"type": "string", "format": "binary"},
                    },
                }
            }
        },
    }
}


@router.post("/v1/files", operation_id="createFile", openapi_extra=_FORM)
async def create_file(
    request: Request, opened: CredentialDep, app_state: AppStateDep
) -> OpenAIFile:
    """Store a file: a multipart form with `purpose`, `file` and perhaps `expires_after`."""
    form = MultipartForm(request.headers.get("content-type", ""), read_body(request))
    filename = clean_filename(await form.file())
    if "purpose" in form.fields:
        _purpose(form.fields)  # before anything is received
    files = app_state.studio.files
    async with files.receive(form.pieces()) as content:
        fields = await form.rest()
        purpose, seconds = _purpose(fields), _expiry_seconds(fields)
        if purpose == "batch" and seconds is None:
            seconds = _BATCH_EXPIRY_SECONDS
        record = await files.keep(opened.unlocked, content, filename, purpose, seconds)
    return file_out(files, record)


@router.get("/v1/files", operation_id="listFiles")
async def list_files(
    opened: CredentialDep,
    app_state: AppStateDep,
    purpose: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = MAX_LISTED,
    order: ListOrder = "desc",
    after: Cursor = None,
) -> OpenAIFileList:
    """List your files, newest first."""
    files = app_state.studio.files
    records = [
        each
        for each in await files.all(opened.unlocked)
        if purpose is None or each.file.purpose == purpose
    ]
    page = list_page(ordered(records, order), lambda each: each.id, after, limit)
    return OpenAIFileList(data=[file_out(files, each) for each in page.items], **page.frame)


@router.get("/v1/files/{file_id}", operation_id="getFile")
async def get_file(file_id: PathId, opened: CredentialDep, app_state: AppStateDep) -> OpenAIFile:
    """Return what is known of a file."""
    files = app_state.studio.files
    return file_out(files, await files.find(opened.unlocked, file_id))


@router.delete("/v1/files/{file_id}", operation_id="deleteFile")
async def delete_file(
    file_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> DeletedOpenAIFile:
    """Delete a file for good."""
    await app_state.studio.files.remove(opened.unlocked, file_id)
    return DeletedOpenAIFile(id=file_id, object="file", deleted=True)


@router.get(
    "/v1/files/{file_id}/content",
    operation_id="getFileContent",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The file as it is.",
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    },
)
async def get_file_content(
    file_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> StreamingResponse:
    """Return the content of a file."""
    files = app_state.studio.files
    record = await files.find(opened.unlocked, file_id)
    if not files.is_readable(record):
        raise NotFound("The content of this file isn't on this machine any more.")
    headers = {
        "Content-Length": str(record.file.size),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(record.file.filename)}",
    }
    return StreamingResponse(
        files.read(record), headers=headers, media_type="application/octet-stream"
    )


def file_out(files: StudioFiles, record: FileRecord) -> OpenAIFile:
    """Return a file in OpenAI's shape."""
    is_there = files.is_readable(record)
    return OpenAIFile(
        id=record.id,
        object="file",
        bytes=record.file.size,
        created_at=int(record.created_at),
        expires_at=None if record.expires_at is None else int(record.expires_at),
        filename=record.file.filename,
        purpose=record.file.purpose,
        status="processed" if is_there else "error",
        status_details=None if is_there else "The content isn't on this machine any more.",
    )


def clean_filename(name: str) -> str:
    """Return the last part of a file's name, on one line and not too long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(each for each in last if each.isprintable())[:255].strip() or "upload"


def _purpose(fields: dict[str, str]) -> str:
    purpose = fields.get("purpose", "")
    if purpose not in PURPOSES:
        raise InvalidField(f"The purpose must be one of: {', '.join(PURPOSES)}.", "purpose")
    return purpose


def _expiry_seconds(fields: dict[str, Any]) -> int | None:
    anchor, seconds = fields.get("expires_after[anchor]"), fields.get("expires_after[seconds]")
    if anchor is None and seconds is None:
        return None
    if anchor != "created_at":
        raise InvalidField("The anchor must be `created_at`.", "expires_after.anchor")
    digits = seconds if seconds and seconds.isdecimal() and len(seconds) <= 10 else "0"
    if not LEAST_EXPIRY_SECONDS <= int(digits) <= MOST_EXPIRY_SECONDS:
        raise InvalidField(
            f"The seconds must be from {LEAST_EXPIRY_SECONDS:,} to {MOST_EXPIRY_SECONDS:,}.",
            "expires_after.seconds",
        )
    return int(digits)
