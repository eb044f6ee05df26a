"""Simulation of a long training run on many GPUs: failures, restarts, spare nodes, slow nodes.

All GPUs compute in step, so what interrupts one interrupts all, and the work since the last
checkpoint is lost. When something happens doesn't depend on the interval between checkpoints. So
histories are drawn once, and each interval is measured on the same ones.

This module knows nothing of real clusters; `studio_cluster` feeds it published figures.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tau.errors import BadInput
from tau.studio.places.checkpoint_interval import GPU_HOURS_PER_FAILURE, seconds_between_failures

Floats = NDArray[np.float64]
FAILURE, PLANNED, SLOW = 0, 1, 2
_HOUR, _DAY = 3600.0, 86_400.0
_MOST_VALUES = 2_000_000
"""Events that all histories together may hold: about 120 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterPlan:
    """A cluster and how a run uses it. Times are in seconds unless the name says otherwise."""

    gpus: int
    days: float = 54.0
    gpu_hours_per_failure: float = GPU_HOURS_PER_FAILURE
    planned_per_day: float = 0.0
    """Interruptions that are known before, so that no work is lost."""
    checkpoint_gb: float = 0.0
    storage_gb_per_second: float = 1.0
    """Of the whole storage, to which all GPUs write at once."""
    copy_seconds: float | None = None
    """How long a checkpoint stops computing if it's written to the storage in the background;
    None if computing waits for the storage."""
    restart_seconds: float = 600.0
    """To notice, replace the node, start all processes and read the checkpoint."""
    broken_share: float = 0.78
    """Of the failures, those after which a node is away for repair."""
    spare_nodes: int = 64
    repair_hours: float = 24.0
    slow_gpu_hours: float = 0.0
    """Hours that all GPUs together compute before a node becomes slow; 0 for never."""
    slow_share: float = 0.1
    """By how much a slow node slows down all."""
    slow_found_hours: float = 1.0
    """Until a slow node is found; it's replaced after a checkpoint, as if planned."""

    @property
    def write_seconds(self) -> float:
        """How long the storage takes for a checkpoint."""
        return self.checkpoint_gb / self.storage_gb_per_second

    @property
    def stall_seconds(self) -> float:
        """How long a checkpoint stops computing."""
        return self.write_seconds if self.copy_seconds is None else self.copy_seconds

    @property
    def background_seconds(self) -> float:
        """How long after the stall a checkpoint isn't safe yet."""
        return 0.0 if self.copy_seconds is None else self.write_seconds

    @property
    def between_failures(self) -> float:
        """Mean seconds between failures."""
        return seconds_between_failures(self.gpus, self.gpu_hours_per_failure)


@dataclass(frozen=True, slots=True)
class Histories:
    """What happened in each simulated run: one row a run, one column an event."""

    plan: ClusterPlan
    computing: Floats
    """Seconds of computing before each event or the end; 0 after it."""
    losing: NDArray[np.bool_]
    """Whether the event lost the work since the last checkpoint."""
    stopped: NDArray[np.bool_]
    """Whether the event was known, so that a checkpoint was written before it."""
    slowed: Floats
    """Seconds before each event in which a slow node slowed down all."""
    failures: NDArray[np.int64]
    """How many failures each run had."""
    waited: Floats
    """Seconds of each run without a spare node."""

    @property
    def seconds(self) -> float:
        """Length of each run."""
        return self.plan.days * _DAY


def draw_histories(plan: ClusterPlan, runs: int, seed: int) -> Histories:
    """Draw what happens in `runs` runs. The same seed gives the same histories.

    Raises `BadInput` if that needs too much memory.
    """
    rates = _rates(plan)
    expected = rates.sum() * plan.days * _DAY
    columns = int(expected + 8 * np.sqrt(expected) + 16)
    if runs * columns > _MOST_VALUES:
        most = _MOST_VALUES // columns
        raise BadInput(f"At this size, at most {most:,} runs fit into memory.")
    generator = np.random.default_rng(seed)
    share = rates / rates.sum() if expected else np.array([1.0, 0.0, 0.0])
    kinds = generator.choice(np.arange(3, dtype=np.int8), size=(runs, columns), p=share)
    gaps = generator.standard_exponential((runs, columns))
    gaps = gaps / rates.sum() if expected else np.full((runs, columns), np.inf)
    broken = (generator.random((runs, columns)) < plan.broken_share) & (kinds == FAILURE)
    return _follow(plan, gaps, kinds, broken | (kinds == SLOW))


def kept_share(histories: Histories, interval: float) -> Floats:
    """Return the share of each run that was spent on work that was kept.

    A checkpoint is written after each `interval` seconds of computing; before an event that's
    known, one more is written.
    """
    plan = histories.plan
    cycle = interval + plan.stall_seconds
    cycles = np.floor(histories.computing / cycle)
    rest = np.minimum(histories.computing - cycles * cycle, interval)
    last = np.where(histories.stopped, plan.stall_seconds + plan.background_seconds, 0.0)
    orderly = np.maximum(cycles * interval + rest - last, 0.0)
    safe = np.floor(np.maximum(histories.computing - plan.background_seconds, 0.0) / cycle)
    kept = np.where(histories.losing, safe * interval, orderly)
    return np.asarray(kept.sum(axis=1) / histories.seconds)


def slowed_share(histories: Histories) -> Floats:
    """Return the share of each run that slow nodes cost beside it."""
    slowed = histories.slowed.sum(axis=1) * histories.plan.slow_share
    return np.asarray(slowed / histories.seconds)


def best_interval(histories: Histories, candidates: int = 160) -> float:
    """Return the interval that keeps most, of `candidates` up to the time between failures.

    The next checkpoint never begins before the last one is safe.
    """
    plan = histories.plan
    least = max(1.0, plan.background_seconds)
    most = max(min(plan.between_failures, histories.seconds), 2 * least)
    tried = np.geomspace(least, most, candidates)
    kept = [kept_share(histories, float(interval)).mean() for interval in tried]
    return float(tried[int(np.argmax(kept))])


def _rates(plan: ClusterPlan) -> Floats:
    """Return how often each kind of event happens in a second."""
    slow = plan.gpus / (plan.slow_gpu_hours * _HOUR) if plan.slow_gpu_hours else 0.0
    return np.array([1 / plan.between_failures, plan.planned_per_day / _DAY, slow])


def _follow(
    plan: ClusterPlan, gaps: Floats, kinds: NDArray[np.int8], broken: NDArray[np.bool_]
) -> Histories:
    """Go through the events in order: what is down, for how long, and who waits for a spare."""
    runs, seconds = len(gaps), plan.days * _DAY
    computing, happened = np.zeros_like(gaps), np.zeros(gaps.shape, dtype=bool)
    now, down, waited = (np.zeros(runs) for _ in range(3))
    spares = np.zeros((runs, plan.spare_nodes))
    for column in range(gaps.shape[1]):
        gap = np.minimum(gaps[:, column], seconds - now)
        computing[:, column] = np.maximum(gap - down, 0.0)
        now = now + gap
        happened[:, column] = now < seconds
        taken = broken[:, column] & happened[:, column]
        whole = _replace(spares, now, taken, plan.repair_hours * _HOUR)
        whole = np.minimum(whole, seconds)  # what waits doesn't fail
        waited += whole - now
        now, down = whole, np.full(runs, plan.restart_seconds)
    slow = (kinds == SLOW) & happened
    found = np.minimum(computing, plan.slow_found_hours * _HOUR)
    return Histories(
        plan=plan,
        computing=computing,
        losing=(kinds == FAILURE) & happened,
        stopped=(kinds != FAILURE) & happened,
        slowed=np.where(slow, found, 0.0),
        failures=((kinds == FAILURE) & happened).sum(axis=1),
        waited=waited,
    )


def _replace(
    spares: Floats, now: Floats, taken: NDArray[np.bool_], repair_seconds: float
) -> Floats:
    """Take a spare for the broken node, which is the next spare once it's repaired.

    Returns when the cluster is whole again. `spares` holds when each spare is ready.
    """
    if not spares.shape[1]:
        return np.where(taken, now + repair_seconds, now)
    rows, first = np.arange(len(now)), spares.argmin(axis=1)
    ready = np.maximum(spares[rows, first], now)
    spares[rows, first] = np.where(taken, ready + repair_seconds, spares[rows, first])
    return np.where(taken, ready, now)
