"""Pictures and files in OpenAI's message parts: attachments of the turn, and nothing is fetched."""

import base64
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tau.app import App
from tau.storage.schema import attachments
from tests.documents.pictures import png
from tests.studio.examples.documents import pdf

from ..conftest import Person

pytestmark = pytest.mark.anyio
CHAT = "/v1/chat/completions"
LEASE = pdf("The rent is 917 euro and due on the third day.")
WORDS = {"type": "text", "text": "What is the rent?"}


def data(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def picture(url: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url, "detail": "high"}}


def file(**fields: Any) -> dict[str, Any]:
    return {"type": "file", "file": fields}


async def ask(person: Person, *parts: dict[str, Any], before: Any = ()) -> Any:
    body = {"model": "tau", "messages": [*before, {"role": "user", "content": list(parts)}]}
    return await person.client.post(CHAT, json=body)


async def attached(person: Person) -> list[tuple[str, str]]:
    listed = (await person.get("/api/attachments"))["attachments"]
    return [(each["name"], each["media_type"]) for each in listed]


async def rows(app: App) -> int:
    query = sa.select(sa.func.count()).select_from(attachments)
    return int(await app.database.run(lambda c: c.execute(query).scalar_one()))


@pytest.mark.parametrize(
    ("part", "found"),
    [
        (picture(data(png(), "image/png")), ("picture.png", "image/png")),
        (
            {"type": "input_image", "image_url": data(png(), "image/png")},
            ("picture.png", "image/png"),
        ),
        (file(file_data=data(LEASE, "application/pdf")), ("file.pdf", "application/pdf")),
        (
            file(file_data=data(LEASE, "application/pdf"), filename="../x/lease.pdf"),
            ("lease.pdf", "application/pdf"),
        ),
        (
            {
                "type": "input_file",
                "file_data": base64.b64encode(LEASE).decode(),
                "filename": "lease.pdf",
            },
            ("lease.pdf", "application/pdf"),
        ),
    ],
)
async def test_a_part_becomes_an_attachment_of_the_message(
    owner: Person, part: dict[str, Any], found: tuple[str, str]
) -> None:
    response = await ask(owner, WORDS, part)
    assert response.status_code == 200, response.text
    assert await attached(owner) == [found]
    conversation = response.headers["x-tau-conversation"]
    thread = (await owner.get(f"/api/conversations/{conversation}/messages"))["messages"]
    assert thread[0]["text"] == "What is the rent?"
    assert [each["name"] for each in thread[0]["attachments"]] == [found[0]]
    if found[1] == "application/pdf":
        assert "917 euro" in response.text, "the scripted model repeats what it was given"


async def test_an_uploaded_file_is_named_by_its_id(owner: Person, guest: Person) -> None:
    form = {"purpose": "user_data"}
    sent = await owner.client.post("/v1/files", data=form, files={"file": ("lease.pdf", LEASE)})
    assert sent.status_code == 200, sent.text
    part = file(file_id=sent.json()["id"])
    assert (await ask(guest, WORDS, part)).status_code == 404, "it's nobody else's"
    assert (await ask(owner, WORDS, part)).status_code == 200
    assert await attached(owner) == [("lease.pdf", "application/pdf")]
    assert await attached(guest) == []


async def test_a_history_keeps_its_conversation_and_its_files_once(owner: Person) -> None:
    first = {"role": "user", "content": [WORDS, picture(data(png(), "image/png"))]}
    begun = await ask(owner, *first["content"])
    reply = begun.json()["choices"][0]["message"]
    for _ in range(2):  # the second time, it's another reply to the same words
        again = await ask(owner, {"type": "text", "text": "And?"}, before=[first, reply])
        assert again.headers["x-tau-conversation"] == begun.headers["x-tau-conversation"]
    assert len(await attached(owner)) == 1


async def test_files_without_words_are_the_words(owner: Person) -> None:
    response = await ask(owner, file(file_data=data(LEASE, "application/pdf"), filename="a.pdf"))
    conversation = response.headers["x-tau-conversation"]
    thread = (await owner.get(f"/api/conversations/{conversation}/messages"))["messages"]
    assert thread[0]["text"] == "a.pdf"


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        (picture("https://example.org/cat.png"), "doesn't fetch"),
        (picture("http://169.254.169.254/latest"), "doesn't fetch"),
        (picture("file:///etc/passwd"), "doesn't fetch"),
        ({"type": "input_file", "file_url": "https://example.org/a.pdf"}, "doesn't fetch"),
        (picture("data:image/png,plain"), "base64"),
        (picture("data:image/png;base64,###"), "base64"),
        (picture(""), "base64"),
        ({"type": "image_url"}, "base64"),
        (file(filename="a.pdf"), "base64"),
        (picture(data(b"MZ", "image/png")), "can't read this kind"),
        ({"type": "input_audio"}, "something else"),
    ],
)
async def test_what_cannot_be_taken_is_refused_and_nothing_is_left(
    app: App, owner: Person, part: dict[str, Any], sentence: str
) -> None:
    response = await ask(owner, WORDS, picture(data(png(), "image/png")), part)
    assert response.status_code == 400, response.text
    assert sentence in response.json()["error"]["message"]
    assert (await owner.get("/api/conversations"))["conversations"] == []
    assert await rows(app) == 0
    assert list((Path(app.settings.home) / "attachments").glob("*")) == []


async def test_a_turn_that_cannot_begin_leaves_no_file(app: App, owner: Person) -> None:
    body = {
        "model": "tau",
        "metadata": {"conversation": "nowhere"},
        "messages": [{"role": "user", "content": [WORDS, picture(data(png(), "image/png"))]}],
    }
    assert (await owner.client.post(CHAT, json=body)).status_code == 404
    private = await owner.begin(private=True)
    body["metadata"] = {"conversation": private}
    assert (await owner.client.post(CHAT, json=body)).status_code == 400
    assert await rows(app) == 0


async def test_too_many_files_are_refused(owner: Person) -> None:
    response = await ask(owner, WORDS, *[picture(data(png(), "image/png"))] * 11)
    assert response.status_code == 400
    assert "at most 10" in response.json()["error"]["message"]
