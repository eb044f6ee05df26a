"""Requests about conversations that people lend to their projects."""

from collections.abc import Sequence

from tau.client.http import HttpConnection, decode, path_of
from tau.server.schemas.lending import (
    LendingWithdrawnOut,
    LentOut,
    LentRecordList,
    LentRecordOut,
)


class LendingClient:
    """The part of the API that concerns lent conversations."""

    def __init__(self, http: HttpConnection) -> None:
        self._http = http

    async def all(self) -> list[LentRecordOut]:
        """Return what was lent, the last first."""
        return (await self._http.get("/api/studio/lent", LentRecordList)).lent

    async def lend(
        self,
        project: str,
        conversations: Sequence[str],
        *,
        masked: bool,
        instructions: str,
        dry_run: bool,
    ) -> LentOut:
        """Lend conversations to a project, or return what that would be."""
        return await self._http.send(
            "POST",
            path_of("studio", "projects", project, "lent"),
            LentOut,
            conversations=list(conversations),
            masked=masked,
            instructions=instructions,
            dry_run=dry_run,
        )

    async def withdraw(self, project: str, conversation: str) -> LendingWithdrawnOut:
        """Take a conversation back."""
        path = path_of("studio", "projects", project, "lent", conversation)
        return decode(await self._http.request("DELETE", path), LendingWithdrawnOut)
