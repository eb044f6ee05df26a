"""Watching turns: from any event, on several devices, after stops, retries and restarts."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI

from tau.app import App
from tau.life.changes import ChangeEvent
from tau.models.scripted import gate

from ..conftest import Person, parse_events, text_of

pytestmark = pytest.mark.anyio


async def _watch(person: Person, turn: str, **headers: str) -> list[dict[str, Any]]:
    response = await person.client.get(f"/api/turns/{turn}/events", headers=headers)
    assert response.status_code == 200, response.text
    return parse_events(response.content)


async def _thread(person: Person, conversation: str) -> list[dict[str, Any]]:
    page = await person.get(f"/api/conversations/{conversation}/messages")
    return list(page["messages"])


async def _paused(person: Person, conversation: str, words: str) -> dict[str, Any]:
    begun: dict[str, Any] = await person.post(
        f"/api/conversations/{conversation}/turns", {"words": words}
    )
    await gate.reached()
    return begun


async def test_a_device_resumes_at_every_event(owner: Person) -> None:
    events = await owner.say(await owner.begin(), "[[tokens 3]]")
    turn = events[0]["turn"]
    for seen in range(len(events) + 1):
        assert await _watch(owner, turn, **{"Last-Event-ID": str(seen)}) == events[seen:]
    for lost in ("99999999999999999999", str(len(events) + 7)):
        assert await _watch(owner, turn, **{"Last-Event-ID": lost}) == []


async def test_the_header_goes_before_the_address_and_nonsense_before_nothing(
    owner: Person,
) -> None:
    events = await owner.say(await owner.begin(), "[[tokens 3]]")
    path = f"/api/turns/{events[0]['turn']}/events"
    table: tuple[tuple[str | None, dict[str, int], int], ...] = (
        ("2", {"after": 4}, 2),
        ("-1", {"after": 3}, 3),
        ("", {"after": 1}, 1),
        (None, {}, 0),
    )
    for header, query, seen in table:
        headers = {"Last-Event-ID": header} if header is not None else {}
        response = await owner.client.get(path, params=query, headers=headers)
        assert parse_events(response.content) == events[seen:], header
    for query in ({"after": -1}, {"after": 2**54}, {"after": "x"}):
        assert (await owner.client.get(path, params=query)).status_code == 422  # type: ignore[arg-type]
    long = await owner.client.get(path, headers={"Last-Event-ID": "1" * 21})
    assert long.status_code == 422


async def test_two_devices_see_the_same_from_different_events_on(owner: Person) -> None:
    begun = await _paused(owner, await owner.begin(), "[[pause after 2]] [[tokens 5]]")
    watchers = [
        asyncio.create_task(_watch(owner, begun["turn"], **{"Last-Event-ID": seen}))
        for seen in ("0", "0", "3")
    ]
    gate.set()
    first, second, late = await asyncio.gather(*watchers)
    assert first == second
    assert late == first[3:]
    assert text_of(first).split() == [f"word{number}" for number in range(1, 6)]


async def test_stopping_twice_or_too_late_is_no_fault(owner: Person) -> None:
    conversation = await owner.begin()
    begun = await _paused(owner, conversation, "[[pause after 2]] [[tokens 5]]")
    stop = f"/api/turns/{begun['turn']}/stop"
    for _ in range(2):
        assert (await owner.client.post(stop)).status_code == 204
    events = await _watch(owner, begun["turn"])
    assert (await owner.client.post(stop)).status_code == 204
    assert await _watch(owner, begun["turn"]) == events
    assert [event["type"] for event in events].count("done") == 1
    words, reply = await _thread(owner, conversation)
    assert (words["status"], reply["status"]) == ("complete", "stopped")
    assert reply["text"] == text_of(events)  # what was shown is what is kept


async def test_a_reply_stopped_before_its_first_word_leaves_only_the_words(owner: Person) -> None:
    conversation = await owner.begin()
    begun = await _paused(owner, conversation, "[[pause]] [[say Never]]")
    await owner.client.post(f"/api/turns/{begun['turn']}/stop")
    events = await _watch(owner, begun["turn"])
    assert (events[-1]["type"], events[-1]["message"]) == ("failed", None)
    assert events[-1]["code"] == "stopped"
    assert [one["by"] for one in await _thread(owner, conversation)] == ["person"]
    assert (await owner.get(f"/api/conversations/{conversation}"))["live_turn"] is None


async def test_a_reply_that_breaks_off_is_kept_and_marked(owner: Person) -> None:
    conversation = await owner.begin()
    events = await owner.say(conversation, "[[die after 3]]")
    reply = (await _thread(owner, conversation))[-1]
    assert (events[-1]["type"], events[-1]["message"]) == ("failed", reply["id"])
    assert events[-1]["code"] == "model_interrupted"
    assert reply["status"] == "interrupted"
    assert len(reply["text"].split()) == 3


async def test_a_model_that_answers_nonsense_is_told_and_the_words_stay(owner: Person) -> None:
    conversation = await owner.begin()
    events = await owner.say(conversation, "[[nonsense]]")
    assert (events[-1]["type"], events[-1]["code"]) == ("failed", "model_nonsense")
    assert events[-1]["sentence"].endswith(".")
    assert [one["text"] for one in await _thread(owner, conversation)] == ["[[nonsense]]"]


async def test_an_edited_message_can_be_retried_and_the_old_one_leaves_the_thread(
    owner: Person,
) -> None:
    conversation = await owner.begin()
    first = await owner.say(conversation, "[[say One]]")
    await owner.say(conversation, "[[say After one]]")
    edited = await owner.say(conversation, "[[say Two]]", edits=first[0]["message"])
    retried = await owner.client.post(
        f"/api/messages/{edited[0]['message']}/retry",
        json={},
        headers={"Accept": "text/event-stream"},
    )
    again = parse_events(retried.content)
    assert text_of(again) == "Two"
    thread = await _thread(owner, conversation)
    assert [one["id"] for one in thread] == [edited[0]["message"], again[-1]["message"]]
    assert [one["text"] for one in thread] == ["[[say Two]]", "Two"]


async def test_what_cannot_be_retried_or_edited_is_told(owner: Person) -> None:
    conversation, elsewhere = await owner.begin(), await owner.begin()
    events = await owner.say(conversation, "[[say One]]")
    words, reply = events[0]["message"], events[-1]["message"]
    turns = f"/api/conversations/{conversation}/turns"
    table: tuple[tuple[str, dict[str, Any], int], ...] = (
        (f"/api/messages/{reply}/retry", {}, 400),
        ("/api/messages/nowhere/retry", {}, 404),
        (f"/api/messages/{words}/retry", {"model": "nothing"}, 404),
        (f"/api/messages/{words}/retry", {"turn": "x" * 65}, 400),
        (f"/api/messages/{words}/retry", {"turn": ""}, 422),
        (turns, {"words": "x", "edits": reply}, 400),
        (turns, {"words": "x", "edits": "nowhere"}, 404),
        (turns, {"words": "x", "turn": "tür"}, 400),
        (turns, {"words": "x", "turn": "x" * 129}, 422),
        (turns, {"words": "x" * 1_000_001}, 400),
        (f"/api/conversations/{elsewhere}/turns", {"words": "x", "edits": words}, 404),
        ("/api/conversations/nowhere/turns", {"words": "x"}, 404),
    )
    for path, body, status in table:
        response = await owner.client.post(path, json=body)
        assert response.status_code == status, f"{path}: {response.text}"
        assert response.json()["error"]["sentence"].endswith(".")
    assert len(await _thread(owner, conversation)) == 2
    assert await _thread(owner, elsewhere) == []


async def test_a_retry_repeated_under_its_own_id_is_made_once(owner: Person) -> None:
    conversation = await owner.begin()
    events = await owner.say(conversation, "[[say One]]")
    path = f"/api/messages/{events[0]['message']}/retry"
    for _ in range(2):
        begun = await owner.post(path, {"turn": "again"})
        await _watch(owner, begun["turn"])
    exported = (await owner.client.get("/api/export")).text
    assert exported.count('"again"') == 1


async def test_after_a_restart_a_turn_is_told_from_the_journal(app: App, owner: Person) -> None:
    events = await owner.say(await owner.begin(), "[[say Good morning]]")
    turn = events[0]["turn"]
    await app.lives.unload(owner.unlocked.person.id)
    whole = await _watch(owner, turn)
    assert text_of(whole) == "Good morning"
    assert (whole[0]["message"], whole[-1]["message"]) == (
        events[0]["message"],
        events[-1]["message"],
    )
    resumed = await _watch(owner, turn, **{"Last-Event-ID": "3"})
    assert [event["type"] for event in resumed] == ["done"]
    assert resumed[0]["id"] == 4
    broken = (await owner.say(await owner.begin(), "[[die after 3]]"))[0]["turn"]
    await app.lives.unload(owner.unlocked.person.id)
    assert (await _watch(owner, broken))[-1]["code"] == "interrupted"


async def test_devices_hear_of_all_that_changes_by_a_turn(app: App, owner: Person) -> None:
    life = await app.lives.open(owner.unlocked)
    heard: list[ChangeEvent] = []

    async def listen() -> None:
        async for change in life.changes.listen():
            heard.append(change)  # noqa: PERF401 (they are looked at as they come)

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0)

    async def changed() -> list[str]:
        await app.learning.wait_until_idle()
        await asyncio.sleep(0)
        told = [change.what for change in heard]
        heard.clear()
        return told

    conversation = await owner.begin()
    assert await changed() == ["conversation"]
    events = await owner.say(conversation, "I live in Porto. [[say Lovely.]]")
    told = await changed()
    assert {"turn_began", "message", "turn_ended", "facts"} <= set(told)
    assert told.index("turn_began") < told.index("turn_ended")
    assert (await owner.get("/api/memory/facts"))["facts"][0]["text"] == "Lives in Porto"
    (fact,) = (await owner.get("/api/memory/facts"))["facts"]
    await owner.post(f"/api/memory/facts/{fact['id']}/confirm")
    assert await changed() == ["facts"]
    await owner.client.put("/api/memory/learning", json={"paused": True})
    assert await changed() == ["facts"]
    await owner.client.delete(f"/api/messages/{events[0]['message']}")
    assert "forgot" in await changed()
    life.changes.close()
    await listening


async def test_a_person_who_is_removed_takes_their_turns_along(
    api: FastAPI, owner: Person, guest: Person
) -> None:
    begun = await _paused(guest, await guest.begin(), "[[pause after 1]] [[tokens 9]]")
    watching = asyncio.create_task(_watch(guest, begun["turn"]))
    response = await owner.client.delete(f"/api/people/{guest.unlocked.person.id}")
    assert response.status_code == 204
    assert (await watching)[-1]["type"] in {"done", "failed"}
    for path in (f"/api/turns/{begun['turn']}", "/api/turns", "/api/export"):
        assert (await guest.client.get(path)).status_code == 401
    refused = await guest.client.post("/api/conversations", json={})
    assert refused.status_code == 401
    assert len(api.state.app_state.lives) == 0
