"""Imports: files uploaded, read in the background, and cleaned up."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest

from tau.app import App
from tau.jobs.runner import JobRunner
from tau.jobs.store import JobStore
from tau.storage.sealing import SecretBox
from tau.transfer.import_jobs import ImportJobs
from tau.transfer.uploads import receive_upload
from tests.transfer.exports import as_json, as_zip, chatgpt, many, memory, store

from ..conftest import Person

pytestmark = pytest.mark.anyio


async def upload(person: Person, raw: bytes, **asked: Any) -> httpx.Response:
    return await person.client.post("/api/imports", content=raw, params={"name": "x.zip", **asked})


async def wait_for_end(person: Person, import_id: str) -> dict[str, Any]:
    while True:
        told: dict[str, Any] = await person.get(f"/api/imports/{import_id}")
        if told["state"] != "running":
            return told
        await asyncio.sleep(0)


async def import_and_wait(person: Person, raw: bytes, **asked: Any) -> dict[str, Any]:
    response = await upload(person, raw, **asked)
    assert response.status_code == 202, response.text
    return await wait_for_end(person, response.json()["id"])


async def test_a_file_is_brought_listed_and_searchable(owner: Person, app: App) -> None:
    told = await import_and_wait(owner, as_zip({"conversations.json": as_json(many(30))}))
    assert (told["state"], told["conversations"], told["messages"]) == ("done", 30, 120)
    assert told["bytes_done"] == told["bytes_total"] > 0
    found = await owner.get("/api/search", q="word7")
    assert "word7" in found["passages"][0]["message"]["text"]
    (listed,) = (await owner.get("/api/imports"))["imports"]
    assert listed == told
    assert [path.name for path in app.settings.home.iterdir() if "tmp" in path.name] == []
    await app.embedding.wait_until_idle()
    life = await app.lives.open(owner.unlocked)
    assert life.memory.messages_to_embed("scripted-embedder", 500) == []


def _new_import_jobs(app: App) -> ImportJobs:
    """What a restart begins with."""
    store = JobStore(app.database, SecretBox(bytes(32)))
    return ImportJobs(JobRunner(store), app.lives)


async def test_after_a_restart_the_past_is_listed_from_the_journal(
    owner: Person, api: Any, app: App
) -> None:
    told = await import_and_wait(owner, as_json(many(2)))
    object.__setattr__(api.state.app_state, "imports", _new_import_jobs(app))
    (listed,) = (await owner.get("/api/imports"))["imports"]
    assert (listed["name"], listed["state"], listed["messages"]) == ("x.zip", "done", 8)
    assert (await owner.get(f"/api/imports/{listed['id']}"))["messages"] == 8
    assert told["messages"] == 8


async def test_what_was_left_out_is_told(owner: Person) -> None:
    raw = as_json([chatgpt("a", ("user", "kept")), {"mapping": 3, "title": "Broken"}])
    told = await import_and_wait(owner, raw)
    assert told["skipped"] == [
        {"where": "“Broken”", "reason": "its messages are missing or damaged"}
    ]
    assert told["skipped_count"] == 1


async def test_a_dry_run_and_what_nothing_can_be_read_from(owner: Person) -> None:
    told = await import_and_wait(owner, as_json(many(2)), dry_run=True)
    assert (told["messages"], told["dry_run"]) == (8, True)
    assert (await owner.get("/api/conversations"))["conversations"] == []
    failed = await import_and_wait(owner, b"some letter")
    assert failed["state"] == "failed"
    assert failed["sentence"].startswith("Tau does not know this kind of file")


async def test_claims_wait_unless_they_are_trusted(owner: Person, app: App) -> None:
    life = await app.lives.open(owner.unlocked)
    await import_and_wait(owner, as_json(store(memory("m", "Likes tea"))))
    assert [fact.text for fact in life.memory.facts.waiting()] == ["Likes tea"]
    await import_and_wait(owner, as_json(store(memory("n", "Likes milk"))), trust=True)
    assert "Likes milk" in [fact.text for fact in life.memory.facts.current(2e9)]


async def test_one_at_a_time_and_it_can_be_stopped(owner: Person, app: App) -> None:
    life = await app.lives.open(owner.unlocked)
    async with life.transaction():  # so that nothing can be written
        first = (await upload(owner, as_json(many(5)))).json()
        second = await upload(owner, as_json(many(5)))
        assert (second.status_code, second.json()["error"]["code"]) == (409, "conflict")
        stopped = await owner.client.delete(f"/api/imports/{first['id']}")
        assert stopped.json()["state"] == "stopped"
    assert (await owner.client.delete(f"/api/imports/{first['id']}")).status_code == 409
    assert (await owner.client.delete("/api/imports/nothing")).status_code == 404
    assert (await import_and_wait(owner, as_json(many(5))))["messages"] == 20


async def test_an_import_that_was_forgotten_is_listed_no_more(owner: Person) -> None:
    kept = await import_and_wait(owner, as_json(store(memory("1", "Lives in Porto"))))
    told = await import_and_wait(owner, as_zip({"conversations.json": as_json(many(3))}))
    asked = {"import_id": told["id"]}
    dry = await owner.client.post("/api/memory/forget", json={**asked, "dry_run": True})
    assert dry.json()["messages"] > 0
    assert len((await owner.get("/api/imports"))["imports"]) == 2
    assert (await owner.client.post("/api/memory/forget", json=asked)).status_code == 200
    assert [one["id"] for one in (await owner.get("/api/imports"))["imports"]] == [kept["id"]]
    assert (await owner.client.get(f"/api/imports/{told['id']}")).status_code == 404


async def test_others_see_nothing_of_it(owner: Person, guest: Person, anonymous: Any) -> None:
    told = await import_and_wait(owner, as_json(many(1)))
    assert (await guest.get("/api/imports"))["imports"] == []
    assert (await guest.client.get(f"/api/imports/{told['id']}")).status_code == 404
    assert (await guest.client.delete(f"/api/imports/{told['id']}")).status_code == 404
    assert (await anonymous.post("/api/imports", content=b"x")).status_code == 401


async def test_a_file_may_be_longer_than_other_requests(owner: Person, app: App) -> None:
    raw = as_json([chatgpt("a", ("user", "x" * 900_000)), *many(200)] * 8)
    assert len(raw) > app.settings.max_request_bytes
    assert (await import_and_wait(owner, raw))["conversations"] == 201
    headers = {"Content-Length": str(app.settings.max_import_bytes + 1)}
    refused = await owner.client.post("/api/imports", content=b"x", headers=headers)
    assert refused.status_code == 413


async def test_who_is_removed_takes_their_import_along(
    owner: Person, guest: Person, app: App
) -> None:
    life = await app.lives.open(guest.unlocked)
    async with life.transaction():
        await upload(guest, as_json(many(5)))
        removed = await owner.client.delete(f"/api/people/{guest.unlocked.person.id}")
        assert removed.status_code == 204
    assert life.memory.last == 0


async def test_facts_are_taken_away_as_portable_ai_memory(owner: Person) -> None:
    await import_and_wait(owner, as_json(store(memory("m", "Likes tea"))), trust=True)
    response = await owner.client.get("/api/export", params={"format": "pam"})
    assert response.headers["content-type"] == "application/json"
    taken = json.loads(response.content)
    assert [each["content"] for each in taken["memories"]] == ["Likes tea"]


async def test_nothing_is_left_of_an_upload_that_broke_off(tmp_path: Path, app: App) -> None:
    async def pieces() -> Any:
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(Exception, match=r"enough disk space for this file\.$"):
        await receive_upload(pieces(), tmp_path)
    assert await asyncio.to_thread(os.listdir, tmp_path) == ["home"]
