"""Endpoints and aliases that people have added, stored in the database.

Several processes may share one database (servers, and `tau models add` beside them). The copy in
memory is read again when another one notifies of a change, and when it is older than a few seconds.
"""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select

from tau.errors import BadInput, TauError
from tau.models.discovery import likely_capabilities
from tau.models.http import AddressGuard
from tau.models.shares import check_shares
from tau.models.sizes import likely_size
from tau.models.types import Capability, ModelInfo, Size
from tau.storage.database import Database
from tau.storage.notifications import Notification
from tau.storage.schema import aliases as aliases_table
from tau.storage.schema import endpoints as endpoints_table
from tau.storage.sealing import SecretBox, UnsealError

FRESH_SECONDS = 5.0
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,127}")
_ALIAS = re.compile(r"[a-z][a-z0-9-]{0,63}")
_log = logging.getLogger(__name__)


class EndpointDetails(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Optional information about an endpoint."""

    capabilities: frozenset[Capability] = frozenset({"chat"})
    size: Size = "capable"
    context_tokens: int = 8192
    about: str = ""
    licence: str = ""


class Endpoint(msgspec.Struct, frozen=True):
    """A model behind an OpenAI-shaped address."""

    name: str
    url: str
    model: str
    key: str | None = None
    details: EndpointDetails = EndpointDetails()
    key_lost: bool = False
    """Whether its key was sealed with another server key, and cannot be opened."""

    def __repr__(self) -> str:
        return f"Endpoint({self.name!r})"

    def info(self) -> ModelInfo:
        """Return information about the model."""
        given = self.details
        return ModelInfo(
            name=self.name,
            origin="endpoint",
            capabilities=given.capabilities,
            size=given.size,
            context_tokens=given.context_tokens,
            ready=not self.key_lost,
            about=given.about or self.model,
            licence=given.licence,
        )


def check_name(name: str) -> None:
    """Raise `BadInput` if a model can't have that name."""
    if not _NAME.fullmatch(name):
        raise BadInput("A model's name is 1 to 128 letters, digits and any of . _ : / + -")


def make_endpoint(
    guard: AddressGuard, name: str, url: str, model: str, key: str | None, details: dict[str, Any]
) -> Endpoint:
    """Return an endpoint from user input. Raises `BadInput`, `RefusedAddress`."""
    check_name(name)
    if key and (not key.isascii() or not key.isprintable() or " " in key):
        raise BadInput("A key can only contain printable ASCII characters, without spaces.")
    try:
        likely = {"chat"} | likely_capabilities(model) & {"vision"}
        guessed = {"size": likely_size(model), "capabilities": likely}
        given = msgspec.convert(guessed | details, EndpointDetails)
    except msgspec.ValidationError as error:
        raise BadInput(f"The details of the model are invalid: {error}.") from error
    if not given.capabilities or given.context_tokens < 256:
        raise BadInput("A model needs a capability, and a context window of at least 256 tokens.")
    return Endpoint(name, endpoint_url(guard, url), model, key or None, given)


def endpoint_url(guard: AddressGuard, url: str) -> str:
    """Return the base address of an OpenAI-shaped API, which ends in a path such as `/v1`."""
    address = guard.check(url.strip())
    if address.query_string or address.fragment:
        raise BadInput("An endpoint's address can't contain ? or #.")
    path = address.path.rstrip("/")
    for ending in ("/chat/completions", "/embeddings", "/models"):
        path = path.removesuffix(ending)
    return str(address.with_path(path or "/v1")).rstrip("/")


class Registry:
    """The endpoints and aliases of the database, cached in memory."""

    def __init__(self, database: Database, box: SecretBox) -> None:
        self._database = database
        self._box = box
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        database.notifications.subscribe("models", self._notified)
        self.listeners: list[Callable[[], Awaitable[None]]] = []
        """Of other parts that serve models: each reads again what other processes may change."""
        self.endpoints: dict[str, Endpoint] = {}
        self.aliases: dict[str, list[str]] = {}
        """Only those that people have set."""
        self.shares: dict[str, dict[str, int]] = {}
        """By alias: the models that answer only a share of the callers, in percent."""

    async def refresh(self, *, older_than_seconds: float = 0.0) -> None:
        """Read the tables again if the cached ones are older than that."""
        if time.monotonic() - self._read_at <= older_than_seconds:
            return
        async with self._reading:  # so that what was read first never replaces what came later
            self._read_at = time.monotonic()
            self._keep(*await self._database.run(_read, read_only=True))
        for read_again in self.listeners:
            await read_again()

    async def save(self, endpoint: Endpoint) -> None:
        """Save an endpoint, replacing one of the same name. Its key is sealed."""
        sealed = None
        if endpoint.key:
            sealed = self._box.seal(endpoint.key.encode(), key_place(endpoint.name))
        row = {
            "name": endpoint.name,
            "url": endpoint.url,
            "model": endpoint.model,
            "sealed_key": sealed,
            "details": msgspec.json.encode(endpoint.details),
        }

        def write(connection: Connection) -> None:
            connection.execute(
                delete(endpoints_table).where(endpoints_table.c.name == endpoint.name)
            )
            connection.execute(insert(endpoints_table).values(row))
            self._database.notifications.notify(connection, Notification("models"))

        await self._database.run(write)
        await self.refresh()

    async def delete(self, name: str) -> None:
        """Delete an endpoint, also from every alias."""

        def write(connection: Connection) -> None:
            connection.execute(delete(endpoints_table).where(endpoints_table.c.name == name))
            connection.execute(delete(aliases_table).where(aliases_table.c.model == name))
            self._database.notifications.notify(connection, Notification("models"))

        await self._database.run(write)
        await self.refresh()

    async def set_alias(
        self, alias: str, names: list[str], shares: Mapping[str, int] | None = None
    ) -> None:
        """Set the models of an alias, in this order; none: back to the default.

        `shares` are of those that answer only some callers (`tau.models.shares`).
        """
        if not _ALIAS.fullmatch(alias):
            raise BadInput("An alias can only contain lowercase letters, digits and hyphens.")
        percent = shares or {}
        check_shares(names, percent)
        rows = [
            {"alias": alias, "position": i, "model": name, "share": percent.get(name, 0)}
            for i, name in enumerate(names)
        ]

        def write(connection: Connection) -> None:
            connection.execute(delete(aliases_table).where(aliases_table.c.alias == alias))
            if rows:
                connection.execute(insert(aliases_table), rows)
            self._database.notifications.notify(connection, Notification("models"))

        await self._database.run(write)
        await self.refresh()

    def _keep(self, endpoints: list[Any], aliases: list[Any]) -> None:
        self.endpoints = {row.name: self._opened(row) for row in endpoints}
        held: dict[str, list[str]] = {}
        shares: dict[str, dict[str, int]] = {}
        for row in aliases:
            held.setdefault(row.alias, []).append(row.model)
            if row.share:
                shares.setdefault(row.alias, {})[row.model] = row.share
        self.aliases, self.shares = held, shares

    def _notified(self, _: Notification) -> None:
        task = asyncio.create_task(self._read_again(), name="tau-models")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read_again(self) -> None:
        try:
            await self.refresh()
        except TauError as error:
            self._read_at = float("-inf")
            _log.warning("models that changed elsewhere could not be read: %s", error)

    def _opened(self, row: Any) -> Endpoint:
        key, lost = None, False
        if row.sealed_key is not None:
            try:
                key = self._box.open(row.sealed_key, key_place(row.name)).decode()
            except UnsealError:
                _log.warning("the key of the model %s cannot be opened", row.name)
                lost = True
        try:
            details = msgspec.json.decode(row.details, type=EndpointDetails)
        except msgspec.DecodeError:  # written by a newer Tau
            details = EndpointDetails()
        return Endpoint(row.name, row.url, row.model, key, details, lost)


def key_place(name: str) -> str:
    """Return the place for which the key of an endpoint is sealed."""
    return f"endpoint|{name}"


def _read(connection: Connection) -> tuple[list[Any], list[Any]]:
    endpoints = connection.execute(select(endpoints_table).order_by(endpoints_table.c.name))
    aliases = connection.execute(
        select(aliases_table).order_by(aliases_table.c.alias, aliases_table.c.position)
    )
    return list(endpoints), list(aliases)
