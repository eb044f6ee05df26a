"""What OpenAI's API shows of a run: a fold of its log. Knows nothing of HTTP and storage."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tau.studio.tuning.log_events import (
    ModelDeleted,
    ModelMade,
    RunCreated,
    RunLogEvent,
    RunMoved,
    RunPlanned,
    RunReported,
    RunStatus,
)
from tau.studio.tuning.run_events import (
    CheckpointSaved,
    RunEstimated,
    RunEvent,
    RunFinished,
    RunStarted,
    StepDone,
    StepValidated,
)

ENDED: frozenset[RunStatus] = frozenset({"succeeded", "failed", "cancelled"})
CHECKPOINT_MARK = ":ckpt-step-"


@dataclass
class JobHistory:
    """The state of a run and what happened on the way."""

    id: str
    """Of the run."""
    created: RunCreated
    log: list[tuple[int, RunLogEvent]] = field(default_factory=list)
    """All entries, each with its number."""
    planned: RunPlanned | None = None
    moved: RunMoved | None = None
    started: RunStarted | None = None
    finished: RunFinished | None = None
    estimated: RunEstimated | None = None
    steps: dict[int, StepDone] = field(default_factory=dict)
    validated: dict[int, StepValidated] = field(default_factory=dict)
    saved: dict[int, CheckpointSaved] = field(default_factory=dict)
    made: dict[str, ModelMade] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    """Names of models that were deleted."""

    @property
    def status(self) -> RunStatus:
        """The status that it moved to last."""
        return self.moved.status if self.moved else "validating_files"

    @property
    def model(self) -> ModelMade | None:
        """The model that it made, not one of its checkpoints."""
        return next((each for name, each in self.made.items() if CHECKPOINT_MARK not in name), None)

    @property
    def imported(self) -> dict[str, Any] | None:
        """The record of a job that ran elsewhere."""
        return self.created.job.get("imported")

    def apply(self, seq: int, event: RunLogEvent) -> None:
        """Take the next entry."""
        self.log.append((seq, event))
        match event:
            case RunPlanned():
                self.planned = event
            case RunMoved():
                self.moved = event
            case ModelMade():
                self.made[event.name] = event
            case ModelDeleted():
                self.deleted.add(event.name)
            case RunReported():
                for each in event.events:
                    self._report(each)

    def reports(self) -> Iterator[tuple[int, int, RunEvent]]:
        """Yield what the training program reported, with the entry and the place in it."""
        for seq, event in self.log:
            if isinstance(event, RunReported):
                for place, each in enumerate(event.events):
                    yield seq, place, each

    def _report(self, event: RunEvent) -> None:
        match event:
            case RunStarted():
                self.started = event
            case RunEstimated():
                self.estimated = event
            case StepDone():
                self.steps[event.step] = event
            case StepValidated():
                self.validated[event.step] = event
            case CheckpointSaved():
                self.saved[event.step] = event
            case RunFinished():
                self.finished = event


def history_of(run_id: str, entries: Iterable[tuple[int, RunLogEvent]]) -> JobHistory | None:
    """Return the history in the entries of a log; `None` if they don't begin with a run."""
    history: JobHistory | None = None
    for seq, event in entries:
        if history is None and isinstance(event, RunCreated):
            history = JobHistory(run_id, event)
        if history is not None:
            history.apply(seq, event)
    return history
