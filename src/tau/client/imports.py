"""Requests that upload files to import, and follow their imports."""

from collections.abc import Callable
from typing import BinaryIO

from tau.client.http import HttpConnection, decode, path_of
from tau.client.uploading import send_file
from tau.server.schemas.imports import ImportList, ImportOut


class ImportsClient:
    """The part of the API that concerns imports."""

    def __init__(self, http: HttpConnection) -> None:
        self._http = http

    async def upload(
        self, file: BinaryIO, name: str, progress: Callable[[int, int], None], **options: bool
    ) -> ImportOut:
        """Upload a file; `progress` is called with the bytes sent and the total.

        Returns the import once the file has arrived and is being read.
        """
        about = {key: str(given).lower() for key, given in options.items()}
        answer = await send_file(self._http, "/api/imports", file, progress, name=name, **about)
        return decode(answer, ImportOut)

    async def all(self) -> list[ImportOut]:
        """Return every import, newest first."""
        return (await self._http.get("/api/imports", ImportList)).imports

    async def get(self, import_id: str) -> ImportOut:
        """Return one import with its progress."""
        return await self._http.get(path_of("imports", import_id), ImportOut)

    async def stop(self, import_id: str) -> None:
        """Stop an import; what it wrote stays."""
        await self._http.command("DELETE", path_of("imports", import_id))
