"""Requests about specialists: what each may read, and skills of one's own."""

from collections.abc import Mapping
from typing import Any

from tau.client.http import HttpConnection, path_of
from tau.client.sketch import SketchClient
from tau.server.schemas.experts import ExpertList, ExpertOut


class ExpertsClient:
    """The part of the API that concerns specialists."""

    def __init__(self, http: HttpConnection) -> None:
        self._http = http
        self.sketch = SketchClient(http)

    async def all(self) -> list[ExpertOut]:
        """Return plain talk and the specialists."""
        return (await self._http.get("/api/experts", ExpertList)).experts

    async def get(self, name: str) -> ExpertOut:
        """Return a specialist. Raises `ApiError` (404) if there is none."""
        return await self._http.get(path_of("experts", name), ExpertOut)

    async def change_scope(self, name: str, **changes: Any) -> ExpertOut:
        """Change `topics`, `experts`, `learns` or `enabled` of a specialist."""
        return await self._http.send("PUT", path_of("experts", name, "scope"), ExpertOut, **changes)

    async def add(self, name: str, files: Mapping[str, str]) -> ExpertOut:
        """Keep a skill of one's own."""
        return await self._http.send(
            "POST", "/api/experts", ExpertOut, name=name, files=dict(files)
        )

    async def approve(self, name: str, digest: str, *, approved: bool) -> ExpertOut:
        """Approve a skill as it was shown, or take the approval back."""
        path = path_of("experts", name, "approval")
        return await self._http.send("PUT", path, ExpertOut, digest=digest, approved=approved)

    async def remove(self, name: str) -> None:
        """Delete a skill of one's own."""
        await self._http.command("DELETE", path_of("experts", name))
