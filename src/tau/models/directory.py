"""Directory of the models: which there are, and the backend that answers for each name.

A model is a pack of the catalog, an endpoint that a person has added, the endpoint of the settings
(`configured`), one found on this machine, a scripted one, or one that another part of Tau serves
here under a name of its own (`serve`). Aliases are in `tau.models.aliases`.
"""

import logging
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from tau.errors import BadInput, JournalError, UnknownModel
from tau.models import catalog, scripted
from tau.models.adapters import Adapter, AdapterModel, AdapterPool
from tau.models.discovery import DiscoveredModel, discover
from tau.models.engine import LocalEngine, RunningModel
from tau.models.http import AddressGuard, GuardedClient
from tau.models.local_model import LocalModel
from tau.models.packs import Packs
from tau.models.probe import ProbeResult, probe_endpoint
from tau.models.registry import (
    FRESH_SECONDS,
    Endpoint,
    EndpointDetails,
    Registry,
    check_name,
    endpoint_url,
    make_endpoint,
)
from tau.models.remote import RemoteModel
from tau.models.sizes import likely_size
from tau.models.types import Backend, ModelInfo
from tau.settings import Settings

CONFIGURED = "configured"
ALIASES = COMPANION, EMBEDDER, LEARNER = "companion", "embedder", "learner"
"""The aliases that Tau itself uses."""
RESERVED = {"tau", CONFIGURED, scripted.CHAT, scripted.EMBEDDER, *ALIASES}
_log = logging.getLogger(__name__)


class _ServedBackend(NamedTuple):
    """A backend of another part of Tau, and whether who asks may know of it."""

    backend: Backend
    is_visible: Callable[[], bool]


class ModelDirectory:
    """Every model by its name."""

    def __init__(self, settings: Settings, registry: Registry, packs: Packs) -> None:
        self.registry = registry
        self._settings = settings
        self._packs = packs
        self._guard = AddressGuard(settings.private_hosts)
        self._client = GuardedClient(self._guard)
        self._engine = LocalEngine(settings)
        self._adapters = AdapterPool(settings, lambda: self._engine.chat_threads)
        self._served: dict[str, _ServedBackend] = {}
        self._found: dict[str, DiscoveredModel] = {}
        self._remotes: dict[str, tuple[Endpoint, RemoteModel]] = {}
        self._scripted: dict[str, Backend] = {
            scripted.CHAT: scripted.ScriptedChat(),
            scripted.EMBEDDER: scripted.ScriptedEmbedder(),
        }
        self.configured = self._endpoint_of_settings()
        """The endpoint of the settings, if they name one."""

    def _endpoint_of_settings(self) -> Endpoint | None:
        if not self._settings.model_url:
            return None
        return Endpoint(
            CONFIGURED,
            endpoint_url(self._guard, self._settings.model_url),
            self._settings.model,
            self._settings.model_key or None,
            EndpointDetails(
                size=likely_size(self._settings.model), about="The endpoint of the settings."
            ),
        )

    def knows(self, name: str) -> bool:
        """Return whether there is a model of that name."""
        return (
            name in self._scripted
            or (name in self._served and self._served[name].is_visible())
            or name in catalog.packs()
            or name in self.registry.endpoints
            or name in self._found
            or (name == CONFIGURED and self.configured is not None)
        )

    def backend(self, name: str) -> Backend:
        """Return what answers for a model that the directory knows."""
        if name in self._scripted:
            return self._scripted[name]
        if name in self._served:
            return self._served[name].backend
        pack = catalog.packs().get(name)
        if pack is not None:
            return self._local(pack)
        return self._remote(self.endpoint(name))

    def serve(
        self, name: str, backend: Backend, is_visible: Callable[[], bool] = lambda: True
    ) -> None:
        """Let `backend` answer for `name`, in place of what served it before.

        Such a model can be asked and put behind aliases, but `list` leaves it out. To those to whom
        it isn't visible, its name means nothing. Raises `BadInput` for a name that isn't safe, or
        that a model of another kind or an alias has.
        """
        check_name(name)
        if name in RESERVED or name in self.registry.aliases or self._is_taken(name):
            raise BadInput(f"The name {name!r} is taken; choose another.")
        self._served[name] = _ServedBackend(backend, is_visible)

    def withdraw(self, name: str) -> None:
        """Serve a name no longer, and unload its adapter; unknown names are left alone.

        Requests that are being answered end as usual.
        """
        served = self._served.pop(name, None)
        if served is not None and isinstance(served.backend, AdapterModel):
            served.backend.unload()

    def adapter_model(self, base: str, adapter: Adapter) -> AdapterModel:
        """Return the model that an adapter makes of a pack, for `serve`.

        Raises `UnknownModel` if the base isn't a pack to chat with.
        """
        pack = catalog.packs().get(base)
        if pack is None or "chat" not in pack.capabilities:
            raise UnknownModel(f"{base!r} isn't a model that can have adapters here.")
        window = self._settings.context_tokens
        processes = self._adapters.processes(self._packs.path(pack), window)
        timeout = self._settings.model_timeout_seconds
        return AdapterModel(processes, self._local(pack), adapter, timeout)

    async def refresh(self) -> None:
        """Read what other processes changed; without the database, keep what is known."""
        try:
            await self.registry.refresh(older_than_seconds=FRESH_SECONDS)
        except JournalError as error:
            _log.warning("the registry of models cannot be read: %s", error)

    async def add(
        self, name: str, url: str, model: str, key: str | None = None, **details: object
    ) -> None:
        """Add an endpoint, or change the one of that name.

        `model` is the endpoint's own name for it; empty: its first one. `details`: capabilities,
        size, context_tokens, about, licence. Raises `BadInput`, `RefusedAddress`.
        """
        taken = name in catalog.packs() or name in self._served
        if name in RESERVED or taken or name in self.registry.aliases:
            raise BadInput(f"The name {name!r} is taken; choose another.")
        await self.registry.save(make_endpoint(self._guard, name, url, model, key, details))

    async def add_found(self, name: str) -> None:
        """Add a model that was found on this machine as an endpoint; leave any other alone."""
        if name in self._found and name not in self.registry.endpoints:
            await self.registry.save(self.endpoint(name))

    async def remove(self, name: str) -> None:
        """Remove an endpoint, or delete the download of a pack. Raises `UnknownModel`."""
        await self.registry.refresh()
        if name in self.registry.endpoints:
            await self.registry.delete(name)
        elif name in catalog.packs():
            await self._packs.remove(catalog.packs()[name])
        else:
            raise UnknownModel(f"There is no model named {name!r} to remove.")

    def running(self) -> dict[str, RunningModel]:
        """Return the local models that are loaded, by name."""
        running = [*self._engine.running(), *self._adapters.running()]
        return {model.name: model for model in running}

    async def discover(self) -> list[ModelInfo]:
        """Look for model servers on this machine; the models found can be used by name."""
        discovered = await discover()
        self._found = {found.info.name: found for found in discovered}
        return [found.info for found in discovered]

    async def probe_endpoint(
        self, url: str, key: str | None = None, model: str = ""
    ) -> ProbeResult:
        """Ask an endpoint for its models, and one of them a tiny question; save nothing.

        Raises `BadInput` and `RefusedAddress`; other failures are in the result's sentence.
        """
        endpoint = make_endpoint(self._guard, "tried", url, model, key, {})
        return await probe_endpoint(self._client, endpoint, self._settings.model_timeout_seconds)

    async def close(self) -> None:
        """Unload local models and close the connections to endpoints."""
        await self._adapters.close()
        await self._engine.close()
        await self._client.close()

    def _is_taken(self, name: str) -> bool:
        return self.knows(name) and name not in self._served

    def _local(self, pack: catalog.Pack) -> Backend:
        embeds = "chat" not in pack.capabilities
        window = pack.context_tokens if embeds else self._settings.context_tokens

        def info() -> ModelInfo:
            return pack.info(ready=self._packs.ready(pack), context_tokens=window)

        path = self._packs.path(pack)
        return LocalModel(self._engine, path, info, "embed" if embeds else "chat")

    def endpoint(self, name: str) -> Endpoint:
        """Return an endpoint that was added, found or set. Raises `KeyError` for other models."""
        if name == CONFIGURED and self.configured is not None:
            return self.configured
        if name in self.registry.endpoints:
            return self.registry.endpoints[name]
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

    # last, because below it `list` is this method and no longer a type

    async def list(self) -> list[ModelInfo]:
        """Return every model, without using the network: configured, added, packs, scripted."""
        await self.registry.refresh()
        endpoints = [self.configured] if self.configured else []
        endpoints += self.registry.endpoints.values()
        names = [*catalog.packs(), *self._scripted]
        return [e.info() for e in endpoints] + [self.backend(name).info for name in names]


async def keep_as_blind(directory: ModelDirectory, name: str) -> None:
    """Keep with an endpoint that it takes no pictures, as it turned out when it was asked."""
    try:
        endpoint = directory.endpoint(name)
    except KeyError:
        return
    seen = endpoint.details.capabilities - {"vision"}
    blind = msgspec.structs.replace(
        endpoint, details=msgspec.structs.replace(endpoint.details, capabilities=seen)
    )
    _log.warning("the model %s takes no pictures: none are sent to it from now on", name)
    if name == CONFIGURED:
        directory.configured = blind
    else:
        await directory.registry.save(blind)


def _endpoint_details(found: DiscoveredModel) -> EndpointDetails:
    info = found.info
    return EndpointDetails(
        capabilities=info.capabilities,
        size=info.size,
        context_tokens=info.context_tokens,
        about=info.about,
    )
