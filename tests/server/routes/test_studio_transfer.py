"""Imports from OpenAI's API and exports, over HTTP."""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.patience import patient
from tests.studio.desk import as_lines, requests
from tests.studio.openai_import.scripted_openai import KEY, ScriptedOpenAI, serve, stranded

from ..conftest import Person

pytestmark = pytest.mark.anyio
PATH = "/api/studio/openai-imports"


@pytest.fixture
def there() -> ScriptedOpenAI:
    return stranded()


@pytest.fixture
async def address(there: ScriptedOpenAI) -> AsyncIterator[str]:
    async with serve(there) as url:
        yield url


async def ended(person: Person, begun: dict[str, Any]) -> Any:
    async with asyncio.timeout(patient(30)):
        while True:
            listed = (await person.get(PATH))["imports"]
            found = next(each for each in listed if each["id"] == begun["id"])
            if found["state"] != "running":
                return found
            await asyncio.sleep(0)


async def test_what_was_left_at_openai_is_shown_in_the_same_shape(
    owner: Person, guest: Person, address: str
) -> None:
    begun = await owner.post(PATH, {"url": address, "key": KEY})
    done = await ended(owner, begun)
    assert (done["state"], done["address"]) == ("done", address)
    counts = [done[name] for name in ("files", "jobs", "evals", "runs", "items")]
    assert counts == [5, 1, 2, 1, 5]
    assert KEY not in json.dumps(done)
    [job] = (await owner.get("/v1/fine_tuning/jobs"))["data"]
    assert (job["id"], job["status"], job["imported_from"]) == ("ftjob-1", "succeeded", address)
    training = await owner.get(f"/v1/files/{job['training_file']}")
    assert training["filename"] == "file-0.jsonl"
    events = await owner.get("/v1/fine_tuning/jobs/ftjob-1/events", limit=3)
    assert [each["message"] for each in events["data"]] == ["Step 7", "Step 6", "Step 5"]
    assert events["has_more"]
    [checkpoint] = (await owner.get("/v1/fine_tuning/jobs/ftjob-1/checkpoints"))["data"]
    assert checkpoint["step_number"] == 90
    assert (await owner.client.post("/v1/fine_tuning/jobs/ftjob-1/resume")).status_code == 409
    assert (await owner.get("/v1/fine_tuning/jobs", **{"metadata[team]": "desk"}))["data"]
    assert (await owner.get("/v1/evals"))["data"][0]["name"] == "Queues"
    assert (await owner.get("/api/studio/runs"))["runs"] == []
    assert "ft:" not in str(await owner.get("/v1/models"))
    again = await ended(owner, await owner.post(PATH, {"url": address, "key": KEY}))
    assert (again["files"], again["jobs"], again["known"]) == (0, 0, 9)
    assert len((await owner.get("/v1/fine_tuning/jobs"))["data"]) == 1
    for path in (PATH, "/v1/fine_tuning/jobs", "/v1/evals", "/v1/files"):
        theirs = await guest.get(path)
        assert not theirs.get("data")
        assert not theirs.get("imports")


async def test_an_import_fails_with_a_sentence_and_is_stopped(
    owner: Person, there: ScriptedOpenAI, address: str
) -> None:
    refused = await ended(owner, await owner.post(PATH, {"url": address, "key": "sk-other"}))
    assert (refused["state"], refused["sentence"]) == (
        "failed",
        "The API doesn't accept the key.",
    )
    there.failures["/files"] = ["429"]
    begun = await owner.post(PATH, {"url": address, "key": KEY})
    busy = await owner.client.post(PATH, json={"url": address, "key": KEY})
    assert busy.status_code == 409
    stopped = await owner.client.delete(f"{PATH}/{begun['id']}")
    assert stopped.json()["state"] == "stopped"
    assert (await owner.client.delete(f"{PATH}/{begun['id']}")).status_code == 409
    assert (await owner.client.delete(f"{PATH}/other")).status_code == 404


@pytest.mark.parametrize(
    "url", ["http://192.168.7.7/v1", "file:///etc/passwd", "https://user:secret@host/v1"]
)
async def test_addresses_that_tau_may_not_read_are_refused(owner: Person, url: str) -> None:
    refused = await owner.client.post(PATH, json={"url": url, "key": KEY})
    assert refused.status_code == 400
    assert "secret" not in refused.text


async def test_an_export_is_an_archive(owner: Person, guest: Person) -> None:
    project = await owner.post("/api/studio/projects", {"name": "Front desk"})
    path = f"/api/studio/projects/{project['id']}"
    await owner.client.post(f"{path}/files", params={"name": "a"}, content=as_lines(requests(40)))
    await owner.post(f"{path}/test", {"count": 10})
    asked = {"what": "front desk", "format": "openai"}
    answer = await owner.client.get("/api/studio/export", params=asked)
    assert answer.headers["content-type"] == "application/zip"
    zipped = zipfile.ZipFile(io.BytesIO(answer.content))
    assert len(zipped.read("test.jsonl").splitlines()) == 10
    assert (await guest.client.get("/api/studio/export", params=asked)).status_code == 404
    for wrong, status in (({"format": "exe"}, 422), ({"format": "peft"}, 404)):
        answer = await owner.client.get("/api/studio/export", params=asked | wrong)
        assert answer.status_code == status
