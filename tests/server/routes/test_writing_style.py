"""Style in the API: rules with sources; what documents suggest counts once it's approved."""

import asyncio
import threading
from collections.abc import Mapping
from typing import Any

import pytest
from fastapi import FastAPI

from tau.experts.writing import personal_style
from tau.experts.writing.style_sampling import StyleSample, sample_style
from tau.journal.entries import Claim, ClaimLearned
from tests.server.conftest import Person

pytestmark = pytest.mark.anyio
WRITING = "/api/experts/writing"
STYLE = f"{WRITING}/style"
LETTER = (
    "14 May 2026\n\nDear {},\n\nSend an e-mail to {} about the colour.\n\nKind regards,\nMira\n"
)
NAMES = ("Ana", "Berg", "Cho")
BRITISH, CLOSING = "Use British spelling", "End letters with “Kind regards”"


async def _sampled(person: Person) -> dict[str, Any]:
    documents = [{"name": f"{one}.md", "text": LETTER.format(one, one)} for one in NAMES]
    return dict(await person.post(f"{STYLE}/samples", {"documents": documents}))


async def _decided(person: Person, *features: str, accepted: bool) -> dict[str, Any]:
    asked = {"features": list(features), "accepted": accepted}
    return dict(await person.post(f"{STYLE}/samples/decisions", asked))


async def _marked(person: Person, text: str) -> list[str]:
    asked = {"blocks": [{"id": "b1", "text": text}]}
    found = (await person.post(f"{WRITING}/checks", asked))["findings"]
    return [text[one["start"] : one["end"]] for one in found if one["by"] == "style"]


def _texts(found: dict[str, Any]) -> list[str]:
    return [one["text"] for one in found["rules"]]


async def test_a_rule_in_words_applies_until_its_removed(owner: Person) -> None:
    added = await owner.post(STYLE, {"statement": "We write e-mail with a hyphen."})
    (rule,) = added["rules"]
    assert rule["text"] == "We write e-mail with a hyphen"
    assert (rule["documents"], rule["messages"], rule["applies"]) == ([], [], True)
    assert rule["said_on"] > 0
    assert await _marked(owner, "Send an email.") == ["email"]
    removed = await owner.client.delete(f"{STYLE}/{rule['fact']}")
    assert removed.json() == {"rules": [], "waiting": []}
    assert await _marked(owner, "Send an email.") == []
    again = await owner.post(STYLE, {"statement": "We write e-mail with a hyphen."})
    assert len(again["rules"]) == 1
    assert await _marked(owner, "Send an email.") == ["email"]


async def test_what_isnt_about_style_is_refused_with_examples(owner: Person) -> None:
    refused = await owner.client.post(STYLE, json={"statement": "Be nice to Ana"})
    assert refused.status_code == 400
    assert "We write e-mail with a hyphen" in refused.text
    told = await owner.post("/api/memory/facts", {"text": "I live in Porto."})
    missing = await owner.client.delete(f"{STYLE}/{told['facts'][0]['id']}")
    assert missing.status_code == 404


async def test_an_approved_rule_is_never_without_its_documents(owner: Person) -> None:
    await _sampled(owner)
    deciding = asyncio.create_task(_decided(owner, "closing", accepted=True))
    while not (rules := (await owner.get(STYLE))["rules"]):
        assert not deciding.done() or deciding.exception() is None
    await deciding
    assert rules[0]["documents"] == ["Ana.md", "Berg.md", "Cho.md"]


async def test_what_documents_agree_on_applies_only_once_approved(owner: Person) -> None:
    found = await _sampled(owner)
    assert found["rules"] == []
    waiting = {one["feature"]: one for one in found["waiting"]}
    assert waiting["dialect"]["statement"] == BRITISH
    assert waiting["dialect"]["documents"] == ["Ana.md", "Berg.md", "Cho.md"]
    assert waiting["dialect"]["shown"] == 3
    assert waiting["dialect"]["quotations"][0] == {
        "document": "Ana.md",
        "words": "Send an e-mail to Ana about the colour.",
    }
    assert await _marked(owner, "Best wishes,") == []
    assert (await owner.get(f"{WRITING}/templates"))["templates"]
    approved = await _decided(owner, "closing", accepted=True)
    (rule,) = approved["rules"]
    assert (rule["text"], rule["documents"]) == (CLOSING, ["Ana.md", "Berg.md", "Cho.md"])
    assert rule["quotations"][1]["document"] == "Berg.md"
    assert await _marked(owner, "Best wishes,") == ["Best wishes"]
    rejected = await _decided(owner, "dialect", accepted=False)
    assert "dialect" not in [one["feature"] for one in rejected["waiting"]]
    everything = await _decided(owner, accepted=True)
    assert everything["waiting"] == []
    assert BRITISH not in _texts(everything)
    late = await owner.client.post(
        f"{STYLE}/samples/decisions", json={"features": ["closing"], "accepted": True}
    )
    assert late.status_code == 404


async def test_a_second_look_suggests_what_isnt_known_yet(owner: Person) -> None:
    await _sampled(owner)
    await _decided(owner, "closing", accepted=True)
    again = await _sampled(owner)
    assert "closing" not in [one["feature"] for one in again["waiting"]]
    assert again["rules"][0]["documents"] == ["Ana.md", "Berg.md", "Cho.md"]


async def test_documents_are_read_off_the_event_loop(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, seen = threading.current_thread(), list[threading.Thread]()

    def watched(documents: Mapping[str, str]) -> list[StyleSample]:
        seen.append(threading.current_thread())
        return sample_style(documents)

    monkeypatch.setattr(personal_style, "sample_style", watched)
    assert (await _sampled(owner))["waiting"]
    assert seen
    assert loop not in seen


async def test_documents_that_are_kept_can_be_sampled(owner: Person) -> None:
    kept = [
        (
            await owner.post(
                f"{WRITING}/documents", {"markdown": LETTER.format(one, one), "title": one}
            )
        )
        for one in NAMES
    ]
    ids = [one["id"] for one in kept]
    few = await owner.client.post(f"{STYLE}/samples", json={"kept": ids[:2]})
    assert few.status_code == 400
    found = await owner.post(f"{STYLE}/samples", {"kept": ids})
    assert found["waiting"][0]["documents"] == list(NAMES)


async def test_another_persons_style_is_neither_shown_nor_applied(
    owner: Person, guest: Person
) -> None:
    await owner.post(STYLE, {"statement": BRITISH})
    await _sampled(owner)
    assert await guest.get(STYLE) == {"rules": [], "waiting": []}


async def test_the_older_of_two_rules_is_shown_as_not_applied(owner: Person) -> None:
    await owner.post(STYLE, {"statement": "Use American spelling"})
    found = await owner.post(STYLE, {"statement": BRITISH})
    assert [(one["text"], one["applies"]) for one in found["rules"]] == [
        (BRITISH, True),
        ("Use American spelling", False),
    ]


async def test_a_rule_that_was_said_names_its_message(owner: Person, api: FastAPI) -> None:
    conversation = await owner.begin()
    await owner.say(conversation, f"{BRITISH}.")
    life = await api.state.app_state.lives.open(owner.unlocked)
    said = next(one.id for one in life.memory.messages if one.by == "person")
    claim = Claim(topic="instruction", text=BRITISH, value=BRITISH.lower())
    await life.append(ClaimLearned(at=1.0, id="c", claim=claim, sources=(said,)))
    (rule,) = (await owner.get(STYLE))["rules"]
    assert rule["messages"] == [said]


async def test_style_forgotten_with_its_words_is_gone(owner: Person) -> None:
    await _sampled(owner)
    artifacts = (await owner.get("/api/artifacts?expert=writing"))["artifacts"]
    assert [one["type"] for one in artifacts] == ["form"]
    gone = await owner.client.delete(f"/api/artifacts/{artifacts[0]['id']}")
    assert gone.status_code == 200
    assert (await owner.get(STYLE))["waiting"] == []


async def test_a_template_begins_in_the_persons_style(owner: Person) -> None:
    (rule,) = (await owner.post(STYLE, {"statement": "End letters with “All the best”"}))["rules"]
    filled = await owner.post(f"{WRITING}/templates/letter-us", {"values": {"recipient": "Ana"}})
    assert "All the best,\n" in filled["markdown"]
    assert {"slot": "closing", "fact": rule["fact"]}.items() <= filled["slots"][-1].items()
    chinese = await owner.post(f"{WRITING}/templates/gonghan", {"values": {}})
    assert "All the best" not in chinese["markdown"]
