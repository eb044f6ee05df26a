"""The simulated cluster: laws of failures and checkpoints, and the published run of Llama 3."""

import dataclasses
import json

import numpy
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tau.bench import studio_cluster
from tau.bench.commands import bench
from tau.bench.studio_cluster_simulation import (
    ClusterPlan,
    best_interval,
    draw_histories,
    kept_share,
    slowed_share,
)
from tau.errors import BadInput
from tau.studio.places.checkpoint_interval import daly_interval, effective_share

NEVER = 1e15
PLAN = ClusterPlan(
    gpus=22_000, days=20, checkpoint_gb=1_000, storage_gb_per_second=50, spare_nodes=256
)


@given(interval=st.floats(5, 20_000), stall=st.floats(0.1, 300))
def test_without_failures_only_checkpoints_cost(interval: float, stall: float) -> None:
    plan = dataclasses.replace(
        PLAN, gpu_hours_per_failure=NEVER, checkpoint_gb=stall, storage_gb_per_second=1
    )
    share = kept_share(draw_histories(plan, 1, seed=1), interval)[0]
    last_cycle = (interval + stall) / (plan.days * 86_400)
    assert share == pytest.approx(interval / (interval + stall), abs=last_cycle)


@settings(max_examples=12)
@given(
    interval=st.floats(100, 4_000),
    restart=st.floats(10, 1_500),
    hours=st.floats(20_000, 500_000),
)
def test_the_simulation_agrees_with_the_formula(
    interval: float, restart: float, hours: float
) -> None:
    plan = dataclasses.replace(PLAN, restart_seconds=restart, gpu_hours_per_failure=hours, days=40)
    shares = kept_share(draw_histories(plan, 60, seed=2), interval)
    expected = effective_share(interval, plan.stall_seconds, plan.between_failures, restart)
    error = shares.std() / numpy.sqrt(len(shares))
    first_starts_at_once = restart / (plan.days * 86_400)
    assert shares.mean() == pytest.approx(expected, abs=5 * error + first_starts_at_once + 0.002)


def test_more_failures_longer_restarts_and_slow_nodes_cost_time() -> None:
    def effective(**changed: float) -> float:
        histories = draw_histories(dataclasses.replace(PLAN, **changed), 40, seed=3)  # type: ignore[arg-type]
        return float((kept_share(histories, 600) - slowed_share(histories)).mean())

    rates = [effective(gpu_hours_per_failure=hours) for hours in (10_000, 30_000, 100_000, 1e6)]
    assert rates == sorted(rates)
    assert effective(restart_seconds=1200) < effective(restart_seconds=60)
    assert effective(slow_gpu_hours=200_000) < effective(slow_gpu_hours=0)
    assert effective(planned_per_day=4) < effective(planned_per_day=0)


def test_writing_in_the_background_helps_though_a_checkpoint_is_safe_later() -> None:
    waiting = draw_histories(PLAN, 60, seed=4)
    background = draw_histories(dataclasses.replace(PLAN, copy_seconds=2), 60, seed=4)
    best = [float(kept_share(each, best_interval(each)).mean()) for each in (waiting, background)]
    assert best[0] < best[1]
    free = dataclasses.replace(
        PLAN, checkpoint_gb=100, storage_gb_per_second=50
    )  # 2 s, safe at once
    assert best[1] < float(kept_share(draw_histories(free, 60, seed=4), 200).mean())


def test_daly_is_as_good_as_the_best_simulated_interval() -> None:
    histories = draw_histories(PLAN, 100, seed=5)
    daly = daly_interval(PLAN.stall_seconds, PLAN.between_failures)
    best = best_interval(histories)
    assert 0.5 < best / daly < 2
    lost = kept_share(histories, best).mean() - kept_share(histories, daly).mean()
    assert lost < 0.002


def test_too_few_spares_make_everybody_wait() -> None:
    plans = [dataclasses.replace(PLAN, spare_nodes=spares) for spares in (0, 4, 256)]
    waited = [draw_histories(plan, 20, seed=6).waited.mean() for plan in plans]
    assert waited[0] > waited[1] > waited[2] == 0
    needed = studio_cluster.spare_nodes_needed(PLAN, seed=6)
    assert needed is not None
    assert 8 <= needed <= 64  # about 8 are in repair at any time


def test_the_same_seed_gives_the_same_run_and_memory_is_bounded() -> None:
    first, again = (draw_histories(PLAN, 5, seed=8) for _ in range(2))
    assert numpy.array_equal(first.computing, again.computing)
    assert not numpy.array_equal(first.computing, draw_histories(PLAN, 5, seed=9).computing)
    with pytest.raises(BadInput, match=r"at most [\d,]+ runs"):
        draw_histories(PLAN, 100_000, seed=8)


def test_it_agrees_with_what_was_published_of_llama() -> None:
    check = studio_cluster.published_check(runs=100, seed=1)
    assert check["agrees"]
    assert 0.90 < check["simulated"]["effective"]["p5"] < 0.95
    assert 600 < check["restart_seconds_at_most"] < 1200


def test_the_command_prints_scenarios_that_improve() -> None:
    arguments = ["studio", "cluster", "--gpus", "4000", "--days", "10", "--runs", "20", "--json"]
    done = CliRunner().invoke(bench, arguments, catch_exceptions=False)
    scenarios = json.loads(done.output.splitlines()[-1])["scenarios"]
    effective = [each["effective"]["p50"] for each in scenarios.values()]
    assert effective == sorted(effective)
    shown = CliRunner().invoke(bench, arguments[:-1], catch_exceptions=False).output
    assert "and hot spares" in shown
    assert "It agrees." in shown
