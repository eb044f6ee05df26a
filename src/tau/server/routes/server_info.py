"""The version, storage and address of this server."""

from pathlib import Path

import anyio.to_thread
from fastapi import APIRouter, Request
from sqlalchemy import text

from tau import __version__
from tau.server.auth import AppStateDep, OwnerCredentialDep
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.backups import backup_out
from tau.server.schemas.server_info import ServerInfoOut
from tau.server.state import AppState
from tau.storage.backups import Backups

router = APIRouter(tags=["operations"], responses=ERROR_RESPONSES)


@router.get("/api/server", operation_id="getServer")
async def get_server_info(
    request: Request, _opened: OwnerCredentialDep, app_state: AppStateDep
) -> ServerInfoOut:
    """Return the version, storage and address of this server (owner only)."""
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
        backups=[backup_out(copy) for copy in copies],
        host=settings.host,
        port=settings.port or listening[1] or 0,
        public_url=app_state.public_url,
        offline=settings.offline,
    )


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
    except OSError:  # removed in the meantime
        return 0
