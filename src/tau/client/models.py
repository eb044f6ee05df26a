"""Requests about models, their aliases and their downloads."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from tau.client.http import HttpConnection, path_of
from tau.client.usage import UsageClient
from tau.errors import TauError
from tau.server.schemas.models import (
    DiscoveredModels,
    DownloadOut,
    HealthCheckOut,
    ModelList,
    ModelOut,
)

_POLL_SECONDS = 0.2


class ModelsClient:
    """The part of the API that concerns models."""

    def __init__(self, http: HttpConnection) -> None:
        self._http = http
        self.usage = UsageClient(http)

    async def all(self) -> ModelList:
        """Return the models and aliases."""
        return await self._http.get("/api/models", ModelList)

    async def discover(self) -> list[ModelOut]:
        """Return the models of servers that run on Tau's machine."""
        return (await self._http.get("/api/models/found", DiscoveredModels)).models

    async def add(self, name: str, url: str, model: str, **details: Any) -> None:
        """Add an OpenAI-compatible endpoint."""
        await self._http.command("POST", "/api/models", name=name, url=url, model=model, **details)

    async def remove(self, name: str) -> None:
        """Remove an endpoint."""
        await self._http.command("DELETE", path_of("models", name))

    async def use(
        self, alias: str, names: list[str], shares: Mapping[str, int] | None = None
    ) -> None:
        """Set the models behind an alias, in the order they are tried, some only for a share."""
        path = path_of("models", "aliases", alias)
        await self._http.command("PUT", path, names=names, shares=dict(shares or {}))

    async def check(self, name: str) -> HealthCheckOut:
        """Send a model one tiny request and return the result."""
        return await self._http.send("POST", path_of("models", name, "check"), HealthCheckOut)

    async def pull(self, name: str, progress: Callable[[int, int], None]) -> None:
        """Download a model; `progress` is called with the bytes done and the total.

        Raises `TauError` if the download fails.
        """
        path = path_of("models", name, "pull")
        download = await self._http.send("POST", path, DownloadOut)
        while download.state == "running":
            progress(download.bytes_done, download.bytes_total)
            await asyncio.sleep(_POLL_SECONDS)
            download = await self._http.get(path, DownloadOut)
        if download.state == "failed":
            raise TauError(download.sentence)
        progress(download.bytes_done, download.bytes_total)
