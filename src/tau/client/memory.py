"""Requests that search, show, correct, forget and export what Tau remembers."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, Literal

import aiohttp

from tau.client.http import NO_TIMEOUT, HttpConnection, path_of
from tau.errors import TauError
from tau.server.schemas.facts import FactDetailOut, FactList, FactOut, FactPage, UndoFactOut
from tau.server.schemas.forgetting import ForgetOut
from tau.server.schemas.learning import LearningOut
from tau.server.schemas.memory import PassageOut, SearchResult
from tau.server.schemas.profile import ProfileLineOut, ProfileOut

_PAGE_SIZE = 200
_MAX_JUDGED = 1_000
_FACTS = "/api/memory/facts"
_LEARNING = "/api/memory/learning"


class MemoryClient:
    """The part of the API that concerns what Tau remembers."""

    def __init__(self, http: HttpConnection) -> None:
        self._http = http

    async def search(self, query: str, *, limit: int = 10) -> list[PassageOut]:
        """Search all messages, best matches first."""
        return (await self.search_all(query, limit=limit)).passages

    async def search_all(self, query: str, *, limit: int = 10) -> SearchResult:
        """Search messages, files and what was made with specialists."""
        return await self._http.send("POST", "/api/search", SearchResult, query=query, limit=limit)

    async def facts(
        self, *, state: str = "current", topic: str = "", query: str = "", limit: int | None = None
    ) -> list[FactOut]:
        """Return facts, the most recently said first; with `query`, the best matches first."""
        asked = {"state": state, "limit": str(_PAGE_SIZE), "q": query, "topic": topic}
        asked = {name: value for name, value in asked.items() if value}
        found: list[FactOut] = []
        while limit is None or len(found) < limit:
            page = await self._http.get(_FACTS, FactPage, **asked)
            found += page.facts
            if page.next is None:
                break
            asked["after"] = page.next
        return found[:limit]

    async def fact(self, fact_id: str) -> FactDetailOut:
        """Return a fact with its history and sources. Raises `ApiError` (404) if there is none."""
        return await self._http.get(_fact_path(fact_id), FactDetailOut)

    async def add_fact(self, text: str) -> list[FactOut]:
        """Add something to memory directly; returns the facts it became."""
        return (await self._http.send("POST", _FACTS, FactList, text=text)).facts

    async def correct(self, fact: FactOut, text: str) -> FactOut:
        """Replace the text of a fact, in the revision that was shown."""
        path = _fact_path(fact.id, "correct")
        return await self._http.send("POST", path, FactOut, text=text, revision=fact.revision)

    async def confirm(self, fact: FactOut) -> FactOut:
        """Confirm a fact, in the revision that was shown."""
        path = _fact_path(fact.id, "confirm")
        return await self._http.send("POST", path, FactOut, revision=fact.revision)

    async def judge(self, verdict: Literal["approve", "reject"], ids: list[str]) -> list[FactOut]:
        """Approve or reject facts, at most a thousand per request."""
        judged: list[FactOut] = []
        for start in range(0, len(ids), _MAX_JUDGED):
            some = ids[start : start + _MAX_JUDGED]
            page = await self._http.send("POST", f"{_FACTS}/{verdict}", FactList, ids=some)
            judged += page.facts
        return judged

    async def undo(self, fact_id: str) -> FactOut | None:
        """Undo the person's last change to a fact; returns the fact as it is then."""
        return (await self._http.send("POST", _fact_path(fact_id, "undo"), UndoFactOut)).fact

    async def profile(self) -> list[ProfileLineOut]:
        """Return the lines of the profile that comes first in every prompt."""
        return (await self._http.get("/api/memory/profile", ProfileOut)).lines

    async def learning(self, *, paused: bool | None = None) -> LearningOut:
        """Return whether learning is paused; with `paused`, pause or resume it first."""
        if paused is None:
            return await self._http.get(_LEARNING, LearningOut)
        return await self._http.send("PUT", _LEARNING, LearningOut, paused=paused)

    async def forget(self, *, dry_run: bool = False, **what: Any) -> ForgetOut:
        """Forget for good, with what repeats it; with `dry_run`, only return what would be erased.

        `what` is one of `messages`, `facts`, `attachments`, `conversation`, `import_id` and `since`
        (and `until`).
        """
        path = "/api/memory/forget"
        return await self._http.send("POST", path, ForgetOut, dry_run=dry_run, **what)

    async def export(self, format_name: str, *, with_care: bool = False) -> AsyncIterator[bytes]:
        """Yield an export (`jsonl`, `markdown` or `pam`) of the signed-in person's data."""
        query = {"format": format_name} | ({"with_care": "true"} if with_care else {})
        try:
            stream = self._http.stream("/api/export", params=query, timeout=NO_TIMEOUT)
            async with aclosing(stream) as pieces:
                async for piece in pieces:
                    yield piece
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TauError("The connection to Tau's server was lost; export again.") from error


def _fact_path(*parts: str) -> str:
    return path_of("memory", "facts", *parts)
