"""Documents from which a model writes examples for a project."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from tau.jobs.job import Job
from tau.server.auth import AppStateDep, CredentialDep
from tau.server.requests.documents import AddDocumentQuery
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.imports import UPLOAD, read_body
from tau.server.routes.parameters import PathId
from tau.server.schemas.documents import DocumentJobList, DocumentJobOut
from tau.studio.writing.document_jobs import source_of
from tau.transfer.uploads import receive_upload

router = APIRouter(tags=["studio"], responses=ERROR_RESPONSES)


@router.post(
    "/api/studio/projects/{project_id}/documents",
    operation_id="addDocument",
    status_code=202,
    openapi_extra=UPLOAD,
)
async def add_document(
    request: Request,
    project_id: PathId,
    opened: CredentialDep,
    app_state: AppStateDep,
    about: Annotated[AddDocumentQuery, Query()],
) -> DocumentJobOut:
    """Let a capable model write examples from a document: .pdf, .docx, .txt or .md.

    It's read in the background, passage by passage. The examples wait until a person decides about
    them or changes them; until then nothing learns from them.
    """
    await app_state.studio.projects.open(opened.unlocked, project_id)  # before anything is sent
    file = await receive_upload(read_body(request), app_state.settings.home)
    with file:
        job = await app_state.studio.documents.add(
            opened.unlocked, project_id, about.name, file, about.options()
        )
    return _job_out(job)


@router.get("/api/studio/projects/{project_id}/documents", operation_id="listDocuments")
async def list_documents(
    project_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> DocumentJobList:
    """List the documents that were read since Tau started, newest first."""
    await app_state.studio.projects.open(opened.unlocked, project_id)
    jobs = await app_state.studio.documents.of_project(opened.unlocked, project_id)
    return DocumentJobList(documents=[_job_out(each) for each in jobs])


@router.delete("/api/studio/projects/{project_id}/documents/{job_id}", operation_id="stopDocument")
async def stop_document(
    project_id: PathId, job_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> DocumentJobOut:
    """Stop reading a document; what was written from it is kept."""
    await app_state.studio.projects.open(opened.unlocked, project_id)
    return _job_out(await app_state.studio.documents.stop(opened.unlocked, project_id, job_id))


def _job_out(job: Job) -> DocumentJobOut:
    return DocumentJobOut(
        id=job.id,
        name=job.subject,
        state=job.state,
        sentence=job.message,
        at=job.created_at,
        done=job.done,
        total=job.total,
        source=source_of(job),
    )
