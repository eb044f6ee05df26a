"""A run that names files instead of a project, as OpenAI's API asks for one.

What is given here needs no HTTP: names are resolved, numbers are in range, and `None` leaves a
number to Tau. The files are read when the run is there already and validates them, so that one that
can't be used fails the run with its line.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from tau.studio.tuning.training_lines import LineKind, TrainingLine


class JobNumbers(NamedTuple):
    """Hyperparameters; `None` is `auto`."""

    epochs: int | None = None
    batch_size: int | None = None
    learning_rate_multiplier: float | None = None
    """Of the learning rate that Tau would choose."""
    beta: float | None = None
    """Only for `dpo`."""


class JobLines(NamedTuple):
    """The examples of a training file and of a validation file, none of them in both."""

    training: list[TrainingLine]
    validation: list[TrainingLine]


class JobRequest(NamedTuple):
    """A run to be created."""

    base: str
    """The name at Tau of the model that is trained further."""
    read: Callable[[], JobLines]
    """Reads the files; blocking. Raises `InvalidTrainingFile`, whose `code`, `param` and message
    the failed run gets, and `NotFound` for a file that was deleted meanwhile."""
    kind: LineKind = "supervised"
    numbers: JobNumbers = JobNumbers()
    suffix: str = ""
    """Lower-case letters, digits, hyphens, underscores and dots."""
    seed: int = 7
    job: dict[str, Any] = {}  # noqa: RUF012 - never changed
    """What the API was given, for `RunCreated.job`."""
