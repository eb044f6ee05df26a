"""Searching, forgetting, and taking everything away."""

import json

import pytest

from ..conftest import Person

pytestmark = pytest.mark.anyio


async def _note(person: Person, conversation: str, text: str) -> str:
    noted = await person.post(f"/api/conversations/{conversation}/messages", {"text": text})
    return str(noted["id"])


async def test_what_was_said_is_found_with_the_reason(owner: Person) -> None:
    conversation = await owner.begin()
    await _note(owner, conversation, "We had soup")
    wanted = await _note(owner, conversation, "The lighthouse was painted red in spring")
    await _note(owner, conversation, "Then we went home")
    by_address = await owner.get("/api/search", q="painted lighthouse", limit=2)
    by_body = await owner.post("/api/search", {"query": "painted lighthouse", "limit": 2})
    first = by_address["passages"][0]
    assert first["message"]["id"] == by_body["passages"][0]["message"]["id"] == wanted
    assert first["reasons"]
    assert first["before"]["text"] == "We had soup"
    assert first["after"]["text"] == "Then we went home"
    assert len(by_address["passages"]) <= 2


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "x", "limit": 0}, {"q": "x" * 2001}])
async def test_a_search_for_nothing_is_refused(owner: Person, query: dict[str, str]) -> None:
    assert (await owner.client.get("/api/search", params=query)).status_code == 422


async def test_what_is_forgotten_is_found_no_more(owner: Person) -> None:
    conversation = await owner.begin()
    one = await _note(owner, conversation, "The password of the shed is swordfish")
    two = await _note(owner, conversation, "Swordfish is also a fish")
    assert (await owner.client.delete(f"/api/messages/{one}")).status_code == 204
    assert (await owner.client.get(f"/api/messages/{one}")).status_code == 404
    assert await owner.post("/api/messages/forget", {"ids": [two]}) is None
    assert (await owner.get("/api/search", q="swordfish"))["passages"] == []
    assert "swordfish" not in (await owner.client.get("/api/export")).text.lower()


async def test_nothing_is_forgotten_if_one_is_unknown(owner: Person) -> None:
    one = await _note(owner, await owner.begin(), "Still here")
    response = await owner.client.post("/api/messages/forget", json={"ids": [one, "nowhere"]})
    assert response.status_code == 404
    assert (await owner.get(f"/api/messages/{one}"))["text"] == "Still here"


async def test_everything_can_be_taken_away(owner: Person) -> None:
    conversation = await owner.begin(title="Gardens")
    await _note(owner, conversation, "Tulips in the north bed")
    lines = await owner.client.get("/api/export")
    assert lines.headers["content-type"].startswith("application/jsonl")
    assert "attachment" in lines.headers["content-disposition"]
    entries = [json.loads(line) for line in lines.text.splitlines()]
    assert any("Tulips in the north bed" in json.dumps(entry) for entry in entries)

    book = await owner.client.get("/api/export", params={"format": "markdown"})
    assert book.headers["content-type"].startswith("text/markdown")
    assert "Gardens" in book.text
    assert "Tulips in the north bed" in book.text
    assert (await owner.client.get("/api/export", params={"format": "pdf"})).status_code == 422


async def test_a_search_tells_as_much_as_was_asked_for(owner: Person) -> None:
    conversation = await owner.begin()
    for number in range(6):
        await _note(owner, conversation, f"The lighthouse of island number {number}")
    for limit in (1, 3, 100):
        found = await owner.get("/api/search", q="lighthouse island", limit=limit)
        assert len(found["passages"]) == min(limit, 6)
        scores = [one["score"] for one in found["passages"]]
        assert scores == sorted(scores, reverse=True)
    for body in (
        {"query": "x", "limit": 0},
        {"query": "x", "limit": 101},
        {"query": "  "},
        {"query": "x\0y"},
        {"query": ["x"]},
        {},
    ):
        assert (await owner.client.post("/api/search", json=body)).status_code == 422, body
    assert await owner.post("/api/search", {"query": "?!"}) is not None


async def test_what_was_recalled_and_then_forgotten_is_shown_no_more(owner: Person) -> None:
    first = await owner.say(await owner.begin(), "My sister Ada keeps bees in Lund")
    conversation = await owner.begin()
    await owner.say(conversation, "[[say Lund]] Where does my sister Ada keep bees?")
    path = f"/api/conversations/{conversation}/messages"
    words = first[0]["message"]
    reply = (await owner.get(path))["messages"][-1]
    assert words in [one["message"] for one in reply["recalled"]]
    await owner.client.delete(f"/api/messages/{words}")
    reply = (await owner.get(path))["messages"][-1]
    assert words not in [one["message"] for one in reply["recalled"]]


async def test_forgetting_takes_a_list_of_names_and_nothing_else(owner: Person) -> None:
    one = await _note(owner, await owner.begin(), "Still here")
    for ids in ([], [one] * 1001, [5], "all", [one, ""], None, ["x" * 129]):
        response = await owner.client.post("/api/messages/forget", json={"ids": ids})
        assert response.status_code == 422, str(ids)[:30]
    assert (await owner.get(f"/api/messages/{one}"))["text"] == "Still here"
