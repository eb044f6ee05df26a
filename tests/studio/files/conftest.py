"""Files in a temporary Tau, of two people."""

from collections.abc import AsyncIterator

import pytest

from tau.app import App
from tau.people import Unlocked
from tau.studio.files.files import StudioFiles
from tau.studio.files.stored_file import FileRecord
from tau.studio.files.uploads import StudioUploads


class FileShelf:
    """The files of one person, and short ways to use them."""

    def __init__(self, app: App, unlocked: Unlocked) -> None:
        self.files: StudioFiles = app.studio.files
        self.uploads: StudioUploads = app.studio.uploads
        self.unlocked = unlocked

    async def store(
        self, *pieces: bytes, name: str = "a.jsonl", seconds: int | None = None
    ) -> FileRecord:
        async with self.files.receive(stream(*pieces)) as content:
            return await self.files.keep(self.unlocked, content, name, "evals", seconds)

    async def names(self) -> list[str]:
        return [each.file.filename for each in await self.files.all(self.unlocked)]

    def read(self, record: FileRecord) -> bytes:
        return b"".join(self.files.read(record))

    def on_disk(self) -> list[str]:
        return sorted(path.name for path in self.files.folder.glob("*"))


async def stream(*pieces: bytes) -> AsyncIterator[bytes]:
    for each in pieces:
        yield each


@pytest.fixture
async def shelf(app: App, owner: Unlocked) -> FileShelf:
    return FileShelf(app, owner)


@pytest.fixture
async def guest_shelf(app: App, owner: Unlocked) -> FileShelf:
    token = await app.people.invitations.invite(owner)
    accepted = await app.people.invitations.accept(token, "Ada", "correct horse battery", "test")
    return FileShelf(app, accepted[1])
