"""The state of a run: the fold of its log. Knows nothing of storage."""

from dataclasses import dataclass, field

from tau.studio.tuning.log_events import (
    CheckpointGraded,
    ModelDeleted,
    ModelMade,
    ModelMeasured,
    RunCreated,
    RunLogEvent,
    RunMoved,
    RunPlanned,
    RunReported,
    RunRequest,
    RunRequested,
    RunStatus,
    RunWithdrawn,
)
from tau.studio.tuning.run_events import (
    CheckpointSaved,
    RunEstimated,
    RunEvent,
    RunFailed,
    RunFinished,
    RunPaused,
    RunStarted,
    StepDone,
    StepValidated,
)

ENDED: frozenset[RunStatus] = frozenset({"succeeded", "failed", "cancelled"})


@dataclass
class TrainingProgress:
    """What the training program reported. A step that was done twice counts as done last."""

    started: RunStarted | None = None
    """Its newest start."""
    estimated: RunEstimated | None = None
    steps: dict[int, StepDone] = field(default_factory=dict)
    validated: dict[int, StepValidated] = field(default_factory=dict)
    checkpoints: dict[int, CheckpointSaved] = field(default_factory=dict)
    paused: RunPaused | None = None
    finished: RunFinished | None = None
    failed: RunFailed | None = None
    read_bytes: int = 0
    seconds: float = 0.0
    """How long the program computed: steps, also those that were lost and done again, checkpoints
    with their answers, and the reference at the end; not the time between two starts."""
    reported_at: float = 0.0
    """When it last reported something."""

    @property
    def last_checkpoint(self) -> int:
        """The step of the newest checkpoint; 0 if there's none."""
        return max(self.checkpoints, default=0)

    def apply(self, event: RunEvent) -> None:
        """Take what the program reported next."""
        if not isinstance(event, RunStarted) and self.started is not None:
            self.seconds += max(0.0, event.at - self.reported_at)
        self.reported_at = event.at
        match event:
            case RunStarted():
                self.started, self.paused, self.failed = event, None, None
            case RunEstimated():
                self.estimated = event
            case StepDone():
                self.steps[event.step] = event
            case StepValidated():
                self.validated[event.step] = event
            case CheckpointSaved():
                self.checkpoints[event.step] = event
            case RunPaused():
                self.paused = event
            case RunFinished():
                self.finished = event
            case RunFailed():
                self.failed = event


class RunState:
    """A run: what was asked for, how far it is, and the models that it made."""

    def __init__(self, run_id: str) -> None:
        self.id = run_id
        self.entries: list[tuple[int, RunLogEvent]] = []
        """All entries of the log, each with its number."""
        self.created: RunCreated | None = None
        """`None` if the run wasn't written down completely: then there is none."""
        self.planned: RunPlanned | None = None
        self.moved: RunMoved | None = None
        self.request: RunRequest | None = None
        """What a person asked for last and hasn't happened yet."""
        self.progress = TrainingProgress()
        self.grades: dict[int, CheckpointGraded] = {}
        self.models: dict[str, ModelMade] = {}
        """Those that weren't deleted, by name."""
        self.measured: dict[str, ModelMeasured] = {}
        self.withdrawn: set[str] = set()
        """Examples that it learned from and that were withdrawn since."""

    @property
    def status(self) -> RunStatus:
        """Its status."""
        return self.moved.status if self.moved else "validating_files"

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status in ENDED

    @property
    def is_record(self) -> bool:
        """Whether it ran elsewhere, and only what was shown of it there is known."""
        return self.created is not None and "imported" in self.created.job

    @property
    def result(self) -> ModelMade | None:
        """The model that it made, not one of its checkpoints."""
        return next((each for each in self.models.values() if not each.is_checkpoint), None)

    @property
    def best_step(self) -> int | None:
        """The checkpoint with the best task score; of equal ones, the earliest.

        `None` if none was graded, or none got anything right.
        """
        scored = [each for each in self.grades.values() if each.score > 0]
        return max(scored, key=lambda each: (each.score, -each.step)).step if scored else None

    def apply(self, event: RunLogEvent, seq: int) -> None:
        """Take the next event, whose number in the log is `seq`."""
        self.entries.append((seq, event))
        match event:
            case RunCreated():
                self.created = event
            case RunPlanned():
                self.planned = event
            case RunMoved():
                self._move(event)
            case RunRequested():
                self.request = event.request
            case RunReported():
                self._report(event)
            case CheckpointGraded():
                self.grades[event.step] = event
            case RunWithdrawn():
                self.withdrawn.update(event.examples)
            case ModelMade() | ModelMeasured() | ModelDeleted():
                self._model(event)

    def _move(self, event: RunMoved) -> None:
        if not self.is_over:  # what was written first counts
            self.moved = event
        if event.status not in {"running", "queued"} or self.request == "resume":
            self.request = None

    def _report(self, event: RunReported) -> None:
        for each in event.events:
            self.progress.apply(each)
        self.progress.read_bytes = max(self.progress.read_bytes, event.read_bytes)

    def _model(self, event: ModelMade | ModelMeasured | ModelDeleted) -> None:
        match event:
            case ModelMade():
                self.models[event.name] = event
            case ModelMeasured():
                self.measured[event.name] = event
            case ModelDeleted():
                self.models.pop(event.name, None)
