"""Requests about what the studio takes over from elsewhere, and hands over."""

from typing import BinaryIO

from tau.client.http import NO_TIMEOUT, HttpConnection, path_of
from tau.server.schemas.studio_transfer import OpenAIImportList, OpenAIImportOut


class StudioTransferClient:
    """The part of the API that concerns imports into the studio, and exports."""

    def __init__(self, http: HttpConnection) -> None:
        self._http = http

    async def start_import(self, key: str, url: str | None) -> OpenAIImportOut:
        """Start an import from an OpenAI-shaped API; without an address, from OpenAI's."""
        body = {"key": key, **({"url": url} if url else {})}
        return await self._http.send("POST", _path(), OpenAIImportOut, **body)

    async def find_import(self, import_id: str) -> OpenAIImportOut:
        """Return how far an import is."""
        listed = await self._http.get(_path(), OpenAIImportList)
        return next(each for each in listed.imports if each.id == import_id)

    async def stop_import(self, import_id: str) -> None:
        """Stop an import."""
        await self._http.command("DELETE", _path(import_id))

    async def export(self, what: str, kind: str, file: BinaryIO) -> None:
        """Write the archive of a project or a tuned model into a file. Raises `ApiError`."""
        query = {"what": what, "format": kind}
        path = path_of("studio", "export")
        async for piece in self._http.stream(path, params=query, timeout=NO_TIMEOUT):
            file.write(piece)


def _path(*more: str) -> str:
    return path_of("studio", "openai-imports", *more)
