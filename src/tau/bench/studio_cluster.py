"""Cluster benchmark: a simulated long run on many GPUs, from published failure rates.

It's first checked against what was published of Llama 3 405B: 54 days on 16,384 GPUs, 419
unexpected and 47 planned interruptions, an effective training time of more than 90 % (arXiv
2407.21783, section 3.3.4), with a storage that sustains 2 TB/s (section 3.3.1).
"""

from dataclasses import replace
from typing import Any

import numpy as np

from tau.bench import machine
from tau.bench.progress import Progress
from tau.bench.studio_cluster_simulation import (
    ClusterPlan,
    Floats,
    Histories,
    best_interval,
    draw_histories,
    kept_share,
    slowed_share,
)
from tau.studio.places.checkpoint_interval import (
    LLAMA_DAYS,
    LLAMA_GPUS,
    LLAMA_INTERRUPTIONS,
    daly_interval,
    effective_share,
    young_interval,
)

LLAMA_EFFECTIVE, _LLAMA_PLANNED = 0.90, 47
_LLAMA_STORAGE_GB_PER_SECOND = 2_000
BYTES_PER_PARAMETER = 14
"""Of a checkpoint: weights in bfloat16; a copy and Adam's two moments in float32."""
LLAMA_CHECKPOINT_GB = 405 * BYTES_PER_PARAMETER
_HOUR, _DAY = 3600.0, 86_400.0
_COPY_SECONDS, _HOT_RESTART_SECONDS = 3.0, 90.0
_RUNS_FOR_SPARES, _MOST_SPARES = 50, 1024
_SHORT_OF_SPARES = 0.001


def measure(plan: ClusterPlan, runs: int, seed: int, progress: Progress) -> dict[str, Any]:
    """Return what share of the time is effective, for `plan` and ways to improve on it.

    Raises `BadInput` if so many runs don't fit into memory.
    """
    progress("Simulating the run that was published ...")
    published = published_check(runs, seed)
    scenarios = {}
    for name, each in _scenarios(plan).items():
        progress(f"Simulating {plan.gpus:,} GPUs: {name.replace('_', ' ')} ...")
        histories = draw_histories(each, runs, seed)
        fixed = _HOUR if name == "hourly_checkpoints" else None
        scenarios[name] = _figures_of(histories, fixed)
    return {
        "runs": runs,
        "seed": seed,
        "published": published,
        "gpus": plan.gpus,
        "days": plan.days,
        "between_failures_hours": round(plan.between_failures / _HOUR, 2),
        "scenarios": scenarios,
        "spare_nodes_needed": spare_nodes_needed(plan, seed),
        "machine": machine.describe(),
    }


def published_check(runs: int, seed: int) -> dict[str, Any]:
    """Return what the simulation says of the published run, and whether both agree.

    How long its restarts took wasn't published; `restart_seconds_at_most` is up to how many the
    simulation agrees.
    """
    plan = ClusterPlan(
        gpus=LLAMA_GPUS,
        days=LLAMA_DAYS,
        planned_per_day=_LLAMA_PLANNED / LLAMA_DAYS,
        checkpoint_gb=LLAMA_CHECKPOINT_GB,
        storage_gb_per_second=_LLAMA_STORAGE_GB_PER_SECOND,
    )
    figures = _figures_of(draw_histories(plan, runs, seed), None)
    low, high = figures["failures"]["p5"], figures["failures"]["p95"]
    beyond = figures["effective"]["p50"] - LLAMA_EFFECTIVE
    for_each = beyond * LLAMA_DAYS * _DAY / (LLAMA_INTERRUPTIONS + _LLAMA_PLANNED)
    return {
        "gpus": LLAMA_GPUS,
        "days": LLAMA_DAYS,
        "interruptions": LLAMA_INTERRUPTIONS,
        "effective_more_than": LLAMA_EFFECTIVE,
        "simulated": figures,
        "restart_seconds_at_most": round(plan.restart_seconds + for_each),
        "agrees": beyond > 0 and low <= LLAMA_INTERRUPTIONS <= high,
    }


def spare_nodes_needed(plan: ClusterPlan, seed: int) -> int | None:
    """Return how many spares keep the wait for one under 0.1 % of the time, to a power of 2.

    `None` for more than 1,024.
    """
    spares = 1
    while spares <= _MOST_SPARES:
        histories = draw_histories(replace(plan, spare_nodes=spares), _RUNS_FOR_SPARES, seed)
        if histories.waited.mean() < _SHORT_OF_SPARES * histories.seconds:
            return spares
        spares *= 2
    return None


def _scenarios(plan: ClusterPlan) -> dict[str, ClusterPlan]:
    """Return what is compared: each one changes one thing more than the one before."""
    background = replace(plan, copy_seconds=_COPY_SECONDS)
    return {
        "hourly_checkpoints": plan,
        "computed_interval": plan,
        "written_in_background": background,
        "and_hot_spares": replace(background, restart_seconds=_HOT_RESTART_SECONDS),
    }


def _figures_of(histories: Histories, fixed: float | None) -> dict[str, Any]:
    """Return figures of a scenario at `fixed` seconds between checkpoints, or Daly's interval."""
    plan = histories.plan
    between, stall = plan.between_failures, plan.stall_seconds
    daly = max(daly_interval(stall, between), plan.background_seconds)
    interval = daly if fixed is None else fixed
    kept = kept_share(histories, interval)
    best = best_interval(histories)
    return {
        "interval_seconds": round(interval),
        "stall_seconds": round(stall, 1),
        "restart_seconds": plan.restart_seconds,
        "effective": _spread(kept),
        "effective_by_formula": round(
            effective_share(interval, stall, between, plan.restart_seconds), 4
        ),
        "productive": _spread(kept - slowed_share(histories)),
        "failures": _spread(histories.failures.astype(np.float64)),
        "waited_for_spares": round(float(histories.waited.mean() / histories.seconds), 4),
        "intervals": {
            "young_seconds": round(young_interval(stall, between)),
            "daly_seconds": round(daly),
            "simulated_best_seconds": round(best),
            "lost_by_daly": round(
                float(kept_share(histories, best).mean() - kept_share(histories, daly).mean()), 5
            ),
        },
    }


def _spread(values: Floats) -> dict[str, float]:
    return {f"p{each}": round(float(np.percentile(values, each)), 4) for each in (5, 50, 95)}
