"""The models that answer: requests by name or alias, with failover from one model to the next."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from functools import partial
from typing import Any

from tau.errors import BadInput, DownloadFailed, ModelError
from tau.models import catalog
from tau.models.aliases import DEFAULT_ALIASES, Aliases
from tau.models.builtin import BuiltinModels
from tau.models.caller import Caller, current_caller, require_permitted
from tau.models.control_strings import break_control_strings
from tau.models.directory import ModelDirectory, keep_as_blind
from tau.models.download import Progress
from tau.models.embedding import embed_all
from tau.models.failover import Failover, OutcomeListener, no_answer_error
from tau.models.health import check_health
from tau.models.local_model import LocalModel
from tau.models.metering import StreamMeter, completion_usage, embedding_usage
from tau.models.packs import Packs
from tau.models.registry import Registry
from tau.models.types import (
    AnsweredRequest,
    Backend,
    Chunk,
    Embedded,
    EmbeddingKind,
    HealthCheck,
    ModelInfo,
    RequestBuilder,
)
from tau.settings import Settings
from tau.storage.database import Database
from tau.storage.sealing import SecretBox

UsageListener = Callable[[Caller, AnsweredRequest], None]


class Models:
    """Every model by its name. Create one with `open`; `close` it at the end.

    `directory` lists, adds and removes models; `aliases` resolves names to them.
    """

    def __init__(self, settings: Settings, registry: Registry) -> None:
        self._settings = settings
        self._packs = Packs(settings.models_path)
        self._failover = Failover()
        self.directory = ModelDirectory(settings, registry, self._packs)
        self._failover.on_blind = partial(keep_as_blind, self.directory)
        self.builtin = BuiltinModels(settings.builtin, self._packs)
        self.aliases = Aliases(self.directory, settings, self.builtin)
        self.usage_listeners: list[UsageListener] = []
        """Who learns what each answered request used."""

    @property
    def outcome_listeners(self) -> list[OutcomeListener]:
        """Who learns of each request whether the model that was asked answered it."""
        return self._failover.listeners

    @classmethod
    async def open(cls, settings: Settings, database: Database, box: SecretBox) -> "Models":
        """Read the registry. `box` seals the keys of endpoints. Raises `BadInput`."""
        registry = Registry(database, box)
        await registry.refresh()
        return cls(settings, registry)

    async def stream(
        self, name: str, body: dict[str, Any] | RequestBuilder
    ) -> AsyncGenerator[Chunk, None]:
        """Yield the answer to an OpenAI-shaped chat request from the first model that starts one.

        `body` is the request, or builds it for each model that is asked. Control strings of chat
        templates in it are broken (`tau.models.control_strings`).

        `chunk.raw["model"]` is the model that answers. Raises `UnknownModel`, `ModelUnavailable`
        before the first chunk, `ModelInterrupted` after it, `ModelInvalidAnswer`, and
        `ModelNotPermitted` if the key of the request may not use the name.
        """
        self._require_permitted(name)
        backends = await self._backends(name)
        caller, meter = current_caller.get(), StreamMeter()

        def build(info: ModelInfo) -> dict[str, Any]:
            meter.request = break_control_strings(body(info) if callable(body) else body)
            return meter.request

        try:
            async with aclosing(self._failover.stream(name, backends, build)) as chunks:
                async for chunk in chunks:
                    meter.see(chunk)
                    yield chunk
        finally:
            self._report(caller, meter.usage())

    async def complete(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the whole `chat.completion` of the first model that gives one."""
        self._require_permitted(name)
        backends = await self._backends(name)
        safe = break_control_strings(body)
        answer = await self._failover.ask(name, backends, lambda backend: backend.complete(safe))
        self._report(current_caller.get(), completion_usage(safe, answer))
        return answer

    async def embed(
        self, name: str, texts: Sequence[str], kind: EmbeddingKind = "passage"
    ) -> Embedded:
        """Return a unit vector for each text; a text too long for the model is cut."""
        backends = await self._backends(name)

        async def embed_with(backend: Backend) -> Embedded:
            return Embedded(backend.info.name, await embed_all(backend, texts, kind))

        embedded = await self._failover.ask(name, backends, embed_with)
        self._report(current_caller.get(), embedding_usage(embedded.model, texts))
        return embedded

    async def warm_up(self) -> None:
        """Load the local models that come first for chat and embedding.

        Better before someone waits. A model that cannot be loaded fails at its first use.
        """
        for name in (self.aliases.default_chat(), self.aliases.default_embedder()):
            backend = next(iter(await self._backends(name)), None)
            if isinstance(backend, LocalModel) and backend.info.ready:
                with suppress(ModelError):
                    await backend.load()

    async def check(self, name: str) -> HealthCheck:
        """Send one tiny request to the first model behind a name and return how it went.

        Raises `UnknownModel`; other failures are in the result's sentence.
        """
        backends = await self._backends(name)
        if not backends:
            return HealthCheck(model=name, ok=False, sentence=str(no_answer_error(name, [])))
        try:
            return await check_health(backends[0])
        except ModelError as error:
            return HealthCheck(model=backends[0].info.name, ok=False, sentence=str(error))

    async def pull(self, name: str, progress: Progress) -> None:
        """Download the packs behind a name; `progress` gets the bytes done and the total.

        The former embedder, which the default alias keeps for those who have it, is only downloaded
        by its own name. Raises `UnknownModel`, `BadInput` for what is not downloaded,
        `DownloadFailed`, `HashMismatch`.
        """
        names = self.aliases.names_for(name)
        if name not in names:
            names = [each for each in names if each != catalog.FORMER_EMBEDDING_MODEL]
        packs = [catalog.packs()[each] for each in names if each in catalog.packs()]
        if not packs:
            raise BadInput(f"{name!r} is not a model that Tau downloads.")
        for pack in packs:
            if self._settings.offline and not self._packs.ready(pack):
                raise DownloadFailed("Downloads are turned off by the setting `offline`.")
            await self._packs.pull(pack, progress)

    async def wanted_builtin(self) -> str | None:
        """Return the better built-in model if it is to be used here and not yet downloaded."""
        await self.directory.refresh()
        name = self.builtin.better
        if name is None or self._settings.offline or not self.aliases.uses_builtin():
            return None
        return None if self._packs.ready(catalog.packs()[name]) else name

    async def wanted_embedder(self) -> str | None:
        """Return the built-in embedder if it isn't downloaded and its predecessor is in use."""
        await self.directory.refresh()
        names = self.aliases.names_for(self.aliases.default_embedder())
        if self._settings.offline or names[:1] != [catalog.EMBEDDING_MODEL]:
            return None
        in_use = catalog.FORMER_EMBEDDING_MODEL in names and self._packs.ready(
            catalog.packs()[catalog.FORMER_EMBEDDING_MODEL]
        )
        is_ready = self._packs.ready(catalog.packs()[catalog.EMBEDDING_MODEL])
        return catalog.EMBEDDING_MODEL if in_use and not is_ready else None

    async def promote(self, name: str) -> bool:
        """Load the better built-in model and let it answer from now on, if `name` is that.

        Returns whether it does: an alias that a person has chosen stays as it is. Raises
        `ModelUnavailable`; then the small one goes on answering.
        """
        if name != self.builtin.better or not self.aliases.uses_builtin():
            return False
        backend = self.directory.backend(name)
        if isinstance(backend, LocalModel):
            await backend.load()
        self.builtin.promote()
        return True

    async def close(self) -> None:
        """Unload local models and close all connections."""
        await self.directory.close()
        await self._packs.close()

    def _require_permitted(self, name: str) -> None:
        aliases = self.aliases
        require_permitted(name, {*DEFAULT_ALIASES, aliases.default_chat()})

    def _report(self, caller: Caller, used: AnsweredRequest | None) -> None:
        if used is not None:
            for listener in self.usage_listeners:
                listener(caller, used)

    async def _backends(self, name: str) -> list[Backend]:
        await self.directory.refresh()
        return [self.directory.backend(each) for each in self.aliases.names_for(name)]
