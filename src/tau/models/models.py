"""The face of the models room: every model by its name, and who answers for an alias.

A model is a downloaded pack, an endpoint that a person has added, the one of the settings
(`configured`), one found on this machine, or the scripted one. An alias is an ordered list of them.
"""

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from typing import Any

from tau.errors import BadInput, DownloadFailed, JournalError, ModelError, UnknownModel
from tau.models import catalog, scripted
from tau.models.discovery import DiscoveredModel, discover
from tau.models.download import Progress
from tau.models.embedding import embed_all
from tau.models.engine import LocalEngine, LocalModel
from tau.models.failover import Failover, no_answer_error
from tau.models.health import check_health
from tau.models.http import AddressGuard, GuardedClient
from tau.models.packs import Packs
from tau.models.probe import ProbeResult, probe_endpoint
from tau.models.registry import (
    FRESH_SECONDS,
    Endpoint,
    EndpointDetails,
    Registry,
    endpoint_url,
    make_endpoint,
)
from tau.models.remote import RemoteModel
from tau.models.types import Backend, Chunk, Embedded, HealthCheck, ModelInfo
from tau.settings import Settings
from tau.storage.database import Database
from tau.storage.sealing import SecretBox

COMPANION, EMBEDDER, LEARNER = "companion", "embedder", "learner"
CONFIGURED = "configured"
DEFAULT_ALIASES: dict[str, list[str]] = {
    COMPANION: [catalog.CHAT_MODEL],
    EMBEDDER: [catalog.EMBEDDING_MODEL],
    LEARNER: [],
}
RESERVED = {"tau", CONFIGURED, scripted.CHAT, scripted.EMBEDDER, *DEFAULT_ALIASES}
_log = logging.getLogger(__name__)


class Models:
    """Every model by its name. Make one with `open`; `close` it in the end."""

    def __init__(self, settings: Settings, registry: Registry) -> None:
        self._settings = settings
        self._registry = registry
        self._guard = AddressGuard(settings.private_hosts)
        self._client = GuardedClient(self._guard)
        self._packs = Packs(settings.models_path)
        self._engine = LocalEngine(settings)
        self._failover = Failover()
        self._found: dict[str, DiscoveredModel] = {}
        self._remotes: dict[str, tuple[Endpoint, RemoteModel]] = {}
        self._scripted: dict[str, Backend] = {
            scripted.CHAT: scripted.ScriptedChat(),
            scripted.EMBEDDER: scripted.ScriptedEmbedder(),
        }
        self._configured = self._from_settings()

    @classmethod
    async def open(cls, settings: Settings, database: Database, box: SecretBox) -> "Models":
        """Read the registry. `box` seals the keys of endpoints. Raises `BadInput`."""
        registry = Registry(database, box)
        await registry.refresh()
        return cls(settings, registry)

    def _from_settings(self) -> Endpoint | None:
        if not self._settings.model_url:
            return None
        return Endpoint(
            CONFIGURED,
            endpoint_url(self._guard, self._settings.model_url),
            self._settings.model,
            self._settings.model_key or None,
            EndpointDetails(about="The endpoint of the settings."),
        )

    # names

    def default_chat(self) -> str:
        """Return the name to talk with when nobody says another."""
        if self._settings.model and self._configured is None:
            return self._settings.model
        return COMPANION

    def default_embedder(self) -> str:
        """Return the name to embed with when nobody says another."""
        return self._settings.embedder or EMBEDDER

    def names_for(self, name: str) -> list[str]:
        """Return the models behind an alias, in order; a model's name stands for itself.

        Raises `UnknownModel`.
        """
        aliases = self._aliases()
        if name in aliases:
            return aliases[name]
        if self._known(name):
            return [name]
        raise UnknownModel(f"There is no model named {name!r}; `tau models list` shows them.")

    def learners(self) -> list[str]:
        """Return the models behind `learner` that are able enough to draw facts, in order.

        Of a pack the catalog says so. Whatever else a person put there counts: that was a choice.
        """
        return [name for name in self.names_for(LEARNER) if _can_learn(name)]

    def _aliases(self) -> dict[str, list[str]]:
        aliases = {alias: list(names) for alias, names in DEFAULT_ALIASES.items()}
        for alias, names in self._registry.aliases.items():
            aliases[alias] = [name for name in names if self._known(name)]
        if self._configured is not None:
            rest = [name for name in aliases[COMPANION] if name != CONFIGURED]
            aliases[COMPANION] = [CONFIGURED, *rest]
        return aliases

    def _known(self, name: str) -> bool:
        return (
            name in self._scripted
            or name in catalog.packs()
            or name in self._registry.endpoints
            or name in self._found
            or (name == CONFIGURED and self._configured is not None)
        )

    def info(self, name: str) -> ModelInfo:
        """Return what is known of the first ready model behind a name, else of the first.

        Raises `UnknownModel`, and `ModelUnavailable` for an alias that means nothing yet.
        """
        first: ModelInfo | None = None
        for each in self.names_for(name):
            info = self._backend(each).info
            if info.ready:
                return info
            first = first or info
        if first is None:
            raise no_answer_error(name, [])
        return first

    async def aliases(self) -> dict[str, list[str]]:
        """Return every alias with the models it means, in order."""
        await self._registry.refresh()
        return self._aliases()

    # asking

    async def stream(self, name: str, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        """Yield the answer to an OpenAI-shaped chat request from the first model that begins one.

        `chunk.raw["model"]` tells who answers. Raises `UnknownModel`, `ModelUnavailable` before
        the first chunk, `ModelInterrupted` after it, `ModelInvalidAnswer`.
        """
        backends = await self._backends(name)
        async with aclosing(self._failover.stream(name, backends, body)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def complete(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the whole `chat.completion` of the first model that gives one."""
        backends = await self._backends(name)
        return await self._failover.ask(name, backends, lambda backend: backend.complete(body))

    async def embed(self, name: str, texts: Sequence[str]) -> Embedded:
        """Return a unit vector for each text; a text too long for the model is cut."""
        backends = await self._backends(name)

        async def embed_with(backend: Backend) -> Embedded:
            return Embedded(backend.info.name, await embed_all(backend, texts))

        return await self._failover.ask(name, backends, embed_with)

    async def warm_up(self) -> None:
        """Load the local models that come first for talking and embedding.

        llama.cpp stops the whole process while it loads a model: better before somebody waits. A
        model that cannot be loaded is told at its first use.
        """
        for name in (self.default_chat(), self.default_embedder()):
            backend = next(iter(await self._backends(name)), None)
            if isinstance(backend, LocalModel) and backend.info.ready:
                with suppress(ModelError):
                    await backend.load()

    async def check(self, name: str) -> HealthCheck:
        """Send one tiny request to the first model behind a name and tell how it went.

        Raises `UnknownModel`; other failures are told in the sentence.
        """
        backends = await self._backends(name)
        if not backends:
            return HealthCheck(model=name, ok=False, sentence=str(no_answer_error(name, [])))
        try:
            return await check_health(backends[0])
        except ModelError as error:
            return HealthCheck(model=backends[0].info.name, ok=False, sentence=str(error))

    async def probe_endpoint(
        self, url: str, key: str | None = None, model: str = ""
    ) -> ProbeResult:
        """Ask an endpoint which models it has, and one of them a tiny question. Nothing is kept.

        Raises `BadInput` and `RefusedAddress`; other failures are told in the sentence.
        """
        endpoint = make_endpoint(self._guard, "tried", url, model, key, {})
        return await probe_endpoint(self._client, endpoint, self._settings.model_timeout_seconds)

    async def _backends(self, name: str) -> list[Backend]:
        try:
            await self._registry.refresh(older_than_seconds=FRESH_SECONDS)
        except JournalError as error:
            _log.warning("the registry of models cannot be read: %s", error)
        return [self._backend(each) for each in self.names_for(name)]

    def _backend(self, name: str) -> Backend:
        if name in self._scripted:
            return self._scripted[name]
        pack = catalog.packs().get(name)
        if pack is not None:
            return self._local(pack)
        return self._remote(self._endpoint(name))

    def _local(self, pack: catalog.Pack) -> Backend:
        embeds = "chat" not in pack.capabilities
        window = pack.context_tokens if embeds else self._settings.context_tokens

        def info() -> ModelInfo:
            return pack.info(ready=self._packs.ready(pack), context_tokens=window)

        path = self._packs.path(pack)
        return LocalModel(self._engine, path, info, "embed" if embeds else "chat")

    def _endpoint(self, name: str) -> Endpoint:
        if name == CONFIGURED and self._configured is not None:
            return self._configured
        if name in self._registry.endpoints:
            return self._registry.endpoints[name]
        found = self._found[name]
        return Endpoint(name, found.url, found.model, details=_endpoint_details(found))

    def _remote(self, endpoint: Endpoint) -> Backend:
        held = self._remotes.get(endpoint.name)
        if held is not None and held[0] == endpoint:
            return held[1]
        remote = RemoteModel(
            endpoint.info(),
            self._client,
            url=endpoint.url,
            model=endpoint.model,
            key=endpoint.key,
            timeout_seconds=self._settings.model_timeout_seconds,
        )
        self._remotes[endpoint.name] = (endpoint, remote)
        return remote

    # changing

    async def pull(self, name: str, progress: Progress) -> None:
        """Download the packs behind a name; `progress` is told the bytes done and in all.

        Raises `UnknownModel`, `BadInput` for what is not downloaded, `DownloadFailed`,
        `HashMismatch`.
        """
        packs = [catalog.packs()[n] for n in self.names_for(name) if n in catalog.packs()]
        if not packs:
            raise BadInput(f"{name!r} is nothing that is downloaded.")
        for pack in packs:
            if self._settings.offline and not self._packs.ready(pack):
                raise DownloadFailed("Tau is set never to download anything (`offline`).")
            await self._packs.pull(pack, progress)

    async def add(
        self, name: str, url: str, model: str, key: str | None = None, **details: Any
    ) -> None:
        """Add an endpoint, or change the one of that name.

        `model` is what the endpoint itself calls it; empty: its first one. `details`:
        capabilities, size, context_tokens, about, licence. Raises `BadInput`, `RefusedAddress`.
        """
        if name in RESERVED or name in catalog.packs() or name in self._registry.aliases:
            raise BadInput(f"The name {name!r} is taken; choose another.")
        await self._registry.save(make_endpoint(self._guard, name, url, model, key, details))

    async def remove(self, name: str) -> None:
        """Remove an endpoint, or delete the download of a pack. Raises `UnknownModel`."""
        await self._registry.refresh()
        if name in self._registry.endpoints:
            await self._registry.delete(name)
        elif name in catalog.packs():
            await self._packs.remove(catalog.packs()[name])
        else:
            raise UnknownModel(f"There is no model named {name!r} that could be removed.")

    async def use(self, alias: str, names: Sequence[str]) -> None:
        """Let an alias mean these models, in this order; none: what it means by default.

        A model found on this machine is added as an endpoint. Raises `UnknownModel`, `BadInput`.
        """
        await self._registry.refresh()
        if self._known(alias):
            raise BadInput(f"{alias!r} is a model, so it cannot be an alias.")
        needed = "embed" if alias == EMBEDDER else "chat"
        for name in names:
            if not self._known(name):
                raise UnknownModel(f"There is no model named {name!r}; `tau models list`.")
            if needed not in self._backend(name).info.capabilities and alias in DEFAULT_ALIASES:
                raise BadInput(f"The model {name!r} does not {needed}.")
            if alias == LEARNER and not _can_learn(name):
                raise BadInput(f"The model {name!r} is not able enough to learn from.")
        for name in names:
            if name in self._found and name not in self._registry.endpoints:
                await self._registry.save(self._endpoint(name))
        await self._registry.set_alias(alias, list(dict.fromkeys(names)))

    async def found(self) -> list[ModelInfo]:
        """Look for model servers on this machine; what is found can be used at once by name."""
        discovered = await discover()
        self._found = {found.info.name: found for found in discovered}
        return [found.info for found in discovered]

    async def close(self) -> None:
        """Unload local models and close all connections."""
        await self._engine.close()
        await self._packs.close()
        await self._client.close()

    # last, because below it `list` is this method and no longer a type

    async def list(self) -> list[ModelInfo]:
        """Return every model, without asking the network: configured, added, packs, scripted."""
        await self._registry.refresh()
        endpoints = [self._configured] if self._configured else []
        endpoints += self._registry.endpoints.values()
        names = [*catalog.packs(), *self._scripted]
        return [e.info() for e in endpoints] + [self._backend(name).info for name in names]


def _can_learn(name: str) -> bool:
    pack = catalog.packs().get(name)
    return pack is None or "learn" in pack.capabilities


def _endpoint_details(found: DiscoveredModel) -> EndpointDetails:
    info = found.info
    return EndpointDetails(
        capabilities=info.capabilities, context_tokens=info.context_tokens, about=info.about
    )
