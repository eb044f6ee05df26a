"""Models of a project that are ready to be released, made without training."""

import io

from tau.app import App
from tau.people import Unlocked
from tau.studio.examples.read_context import ReadOptions
from tau.studio.releases.release_events import AnswersReviewed
from tau.studio.serving.keeping import keep_method

from ..desk import as_lines, requests
from ..made_projects import ended

BASELINE_AND_CLASSIFIER = ("baseline", "classifier")


async def invited(app: App, owner: Unlocked) -> Unlocked:
    """Return a second person, who has accepted an invitation."""
    token = await app.people.invitations.invite(owner)
    return (await app.people.invitations.accept(token, "Bob", "correct horse battery", "test"))[1]


async def compared_project(
    app: App, owner: Unlocked, name: str = "Desk", first: int = 0, count: int = 90
) -> str:
    """Return the id of a project whose test a classifier has passed."""
    log = await app.studio.projects.create(owner, name)
    project = log.project.id
    file = io.BytesIO(as_lines(requests(first + count)[first:]))
    await app.studio.add_file(owner, project, "desk.jsonl", file, ReadOptions())
    await app.studio.freeze_test(owner, project, 24)
    await compare(app, owner, project)
    return project


async def compare(app: App, owner: Unlocked, project: str, *tuned: str) -> None:
    """Compare the cheap methods, and models of the studio."""
    methods = [*BASELINE_AND_CLASSIFIER, *(["tuned"] if tuned else [])]
    job = await app.studio.compare(owner, project, methods=methods, tuned=tuned)  # type: ignore[arg-type]
    job = await ended(app.jobs, job)
    assert job.state == "done", job.message


async def kept_classifier(app: App, owner: Unlocked, project: str, suffix: str = "desk") -> str:
    """Return the name of the project's classifier, kept and reviewed."""
    log = await app.studio.projects.open(owner, project)
    runs = app.studio.served.runs
    model = await keep_method(owner, log.project, runs, app.models, "classifier", suffix)
    read = AnswersReviewed(at=1.0, model=model.name, examples=tuple(sorted(log.project.test_ids)))
    await log.append(read)
    return model.name
