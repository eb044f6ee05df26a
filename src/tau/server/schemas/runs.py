"""Runs of training."""

from dataclasses import dataclass, field
from typing import Literal

from tau.studio.tuning.log_events import ModelKind, RunRequest, RunStatus


@dataclass(frozen=True, slots=True)
class RunPlanOut:
    """What a run is made with, and what it was estimated to take before it began.

    `epochs` are passes over the examples, `batch_size` examples for each step, `window` the most
    tokens of an example. `warnings` are sentences about the examples. The estimates come from
    formulas; what was measured, from the first two steps of the training program.
    """

    method: Literal["supervised", "dpo"]
    base: str
    epochs: int
    batch_size: int
    learning_rate: float
    rank: int
    window: int
    threads: int
    seed: int
    checkpoint_every_steps: int
    train_examples: int
    validation_examples: int
    estimated_seconds: float
    estimated_memory_bytes: int
    warnings: list[str]
    measured_seconds: float | None = None
    measured_memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class RunStepOut:
    """A step of the training: the loss and accuracy on what was learned in it."""

    step: int
    epoch: float
    loss: float
    accuracy: float
    learning_rate: float
    seconds: float


@dataclass(frozen=True, slots=True)
class RunCheckpointOut:
    """A checkpoint: its loss on validation examples, and how many of its answers were right.

    `score` is the mean grade of the answers from 0 to 1. `model` is the name under which it can be
    asked, if it was kept.
    """

    step: int
    at: float
    loss: float | None
    valid_loss: float | None
    valid_accuracy: float | None
    score: float | None
    graded: int
    passed: int
    model: str | None


@dataclass(frozen=True, slots=True)
class ModelParityOut:
    """Whether a model answers on the engine that serves it as it did when it was trained."""

    engine: str
    passed: bool
    sentence: str
    figures: dict[str, float]


@dataclass(frozen=True, slots=True)
class RunModelOut:
    """A model that a run made; `is_result` is false for a checkpoint before the last."""

    name: str
    kind: ModelKind
    base: str
    step: int
    content_sha256: str
    is_result: bool
    parity: ModelParityOut | None


@dataclass(frozen=True, slots=True)
class RunFailureOut:
    """Why a run failed: a code, and a sentence. `param` is the field that it's about."""

    code: str
    message: str
    param: str


@dataclass(frozen=True, slots=True)
class RunOut:
    """A run of training.

    `asked` is what a person asked for and hasn't happened yet. `message` is why it paused.
    `seconds` is how long it was computed, `seconds_left` how long the rest will take.
    `best_step` is the checkpoint with the best task score. `withdrawn` counts examples that it
    learned from and that were withdrawn since: then it should be trained again. `steps` are only in
    the answer about one run.
    """

    id: str
    project: str
    base: str
    suffix: str
    status: RunStatus
    asked: RunRequest | None
    created_at: float
    finished_at: float | None
    failure: RunFailureOut | None
    message: str
    plan: RunPlanOut | None
    step: int
    all_steps: int
    seconds: float
    seconds_left: float | None
    memory_bytes: int | None
    trained_tokens: int | None
    checkpoints: list[RunCheckpointOut]
    models: list[RunModelOut]
    best_step: int | None
    withdrawn: int
    steps: list[RunStepOut] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RunList:
    """Runs, newest first."""

    runs: list[RunOut]


@dataclass(frozen=True, slots=True)
class RunUpdate:
    """What happened to a run since the last update: where it is now, and the steps since.

    `id` is the number of the newest entry: a watcher goes on after it.
    """

    id: int
    run: RunOut
    steps: list[RunStepOut]
