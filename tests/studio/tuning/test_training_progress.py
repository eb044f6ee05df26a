"""What is known of a run while it goes on: how long it has computed, and how long it will."""

import msgspec
import pytest

from tau.server.run_presenters import run_out
from tau.studio.tuning.log_events import RunMoved, RunReported
from tau.studio.tuning.run_events import RunEvent
from tau.studio.tuning.run_state import RunState

from .test_log_events import REPORTED

STARTED, ESTIMATED, STEP, _, SAVED, PAUSED, FINISHED, _ = REPORTED


def at(event: RunEvent, seconds: float) -> RunEvent:
    return msgspec.structs.replace(event, at=seconds)


def reported(*events: RunEvent) -> RunState:
    state = RunState("r")
    state.apply(RunMoved(at=1.0, status="running"), 1)
    state.apply(RunReported(at=1.0, events=events), 2)
    return state


def test_the_time_of_a_run_is_that_of_all_it_computed_and_not_of_its_breaks() -> None:
    state = reported(
        *(at(STARTED, 100.0), at(STEP, 102.5), at(SAVED, 110.0), at(PAUSED, 111.0)),
        *(at(STARTED, 5000.0), at(STEP, 5002.5), at(FINISHED, 5060.0)),
    )
    assert run_out(state, steps=True).seconds == pytest.approx(11 + 60)


def test_what_is_left_includes_checkpoints() -> None:
    ten = msgspec.structs.replace(STARTED, steps=10)
    begun = reported(at(ten, 100.0), at(STEP, 103.0), at(ESTIMATED, 104.0), at(STEP, 104.5))
    assert run_out(begun).seconds_left == pytest.approx(2.5 - 0.5), "as it was estimated"
    saved = reported(at(ten, 100.0), at(STEP, 103.0), at(SAVED, 110.0))
    assert run_out(saved).seconds_left == pytest.approx(9 * 10)
    late = reported(at(ten, 100.0), at(ESTIMATED, 104.0), at(STEP, 200.0))
    assert run_out(late).seconds_left == 0.0
