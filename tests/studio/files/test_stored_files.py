"""Files of people: what is stored is bounded in memory, private, and gone once it is deleted."""

import asyncio
import errno
import os
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tau.app import App, open_app
from tau.errors import DamagedEntry, NotFound, StoreFull
from tau.settings import Settings
from tau.storage.backups import Backups
from tau.storage.schema import studio_files
from tau.storage.sealed_content import PIECE_BYTES, read_content
from tau.studio.files import file_table, files

from .conftest import FileShelf, stream

pytestmark = pytest.mark.anyio


async def rows(app: App) -> list[Any]:
    return await app.database.run(lambda c: [*c.execute(sa.select(studio_files))])


def files_with(home: Path, pieces: list[bytes]) -> list[str]:
    """Return the files that contain one of these pieces of ciphertext."""
    found = []
    for path in home.rglob("*"):
        with suppress(FileNotFoundError, IsADirectoryError):  # a backup is rewritten by the side
            raw = path.read_bytes()
            found += [path.name] if any(piece in raw for piece in pieces) else []
    return found


@pytest.mark.parametrize(
    "size", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES, 5_000_001]
)
@pytest.mark.parametrize("step", [PIECE_BYTES, 70_001])
async def test_a_content_is_read_as_it_came(shelf: FileShelf, size: int, step: int) -> None:
    content = os.urandom(size)
    record = await shelf.store(*(content[at : at + step] for at in range(0, size, step)))
    assert record.file.size == size
    pieces = list(shelf.files.read(record))
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) <= PIECE_BYTES


async def test_a_large_file_takes_little_memory(shelf: FileShelf) -> None:
    """Neither receiving 48 mebibytes nor reading them keeps more than a few."""

    async def much() -> AsyncIterator[bytes]:
        for _ in range(3 * 256):
            yield b"\0" * 65_536

    tracemalloc.start()
    try:
        async with shelf.files.receive(much()) as content:
            record = await shelf.files.keep(shelf.unlocked, content, "large", "evals")
        received = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        assert sum(map(len, shelf.files.read(record))) == 48 << 20
        read = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert max(received, read) < 16 << 20


async def test_files_that_come_at_once_do_not_mix(shelf: FileShelf, guest_shelf: FileShelf) -> None:
    contents = [bytes([number]) * (PIECE_BYTES + number) for number in range(8)]

    async def slowly(content: bytes) -> AsyncIterator[bytes]:
        for at in range(0, len(content), 300_000):
            await asyncio.sleep(0)
            yield content[at : at + 300_000]

    async def store(number: int) -> Any:
        own = (shelf, guest_shelf)[number % 2]
        async with own.files.receive(slowly(contents[number])) as received:
            return await own.files.keep(own.unlocked, received, str(number), "evals")

    records = await asyncio.gather(*(store(number) for number in range(8)))
    for number, record in enumerate(records):
        assert shelf.read(record) == contents[number]
    assert sorted(await shelf.names()) == ["0", "2", "4", "6"]
    assert sorted(await guest_shelf.names()) == ["1", "3", "5", "7"]


async def test_nobody_opens_what_is_somebody_elses(
    app: App, shelf: FileShelf, guest_shelf: FileShelf
) -> None:
    own, other = await shelf.store(b"mine"), await guest_shelf.store(b"hers")
    for use in (shelf.files.find, shelf.files.remove):
        with pytest.raises(NotFound):
            await use(shelf.unlocked, other.id)
    assert guest_shelf.read(await guest_shelf.files.find(guest_shelf.unlocked, other.id)) == b"hers"
    with pytest.raises(DamagedEntry):
        list(read_content(shelf.files.folder, other.id, own.file.key))
    (shelf.files.folder / own.id).write_bytes((shelf.files.folder / other.id).read_bytes())
    with pytest.raises(DamagedEntry):
        shelf.read(own)


async def test_a_row_that_was_given_to_somebody_else_does_not_open(
    app: App, shelf: FileShelf, guest_shelf: FileShelf
) -> None:
    """Who can write to the database can't read with it."""
    record = await guest_shelf.store(b"hers")
    taken = sa.update(studio_files).values(person=shelf.unlocked.person.id)
    await app.database.run(lambda c: c.execute(taken))
    with pytest.raises(NotFound):
        await shelf.files.find(shelf.unlocked, record.id)
    assert await shelf.names() == []


async def test_a_file_is_there_after_a_restart_and_a_new_key(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        shelf = FileShelf(app, await app.people.owner())
        record = await shelf.store(b"some")
        await app.people.rotation.rotate(shelf.unlocked, None)
    async with open_app(settings, environ={}) as app:
        shelf = FileShelf(app, await app.people.owner())
        await shelf.files.sweep()
        assert shelf.read(await shelf.files.find(shelf.unlocked, record.id)) == b"some"
        await shelf.store(b"later", name="later")
        assert await shelf.names() == ["a.jsonl", "later"]


async def test_an_upload_that_is_cancelled_midway_leaves_nothing(
    app: App, shelf: FileShelf
) -> None:
    started = asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        yield b"x" * (2 * PIECE_BYTES)
        started.set()
        await asyncio.Event().wait()

    async def upload() -> None:
        async with shelf.files.receive(pieces()):
            raise AssertionError("it never comes to its end")

    uploading = asyncio.create_task(upload())
    await started.wait()
    assert shelf.on_disk()
    uploading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await uploading
    assert shelf.on_disk() == []
    assert await rows(app) == []


@pytest.mark.parametrize("seconds", [1, 3_600])
async def test_a_file_ends_at_its_second(
    app: App, shelf: FileShelf, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    record = await shelf.store(b"some", seconds=seconds)
    assert record.expires_at == record.created_at + seconds
    now = record.created_at
    for module in (file_table, files):
        monkeypatch.setattr(module.time, "time", lambda: now)
    now = record.expires_at - 0.001
    await shelf.files.sweep()
    assert await shelf.files.find(shelf.unlocked, record.id) == record
    now = record.expires_at
    with pytest.raises(NotFound):
        await shelf.files.find(shelf.unlocked, record.id)
    assert await shelf.names() == []
    assert shelf.on_disk() == [record.id]
    await shelf.files.sweep()
    assert shelf.on_disk() == []
    assert await rows(app) == []


@pytest.mark.parametrize("how", ["delete", "expire", "remove person"])
async def test_of_a_deleted_file_no_byte_is_left(
    app: App, settings: Settings, shelf: FileShelf, guest_shelf: FileShelf, how: str
) -> None:
    kept = await shelf.store(b"kept", name="kept")
    record = await guest_shelf.store(os.urandom(3 * PIECE_BYTES), name="secret")
    raw = (guest_shelf.files.folder / record.id).read_bytes()
    sealed = {row.id: bytes(row.sealed) for row in await rows(app)}
    pieces = [raw[at : at + 40] for at in range(20, len(raw), 100_000)] + [sealed[record.id][:40]]
    await asyncio.to_thread(Backups(app.database).make)
    assert len(files_with(settings.home, pieces)) >= 2
    if how == "delete":
        await guest_shelf.files.remove(guest_shelf.unlocked, record.id)
    elif how == "expire":
        ended = sa.update(studio_files).where(studio_files.c.id == record.id)
        await app.database.run(lambda c: c.execute(ended.values(expires_at=1.0)))
        await guest_shelf.files.sweep()
    else:
        await app.remove_person(guest_shelf.unlocked.person.id)
    await app.database.scrub()
    assert files_with(settings.home, pieces) == []
    assert files_with(settings.home, [sealed[kept.id][:40]]), "and another's file stays"
    assert shelf.on_disk() == [kept.id]
    assert [row.id for row in await rows(app)] == [kept.id]


async def test_a_file_is_deleted_once_by_two_at_once(shelf: FileShelf) -> None:
    record = await shelf.store(b"some")
    done = await asyncio.gather(
        *(shelf.files.remove(shelf.unlocked, record.id) for _ in range(4)), return_exceptions=True
    )
    assert all(each is None or isinstance(each, NotFound) for each in done)
    assert None in done
    assert shelf.on_disk() == []


async def test_a_full_disk_leaves_nothing_and_says_so(
    app: App, shelf: FileShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreFull, match="enough disk space"):
            await shelf.store(b"some")
    assert shelf.on_disk() == []
    assert await rows(app) == []
    assert shelf.read(await shelf.store(b"some")) == b"some"


async def test_a_file_that_the_database_refuses_leaves_no_content(
    app: App, shelf: FileShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> None:
        raise StoreFull("full")

    monkeypatch.setattr(files, "insert_record", full)
    with pytest.raises(StoreFull):
        await shelf.store(b"some")
    assert shelf.on_disk() == []


async def test_a_sweep_that_the_database_refuses_deletes_nothing(
    app: App, shelf: FileShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It doesn't take every file for one without a row."""
    record = await shelf.store(b"some")

    def away(*_given: object) -> set[str]:
        raise StoreFull("full")

    with monkeypatch.context() as patch:
        patch.setattr(files, "known_ids", away)
        await shelf.files.sweep()
    assert shelf.read(record) == b"some"


async def test_files_are_listed_oldest_first(shelf: FileShelf, guest_shelf: FileShelf) -> None:
    for number in range(5):
        await shelf.store(b"", name=str(number))
        await guest_shelf.store(b"", name="hers")
    assert await shelf.names() == ["0", "1", "2", "3", "4"]
    async with shelf.files.receive(stream(b"not kept")):
        assert len(await shelf.names()) == 5
