"""Jobs: their life from start to end, what stops them, and what a restart finds."""

import asyncio
from collections.abc import AsyncIterator, Coroutine

import pytest
import sqlalchemy as sa

from tau.errors import UNEXPECTED, BadInput, NotFound
from tau.jobs.job import Job
from tau.jobs.runner import JobRunner
from tau.jobs.store import JobStore
from tau.storage.database import Database
from tau.storage.schema import jobs, people
from tau.storage.sealing import SecretBox, new_key

pytestmark = pytest.mark.anyio
SERVER_BOX = SecretBox(new_key())
ADAS_BOX = SecretBox(new_key())


@pytest.fixture
async def runner(sqlite_database: Database) -> AsyncIterator[JobRunner]:
    await add_person(sqlite_database)
    runner = JobRunner(JobStore(sqlite_database, SERVER_BOX))
    yield runner
    await runner.close()


async def add_person(database: Database) -> None:
    row = {"id": "ada", "name": "Ada", "owner": True, "created_at": 1.0}
    await database.run(lambda c: c.execute(sa.insert(people).values(row)))


def make_job(owner: str | None = None, subject: str = "a thing", at: float = 1.0) -> Job:
    return Job(kind="test", owner=owner, subject=subject, created_at=at)


async def forever(_: Job) -> str:
    await asyncio.Event().wait()
    return ""


async def ended(job: Job) -> Job:
    while job.state == "running":  # noqa: ASYNC110
        await asyncio.sleep(0)
    return job


async def rows(database: Database) -> list[tuple[str, bytes]]:
    def read(connection: sa.Connection) -> list[tuple[str, bytes]]:
        return [(row.id, row.sealed) for row in connection.execute(sa.select(jobs))]

    return await database.run(read)


async def saved(database: Database, count: int = 1) -> list[tuple[str, bytes]]:
    while len(found := await rows(database)) < count:  # noqa: ASYNC110
        await asyncio.sleep(0)
    return found


async def test_a_job_says_how_far_it_is_and_how_it_ended(runner: JobRunner) -> None:
    seen: list[tuple[str, int, str]] = []
    runner.listeners.append(lambda job: seen.append((job.state, job.done, job.message)))

    async def work(job: Job) -> str:
        job.done, job.total = 1, 2
        runner.notify(job)
        return "It is done."

    job = await ended(runner.start(make_job(), work))
    assert (job.state, job.message) == ("done", "It is done.")
    assert seen == [("running", 0, ""), ("running", 1, ""), ("done", 1, "It is done.")]
    assert runner.jobs("test") == [job]
    assert runner.job("test", None, job.id) is job


@pytest.mark.parametrize(
    ("fault", "message"),
    [(BadInput("The file is empty."), "The file is empty."), (ValueError("secret"), UNEXPECTED)],
    ids=["expected", "unexpected"],
)
async def test_a_job_that_fails_says_why_and_logs_no_words_of_a_person(
    runner: JobRunner, fault: Exception, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(_: Job) -> str:
        raise fault

    job = await ended(runner.start(make_job("ada"), work, box=ADAS_BOX))
    assert (job.state, job.message) == ("failed", message)
    assert "secret" not in caplog.text


async def test_a_job_is_stopped_and_has_no_row_then(
    runner: JobRunner, sqlite_database: Database
) -> None:
    job = runner.start(make_job(), forever, stopped="Start it again.")
    early = runner.start(make_job(), forever, stopped="Start it again.")
    await runner.stop(early)  # before it began
    await saved(sqlite_database)
    await runner.stop(job)
    assert [(each.state, each.message) for each in (job, early)] == [
        ("stopped", "Start it again.")
    ] * 2
    assert await rows(sqlite_database) == []
    await runner.stop(job)
    assert job.state == "stopped"


class HeldStore(JobStore):
    """Store whose next `action` waits for `resume`; `reached` is set meanwhile."""

    def __init__(self, database: Database, action: str) -> None:
        super().__init__(database, SERVER_BOX)
        self.reached, self.resume, self.passed = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._held = action

    async def save(self, job: Job, box: SecretBox | None = None) -> None:
        await self._hold("save", super().save(job, box))

    async def delete(self, *job_ids: str) -> None:
        await self._hold("delete", super().delete(*job_ids))

    async def _hold(self, action: str, change: Coroutine[None, None, None]) -> None:
        try:
            if action == self._held:
                self.reached.set()
                await self.resume.wait()
            await change
        finally:
            change.close()
            if action == self._held:
                self.passed.set()


@pytest.mark.parametrize("held", ["save", "delete"])
@pytest.mark.parametrize("is_closed", [False, True], ids=["stopped again", "closed"])
async def test_a_job_that_is_cancelled_again_while_it_ends_has_no_row_then(
    sqlite_database: Database, held: str, is_closed: bool
) -> None:
    store, left = HeldStore(sqlite_database, held), asyncio.Event()
    runner = JobRunner(store)

    async def work(job: Job) -> str:
        try:
            return await forever(job)
        finally:
            left.set()

    job = runner.start(make_job(), work)
    if held == "delete":
        await saved(sqlite_database)
    else:
        await store.reached.wait()
    stopping = asyncio.create_task(runner.stop(job))
    await left.wait()
    await store.reached.wait()
    again = asyncio.create_task(runner.close() if is_closed else runner.stop(job))
    await stopping
    assert job.state == "stopped"
    assert await runner.interrupted("test") == []
    store.resume.set()
    await again
    await runner.close()
    await store.passed.wait()
    assert await rows(sqlite_database) == []


async def test_a_job_that_was_stopped_before_tau_ended_is_not_found_again(
    runner: JobRunner, sqlite_database: Database
) -> None:
    left = asyncio.Event()

    async def work(job: Job) -> str:
        try:
            return await forever(job)
        finally:
            left.set()
            await forever(job)

    job = runner.start(make_job(), work)
    await saved(sqlite_database)
    stopping = asyncio.create_task(runner.stop(job))
    await left.wait()
    await runner.close()
    await stopping
    assert await rows(sqlite_database) == []


async def test_the_newest_jobs_of_an_owner_and_a_kind_are_listed(runner: JobRunner) -> None:
    async def work(_: Job) -> str:
        return ""

    started = [await ended(runner.start(make_job("ada", str(n)), work)) for n in range(22)]
    assert runner.jobs("test", "ada") == started[:1:-1]
    assert runner.jobs("test") == runner.jobs("other", "ada") == []
    with pytest.raises(NotFound):
        runner.job("test", "ada", started[0].id)
    with pytest.raises(NotFound):
        runner.job("test", "eve", started[-1].id)
    await runner.remove(*started)
    assert runner.jobs("test", "ada") == []


async def test_what_a_restart_cut_off_is_listed_once_as_failed(database: Database) -> None:
    await add_person(database)
    first = JobRunner(JobStore(database, SERVER_BOX))
    first.start(make_job("ada", "diary.zip"), forever, box=ADAS_BOX)
    await saved(database, 1)
    await first.close()
    second = JobRunner(JobStore(database, SERVER_BOX))
    for _ in range(2):
        await second.recover("test", "ada", ADAS_BOX, "Tau stopped.")
        (listed,) = second.jobs("test", "ada")
        assert (listed.subject, listed.state) == ("diary.zip", "failed")
        assert listed.message == "Tau stopped."
        assert await rows(database) == []


async def test_a_restart_finds_what_was_interrupted_and_only_its_owner_can_read_it(
    database: Database,
) -> None:
    await add_person(database)
    first = JobRunner(JobStore(database, SERVER_BOX))
    mine = first.start(make_job("ada", "diary.zip"), forever, box=ADAS_BOX)
    late = first.start(make_job(subject="a model", at=2.0), forever)
    early = first.start(make_job(subject="another model", at=1.0), forever)
    found = await saved(database, 3)
    assert not any(b"diary" in sealed for _, sealed in found)
    assert await first.interrupted("test") == [], "they run here"
    await first.close()
    assert mine.state == "stopped"
    second = JobRunner(JobStore(database, SERVER_BOX))
    assert [job.subject for job in await second.interrupted("test")] == ["another model", "a model"]
    (again,) = await second.interrupted("test", "ada", ADAS_BOX)
    assert (again.id, again.subject, again.state) == (mine.id, "diary.zip", "running")
    await second.remove(late, early)
    assert await second.interrupted("test") == []
    assert await second.interrupted("test", "ada", SERVER_BOX) == [], "another key opens nothing"
    assert await rows(database) == []


async def test_a_job_whose_owner_is_removed_goes_on_without_a_row(
    runner: JobRunner, sqlite_database: Database
) -> None:
    async def work(_: Job) -> str:
        return "Done."

    job = await ended(runner.start(make_job("nobody"), work, box=ADAS_BOX))
    assert job.state == "done"
    runner.start(make_job("ada"), forever, box=ADAS_BOX)
    await saved(sqlite_database)
    await sqlite_database.run(lambda c: c.execute(sa.delete(people)))
    assert await rows(sqlite_database) == []
