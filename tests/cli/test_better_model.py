"""What the terminal says while a better model is downloaded."""

import pytest

from tau.app import App
from tau.cli import better_model
from tau.cli.better_model import ProgressReport
from tau.jobs.downloads import KIND
from tau.jobs.job import Job

pytestmark = pytest.mark.anyio


def told(*states: Job) -> list[str]:
    job = Job(kind=KIND, subject="large", created_at=0.0)
    lines: list[str] = []
    report = ProgressReport(job, lines.append)
    for state in states:
        job.state, job.done, job.total, job.message = (
            state.state,
            state.done,
            state.total,
            state.message,
        )
        report(job)
    return lines


def at(done: int = 0, total: int = 0, state: str = "running", message: str = "") -> Job:
    return Job(
        kind=KIND,
        subject="large",
        created_at=0.0,
        done=done,
        total=total,
        state=state,  # type: ignore[arg-type]
        message=message,
    )


def test_a_line_for_each_quarter_and_one_for_the_end() -> None:
    lines = told(
        at(),
        *(at(done, 1000) for done in range(0, 1001, 10)),
        at(1000, 1000, "done", "large answers from now on."),
    )
    assert lines == [
        "large: 25 % downloaded.",
        "large: 50 % downloaded.",
        "large: 75 % downloaded.",
        "large answers from now on.",
    ]


def test_a_failure_is_a_plain_sentence_and_says_who_goes_on() -> None:
    (line,) = told(at(10, 1000), at(10, 1000, "failed", "The index cannot be reached."))
    assert "The index cannot be reached. The small one goes on answering" in line


def test_a_download_that_is_tried_again_is_one_story() -> None:
    lines: list[str] = []
    report = ProgressReport(at(), lines.append)
    for state in (
        at(300, 1000),
        at(300, 1000, "failed", "The connection was lost."),
        at(300, 1000),
        at(310, 1000, "failed", "The connection was lost."),
        at(310, 1000),
        at(600, 1000),
        at(1000, 1000, "done", "large answers from now on."),
        at(1000, 1000, "done", "large answers from now on."),
    ):
        report(state)
    assert [line.partition(".")[0] for line in lines] == [
        "large: 25 % downloaded",
        "The better model can't be used yet",
        "large: 50 % downloaded",
        "large answers from now on",
    ]


def test_stopping_tau_is_no_failure() -> None:
    assert told(at(10, 1000), at(10, 1000, "stopped", "It was stopped.")) == []


def test_other_jobs_are_not_reported() -> None:
    lines: list[str] = []
    other = Job(kind=KIND, subject="other", created_at=0.0, done=900, total=1000)
    ProgressReport(at(), lines.append)(other)
    assert lines == []


async def test_nothing_is_said_where_nothing_is_downloaded(app: App) -> None:
    lines: list[str] = []
    await better_model.begin(app, lines.append)
    assert lines == []
    assert app.jobs.listeners == []


async def test_the_download_begins_with_a_sentence(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wanted() -> str:
        return "qwen2.5-coder-1.5b-instruct"

    async def pull(_name: str, _progress: object) -> None:
        return None

    async def promote(_name: str) -> bool:
        return True

    monkeypatch.setattr(app.models, "wanted_builtin", wanted)
    monkeypatch.setattr(app.models, "pull", pull)
    monkeypatch.setattr(app.models, "promote", promote)
    lines: list[str] = []
    await better_model.begin(app, lines.append)
    await next(iter(app.jobs._tasks.values()))
    began, ended = lines
    assert began.startswith("Downloading a better model, qwen2.5-coder-1.5b-instruct (1.1 GB)")
    assert ended == "qwen2.5-coder-1.5b-instruct is ready and answers from now on."
