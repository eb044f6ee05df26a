"""Stored files as they lie in Tau's home, read without an open life."""

from functools import partial
from pathlib import Path

import anyio.to_thread

from tau.attachments.attachment_table import select_rows
from tau.errors import NotFound
from tau.storage.database import Database
from tau.storage.sealed_content import read_content
from tau.storage.sealing import SecretBox

FOLDER = "attachments"
"""In Tau's home."""
NO_FILE = "There is no such attachment."


class StoredFiles:
    """The stored files of one person, also where no life is open: what they hold can be read."""

    def __init__(self, database: Database, folder: Path, person: str, box: SecretBox) -> None:
        self._database = database
        self._folder = folder
        self._select = partial(select_rows, person=person, box=box)

    async def read(self, file_id: str) -> bytes:
        """Return the bytes of a file. Raises `NotFound` and `DamagedEntry`."""
        select = partial(self._select, row_id=file_id)
        rows = await self._database.run(select, read_only=True)
        if not rows:
            raise NotFound(NO_FILE)
        pieces = read_content(self._folder, file_id, rows[0].details.key)
        return await anyio.to_thread.run_sync(lambda: b"".join(pieces))
