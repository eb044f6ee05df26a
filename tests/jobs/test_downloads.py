"""Downloads of models as jobs: one at a time for a model, and resumed after a restart."""

import asyncio
from typing import Any

import pytest

from tau.app import App
from tau.errors import ModelUnavailable, UnknownModel
from tau.jobs.downloads import KIND, DownloadJobs
from tau.jobs.job import Job
from tau.jobs.runner import JobRunner
from tau.jobs.store import JobStore
from tau.storage.sealing import SecretBox

pytestmark = pytest.mark.anyio
BOX = SecretBox(bytes(32))


async def test_a_download_that_ran_when_tau_ended_is_resumed(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = asyncio.Event()

    async def pull(_name: str, progress: Any) -> None:
        progress(1, 2)
        await goes_on.wait()

    monkeypatch.setattr(app.models, "pull", pull)
    store = JobStore(app.database, BOX)
    first = JobRunner(store)
    job = DownloadJobs(first, app.models).start("scripted")
    while not await store.load(KIND):  # noqa: ASYNC110
        await asyncio.sleep(0)
    await first.close()

    second = JobRunner(store)
    downloads = DownloadJobs(second, app.models)
    assert downloads.latest("scripted") is None
    await downloads.resume()
    resumed = downloads.latest("scripted")
    assert resumed is not None
    assert (resumed.id, resumed.state) == (job.id, "running")
    await downloads.resume()  # what runs is not started twice
    assert second.jobs(KIND) == [resumed]
    goes_on.set()
    while resumed.state == "running":  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert (resumed.state, resumed.message) == ("done", "The model is ready.")
    assert await store.load(KIND) == []


async def test_a_download_of_a_model_that_is_gone_is_not_resumed(app: App) -> None:
    store = JobStore(app.database, BOX)
    await store.save(Job(kind=KIND, subject="gone", created_at=1.0))
    downloads = DownloadJobs(JobRunner(store), app.models)
    await downloads.resume()
    assert await store.load(KIND) == []
    with pytest.raises(UnknownModel):
        downloads.start("gone")


@pytest.fixture
def wanted(app: App, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The better model that this machine should have: the test may empty the list."""
    names = ["scripted"]

    async def wanted_builtin() -> str | None:
        return names[0] if names else None

    monkeypatch.setattr(app.models, "wanted_builtin", wanted_builtin)
    return names


async def test_the_better_model_is_downloaded_once_and_then_answers(
    app: App, wanted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []

    async def pull(name: str, _progress: Any) -> None:
        steps.append(f"pull {name}")

    async def promote(name: str) -> bool:
        steps.append(f"promote {name}")
        return True

    monkeypatch.setattr(app.models, "pull", pull)
    monkeypatch.setattr(app.models, "promote", promote)
    downloads = DownloadJobs(app.jobs, app.models)
    job = await downloads.start_better()
    assert job is not None
    assert await downloads.start_better() is job
    while job.state == "running":  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert job.message == "scripted is ready and answers from now on."
    assert steps == ["pull scripted", "promote scripted"]
    wanted.clear()
    assert await downloads.start_better() is None


async def test_each_start_decides_anew_whether_the_better_model_is_wanted(
    app: App, wanted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pull(_name: str, _progress: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(app.models, "pull", pull)
    store = JobStore(app.database, BOX)
    first = JobRunner(store)
    await DownloadJobs(first, app.models).start_better()
    while not await store.load(KIND):  # noqa: ASYNC110
        await asyncio.sleep(0)
    await first.close()
    downloads = DownloadJobs(JobRunner(store), app.models)
    await downloads.resume()
    assert downloads.latest("scripted") is None
    assert await store.load(KIND) == []


async def test_an_automatic_download_that_fails_is_tried_again_until_it_succeeds(
    app: App, wanted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wanted
    attempts: list[str] = []

    async def pull(name: str, _progress: Any) -> None:
        attempts.append(name)
        if len(attempts) < 3:
            raise ModelUnavailable("The connection was lost.")

    monkeypatch.setattr(app.models, "pull", pull)
    downloads = DownloadJobs(app.jobs, app.models, retry_seconds=(0, 0, 0))
    await downloads.start_better()
    ended = ["done", "failed", "failed"]
    while [job.state for job in app.jobs.jobs(KIND)] != ended:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert len(attempts) == 3


async def test_a_download_is_not_tried_again_for_ever_and_never_while_tau_ends(
    app: App, wanted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wanted

    async def pull(_name: str, _progress: Any) -> None:
        raise ModelUnavailable("The connection was lost.")

    monkeypatch.setattr(app.models, "pull", pull)
    runner = JobRunner(JobStore(app.database, BOX))
    downloads = DownloadJobs(runner, app.models, retry_seconds=(0, 0))
    await downloads.start_better()
    asked = DownloadJobs(runner, app.models, retry_seconds=())
    asked.start("scripted-embedder")  # what a person asked for is theirs to try again
    while [job.state for job in runner.jobs(KIND)] != ["failed"] * 4:  # noqa: ASYNC110
        await asyncio.sleep(0)
    late = DownloadJobs(runner, app.models, retry_seconds=(0,))
    await late.start_better()
    await runner.close()
    await asyncio.sleep(0)
    assert len(runner.jobs(KIND)) == 5
