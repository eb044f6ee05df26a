"""Turns through one process of Tau and through several, measured beside each other.

The people and their messages are written once; then a server with one worker and one with several
run by turns on the same database, so that whatever else the machine does affects both. Figures are
the medians of the runs. On a machine with few cores the load, the model and the database take part
of them: `load_average` says how many processes wanted to run.
"""

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from tau.bench.http_client import signed_in_client, wait_until_idle
from tau.bench.load import Target
from tau.bench.postgres_server import own_database, postgres_server
from tau.bench.processes import tau, temporary_home, upstream
from tau.bench.progress import Progress
from tau.bench.sample_text import TextGenerator
from tau.bench.turn import Sides, TurnPlan, add_people, describe, measure_loads, server_arguments

_RUNS = 3  # of each server


async def measure(plan: TurnPlan, progress: Progress) -> dict[str, Any]:
    """Return the figures of one worker and of `plan.workers`. Raises `BadInput`."""
    writer = TextGenerator(seed=plan.messages)
    with (
        temporary_home() as environ,
        postgres_server(plan.database_url) as database_server,
        own_database(database_server) as database_url,
    ):
        environ["TAU_DATABASE_URL"] = database_url
        async with upstream(environ, tokens=plan.tokens) as address:
            arguments = server_arguments(plan, environ, address)
            async with tau(environ, *arguments) as server, signed_in_client(server) as owner:
                keys = await add_people(plan, server, owner, writer, progress)
                await wait_until_idle(server)
            theirs = Target(address, "scripted")

            async def run(workers: int) -> dict[str, Any]:
                async with tau(environ, *arguments, "--workers", str(workers)) as server:
                    sides = Sides(server, Target(f"{server.url}/v1", "tau", keys), theirs)
                    return await measure_loads(_share_of(plan), sides, writer, progress)

            one, several = await _alternate(run, plan.workers, progress)
    return {**_figures(one, several), "workers": plan.workers, **describe(plan)}


async def _alternate(
    run: Callable[[int], Awaitable[dict[str, Any]]], workers: int, progress: Progress
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the figures of the runs of one worker and of several, which take turns."""
    runs: dict[int, list[dict[str, Any]]] = {1: [], workers: []}
    for number in range(_RUNS):
        for count in list(runs)[:: 1 if number % 2 == 0 else -1]:
            progress(f"Run {number + 1} of {_RUNS}, workers: {count} ...")
            runs[count].append(await run(count))
    return runs[1], runs[workers]


def _share_of(plan: TurnPlan) -> TurnPlan:
    """Return the plan of one run."""
    return replace(
        plan,
        requests=max(1, plan.requests // _RUNS),
        requests_alone=max(1, plan.requests_alone // _RUNS),
    )


def _figures(one: Sequence[dict[str, Any]], several: Sequence[dict[str, Any]]) -> dict[str, Any]:
    pairs = list(zip(one, several, strict=True))
    return {
        "times_as_many_turns": _ratio(pairs, "turns_per_second"),
        "times_the_cpu_per_turn": _ratio(pairs, "cpu_per_turn_ms"),
        "load_average": round(os.getloadavg()[0], 1),
        "one_worker": _medians(one),
        "several_workers": _medians(several),
    }


def _ratio(pairs: Sequence[tuple[dict[str, Any], dict[str, Any]]], name: str) -> float | None:
    """Return the median of the ratios of the runs beside each other."""
    ratios = [several[name] / one[name] for one, several in pairs if one[name] and several[name]]
    return round(median(ratios), 2) if ratios else None


def _medians(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the median of every figure, nested ones too."""
    figures: dict[str, Any] = {}
    for name, value in runs[0].items():
        values = [run[name] for run in runs]
        if isinstance(value, Mapping):
            figures[name] = _medians(values)
        else:
            figures[name] = None if None in values else round(median(values), 3)
    return figures
