"""Documents that are kept: created, changed, edits proposed and decided, written as files.

They're artifacts: listed, renamed, undone and erased with the routes of artifacts.
"""

from typing import Annotated, Literal

import anyio.to_thread
from fastapi import APIRouter, Query, Request, Response

from tau.errors import BadInput
from tau.experts.writing.blocks import parse_markdown
from tau.experts.writing.documents import DocumentContent, Documents, content_of_file
from tau.experts.writing.review import Review
from tau.life.private import is_private
from tau.server.auth import AppStateDep, CurrentPerson, CurrentPersonDep
from tau.server.requests.writing import (
    AskForEditsRequest,
    CreateDocumentRequest,
    DecideEditsRequest,
    SaveDocumentRequest,
)
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.imports import read_body
from tau.server.routes.parameters import PathId
from tau.server.schemas.writing import CheckedDocumentOut, DocumentOut
from tau.server.writing_presenters import document_out, mark_out

router = APIRouter(
    prefix="/api/experts/writing/documents", tags=["writing"], responses=ERROR_RESPONSES
)
FileFormat = Literal["docx", "docx-tracked", "md", "txt"]
_MAX_UPLOAD_BYTES = 20 * 1024**2
_BINARY = "application/octet-stream"
_FILE = {"type": "string", "format": "binary"}
_MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}


@router.post("", operation_id="createDocument", status_code=201)
async def create_document(
    asked: CreateDocumentRequest, current: CurrentPersonDep, app_state: AppStateDep
) -> DocumentOut:
    """Keep a new document: from a template, or of a text."""
    _check_conversation(current, asked.conversation)
    if asked.template is not None:
        document, filled = app_state.writing.fill(current.life, asked.template, asked.values)
        content = DocumentContent(Review(document), asked.template, tuple(filled))
    else:
        content = DocumentContent(Review(parse_markdown(asked.markdown)))
    documents = Documents(current.life)
    kept = await documents.create(content, title=asked.title, conversation=asked.conversation)
    return document_out(kept)


@router.post("/file", operation_id="uploadDocument", status_code=201)
async def upload_document(
    request: Request,
    current: CurrentPersonDep,
    name: Annotated[str, Query(min_length=1, max_length=200)],
) -> DocumentOut:
    """Keep a document that begins with a file (.docx, .md, .txt): the body of the request."""
    data = bytearray()
    async for piece in read_body(request):
        data += piece
        if len(data) > _MAX_UPLOAD_BYTES:
            raise BadInput("The file is larger than 20 MB.")
    content = await anyio.to_thread.run_sync(content_of_file, name, bytes(data))
    title = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return document_out(await Documents(current.life).create(content, title=title))


@router.get("/{document_id}", operation_id="getDocument")
async def get_document(document_id: PathId, current: CurrentPersonDep) -> DocumentOut:
    """Return a document with the edits that are proposed for it."""
    return document_out(Documents(current.life).get(document_id))


@router.put("/{document_id}", operation_id="saveDocument")
async def save_document(
    document_id: PathId, asked: SaveDocumentRequest, current: CurrentPersonDep
) -> DocumentOut:
    """Keep what the person wrote; 409 if the document was changed elsewhere since `after`."""
    documents = Documents(current.life)
    if asked.markdown is not None:
        kept = await documents.save_text(document_id, asked.after, asked.markdown)
    else:
        kept = await documents.save_blocks(document_id, asked.after, list(asked.blocks.items()))
    return document_out(kept)


@router.post("/{document_id}/checks", operation_id="checkKeptDocument")
async def check_kept_document(
    document_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> CheckedDocumentOut:
    """Check a document that is kept."""
    kept = Documents(current.life).get(document_id)
    report = await app_state.writing.check(current.life, kept.review.document)
    return CheckedDocumentOut(list(map(mark_out, report.findings)), report.english_unchecked)


@router.post("/{document_id}/edits", operation_id="askForEdits", status_code=201)
async def ask_for_edits(
    document_id: PathId,
    asked: AskForEditsRequest,
    current: CurrentPersonDep,
    app_state: AppStateDep,
) -> DocumentOut:
    """Propose edits: by a model that does as it's asked, or else what the checks would change."""
    documents = Documents(current.life)
    kept, dropped = await app_state.writing.revise(
        current.life, documents, document_id, asked.instruction, audience=asked.audience
    )
    return document_out(kept, dropped=dropped)


@router.post("/{document_id}/decisions", operation_id="decideEdits", status_code=201)
async def decide_edits(
    document_id: PathId, asked: DecideEditsRequest, current: CurrentPersonDep
) -> DocumentOut:
    """Accept or reject edits, or take that back; 409 if they were decided the other way."""
    documents = Documents(current.life)
    if asked.decision == "undone":
        edit = asked.edits[0] if asked.edits else None
        return document_out(await documents.undo(document_id, edit))
    if asked.edits:
        kept, question = await documents.decide(document_id, asked.edits, asked.decision)
    else:
        kept, question = await documents.decide_all(
            document_id, asked.decision, block=asked.block, rule=asked.rule
        )
    return document_out(kept, question)


@router.get(
    "/{document_id}/file",
    operation_id="getDocumentFile",
    response_class=Response,
    responses={200: {"description": "The file.", "content": {_BINARY: {"schema": _FILE}}}},
)
async def get_document_file(
    document_id: PathId,
    current: CurrentPersonDep,
    format: Annotated[FileFormat, Query()] = "docx",  # noqa: A002 - its name in the address
) -> Response:
    """Return a document as a file; `docx-tracked` has its changes as tracked changes."""
    documents = Documents(current.life)
    content = await anyio.to_thread.run_sync(documents.file, document_id, format)
    suffix = format.partition("-")[0]
    headers = {"Content-Disposition": f'attachment; filename="document.{suffix}"'}
    return Response(content, media_type=_MEDIA_TYPES[suffix], headers=headers)


def _check_conversation(current: CurrentPerson, conversation: str | None) -> None:
    if conversation is None:
        return
    current.conversation(conversation)
    if is_private(conversation):
        raise BadInput("Nothing of a private conversation is kept, so no document is either.")
