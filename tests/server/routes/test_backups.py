"""The house in its owner's hands: what it stands on, and the copies of its database."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tau import __version__
from tau.app import App
from tau.storage.backups import check
from tau.storage.database import Database

from ..conftest import Person

pytestmark = pytest.mark.anyio


async def test_what_the_house_stands_on(owner: Person, app: App) -> None:
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


async def test_a_backup_is_made_listed_taken_away_and_deleted(
    owner: Person, app: App, tmp_path: Path
) -> None:
    await owner.say(await owner.begin(), "Words that are to be kept")
    made = await owner.post("/api/backups")
    assert (await owner.get("/api/server"))["backups"] == [made]
    response = await owner.client.get(f"/api/backups/{made['name']}")
    assert response.headers["content-type"] == "application/vnd.sqlite3"
    assert made["name"] in response.headers["content-disposition"]
    assert len(response.content) == made["bytes"]
    taken = tmp_path / "taken.db"
    taken.write_bytes(response.content)
    check(taken)
    with closing(sqlite3.connect(taken)) as opened:
        assert opened.execute("SELECT count(*) FROM entries").fetchone()[0] > 1
    assert b"Words that are to be kept" not in response.content
    assert (await owner.client.delete(f"/api/backups/{made['name']}")).status_code == 204
    assert (await owner.get("/api/server"))["backups"] == []
    assert (await owner.client.get(f"/api/backups/{made['name']}")).status_code == 404


async def test_what_is_forgotten_goes_from_backups_too(owner: Person, app: App) -> None:
    conversation = await owner.begin()
    message = (await owner.say(conversation, "The secret of the well"))[0]["message"]
    made = await owner.post("/api/backups")
    path = app.settings.home / "backups" / made["name"]

    def sealed() -> set[bytes]:
        with closing(sqlite3.connect(path)) as opened:
            rows = opened.execute("SELECT sealed FROM entries WHERE sealed IS NOT NULL")
            return {row[0] for row in rows}

    before = sealed()
    await owner.client.delete(f"/api/messages/{message}")
    gone = before - sealed()
    assert gone
    raw = path.read_bytes()
    assert all(each[:28] not in raw for each in gone)
    assert [one["name"] for one in (await owner.get("/api/server"))["backups"]] == [made["name"]]


async def test_only_the_owner_sees_and_copies_the_house(owner: Person, guest: Person) -> None:
    made = await owner.post("/api/backups")
    for method, path in (
        ("GET", "/api/server"),
        ("POST", "/api/backups"),
        ("GET", f"/api/backups/{made['name']}"),
        ("DELETE", f"/api/backups/{made['name']}"),
        ("GET", "/api/backups/nothing.db"),
    ):
        assert (await guest.client.request(method, path)).status_code == 403, path
    assert (await owner.get("/api/server"))["backups"] == [made]


async def test_backups_ask_for_a_session_and_not_a_program_s_key(
    owner: Person, make_client: Callable[..., httpx.AsyncClient]
) -> None:
    made = await owner.post("/api/backups")
    program = make_client(owner.key)
    assert (await program.get("/api/server")).status_code == 200
    for method, path in (
        ("POST", "/api/backups"),
        ("GET", f"/api/backups/{made['name']}"),
        ("DELETE", f"/api/backups/{made['name']}"),
    ):
        assert (await program.request(method, path)).status_code == 403, (method, path)
    assert (await owner.get("/api/server"))["backups"] == [made]


@pytest.mark.parametrize(
    "name",
    ["nothing.db", "..%2Ftau.db", "..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd", "server.key", ".db"],
)
async def test_a_name_that_is_no_backup_leads_nowhere(owner: Person, app: App, name: str) -> None:
    for method in ("GET", "DELETE"):
        response = await owner.client.request(method, f"/api/backups/{name}")
        assert response.status_code in {404, 405}
    assert (app.settings.home / "tau.db").exists()
    assert (app.settings.home / "server.key").exists()


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
    assert "pg_dump" in response.json()["error"]["sentence"]


async def test_how_much_a_life_holds(owner: Person, guest: Person) -> None:
    assert await owner.get("/api/life") == {"conversations": 0, "messages": 0, "facts": 0}
    await owner.say(await owner.begin(), "Good morning")
    await owner.post("/api/memory/facts", {"text": "Likes oolong"})
    held = await owner.get("/api/life")
    assert (held["conversations"], held["messages"]) == (1, 2)
    assert held["facts"] == len((await owner.get("/api/memory/facts"))["facts"]) > 0
    assert (await guest.get("/api/life"))["messages"] == 0


async def test_me_tells_which_ways_in_there_are(
    owner: Person, anonymous: httpx.AsyncClient
) -> None:
    def ways(me: dict[str, Any]) -> tuple[bool, bool, bool]:
        return me["has_password"], me["has_recovery_code"], me["learns_while_away"]

    assert ways(await owner.get("/api/me")) == (False, False, True)
    await owner.client.put("/api/password", json={"password": "a long password"})
    assert ways(await owner.get("/api/me")) == (True, False, True)
    await owner.post("/api/recovery-code")
    changed = await owner.client.patch("/api/me", json={"learns_while_away": False})
    assert ways(changed.json()) == (True, True, False)
    name = changed.json()["name"]
    signed_in = await anonymous.post(
        "/api/sign-in", json={"name": name, "password": "a long password"}
    )
    assert ways(signed_in.json()) == (True, True, False)
    assert "has_password" not in str(await owner.get("/api/people"))
