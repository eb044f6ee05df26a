"""The brains over HTTP: listing, naming, checking, downloading."""

import asyncio
from typing import Any

import pytest

from tau.app import App
from tau.errors import DownloadFailed

from .conftest import Person

pytestmark = pytest.mark.anyio
ADDED = {"name": "mine", "url": "http://127.0.0.1:9/v1", "model": "any", "key": "sk-secret"}


async def test_models_are_listed_with_their_aliases(owner: Person, guest: Person) -> None:
    for person in (owner, guest):
        listed = await person.get("/api/models")
        names = {model["name"]: model for model in listed["models"]}
        assert names["scripted"]["ready"] is True
        assert names["scripted"]["capabilities"] == ["chat"]
        assert "companion" in listed["aliases"]


async def test_an_endpoint_is_added_named_checked_and_removed(owner: Person) -> None:
    added = await owner.post("/api/models", {**ADDED, "context_tokens": 4096})
    assert "mine" in [model["name"] for model in added["models"]]
    assert "sk-secret" not in str(added)
    used = await owner.client.put("/api/models/aliases/companion", json={"names": ["mine"]})
    assert used.json()["aliases"]["companion"] == ["mine"]
    check = await owner.post("/api/models/mine/check")
    assert check["ok"] is False
    assert check["sentence"]
    await owner.client.put("/api/models/aliases/companion", json={"names": ["scripted"]})
    assert (await owner.client.delete("/api/models/mine")).status_code == 204
    assert "mine" not in str(await owner.get("/api/models"))


async def test_a_model_that_answers_is_checked(owner: Person) -> None:
    assert (await owner.post("/api/models/scripted/check"))["ok"] is True


async def test_only_the_owner_changes_models(guest: Person) -> None:
    for method, path, body in (
        ("POST", "/api/models", ADDED),
        ("PUT", "/api/models/aliases/companion", {"names": ["scripted"]}),
        ("POST", "/api/models/scripted/check", None),
        ("POST", "/api/models/scripted/pull", None),
        ("GET", "/api/models/scripted/pull", None),
        ("GET", "/api/models/found", None),
        ("DELETE", "/api/models/scripted", None),
    ):
        response = await guest.client.request(method, path, json=body)
        assert response.status_code == 403, path


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/models", {"name": "x"}),
        ("POST", "/api/models", {**ADDED, "url": "file:///etc/passwd"}),
        ("POST", "/api/models", {**ADDED, "size": "huge"}),
        ("PUT", "/api/models/aliases/companion", {"names": []}),
        ("PUT", "/api/models/aliases/companion", {"names": ["nothing"]}),
        ("POST", "/api/models/nothing/check", None),
        ("POST", "/api/models/nothing/pull", None),
        ("GET", "/api/models/scripted/pull", None),
        ("DELETE", "/api/models/nothing", None),
    ],
)
async def test_what_cannot_be_done_is_told(
    owner: Person, method: str, path: str, body: Any
) -> None:
    response = await owner.client.request(method, path, json=body)
    assert 400 <= response.status_code < 500, response.text
    assert response.json()["error"]["sentence"].endswith(".")


async def _ended(owner: Person) -> Any:
    while True:
        download = await owner.get("/api/models/scripted/pull")
        if download["state"] != "running":
            return download


async def test_a_download_is_watched_to_its_end(
    owner: Person, house: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = asyncio.Event()

    async def pull(_name: str, progress: Any) -> None:
        progress(5, 10)
        await goes_on.wait()

    monkeypatch.setattr(house.models, "pull", pull)
    begun = await owner.client.post("/api/models/scripted/pull")
    assert (begun.status_code, begun.json()["state"]) == (202, "running")
    await asyncio.sleep(0)
    half = await owner.get("/api/models/scripted/pull")
    assert (half["bytes_done"], half["bytes_total"]) == (5, 10)
    goes_on.set()
    assert (await _ended(owner))["state"] == "done"


async def test_a_download_that_fails_says_why(
    owner: Person, house: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pull(_name: str, _progress: Any) -> None:
        raise DownloadFailed("The source cannot be reached.")

    monkeypatch.setattr(house.models, "pull", pull)
    await owner.client.post("/api/models/scripted/pull")
    assert (await _ended(owner))["sentence"] == "The source cannot be reached."
