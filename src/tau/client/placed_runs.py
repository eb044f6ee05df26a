"""Requests about runs that are trained elsewhere."""

from typing import Any, BinaryIO

from tau.client.http import NO_TIMEOUT, HttpConnection, decode, path_of
from tau.client.uploading import send_file
from tau.server.schemas.placed_runs import CollectedRunOut


class PlacedRunsClient:
    """The part of the API that concerns runs that are trained elsewhere."""

    def __init__(self, http: HttpConnection) -> None:
        self._http = http

    async def render(self, project: str, **asked: Any) -> bytes:
        """Create a run, and return an archive of the folder that trains it elsewhere."""
        path = path_of("studio", "projects", project, "rendered-runs")
        return await self._http.request("POST", path, json=asked, timeout=NO_TIMEOUT)

    async def collect(self, run: str, archive: BinaryIO) -> CollectedRunOut:
        """Send what came back of a run."""
        path = path_of("studio", "runs", run, "collected")
        answer = await send_file(self._http, path, archive)
        return decode(answer, CollectedRunOut)
