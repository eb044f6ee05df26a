"""Whether Tau learns, and how much it has learned."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LearningOut:
    """Whether learning is paused, and how many facts are current or wait for approval."""

    paused: bool
    current: int
    waiting: int
