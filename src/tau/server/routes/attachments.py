"""Attached files: sending one, reading what it says, fetching and forgetting it."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from tau.attachments.reading import is_picture
from tau.errors import NotFound
from tau.journal.entries import FileAttached
from tau.memory.erasure_request import ErasureRequest
from tau.server.attachment_presenters import attachment_out
from tau.server.auth import AppStateDep, CurrentPersonDep
from tau.server.erasure_preview import is_file_of_care
from tau.server.requests.fields import NonEmptyText
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.forgetting import erase
from tau.server.routes.imports import read_body
from tau.server.routes.parameters import PathId
from tau.server.schemas.attachments import (
    AttachmentList,
    AttachmentOut,
    AttachmentPartOut,
    AttachmentText,
)

router = APIRouter(prefix="/api/attachments", tags=["attachments"], responses=ERROR_RESPONSES)
_FILE = {"schema": {"type": "string", "format": "binary"}}
_UPLOAD = {
    "requestBody": {
        "required": True,
        "description": "The file as it is, of at most 20 MB.",
        "content": {"application/octet-stream": _FILE},
    }
}


@router.post("", operation_id="attachFile", status_code=201, openapi_extra=_UPLOAD)
async def attach_file(
    request: Request,
    current: CurrentPersonDep,
    app_state: AppStateDep,
    name: Annotated[NonEmptyText, Query(max_length=1_000)],
) -> AttachmentOut:
    """Read a file. Name its id in a turn within a day: until then it's in no list.

    PDF, Word (.docx), Excel (.xlsx), CSV, Markdown and text are read; so are PNG, JPEG, WebP and
    GIF pictures, for models that see.
    """
    file = await app_state.attachments.receive(current.life, name, read_body(request))
    return attachment_out(app_state.attachments, file, len(file.parts))


@router.get("", operation_id="listAttachments")
async def list_attachments(current: CurrentPersonDep, app_state: AppStateDep) -> AttachmentList:
    """List the files that messages name, except those of reflective support."""
    memory = current.life.memory
    known = memory.attachments
    return AttachmentList(
        [
            attachment_out(app_state.attachments, each, known.count(each.id))
            for each in known.all()
            if not is_file_of_care(memory, each.id)
        ]
    )


@router.get("/{attachment_id}", operation_id="getAttachment")
async def get_attachment(
    attachment_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> AttachmentOut:
    """Return one file."""
    file = await app_state.attachments.find(current.life, attachment_id)
    count = len(file.parts) or current.life.memory.attachments.count(file.id)
    return attachment_out(app_state.attachments, file, count)


@router.get("/{attachment_id}/text", operation_id="getAttachmentText")
async def get_attachment_text(attachment_id: PathId, current: CurrentPersonDep) -> AttachmentText:
    """Return what a file says, in passages."""
    known = current.life.memory.attachments
    known.get(attachment_id)
    return AttachmentText(
        [
            AttachmentPartOut(number, part.page, part.place, part.text)
            for number, part in enumerate(known.parts(attachment_id))
        ]
    )


@router.get(
    "/{attachment_id}/content",
    operation_id="getAttachmentContent",
    response_class=Response,
    responses={200: {"description": "The file as it is.", "content": {"*/*": _FILE}}},
)
async def get_attachment_content(
    attachment_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> Response:
    """Return the bytes of a file. Pictures can be shown; everything else is a download."""
    store = app_state.attachments
    file = await store.find(current.life, attachment_id)
    if not store.has_content(file.id):
        raise NotFound("The bytes of this file aren't on this machine any more; its text is.")
    content = await store.read(current.life, file.id)
    return Response(content, headers=_headers(file), media_type=_media_type(file))


@router.delete("/{attachment_id}", operation_id="forgetAttachment", status_code=204)
async def forget_attachment(
    attachment_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> None:
    """Forget a file for good, with the replies that repeat it. The message stays."""
    if current.life.memory.attachments.find(attachment_id) is None:
        await app_state.attachments.discard(current.life, attachment_id)
    else:
        await erase(current, app_state, ErasureRequest(attachments=(attachment_id,)))


def _media_type(file: FileAttached) -> str:
    """Return the type under which bytes leave: only pictures may be shown by a browser."""
    return file.media_type if is_picture(file) else "application/octet-stream"


def _headers(file: FileAttached) -> dict[str, str]:
    shown = "inline" if is_picture(file) else "attachment"
    return {"Content-Disposition": f"{shown}; filename*=UTF-8''{quote(file.name)}"}
