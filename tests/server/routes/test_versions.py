"""Versions of messages: what an edit or another reply replaced stays reachable."""

import asyncio
from typing import Any

import pytest

from tau.app import App
from tau.life.changes import ChangeEvent

from ..conftest import Person, parse_events

pytestmark = pytest.mark.anyio


async def shown(owner: Person, conversation: str) -> list[dict[str, Any]]:
    page: dict[str, Any] = await owner.get(f"/api/conversations/{conversation}/messages")
    return list(page["messages"])


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [message["text"] for message in messages]


@pytest.mark.parametrize("private", [False, True])
async def test_an_edited_message_and_all_below_it_come_back(owner: Person, private: bool) -> None:
    conversation = await owner.begin(private=private)
    await owner.say(conversation, "[[say One]] first")
    await owner.say(conversation, "[[say Two]] second")
    before = await shown(owner, conversation)
    assert [(m["version"], m["versions"]) for m in before] == [(1, [m["id"]]) for m in before]
    for number in (2, 3):
        await owner.say(conversation, f"[[say {number}]] edited", edits=before[0]["id"])
    edited, reply = await shown(owner, conversation)
    assert edited["version"] == 3
    assert edited["versions"][0] == before[0]["id"]
    assert edited["versions"][2] == edited["id"]
    assert reply["versions"] == [reply["id"]]

    told = await owner.post(f"/api/messages/{before[0]['id']}/show")
    assert (told["version"], told["versions"]) == (1, edited["versions"])
    assert texts(await shown(owner, conversation)) == texts(before)
    await owner.say(conversation, "[[say Three]] third")
    assert texts(await shown(owner, conversation)) == [
        *texts(before),
        "[[say Three]] third",
        "Three",
    ]
    await owner.post(f"/api/messages/{edited['id']}/show")
    assert texts(await shown(owner, conversation)) == ["[[say 3]] edited", "3"]


async def test_replies_are_versions_of_each_other(owner: Person) -> None:
    conversation = await owner.begin()
    await owner.say(conversation, "hello")
    words, first = await shown(owner, conversation)
    again = await owner.client.post(
        f"/api/messages/{words['id']}/retry", json={}, headers={"Accept": "text/event-stream"}
    )
    second = parse_events(again.content)[-1]["message"]
    assert (await shown(owner, conversation))[1]["versions"] == [first["id"], second]
    await owner.post(f"/api/messages/{first['id']}/show")
    assert (await shown(owner, conversation))[1]["id"] == first["id"]


async def test_other_devices_learn_of_it_and_other_people_cannot(
    app: App, owner: Person, guest: Person
) -> None:
    conversation = await owner.begin()
    await owner.say(conversation, "one")
    (first, _) = await shown(owner, conversation)
    await owner.say(conversation, "two", edits=first["id"])
    path = f"/api/messages/{first['id']}/show"
    assert (await guest.client.post(path)).status_code == 404
    life = await app.lives.open(owner.unlocked)
    listening = life.changes.listen()
    waiting = asyncio.ensure_future(anext(listening))
    await asyncio.sleep(0)
    await owner.post(path)
    assert await waiting == ChangeEvent(
        what="message", conversation=conversation, seq=life.memory.last
    )
    await listening.aclose()  # type: ignore[attr-defined]
    await owner.post(path)
    assert life.memory.last == waiting.result().seq, "it showed already: nothing is written"
