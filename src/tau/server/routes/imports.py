"""Imports: uploading a file, following its import, previewing and stopping it."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.requests import ClientDisconnect

from tau.errors import BadInput, NotFound
from tau.journal.entries import FileImported
from tau.server.auth import AppStateDep, CurrentPersonDep
from tau.server.requests.fields import NonEmptyText
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.parameters import PathId
from tau.server.schemas.imports import ImportList, ImportOut, PreviewFactOut, SkippedItemOut
from tau.server.state import AppState
from tau.transfer.import_jobs import ImportJob
from tau.transfer.importing import ImportOptions
from tau.transfer.uploads import receive_upload

router = APIRouter(tags=["memory"], responses=ERROR_RESPONSES)

UPLOAD = {
    "requestBody": {
        "required": True,
        "description": "The file as it is, up to the setting `max_import_bytes`.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/api/imports", operation_id="createImport", status_code=202, openapi_extra=UPLOAD)
async def create_import(
    request: Request,
    current: CurrentPersonDep,
    app_state: AppStateDep,
    name: Annotated[NonEmptyText, Query(max_length=200)] = "",
    trust: bool = False,
    forgotten: bool = False,
    dry_run: bool = False,
) -> ImportOut:
    """Import a file from another product or from Tau; it is read in the background.

    Facts that the file claims wait for the person's approval, unless they `trust` it. What the
    person imported before and then forgot is left out, unless they ask for it with `forgotten`.
    With `dry_run` nothing is written; the import shows what would be.
    """
    file = await receive_upload(read_body(request), app_state.settings.home)
    options = ImportOptions(trust=trust, forgotten=forgotten, dry_run=dry_run)
    begun = await app_state.imports.start(current.life, file, name, options)
    return _job_out(begun, app_state, current.life.person)


@router.get("/api/imports", operation_id="listImports")
async def list_imports(current: CurrentPersonDep, app_state: AppStateDep) -> ImportList:
    """List every import, newest first."""
    asked = await app_state.imports.imports_of(current.life)
    shown = {one.journal_id for one in asked}
    in_progress = {one.job.subject for one in asked if one.job.state == "running"}
    past = [
        _recorded_import_out(one)
        for one in reversed(current.life.memory.imports.all())
        if one.id not in shown and (one.finished or one.name not in in_progress)
    ]
    return ImportList(
        imports=[*(_job_out(one, app_state, current.life.person) for one in asked), *past]
    )


@router.get("/api/imports/{import_id}", operation_id="getImport")
async def get_import(
    import_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> ImportOut:
    """Return an import with its progress, and what was skipped."""
    for one in await app_state.imports.imports_of(current.life):
        if import_id in {one.job.id, one.report.id if one.report else None}:
            return _job_out(one, app_state, current.life.person)
    for past in current.life.memory.imports.all():
        if past.id == import_id:
            return _recorded_import_out(past)
    raise NotFound("There is no such import.")


@router.post("/api/imports/{import_id}/take", operation_id="commitImport", status_code=202)
async def commit_import(
    import_id: PathId,
    current: CurrentPersonDep,
    app_state: AppStateDep,
    trust: bool | None = None,
    forgotten: bool | None = None,
) -> ImportOut:
    """Import the file of a dry run, without uploading it again, as another import.

    The file is kept for 15 minutes after the dry run, or until another upload; after that the
    answer is 409. `trust` and `forgotten` default to those of the dry run.
    """
    begun = await app_state.imports.commit(
        current.life, import_id, trust=trust, forgotten=forgotten
    )
    return _job_out(begun, app_state, current.life.person)


@router.delete("/api/imports/{import_id}", operation_id="stopImport")
async def stop_import(
    import_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> ImportOut:
    """Stop an import in progress; the conversations it wrote stay.

    For a finished dry run, the file is discarded if it is still kept. An import that a restart cut
    off is removed from the list. Otherwise the answer is 409.
    """
    return _job_out(
        await app_state.imports.stop(current.life.person, import_id), app_state, current.life.person
    )


async def read_body(request: Request) -> AsyncIterator[bytes]:
    """Yield the body of a request in pieces. Raises `BadInput` if it's cut off."""
    try:
        async for piece in request.stream():
            yield piece
    except ClientDisconnect as error:
        raise BadInput("The upload was interrupted.") from error


def _job_out(one: ImportJob, app_state: AppState, person: str) -> ImportOut:
    job, report, progress = one.job, one.report, one.progress
    return ImportOut(
        id=job.id,
        name=job.subject,
        origin=report.origin if report else "",
        state=job.state,
        sentence=job.message,
        at=job.created_at,
        bytes_done=progress.bytes_done,
        bytes_total=progress.bytes_total,
        conversations=progress.conversations,
        messages=progress.messages,
        facts=progress.facts,
        known=report.known if report else 0,
        forgotten=report.forgotten if report else 0,
        skipped_count=progress.skipped,
        skipped=[SkippedItemOut(where=s.where, reason=s.reason) for s in report.skipped]
        if report
        else [],
        notes=[SkippedItemOut(where=n.where, reason=n.text) for n in report.notes]
        if report
        else [],
        dry_run=one.options.dry_run,
        restored=report.restored if report else False,
        learned=[
            PreviewFactOut(text=fact.text, topic=fact.topic, trust=fact.trust)
            for fact in (report.learned if report else ())
        ],
        held=app_state.imports.has_file(person, job.id),
    )


def _recorded_import_out(one: FileImported) -> ImportOut:
    return ImportOut(
        id=one.id,
        name=one.name,
        origin=one.origin,
        state="done" if one.finished else "unfinished",
        sentence="" if one.finished else "The import did not finish; import the file again.",
        at=one.at,
        bytes_done=0,
        bytes_total=0,
        conversations=one.conversations,
        messages=one.messages,
        facts=one.facts,
        known=0,
        forgotten=0,
        skipped_count=one.skipped,
        skipped=[],
        notes=[],
        dry_run=False,
        restored=False,
        learned=[],
        held=False,
    )
