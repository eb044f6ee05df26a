"""The models of a run, with what is known of how they were made. Pure."""

import msgspec

from tau.studio.tuning.log_events import ModelMade, ModelMeasured, RunCreated
from tau.studio.tuning.run_state import RunState


class MadeModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model that a run made."""

    made: ModelMade
    created: RunCreated
    run: RunState
    """How it was made, and what became of it."""

    @property
    def name(self) -> str:
        """The name under which it's asked."""
        return self.made.name

    @property
    def measured(self) -> ModelMeasured | None:
        """How it answers on the engine that serves it."""
        return self.run.measured.get(self.name)

    @property
    def is_result(self) -> bool:
        """Whether it's what its run was for, not a checkpoint on the way."""
        return self.run.result is self.made


def models_of(run: RunState) -> list[MadeModel]:
    """Return the models of a run that can be asked, oldest first."""
    if run.created is None:
        return []
    return [MadeModel(made=made, created=run.created, run=run) for made in run.models.values()]
