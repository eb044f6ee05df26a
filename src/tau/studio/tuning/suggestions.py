"""Hyperparameters where a person chooses none, and what a run takes. Pure functions.

The figures come from LoRA on a model of 135 million weights: 240 short examples learn most in 90
steps of 8 at a rate of 8e-4 (decision 30); larger models need a lower rate. Speed and memory were
measured with this training program on one core of two that others use too.
"""

import math
from typing import NamedTuple

from tau.studio.tuning.bases import TuningBase
from tau.studio.tuning.job_request import JobNumbers
from tau.studio.tuning.run_spec import (
    AdapterShape,
    PreferenceMethod,
    RunCheckpoints,
    RunValidation,
    SupervisedMethod,
)
from tau.studio.tuning.training_lines import LineKind

_STEPS = 90
_LEAST_EPOCHS, _MOST_EPOCHS = 2, 8
_MANY_EXAMPLES = 3_000  # from here one pass is enough to learn a form
_CHECKPOINTS = 9
_MOST_SECONDS_BETWEEN = 300.0
_MICRO_TOKENS = (2048, 1024, 512, 256, 128)
_USED_MEMORY = 0.7
"""Share of the free memory that a run may take."""
_ACTIVATION_BYTES = 750_000
"""For each token of a micro-batch, in a model of 135 million weights."""
_TOKENS_PER_SECOND = 200.0
"""Of that model, on one core."""
_SECONDS_PER_ANSWER = 0.7
"""Of that model, to answer a validation example at a checkpoint."""
_SECONDS_TO_START = 10.0
_REFERENCE = 135e6
_MOST_USEFUL_CORES = 8
_WINDOWS = (256, 512, 1024, 2048, 4096, 8192, 16384, 32768)
_HEADROOM = 1.5  # estimates of tokens may be that much too low
_PREFERENCE_COST = 4.0  # two answers, each asked of two models


class ExampleFigures(NamedTuple):
    """What suggestions depend on: how many examples there are, and their estimated tokens."""

    examples: int
    tokens: int
    longest: int
    validation: int = 0
    """Examples that are answered at each checkpoint."""


class Machine(NamedTuple):
    """What this machine has for training."""

    free_memory_bytes: int
    free_cores: float


class Suggestion(NamedTuple):
    """The method and shape of a run, and what it takes, roughly."""

    method: SupervisedMethod | PreferenceMethod
    adapter: AdapterShape
    checkpoint: RunCheckpoints
    window: int
    threads: int
    seconds: float
    memory_bytes: int


def suggest(
    kind: LineKind,
    numbers: JobNumbers,
    figures: ExampleFigures,
    base: TuningBase,
    machine: Machine,
) -> Suggestion:
    """Return what a run is made with: the numbers that were given, and suggestions for others."""
    batch = numbers.batch_size or _batch_size(figures.examples)
    epochs = numbers.epochs or _epochs(figures.examples, batch)
    micro = _micro_tokens(kind, figures, base, machine)
    threads = max(1, min(_MOST_USEFUL_CORES, int(machine.free_cores + 0.25)))
    steps = epochs * math.ceil(figures.examples / batch)
    speed = _speed(kind, base, threads)
    training = figures.tokens * epochs / (_TOKENS_PER_SECOND * speed)
    every = _checkpoint_interval(steps, training)
    answers = math.ceil(steps / every) * min(figures.validation, RunValidation().answers)
    rate = _learning_rate(kind, base) * (numbers.learning_rate_multiplier or 1.0)
    given = {"epochs": epochs, "batch_size": batch, "micro_tokens": micro, "learning_rate": rate}
    return Suggestion(
        method=_method(kind, numbers, given),
        adapter=AdapterShape(),
        checkpoint=RunCheckpoints(every_steps=every),
        window=_window(figures.longest, base),
        threads=threads,
        seconds=_SECONDS_TO_START + training + answers * _SECONDS_PER_ANSWER / speed,
        memory_bytes=_memory(kind, micro, base),
    )


def _method(
    kind: LineKind, numbers: JobNumbers, given: dict[str, float]
) -> SupervisedMethod | PreferenceMethod:
    if kind == "dpo":
        return PreferenceMethod(**given, beta=numbers.beta or 0.1)  # type: ignore[arg-type]
    return SupervisedMethod(**given)  # type: ignore[arg-type]


def _batch_size(count: int) -> int:
    """Return examples for each step: as many steps as few examples allow."""
    return 8 if count >= 160 else 4 if count >= 40 else 2


def _epochs(count: int, batch: int) -> int:
    if count >= _MANY_EXAMPLES:
        return 1
    return min(_MOST_EPOCHS, max(_LEAST_EPOCHS, round(_STEPS * batch / count)))


def _learning_rate(kind: LineKind, base: TuningBase) -> float:
    size = base.parameters
    rate = 8e-4 if size < 400e6 else 2e-4 if size < 2e9 else 1e-4
    return rate / 10 if kind == "dpo" else rate


def _micro_tokens(
    kind: LineKind, figures: ExampleFigures, base: TuningBase, machine: Machine
) -> int:
    """Return the most tokens at once that leave memory to others, and are of use."""
    useful = max(figures.tokens, 1) * 8 // max(figures.examples, 1)
    for tokens in _MICRO_TOKENS:
        fits = _memory(kind, tokens, base) < _USED_MEMORY * machine.free_memory_bytes
        if fits and tokens <= max(512, useful):
            return tokens
    return _MICRO_TOKENS[-1]


def _memory(kind: LineKind, micro_tokens: int, base: TuningBase) -> int:
    """Return how much memory a run takes; activations grow slower than weights."""
    activations = _ACTIVATION_BYTES * (base.parameters / _REFERENCE) ** 0.7 * micro_tokens
    return base.memory_bytes + int(activations * (2 if kind == "dpo" else 1))


def _speed(kind: LineKind, base: TuningBase, threads: int) -> float:
    """Return how fast a base is trained, as a multiple of the model that was measured."""
    speed = float(threads**0.8) * _REFERENCE / max(base.parameters, 1)
    return speed / (_PREFERENCE_COST if kind == "dpo" else 1.0)


def _checkpoint_interval(steps: int, seconds: float) -> int:
    """Return steps between checkpoints: a few for the curve, and never much time between them."""
    by_time = int(_MOST_SECONDS_BETWEEN / max(seconds / max(steps, 1), 1e-9))
    return max(1, min(math.ceil(steps / _CHECKPOINTS), by_time))


def _window(longest: int, base: TuningBase) -> int:
    """Return the smallest usual window in which the longest example fits for sure."""
    needed = longest * _HEADROOM
    fitting = [each for each in _WINDOWS if needed <= each < base.context_tokens]
    return fitting[0] if fitting else base.context_tokens


def too_long(tokens: int, base: TuningBase) -> bool:
    """Return whether an example of so many estimated tokens can't fit into the base's window."""
    return tokens > base.context_tokens * _HEADROOM
