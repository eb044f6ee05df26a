"""Requests about files that no good client makes, and what is answered to them."""

import dataclasses
import errno
import os
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tau.app import App
from tau.server.openai.files import clean_filename
from tau.server.openai.multipart import MAX_FIELD_BYTES
from tau.settings import Settings
from tau.studio.files.stored_file import PURPOSES

from ..conftest import Person

pytestmark = pytest.mark.anyio
FORM = {"Content-Type": "multipart/form-data; boundary=cut"}
UNKNOWN = "file-" + "0" * 26
MOST_BYTES = 2_000_000


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return dataclasses.replace(settings, max_import_bytes=MOST_BYTES)


def field(name: str, value: bytes, rest: str = "") -> bytes:
    head = f'--cut\r\nContent-Disposition: form-data; name="{name}"{rest}\r\n\r\n'
    return head.encode() + value + b"\r\n"


FILE = field("file", b"some", '; filename="a"')
PURPOSE = field("purpose", b"evals")
END = b"--cut--\r\n"


def error_of(answer: Any, status: int) -> dict[str, Any]:
    """Return the error of an answer in OpenAI's shape, whose fields are all there."""
    assert answer.status_code == status, answer.text
    error: dict[str, Any] = answer.json()["error"]
    assert error.keys() >= {"message", "type", "param", "code"}
    return error


@pytest.mark.parametrize(
    ("form", "param"),
    [
        (PURPOSE + END, "file"),
        (FILE + END, "purpose"),
        (PURPOSE + FILE, None),  # it never ends
        (PURPOSE + FILE[:-4], None),
        (b"", "file"),
        (b"no form at all", None),
        (field("purpose", b"x" * (MAX_FIELD_BYTES + 1)) + FILE + END, "purpose"),
        (field("purpose", b"\xff\xfe") + FILE + END, "purpose"),
        (b"".join(field(f"f{n}", b"") for n in range(30)) + PURPOSE + FILE + END, None),
        (FILE + field("purpose", b"nothing") + END, "purpose"),
    ],
    ids=[
        "no file",
        "no purpose",
        "no end",
        "cut in the file",
        "empty",
        "another text",
        "huge field",
        "bytes that are no text",
        "many fields",
        "purpose after the file",
    ],
)
async def test_a_damaged_form_stores_nothing(
    owner: Person, app: App, form: bytes, param: str | None
) -> None:
    answer = await owner.client.post("/v1/files", content=form, headers=FORM)
    error = error_of(answer, 400)
    assert error["param"] == param
    assert error["type"] == "invalid_request_error"
    assert not list(app.studio.files.folder.glob("*"))
    assert not (await owner.get("/v1/files"))["data"]


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/mixed; boundary=cut",
        "multipart/form-data; boundary=" + "x" * 500,
        "",
    ],
)
async def test_another_content_type_is_refused(owner: Person, kind: str) -> None:
    content = PURPOSE + FILE + END
    answer = await owner.client.post("/v1/files", content=content, headers={"Content-Type": kind})
    assert "multipart/form-data" in error_of(answer, 400)["message"]


async def test_what_is_wrong_is_known_before_the_file_is_received(owner: Person) -> None:
    """A purpose that stands before the file saves sending it."""
    sent = 0

    async def body() -> Any:
        nonlocal sent
        yield field("purpose", b"nothing") + b'--cut\r\nContent-Disposition: form-data; name="file"'
        yield b'; filename="a"\r\n\r\n'
        for _ in range(100):
            sent += 1
            yield b"x" * 100_000

    answer = await owner.client.post("/v1/files", content=body(), headers=FORM)
    assert error_of(answer, 400)["param"] == "purpose"
    assert sent < 100


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_each_purpose_is_kept_and_is_a_filter(client: AsyncOpenAI, purpose: Any) -> None:
    file = await client.files.create(file=("a", b"some"), purpose=purpose)
    assert file.purpose == purpose
    for other in PURPOSES:
        found = [each.id async for each in client.files.list(purpose=other)]
        assert found == ([file.id] if other == purpose else [])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a.jsonl", "a.jsonl"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\a.csv", "a.csv"),
        ("/etc/", "upload"),
        ("", "upload"),
        ("  ", "upload"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
        ("a\x7fb\x1b.txt", "ab.txt"),
        ("\u202egnp.exe", "gnp.exe"),
        ("试题.jsonl", "试题.jsonl"),
        ("x" * 300, "x" * 255),
        ('say "hi".txt', 'say "hi".txt'),
    ],
)
async def test_a_name_is_one_plain_line_without_folders(
    client: AsyncOpenAI, given: str, kept: str
) -> None:
    assert clean_filename(given) == kept
    if not given or len(given) > 255 or given.isspace():
        return
    upload = await client.uploads.create(
        bytes=1, filename=given, mime_type="text/plain", purpose="evals"
    )
    assert upload.filename == kept
    part = await client.uploads.parts.create(upload.id, data=b"x")
    file = (await client.uploads.complete(upload.id, part_ids=[part.id])).file
    assert file is not None
    answer = await client.files.content(file.id)
    shown = answer.response.headers["content-disposition"]
    assert shown.startswith("attachment; filename*=UTF-8''")
    assert shown.isascii()
    assert '"' not in shown


async def test_a_full_disk_is_said_to_the_client(
    client: AsyncOpenAI, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenAI's client has no class of its own for it, and shows the sentence."""
    upload = await client.uploads.create(
        bytes=4, filename="a", mime_type="text/plain", purpose="evals"
    )

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        for ask in (
            client.files.create(file=("a", b"some"), purpose="evals"),
            client.uploads.parts.create(upload.id, data=b"some"),
        ):
            with pytest.raises(openai.APIStatusError, match="enough disk space") as refused:
                await ask
            assert refused.value.status_code == 507
    assert not list(app.studio.files.folder.glob("*"))
    part = await client.uploads.parts.create(upload.id, data=b"some")
    assert (await client.uploads.complete(upload.id, part_ids=[part.id])).status == "completed"


@pytest.mark.parametrize("is_announced", [True, False])
@pytest.mark.parametrize("path", ["/v1/files", "/v1/uploads/{}/parts"])
async def test_what_is_too_large_is_refused_and_leaves_nothing(
    owner: Person, app: App, path: str, is_announced: bool
) -> None:
    """Whether its size is announced, or only found while it comes."""
    about = {"bytes": 1, "filename": "a", "mime_type": "text/plain", "purpose": "evals"}
    upload = (await owner.post("/v1/uploads", about))["id"]
    name = "data" if "parts" in path else "file"
    whole = PURPOSE + field(name, b"x" * (MOST_BYTES + 1), '; filename="a"') + END

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(whole), 100_000):
            yield whole[at : at + 100_000]

    content = whole if is_announced else pieces()
    answer = await owner.client.post(path.format(upload), content=content, headers=FORM)
    error_of(answer, 413)
    assert not list(app.studio.files.folder.glob("*"))


@pytest.mark.parametrize(
    ("query", "param"),
    [("limit=0", "limit"), ("limit=10001", "limit"), ("limit=x", "limit"), ("order=up", "order")],
)
async def test_a_wrong_filter_is_named(owner: Person, query: str, param: str) -> None:
    assert error_of(await owner.client.get(f"/v1/files?{query}"), 400)["param"] == param


@pytest.mark.parametrize(
    "file_id", [UNKNOWN, "nothing", "..", "%2e%2e%2ftau.db", "a" * 200, "\u00e9", "a%00b"]
)
async def test_an_id_that_is_none_is_refused_plainly(owner: Person, app: App, file_id: str) -> None:
    """And leads to no other file of this machine."""
    for method, end in (("GET", ""), ("GET", "/content"), ("DELETE", "")):
        answer = await owner.client.request(method, f"/v1/files/{file_id}{end}")
        assert answer.status_code in {400, 404, 405}, answer.text
        assert b"SQLite format" not in answer.content
    assert (app.settings.home / "tau.db").exists()


@pytest.mark.parametrize(
    ("changed", "param"),
    [
        ({"bytes": 0}, "bytes"),
        ({"bytes": -1}, "bytes"),
        ({"bytes": 2**60}, "bytes"),
        ({"filename": ""}, "filename"),
        ({"filename": "x" * 256}, "filename"),
        ({"purpose": "nothing"}, "purpose"),
        ({"mime_type": None}, "mime_type"),
        ({"expires_after": {"anchor": "now", "seconds": 3600}}, "expires_after.anchor"),
        ({"expires_after": {"anchor": "created_at", "seconds": 1}}, "expires_after.seconds"),
    ],
)
async def test_a_wrong_upload_is_refused_and_its_field_named(
    owner: Person, changed: dict[str, Any], param: str
) -> None:
    about = {"bytes": 1, "filename": "a", "mime_type": "text/plain", "purpose": "evals"}
    answer = await owner.client.post("/v1/uploads", json=about | changed)
    assert error_of(answer, 400)["param"] == param


async def test_the_ways_to_files_need_a_key(anonymous: Any) -> None:
    for method, path in (
        ("GET", "/v1/files"),
        ("POST", "/v1/files"),
        ("GET", f"/v1/files/{UNKNOWN}"),
        ("DELETE", f"/v1/files/{UNKNOWN}"),
        ("GET", f"/v1/files/{UNKNOWN}/content"),
        ("POST", "/v1/uploads"),
        ("POST", "/v1/uploads/x/parts"),
        ("POST", "/v1/uploads/x/complete"),
        ("POST", "/v1/uploads/x/cancel"),
        ("POST", "/v1/fine_tuning/alpha/graders/validate"),
        ("POST", "/v1/fine_tuning/alpha/graders/run"),
    ):
        assert (await anonymous.request(method, path)).status_code == 401, path


async def test_a_cursor_of_somebody_else_is_unknown(
    client: AsyncOpenAI, guest_client: AsyncOpenAI
) -> None:
    theirs = await guest_client.files.create(file=("a", b"some"), purpose="evals")
    await client.files.create(file=("b", b"some"), purpose="evals")
    with pytest.raises(openai.NotFoundError):
        await client.files.list(after=theirs.id)
