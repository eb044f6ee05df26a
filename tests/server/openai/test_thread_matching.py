"""Where a client's history goes on: the conversation it belongs to, found by what was said."""

import pytest

from tau.app import App
from tau.server.auth import Present
from tau.server.openai.thread_matching import Line, Place, find_place

from ..conftest import Person

pytestmark = pytest.mark.anyio


@pytest.fixture
async def here(house: App, owner: Person) -> Present:
    return Present(owner.unlocked, await house.companion.life(owner.unlocked))


async def _noted(here: Present, *texts: str) -> tuple[str, list[str]]:
    conversation = (await here.life.begin()).id
    ids = []
    for number, text in enumerate(texts):
        by = "tau" if number % 2 else "person"
        ids.append((await here.life.note(conversation, text, by=by)).id)
    return conversation, ids


def _lines(*texts: str) -> list[Line]:
    return [Line("tau" if number % 2 else "person", text) for number, text in enumerate(texts)]


async def test_first_words_belong_nowhere_yet(here: Present) -> None:
    await _noted(here, "Hello", "Hi")
    assert find_place(here, _lines("Hello")) is None


async def test_the_last_reply_tells_the_conversation(here: Present) -> None:
    conversation, _ = await _noted(here, "Hello", "Good morning")
    await _noted(here, "Hello", "Good night")
    assert find_place(here, _lines("Hello", "Good  morning\n", "Next")) == Place(conversation)


async def test_a_regenerated_reply_is_a_retry(here: Present) -> None:
    conversation, ids = await _noted(here, "Hello", "Hi there", "And now?", "Now this")
    place = find_place(here, _lines("Hello", "Hi there", "And now?"))
    assert place == Place(conversation, retries=ids[2])


async def test_changed_words_are_an_edit(here: Present) -> None:
    conversation, ids = await _noted(here, "Hello", "Hi there", "And now?", "Now this")
    place = find_place(here, _lines("Hello", "Hi there", "And then?"))
    assert place == Place(conversation, edits=ids[2])


async def test_a_client_that_drops_replies_is_followed_by_its_words(here: Present) -> None:
    conversation, _ = await _noted(here, "First question", "An answer")
    lines = [Line("person", "First question"), Line("person", "Second question")]
    assert find_place(here, lines) == Place(conversation)


async def test_archived_and_private_conversations_are_left_alone(here: Present) -> None:
    conversation, _ = await _noted(here, "Hello", "Good morning")
    await here.life.change(conversation, archived=True)
    private = (await here.life.begin(private=True)).id
    await here.life.note(private, "Hello")
    await here.life.note(private, "Good morning", by="tau")
    assert find_place(here, _lines("Hello", "Good morning", "Next")) is None


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
