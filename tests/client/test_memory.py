"""Facts, search, learning, forgetting and export through the client, on a real Tau."""

import json

import pytest

from tau.app import App
from tau.client.client import Client
from tau.client.http import ApiError

pytestmark = pytest.mark.anyio


async def test_a_fact_is_added_corrected_confirmed_and_undone(client: Client) -> None:
    (added,) = await client.memory.add_fact("I live in Porto")
    assert (added.text, added.state) == ("Lives in Porto", "current")
    corrected = await client.memory.correct(added, "Lives in Lisbon")
    assert [fact.id for fact in await client.memory.facts()] == [corrected.id]
    confirmed = await client.memory.confirm(corrected)
    assert confirmed.confirmed
    detail = await client.memory.fact(corrected.id)
    assert [fact.text for fact in detail.history] == ["Lives in Porto", "Lives in Lisbon"]
    (line,) = await client.memory.profile()
    assert line.facts == [corrected.id]
    await client.memory.undo(corrected.id)
    with pytest.raises(ApiError) as missing:
        await client.memory.fact("unknown")
    assert missing.value.status == 404


async def test_facts_are_filtered_by_state_and_query(client: Client) -> None:
    await client.memory.add_fact("I live in Porto")
    (sister, *_) = await client.memory.add_fact("My sister is called Ada")
    assert [fact.id for fact in await client.memory.facts(query="sister", limit=1)] == [sister.id]
    (rejected,) = await client.memory.judge("reject", [sister.id])
    assert rejected.state == "rejected"
    assert await client.memory.facts(state="rejected") == [rejected]


async def test_learning_is_paused_and_resumed(client: Client) -> None:
    assert (await client.memory.learning(paused=True)).paused
    assert (await client.memory.learning()).paused
    assert not (await client.memory.learning(paused=False)).paused


async def test_what_is_forgotten_is_previewed_found_no_more_and_not_exported(
    client: Client,
) -> None:
    conversation = await client.conversations.begin()
    turn = await client.turns.say(conversation.id, "The treasure lies under the oak. [[say Noted]]")
    events = [event async for event in client.turns.events(turn.turn)]
    assert events[-1].id == len(events)
    (found, *_) = await client.memory.search("treasure")
    assert found.message == await client.conversations.message(turn.message)
    preview = await client.memory.forget(dry_run=True, messages=[turn.message])
    assert (preview.dry_run, preview.messages) == (True, 1)
    assert preview.preview[0].what == "message"
    assert (await client.memory.forget(messages=[turn.message])).messages == 1
    assert await client.memory.search("treasure") == []
    lines = b"".join([piece async for piece in client.memory.export("jsonl")]).splitlines()
    assert all(json.loads(line) for line in lines)
    assert not any(b"treasure" in line for line in lines)


async def test_an_unknown_format_of_export_is_refused(app: App, client: Client) -> None:
    with pytest.raises(ApiError):
        _ = [piece async for piece in client.memory.export("nonsense")]
