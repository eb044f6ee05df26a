"""Imports beside other changes: forgotten, undone, stopped, requested by others."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from tau.app import App
from tau.errors import Conflict, NotFound
from tau.journal.entries import ClaimLearned
from tau.journal.journal import Journal
from tau.journal.store import Store
from tau.life.life import Life
from tau.transfer.import_jobs import ImportJobs
from tau.transfer.importing import ImportOptions
from tau.transfer.uploads import receive_upload
from tests.transfer.exports import as_json, as_zip, chatgpt, many, memory, store

from ..conftest import Person

pytestmark = pytest.mark.anyio
FORGET = "/api/memory/forget"
SECRET = ("user", "The heron is called Zanzibar.")


async def upload(person: Person, raw: bytes, **asked: Any) -> httpx.Response:
    return await person.client.post("/api/imports", content=raw, params={"name": "x.zip", **asked})


async def import_and_wait(person: Person, raw: bytes, **asked: Any) -> dict[str, Any]:
    response = await upload(person, raw, **asked)
    assert response.status_code == 202, response.text
    return await wait_for_end(person, response.json())


async def wait_for_end(person: Person, told: dict[str, Any]) -> dict[str, Any]:
    while told["state"] == "running":
        await asyncio.sleep(0)
        told = await person.get(f"/api/imports/{told['id']}")
    return told


async def until(seen: Callable[[], bool]) -> None:
    while not seen():  # noqa: ASYNC110 (nothing tells when)
        await asyncio.sleep(0)


async def life_of(person: Person, app: App) -> Life:
    return await app.lives.open(person.unlocked)


async def words(person: Person) -> str:
    return (await person.client.get("/api/export")).text


# --- forgotten and taken back ----------------------------------------------------------------


async def test_what_was_forgotten_stays_out_and_is_counted(owner: Person, app: App) -> None:
    raw = as_json(
        [chatgpt("a", SECRET, ("assistant", "A fine name for a heron."), ("user", "Lakes."))]
    )
    await import_and_wait(owner, raw)
    (found, *_) = (await owner.get("/api/search", q="Zanzibar"))["passages"]
    await owner.post(FORGET, {"messages": [found["message"]["id"]]})
    again = await import_and_wait(owner, raw)
    assert (again["forgotten"], again["messages"], again["known"]) == (2, 0, 1)
    assert "Zanzibar" not in await words(owner)
    back = await import_and_wait(owner, raw, forgotten=True)
    assert (back["forgotten"], back["messages"]) == (0, 2)
    assert "Zanzibar" in await words(owner)


async def test_an_import_is_taken_back_by_the_id_that_it_was_given(owner: Person) -> None:
    told = await import_and_wait(owner, as_json([chatgpt("a", SECRET)]))
    preview = await owner.post(FORGET, {"import_id": told["id"], "dry_run": True})
    assert (preview["messages"], preview["conversations"]) == (1, 1)
    await owner.post(FORGET, {"import_id": told["id"]})
    assert "Zanzibar" not in await words(owner)
    assert (await owner.client.post(FORGET, json={"import_id": told["id"]})).status_code == 404


async def test_an_import_that_went_on_is_taken_back_by_both_its_ids(
    owner: Person, app: App
) -> None:
    life = await life_of(owner, app)
    raw = as_json([chatgpt("first", SECRET), *many(150)])
    begun = (await upload(owner, raw)).json()
    await until(lambda: bool(life.memory.imports.all()))
    await owner.client.delete(f"/api/imports/{begun['id']}")
    (unfinished,) = life.memory.imports.all()
    assert not unfinished.finished
    told = await import_and_wait(owner, raw)
    assert (await owner.get(f"/api/imports/{unfinished.id}"))["id"] == told["id"]
    goes = await owner.post(FORGET, {"import_id": told["id"], "dry_run": True})
    assert goes["conversations"] == 151
    await owner.post(FORGET, {"import_id": unfinished.id})
    assert len(life.memory) == 0


async def test_an_import_that_was_stopped_is_listed_once_and_can_be_forgotten(
    owner: Person, app: App
) -> None:
    life = await life_of(owner, app)
    begun = (await upload(owner, as_json([chatgpt("first", SECRET), *many(150)]))).json()
    await until(lambda: bool(life.memory.imports.all()))
    await owner.client.delete(f"/api/imports/{begun['id']}")
    (listed,) = (await owner.get("/api/imports"))["imports"]
    assert (listed["id"], listed["state"]) == (begun["id"], "stopped")
    assert listed["sentence"] == "The import was stopped. Import the file again to continue."
    await owner.post(FORGET, {"import_id": begun["id"]})
    assert (await owner.get("/api/imports"))["imports"] == []
    assert len(life.memory) == 0


async def test_forgetting_while_a_file_is_read_loses_nothing_else(owner: Person, app: App) -> None:
    life = await life_of(owner, app)
    begun = (await upload(owner, as_json([chatgpt("a", SECRET), *many(300)]))).json()
    await until(lambda: len(life.memory) > 0)
    (found, *_) = life.memory.search("Zanzibar")
    await owner.post(FORGET, {"messages": [found.message.id]})
    told = await wait_for_end(owner, begun)
    assert (told["state"], len(life.memory)) == ("done", 1_200)
    assert "Zanzibar" not in await words(owner)


async def test_speaking_and_setting_right_go_on_while_a_file_is_read(
    owner: Person, app: App
) -> None:
    life = await life_of(owner, app)
    begun = (await upload(owner, as_json(many(300)))).json()
    conversation = await owner.begin()
    await owner.say(conversation, "I live in Porto. [[say Lovely.]]")
    (told,) = (await owner.post("/api/memory/facts", {"text": "I like tea."}))["facts"]
    fact = await owner.post(f"/api/memory/facts/{told['id']}/correct", {"text": "Likes milk"})
    assert fact["text"] == "Likes milk"
    await wait_for_end(owner, begun)
    assert len(life.memory) == 1_202
    ids = [one.id for one in life.memory.messages]
    assert len(ids) == len(set(ids))


async def test_claims_read_elsewhere_in_what_is_forgotten_are_swept(
    owner: Person, app: App
) -> None:
    life = await life_of(owner, app)
    conversation = await owner.begin()
    await owner.say(conversation, "I live in Porto. [[say Lovely.]]")
    await app.learning.wait_until_idle()
    records = [record async for record in life.read()]
    (late,) = [each.entry for each in records if isinstance(each.entry, ClaimLearned)]  # type: ignore[union-attr]
    (said,) = [one for one in life.memory.messages if "Porto" in one.text]
    await owner.post(FORGET, {"messages": [said.id]})
    database = Store(app.database)
    other_node = Journal(database, life.person, owner.unlocked.data_key)
    await other_node.append(late)  # which read the message before it knew
    await database.close()
    async with life.transaction():
        pass  # learns what others wrote
    assert [fact.text for fact in life.memory.facts.all()] == ["Lives in Porto"]
    other = await owner.post(f"/api/conversations/{conversation}/messages", {"text": "A note."})
    await app.learning.wait_until_idle()
    await owner.post(FORGET, {"messages": [other["id"]]})
    await app.learning.wait_until_idle()
    assert life.memory.facts.all() == []
    assert "Porto" not in await words(owner)


# --- whose it is, and what is no import ------------------------------------------------------


async def test_another_persons_import_can_be_neither_seen_stopped_nor_taken_back(
    owner: Person, guest: Person, app: App
) -> None:
    told = await import_and_wait(owner, as_json([chatgpt("a", SECRET)]))
    for answer in (
        await guest.client.get(f"/api/imports/{told['id']}"),
        await guest.client.delete(f"/api/imports/{told['id']}"),
        await guest.client.post(FORGET, json={"import_id": told["id"]}),
    ):
        assert answer.status_code == 404
    assert "Zanzibar" in await words(owner)
    both = await import_and_wait(guest, as_json([chatgpt("a", SECRET)]))
    assert (both["messages"], both["known"]) == (1, 0), "the same file is new to somebody else"


async def test_two_people_bring_at_the_same_time(owner: Person, guest: Person, app: App) -> None:
    life = await life_of(owner, app)
    async with life.transaction():
        first = (await upload(owner, as_json(many(3)))).json()
        assert (await import_and_wait(guest, as_json(many(2))))["messages"] == 8
        assert (await owner.get(f"/api/imports/{first['id']}"))["state"] == "running"
    await wait_for_end(owner, first)
    assert len(life.memory) == 12


@pytest.mark.parametrize(
    "asked",
    [{"trust": "maybe"}, {"forgotten": "x"}, {"dry_run": "2"}, {"name": "n" * 201}],
    ids=str,
)
async def test_what_is_asked_wrongly_is_refused_before_it_is_read(
    owner: Person, asked: dict[str, str]
) -> None:
    answer = await owner.client.post("/api/imports", content=b"{}", params=asked)
    assert answer.status_code == 422
    assert answer.json()["error"]["sentence"].endswith(".")
    assert (await owner.get("/api/imports"))["imports"] == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        b"PK\x03\x04" + bytes(60),
        b"[" * 5_000,
        b"null",
        b"{}",
    ],
    ids=["empty", "picture", "broken zip", "brackets", "null", "nothing"],
)
async def test_what_is_no_export_fails_in_a_sentence_and_leaves_nothing(
    owner: Person, app: App, raw: bytes
) -> None:
    told = await import_and_wait(owner, raw)
    assert told["state"] == "failed"
    assert told["sentence"].endswith(".")
    assert (await life_of(owner, app)).memory.last == 0
    (listed,) = (await owner.get("/api/imports"))["imports"]
    assert listed == told


async def test_a_name_is_a_name_and_no_path(owner: Person, app: App) -> None:
    await import_and_wait(owner, as_json(many(1)), name="../../etc/\x07passwd")
    (kept,) = (await life_of(owner, app)).memory.imports.all()
    assert kept.name == "passwd"
    await import_and_wait(owner, as_json([chatgpt("z", SECRET)]), name="C:\\导出\\聊天.zip")
    assert (await life_of(owner, app)).memory.imports.all()[-1].name == "聊天.zip"


async def test_what_was_left_out_is_told_up_to_a_thousand(owner: Person) -> None:
    broken = [{"mapping": 3, "title": f"Broken {n}"} for n in range(1_005)]
    told = await import_and_wait(
        owner, as_zip({"conversations.json": as_json([*broken, *many(1)])})
    )
    assert (told["skipped_count"], len(told["skipped"])) == (1_005, 1_000)
    assert told["skipped"][7]["where"] == "“Broken 7”"


async def test_the_last_twenty_are_remembered(owner: Person, app: App) -> None:
    ids = [(await import_and_wait(owner, b"x"))["id"] for _ in range(22)]
    listed = [one["id"] for one in (await owner.get("/api/imports"))["imports"]]
    assert listed == ids[:1:-1]
    assert (await owner.client.get(f"/api/imports/{ids[0]}")).status_code == 404


async def test_claims_of_a_file_are_listed_as_waiting_and_approved_over_the_api(
    owner: Person,
) -> None:
    await import_and_wait(owner, as_json(store(memory("m", "Likes tea"), memory("n", "对猫过敏"))))
    assert (await owner.get("/api/memory/learning"))["waiting"] == 2
    waiting = (await owner.get("/api/memory/facts", state="waiting"))["facts"]
    assert {(one["learned_by"], one["confirmed"]) for one in waiting} == {("import", False)}
    assert await owner.get("/api/memory/profile") == {"lines": []}
    approved = await owner.post(
        "/api/memory/facts/approve", {"ids": [one["id"] for one in waiting]}
    )
    assert {one["state"] for one in approved["facts"]} == {"current"}
    lines = [line["text"] for line in (await owner.get("/api/memory/profile"))["lines"]]
    assert any("猫过敏" in line for line in lines)


# --- import jobs ------------------------------------------------------------------------------


async def pieces(*raw: bytes) -> AsyncIterator[bytes]:
    for piece in raw:
        yield piece


async def test_an_upload_in_pieces_is_one_file_without_a_name(app: App) -> None:
    raw = pieces(b"one ", b"", b"two " * 500_000, b"three")
    file = await receive_upload(raw, app.settings.home)
    file.seek(0)
    assert file.read() == b"one " + b"two " * 500_000 + b"three"
    file.close()
    assert not [one for one in app.settings.home.iterdir() if one.name.startswith("tmp")]


async def test_a_second_file_of_the_same_person_is_closed_and_refused(
    owner: Person, app: App
) -> None:
    imports = ImportJobs(app.jobs, app.lives)
    life = await life_of(owner, app)
    first = await receive_upload(pieces(as_json(many(1))), app.settings.home)
    second = await receive_upload(pieces(as_json(many(1))), app.settings.home)
    async with life.transaction():
        one = await imports.start(life, first, "a", ImportOptions())
        with pytest.raises(Conflict):
            await imports.start(life, second, "b", ImportOptions())
        await imports.removed(life.person)
    assert (one.job.state, await imports.imports_of(life)) == ("stopped", [])
    assert (first.closed, second.closed) == (True, True)
    with pytest.raises(NotFound):
        await imports.stop(life.person, one.job.id)


async def test_an_unexpected_failure_is_told_without_its_text(
    owner: Person, app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def burst(*_: object) -> None:
        raise RuntimeError("Zanzibar")

    monkeypatch.setattr("tau.transfer.merging.ContentMerge.entries", burst)
    told = await import_and_wait(owner, as_json([chatgpt("a", SECRET)]))
    assert told["state"] == "failed"
    assert "Zanzibar" not in told["sentence"] + caplog.text
    assert "A job of the kind import failed: RuntimeError" in caplog.text
