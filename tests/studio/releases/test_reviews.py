"""Blind reviews: nothing says whose an answer is until it's revealed."""

import pytest

from tau.app import App
from tau.errors import BadInput, Conflict, NotFound
from tau.people import Unlocked
from tau.studio.releases.gate import GateReport
from tau.studio.releases.reviews import next_pair
from tau.studio.serving.keeping import keep_method

from .made_releases import compare, compared_project

pytestmark = pytest.mark.anyio


async def test_votes_are_counted_for_whom_they_were_meant(app: App, owner: Unlocked) -> None:
    project = await compared_project(app, owner)
    reviews = app.studio.releases.reviews
    begun = await reviews.start(owner, project, "classifier", "baseline", 16)
    log, review = await reviews.find(owner, project, begun.event.id)
    sides = set()
    differing = 0
    while (pair := next_pair(log.project, review)) is not None:
        right = pair.example.answer  # the person prefers what is right
        choice = "neither" if pair.left == pair.right else "left" if pair.left == right else "right"
        sides.add(choice)
        differing += choice != "neither"
        await reviews.vote(owner, project, review.event.id, pair.example.id, choice)
    assert {"left", "right"} <= sides  # neither is always on the same side
    known = await reviews.reveal(owner, project, review.event.id)
    assert (known.preferred_first, known.preferred_second) == (differing, 0)
    assert known.neither == 16 - differing
    assert known.p < 0.05
    with pytest.raises(Conflict, match="no longer count"):
        await reviews.vote(owner, project, review.event.id, review.event.examples[0], "left")
    names = {begun.event.comparison: "classifier"}
    assert len(log.releases.reviewed("ft:desk", names)) == 16
    assert log.releases.reviewed("ft:desk", {"another": "classifier"}) == set()


async def test_only_votes_on_its_own_answers_speak_for_a_model(app: App, owner: Unlocked) -> None:
    project = await compared_project(app, owner)
    log = await app.studio.projects.open(owner, project)
    releases, runs = app.studio.releases, app.studio.served.runs
    model = await keep_method(owner, log.project, runs, app.models, "classifier", "desk")
    await _vote_on_all(app, owner, project)
    own = await releases.gate(owner, project, model.name)
    await app.studio.withdraw(owner, project, [log.project.train[0].id])
    await compare(app, owner, project)  # its classifier learned from fewer examples
    log = await app.studio.projects.open(owner, project)
    other = await keep_method(owner, log.project, runs, app.models, "classifier", "later")
    report = await releases.gate(owner, project, other.name)
    assert [_reviewed(each) for each in (own, report)] == ["12 of 10", "0 of 10"]
    await _vote_on_all(app, owner, project)
    report = await releases.gate(owner, project, other.name)
    assert _reviewed(report) == "12 of 10"


async def _vote_on_all(app: App, owner: Unlocked, project: str) -> None:
    reviews = app.studio.releases.reviews
    begun = await reviews.start(owner, project, "classifier", "baseline")
    for example in begun.event.examples:
        await reviews.vote(owner, project, begun.event.id, example, "left")


def _reviewed(report: GateReport) -> str:
    return next(each.figure for each in report.conditions if each.kind == "reviewed")


async def test_what_was_shown_stays_the_same_and_differing_answers_come_first(
    app: App, owner: Unlocked
) -> None:
    project = await compared_project(app, owner)
    reviews = app.studio.releases.reviews
    begun = await reviews.start(owner, project, "classifier", "baseline", 24)
    log, review = await reviews.find(owner, project, begun.event.id)
    first = next_pair(log.project, review)
    assert first == next_pair(log.project, review)
    assert first is not None
    assert first.left != first.right
    withdrawn = first.example.id
    await app.studio.withdraw(owner, project, [withdrawn])
    log, review = await reviews.find(owner, project, begun.event.id)
    after = next_pair(log.project, review)
    assert after is not None
    assert after.example.id != withdrawn
    with pytest.raises(NotFound):
        await reviews.vote(owner, project, review.event.id, withdrawn, "left")


async def test_what_makes_no_sense_is_refused(app: App, owner: Unlocked) -> None:
    project = await compared_project(app, owner)
    reviews = app.studio.releases.reviews
    with pytest.raises(BadInput, match="different"):
        await reviews.start(owner, project, "baseline", "baseline")
    with pytest.raises(NotFound, match="'nothing'"):
        await reviews.start(owner, project, "baseline", "nothing")
    begun = await reviews.start(owner, project, "classifier", "baseline", 3)
    with pytest.raises(Conflict, match="at least one pair"):
        await reviews.reveal(owner, project, begun.event.id)
    with pytest.raises(NotFound):
        await reviews.find(owner, project, "nothing")
