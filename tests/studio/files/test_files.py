"""The services of files and uploads: who has them, what stays, and what happens at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tau.app import App, open_app
from tau.errors import InvalidField, NotFound
from tau.people import Unlocked
from tau.settings import Settings
from tau.storage.schema import studio_files
from tau.studio.files.files import StudioFiles
from tau.studio.files.stored_file import FileRecord, PendingUpload
from tau.studio.files.uploads import StudioUploads

pytestmark = pytest.mark.anyio


@pytest.fixture
def files(app: App) -> StudioFiles:
    return app.studio.files


@pytest.fixture
def uploads(app: App) -> StudioUploads:
    return app.studio.uploads


async def stream(*pieces: bytes | BaseException) -> AsyncIterator[bytes]:
    for each in pieces:
        if isinstance(each, BaseException):
            raise each
        yield each


async def store(
    files: StudioFiles, owner: Unlocked, content: bytes = b"some", expires: int | None = None
) -> FileRecord:
    async with files.receive(stream(content)) as received:
        return await files.keep(owner, received, "a.txt", "evals", expires)


def read(files: StudioFiles, record: FileRecord) -> bytes:
    return b"".join(files.read(record))


def names_in(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()} if folder.exists() else set()


async def row_count(app: App) -> int:
    query = sa.select(sa.func.count()).select_from(studio_files)
    return int(await app.database.run(lambda c: c.execute(query).scalar()) or 0)


async def begin(uploads: StudioUploads, owner: Unlocked, size: int) -> str:
    pending = PendingUpload(filename="a", purpose="evals", size=size)
    return (await uploads.create(owner, pending)).id


async def add(uploads: StudioUploads, owner: Unlocked, upload: str, content: bytes) -> str:
    return (await uploads.add_part(owner, upload, stream(content))).id


async def test_files_are_there_after_a_restart(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        owner = await app.people.owner()
        record = await store(app.studio.files, owner, b"x" * 3_000_000)
        upload = await begin(app.studio.uploads, owner, 3)
        part = await add(app.studio.uploads, owner, upload, b"abc")
    async with open_app(settings, environ={}) as app:
        owner = await app.people.owner()
        await app.studio.files.sweep()
        assert await app.studio.files.all(owner) == [record]
        assert read(app.studio.files, record) == b"x" * 3_000_000
        _, file = await app.studio.uploads.complete(owner, upload, [part])
        assert read(app.studio.files, file) == b"abc"


async def test_what_was_cut_off_is_gone_after_the_next_start(settings: Settings) -> None:
    """A killed process leaves its file without a lock; its part of an upload has no row."""
    folder = settings.home / "files"
    async with open_app(settings, environ={}) as app:
        record = await store(app.studio.files, await app.people.owner())
        for name in ("file-half.partial", "part_without-a-row"):
            (folder / name).write_bytes(b"half")
    async with open_app(settings, environ={}) as app:
        await app.studio.files.sweep()
        assert names_in(folder) == {record.id}


@pytest.mark.parametrize("error", [RuntimeError("it broke"), asyncio.CancelledError()])
async def test_what_is_cut_off_leaves_nothing(
    app: App, files: StudioFiles, error: BaseException
) -> None:
    with pytest.raises(type(error)):
        async with files.receive(stream(b"x" * 3_000_000, error)):
            raise AssertionError
    assert names_in(files.folder) == set()
    assert await row_count(app) == 0


async def test_what_is_not_kept_leaves_nothing(app: App, files: StudioFiles) -> None:
    async def refuse() -> None:
        async with files.receive(stream(b"some")) as content:
            assert content.size == 4
            raise InvalidField("The purpose is wrong.", "purpose")

    with pytest.raises(InvalidField):
        await refuse()
    assert names_in(files.folder) == set()


async def test_many_files_at_once(app: App, files: StudioFiles, owner: Unlocked) -> None:
    contents = [bytes([number]) * 100_000 for number in range(10)]
    records = await asyncio.gather(*(store(files, owner, each) for each in contents))
    assert [read(files, each) for each in records] == contents
    assert {each.id for each in await files.all(owner)} == {each.id for each in records}
    await asyncio.gather(*(files.remove(owner, each.id) for each in records))
    assert names_in(files.folder) == set()
    assert await row_count(app) == 0


async def test_an_upload_is_no_file_and_a_file_no_upload(
    files: StudioFiles, uploads: StudioUploads, owner: Unlocked
) -> None:
    record = await store(files, owner)
    upload = await begin(uploads, owner, 3)
    part = await add(uploads, owner, upload, b"abc")
    assert [each.id for each in await files.all(owner)] == [record.id]
    for wrong in (upload, part):
        with pytest.raises(NotFound):
            await files.find(owner, wrong)
        with pytest.raises(NotFound):
            await files.remove(owner, wrong)
    for wrong in (record.id, part):
        with pytest.raises(NotFound):
            await uploads.cancel(owner, wrong)
        with pytest.raises(NotFound):
            await uploads.complete(owner, wrong, [part])


async def test_an_upload_completed_twice_at_once_is_one_file(
    app: App, files: StudioFiles, uploads: StudioUploads, owner: Unlocked
) -> None:
    upload = await begin(uploads, owner, 3)
    part = await add(uploads, owner, upload, b"abc")
    done = await asyncio.gather(
        *(uploads.complete(owner, upload, [part]) for _ in range(4)), return_exceptions=True
    )
    assert sum(not isinstance(each, BaseException) for each in done) == 1
    (record,) = await files.all(owner)
    assert read(files, record) == b"abc"
    assert names_in(files.folder) == {record.id}
    assert await row_count(app) == 1


async def test_a_part_for_an_upload_that_was_canceled_meanwhile_is_refused(
    files: StudioFiles, uploads: StudioUploads, owner: Unlocked
) -> None:
    upload = await begin(uploads, owner, 3)

    async def late() -> AsyncIterator[bytes]:
        yield b"abc"
        await uploads.cancel(owner, upload)

    with pytest.raises(NotFound):
        await uploads.add_part(owner, upload, late())
    assert names_in(files.folder) == set()


async def test_parts_of_another_upload_are_refused(uploads: StudioUploads, owner: Unlocked) -> None:
    one, other = await begin(uploads, owner, 3), await begin(uploads, owner, 3)
    part = await add(uploads, owner, one, b"abc")
    with pytest.raises(InvalidField):
        await uploads.complete(owner, other, [part])
    await uploads.complete(owner, one, [part])


async def test_a_file_of_an_upload_expires_as_it_was_asked(
    files: StudioFiles, uploads: StudioUploads, owner: Unlocked
) -> None:
    pending = PendingUpload(filename="a", purpose="evals", size=1, expires_seconds=3_600)
    upload = (await uploads.create(owner, pending)).id
    _, file = await uploads.complete(owner, upload, [await add(uploads, owner, upload, b"x")])
    assert file.expires_at == file.created_at + 3_600
    assert (await files.find(owner, file.id)).expires_at == file.expires_at


async def test_rows_cannot_change_places(app: App, files: StudioFiles, owner: Unlocked) -> None:
    """Whoever writes into the database can't make one file's row open another's content."""
    one, other = await store(files, owner, b"one"), await store(files, owner, b"other")
    columns = studio_files.c
    sealed = sa.select(columns.sealed).where(columns.id == one.id).scalar_subquery()
    move = sa.update(studio_files).where(columns.id == other.id).values(sealed=sealed)
    await app.database.run(lambda c: c.execute(move))
    with pytest.raises(NotFound):
        await files.find(owner, other.id)
    assert [each.id for each in await files.all(owner)] == [one.id]  # and it hides no other
    assert read(files, await files.find(owner, one.id)) == b"one"
