"""Copies of the database: made, listed, downloaded and deleted by the owner."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tau.app import App
from tau.storage.backups import check

from ..conftest import Person

pytestmark = pytest.mark.anyio


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


async def test_only_the_owner_sees_and_copies_the_database(owner: Person, guest: Person) -> None:
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
