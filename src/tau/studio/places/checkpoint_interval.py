"""How often to write a checkpoint, from how often something fails and what a checkpoint costs.

Both formulas are for failures that come at any time with the same probability (Poisson):

- Young, "A first order approximation to the optimum checkpoint interval", CACM 17(9), 1974.
- Daly, "A higher order estimate of the optimum checkpoint interval for restart dumps", Future
  Generation Computer Systems 22(3), 2006.

The rate of failures is that of Meta's run of Llama 3 405B: 419 unexpected interruptions in 54 days
on 16,384 GPUs (arXiv 2407.21783, section 3.3.4).
"""

import math

LLAMA_GPUS, LLAMA_DAYS, LLAMA_INTERRUPTIONS = 16_384, 54, 419
GPU_HOURS_PER_FAILURE = LLAMA_GPUS * LLAMA_DAYS * 24 / LLAMA_INTERRUPTIONS
"""About 50,700: how many hours all GPUs together compute before one of them, or what it needs,
interrupts the run."""


def seconds_between_failures(
    gpus: int, gpu_hours_per_failure: float = GPU_HOURS_PER_FAILURE
) -> float:
    """Return the mean seconds between failures of a run on `gpus` GPUs."""
    return gpu_hours_per_failure * 3600 / gpus


def young_interval(checkpoint_seconds: float, between_failures: float) -> float:
    """Return the seconds of computing between two checkpoints by Young's formula."""
    return math.sqrt(2 * checkpoint_seconds * between_failures)


def daly_interval(checkpoint_seconds: float, between_failures: float) -> float:
    """Return the seconds of computing between two checkpoints by Daly's formula.

    A checkpoint that takes more than twice the time between failures is written once in that time.
    """
    if checkpoint_seconds >= 2 * between_failures:
        return between_failures
    ratio = checkpoint_seconds / (2 * between_failures)
    series = 1 + math.sqrt(ratio) / 3 + ratio / 9
    return young_interval(checkpoint_seconds, between_failures) * series - checkpoint_seconds


def effective_share(
    interval: float, checkpoint_seconds: float, between_failures: float, restart_seconds: float
) -> float:
    """Return the expected share of the time that is spent on work that is kept.

    It's Daly's complete model: each failure costs a restart, during which it may fail again, and
    the work since the last checkpoint. Without failures (`math.inf`), only checkpoints cost.
    """
    cycle = interval + checkpoint_seconds
    if math.isinf(between_failures):
        return interval / cycle
    if cycle > 100 * between_failures:  # nothing is ever kept, and the formula would overflow
        return 0.0
    restarted = math.exp(-restart_seconds / between_failures)
    return restarted * interval / (between_failures * math.expm1(cycle / between_failures))


def steps_between_checkpoints(
    step_seconds: float, checkpoint_seconds: float, between_failures: float
) -> int:
    """Return the number of steps of the optimizer between two checkpoints, at least 1."""
    return max(1, round(daly_interval(checkpoint_seconds, between_failures) / step_seconds))
