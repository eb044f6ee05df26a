"""The house itself, in the owner's hands: what it stands on, and the copies of its database."""

from pathlib import Path

import anyio.to_thread
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse
from sqlalchemy import text

from tau import __version__
from tau.server.auth import AccountCredentialDep, AppStateDep, OwnerCredentialDep
from tau.server.responses import ERROR_RESPONSES, Responses
from tau.server.schemas.backups import BackupOut, ServerInfoOut
from tau.server.schemas.shapes import PathId
from tau.server.state import AppState
from tau.storage.backups import Backup, Backups

router = APIRouter(tags=["operations"], responses=ERROR_RESPONSES)
_SQLITE_MEDIA_TYPE = "application/vnd.sqlite3"  # as IANA names it
_FILE_RESPONSE: Responses = {
    200: {
        "description": "The copy, a SQLite file.",
        "content": {_SQLITE_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/api/server", operation_id="getServer")
async def get_server_info(
    request: Request, _opened: OwnerCredentialDep, app_state: AppStateDep
) -> ServerInfoOut:
    """Tell what this Tau is and stands on (owner only)."""
    settings, database = app_state.settings, app_state.database
    listening = request.scope.get("server") or (settings.host, settings.port)
    copies = await anyio.to_thread.run_sync(Backups(database).all) if database.is_sqlite else []
    return ServerInfoOut(
        version=__version__,
        home=str(settings.home),
        database="sqlite" if database.is_sqlite else "postgresql",
        database_bytes=await _database_bytes(app_state),
        models_folder=str(settings.models_path),
        models_bytes=await anyio.to_thread.run_sync(_folder_bytes, settings.models_path),
        backups=[_backup_out(copy) for copy in copies],
        host=settings.host,
        port=settings.port or listening[1] or 0,
        public_url=app_state.public_url,
        offline=settings.offline,
    )


@router.post("/api/backups", operation_id="makeBackup", status_code=201)
async def make_backup(
    _opened: OwnerCredentialDep, _keeper: AccountCredentialDep, app_state: AppStateDep
) -> BackupOut:
    """Make a copy of the whole database in Tau's home, as sealed as it is (owner only)."""
    return _backup_out(await anyio.to_thread.run_sync(Backups(app_state.database).make))


@router.get(
    "/api/backups/{name}",
    operation_id="getBackup",
    response_class=FileResponse,
    responses=_FILE_RESPONSE,
)
async def get_backup(
    name: PathId, _opened: OwnerCredentialDep, _keeper: AccountCredentialDep, app_state: AppStateDep
) -> FileResponse:
    """Return a copy of the database, to keep it elsewhere (owner only)."""
    path = await anyio.to_thread.run_sync(Backups(app_state.database).path, name)
    return FileResponse(path, media_type=_SQLITE_MEDIA_TYPE, filename=name)


@router.delete("/api/backups/{name}", operation_id="removeBackup", status_code=204)
async def remove_backup(
    name: PathId, _opened: OwnerCredentialDep, _keeper: AccountCredentialDep, app_state: AppStateDep
) -> None:
    """Delete a copy of the database (owner only)."""
    await anyio.to_thread.run_sync(Backups(app_state.database).remove, name)


def _backup_out(copy: Backup) -> BackupOut:
    return BackupOut(name=copy.name, at=copy.at, bytes=copy.bytes)


async def _database_bytes(app_state: AppState) -> int:
    if app_state.database.file is not None:
        return await anyio.to_thread.run_sync(_bytes_with_wal, app_state.database.file)
    size = text("SELECT pg_database_size(current_database())")
    found = await app_state.database.run(lambda c: c.execute(size).scalar(), read_only=True)
    return int(found or 0)


def _bytes_with_wal(file: Path) -> int:
    return sum(_file_bytes(file.with_name(file.name + ending)) for ending in ("", "-wal"))


def _folder_bytes(folder: Path) -> int:
    return sum(_file_bytes(path) for path in folder.rglob("*") if path.is_file())


def _file_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # it went in the meantime
        return 0
