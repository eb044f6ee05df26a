"""Models: listing, naming, checking and downloading them."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tau.app import App
from tau.errors import UNEXPECTED, DownloadFailed
from tau.models import ModelInfo, catalog, scripted_server
from tau.models.engine import LocalEngine, RunningModel

from ..conftest import Person

pytestmark = pytest.mark.anyio
ADDED = {"name": "mine", "url": "http://127.0.0.1:9/v1", "model": "any", "key": "sk-secret"}


async def test_models_are_listed_with_their_aliases(owner: Person, guest: Person) -> None:
    for person in (owner, guest):
        listed = await person.get("/api/models")
        names = {model["name"]: model for model in listed["models"]}
        assert names["scripted"]["ready"] is True
        assert names["scripted"]["capabilities"] == ["chat"]
        assert "companion" in listed["aliases"]
        assert listed["builtin"] == {
            "names": [catalog.CHAT_MODEL],
            "better": None,
            "in_use": False,  # the settings name another model
        }


async def test_what_a_loaded_model_takes_is_listed_with_it(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = RunningModel(
        name=catalog.CHAT_MODEL, pid=7, threads=2, memory_bytes=10**8, tokens_per_second=None
    )
    monkeypatch.setattr(LocalEngine, "running", lambda _: [loaded])
    listed = await owner.get("/api/models")
    running = {model["name"]: model["running"] for model in listed["models"] if model["running"]}
    assert running == {
        catalog.CHAT_MODEL: {"threads": 2, "memory_bytes": 10**8, "tokens_per_second": None}
    }


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
        ("POST", "/api/models/try", {"url": ADDED["url"]}),
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
        ("PUT", "/api/models/aliases/companion", {"names": [""]}),
        ("PUT", "/api/models/aliases/companion", {"names": ["nothing"]}),
        ("POST", "/api/models/nothing/check", None),
        ("POST", "/api/models/nothing/pull", None),
        ("GET", "/api/models/nothing/pull", None),
        ("DELETE", "/api/models/nothing", None),
    ],
)
async def test_what_cannot_be_done_is_told(
    owner: Person, method: str, path: str, body: Any
) -> None:
    response = await owner.client.request(method, path, json=body)
    assert 400 <= response.status_code < 500, response.text
    assert response.json()["error"]["sentence"].endswith(".")


async def test_a_download_that_nobody_asked_for_is_none(owner: Person) -> None:
    assert (await owner.get("/api/models/scripted/pull"))["state"] == "none"


async def _ended(owner: Person) -> Any:
    while True:
        download = await owner.get("/api/models/scripted/pull")
        if download["state"] != "running":
            return download
        await asyncio.sleep(0)  # a request in this process gives nobody else a turn


async def test_a_download_is_watched_to_its_end(
    owner: Person, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = asyncio.Event()

    async def pull(_name: str, progress: Any) -> None:
        progress(5, 10)
        await goes_on.wait()

    monkeypatch.setattr(app.models, "pull", pull)
    begun = await owner.client.post("/api/models/scripted/pull")
    assert (begun.status_code, begun.json()["state"]) == (202, "running")
    await asyncio.sleep(0)
    half = await owner.get("/api/models/scripted/pull")
    assert (half["bytes_done"], half["bytes_total"]) == (5, 10)
    goes_on.set()
    assert (await _ended(owner))["state"] == "done"


async def test_a_download_that_fails_says_why(
    owner: Person, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pull(_name: str, _progress: Any) -> None:
        raise DownloadFailed("The source cannot be reached.")

    monkeypatch.setattr(app.models, "pull", pull)
    await owner.client.post("/api/models/scripted/pull")
    assert (await _ended(owner))["sentence"] == "The source cannot be reached."


async def test_addresses_that_must_not_be_fetched_are_refused(owner: Person) -> None:
    """The table is of what somebody may type; none of it is asked, and none of it is kept."""
    before = await owner.get("/api/models")
    table: tuple[tuple[dict[str, Any], int], ...] = (
        ({"url": "http://192.168.1.1/v1"}, 400),
        ({"url": "http://10.0.0.1:11434/v1"}, 400),
        ({"url": "http://169.254.169.254/latest"}, 400),
        ({"url": "http://[fe80::1]/v1"}, 400),
        ({"url": "file:///etc/passwd"}, 400),
        ({"url": "ftp://models.example/v1"}, 400),
        ({"url": "models.example/v1"}, 400),
        ({"url": "http://"}, 400),
        ({"url": "http://["}, 400),
        ({"url": ""}, 422),
        ({"url": "http://a.example/" + "x" * 2000}, 422),
        ({"name": "tau"}, 400),
        ({"name": "scripted"}, 400),
        ({"name": "companion"}, 400),
        ({"name": "x" * 129}, 422),
        ({"name": " "}, 422),
        ({"capabilities": ["fly"]}, 422),
        ({"context_tokens": 255}, 422),
        ({"context_tokens": "many"}, 422),
        ({"key": ""}, 422),
    )
    for wrong, status in table:
        response = await owner.client.post("/api/models", json={**ADDED, **wrong})
        assert response.status_code == status, f"{wrong}: {response.text}"
        assert "sk-secret" not in response.text
    assert await owner.get("/api/models") == before


async def test_what_is_told_of_an_endpoint_is_what_was_given(owner: Person) -> None:
    asked = {**ADDED, "capabilities": ["chat", "tools"], "size": "small", "context_tokens": 256}
    await owner.post("/api/models", asked)
    (told,) = [one for one in (await owner.get("/api/models"))["models"] if one["name"] == "mine"]
    assert told["capabilities"] == ["chat", "tools"]
    assert (told["origin"], told["size"], told["context_tokens"]) == ("endpoint", "small", 256)
    await owner.post("/api/models", {**ADDED, "size": "capable"})  # the same name again: a change
    again = [one for one in (await owner.get("/api/models"))["models"] if one["name"] == "mine"]
    assert [one["size"] for one in again] == ["capable"]


async def test_an_alias_means_what_can_do_its_work(owner: Person) -> None:
    path = "/api/models/aliases"
    table: tuple[tuple[str, list[str], int], ...] = (
        ("companion", ["scripted-embedder"], 400),
        ("embedder", ["scripted"], 400),
        ("scripted", ["scripted"], 400),
        ("companion", ["scripted", "nothing"], 404),
        ("companion", ["scripted"] * 21, 422),
        ("learner", ["scripted"], 200),
        ("embedder", ["scripted-embedder"], 200),
    )
    for alias, names, status in table:
        response = await owner.client.put(f"{path}/{alias}", json={"names": names})
        assert response.status_code == status, f"{alias} {names}: {response.text}"
    aliases = (await owner.get("/api/models"))["aliases"]
    assert (aliases["learner"], aliases["embedder"]) == (["scripted"], ["scripted-embedder"])


async def test_an_alias_goes_back_to_what_it_meant_at_first(owner: Person) -> None:
    path = "/api/models/aliases/learner"
    assert (await owner.client.put(path, json={"names": ["scripted"]})).status_code == 200
    emptied = await owner.client.put(path, json={"names": []})
    assert emptied.json()["aliases"]["learner"] == []


async def test_models_of_servers_on_this_machine_are_told(
    owner: Person, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ModelInfo(
        name="ollama/small",
        origin="found",
        capabilities=frozenset({"chat"}),
        context_tokens=4096,
        about="Runs in Ollama.",
    )

    async def look() -> list[ModelInfo]:
        return [found]

    monkeypatch.setattr(app.models.directory, "discover", look)
    (told,) = (await owner.get("/api/models/found"))["models"]
    assert (told["name"], told["origin"], told["ready"]) == ("ollama/small", "found", True)


async def test_a_download_that_is_under_way_is_not_begun_twice(
    owner: Person, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = asyncio.Event()
    begun: list[str] = []

    async def pull(name: str, _progress: Any) -> None:
        begun.append(name)
        await goes_on.wait()

    monkeypatch.setattr(app.models, "pull", pull)
    for _ in range(3):
        assert (await owner.client.post("/api/models/scripted/pull")).status_code == 202
    goes_on.set()
    assert (await _ended(owner))["sentence"] == "The model is ready."
    assert begun == ["scripted"]
    await owner.client.post("/api/models/scripted/pull")  # one that has ended is begun afresh
    await _ended(owner)
    assert begun == ["scripted", "scripted"]


async def test_a_download_that_breaks_unforeseen_is_recorded_and_told(
    owner: Person, app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def pull(_name: str, _progress: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(app.models, "pull", pull)
    await owner.client.post("/api/models/scripted/pull")
    ended = await _ended(owner)
    assert (ended["state"], ended["sentence"]) == ("failed", UNEXPECTED)
    assert "A job of the kind download failed" in caplog.text


async def test_a_server_that_closes_ends_its_downloads(
    owner: Person, api: FastAPI, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = asyncio.Event()

    async def pull(_name: str, _progress: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    monkeypatch.setattr(app.models, "pull", pull)
    await owner.client.post("/api/models/scripted/pull")
    await asyncio.sleep(0)
    await api.state.app_state.close()
    assert ended.is_set()


async def test_a_key_of_the_owners_changes_no_models_and_a_stranger_may_not_look(
    owner: Person, make_client: Callable[..., httpx.AsyncClient]
) -> None:
    program = make_client(owner.key)
    before = await owner.get("/api/models")
    assert (await program.post("/api/models", json=ADDED)).status_code == 403
    aimed = await program.put("/api/models/aliases/chat", json={"names": ["scripted"]})
    assert aimed.status_code == 403
    assert await owner.get("/api/models") == before
    assert (await make_client().get("/api/models")).status_code == 401


async def test_an_endpoint_is_tried_and_nothing_of_it_is_kept(
    owner: Person, caplog: pytest.LogCaptureFixture
) -> None:
    before = await owner.get("/api/models")
    app = scripted_server.create_app(key="sk-secret")
    with caplog.at_level("DEBUG"):
        async with scripted_server.serving(app) as url:
            asked = {"url": url, "key": "sk-secret"}
            listed = await owner.post("/api/models/try", asked)
            found = await owner.post("/api/models/try", {**asked, "model": "scripted"})
        lost = await owner.post("/api/models/try", asked)
    assert (listed["ok"], listed["model"]) == (True, None)
    assert listed["models"] == ["scripted", "scripted-embedder"]
    assert (found["ok"], found["model"]) == (True, "scripted")
    assert found["first_token_seconds"] > 0
    assert (lost["ok"], lost["models"]) == (False, [])
    assert lost["sentence"] == "That endpoint cannot be reached."
    assert await owner.get("/api/models") == before
    assert "sk-secret" not in caplog.text


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"url": "http://192.168.1.1/v1"}, 400),
        ({"url": "http://169.254.169.254/latest"}, 400),
        ({"url": "file:///etc/passwd"}, 400),
        ({"url": "http://models.example/v1?key=1"}, 400),
        ({"url": "http://me:secret@models.example/v1"}, 400),
        ({"key": "with space"}, 400),
        ({"url": ""}, 422),
        ({"url": None}, 422),
        ({"key": ""}, 422),
        ({"model": " "}, 422),
    ],
)
async def test_what_cannot_be_tried_is_told(
    owner: Person, wrong: dict[str, Any], status: int
) -> None:
    response = await owner.client.post("/api/models/try", json={"url": ADDED["url"], **wrong})
    assert response.status_code == status
    assert response.json()["error"]["sentence"]
