"""The version, storage and address of the server."""

import pytest
from fastapi import FastAPI

from tau import __version__
from tau.app import App
from tau.storage.database import Database

from ..conftest import Person

pytestmark = pytest.mark.anyio


async def test_the_owner_sees_version_storage_and_address(owner: Person, app: App) -> None:
    models = app.settings.models_path / "pack"
    models.mkdir(parents=True)
    (models / "weights.gguf").write_bytes(b"x" * 1234)
    told = await owner.get("/api/server")
    assert told["version"] == __version__
    assert told["home"] == str(app.settings.home)
    assert told["database"] == "sqlite"
    assert told["database_bytes"] >= (app.settings.home / "tau.db").stat().st_size
    assert told["models_bytes"] >= 1234
    assert (told["host"], told["port"]) == ("127.0.0.1", 6283)
    assert (told["public_url"], told["offline"], told["backups"]) == ("", False, [])


async def test_where_there_is_postgresql_its_own_tools_are_named(
    owner: Person, api: FastAPI, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.is_sqlite:
        return
    object.__setattr__(api.state.app_state, "database", database)
    told = await owner.get("/api/server")
    assert (told["database"], told["backups"]) == ("postgresql", [])
    assert told["database_bytes"] > 0
    response = await owner.client.post("/api/backups")
    assert response.status_code == 400
    assert "tau backup" in response.json()["error"]["sentence"]
