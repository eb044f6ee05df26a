"""An export with files: they come along, without those of care, and only whole ones are taken."""

import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tau.app import App, open_app
from tau.attachments.reading import MAX_FILE_BYTES
from tau.companion.turn_input import TurnInput
from tau.facts.resolution import CARE
from tau.ids import new_id
from tau.journal.entries import FileAttached
from tau.life.life import Life
from tau.settings import Settings
from tau.transfer.care_filter import CareFilter
from tau.transfer.file_archive import export_archive
from tau.transfer.file_restoring import restore_files
from tau.transfer.importing import import_file
from tests.documents.pictures import png

pytestmark = pytest.mark.anyio


async def say_with_file(
    app: App, life: Life, name: str, content: bytes, expert: str | None = None
) -> FileAttached:
    async def pieces() -> AsyncIterator[bytes]:
        yield content

    file = await app.attachments.receive(life, name, pieces())
    request = TurnInput(words="Look.", turn_id=new_id(), expert=expert, attachments=(file.id,))
    await (await app.companion.begin(life, request)).ended()
    return file


async def archive_of(app: App, life: Life, *, with_care: bool = False) -> bytes:
    without = None if with_care else await CareFilter.read(life)
    files = app.attachments.files_of(life)
    return b"".join([piece async for piece in export_archive(life, files, without)])


def names(raw: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def lose_bytes(app: App) -> None:
    for path in (app.settings.home / "attachments").iterdir():
        path.unlink()


def everything_in(folder: Path) -> set[Path]:
    return {*folder.rglob("*")}


async def test_another_tau_has_the_files_too(app: App, life: Life, tmp_path: Path) -> None:
    note = await say_with_file(app, life, "note.txt", b"The rent is 917 euro." * 1_000)
    cat = await say_with_file(app, life, "cat.png", png())
    await say_with_file(app, life, "again.png", png())
    raw = await archive_of(app, life)
    assert names(raw) == [
        "tau.jsonl",
        f"tau-files/{note.sha256}.txt",
        f"tau-files/{cat.sha256}.png",
    ]
    settings = Settings(home=tmp_path / "other", model="scripted", embedder="scripted-embedder")
    async with open_app(settings, environ={}) as other:
        there = await other.lives.open(await other.people.owner())
        report = await import_file(there, io.BytesIO(raw), "tau.zip", trust=True)
        assert report.restored
        assert (report.skipped, report.notes) == ((), ())
        assert await restore_files(other.attachments, there, io.BytesIO(raw)) == 3
        assert await other.attachments.read(there, cat.id) == png()
        assert (await other.attachments.read(there, note.id)).startswith(b"The rent")
        assert await restore_files(other.attachments, there, io.BytesIO(raw)) == 0


async def test_lost_bytes_come_back_and_others_stay_as_they_are(app: App, life: Life) -> None:
    cat = await say_with_file(app, life, "cat.png", png())
    raw = await archive_of(app, life)
    lose_bytes(app)
    dog = await say_with_file(app, life, "dog.png", png(3, 3))
    assert await restore_files(app.attachments, life, io.BytesIO(raw)) == 1
    assert await app.attachments.read(life, cat.id) == png()
    assert await app.attachments.read(life, dog.id) == png(3, 3)
    for nothing in (b"", b"PK\x03\x04", b"no archive", raw[: len(raw) // 2]):
        lose_bytes(app)
        assert await restore_files(app.attachments, life, io.BytesIO(nothing)) == 0


async def test_files_of_care_stay_unless_they_are_wanted(app: App, life: Life) -> None:
    await say_with_file(app, life, "diary.txt", b"Nobody is to read this.", CARE)
    assert names(await archive_of(app, life)) == ["tau.jsonl"]
    assert len(names(await archive_of(app, life, with_care=True))) == 2


@pytest.mark.parametrize(
    ("claimed", "content"),
    [
        ("image/png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("text/html", b"<script>alert(1)</script>"),
    ],
)
async def test_bytes_that_are_not_what_their_entry_says_are_left_out(
    app: App, life: Life, claimed: str, content: bytes
) -> None:
    digest = hashlib.sha256(content).hexdigest()
    entry = FileAttached(
        at=1.0, id="f", name="a.png", media_type=claimed, size=len(content), sha256=digest,
        conversation="c",
    )  # fmt: skip
    await life.append(entry)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"tau-files/{digest}.png", content)
    assert await restore_files(app.attachments, life, made) == 0
    wrong = io.BytesIO()
    with zipfile.ZipFile(wrong, "w") as archive:
        archive.writestr(f"tau-files/{digest}.png", png())
        archive.writestr(f"tau-files/{hashlib.sha256(png()).hexdigest()}.png", png())
    assert await restore_files(app.attachments, life, wrong) == 0
    assert not (app.settings.home / "attachments").exists()


@pytest.mark.parametrize("size", [-2, -1, 0, MAX_FILE_BYTES + 1])
async def test_no_more_is_unpacked_than_a_file_can_have(app: App, life: Life, size: int) -> None:
    digest = hashlib.sha256(png()).hexdigest()
    entry = FileAttached(
        at=1.0, id="f", name="a.png", media_type="image/png", size=size, sha256=digest,
        conversation="c",
    )  # fmt: skip
    await life.append(entry)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"tau-files/{digest}.png", png())
    assert await restore_files(app.attachments, life, made) == 0


@pytest.mark.parametrize(
    "name",
    ["../escaped", "../../escaped", "sub/escaped", "escaped.partial", "..", "", "a\0b", "a" * 300],
)
async def test_an_id_from_a_file_names_no_other_place(
    app: App, life: Life, tmp_path: Path, name: str
) -> None:
    content = png()
    digest = hashlib.sha256(content).hexdigest()
    entry = FileAttached(
        at=1.0, id=name, name="a.png", media_type="image/png", size=len(content), sha256=digest,
        conversation="c",
    )  # fmt: skip
    await life.append(entry)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"tau-files/{digest}.png", content)
    before = everything_in(tmp_path)
    assert await restore_files(app.attachments, life, made) == 0
    assert everything_in(tmp_path) == before
    assert not app.attachments.has_content(name)


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
async def test_bytes_that_are_damaged_in_the_archive_are_left_out(
    app: App, life: Life, method: int
) -> None:
    content = b"The rent is 917 euro." * 1_000
    note = await say_with_file(app, life, "note.txt", content)
    cat = await say_with_file(app, life, "cat.png", png())
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr(f"tau-files/{note.sha256}.txt", content)
        archive.writestr(f"tau-files/{cat.sha256}.png", png(), zipfile.ZIP_STORED)
        member = archive.infolist()[0]
    made.seek(member.header_offset + 30 + len(member.filename))
    made.write(b"\xff" * member.compress_size)
    lose_bytes(app)
    assert await restore_files(app.attachments, life, made) == 1
    assert await app.attachments.read(life, cat.id) == png()


async def test_nobody_s_import_touches_another_person_s_file(app: App, life: Life) -> None:
    cat = await say_with_file(app, life, "cat.png", png())
    raw = await archive_of(app, life)
    lose_bytes(app)
    invitation = await app.people.invitations.invite(await app.people.owner())
    accept = app.people.invitations.accept
    _, guest = await accept(invitation, "Guest", "a long password", "tests")
    other = await app.lives.open(guest)
    await import_file(other, io.BytesIO(raw), "tau.zip", trust=True)
    assert other.memory.attachments.find(cat.id) is not None
    assert await restore_files(app.attachments, other, io.BytesIO(raw)) == 0
    assert await restore_files(app.attachments, life, io.BytesIO(raw)) == 1
    assert await app.attachments.read(life, cat.id) == png()
