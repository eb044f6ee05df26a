"""When Tau takes back a model that answers a share of the callers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.app import App
from tau.errors import ModelUnavailable
from tau.models.caller import Caller, current_caller
from tau.people import Unlocked
from tau.studio.releases.share_verdict import FEWEST_REQUESTS, OutcomeCount, failing_reason

from .made_releases import compared_project, kept_classifier
from .test_gate import NAME, comparison, result
from .test_releases import ASKED

COUNTS = st.builds(
    lambda asked, share: OutcomeCount(asked, round(asked * share)),
    st.integers(0, 500),
    st.floats(0, 1),
)


@given(COUNTS, COUNTS)
def test_only_what_fails_more_than_the_others_is_taken_back(
    trial: OutcomeCount, rest: OutcomeCount
) -> None:
    reason = failing_reason(trial, rest)
    if reason is not None:
        assert trial.asked >= FEWEST_REQUESTS
        share = trial.failed / trial.asked
        assert share > 0.02
        assert not rest.asked or share > rest.failed / rest.asked
        worse = OutcomeCount(trial.asked, trial.asked)
        assert failing_reason(worse, rest) is not None


def test_a_few_unlucky_requests_are_no_reason_and_many_are() -> None:
    fine = OutcomeCount(200, 0)
    assert failing_reason(OutcomeCount(19, 19), fine) is None
    assert failing_reason(OutcomeCount(40, 2), fine) is None
    assert "9 of 40 requests" in str(failing_reason(OutcomeCount(40, 9), fine))
    assert failing_reason(OutcomeCount(40, 9), OutcomeCount(40, 8)) is None
    assert failing_reason(OutcomeCount(40, 9), OutcomeCount()) is not None


@pytest.mark.anyio
async def test_a_share_whose_requests_fail_ends_without_anybody(
    app: App, owner: Unlocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = await compared_project(app, owner)
    good = await kept_classifier(app, owner, project, "good")
    bad = await kept_classifier(app, owner, project, "bad")
    releases = app.studio.releases
    await releases.release(owner, project, good, "desk")
    await releases.release(owner, project, bad, "desk", 50)

    async def broken(_body: dict[str, object]) -> dict[str, object]:
        raise ModelUnavailable("It broke.")

    monkeypatch.setattr(app.studio.served.backend_of(bad), "complete", broken)
    monkeypatch.setattr("tau.models.failover.FIRST_COOLDOWN_SECONDS", 0.0)
    for number in range(200):
        current_caller.set(Caller(f"person-{number}"))
        assert (await app.models.complete("desk", ASKED))["model"] == good  # failover answers
        await releases.watch.settle()
        if bad not in (await releases.aliases.meaning("desk")).models:
            break
    assert FEWEST_REQUESTS <= number < 100
    state = (await releases.all(owner, project)).releases
    ended = state.releases[-1].ended
    assert ended is not None
    assert ended.automatic
    assert "requests to it failed" in ended.reason


@pytest.mark.anyio
async def test_a_share_that_a_comparison_shows_to_be_worse_ends(app: App, owner: Unlocked) -> None:
    project = await compared_project(app, owner)
    good = await kept_classifier(app, owner, project, "good")
    worse = await kept_classifier(app, owner, project, "worse")
    releases = app.studio.releases
    await releases.release(owner, project, good, "desk")
    await releases.release(owner, project, worse, "desk", 50)
    await releases.watch.judge(
        project, comparison(result(good, "tuned", 50), result(worse, "tuned", 52))
    )
    assert worse in (await releases.aliases.meaning("desk")).models
    shown = comparison(result(good, "tuned", 50), result(worse, "tuned", 30))
    await releases.watch.judge("another project", shown)
    assert worse in (await releases.aliases.meaning("desk")).models
    await releases.watch.judge(project, shown)
    assert (await releases.aliases.meaning("desk")).models == (good,)
    assert NAME not in app.studio.served.released
