"""Runs that are trained elsewhere."""

from dataclasses import dataclass

from tau.studio.tuning.log_events import RunStatus


@dataclass(frozen=True, slots=True)
class CollectedModelOut:
    """A model that a run made; `score` is what the project's grader gave its checkpoint."""

    name: str
    step: int
    score: float | None


@dataclass(frozen=True, slots=True)
class CollectedRunOut:
    """A run after it was collected; `sentence` says why it failed."""

    id: str
    status: RunStatus
    step: int
    steps: int
    sentence: str
    models: list[CollectedModelOut]
