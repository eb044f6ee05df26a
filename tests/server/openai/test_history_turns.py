"""Chats of clients that send their whole history: none is lost in another, none is doubled."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tau.app import App
from tau.models.scripted import gate

from ..conftest import Person

pytestmark = pytest.mark.anyio

Line = tuple[str, str]
Send = Callable[..., Awaitable[str]]
"""Sends a history in one of the API shapes, and returns the reply."""
GREETING = ("assistant", "*Robin waves* Good to see you!")


async def send_openai(owner: Person, history: list[Line], **more: Any) -> str:
    messages = [{"role": role, "content": text} for role, text in history]
    response = await owner.client.post(
        "/v1/chat/completions", json={"model": "tau", "messages": messages}, **more
    )
    assert response.is_success, response.text
    return str(response.json()["choices"][0]["message"]["content"])


async def send_inflection(owner: Person, history: list[Line]) -> str:
    types = {"user": "Human", "assistant": "AI"}
    context = [{"type": types[role], "text": text} for role, text in history]
    answer = await owner.post("/external/api/inference", {"config": "Pi-3.1", "context": context})
    return str(answer["text"])


@pytest.fixture(params=[send_openai, send_inflection], ids=["openai", "inflection"])
def send(request: pytest.FixtureRequest) -> Send:
    sender: Send = request.param
    return sender


async def threads(owner: Person) -> list[list[str]]:
    """Return the visible texts of every conversation, the newest first."""
    conversations = (await owner.get("/api/conversations", limit=100))["conversations"]
    pages = [await owner.get(f"/api/conversations/{c['id']}/messages") for c in conversations]
    return [[message["text"] for message in page["messages"]] for page in pages]


async def test_two_chats_with_the_same_greeting_stay_two(
    app: App, owner: Person, send: Send
) -> None:
    dog = [GREETING, ("user", "I adopted a dog named Biscuit. [[say Lovely.]]")]
    peru = [GREETING, ("user", "What is the capital of Peru? [[say Lima.]]")]
    await send(owner, dog)
    await send(owner, peru)
    await send(owner, [*dog, ("assistant", "Lovely."), ("user", "[[say Woof]] Indeed")])
    await send(owner, [*peru, ("assistant", "Lima."), ("user", "[[say Yes]] Really?")])
    assert await threads(owner) == [
        [GREETING[1], peru[1][1], "Lima.", "[[say Yes]] Really?", "Yes"],
        [GREETING[1], dog[1][1], "Lovely.", "[[say Woof]] Indeed", "Woof"],
    ]
    found = (await owner.get("/api/search", q="Biscuit"))["passages"]
    assert found[0]["message"]["text"] == dog[1][1]


async def test_regenerating_and_editing_work(owner: Person, send: Send) -> None:
    chat = [("user", "[[say One]] first"), ("assistant", "One")]
    await send(owner, chat[:1])
    await send(owner, [*chat, ("user", "[[say Two]] second")])
    await send(owner, [*chat, ("user", "[[say Two]] second")])
    assert await threads(owner) == [["[[say One]] first", "One", "[[say Two]] second", "Two"]]
    await send(owner, [*chat, ("user", "[[say 2]] edited")])
    assert await threads(owner) == [["[[say One]] first", "One", "[[say 2]] edited", "2"]]


@pytest.mark.parametrize("count", [2, 5, 10])
@pytest.mark.parametrize("known", [True, False])
async def test_words_at_once_after_one_history_all_show_in_one_thread(
    owner: Person, send: Send, count: int, known: bool
) -> None:
    start = [("user", "[[say Yes]] Start"), ("assistant", "Yes")]
    if known:
        await send(owner, start[:1])
    words = [f"[[say r{n}]] words {n}" for n in range(count)]
    replies = await asyncio.gather(*(send(owner, [*start, ("user", each)]) for each in words))
    assert replies == [f"r{n}" for n in range(count)]
    (texts,) = await threads(owner)
    assert texts[:2] == ["[[say Yes]] Start", "Yes"]
    assert sorted(texts[2:]) == sorted([*words, *replies])
    first = [*start, ("user", words[0]), ("assistant", "r0")]
    await send(owner, [*first, ("user", "[[say more]] And more")])
    last = [*start, ("user", words[-1]), ("assistant", replies[-1])]
    await send(owner, [*last, ("user", "[[say on]] And on")])
    assert await threads(owner) == [
        [*texts, "[[say more]] And more", "more", "[[say on]] And on", "on"]
    ], "each goes on with what it saw, and hides nothing of the others"


async def test_chats_that_begin_at_once_are_as_many(owner: Person, send: Send) -> None:
    await asyncio.gather(*(send(owner, [GREETING, ("user", f"words {n}")]) for n in range(5)))
    found = sorted(texts[1] for texts in await threads(owner))
    assert found == [f"words {n}" for n in range(5)]


async def test_a_named_conversation_takes_all_that_comes_at_once(owner: Person) -> None:
    conversation = await owner.begin()
    header = {"X-Tau-Conversation": conversation}
    words = [f"[[say r{n}]] {n}" for n in range(5)]
    await asyncio.gather(*(send_openai(owner, [("user", w)], headers=header) for w in words))
    (texts,) = await threads(owner)
    assert sorted(texts) == sorted([*words, *(f"r{n}" for n in range(5))])


async def test_words_of_another_interface_are_not_edited_by_a_client_that_never_saw_them(
    owner: Person, send: Send
) -> None:
    start = [("user", "[[say Yes]] Start"), ("assistant", "Yes")]
    await send(owner, start[:1])
    (conversation,) = (await owner.get("/api/conversations"))["conversations"]
    path = f"/api/conversations/{conversation['id']}/messages"
    await owner.post(path, {"text": "a note from the app"})
    await send(owner, [*start, ("user", "[[say Two]] two")])
    (texts,) = await threads(owner)
    assert texts[2:] == ["a note from the app", "[[say Two]] two", "Two"]


async def test_a_request_sent_twice_at_once_is_one_message(owner: Person, send: Send) -> None:
    start = [("user", "[[say Yes]] Start"), ("assistant", "Yes")]
    await send(owner, start[:1])
    history = [*start, ("user", "[[pause]] Again")]
    asked = [asyncio.create_task(send(owner, history)) for _ in range(3)]
    await gate.reached()
    gate.set()
    assert len(set(await asyncio.gather(*asked))) == 1
    (texts,) = await threads(owner)
    assert len(texts) == 4


async def test_words_that_replace_those_of_a_stopped_stream_are_an_edit(
    app: App, owner: Person, served: str
) -> None:
    start = [("user", "[[say Yes]] Start"), ("assistant", "Yes")]
    await send_openai(owner, start[:1])
    messages = [{"role": role, "content": text} for role, text in start]
    body = {"model": "tau", "stream": True}
    body["messages"] = [*messages, {"role": "user", "content": "[[hang after 2]] wrong"}]
    key = {"Authorization": f"Bearer {owner.key}"}
    async with (
        httpx.AsyncClient(headers=key) as client,
        client.stream("POST", f"{served}/v1/chat/completions", json=body),
    ):
        pass  # headers come with the first words
    life = await app.lives.open(owner.unlocked)
    (turn,) = app.companion.active_turns(life)
    while not turn.abandoned:  # noqa: ASYNC110 - nothing is published when a client leaves
        await asyncio.sleep(0.01)
    await send_openai(owner, [*start, ("user", "[[say Right]] right")])
    assert await threads(owner) == [["[[say Yes]] Start", "Yes", "[[say Right]] right", "Right"]]
