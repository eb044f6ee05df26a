"""Blind reviews: nothing says whose an answer is until it's revealed."""

import pytest

from tau.app import App
from tau.errors import BadInput, Conflict, NotFound
from tau.people import Unlocked
from tau.studio.releases.reviews import next_pair

from .made_releases import compared_project

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
    assert len(log.releases.reviewed("classifier")) == 16


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
