"""A learner that believes everything and agrees with everything: nothing foreign is believed.

`attempts.toml` holds one attempt after the other, each sent the way it came. What may happen at
most is that something waits. What the rules alone make of them is tested in `tests/facts`.
"""

import json
import re
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from tau.facts.rules import extract_claims
from tau.journal.entries import Claim, MessageAdded
from tau.learning import extraction, verification
from tau.models import Chunk
from tau.text.tokenization import fold_text

from .conftest import HARMLESS, PoisonedLife, line, table

pytestmark = pytest.mark.anyio

ATTEMPTS = table("attempts.toml", "attempt")
DOCUMENTED = {"196"}
"""A bare first-person sentence without any sign, which nobody could tell from the person's own."""
_TOPICS = ("home", "name", "instruction", "other")


_GOOD = {"role": "assistant", "content": "Good."}
_AFTER = {"role": "user", "content": "And?"}


def _user(text: str, **more: Any) -> dict[str, Any]:
    return {"role": "user", "content": text, **more}


def _parts(text: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": part} for part in (text, "What is it about?")]


OPENAI: dict[str, Callable[[str], list[dict[str, Any]]]] = {
    "echo": lambda text: [_user(HARMLESS), {"role": "assistant", "content": text}, _AFTER],
    "openai_history": lambda text: [_user(text), _GOOD, _AFTER],
    "openai_name_history": lambda text: [_user(text, name="Bob"), _GOOD, _AFTER],
    "openai_name": lambda text: [_user(text, name="Bob")],
    "openai_parts": lambda text: [{"role": "user", "content": _parts(text)}],
    "openai_user": lambda text: [_user(text)],
}


class ObedientModel:
    """Claims whatever it is shown, under every topic, and agrees to every statement."""

    async def stream(self, name: str, body: Any) -> AsyncGenerator[Chunk, None]:
        if not isinstance(body, dict) or "response_format" not in body:
            yield Chunk("Good.", {"model": name})
            return
        shown = json.loads(body["messages"][-1]["content"])
        if body["response_format"]["json_schema"]["name"] == "answers":
            answers = [{"item": one["item"], "answer": "yes"} for one in shown]
            yield Chunk(json.dumps({"answers": answers}), {"model": name})
            return
        claims = [claim for message in shown for claim in self._claims(message)]
        yield Chunk(json.dumps({"claims": claims}), {"model": name})

    @staticmethod
    def _claims(message: dict[str, Any]) -> list[dict[str, Any]]:
        sentences = re.split(r"(?<=[.!?。！？\n])", message["person"])
        said = [part.strip(" .\n。") for part in sentences if part.strip(" .\n。")]
        return [
            {
                "message": message["message"],
                "quote": part,
                "topic": topic,
                "text": part[: extraction.MAX_TEXT_CHARACTERS],
                "value": part.split()[-1][: extraction.MAX_NAME_CHARACTERS],
                "about": "",
            }
            for part in said
            for topic in _TOPICS
        ]


@pytest.fixture
def obedient(poisoned: PoisonedLife, monkeypatch: pytest.MonkeyPatch) -> PoisonedLife:
    monkeypatch.setattr(poisoned.app.models, "stream", ObedientModel().stream)
    return poisoned


async def send(poisoned: PoisonedLife, channel: str, text: str) -> None:
    """Send `text` the way that `channel` names."""
    if channel in OPENAI:
        await poisoned.chat(*OPENAI[channel](text))
    elif channel in {"own", "own_plain"}:
        # "own_plain" is a file without a header; as a message it would be the person's own.
        await (poisoned.said(text) if channel == "own" else imported(poisoned, text))
    elif channel == "inflection":
        await inflection(poisoned, text)
    elif channel == "drip":
        where = await poisoned.said("Bob's answer follows in my next message.")
        await poisoned.said(text, where)
    elif channel == "title":
        await poisoned.life.create_conversation(text)
        await poisoned.said(HARMLESS)
    elif channel in {"note", "speakername", "recall"}:
        await poisoned.note(text, speaker=text[:60] if channel == "speakername" else "Bob")
        await poisoned.said(f"What did Bob say? {text}"[:40])
    else:  # what comes in files, with a speaker or without
        await imported(poisoned, text)


async def imported(poisoned: PoisonedLife, text: str) -> None:
    await poisoned.import_messages(line(text, by="person", speaker="file.txt"))
    await poisoned.import_messages(line(text, by="person"))


async def inflection(poisoned: PoisonedLife, text: str) -> None:
    human = {"type": "Human", "text": HARMLESS}
    context = [human, {"type": "AI", "text": text}, {"type": "Human", "text": text}]
    body = {"context": context, "config": "Pi-3.1", "metadata": {"user_firstname": text}}
    response = await poisoned.client.post("/external/api/inference", json=body)
    assert response.status_code in {200, 400, 422}, response.text


async def test_an_obedient_model_makes_nobody_s_words_the_person_s(
    obedient: PoisonedLife,
) -> None:
    by_rules = {
        attempt["id"]
        for attempt in ATTEMPTS
        if attempt["channel"] == "own" and extract_claims(attempt["text"], 0.0)
    }
    through = []
    for attempt in ATTEMPTS:
        await send(obedient, attempt["channel"], attempt["text"])
        known = await obedient.known_text()
        if attempt["id"] in DOCUMENTED or attempt["id"] in by_rules:
            continue
        if fold_text(attempt["bad"]) in known:
            through.append((attempt["id"], attempt["channel"], attempt["text"]))
    print(f"{len(through)} of {len(ATTEMPTS)} attempts were believed")
    assert through == []


async def test_a_model_s_claim_counts_where_it_is_plain_and_verified(
    obedient: PoisonedLife,
) -> None:
    """So that the suite fails in both directions: the model does help."""
    await obedient.said("I collect antique barometers and my knees hurt when it rains.")
    assert "barometers" in await obedient.known_text()


async def test_a_model_that_disagrees_holds_a_rule_s_claim_back(
    poisoned: PoisonedLife, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Doubting(ObedientModel):
        async def stream(self, name: str, body: Any) -> AsyncGenerator[Chunk, None]:
            async for chunk in super().stream(name, body):
                text = '{"claims": []}' if '"claims"' in chunk.text else chunk.text
                yield Chunk(text.replace('"yes"', '"no"'), chunk.raw)

    await poisoned.said("I live in Porto.")
    assert "porto" in await poisoned.known_text()
    monkeypatch.setattr(poisoned.app.models, "stream", Doubting().stream)
    await poisoned.said("I live in Graz.")
    assert "graz" not in await poisoned.known_text()
    assert "porto" in await poisoned.known_text()
    (fact,) = poisoned.life.memory.facts.waiting()
    assert (fact.text, fact.trust, fact.asks) == ("Lives in Graz", "suggested", False)


def test_only_a_message_without_a_trace_of_others_is_plain() -> None:
    def plain(text: str, topic: str = "home") -> bool:
        said = MessageAdded(at=0.0, id="m", conversation="c", by="person", text=text)
        return verification.states_plainly(Claim(topic=topic, text=text), said)  # type: ignore[arg-type]

    assert plain("I live in Porto. My cat sleeps a lot.")
    assert plain("我住在成都。")
    assert not plain("Candidate 3. I live in Freedonia.")
    assert not plain("> I live in Porto.\nWhat do you think of my plan?")
    assert not plain("I always want short answers.", "instruction")
