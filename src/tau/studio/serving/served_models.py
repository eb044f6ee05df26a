"""The models that the studio made, as backends that answer under their names.

Every request for such a model comes through here, whichever API it came by. A person's own models
are registered when they're asked for (`allow`), and answer only them; those that are released are
registered at start-up, and answer everybody.
"""

import asyncio
import logging
import time
from contextlib import suppress

from tau.errors import BadInput, ModelUnavailable, TauError
from tau.models import Models
from tau.models.adapters import Adapter, AdapterModel
from tau.models.caller import Caller, current_caller
from tau.models.registry import FRESH_SECONDS
from tau.models.types import Backend
from tau.people import Unlocked
from tau.studio.methods.answer_classifier import AnswerClassifier
from tau.studio.methods.kept_prompt import KeptPrompt
from tau.studio.serving.classifier_model import ClassifierModel
from tau.studio.serving.made_model import MadeModel
from tau.studio.serving.model_names import is_studio_name, unknown_model
from tau.studio.serving.model_runs import ModelRuns
from tau.studio.serving.owned_model import OwnedModel
from tau.studio.serving.prompt_model import PromptModel
from tau.studio.serving.released_models import ReleasedModel, ReleasedModels
from tau.studio.tuning.log_events import ModelMade
from tau.studio.tuning.run_folder import DamagedRunFile

logger = logging.getLogger(__name__)


class ServedModels:
    """The studio's models in the directory of models."""

    def __init__(self, models: Models, runs: ModelRuns, table: ReleasedModels) -> None:
        self.runs = runs
        self._models = models
        self._table = table
        self._released: dict[str, ReleasedModel] = {}
        self._serving: dict[str, OwnedModel] = {}
        self._read_at = float("-inf")
        models.directory.registry.listeners.append(self.refresh)

    @property
    def released(self) -> dict[str, ReleasedModel]:
        """The models that answer everybody, by name, as last read."""
        return dict(self._released)

    def is_released(self, name: str) -> bool:
        """Return whether a model answers everybody."""
        known = self._released.get(name)
        return known is not None and known.taken_back is None

    def require_released(self, *names: str) -> None:
        """Raise `BadInput` for a model of somebody's that others can't ask."""
        for name in names:
            if is_studio_name(name) and not self.is_released(name):
                raise BadInput(f"{name} isn't released, so it answers only who made it.")

    async def allow(self, unlocked: Unlocked, *names: str) -> None:
        """Let this task, and those that it starts, ask a person's own models.

        Only those of `names` that are the studio's are looked for, and all if none is given. Raises
        `UnknownModel` for one that is neither theirs nor released.
        """
        if current_caller.get().person != unlocked.person.id:
            current_caller.set(Caller(unlocked.person.id))
        wanted = [each for each in names if is_studio_name(each)]
        if names and not wanted:
            return
        await self.refresh(older_than_seconds=FRESH_SECONDS)
        if not names:
            made = await self.runs.all(unlocked)
        else:
            unknown = [each for each in wanted if each not in self._released]
            made = [await self.runs.find(unlocked, each) for each in unknown]
        for each in made:
            await self._serve_own(unlocked, each)

    async def refresh(self, *, older_than_seconds: float = 0.0) -> None:
        """Read which models are released; other processes may have changed that."""
        if time.monotonic() - self._read_at <= older_than_seconds:
            return
        self._read_at = time.monotonic()
        before, self._released = self._released, await self._table.all()
        for name, released in self._released.items():
            if name not in before or name not in self._serving:
                self._serve(released.person, released.made, released.run, released.keys)
        for name in before.keys() - self._released.keys():
            self.withdraw(name)

    async def publish(self, released: ReleasedModel) -> None:
        """Let a model answer everybody, also while its owner is away."""
        await self._table.save(released)
        await self.refresh()

    async def retract(self, *names: str) -> None:
        """Let models answer only their owners again."""
        if names:
            await self._table.remove(*names)
            await self.refresh()

    def released_by_others(self, person: str) -> set[str]:
        """Return the released models that aren't this person's to take back."""
        return {name for name, each in self._released.items() if each.person != person}

    def of_person(self, person: str) -> set[str]:
        """Return the models of a person that are served here, or released by them."""
        served = {name for name, each in self._serving.items() if person in each.owners}
        return (served | self._released.keys()) - self.released_by_others(person)

    def withdraw(self, name: str) -> None:
        """Serve a model no longer, and unload it; who owns it may ask for it again."""
        served = self._serving.pop(name, None)
        if served is None:
            return
        self._models.directory.withdraw(name)
        if isinstance(served.backend, AdapterModel):
            served.backend.unload()

    def backend_of(self, name: str) -> Backend:
        """Return what answers for a model that is served, whoever asks. Raises `UnknownModel`."""
        if name not in self._serving:
            raise unknown_model(name)
        return self._serving[name].backend

    def read_file(self, run: str, name: str, keys: tuple[bytes, ...]) -> bytes | None:
        """Return a file of a run's folder, `None` if it isn't there or damaged. Blocks."""
        for key in keys:  # the folder keeps the key that it was made with
            with suppress(DamagedRunFile, OSError):
                return self.runs.folder(run, key).read(name)
        return None

    async def _serve_own(self, unlocked: Unlocked, model: MadeModel) -> None:
        served = self._serving.get(model.name)
        if served is None:
            keys = await self.runs.keys(unlocked, model.run.id)
            self._serve(unlocked.person.id, model.made, model.run.id, keys)
        elif served.made.content_sha256 == model.made.content_sha256:
            served.owners.add(unlocked.person.id)

    def _serve(self, person: str, made: ModelMade, run: str, keys: tuple[bytes, ...]) -> None:
        """Register a model. One that can't be read is logged, and its name means nothing."""
        try:
            backend = self._backend(made, run, keys)
            owned = OwnedModel(made, backend, person, self.is_released)
            self._models.directory.serve(made.name, owned, owned.is_visible)
            self._serving[made.name] = owned
        except TauError as error:
            logger.warning("the model %s can't be served: %s", made.name, error)

    def _backend(self, made: ModelMade, run: str, keys: tuple[bytes, ...]) -> Backend:
        if made.model_kind == "adapter":

            async def load() -> bytes:
                content = await asyncio.to_thread(self.read_file, run, made.file, keys)
                if content is None:
                    raise ModelUnavailable(f"The file of {made.name!r} can't be read.")
                return content

            adapter = Adapter(made.name, made.content_sha256, load)
            return self._models.directory.adapter_model(made.base, adapter)
        if made.model_kind == "prompt":
            return PromptModel(made.name, KeptPrompt.from_bytes(made.content), self._models)
        classifier = AnswerClassifier.from_bytes(made.content)
        return ClassifierModel(
            made.name,
            classifier,
            self._models,
            lambda: self._models.aliases.info(classifier.embedder),
        )
