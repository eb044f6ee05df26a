"""Artifacts of turns over HTTP: what a reply made, what was open, and what was forgotten."""

import time
from typing import Any

import pytest

from tau.ids import new_id
from tau.journal.entries import ArtifactRevised, MessageAdded
from tests.server.conftest import Person

from .known import life_of

pytestmark = pytest.mark.anyio


async def drawn(person: Person, api: Any) -> tuple[str, str, str]:
    """Return a conversation, the turn of a reply that made a plan, and the plan."""
    conversation, turn, plan = await person.begin(), new_id(), new_id()
    life = await life_of(person, api)
    words = MessageAdded(
        at=time.time(),
        id=new_id(),
        conversation=conversation,
        by="person",
        text="A small house",
        turn=turn,
        expert="sketch",
    )
    made = ArtifactRevised(
        at=time.time(),
        id=new_id(),
        artifact=plan,
        type="plan",
        content="{}",
        title="House, 72 m²",
        expert="sketch",
        conversation=conversation,
        by="tau",
        cause="created",
    )
    reply = MessageAdded(
        at=time.time(),
        id=new_id(),
        conversation=conversation,
        by="tau",
        text="Here's a plan.",
        parent=words.id,
        turn=turn,
        expert="sketch",
        artifact=plan,
        revision=made.id,
    )
    await life.append(words, made, reply)
    return conversation, turn, plan


async def shown(person: Person, conversation: str) -> list[Any]:
    page = await person.get(f"/api/conversations/{conversation}/messages")
    return [each["artifact"] for each in page["messages"]]


async def test_a_reply_names_what_it_made_until_that_is_forgotten(owner: Person, api: Any) -> None:
    conversation, turn, plan = await drawn(owner, api)
    named = {"id": plan, "type": "plan", "title": "House, 72 m²"}
    assert await shown(owner, conversation) == [None, named]
    listed = await owner.get("/api/artifacts", conversation=conversation)
    assert [each["id"] for each in listed["artifacts"]] == [plan]
    replayed = await owner.say(conversation, "A small house", turn=turn)
    (event,) = [each for each in replayed if each["type"] == "artifact"]
    assert (event["artifact"], event["artifact_type"], event["title"]) == (
        plan,
        "plan",
        "House, 72 m²",
    )
    version = (await owner.get(f"/api/artifacts/{plan}"))["version"]["id"]
    assert event["version"] == version
    await owner.client.delete(f"/api/artifacts/{plan}")
    assert await shown(owner, conversation) == [None, None]
    replayed = await owner.say(conversation, "A small house", turn=turn)
    assert not [each for each in replayed if each["type"] == "artifact"]


async def test_what_is_open_must_be_there_and_words_about_it_show_no_link(
    owner: Person, guest: Person, api: Any
) -> None:
    conversation, _, plan = await drawn(owner, api)
    await owner.say(conversation, "hello", artifact=plan)
    assert [bool(each) for each in await shown(owner, conversation)] == [False, True, False, False]
    theirs = await guest.begin()
    body = {"words": "hello", "artifact": plan}
    refused = await guest.client.post(f"/api/conversations/{theirs}/turns", json=body)
    assert refused.status_code == 404
    assert await shown(guest, theirs) == []
