"""Projects and comparisons for tests."""

import asyncio

from tau.jobs.job import Job
from tau.jobs.runner import JobRunner
from tau.studio.events import ComparisonFinished
from tau.studio.project import Project
from tau.studio.results import ComparisonResult, GradedAnswer, MethodResult, Verdict


def shown(project: Project) -> dict[str, object]:
    """Return everything that a person can see of a project."""
    return {
        "name": project.name,
        "sources": project.sources,
        "examples": list(project.examples.values()),
        "decisions": project.decisions,
        "withdrawn": project.withdrawn,
        "test": project.test,
        "train": project.train,
        "comparisons": project.comparisons,
    }


def comparison(*tested: str, trained_on: tuple[str, ...] = ()) -> ComparisonFinished:
    """Return a comparison in which these examples were answered and those learned from."""
    answers = tuple(GradedAnswer(each, f"said of {each}.", 1.0, True) for each in tested)
    method = MethodResult(name="prompt", kind="prompt", answers=answers)
    return ComparisonFinished(
        at=5.0,
        id="c1",
        result=ComparisonResult(
            test_sha256="x",
            train_count=1,
            test_count=len(tested),
            detectable=0.1,
            methods=(method,),
            verdict=Verdict("too few examples", "Too few."),
            trained_on=trained_on,
        ),
    )


async def ended(runner: JobRunner, job: Job) -> Job:
    """Return a job once it's over."""
    over = asyncio.Event()

    def listen(_: Job) -> None:
        if job.state != "running":
            over.set()

    runner.listeners.append(listen)
    listen(job)
    await over.wait()
    runner.listeners.remove(listen)
    return job
