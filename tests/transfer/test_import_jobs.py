"""Imports as jobs: stopped while a thread reads, and cut off by the end of Tau."""

import asyncio
import io
import time

import pytest

from tau.app import App
from tau.errors import StoreFull, StoreUnavailable
from tau.jobs.job import Job
from tau.jobs.runner import JobRunner
from tau.jobs.store import JobStore
from tau.life.life import Life, LifeListener
from tau.storage.sealing import SecretBox
from tau.transfer.import_jobs import KIND, ImportJobs
from tau.transfer.import_record import ImportRecord
from tau.transfer.importing import ImportOptions, import_file

from .exports import as_json, many, memory, store
from .slow_file import PausedFile

pytestmark = pytest.mark.anyio


def new_runner(app: App) -> JobRunner:
    """The jobs of a Tau that was just started."""
    return JobRunner(JobStore(app.database, SecretBox(bytes(32))))


async def ended(job: Job) -> Job:
    while job.state == "running":  # noqa: ASYNC110
        await asyncio.sleep(0)
    return job


@pytest.mark.parametrize("pause_at", [1, 2, 3])
async def test_an_import_that_is_stopped_while_the_thread_reads_is_stopped(
    app: App, life: Life, pause_at: int, caplog: pytest.LogCaptureFixture
) -> None:
    imports = ImportJobs(app.jobs, app.lives)
    file = PausedFile(as_json(many(50)), pause_at)
    started = await imports.start(life, file, "export.json", ImportOptions())
    await asyncio.to_thread(file.reading.wait)
    stopping = asyncio.create_task(imports.stop(life.person, started.job.id))
    await asyncio.sleep(0)
    file.resume.set()
    stopped = await stopping
    assert (stopped.job.state, stopped.job.message) == (
        "stopped",
        "The import was stopped. Import the file again to continue.",
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
    cut = await ImportJobs(first, app.lives).start(life, file, "export.json", options)
    await asyncio.to_thread(file.reading.wait)
    while not await JobStore(app.database, life.box).load(KIND, life.person):  # noqa: ASYNC110
        await asyncio.sleep(0)
    closing = asyncio.create_task(first.close())
    await asyncio.sleep(0)
    file.resume.set()
    await closing

    for _ in range(2):  # and after one more restart
        imports = ImportJobs(new_runner(app), app.lives)
        (listed,) = await imports.imports_of(life)
        assert (listed.job.id, listed.job.subject, listed.job.state) == (
            cut.job.id,
            "export.json",
            "stopped",
        )
        assert listed.job.message.endswith("Import the file again to continue.")
        assert listed.options == options
    preview = await imports.start(
        life, io.BytesIO(file_bytes()), "export.json", ImportOptions(dry_run=True)
    )
    await ended(preview.job)
    assert len(await imports.imports_of(life)) == 2, "a dry run does not go on with it"
    again = await imports.start(life, io.BytesIO(file_bytes()), "export.json", ImportOptions())
    assert (await ended(again.job)).state == "done"
    assert await imports.imports_of(life) == [again, preview]
    assert await ImportJobs(new_runner(app), app.lives).imports_of(life) == []


@pytest.mark.parametrize("is_full", [False, True], ids=["writable", "full"])
@pytest.mark.parametrize("resumed", ["cut", "older"])
async def test_an_import_that_was_finished_is_not_listed_as_interrupted(
    app: App, life: Life, resumed: str, is_full: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job(id="cut", kind=KIND, owner=life.person, subject="a.json", created_at=1.0)
    rows = JobStore(app.database, SecretBox(bytes(32)))
    await rows.save(job, life.box)
    await import_file(life, io.BytesIO(file_bytes()), "a.json", import_id=resumed)

    async def fail(*_: object) -> None:
        raise StoreFull("The disk is full.")

    if is_full:
        monkeypatch.setattr(JobStore, "delete", fail)
    assert await ImportJobs(new_runner(app), app.lives).imports_of(life) == []
    assert len(await rows.load(KIND, life.person, life.box)) == is_full


async def test_an_interrupted_import_says_what_it_wrote(
    app: App, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImportRecord, "finished", lambda *_, **__: None)
    raw = as_json(store(memory("m", "Likes tea"), memory("n", "Likes milk")))
    await import_file(life, io.BytesIO(raw), "a.json", import_id="cut")
    await import_file(life, io.BytesIO(file_bytes()), "a.json", import_id="cut")
    job = Job(id="cut", kind=KIND, owner=life.person, subject="a.json", created_at=1.0)
    await JobStore(app.database, SecretBox(bytes(32))).save(job, life.box)
    (listed,) = await ImportJobs(new_runner(app), app.lives).imports_of(life)
    found = listed.progress
    assert (found.conversations, found.messages, found.facts) == (50, 200, 2)


async def test_an_interrupted_import_can_be_dismissed(app: App, life: Life) -> None:
    job = Job(kind=KIND, owner=life.person, subject="export.json", created_at=1.0)
    await JobStore(app.database, SecretBox(bytes(32))).save(job, life.box)
    imports = ImportJobs(new_runner(app), app.lives)
    assert [each.job.id for each in await imports.imports_of(life)] == [job.id]
    await imports.stop(life.person, job.id)
    assert await imports.imports_of(life) == []
    assert await ImportJobs(new_runner(app), app.lives).imports_of(life) == []


async def test_a_life_that_is_imported_into_stays_open(app: App, life: Life) -> None:
    imports = ImportJobs(app.jobs, app.lives)
    async with life.transaction():
        started = await imports.start(life, io.BytesIO(file_bytes()), "x.json", ImportOptions())
        await app.lives.maintain(time.monotonic() + 1e9)
        assert len(app.lives) == 1
    await ended(started.job)
    await app.learning.wait_until_idle()
    await app.embedding.wait_until_idle()
    await app.lives.maintain(time.monotonic() + 1e9)
    assert len(app.lives) == 0


async def test_an_import_that_ends_with_its_person_starts_no_work_on_what_it_wrote(
    app: App, life: Life
) -> None:
    written: list[str] = []

    class Learner(LifeListener):
        def written(self, life: Life) -> None:
            written.append(life.person)

    app.lives.subscribe(Learner())
    imports = ImportJobs(app.jobs, app.lives)
    file = PausedFile(file_bytes(), pause_at=3)
    await imports.start(life, file, "export.json", ImportOptions())
    await asyncio.to_thread(file.reading.wait)
    file.resume.set()
    async with app.lives.removal(life.person):
        pass
    assert written == []
    assert await imports.imports_of(life) == []


async def test_a_removal_goes_on_although_rows_of_jobs_cannot_be_deleted(
    app: App, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    imports = ImportJobs(app.jobs, app.lives)
    started = await imports.start(life, io.BytesIO(file_bytes()), "a.json", ImportOptions())
    await ended(started.job)

    async def delete(_: JobStore, *job_ids: str) -> None:
        raise StoreUnavailable(",".join(job_ids))

    monkeypatch.setattr(JobStore, "delete", delete)
    await imports.removed(life.person)
    assert app.jobs.jobs(KIND, life.person) == []
