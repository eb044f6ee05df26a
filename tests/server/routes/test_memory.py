"""Search, export, and how much a memory holds."""

import json

import pytest

from ..conftest import Person
from .known import note

pytestmark = pytest.mark.anyio


async def test_what_was_said_is_found_with_the_reason(owner: Person) -> None:
    conversation = await owner.begin()
    await note(owner, "We had soup", conversation)
    wanted = await note(owner, "The lighthouse was painted red in spring", conversation)
    await note(owner, "Then we went home", conversation)
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


async def test_everything_can_be_taken_away(owner: Person) -> None:
    conversation = await owner.begin(title="Gardens")
    await note(owner, "Tulips in the north bed", conversation)
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
        await note(owner, f"The lighthouse of island number {number}", conversation)
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


async def test_how_much_a_life_holds(owner: Person, guest: Person) -> None:
    assert await owner.get("/api/life") == {"conversations": 0, "messages": 0, "facts": 0}
    await owner.say(await owner.begin(), "Good morning")
    await owner.post("/api/memory/facts", {"text": "Likes oolong"})
    held = await owner.get("/api/life")
    assert (held["conversations"], held["messages"]) == (1, 2)
    assert held["facts"] == len((await owner.get("/api/memory/facts"))["facts"]) > 0
    assert (await guest.get("/api/life"))["messages"] == 0
