"""OpenAI's API for uploads of a file in parts."""

from typing import Literal

from fastapi import APIRouter, Request

from tau.server.auth import AppStateDep, CredentialDep
from tau.server.openai.file_schemas import (
    CompleteUploadRequest,
    CreateUploadRequest,
    OpenAIFile,
    OpenAIUpload,
    OpenAIUploadPart,
)
from tau.server.openai.files import clean_filename, file_out
from tau.server.openai.multipart import MultipartForm
from tau.server.openai.schemas import OpenAIError
from tau.server.responses import error_responses
from tau.server.routes.imports import read_body
from tau.server.routes.parameters import PathId
from tau.studio.files.stored_file import FileRecord, PendingUpload

router = APIRouter(tags=["openai"], responses=error_responses(OpenAIError))

UploadStatus = Literal["pending", "completed", "cancelled"]
_FORM = {
    "requestBody": {
        "required": True,
        "description": "A part, up to the setting `max_import_bytes`.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["data"],
                    "properties": {"data": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.post("/v1/uploads", operation_id="createUpload")
async def create_upload(
    given: CreateUploadRequest, opened: CredentialDep, app_state: AppStateDep
) -> OpenAIUpload:
    """Begin an upload in parts. One that isn't complete after an hour is deleted."""
    pending = PendingUpload(
        filename=clean_filename(given.filename),
        purpose=given.purpose,
        size=given.bytes,
        expires_seconds=given.expires_after.seconds if given.expires_after else None,
    )
    record = await app_state.studio.uploads.create(opened.unlocked, pending)
    return _upload_out(record, "pending")


@router.post("/v1/uploads/{upload_id}/parts", operation_id="addUploadPart", openapi_extra=_FORM)
async def add_upload_part(
    upload_id: PathId, request: Request, opened: CredentialDep, app_state: AppStateDep
) -> OpenAIUploadPart:
    """Add a part: a multipart form with the field `data`."""
    uploads = app_state.studio.uploads
    await uploads.find(opened.unlocked, upload_id)  # before anything is received
    form = MultipartForm(request.headers.get("content-type", ""), read_body(request), "data")
    await form.file()
    record = await uploads.add_part(opened.unlocked, upload_id, form.pieces())
    return OpenAIUploadPart(
        id=record.id,
        object="upload.part",
        created_at=int(record.created_at),
        upload_id=upload_id,
    )


@router.post("/v1/uploads/{upload_id}/complete", operation_id="completeUpload")
async def complete_upload(
    upload_id: PathId, given: CompleteUploadRequest, opened: CredentialDep, app_state: AppStateDep
) -> OpenAIUpload:
    """Join the parts, in the given order, to a file."""
    studio = app_state.studio
    record, file = await studio.uploads.complete(
        opened.unlocked, upload_id, given.part_ids, given.md5
    )
    return _upload_out(record, "completed", file_out(studio.files, file))


@router.post("/v1/uploads/{upload_id}/cancel", operation_id="cancelUpload")
async def cancel_upload(
    upload_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> OpenAIUpload:
    """Cancel an upload; its parts are deleted."""
    record = await app_state.studio.uploads.cancel(opened.unlocked, upload_id)
    return _upload_out(record, "cancelled")


def _upload_out(
    record: FileRecord, status: UploadStatus, file: OpenAIFile | None = None
) -> OpenAIUpload:
    pending = record.details
    assert isinstance(pending, PendingUpload)  # noqa: S101 - an upload has no other details
    return OpenAIUpload(
        id=record.id,
        object="upload",
        bytes=pending.size,
        created_at=int(record.created_at),
        expires_at=int(record.expires_at or record.created_at),
        filename=pending.filename,
        purpose=pending.purpose,
        status=status,
        file=file,
    )
