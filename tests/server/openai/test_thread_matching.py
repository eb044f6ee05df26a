"""Matching of a client's history with the conversation it belongs to."""

import pytest

from tau.app import App
from tau.server.auth import CurrentPerson
from tau.server.openai.thread_matching import HistoryMessage, ThreadMatch, match_thread

from ..conftest import Person

pytestmark = pytest.mark.anyio


@pytest.fixture
async def current(app: App, owner: Person) -> CurrentPerson:
    return CurrentPerson(owner.unlocked, await app.lives.open(owner.unlocked), app.companion.care)


async def _noted(current: CurrentPerson, *texts: str) -> tuple[str, list[str]]:
    conversation = (await current.life.create_conversation()).id
    ids = []
    for number, text in enumerate(texts):
        by = "tau" if number % 2 else "person"
        ids.append((await current.life.add_message(conversation, text, by=by)).id)
    return conversation, ids


def _lines(*texts: str) -> list[HistoryMessage]:
    return [
        HistoryMessage("tau" if number % 2 else "person", text) for number, text in enumerate(texts)
    ]


async def test_first_words_belong_nowhere_yet(current: CurrentPerson) -> None:
    await _noted(current, "Hello", "Hi")
    assert match_thread(current, _lines("Hello")) is None


async def test_the_last_reply_tells_the_conversation(current: CurrentPerson) -> None:
    conversation, _ = await _noted(current, "Hello", "Good morning")
    await _noted(current, "Hello", "Good night")
    assert match_thread(current, _lines("Hello", "Good  morning\n", "Next")) == ThreadMatch(
        conversation
    )


async def test_a_regenerated_reply_is_a_retry(current: CurrentPerson) -> None:
    conversation, ids = await _noted(current, "Hello", "Hi there", "And now?", "Now this")
    place = match_thread(current, _lines("Hello", "Hi there", "And now?"))
    assert place == ThreadMatch(conversation, retries=ids[2])


async def test_changed_words_are_an_edit(current: CurrentPerson) -> None:
    conversation, ids = await _noted(current, "Hello", "Hi there", "And now?", "Now this")
    place = match_thread(current, _lines("Hello", "Hi there", "And then?"))
    assert place == ThreadMatch(conversation, edits=ids[2])


async def test_a_client_that_drops_replies_is_followed_by_its_words(current: CurrentPerson) -> None:
    conversation, _ = await _noted(current, "First question", "An answer")
    lines = [
        HistoryMessage("person", "First question"),
        HistoryMessage("person", "Second question"),
    ]
    assert match_thread(current, lines) == ThreadMatch(conversation)


async def test_archived_and_private_conversations_are_left_alone(current: CurrentPerson) -> None:
    conversation, _ = await _noted(current, "Hello", "Good morning")
    await current.life.update_conversation(conversation, archived=True)
    slot = current.unlocked.slot.id
    private = (await current.life.create_conversation(private=True, slot=slot)).id
    await current.life.add_message(private, "Hello")
    await current.life.add_message(private, "Good morning", by="tau")
    assert match_thread(current, _lines("Hello", "Good morning", "Next")) is None


async def test_an_unknown_history_is_written_down_before_the_words(owner: Person) -> None:
    history = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "My cat is called Plato"},
        {"role": "assistant", "content": "A fine name"},
        {"role": "user", "content": "[[say Noted]]"},
    ]
    body = {"model": "tau", "messages": history}
    response = await owner.client.post("/v1/chat/completions", json=body)
    conversation = response.headers["x-tau-conversation"]
    messages = (await owner.get(f"/api/conversations/{conversation}/messages"))["messages"]
    assert [(one["by"], one["text"]) for one in messages] == [
        ("person", "My cat is called Plato"),
        ("tau", "A fine name"),
        ("person", "[[say Noted]]"),
        ("tau", "Noted"),
    ]
