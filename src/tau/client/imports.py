"""Requests that upload files to import, and follow their imports."""

from collections.abc import Callable
from typing import BinaryIO

from tau.client.http import NO_TIMEOUT, HttpConnection, decode, path_of
from tau.client.uploading import MAX_NAME_CHARACTERS, size_of, upload_pieces
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
        size = await size_of(file)
        answer = await self._http.request(
            "POST",
            "/api/imports",
            params={
                "name": name[-MAX_NAME_CHARACTERS:],
                **{key: str(given).lower() for key, given in options.items()},
            },
            data=upload_pieces(file, size, progress),
            headers={"Content-Type": "application/octet-stream", "Content-Length": str(size)},
            timeout=NO_TIMEOUT,
        )
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
