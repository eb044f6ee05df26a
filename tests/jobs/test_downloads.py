"""Downloads of models as jobs: one at a time for a model, and resumed after a restart."""

import asyncio
from typing import Any

import pytest

from tau.app import App
from tau.errors import UnknownModel
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
