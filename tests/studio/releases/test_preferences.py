"""Preferences: votes on answers to examples outside the test, and the run that learns from them."""

import json

import pytest

from tau.app import App
from tau.errors import BadInput, Conflict, NotFound
from tau.people import Unlocked
from tau.studio.examples.example import ExampleMessage
from tau.studio.project_log import ProjectLog
from tau.studio.releases.preferences import preferences_of
from tau.studio.releases.reviews import next_pair
from tau.studio.tuning.run_creation import TuneRequest
from tau.studio.tuning.run_folder import TRAIN, VALID
from tau.studio.tuning.run_spec import PreferenceMethod
from tests.studio.tuning.made_runs import HOLDING, TuningDesk, at_step, put_base

pytestmark = pytest.mark.anyio
DPO = TuneRequest(kind="dpo")


@pytest.fixture
async def tuning(app: App) -> TuningDesk:
    """A project with a frozen test, and a program that holds before it ends."""
    put_base(app.settings.models_path)
    tuning = await TuningDesk.open(app)
    tuning.script(HOLDING)
    return tuning


async def judge(tuning: TuningDesk, count: int, *, prefer_right: bool = True) -> ProjectLog:
    """Let a person prefer the right answers of two methods, blind."""
    app, owner, project = tuning.app, tuning.owner, tuning.project
    releases = app.studio.releases
    begun = await releases.pairs.start(owner, project, "classifier", "baseline", count)
    log, review = await releases.reviews.find(owner, project, begun.event.id)
    while (pair := next_pair(log.project, review)) is not None:
        is_left = (pair.left == pair.example.answer) is prefer_right
        choice = "left" if is_left else "right"
        await releases.reviews.vote(owner, project, review.event.id, pair.example.id, choice)
    return log


async def test_votes_outside_the_test_are_what_a_run_learns(tuning: TuningDesk) -> None:
    for _ in range(3):
        log = await judge(tuning, 12)
    found = preferences_of(log)
    assert len(found) >= 10
    assert not {each.example.id for each in found} & log.project.test_ids
    assert all(each.preferred != each.other for each in found)
    run = await tuning.app.studio.tune(tuning.owner, tuning.project, DPO)
    await tuning.until(run, at_step(5))
    state, folder = run.state, tuning.app.studio.runs.folder_of(run)
    assert state.planned is not None
    assert isinstance(state.planned.spec.method, PreferenceMethod)
    lines = [json.loads(each) for name in (TRAIN, VALID) for each in folder.read(name).splitlines()]
    learned = {(each["input"]["messages"][-1]["content"], _said(each)) for each in lines}
    assert learned == {(each.example.input, (each.preferred, each.other)) for each in found}
    assert state.created is not None
    ids = {*state.created.examples, *state.created.validation}
    assert ids == {each.example.id for each in found}
    tuning.script({"steps": 12, "every": 3})


def _said(line: dict[str, list[dict[str, str]]]) -> tuple[str, str]:
    return line["preferred_output"][0]["content"], line["non_preferred_output"][0]["content"]


async def test_too_few_votes_and_votes_on_the_test_are_refused(tuning: TuningDesk) -> None:
    app, owner, project = tuning.app, tuning.owner, tuning.project
    await judge(tuning, 4)
    with pytest.raises(BadInput, match=r"4 preferences to learn from, .* at least 10"):
        await app.studio.tune(owner, project, DPO)
    with pytest.raises(NotFound, match="no method called 'nothing'"):
        await app.studio.releases.pairs.start(owner, project, "nothing", "baseline", 3)
    with pytest.raises(BadInput, match="different"):
        await app.studio.releases.pairs.start(owner, project, "baseline", "baseline", 3)
    unfrozen = await app.studio.projects.create(owner, "Unfrozen")
    with pytest.raises(Conflict, match="Freeze a test first"):
        await app.studio.releases.pairs.start(owner, unfrozen.project.id, "prompt", "baseline", 3)


async def test_a_later_vote_on_the_same_answers_replaces_the_earlier(tuning: TuningDesk) -> None:
    log = await judge(tuning, 20)
    before = {(each.example.id, each.preferred) for each in preferences_of(log)}
    log = await judge(tuning, 20, prefer_right=False)
    now = preferences_of(log)
    answers = [(each.example.id, frozenset((each.preferred, each.other))) for each in now]
    assert len(answers) == len(set(answers))
    overruled = {(each.example.id, each.other) for each in now} & before
    assert overruled  # some examples were judged twice


async def test_what_was_withdrawn_or_changed_is_no_preference(
    tuning: TuningDesk, app: App, owner: Unlocked
) -> None:
    log = await judge(tuning, 5)
    withdrawn, changed, left_out, *rest = [each.example for each in preferences_of(log)]
    review = next(iter(log.releases.reviews))
    messages = (ExampleMessage("user", "Something else?"), ExampleMessage("assistant", "yes"))
    await app.studio.edit(owner, tuning.project, changed.id, messages)
    await app.studio.decide(owner, tuning.project, [left_out.id], "leave out")
    await app.studio.withdraw(owner, tuning.project, [withdrawn.id])
    app.studio.projects._logs.drop()
    log = await app.studio.projects.open(owner, tuning.project)  # read anew
    assert [each.example.id for each in preferences_of(log)] == [each.id for each in rest]
    assert withdrawn.id not in log.project.pairs_of(review)
    assert len(log.project.pairs_of(review)) == 4


async def test_votes_outside_the_test_release_nothing(app: App, tuning: TuningDesk) -> None:
    log = await judge(tuning, 5)
    (review,) = log.releases.reviews.values()
    assert len(review.votes) == 5
    assert log.releases.reviewed("ft:desk", {"comparison": "classifier"}) == set()
