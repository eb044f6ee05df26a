"""The models that a person's runs made."""

from collections.abc import Sequence

from tau.people import Unlocked
from tau.studio.serving.made_model import MadeModel, models_of
from tau.studio.serving.model_names import unknown_model
from tau.studio.tuning.log_events import RunLogEvent
from tau.studio.tuning.run_folder import RunFolder
from tau.studio.tuning.runs import Runs


class ModelRuns:
    """The runs of everybody, as far as they made models."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    async def all(self, unlocked: Unlocked) -> list[MadeModel]:
        """Return the models of a person, oldest first."""
        logs = await self._runs.all(unlocked)
        return sorted(
            (model for log in logs for model in models_of(log.state)),
            key=lambda each: each.made.at,
        )

    async def of_project(self, unlocked: Unlocked, project: str) -> list[MadeModel]:
        """Return the models that learned from a project, oldest first."""
        return [each for each in await self.all(unlocked) if each.created.project == project]

    async def find(self, unlocked: Unlocked, name: str) -> MadeModel:
        """Return a model of this person. Raises `UnknownModel`, for anybody else's too."""
        for each in await self.all(unlocked):
            if each.name == name:
                return each
        raise unknown_model(name)

    async def create(self, unlocked: Unlocked, events: Sequence[RunLogEvent]) -> None:
        """Write a run that is over as soon as it began."""
        _, log = await self._runs.parts.logs.create(unlocked)
        await log.append(*events)

    async def append(self, unlocked: Unlocked, run: str, *events: RunLogEvent) -> None:
        """Write about the models of a run. Raises `NotFound`."""
        await (await self._runs.open(unlocked, run)).append(*events)

    async def keys(self, unlocked: Unlocked, run: str) -> tuple[bytes, ...]:
        """Return the keys of a run, the newest first. Raises `NotFound`."""
        return (await self._runs.open(unlocked, run)).keys

    def folder(self, run: str, key: bytes) -> RunFolder:
        """Return the folder of a run, to be read with a key."""
        return RunFolder(self._runs.parts.root / run, key)
