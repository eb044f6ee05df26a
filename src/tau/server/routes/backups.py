"""The house itself, in the owner's hands: what it stands on, and the copies of its database."""

from pathlib import Path

import anyio.to_thread
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse
from sqlalchemy import text

from tau import __version__
from tau.server.auth import AHouse, AKeeper, AnOwner
from tau.server.responses import FAILURES, Responses
from tau.server.schemas.backups import BackupOut, HouseOut
from tau.server.schemas.shapes import IdInPath
from tau.server.state import House
from tau.storage.backups import Copies, Copy

router = APIRouter(tags=["operations"], responses=FAILURES)
_SQLITE = "application/vnd.sqlite3"  # as IANA names it
_FILE: Responses = {
    200: {
        "description": "The copy, a SQLite file.",
        "content": {_SQLITE: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/api/house", operation_id="getHouse")
async def get_house(request: Request, _opened: AnOwner, house: AHouse) -> HouseOut:
    """Tell what this Tau is and stands on (owner only)."""
    settings, database = house.settings, house.database
    listening = request.scope.get("server") or (settings.host, settings.port)
    copies = await anyio.to_thread.run_sync(Copies(database).all) if database.is_sqlite else []
    return HouseOut(
        version=__version__,
        home=str(settings.home),
        database="sqlite" if database.is_sqlite else "postgresql",
        database_bytes=await _database_bytes(house),
        models_folder=str(settings.models_path),
        models_bytes=await anyio.to_thread.run_sync(_bytes_below, settings.models_path),
        backups=[_backup_out(copy) for copy in copies],
        host=settings.host,
        port=settings.port or listening[1] or 0,
        public_url=house.public_url,
        offline=settings.offline,
    )


@router.post("/api/backups", operation_id="makeBackup", status_code=201)
async def make_backup(_opened: AnOwner, _keeper: AKeeper, house: AHouse) -> BackupOut:
    """Make a copy of the whole database in Tau's home, as sealed as it is (owner only)."""
    return _backup_out(await anyio.to_thread.run_sync(Copies(house.database).make))


@router.get(
    "/api/backups/{name}",
    operation_id="getBackup",
    response_class=FileResponse,
    responses=_FILE,
)
async def get_backup(
    name: IdInPath, _opened: AnOwner, _keeper: AKeeper, house: AHouse
) -> FileResponse:
    """Return a copy of the database, to keep it elsewhere (owner only)."""
    path = await anyio.to_thread.run_sync(Copies(house.database).path, name)
    return FileResponse(path, media_type=_SQLITE, filename=name)


@router.delete("/api/backups/{name}", operation_id="removeBackup", status_code=204)
async def remove_backup(name: IdInPath, _opened: AnOwner, _keeper: AKeeper, house: AHouse) -> None:
    """Delete a copy of the database (owner only)."""
    await anyio.to_thread.run_sync(Copies(house.database).remove, name)


def _backup_out(copy: Copy) -> BackupOut:
    return BackupOut(name=copy.name, at=copy.at, bytes=copy.bytes)


async def _database_bytes(house: House) -> int:
    if house.database.file is not None:
        return await anyio.to_thread.run_sync(_bytes_with_log, house.database.file)
    size = text("SELECT pg_database_size(current_database())")
    found = await house.database.run(lambda c: c.execute(size).scalar(), read_only=True)
    return int(found or 0)


def _bytes_with_log(file: Path) -> int:
    return sum(_bytes_of(file.with_name(file.name + ending)) for ending in ("", "-wal"))


def _bytes_below(folder: Path) -> int:
    return sum(_bytes_of(path) for path in folder.rglob("*") if path.is_file())


def _bytes_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # it went in the meantime
        return 0
