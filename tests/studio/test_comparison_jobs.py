"""Comparisons as jobs: one for each person, and what becomes of one that doesn't end."""

import asyncio
from collections.abc import Callable

import pytest

from tau.app import App, open_app
from tau.errors import Conflict, NotFound, StoreUnavailable
from tau.jobs.job import Job
from tau.people import Unlocked
from tau.settings import Settings
from tau.studio.comparison_jobs import CompareWork, ReportAnswers, details_of
from tau.studio.project_log import ProjectLog
from tau.studio.results import ComparisonResult

from .made_examples import SOURCE, examples
from .made_projects import comparison, ended

pytestmark = pytest.mark.anyio


class Comparing:
    """The work of a comparison that ends when a test lets it."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.may_end = asyncio.Event()
        self.result = comparison("desk-1", "desk-2", trained_on=("desk-3", "desk-4")).result

    async def __call__(self, report: ReportAnswers) -> ComparisonResult:
        report(1, 4)
        self.started.set()
        await self.may_end.wait()
        return self.result


async def project_of(app: App, person: Unlocked, name: str = "Desk") -> ProjectLog:
    log = await app.studio.projects.create(person, name)
    await log.add_examples(SOURCE, examples(5))
    return log


async def begun(app: App, person: Unlocked, log: ProjectLog, work: Comparing) -> Job:
    job = await app.studio.comparisons.start(person, log, work)
    await work.started.wait()
    return job


async def invited(app: App, owner: Unlocked) -> Unlocked:
    token = await app.people.invitations.invite(owner)
    return (await app.people.invitations.accept(token, "Ada", "correct horse battery", "test"))[1]


def failing(error: Exception) -> CompareWork:
    async def work(_: ReportAnswers) -> ComparisonResult:
        raise error

    return work


async def test_a_comparison_that_tau_cut_off_is_shown_as_failed(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        owner = await app.people.owner()
        log = await project_of(app, owner)
        project = log.project.id
        before = await begun(app, owner, log, Comparing())
    async with open_app(settings, environ={}) as app:
        owner = await app.people.owner()
        for _ in range(2):  # it's shown until Tau stops again
            (job,) = await app.studio.comparisons.of_project(owner, project)
            assert (job.id, job.state) == (before.id, "failed")
            assert job.message == (
                "Tau stopped before the comparison was finished. Start it again."
            )
        log = await app.studio.projects.open(owner, project)
        assert log.project.comparisons == []
        again = Comparing()
        again.may_end.set()
        assert (await ended(app.jobs, await begun(app, owner, log, again))).state == "done"
    async with open_app(settings, environ={}) as app:
        owner = await app.people.owner()
        assert await app.studio.comparisons.of_project(owner, project) == []
        log = await app.studio.projects.open(owner, project)
        assert len(log.project.comparisons) == 1


async def test_each_person_has_one_at_a_time(app: App, owner: Unlocked) -> None:
    other = await invited(app, owner)
    log, others = await project_of(app, owner), await project_of(app, other)
    first, second = Comparing(), Comparing()
    mine = await begun(app, owner, log, first)
    theirs = await begun(app, other, others, second)
    with pytest.raises(Conflict, match="Another comparison is running"):
        await app.studio.comparisons.start(owner, await project_of(app, owner, "Shop"), first)
    assert [each.id for each in await app.studio.comparisons.all(owner)] == [mine.id]
    with pytest.raises(NotFound):
        await app.studio.comparisons.stop(owner, log.project.id, theirs.id)
    second.may_end.set()
    await ended(app.jobs, theirs)
    assert (mine.state, mine.done, mine.total) == ("running", 1, 4)
    assert [each.id for each in others.project.comparisons] == [details_of(theirs).comparison]
    assert log.project.comparisons == []
    first.may_end.set()
    assert (await ended(app.jobs, mine)).message == first.result.verdict.sentence


async def test_what_was_withdrawn_while_it_ran_is_not_in_the_result(
    app: App, owner: Unlocked
) -> None:
    log, work = await project_of(app, owner), Comparing()
    job = await begun(app, owner, log, work)
    await app.studio.withdraw(owner, log.project.id, ["desk-1", "desk-3", "desk-5"])
    work.may_end.set()
    await ended(app.jobs, job)
    (finished,) = log.project.comparisons
    assert finished.result.withdrawn == ("desk-1", "desk-3")
    assert [each.example for each in finished.result.answers()] == ["desk-2"]
    assert finished.result.trained_on == ("desk-4",)


async def test_a_stopped_comparison_writes_nothing(app: App, owner: Unlocked) -> None:
    log, work = await project_of(app, owner), Comparing()
    job, before = await begun(app, owner, log, work), log.last
    stopped = await app.studio.comparisons.stop(owner, log.project.id, job.id)
    assert (stopped.state, stopped.message) == ("stopped", "The comparison was stopped.")
    await log.refresh()
    assert log.last == before
    with pytest.raises(Conflict, match="is over"):
        await app.studio.comparisons.stop(owner, log.project.id, job.id)


@pytest.mark.parametrize("removed", ["person", "project"])
async def test_it_ends_with_its_person_and_its_project(
    app: App, owner: Unlocked, removed: str
) -> None:
    other = await invited(app, owner)
    log, work = await project_of(app, other), Comparing()
    job = await begun(app, other, log, work)
    if removed == "person":
        await app.remove_person(other.person.id)
    else:
        await app.studio.remove(other, log.project.id)
        assert await app.studio.comparisons.all(other) == []
    assert (await ended(app.jobs, job)).state == "stopped"
    work.may_end.set()
    with pytest.raises(NotFound):
        await app.studio.projects.open(other, log.project.id)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StoreUnavailable("The database does not answer."), "The database does not answer."),
        (ValueError("Is question00001 clear?"), "Something went wrong"),
    ],
)
async def test_a_failure_is_told_without_the_words_of_an_example(
    app: App, owner: Unlocked, error: Exception, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    log = await project_of(app, owner)
    job = await app.studio.comparisons.start(owner, log, failing(error))
    await ended(app.jobs, job)
    assert job.state == "failed"
    assert said in job.message
    assert "question00001" not in job.message + caplog.text
    assert log.project.comparisons == []


async def test_a_result_that_cannot_be_written_is_no_success(
    app: App, owner: Unlocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, work = await project_of(app, owner), Comparing()
    job = await begun(app, owner, log, work)

    async def unavailable(_decide: Callable[..., object]) -> None:
        raise StoreUnavailable("The database does not answer.")

    monkeypatch.setattr(log, "decide", unavailable)
    work.may_end.set()
    await ended(app.jobs, job)
    assert (job.state, job.message) == ("failed", "The database does not answer.")
    assert log.project.comparisons == []
