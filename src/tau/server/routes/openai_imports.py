"""Imports of files, jobs and evals from OpenAI's API, or another one of that shape."""

from fastapi import APIRouter

from tau.jobs.job import Job
from tau.server.auth import AppStateDep, CredentialDep
from tau.server.requests.studio_transfer import OpenAIImportRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.parameters import PathId
from tau.server.schemas.studio_transfer import OpenAIImportList, OpenAIImportOut
from tau.server.state import AppState

router = APIRouter(tags=["studio"], responses=ERROR_RESPONSES)


@router.post("/api/studio/openai-imports", operation_id="startOpenAIImport", status_code=202)
async def start_openai_import(
    given: OpenAIImportRequest, opened: CredentialDep, app_state: AppStateDep
) -> OpenAIImportOut:
    """Start to bring over files, jobs, evals, runs and results. Twice adds nothing."""
    job = await app_state.openai_imports.start(opened.unlocked, given.url, given.key)
    return _import_out(app_state, job)


@router.get("/api/studio/openai-imports", operation_id="listOpenAIImports")
async def list_openai_imports(opened: CredentialDep, app_state: AppStateDep) -> OpenAIImportList:
    """List your imports since Tau started, newest first."""
    jobs = await app_state.openai_imports.all(opened.unlocked)
    return OpenAIImportList(imports=[_import_out(app_state, each) for each in jobs])


@router.delete("/api/studio/openai-imports/{import_id}", operation_id="stopOpenAIImport")
async def stop_openai_import(
    import_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> OpenAIImportOut:
    """Stop an import that runs; what it added stays."""
    job = await app_state.openai_imports.stop(opened.unlocked, import_id)
    return _import_out(app_state, job)


def _import_out(app_state: AppState, job: Job) -> OpenAIImportOut:
    report = app_state.openai_imports.report(job)
    return OpenAIImportOut(
        id=job.id,
        state=job.state,
        sentence=job.message,
        at=job.created_at,
        address=job.subject,
        files=report.files,
        jobs=report.jobs,
        evals=report.evals,
        runs=report.runs,
        items=report.items,
        known=report.known,
        notes=list(report.notes),
    )
