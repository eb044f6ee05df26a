"""Imports as jobs: stopped while a thread reads, and cut off by the end of Tau."""

import asyncio
import io

import pytest

from tau.app import App
from tau.jobs.job import Job
from tau.jobs.runner import JobRunner
from tau.jobs.store import JobStore
from tau.life.life import Life
from tau.storage.sealing import SecretBox
from tau.transfer.import_jobs import KIND, ImportJobs
from tau.transfer.importing import ImportOptions

from .exports import as_json, many
from .slow_file import PausedFile

pytestmark = pytest.mark.anyio


def new_runner(app: App) -> JobRunner:
    """The jobs of a Tau that was just started."""
    return JobRunner(JobStore(app.database, SecretBox(bytes(32))))


async def ended(job: Job) -> Job:
    while job.state == "running":  # noqa: ASYNC110
        await asyncio.sleep(0)
    return job


def ignore(_: Life) -> None:
    """Do nothing about what was written."""


@pytest.mark.parametrize("pause_at", [1, 2, 3])
async def test_an_import_that_is_stopped_while_the_thread_reads_is_stopped(
    app: App, life: Life, pause_at: int, caplog: pytest.LogCaptureFixture
) -> None:
    imports = ImportJobs(app.jobs, ignore)
    file = PausedFile(as_json(many(50)), pause_at)
    started = await imports.start(life, file, "export.json", ImportOptions())
    await asyncio.to_thread(file.reading.wait)
    stopping = asyncio.create_task(imports.stop(life.person, started.job.id))
    await asyncio.sleep(0)
    file.resume.set()
    stopped = await stopping
    assert (stopped.job.state, stopped.job.message) == (
        "stopped",
        "The import was stopped. Import the file again to go on.",
    )
    assert file.closed
    assert caplog.text == ""
    again = await imports.start(life, io.BytesIO(file_bytes()), "export.json", ImportOptions())
    assert (await ended(again.job)).state == "done"


def file_bytes() -> bytes:
    return as_json(many(50))


async def test_an_import_that_ran_when_tau_ended_is_listed_until_its_file_is_imported(
    app: App, life: Life
) -> None:
    first = new_runner(app)
    file = PausedFile(file_bytes())
    options = ImportOptions(trust=True)
    cut = await ImportJobs(first, ignore).start(life, file, "export.json", options)
    await asyncio.to_thread(file.reading.wait)
    while not await JobStore(app.database, life.box).load(KIND, life.person):  # noqa: ASYNC110
        await asyncio.sleep(0)
    closing = asyncio.create_task(first.close())
    await asyncio.sleep(0)
    file.resume.set()
    await closing

    for _ in range(2):  # and after one more restart
        imports = ImportJobs(new_runner(app), ignore)
        (listed,) = await imports.imports_of(life)
        assert (listed.job.id, listed.job.subject, listed.job.state) == (
            cut.job.id,
            "export.json",
            "stopped",
        )
        assert listed.job.message.endswith("Import the file again to go on.")
        assert listed.options == options
    again = await imports.start(life, io.BytesIO(file_bytes()), "export.json", ImportOptions())
    assert (await ended(again.job)).state == "done"
    assert await imports.imports_of(life) == [again]
    assert await ImportJobs(new_runner(app), ignore).imports_of(life) == []
