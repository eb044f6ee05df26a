"""Requests about runs of training."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import aiohttp
import msgspec

from tau.client.http import NO_TIMEOUT, UNEXPECTED_ANSWER, HttpConnection, decode, path_of
from tau.errors import NotFound, TauError
from tau.server.schemas.runs import RunList, RunOut, RunPlanOut, RunUpdate
from tau.sse import iter_event_data

_STREAM_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)
_MAX_ATTEMPTS = 5
_FIRST_PAUSE_SECONDS = 0.2
ENDED = frozenset({"succeeded", "failed", "cancelled"})
"""Statuses after which nothing more happens to a run."""


class RunsClient:
    """The part of the API that concerns runs of training."""

    def __init__(self, http: HttpConnection) -> None:
        self._http = http

    async def all(self, project: str | None = None) -> list[RunOut]:
        """Return your runs, newest first; with `project`, those that learn from it."""
        path = _path() if project is None else path_of("studio", "projects", project, "runs")
        return (await self._http.get(path, RunList)).runs

    async def find(self, run: str) -> RunOut:
        """Return the run with this id, or the only one whose id begins so. Raises `NotFound`."""
        found = [each for each in await self.all() if each.id.startswith(run)]
        exact = [each for each in found if each.id == run]
        if len(exact or found) != 1:
            several = "Several runs begin so" if found else "There is no such run"
            raise NotFound(f"{several}; `tau studio runs` shows yours.")
        return await self.get((exact or found)[0].id)

    async def get(self, run: str) -> RunOut:
        """Return a run with its steps."""
        return await self._http.get(_path(run), RunOut)

    async def tune(self, project: str, **asked: Any) -> RunOut:
        """Start to train a model on a project."""
        answer = await self._post(path_of("studio", "projects", project, "runs"), asked)
        return decode(answer, RunOut)

    async def plan(self, project: str, **asked: Any) -> RunPlanOut:
        """Return what a run would be, and what it would take."""
        answer = await self._post(path_of("studio", "projects", project, "runs", "plan"), asked)
        return decode(answer, RunPlanOut)

    async def request(self, run: str, request: str) -> RunOut:
        """Pause, resume or cancel a run: `request` is the verb."""
        return await self._http.send("POST", _path(run, request), RunOut)

    async def remove(self, run: str) -> None:
        """Erase a run with its models."""
        await self._http.command("DELETE", _path(run))

    async def updates(self, run: str, after: int = 0) -> AsyncIterator[RunUpdate]:
        """Yield what happens to a run until it's over, over as many connections as that takes."""
        seen, failures = after, 0
        while failures < _MAX_ATTEMPTS:
            try:
                async for update in self._updates_after(run, seen):
                    seen, failures = update.id, 0
                    yield update
                    if update.run.status in ENDED:
                        return
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass  # counted below: the stream is resumed where it broke
            except msgspec.MsgspecError as error:
                raise TauError(UNEXPECTED_ANSWER) from error
            failures += 1
            await asyncio.sleep(_FIRST_PAUSE_SECONDS * 2**failures)
        raise TauError("The connection to Tau was lost. The run goes on where Tau runs.")

    async def _updates_after(self, run: str, seen: int) -> AsyncIterator[RunUpdate]:
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(seen)}
        stream = self._http.stream(_path(run, "events"), headers=headers, timeout=_STREAM_TIMEOUT)
        async with aclosing(stream) as pieces:
            async for data in iter_event_data(pieces):
                yield msgspec.json.decode(data, type=RunUpdate)

    async def _post(self, path: str, asked: dict[str, Any]) -> bytes:
        given = {name: value for name, value in asked.items() if value is not None}
        # Embedding the examples of a large project takes a while.
        return await self._http.request("POST", path, json=given, timeout=NO_TIMEOUT)


def _path(*more: str) -> str:
    return path_of("studio", "runs", *more)
