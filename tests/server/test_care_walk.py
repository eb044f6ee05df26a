"""A walk over every route: what was said, written and attached in care is found in care alone."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from tau.app import App
from tests.documents.pictures import png
from tests.studio.examples.documents import pdf

from .conftest import Person

pytestmark = pytest.mark.anyio

WORDS = ("zanzibarine", "quokka", "marigold", "yellowhammer", "obsidian", "peregrine", "halcyon")
CARE = "/api/experts/care"
SHOWN = {"listFacts"}
"""It lists what waits: each fact asks whether other specialists may know it."""
QUERIES = ("Zanzibarine", "quokkas marigolds", "Yellowhammer", "obsidian", "peregrine halcyon")


def _leaks(text: str) -> list[str]:
    return [word for word in WORDS if word in text.lower()]


async def _use_care(owner: Person, app: App) -> str:
    conversation = await owner.begin()
    file = await owner.client.post(
        "/api/attachments", params={"name": "obsidian.pdf"}, content=pdf("The obsidian diagnosis.")
    )
    picture = await owner.client.post(
        "/api/attachments", params={"name": "peregrine.png"}, content=png()
    )
    files = [file.json()["id"], picture.json()["id"]]
    said = ("I can't sleep, the marigolds died.", "My brother lives in Zanzibarine.")
    for words in (*said, "I'm allergic to quokkas.", "Always call me Yellowhammer."):
        await owner.say(conversation, words, expert="care", attachments=files)
        files = []
    await owner.post(f"{CARE}/checkins", {"mood": 2, "words": "halcyon days are over"})
    await owner.post(f"{CARE}/questionnaires", {"name": "phq-9", "answers": [1] * 9})
    values = {"why": "the peregrine"}
    await owner.post(f"{CARE}/forms", {"exercise": "gratitude", "values": values})
    await app.learning.wait_until_idle()
    await app.embedding.wait_until_idle()
    return conversation


async def _use_talk(owner: Person) -> dict[str, str]:
    conversation = await owner.begin()
    turn = await owner.say(conversation, "I live in Porto, with a garden and my brother.")
    document = await owner.post(
        "/api/experts/writing/documents", {"markdown": "Dear Ana", "conversation": conversation}
    )
    file = await owner.client.post("/api/attachments", params={"name": "a.txt"}, content=b"Hello")
    await owner.say(conversation, "Look.", attachments=[file.json()["id"]])
    fact = (await owner.get("/api/memory/facts"))["facts"][0]["id"]
    return {
        "conversation_id": conversation,
        "message_id": turn[0]["message"],
        "artifact_id": document["id"],
        "document_id": document["id"],
        "attachment_id": file.json()["id"],
        "fact_id": fact,
        "person_id": owner.unlocked.person.id,
        "name": "writing",
        "expert": "writing",
    }


def _readable(api: FastAPI) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every operation that reads something outside of care and ends by itself."""
    for path, methods in api.openapi()["paths"].items():
        operation = methods.get("get")
        if operation is None or path.startswith((CARE, "/api/care")):
            continue
        content = operation.get("responses", {}).get("200", {}).get("content", {})
        if "text/event-stream" not in content:
            yield path, operation


def _queries(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what an operation may be asked with: nothing, each choice, and words of care."""
    yield {}
    for one in operation.get("parameters", []):
        name, schema = one["name"], one.get("schema", {})
        if one["in"] != "query" or name in ("with_care", "care"):
            continue
        for choice in (*schema.get("enum", ()), *_choices(schema)):
            yield {name: choice}
        if name in ("q", "query", "about", "text"):
            yield from ({name: words} for words in QUERIES)
        if schema.get("type") == "boolean":
            yield {name: "true"}


def _choices(schema: dict[str, Any]) -> Iterator[str]:
    for each in schema.get("anyOf", ()):
        yield from each.get("enum", ())


async def test_no_route_outside_of_care_says_anything_of_it(
    app: App, api: FastAPI, owner: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    care = await _use_care(owner, app)
    known = await _use_talk(owner)
    asked = 0
    for path, operation in _readable(api):
        if operation["operationId"] in SHOWN:
            continue
        names = [one["name"] for one in operation.get("parameters", []) if one["in"] == "path"]
        address = path.format(**{name: known.get(name, "unknown") for name in names})
        for query in _queries(operation):
            response = await owner.client.get(address, params=query)
            asked += response.status_code == 200
            found = [word for word in _leaks(response.text) if word not in str(query).lower()]
            assert found == [], f"GET {address} {query}"
    assert asked > 40
    for words in QUERIES:
        response = await owner.client.post("/api/search", json={"query": words})
        found = [word for word in _leaks(response.text) if word not in words.lower()]
        assert found == [], response.text
    for what in ({"since": 0}, {"conversation": known["conversation_id"]}):
        body = {**what, "dry_run": True}
        assert _leaks((await owner.client.post("/api/memory/forget", json=body)).text) == []
    logged = [each.getMessage() for each in caplog.records if each.name.startswith("tau")]
    assert _leaks(" ".join(logged)) == []
    thread = await owner.client.get(f"/api/conversations/{care}/messages")
    assert len(_leaks(thread.text)) >= 4, "the words are there, in care"


async def test_facts_from_care_are_shown_only_where_they_are_asked_about(
    app: App, owner: Person
) -> None:
    await _use_care(owner, app)
    for state in ("current", "past", "rejected"):
        assert (
            _leaks((await owner.client.get("/api/memory/facts", params={"state": state})).text)
            == []
        )
    waiting = (await owner.get("/api/memory/facts", state="waiting"))["facts"]
    assert waiting
    assert {fact["expert"] for fact in waiting} == {"care"}


async def test_errors_repeat_nothing_of_care(owner: Person, app: App) -> None:
    care = await _use_care(owner, app)
    form = (await owner.get(f"{CARE}/forms"))["forms"][0]["id"]
    attempts = (
        ("POST", f"/api/conversations/{care}/turns", {"words": "A letter", "expert": "writing"}),
        ("POST", "/api/studio/projects/unknown/lendings", {"conversations": [care]}),
        ("GET", f"/api/artifacts/{form}", None),
        ("PATCH", f"/api/artifacts/{form}", {"title": "x"}),
        ("DELETE", f"/api/artifacts/{form}", None),
        ("POST", f"{CARE}/forms", {"exercise": "none", "values": {"why": "the peregrine"}}),
        ("POST", f"{CARE}/checkins", {"mood": 9, "words": "halcyon"}),
        ("POST", f"{CARE}/questionnaires", {"name": "halcyon", "answers": [9]}),
    )
    for method, path, body in attempts:
        response = await owner.client.request(method, path, json=body)
        assert response.status_code in (400, 404, 409, 422), f"{method} {path}: {response.text}"
        assert _leaks(response.text) == [], path
