"""The interval between checkpoints: published answers, and what the formulas promise."""

import math

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.places.checkpoint_interval import (
    daly_interval,
    effective_share,
    seconds_between_failures,
    steps_between_checkpoints,
    young_interval,
)

MINUTE, HOUR = 60, 3600
COST = st.floats(0.1, 600)
BETWEEN = st.floats(900, 1e7)


@pytest.mark.parametrize(("hours", "minutes"), [(24, 117), (6, 57), (0.25, 9.1)])
def test_daly_gives_the_intervals_of_the_paper(hours: float, minutes: float) -> None:
    """Figures 3 to 5 of Daly (2006): a dump of 5 minutes."""
    interval = daly_interval(5 * MINUTE, hours * HOUR) / MINUTE
    assert interval == pytest.approx(minutes, abs=0.5 if minutes > 10 else 0.05)


def test_llama_failed_every_three_hours() -> None:
    assert seconds_between_failures(16_384) / HOUR == pytest.approx(3.09, abs=0.01)
    assert seconds_between_failures(22_000) / HOUR == pytest.approx(2.30, abs=0.01)


@given(COST, BETWEEN, st.floats(0, 1200))
def test_no_interval_is_much_better_than_daly(cost: float, between: float, restart: float) -> None:
    others = young_interval(cost, between) * numpy.geomspace(0.02, 20, 200)
    best = max(effective_share(each, cost, between, restart) for each in others)
    chosen = effective_share(daly_interval(cost, between), cost, between, restart)
    assert chosen >= best - 0.002


@given(COST, BETWEEN)
def test_rarer_failures_need_fewer_checkpoints(cost: float, between: float) -> None:
    assert daly_interval(cost, between * 1.5) > daly_interval(cost, between)
    assert young_interval(cost, between * 4) == pytest.approx(2 * young_interval(cost, between))


def test_a_checkpoint_that_never_succeeds_is_tried_once_between_failures() -> None:
    assert daly_interval(500, 200) == 200


def test_without_failures_only_checkpoints_cost() -> None:
    assert effective_share(90, 10, math.inf, 600) == pytest.approx(0.9)
    assert effective_share(90, 10, 1e12, 600) == pytest.approx(0.9)


def test_an_interval_is_at_least_one_step() -> None:
    assert steps_between_checkpoints(1e6, 1, HOUR) == 1
    assert steps_between_checkpoints(2.0, 3.0, seconds_between_failures(16_384)) == 128
