"""Forgetting: previews, replies in progress, private conversations and other devices."""

import asyncio
import time
from typing import Any

import msgspec
import pytest

from tau.app import App
from tau.errors import NotFound
from tau.journal.entries import Claim, ClaimLearned, FileImported, MessageAdded

from ..conftest import Person
from .known import FACTS, learn, life_of, listed, note

pytestmark = pytest.mark.anyio
FORGET = "/api/memory/forget"


async def test_deleting_a_message_takes_its_other_versions_along(owner: Person) -> None:
    conversation = await owner.begin()
    first = await owner.say(conversation, "Zanzibar one. [[say Noted.]]")
    edited = await owner.say(conversation, "Nothing. [[say Fine.]]", edits=first[0]["message"])
    gone = await owner.client.delete(f"/api/messages/{edited[0]['message']}")
    assert gone.status_code == 204
    assert (await owner.client.get(f"/api/messages/{first[0]['message']}")).status_code == 404
    assert "anzibar" not in (await owner.client.get("/api/export")).text


async def test_erasing_a_conversation_takes_what_repeats_it_elsewhere(
    owner: Person, api: Any
) -> None:
    conversation = await owner.begin()
    said = (await owner.say(conversation, "The word is zanzibar. [[say Kept.]]"))[0]["message"]
    other = await owner.begin(title="Words")
    path = f"/api/conversations/{other}/messages"
    asked = (await owner.post(path, {"text": "What was it?"}))["id"]
    answer = MessageAdded(
        at=1.0, id="a", conversation=other, by="tau", text="Zanzibar!", parent=asked,
        recalled=(said,),
    )  # fmt: skip
    await (await life_of(owner, api)).append(other, answer)
    assert (await owner.client.delete(f"/api/conversations/{conversation}")).status_code == 204
    assert [one["text"] for one in (await owner.get(path))["messages"]] == ["What was it?"]
    assert "zanzibar" not in (await owner.client.get("/api/export")).text.lower()


async def test_a_reply_made_of_what_was_forgotten_meanwhile_is_not_kept(
    owner: Person, api: Any
) -> None:
    conversation = await owner.begin()
    path = f"/api/conversations/{conversation}/messages"
    said = (await owner.post(path, {"text": "The word is zanzibar"}))["id"]
    await owner.client.delete(f"/api/messages/{said}")
    late = MessageAdded(
        at=1.0, id="late", conversation="d", by="tau", text="Zanzibar!", recalled=(said,)
    )
    life = await life_of(owner, api)
    with pytest.raises(NotFound, match="has been forgotten"):
        await life.append(late)
    assert "zanzibar" not in (await owner.client.get("/api/export")).text.lower()


async def test_a_reply_in_the_making_ends_before_its_words_are_forgotten(
    owner: Person, api: Any
) -> None:
    conversation = await owner.begin()
    begun = await owner.post(
        f"/api/conversations/{conversation}/turns",
        {"words": "Zanzibar. [[say zanzibar zanzibar zanzibar]]", "turn": "t"},
    )
    done = await owner.post(FORGET, {"messages": [begun["message"]]})
    assert done["messages"] == 1
    assert (await owner.get("/api/turns"))["turns"] == []
    assert "zanzibar" not in (await owner.client.get("/api/export")).text.lower()
    assert (await owner.client.get("/api/turns/t")).status_code == 404


async def test_a_private_message_is_forgotten_without_a_trace_of_it(
    owner: Person, api: Any
) -> None:
    private = await owner.begin(private=True)
    said = (await owner.say(private, "Zanzibar [[say Yes]]"))[0]["message"]
    written = (await life_of(owner, api)).memory.last
    preview = await owner.post(FORGET, {"messages": [said], "dry_run": True})
    assert preview["messages"] == 1
    assert (await owner.get(f"/api/messages/{said}"))["id"] == said
    await owner.post(FORGET, {"messages": [said]})
    assert (await owner.client.get(f"/api/messages/{said}")).status_code == 404
    preview = await owner.post(FORGET, {"conversation": private, "dry_run": True})
    assert preview["conversations"] == 1
    await owner.post(FORGET, {"conversation": private})
    assert (await owner.client.get(f"/api/conversations/{private}")).status_code == 404
    assert (await life_of(owner, api)).memory.last == written


async def test_a_preview_of_much_tells_the_first_hundred(owner: Person, api: Any) -> None:
    conversation = await owner.begin()
    life = await life_of(owner, api)
    await life.append(

        *(
            MessageAdded(
                at=float(n),
                id=f"m{n}",
                conversation=conversation,
                by="person",
                text=f"Note {n}",
                parent=f"m{n - 1}" if n else None,
            )
            for n in range(150)
        ),
    )  # fmt: skip
    asked = {"conversation": conversation, "dry_run": True}
    preview = await owner.post(FORGET, asked)
    assert preview["messages"] == 150
    assert len([one for one in preview["preview"] if one["what"] == "message"]) == 100


async def test_what_stays_elsewhere_is_named(owner: Person) -> None:
    conversation = await owner.begin()
    path = f"/api/conversations/{conversation}/messages"
    one = (await owner.post(path, {"text": "The word is zanzibar"}))["id"]
    two = (await owner.post(path, {"text": "I said zanzibar twice"}))["id"]
    preview = await owner.post(FORGET, {"messages": [one], "dry_run": True})
    assert preview["elsewhere"] == 1
    assert [each["id"] for each in preview["preview"] if each["what"] == "elsewhere"] == [two]
    await owner.post(FORGET, {"messages": [one]})
    assert (await owner.get(f"/api/messages/{two}"))["text"] == "I said zanzibar twice"


async def test_other_devices_hear_that_something_was_forgotten(
    owner: Person, api: Any, app: App
) -> None:
    conversation = await owner.begin()
    path = f"/api/conversations/{conversation}/messages"
    said = (await owner.post(path, {"text": "The word is zanzibar"}))["id"]
    await app.learning.wait_until_idle()
    heard = (await life_of(owner, api)).changes.listen()
    first = asyncio.ensure_future(anext(heard))
    await asyncio.sleep(0)
    await owner.post(FORGET, {"messages": [said]})
    assert (await first).what == "forgot"
    await heard.aclose()  # type: ignore[attr-defined]


async def test_nothing_of_it_is_in_the_log_of_the_program(
    owner: Person, caplog: pytest.LogCaptureFixture
) -> None:
    conversation = await owner.begin()
    with caplog.at_level("DEBUG", "tau"):
        said = (await owner.say(conversation, "Zanzibar [[say Zanzibar]]"))[0]["message"]
        await owner.post(FORGET, {"messages": [said]})
        await owner.client.post(f"/api/memory/facts/{said}/correct", json={"text": "Zanzibar"})
    assert "zanzibar" not in caplog.text.lower()


async def test_forgetting_is_told_first_and_then_done(owner: Person, api: Any) -> None:
    conversation = await owner.begin()
    await owner.say(conversation, "The word is zanzibar. [[say Kept.]]")
    life = await life_of(owner, api)
    said = life.memory.conversations.thread(conversation)[0].id
    fact = await learn(life, "The word is zanzibar", said, topic="other")
    asked = {"messages": [said], "dry_run": True}
    preview = await owner.post("/api/memory/forget", asked)
    counts = {name: preview[name] for name in ("messages", "replies", "facts", "titles")}
    assert counts == {"messages": 1, "replies": 1, "facts": 1, "titles": 1}
    assert {(one["what"], one["id"]) for one in preview["preview"]} >= {
        ("message", said), ("fact", fact), ("title", conversation),
    }  # fmt: skip
    assert (await owner.get(f"/api/messages/{said}"))["id"] == said, "nothing is gone yet"
    done = await owner.post("/api/memory/forget", asked | {"dry_run": False})
    assert done["preview"] == []
    assert {name: done[name] for name in counts} == counts
    assert "zanzibar" not in (await owner.client.get("/api/export")).text.lower()
    assert (await owner.client.get(f"{FACTS}/{fact}")).status_code == 404


async def test_forgetting_a_fact_forgets_who_said_so(owner: Person, api: Any) -> None:
    said = await note(owner, "The word is zanzibar")
    name = await learn(await life_of(owner, api), "The word is zanzibar", said, topic="other")
    gone = await owner.client.delete(f"{FACTS}/{name}")
    assert (gone.json()["messages"], gone.json()["facts"]) == (1, 1)
    assert (await owner.client.delete(f"{FACTS}/{name}")).status_code == 404
    assert (await owner.get("/api/search", q="zanzibar"))["passages"] == []


async def test_a_time_is_forgotten(owner: Person) -> None:
    conversation = await owner.begin(title="Garden")
    path = f"/api/conversations/{conversation}/messages"
    await owner.post(path, {"text": "Long ago", "at": "2020-01-01T00:00:00Z"})
    await owner.post(path, {"text": "Zanzibar just now"})
    await owner.post(FACTS, {"text": "Zanzibar told directly"})
    done = await owner.post("/api/memory/forget", {"since": time.time() - 3600})
    assert (done["messages"], done["facts"], done["conversations"]) == (1, 1, 0)
    assert [one["text"] for one in (await owner.get(path))["messages"]] == ["Long ago"]
    assert await listed(owner, state="all") == []
    asked = {"since": "2019-12-01", "until": "2020-02-01"}
    assert (await owner.post("/api/memory/forget", asked))["conversations"] == 1
    assert (await owner.get("/api/conversations"))["conversations"] == []


async def test_an_import_is_forgotten_whole(owner: Person, api: Any) -> None:
    life = await life_of(owner, api)
    said = MessageAdded(
        at=1.0, id="m", conversation="c", by="person", text="Zanzibar", imported="i"
    )
    await life.append(
        FileImported(at=1.0, id="i", origin="chatgpt", name="zanzibar.json"),
        msgspec.structs.replace(said, origin="chatgpt"),
        ClaimLearned(at=1.0, id="f", claim=Claim(topic="other", text="Zanzibar"), imported="i"),
    )
    message = await owner.get("/api/messages/m")
    assert (message["origin"], message["imported"]) == ("chatgpt", "i")
    done = await owner.post("/api/memory/forget", {"import_id": "i"})
    assert (done["messages"], done["facts"], done["conversations"]) == (1, 1, 1)
    assert "zanzibar" not in (await owner.client.get("/api/export")).text.lower()
    again = await owner.client.post("/api/memory/forget", json={"import_id": "i"})
    assert again.status_code == 404


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 422),
        ({"dry_run": True}, 422),
        ({"messages": ["a"], "conversation": "b"}, 422),
        ({"messages": ["a"], "facts": ["b"]}, 404),
        ({"until": 5}, 422),
        ({"messages": []}, 422),
        ({"since": 10, "until": 5}, 400),
        ({"conversation": "nowhere"}, 404),
        ({"import_id": "nothing"}, 404),
        ({"messages": ["nothing"]}, 404),
        ({"facts": ["nothing"]}, 404),
    ],
)
async def test_what_cannot_be_forgotten_is_told(
    owner: Person, asked: dict[str, Any], status: int
) -> None:
    answer = await owner.client.post("/api/memory/forget", json=asked)
    assert answer.status_code == status, answer.text


async def test_the_events_of_a_turn_do_not_bring_back_what_was_forgotten(owner: Person) -> None:
    conversation = await owner.begin()
    events = await owner.say(conversation, "Zanzibar. [[say Zanzibar indeed.]]")
    turn = events[0]["turn"]
    await owner.client.delete(f"/api/messages/{events[0]['message']}")
    answer = await owner.client.get(f"/api/turns/{turn}/events")
    assert "zanzibar" not in answer.text.lower()


async def test_outside_of_care_a_preview_shows_nothing_that_was_said_there(
    app: App, owner: Person
) -> None:
    """What goes is listed without its words, and what stays isn't listed."""
    conversation = await owner.begin()
    words = "Quentin came by with zanzibar. [[say Quentin is nice.]]"
    said = (await owner.say(conversation, words))[0]["message"]
    care = (await owner.client.post("/api/conversations", json={})).json()["id"]
    there = "My brother Quentin, zanzibar, left me. [[say Zanzibar Quentin left.]]"
    in_care = (await owner.say(care, there, expert="care"))[0]["message"]
    await app.learning.wait_until_idle()

    async def preview(**what: Any) -> dict[str, Any]:
        found: dict[str, Any] = await owner.post(FORGET, {**what, "dry_run": True})
        return found

    outside = await preview(messages=[said])
    assert "left" not in str(outside)
    assert [one["what"] for one in outside["preview"]] == ["message", "reply", "title"]
    for mixed in ({"since": 0}, {"messages": [said, in_care]}):
        found = await preview(**mixed)
        assert "left" not in str(found)
        of_care = [one["what"] for one in found["preview"] if one["care"]]
        assert of_care[:2] == ["message", "reply"]
    for alone in ({"messages": [in_care]}, {"conversation": care}):
        assert "brother" in str(await preview(**alone))
    await owner.post(FORGET, {"since": 0})
    export = await owner.client.get("/api/export", params={"with_care": "true"})
    assert "zanzibar" not in export.text.lower()
