"""Previews of imports: what would be learned, and importing the uploaded file."""

import asyncio
import time
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tau.app import App
from tau.transfer import uploads
from tests.transfer.exports import as_json, as_zip, chatgpt, many, memory, node, said, store

from ..conftest import Person

pytestmark = pytest.mark.anyio
HOME = ("user", "I live in Porto.")


async def upload(person: Person, raw: bytes, **asked: Any) -> httpx.Response:
    return await person.client.post("/api/imports", content=raw, params={"name": "x.zip", **asked})


async def wait_for_end(person: Person, told: dict[str, Any]) -> dict[str, Any]:
    while told["state"] == "running":
        await asyncio.sleep(0)
        told = await person.get(f"/api/imports/{told['id']}")
    return told


async def preview(person: Person, raw: bytes, **asked: Any) -> dict[str, Any]:
    response = await upload(person, raw, dry_run=True, **asked)
    assert response.status_code == 202, response.text
    told = await wait_for_end(person, response.json())
    assert told["state"] == "done", told["sentence"]
    return told


async def commit(person: Person, import_id: str, **asked: Any) -> httpx.Response:
    return await person.client.post(f"/api/imports/{import_id}/take", params=asked)


async def facts(person: Person, state: str = "all") -> list[tuple[str, str]]:
    listed = (await person.get("/api/memory/facts", state=state))["facts"]
    return sorted((fact["text"], fact["state"]) for fact in listed)


def texts(told: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((fact["text"], fact["trust"]) for fact in told["learned"])


async def test_what_would_be_learned_is_what_is_learned_then(owner: Person, app: App) -> None:
    talk = chatgpt(
        "a", HOME, ("assistant", "I live in Rome."), ("user", "My sister's name is Ada."),
        ("assistant", "Nice."), ("user", "我搬走了。"),
    )  # fmt: skip
    told = await preview(owner, as_zip({"conversations.json": as_json([talk])}))
    assert ("Lives in Porto", "waiting") in texts(told)
    assert "Rome" not in str(told["learned"])
    assert {"text", "topic", "trust"} == set(told["learned"][0])
    assert await facts(owner) == []
    taken = await wait_for_end(owner, (await commit(owner, told["id"])).json())
    assert (taken["state"], taken["messages"], taken["dry_run"]) == ("done", 5, False)
    assert (taken["learned"], taken["name"]) == ([], "x.zip")
    await app.learning.wait_until_idle()
    assert await facts(owner, "current") == [], "words in a file are no more than suggestions"
    assert [text for text, _ in await facts(owner, "waiting")] == [t for t, _ in texts(told)]


async def test_claims_of_a_file_would_wait_unless_they_are_trusted(owner: Person) -> None:
    raw = as_json(store(memory("m", "Likes tea"), memory("n", "对猫过敏")))
    assert texts(await preview(owner, raw)) == [("Likes tea", "waiting"), ("对猫过敏", "waiting")]
    trusted = await preview(owner, raw, trust=True)
    assert {trust for _, trust in texts(trusted)} == {"own"}
    taken = await wait_for_end(owner, (await commit(owner, trusted["id"])).json())
    assert taken["facts"] == 2
    assert {state for _, state in await facts(owner)} == {"current"}, "trusted as it was looked at"


async def test_what_is_trusted_may_be_decided_after_looking(owner: Person) -> None:
    told = await preview(owner, as_json(store(memory("m", "Likes tea"))))
    await wait_for_end(owner, (await commit(owner, told["id"], trust=True)).json())
    assert await facts(owner) == [("Likes tea", "current")]


async def test_only_what_is_new_and_what_a_thread_shows_is_told(owner: Person, app: App) -> None:
    await owner.post("/api/memory/facts", {"text": "I live in Porto."})
    edited = chatgpt("a", HOME)
    edited["mapping"]["old"] = node("a-0", said("user", "I live in Oslo."))
    edited["mapping"]["new"] = node("a-0", said("user", "My birthday is on the 9th of May."))
    edited["current_node"] = "new"
    told = await preview(owner, as_json([edited]))
    found = str(texts(told))
    assert "Porto" not in found, "it is known"
    assert "Oslo" not in found, "it was replaced"
    assert "May" in found or "05-09" in found


async def test_while_learning_is_paused_words_would_not_be_read(owner: Person) -> None:
    await owner.client.put("/api/memory/learning", json={"paused": True})
    assert (await preview(owner, as_json([chatgpt("a", HOME)])))["learned"] == []


async def test_at_most_two_hundred_are_told(owner: Person) -> None:
    many_claims = [memory(f"m{n}", f"Likes number {n}") for n in range(250)]
    told = await preview(owner, as_json(store(*many_claims)))
    assert (len(told["learned"]), told["facts"]) == (200, 250)


async def test_tau_s_own_export_tells_what_it_holds(owner: Person, guest: Person, app: App) -> None:
    await owner.say(await owner.begin(), "I live in Porto. [[say Lovely.]]")
    (wrong,) = (await owner.post("/api/memory/facts", {"text": "Likes milk"}))["facts"]
    await owner.post(f"/api/memory/facts/{wrong['id']}/reject")
    await app.learning.wait_until_idle()
    raw = (await owner.client.get("/api/export")).content
    back = await preview(guest, raw, trust=True)  # into an empty journal, entry by entry
    assert texts(back) == [("Lives in Porto", "own")]
    asked = await preview(guest, raw)
    assert {trust for _, trust in texts(asked)} == {"waiting"}, "nobody said whose file it is"
    assert (await preview(owner, raw))["learned"] == [], "all of it is known"
    await guest.post("/api/memory/facts", {"text": "Has a cat"})
    merged = await preview(guest, raw)
    assert ("Lives in Porto", "waiting") in texts(merged), "their words, but in a file"


async def test_a_file_is_held_until_another_comes_or_it_is_taken(owner: Person) -> None:
    first = await preview(owner, as_json(many(2)))
    assert first["held"]
    second = await preview(owner, as_json(many(3)))
    assert not (await owner.get(f"/api/imports/{first['id']}"))["held"]
    gone = await commit(owner, first["id"])
    assert (gone.status_code, gone.json()["error"]["code"]) == (409, "conflict")
    taken = await commit(owner, second["id"])
    assert taken.status_code == 202
    assert taken.json()["id"] != second["id"]
    told = await wait_for_end(owner, taken.json())
    assert (told["messages"], told["held"]) == (12, False)
    assert (await commit(owner, second["id"])).status_code == 409
    assert "not a dry run" in (await commit(owner, told["id"])).json()["error"]["sentence"]
    assert (await commit(owner, "nothing")).status_code == 404


async def test_a_file_is_held_for_a_while_only_and_until_tau_ends(
    owner: Person, api: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as hurried:
        hurried.setattr(uploads, "RETAIN_SECONDS", 0.0)
        told = await preview(owner, as_json(many(1)))
        while (await owner.get(f"/api/imports/{told['id']}"))["held"]:  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert "Send it again" in (await commit(owner, told["id"])).json()["error"]["sentence"]
    told = await preview(owner, as_json(many(1)))
    imports = api.state.app_state.imports
    file = imports._retained._files[owner.unlocked.person.id].file
    imports.close()
    assert file.closed
    assert not imports.has_file(owner.unlocked.person.id, told["id"])


async def test_a_dry_run_that_goes_on_or_failed_cannot_be_taken(owner: Person, app: App) -> None:
    life = await app.lives.open(owner.unlocked)
    async with life.transaction():
        begun = (await upload(owner, as_json(many(5)), dry_run=True)).json()
        early = await commit(owner, begun["id"])
        assert (early.status_code, "isn't finished yet" in early.text) == (409, True)
    await wait_for_end(owner, begun)
    failed = await wait_for_end(owner, (await upload(owner, b"some letter", dry_run=True)).json())
    assert (failed["state"], failed["held"]) == ("failed", False)
    assert (await commit(owner, failed["id"])).status_code == 409


async def test_nobody_else_takes_it(owner: Person, guest: Person, anonymous: Any) -> None:
    told = await preview(owner, as_json([chatgpt("a", HOME)]))
    assert (await commit(guest, told["id"])).status_code == 404
    assert (await anonymous.post(f"/api/imports/{told['id']}/take")).status_code == 401
    await preview(guest, as_json(many(1)))
    assert (await commit(owner, told["id"])).status_code == 202, "each holds their own"


async def test_nothing_that_was_foreseen_is_told_after_it_was_forgotten(owner: Person) -> None:
    """Neither in the dry run nor in what was skipped, whatever is forgotten."""
    raw = as_json(store(memory("m", "Likes tea")))
    told = await preview(owner, raw, trust=True)
    taken = await wait_for_end(owner, (await commit(owner, told["id"])).json())
    assert (await owner.get(f"/api/imports/{told['id']}"))["learned"] == [], "it is taken"
    again = await preview(owner, as_json(store(memory("n", "Likes a secret"))))
    assert again["learned"]
    await owner.post("/api/memory/forget", {"import_id": taken["id"], "dry_run": True})
    assert (await owner.get(f"/api/imports/{again['id']}"))["learned"]
    await owner.post("/api/memory/forget", {"import_id": taken["id"]})
    listed = (await owner.get("/api/imports"))["imports"]
    assert [(one["learned"], one["skipped"], one["notes"]) for one in listed] == [([], [], [])] * 2
    assert "secret" not in str(listed)
    assert "tea" not in str(listed)


async def test_when_the_memory_is_put_away_nothing_foreseen_is_told(
    owner: Person, app: App
) -> None:
    told = await preview(owner, as_json(store(memory("m", "Likes tea"))))
    assert told["learned"]
    await app.lives.maintain(time.monotonic() + 1e9)
    assert len(app.lives) == 0
    assert (await owner.get(f"/api/imports/{told['id']}"))["learned"] == []


async def test_who_says_no_to_a_dry_run_lets_its_file_go(owner: Person) -> None:
    told = await preview(owner, as_json(store(memory("m", "Likes tea"))))
    response = await owner.client.delete(f"/api/imports/{told['id']}")
    assert response.status_code == 200
    gone = response.json()
    assert (gone["held"], gone["learned"], gone["state"]) == (False, [], "done")
    assert (await commit(owner, told["id"])).status_code == 409
    assert (await owner.client.delete(f"/api/imports/{told['id']}")).status_code == 409
