"""What OpenAI's API shows of a run: its state as a job. Knows nothing of HTTP and storage."""

from typing import Any, NamedTuple

from tau.studio.tuning.log_events import ModelMade, RunCreated, RunMoved
from tau.studio.tuning.run_state import RunState


class JobHistory(NamedTuple):
    """A run as a job, and what happened on the way."""

    state: RunState
    created: RunCreated

    @property
    def model(self) -> ModelMade | None:
        """The model that it made, not one of its checkpoints; also one that was deleted."""
        made = (event for _, event in self.state.entries if isinstance(event, ModelMade))
        return next((each for each in made if not each.is_checkpoint), None)

    @property
    def imported(self) -> dict[str, Any] | None:
        """The record of a job that ran elsewhere."""
        return self.created.job.get("imported")

    def is_first_move(self, moved: RunMoved) -> bool:
        """Return whether it had never moved to this status before."""
        moves = (event for _, event in self.state.entries if isinstance(event, RunMoved))
        return moved is next(each for each in moves if each.status == moved.status)


def history_of(state: RunState) -> JobHistory | None:
    """Return a run as a job; `None` if it wasn't written down completely."""
    return JobHistory(state, state.created) if state.created else None
