"""Copies of the database: making, downloading and removing them."""

import anyio.to_thread
from fastapi import APIRouter
from fastapi.responses import FileResponse

from tau.server.auth import AppStateDep, OwnerActDep
from tau.server.responses import ERROR_RESPONSES, Responses
from tau.server.routes.parameters import PathId
from tau.server.schemas.backups import BackupOut
from tau.storage.backups import Backup, Backups

router = APIRouter(tags=["operations"], responses=ERROR_RESPONSES)
_SQLITE_MEDIA_TYPE = "application/vnd.sqlite3"  # as IANA names it
_FILE_RESPONSE: Responses = {
    200: {
        "description": "The copy, as a SQLite file.",
        "content": {_SQLITE_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/api/backups", operation_id="makeBackup", status_code=201)
async def make_backup(_opened: OwnerActDep, app_state: AppStateDep) -> BackupOut:
    """Copy the whole database, still sealed, into Tau's home (owner only)."""
    return backup_out(await anyio.to_thread.run_sync(Backups(app_state.database).make))


@router.get(
    "/api/backups/{name}",
    operation_id="getBackup",
    response_class=FileResponse,
    responses=_FILE_RESPONSE,
)
async def get_backup(name: PathId, _opened: OwnerActDep, app_state: AppStateDep) -> FileResponse:
    """Download a copy of the database (owner only)."""
    path = await anyio.to_thread.run_sync(Backups(app_state.database).path, name)
    return FileResponse(path, media_type=_SQLITE_MEDIA_TYPE, filename=name)


@router.delete("/api/backups/{name}", operation_id="removeBackup", status_code=204)
async def remove_backup(name: PathId, _opened: OwnerActDep, app_state: AppStateDep) -> None:
    """Delete a copy of the database (owner only)."""
    await anyio.to_thread.run_sync(Backups(app_state.database).remove, name)


def backup_out(copy: Backup) -> BackupOut:
    """Return a copy as the API shows it."""
    return BackupOut(name=copy.name, at=copy.at, bytes=copy.bytes)
