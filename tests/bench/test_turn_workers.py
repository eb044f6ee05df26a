"""The benchmark of workers: one and several take turns, and pairs are compared."""

from typing import Any

import pytest

from tau.bench import turn_workers
from tau.bench.turn import TurnPlan
from tau.errors import BadInput

pytestmark = pytest.mark.anyio


def _run(turns: float, cpu: float | None) -> dict[str, Any]:
    return {"turns_per_second": turns, "cpu_per_turn_ms": cpu, "ttft_ms": {"p50": 2 * turns}}


async def test_one_and_several_take_turns_and_neither_is_always_first() -> None:
    asked: list[int] = []

    async def run(workers: int) -> dict[str, Any]:
        asked.append(workers)
        return {"workers": workers}

    one, several = await turn_workers._alternate(run, 4, lambda _: None)
    assert asked == [1, 4, 4, 1, 1, 4]
    assert one == [{"workers": 1}] * 3
    assert several == [{"workers": 4}] * 3


def test_ratios_are_of_runs_beside_each_other_and_figures_are_medians() -> None:
    one = [_run(10.0, 4.0), _run(20.0, 5.0), _run(40.0, 6.0)]
    several = [_run(19.0, 4.4), _run(36.0, 5.5), _run(80.0, 9.0)]
    told = turn_workers._figures(one, several)
    assert told["times_as_many_turns"] == 1.9
    assert told["times_the_cpu_per_turn"] == 1.1
    assert told["one_worker"] == {
        "turns_per_second": 20.0,
        "cpu_per_turn_ms": 5.0,
        "ttft_ms": {"p50": 40.0},
    }


def test_what_the_system_does_not_report_is_unknown() -> None:
    told = turn_workers._figures([_run(10.0, None)], [_run(20.0, None)])
    assert told["times_the_cpu_per_turn"] is None
    assert told["several_workers"]["cpu_per_turn_ms"] is None


def test_the_requests_are_divided_among_the_runs() -> None:
    share = turn_workers._share_of(TurnPlan(requests=900, requests_alone=2))
    assert (share.requests, share.requests_alone) == (300, 1)


async def test_a_sqlite_file_is_no_server_for_workers() -> None:
    plan = TurnPlan(workers=2, database_url="sqlite:///tau.db")
    with pytest.raises(BadInput, match="PostgreSQL"):
        await turn_workers.measure(plan, lambda _: None)
