"""Uploads in parts: the parts that were announced, in the order that is asked for, once."""

import hashlib
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tau.app import App
from tau.errors import InvalidField, NotFound, StoreFull
from tau.storage.schema import studio_files
from tau.storage.sealed_content import PIECE_BYTES
from tau.studio.files import file_table, files, uploads
from tau.studio.files.stored_file import FileRecord, PendingUpload
from tau.studio.files.uploads import EXPIRES_SECONDS

from .conftest import FileShelf, stream

pytestmark = pytest.mark.anyio


async def begun(shelf: FileShelf, size: int, *parts: bytes, **rest: Any) -> tuple[str, list[str]]:
    """Begin an upload and add parts; return its id and theirs."""
    about = PendingUpload(filename="a.jsonl", purpose="evals", size=size, **rest)
    upload = (await shelf.uploads.create(shelf.unlocked, about)).id
    added = [await shelf.uploads.add_part(shelf.unlocked, upload, stream(each)) for each in parts]
    return upload, [each.id for each in added]


async def complete(
    shelf: FileShelf, upload: str, parts: list[str], md5: str | None = None
) -> FileRecord:
    return (await shelf.uploads.complete(shelf.unlocked, upload, parts, md5))[1]


async def row_ids(app: App) -> list[str]:
    return sorted(await app.database.run(file_table.known_ids))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(st.binary(max_size=40), min_size=6, max_size=6),
    chosen=st.lists(st.integers(0, 5), min_size=1, unique=True),
)
async def test_the_file_is_the_chosen_parts_in_their_order(
    shelf: FileShelf, parts: list[bytes], chosen: list[int]
) -> None:
    """Whatever else was sent as a part is left out, and gone."""
    whole = b"".join(parts[each] for each in chosen)
    upload, ids = await begun(shelf, len(whole), *parts)
    md5 = hashlib.md5(whole, usedforsecurity=False).hexdigest()
    record = await complete(shelf, upload, [ids[each] for each in chosen], md5.upper())
    assert shelf.read(record) == whole
    assert not set(ids) & set(shelf.on_disk())


async def test_large_parts_are_joined_whole(shelf: FileShelf) -> None:
    parts = [os.urandom(size) for size in (PIECE_BYTES + 1, 0, 3, 2 * PIECE_BYTES)]
    upload, ids = await begun(shelf, sum(map(len, parts)), *parts)
    assert shelf.read(await complete(shelf, upload, ids)) == b"".join(parts)


@pytest.mark.parametrize(
    "wrong", ["missing", "twice", "unknown", "another upload's", "a file", "itself", "none"]
)
async def test_other_parts_are_refused_and_the_upload_stays(
    app: App, shelf: FileShelf, wrong: str
) -> None:
    upload, (one, two) = await begun(shelf, 6, b"abc", b"def")
    _, (other,) = await begun(shelf, 3, b"def")
    file = await shelf.store(b"def")
    given = {
        "missing": [one],
        "twice": [one, one],
        "unknown": [one, "part_unknown"],
        "another upload's": [one, other],
        "a file": [one, file.id],
        "itself": [one, upload],
        "none": [],
    }[wrong]
    before = shelf.on_disk(), await row_ids(app)
    with pytest.raises(InvalidField) as refused:
        await complete(shelf, upload, given)
    assert refused.value.param == "part_ids"
    assert (shelf.on_disk(), await row_ids(app)) == before
    assert shelf.read(await complete(shelf, upload, [one, two])) == b"abcdef"


@pytest.mark.parametrize("size", [5, 7])
async def test_a_size_that_was_not_announced_is_refused(shelf: FileShelf, size: int) -> None:
    upload, ids = await begun(shelf, size, b"abc", b"def")
    with pytest.raises(InvalidField, match=f"6 bytes together, and {size} were announced"):
        await complete(shelf, upload, ids)


async def test_another_checksum_is_refused_and_leaves_no_file(app: App, shelf: FileShelf) -> None:
    upload, ids = await begun(shelf, 3, b"abc")
    for md5 in ("0" * 32, "", "not a checksum"):
        with pytest.raises(InvalidField) as refused:
            await complete(shelf, upload, ids, md5)
        assert refused.value.param == "md5"
    assert shelf.on_disk() == ids
    assert await row_ids(app) == sorted([upload, *ids])


async def test_somebody_elses_part_and_upload_are_unknown(
    shelf: FileShelf, guest_shelf: FileShelf
) -> None:
    upload, (part,) = await begun(shelf, 3, b"abc")
    theirs, (other,) = await begun(guest_shelf, 3, b"xyz")
    with pytest.raises(InvalidField):
        await complete(shelf, upload, [other])
    for use in (
        complete(shelf, theirs, [other]),
        shelf.uploads.cancel(shelf.unlocked, theirs),
        shelf.uploads.find(shelf.unlocked, theirs),
        shelf.uploads.add_part(shelf.unlocked, theirs, stream(b"x")),
    ):
        with pytest.raises(NotFound):
            await use
    assert guest_shelf.read(await complete(guest_shelf, theirs, [other])) == b"xyz"
    assert shelf.on_disk()[-1] == part


@pytest.mark.parametrize("end", ["complete", "cancel"])
async def test_an_upload_that_has_ended_takes_no_parts(
    app: App, shelf: FileShelf, end: str
) -> None:
    upload, ids = await begun(shelf, 3, b"abc")

    async def late() -> AsyncIterator[bytes]:
        yield b"some"
        if end == "complete":
            await complete(shelf, upload, ids)
        else:
            await shelf.uploads.cancel(shelf.unlocked, upload)

    with pytest.raises(NotFound):
        await shelf.uploads.add_part(shelf.unlocked, upload, late())
    files_left = 1 if end == "complete" else 0
    assert len(shelf.on_disk()) == len(await row_ids(app)) == files_left
    for use in (
        shelf.uploads.add_part(shelf.unlocked, upload, stream(b"x")),
        shelf.uploads.cancel(shelf.unlocked, upload),
        complete(shelf, upload, ids),
    ):
        with pytest.raises(NotFound):
            await use


async def test_an_upload_ends_after_an_hour(
    app: App, shelf: FileShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload, ids = await begun(shelf, 3, b"abc")
    record = await shelf.uploads.find(shelf.unlocked, upload)
    assert record.expires_at == record.created_at + EXPIRES_SECONDS
    now = record.expires_at
    for module in (file_table, files, uploads):
        monkeypatch.setattr(module.time, "time", lambda: now)
    with pytest.raises(NotFound):
        await complete(shelf, upload, ids)
    await shelf.files.sweep()
    assert shelf.on_disk() == await row_ids(app) == []


async def test_a_part_whose_content_is_lost_makes_no_file(app: App, shelf: FileShelf) -> None:
    upload, ids = await begun(shelf, 6, b"abc", b"def")
    (shelf.files.folder / ids[1]).unlink()
    with pytest.raises(NotFound, match="isn't on this machine"):
        await complete(shelf, upload, ids)
    assert shelf.on_disk() == [ids[0]]
    assert await row_ids(app) == sorted([upload, *ids])


async def test_a_full_disk_keeps_the_parts(
    app: App, shelf: FileShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sent need not be sent again, once there is room."""
    upload, ids = await begun(shelf, 6, b"abc", b"def")

    def full(*_given: object) -> None:
        raise StoreFull("full")

    with monkeypatch.context() as patch:
        patch.setattr(uploads, "insert_record", full)
        with pytest.raises(StoreFull):
            await complete(shelf, upload, ids)
        with pytest.raises(StoreFull):
            await shelf.uploads.add_part(shelf.unlocked, upload, stream(b"more"))
    assert shelf.on_disk() == sorted(ids)
    assert shelf.read(await complete(shelf, upload, ids)) == b"abcdef"


async def test_a_removed_persons_uploads_are_gone(
    app: App, shelf: FileShelf, guest_shelf: FileShelf
) -> None:
    await begun(guest_shelf, 3, b"abc")
    upload, ids = await begun(shelf, 3, b"abc")
    await app.remove_person(guest_shelf.unlocked.person.id)
    assert shelf.on_disk() == ids
    query = sa.select(studio_files.c.person).distinct()
    left = await app.database.run(lambda c: list(c.execute(query).scalars()))
    assert left == [shelf.unlocked.person.id]
    assert shelf.read(await complete(shelf, upload, ids)) == b"abc"
