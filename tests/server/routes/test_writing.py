"""The writing specialist in the API: checks against memory, templates, proposed edits."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI

from tau.errors import WorkerError
from tau.journal.entries import Claim, ClaimLearned, ScopeChanged
from tests.server.conftest import Person

pytestmark = pytest.mark.anyio
WRITING = "/api/experts/writing"


def _document(*texts: str) -> dict[str, Any]:
    return {"blocks": [{"id": f"b{n}", "text": text} for n, text in enumerate(texts, start=1)]}


async def _found(person: Person, *texts: str) -> list[tuple[str, str, str]]:
    report = await person.post(f"{WRITING}/checks", _document(*texts))
    return [
        (one["by"], one["rule"], texts[int(one["block"][1:]) - 1][one["start"] : one["end"]])
        for one in report["findings"]
    ]


async def test_a_document_is_checked_against_what_the_person_said(owner: Person) -> None:
    facts = await owner.post("/api/memory/facts", {"text": "I live in Porto."})
    await owner.post("/api/memory/facts", {"text": "The rent for the flat is 900 EUR"})
    texts = ("I live in Graz.", "The rent for the flat is 950 EUR.", "All is the the same.")
    assert await _found(owner, *texts) == [
        ("memory", "memory", "Graz"),
        ("memory", "memory", "950 EUR"),
        ("rule", "repeated-word", "the the"),
    ]
    report = await owner.post(f"{WRITING}/checks", _document(*texts))
    assert report["findings"][0]["fact"] == facts["facts"][0]["id"]
    assert report["findings"][0]["said_on"] is not None
    assert "tau experts setup" in report["english_unchecked"]


async def test_a_corrected_or_forgotten_fact_is_held_against_nothing(owner: Person) -> None:
    (fact,) = (await owner.post("/api/memory/facts", {"text": "I live in Porto."}))["facts"]
    assert len(await _found(owner, "I live in Graz.")) == 1
    await owner.client.delete(f"/api/memory/facts/{fact['id']}")
    assert await _found(owner, "I live in Graz.") == []


async def test_the_time_of_a_plan_is_held_against_a_document(owner: Person, api: FastAPI) -> None:
    conversation = await owner.begin()
    await owner.say(conversation, "The board meeting is on 3 September 2030 at 14:00.")
    life = await api.state.app_state.lives.open(owner.unlocked)
    said = next(one.id for one in life.memory.messages if one.by == "person")
    due = datetime(2030, 9, 3, 12, tzinfo=UTC).timestamp()
    claim = Claim(topic="plan", text="Board meeting", value="2030-09-03", due=due)
    await life.append(ClaimLearned(at=1.0, id="c", claim=claim, sources=(said,)))
    text = "The board meeting on 3 September begins at 15:00."
    assert await _found(owner, text) == [("memory", "memory", "15:00")]


async def test_another_persons_facts_arent_read(owner: Person, guest: Person) -> None:
    await owner.post("/api/memory/facts", {"text": "I live in Porto."})
    assert await _found(guest, "I live in Graz.") == []


async def test_the_persons_style_is_a_check_of_its_own(owner: Person) -> None:
    await owner.post("/api/memory/facts", {"text": "Write “use” instead of “utilise”"})
    assert await _found(owner, "We utilise it.") == [("style", "style: utilise", "utilise")]


async def test_what_writing_may_not_read_isnt_held_against_a_document(
    owner: Person, api: FastAPI
) -> None:
    await owner.post("/api/memory/facts", {"text": "I live in Porto."})
    app_state = api.state.app_state
    life = await app_state.lives.open(owner.unlocked)
    assert len(await _found(owner, "I live in Graz.")) == 1
    await life.append(ScopeChanged(at=1.0, expert="writing", topics=("name",)))
    assert await _found(owner, "I live in Graz.") == []
    await life.append(ScopeChanged(at=2.0, expert="writing", enabled=False))
    assert await _found(owner, "I live in Graz.") == []


async def test_health_isnt_read_for_writing(owner: Person) -> None:
    told = await owner.post("/api/memory/facts", {"text": "I'm allergic to hazelnuts."})
    assert [one["topic"] for one in told["facts"]] == ["health"]
    filled = await owner.post(f"{WRITING}/templates/letter-din", {"values": {}})
    assert "hazelnuts" not in str(filled)
    assert await _found(owner, "I'm allergic to peanuts.") == []


async def test_templates_are_filled_from_memory_with_their_sources(owner: Person) -> None:
    listed = await owner.get(f"{WRITING}/templates")
    assert listed["can_propose"] is True
    assert "letter-din" in [each["name"] for each in listed["templates"]]
    (fact,) = (await owner.post("/api/memory/facts", {"text": "I live in Porto."}))["facts"]
    values = {"recipient": "Ana Kowalska"}
    filled = await owner.post(f"{WRITING}/templates/letter-din", {"values": values})
    assert "Porto" in filled["markdown"]
    assert "Dear Ana Kowalska," in filled["markdown"]
    assert "[Subject]" in filled["markdown"]
    sources = {each["slot"]: each["fact"] for each in filled["slots"]}
    assert sources["sender_address"] == fact["id"]
    assert sources["recipient"] == ""
    missing = await owner.client.post(f"{WRITING}/templates/sonnet", json={"values": {}})
    assert missing.status_code == 404


async def test_edits_are_proposed_or_dropped(owner: Person) -> None:
    edits = [
        {"block": "b1", "find": "utilise", "replace": "use", "why": "shorter"},
        {"block": "b1", "find": "missing", "replace": "x", "why": ""},
    ]
    steered = f"[[say {json.dumps({'edits': edits})}]]"
    asked = _document("We utilise the form.") | {"instruction": steered}
    answer = await owner.post(f"{WRITING}/proposals", asked)
    assert [(one["find"], one["start"], one["by"]) for one in answer["edits"]] == [
        ("utilise", 3, "scripted")
    ]
    assert [one["reason"] for one in answer["dropped"]] == ["its text isn't in the paragraph"]


async def test_the_built_in_model_isnt_offered_for_rewriting(owner: Person, api: FastAPI) -> None:
    api.state.app_state.writing.editor._chosen = "smollm2-135m-instruct"
    asked = _document("We utilise the form.") | {"instruction": "shorter"}
    refused = await owner.client.post(f"{WRITING}/proposals", json=asked)
    assert refused.status_code == 400
    assert "mark what I find" in refused.text
    assert (await owner.get(f"{WRITING}/templates"))["can_propose"] is False


async def test_the_check_of_english_is_prepared_before_a_document_is_begun(
    owner: Person, api: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, dict[str, Any]]] = []

    async def call(name: str, arguments: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        calls.append((name, arguments))
        raise WorkerError(f"too slow: {seconds}")

    monkeypatch.setattr(api.state.app_state.writing._worker, "call", call)
    await owner.post(f"{WRITING}/style", {"statement": "Use British spelling"})
    await owner.get(f"{WRITING}/templates")
    assert calls == [("writing.english", {"texts": [], "dialect": "british"})]
