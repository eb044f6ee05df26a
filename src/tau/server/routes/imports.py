"""Bringing one's past: upload a file, watch it being read, see what was left out."""

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

_UPLOAD = {
    "requestBody": {
        "required": True,
        "description": "The file as it is, up to the setting `max_import_bytes`.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/api/imports", operation_id="bring", status_code=202, openapi_extra=_UPLOAD)
async def create_import(
    request: Request,
    current: CurrentPersonDep,
    app_state: AppStateDep,
    name: Annotated[NonEmptyText, Query(max_length=200)] = "",
    trust: bool = False,
    forgotten: bool = False,
    dry_run: bool = False,
) -> ImportOut:
    """Bring a file of another product, or of Tau's own; it is read behind this request.

    What it claims of the person waits for their word, unless they `trust` it. What a file had
    brought and they forgot is left out, unless they want the `forgotten` back. With `dry_run`
    nothing is written, and the import tells what would be.
    """
    file = await receive_upload(_read_body(request), app_state.settings.home)
    options = ImportOptions(trust=trust, forgotten=forgotten, dry_run=dry_run)
    begun = await app_state.imports.start(current.life, file, name, options)
    return _job_out(begun, app_state, current.life.person)


@router.get("/api/imports", operation_id="listImports")
async def list_imports(current: CurrentPersonDep, app_state: AppStateDep) -> ImportList:
    """List every import, newest first."""
    asked = await app_state.imports.imports_of(current.life)
    shown = {one.report.id for one in asked if one.report}
    under_way = {one.job.subject for one in asked if one.job.state == "running"}
    past = [
        _recorded_import_out(one)
        for one in reversed(current.life.memory.imports.all())
        if one.id not in shown and (one.finished or one.name not in under_way)
    ]
    return ImportList(
        imports=[*(_job_out(one, app_state, current.life.person) for one in asked), *past]
    )


@router.get("/api/imports/{import_id}", operation_id="getImport")
async def get_import(
    import_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> ImportOut:
    """Tell how far an import is, and what was left out."""
    for one in await app_state.imports.imports_of(current.life):
        if import_id in {one.job.id, one.report.id if one.report else None}:
            return _job_out(one, app_state, current.life.person)
    for past in current.life.memory.imports.all():
        if past.id == import_id:
            return _recorded_import_out(past)
    raise NotFound("There is no such import.")


@router.post("/api/imports/{import_id}/take", operation_id="takeImport", status_code=202)
async def commit_import(
    import_id: PathId,
    current: CurrentPersonDep,
    app_state: AppStateDep,
    trust: bool | None = None,
    forgotten: bool | None = None,
) -> ImportOut:
    """Bring the file of a dry run for real, without sending it again, as another import.

    It is held for a quarter of an hour after the dry run, or until another file comes; later the
    answer is 409. `trust` and `forgotten` are as they were for the dry run, unless they are given.
    """
    begun = await app_state.imports.commit(
        current.life, import_id, trust=trust, forgotten=forgotten
    )
    return _job_out(begun, app_state, current.life.person)


@router.delete("/api/imports/{import_id}", operation_id="stopImport")
async def stop_import(
    import_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> ImportOut:
    """Stop an import that is under way; the conversations that it wrote stay.

    Of a dry run that is over the file is let go, if it is held. Else the answer is 409.
    """
    return _job_out(
        await app_state.imports.stop(current.life.person, import_id), app_state, current.life.person
    )


async def _read_body(request: Request) -> AsyncIterator[bytes]:
    try:
        async for piece in request.stream():
            yield piece
    except ClientDisconnect as error:
        raise BadInput("The upload broke off.") from error


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
        sentence="" if one.finished else "It did not come to its end; bring the file again.",
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
