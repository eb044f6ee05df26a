"""A home that Tau 0.1 made opens, searches, exports and restores with the results of Tau 0.1.

`home-0.1.tar.gz` was made by that version with the scripted models: two people, a third one who was
removed, 71 messages in three languages, branches, facts in every state, imports, tombstones,
snapshots that end before the journal does, a backup, and an entry of a kind that no version knows.
`expected-0.1.json.gz` is what the same version said of it. The keys in both are of that home alone.
"""

import asyncio
import gzip
import json
import os
import re
import sqlite3
import tarfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from tau.app import App, open_app
from tau.server.api import create_api
from tau.settings import Settings, load
from tau.storage import backups

from .description import (
    FOUND,
    QUERIES,
    ApiClient,
    Wait,
    describe_home,
    import_export,
    opens,
    reimport,
)

pytestmark = pytest.mark.anyio
HERE = Path(__file__).parent


def _expected() -> Any:
    """Return what is expected: the best result of each search, and nothing of the catalog.

    What follows the best result, and which models can be downloaded, may be better in each version.
    """
    expected = json.loads(gzip.decompress((HERE / "expected-0.1.json.gz").read_bytes()))
    for part in (expected["now"], expected["restored"]):
        del part["models"]["names"], part["models"]["aliases"]["embedder"]
        for who in QUERIES:
            found = part[who]["search"]
            part[who]["search"] = {query: ids[:FOUND] for query, ids in found.items()}
    for who in QUERIES:  # of a restored home, what isn't as it is now
        part, now = expected["restored"][who], expected["now"][who]["search"]
        found = part.pop("search")
        changed = {query: ids for query, ids in found.items() if ids != now[query]}
        part |= {"search": changed} if changed else {}
    return expected


EXPECTED = _expected()
KEYS = EXPECTED["keys"]
NOW = EXPECTED["now"]


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The time zone in which the expected Markdown was written."""
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    assert os.environ.get("TZ") == before
    time.tzset()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A fresh copy of the home (`home/`), the imported files and a backup kept elsewhere."""
    with tarfile.open(HERE / "home-0.1.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[tuple[App, FastAPI, Wait]]:
    """Open a home; yield it, its HTTP application, and what waits for background learning."""
    async with open_app(settings, environ={}) as app:
        api = create_api(app)

        async def wait_until_idle() -> None:
            await app.learning.wait_until_idle()
            await app.embedding.wait_until_idle()

        yield app, api, wait_until_idle
        await api.state.app_state.close()


def opened(home: Path) -> Any:
    return served(load({"home": home}, {}))


def differences(expected: Any, found: Any, path: str = "") -> list[str]:
    """Return where two descriptions differ, readable in a failed test."""
    if isinstance(expected, dict) and isinstance(found, dict):
        names = sorted(expected.keys() | found.keys())
        return [
            line
            for name in names
            for line in differences(expected.get(name), found.get(name), f"{path}/{name}")
        ]
    return [] if expected == found else [f"{path}: {str(expected)[:300]} != {str(found)[:300]}"]


def changed_parts(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of `after` that are not as `before`, threads and searches one by one."""
    changed: dict[str, Any] = {}
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old != new:
            changed[name] = changed_parts(old, new) if name in {"threads", "search"} else new
    return changed


async def test_everything_is_as_it_was(folder: Path) -> None:
    async with opened(folder / "home") as (_, api, wait_until_idle):
        assert differences(NOW, await describe_home(api, KEYS, wait_until_idle)) == []
        assert await opens(api, KEYS) == EXPECTED["opens"]
    async with opened(folder / "home") as (_, api, wait_until_idle):  # from snapshots of now
        again = await describe_home(api, KEYS, wait_until_idle)
        for who in QUERIES:
            assert differences(NOW[who]["search"], again[who]["search"]) == []
            assert differences(NOW[who]["facts"], again[who]["facts"]) == []


async def test_a_lost_snapshot_costs_no_data(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "home" / "tau.db")) as connection, connection:
        assert connection.execute("DELETE FROM snapshots").rowcount > 0
    async with opened(folder / "home") as (_, api, wait_until_idle):
        assert differences(NOW, await describe_home(api, KEYS, wait_until_idle)) == []


async def test_imported_files_are_still_known_and_forgotten_ones_stay_out(folder: Path) -> None:
    async with opened(folder / "home") as (_, api, _):
        assert await reimport(api, KEYS, folder / "brought") == EXPECTED["reimport"]


@pytest.mark.parametrize("place", ["home/backups", "elsewhere"])
async def test_a_backup_restores(folder: Path, place: str) -> None:
    home, file = folder / "home", folder / place / KEYS["backup"]
    expected = EXPECTED["restored"] | (
        EXPECTED["restored_from_elsewhere"] if place == "elsewhere" else {}
    )
    result = await asyncio.to_thread(backups.restore, file, home / "tau.db", home / "backups")
    assert result.left_out == expected["left_out"]
    assert ", ".join(result.removed) == expected["removed"]
    async with opened(home) as (_, api, wait_until_idle):
        found = await describe_home(api, KEYS, wait_until_idle)
    names = [re.sub(r"\d{18,}", "N", name) for name in found["server"]["backups"]]
    found["server"]["backups"] = sorted(names)
    for who in QUERIES:
        found[who] = changed_parts(NOW[who], found[who])
    assert differences({name: expected[name] for name in found}, found) == []


async def test_exports_restore_into_an_empty_home(folder: Path, tmp_path: Path) -> None:
    exports = {}
    async with opened(folder / "home") as (_, api, _):
        for who in QUERIES:
            exports[who] = await ApiClient(api, KEYS[who]["api_key"]).raw("/api/export")
    for who, export in exports.items():
        settings = Settings(home=tmp_path / who, model="scripted", embedder="scripted-embedder")
        async with served(settings) as (app, api, wait_until_idle):
            owner = await app.people.owner()
            session, _ = await app.people.sessions.redeem(
                await app.people.credentials.link(owner), "test"
            )
            found = await import_export(api, session, export, QUERIES[who], wait_until_idle)
        assert sorted(changed_parts(NOW[who], found)) == EXPECTED["import_export"][who]
        kinds = EXPECTED["import_export"][f"{who} export_jsonl"]
        assert found["export_jsonl"]["kinds"] == kinds
