"""Files and uploads, used by OpenAI's own unmodified client over a real socket."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
import sqlalchemy as sa
from openai import AsyncOpenAI

from tau.app import App
from tau.storage.backups import Backups
from tau.storage.schema import studio_files

from ..conftest import Person

pytestmark = pytest.mark.anyio
SECRET = b"where the treasure lies"
LINES = b'{"item": {"question": "' + SECRET + b'"}}\n'


async def stored(
    client: AsyncOpenAI, name: str = "a.jsonl", **rest: Any
) -> openai.types.FileObject:
    return await client.files.create(
        file=(name, LINES), purpose=rest.pop("purpose", "evals"), **rest
    )


def found_in(folder: Path, needle: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and needle in path.read_bytes()]


async def expire(app: App) -> None:
    await app.database.run(lambda c: c.execute(sa.update(studio_files).values(expires_at=1.0)))


async def test_a_file_comes_back_as_it_was(client: AsyncOpenAI) -> None:
    content = bytes(range(256)) * 9_000  # more than two pieces
    file = await client.files.create(file=("a b.bin", content), purpose="user_data")
    assert file.id.startswith("file-")
    assert (file.object, file.bytes, file.filename) == ("file", len(content), "a b.bin")
    assert (file.purpose, file.status, file.expires_at) == ("user_data", "processed", None)
    assert await client.files.retrieve(file.id) == file
    assert await client.files.wait_for_processing(file.id) == file
    assert (await client.files.content(file.id)).content == content


async def test_an_empty_file_is_a_file(client: AsyncOpenAI) -> None:
    file = await client.files.create(file=("empty", b""), purpose="assistants")
    assert (await client.files.content(file.id)).content == b""


async def test_files_are_listed_in_pages_newest_first(client: AsyncOpenAI) -> None:
    made = [(await stored(client, f"{number}.jsonl")).id for number in range(5)]
    other = (await stored(client, purpose="fine-tune")).id
    page = await client.files.list(limit=2)
    assert [each.id for each in page.data] == [other, made[4]]
    assert page.has_more
    assert [each.id async for each in client.files.list(limit=2)] == [other, *reversed(made)]
    assert [each.id async for each in client.files.list(purpose="evals", order="asc")] == made
    assert [each.id async for each in client.files.list(after=made[1])] == [made[0]]
    with pytest.raises(openai.NotFoundError):
        await client.files.list(after="file-nothing")


async def test_a_file_is_sealed_and_a_deleted_one_is_gone(
    client: AsyncOpenAI, app: App, tmp_path: Path
) -> None:
    file = await stored(client, "the-secret-name.jsonl")
    content = app.studio.files.folder / file.id
    sealed = content.read_bytes()
    assert not found_in(tmp_path, SECRET)
    assert not found_in(tmp_path, b"the-secret-name")
    row = await app.database.run(lambda c: c.execute(sa.select(studio_files.c.sealed)).scalar())
    assert row is not None
    await asyncio.to_thread(Backups(app.database).make)
    assert found_in(tmp_path, bytes(row)[20:60])
    assert (await client.files.delete(file.id)).deleted
    await app.database.scrub()
    assert not found_in(tmp_path, bytes(row)[20:60])
    assert not found_in(tmp_path, sealed[20:60])
    for ask in (client.files.retrieve, client.files.content, client.files.delete):
        with pytest.raises(openai.NotFoundError):
            await ask(file.id)


async def test_a_file_belongs_to_a_person(client: AsyncOpenAI, guest_client: AsyncOpenAI) -> None:
    file = await stored(client)
    upload = await client.uploads.create(
        bytes=1, filename="a", mime_type="text/plain", purpose="evals"
    )
    for ask in (
        guest_client.files.retrieve(file.id),
        guest_client.files.content(file.id),
        guest_client.files.delete(file.id),
        guest_client.uploads.parts.create(upload.id, data=b"x"),
        guest_client.uploads.complete(upload.id, part_ids=["part_x"]),
        guest_client.uploads.cancel(upload.id),
    ):
        with pytest.raises(openai.NotFoundError):
            await ask
    assert not (await guest_client.files.list()).data
    assert (await client.files.retrieve(file.id)).id == file.id


async def test_a_removed_persons_files_are_deleted(
    app: App, guest: Person, guest_client: AsyncOpenAI
) -> None:
    await stored(guest_client)
    assert list(app.studio.files.folder.iterdir())
    await app.remove_person(guest.unlocked.person.id)
    assert not list(app.studio.files.folder.iterdir())


async def test_a_file_expires(client: AsyncOpenAI, app: App) -> None:
    kept = await stored(client)
    file = await stored(client, expires_after={"anchor": "created_at", "seconds": 3600})
    assert file.expires_at == file.created_at + 3600
    batch = await stored(client, purpose="batch")
    assert batch.expires_at == batch.created_at + 30 * 86_400
    await app.database.run(
        lambda c: c.execute(
            sa.update(studio_files).where(studio_files.c.id != kept.id).values(expires_at=1.0)
        )
    )
    with pytest.raises(openai.NotFoundError):
        await client.files.retrieve(file.id)
    assert [each.id async for each in client.files.list()] == [kept.id]
    await app.studio.files.sweep()
    assert [each.name for each in app.studio.files.folder.iterdir()] == [kept.id]


async def test_what_a_killed_process_left_is_swept(client: AsyncOpenAI, app: App) -> None:
    file = await stored(client)
    folder = app.studio.files.folder
    for name in ("file-half.partial", "file-without-a-row"):
        (folder / name).write_bytes(b"half")
    await app.studio.files.sweep()
    assert [each.name for each in folder.iterdir()] == [file.id]


async def test_an_upload_in_progress_is_not_swept(app: App, owner: Person) -> None:
    files = app.studio.files

    async def pieces() -> Any:
        yield LINES
        await files.sweep()
        yield LINES

    async with files.receive(pieces()) as content:
        await files.sweep()
        record = await files.keep(owner.unlocked, content, "a", "evals")
    assert b"".join(files.read(record)) == LINES * 2


async def test_a_file_whose_content_is_lost_says_so(client: AsyncOpenAI, app: App) -> None:
    """A restored backup may name files that were deleted since."""
    file = await stored(client)
    (app.studio.files.folder / file.id).unlink()
    assert (await client.files.retrieve(file.id)).status == "error"
    with pytest.raises(openai.NotFoundError):
        await client.files.content(file.id)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"purpose": "nothing"}, "purpose"),
        ({}, "purpose"),
        ({"purpose": "evals", "expires_after[anchor]": "x"}, "expires_after.anchor"),
        (
            {
                "purpose": "evals",
                "expires_after[anchor]": "created_at",
                "expires_after[seconds]": "60",
            },
            "expires_after.seconds",
        ),
    ],
)
async def test_a_wrong_field_is_named(
    owner: Person, app: App, fields: dict[str, str], param: str
) -> None:
    given = {"file": ("a.jsonl", LINES)}
    answer = await owner.client.post("/v1/files", data=fields, files=given)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["param"], error["code"]) == (param, "invalid_value")
    assert error["type"] == "invalid_request_error"
    assert not list(app.studio.files.folder.glob("*"))


async def test_a_file_may_come_before_its_purpose(owner: Person) -> None:
    boundary = "cut"
    form = (
        b'--cut\r\nContent-Disposition: form-data; name="file"; filename="../../etc/x\\y"\r\n\r\n'
        + LINES
        + b'\r\n--cut\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nevals\r\n--cut--\r\n'
    )
    answer = await owner.client.post(
        "/v1/files",
        content=form,
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    assert answer.status_code == 200
    assert answer.json()["filename"] == "y"


async def test_a_file_that_was_altered_is_not_returned(client: AsyncOpenAI, app: App) -> None:
    content = b"0123456789" * 300_000
    file = await client.files.create(file=("a", content), purpose="user_data")
    path = app.studio.files.folder / file.id
    whole = path.read_bytes()
    for altered in (whole[: 1 << 20], whole[:-1], whole[:50] + bytes([whole[50] ^ 1]) + whole[51:]):
        path.write_bytes(altered)
        with pytest.raises((httpx.HTTPError, openai.APIError)):
            await client.files.content(file.id)


async def test_a_file_is_uploaded_in_parts(client: AsyncOpenAI, app: App) -> None:
    content = LINES * 50_000
    upload = await client.uploads.upload_file_chunked(
        file=content,
        filename="a.jsonl",
        bytes=len(content),
        mime_type="text/jsonl",
        purpose="fine-tune",
        part_size=1_000_000,
        md5=hashlib.md5(content).hexdigest(),
    )
    assert upload.status == "completed"
    assert upload.file is not None
    assert (upload.file.purpose, upload.file.bytes) == ("fine-tune", len(content))
    assert (await client.files.content(upload.file.id)).content == content
    assert [each.name for each in app.studio.files.folder.iterdir()] == [upload.file.id]
    with pytest.raises(openai.NotFoundError):
        await client.uploads.complete(upload.id, part_ids=["part_x"])


async def test_parts_that_were_not_announced_are_refused(client: AsyncOpenAI, app: App) -> None:
    upload = await client.uploads.create(
        bytes=6, filename="a", mime_type="text/plain", purpose="evals"
    )
    one, two = [
        (await client.uploads.parts.create(upload.id, data=data)).id for data in (b"abc", b"def")
    ]
    for parts, param in (
        ([one], "part_ids"),
        ([one, one], "part_ids"),
        ([one, "part_other"], "part_ids"),
    ):
        with pytest.raises(openai.BadRequestError) as refused:
            await client.uploads.complete(upload.id, part_ids=parts)
        assert refused.value.param == param
    with pytest.raises(openai.BadRequestError) as refused:
        await client.uploads.complete(upload.id, part_ids=[one, two], md5="0" * 32)
    assert refused.value.param == "md5"
    done = await client.uploads.complete(upload.id, part_ids=[two, one])
    assert done.file is not None
    assert (await client.files.content(done.file.id)).content == b"defabc"


async def test_a_cancelled_or_expired_upload_leaves_nothing(client: AsyncOpenAI, app: App) -> None:
    for end in ("cancel", "expire"):
        upload = await client.uploads.create(
            bytes=3, filename="a", mime_type="text/plain", purpose="evals"
        )
        await client.uploads.parts.create(upload.id, data=b"abc")
        assert len(list(app.studio.files.folder.iterdir())) == 1
        if end == "cancel":
            assert (await client.uploads.cancel(upload.id)).status == "cancelled"
        else:
            await expire(app)
            await app.studio.files.sweep()
        assert not list(app.studio.files.folder.iterdir())
        with pytest.raises(openai.NotFoundError):
            await client.uploads.parts.create(upload.id, data=b"abc")


async def test_a_file_may_be_larger_than_other_requests(owner: Person, api: Any, app: App) -> None:
    content = b"x" * (app.settings.max_request_bytes + 1)
    answer = await owner.client.post(
        "/v1/files", data={"purpose": "user_data"}, files={"file": ("a", content)}
    )
    assert answer.status_code == 200
    assert answer.json()["bytes"] == len(content)


@pytest.mark.parametrize("path", ["/v1/files", "/v1/uploads/upload_x/parts"])
async def test_a_file_beyond_the_limit_is_refused_before_it_is_read(
    owner: Person, app: App, path: str
) -> None:
    headers = {
        "Content-Length": str(app.settings.max_import_bytes + 1),
        "Content-Type": "multipart/form-data; boundary=cut",
    }
    answer = await owner.client.post(path, content=b"--cut", headers=headers)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


@pytest.mark.parametrize("path", ["/v1/files/x", "/v1/uploads", "/v1/evals", "/v1/files/"])
async def test_other_requests_stay_small(owner: Person, app: App, path: str) -> None:
    headers = {"Content-Length": str(app.settings.max_request_bytes + 1)}
    answer = await owner.client.post(path, content=b"{}", headers=headers)
    assert answer.status_code == 413


async def test_a_request_without_a_form_is_refused(owner: Person, app: App) -> None:
    for given in ({"json": {}}, {"content": b""}, {"data": {"purpose": "evals"}}):
        answer = await owner.client.post("/v1/files", **given)  # type: ignore[arg-type]
        assert answer.status_code == 400
        assert answer.json()["error"]["type"] == "invalid_request_error"
    assert not list(app.studio.files.folder.glob("*"))
