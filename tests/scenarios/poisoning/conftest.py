"""A whole Tau, and every way by which words that are not the person's own reach it."""

import json
import time
import tomllib
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tau.app import App
from tau.clock import local_now
from tau.companion import Life
from tau.companion.profile import shown
from tau.companion.prompt import style_for
from tau.ids import new_id
from tau.journal.entries import Imported, Said
from tau.models import Chunk
from tau.server import create_api
from tau.text.words import folded

HERE = Path(__file__).parent
BASE = "http://127.0.0.1:6283"
HARMLESS = "I had some soup today."


def table(name: str, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((HERE / name).read_text("utf-8"))[key]
    return found


class Brain:
    """Says what it is told to: `reply` in conversation, `answers` where claims are asked for."""

    def __init__(self) -> None:
        self.reply = "Good."
        self.answers: list[str] = []

    async def stream(self, name: str, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        text = self.reply
        if "response_format" in body:
            text = self.answers.pop(0) if self.answers else '{"claims": []}'
        yield Chunk(text, {"model": name})


class Way:
    """A life, and ways into it for words."""

    def __init__(self, house: App, life: Life, brain: Brain, client: httpx.AsyncClient) -> None:
        self.house = house
        self.life = life
        self.brain = brain
        self.client = client

    async def said(self, words: str, where: str | None = None) -> str:
        turn = await self.house.companion.turn(self.life, where, words)
        await turn.ended()
        return turn.conversation

    async def noted(self, text: str, **parts: Any) -> str:
        conversation = (await self.life.begin()).id
        await self.life.note(conversation, text, **parts)
        self.house.companion.remember_soon(self.life)
        return conversation

    async def brought(self, *lines: Said) -> None:
        name = new_id()
        await self.life.journal.append(
            Imported(at=time.time(), id=name, origin="chatgpt"),
            *lines,
            Imported(at=time.time(), id=name, origin="chatgpt", finished=True),
        )
        self.house.companion.remember_soon(self.life)

    async def asked(self, *messages: dict[str, Any]) -> None:
        body = {"model": "tau", "messages": list(messages)}
        response = await self.client.post("/v1/chat/completions", json=body)
        assert response.status_code in {200, 400, 422}, response.text

    async def believed(self) -> str:
        """Everything that is believed, and all that a prompt tells of the person, folded."""
        await self.house.companion.learned()
        now = local_now()
        facts = self.life.memory.facts.current(now.timestamp())
        told = [shown(self.life.memory.facts, style_for(s), now).text for s in ("small", "capable")]
        known = [f"{fact.topic} {fact.about} {fact.text}" for fact in facts]
        return folded("\n".join([*known, *told]))


def line(text: str, by: str = "tau", speaker: str | None = None) -> Said:
    """A message as an import writes it."""
    return Said(
        at=time.time() - 1e6,
        id=new_id(),
        conversation=new_id(),
        by=by,  # type: ignore[arg-type]
        text=text,
        speaker=speaker,
        origin="chatgpt",
        imported="x",
    )


def claimed(*claims: dict[str, Any]) -> str:
    least = {"message": 1, "topic": "other", "about": "", "value": ""}
    return json.dumps({"claims": [least | claim for claim in claims]})


@pytest.fixture
async def way(house: App, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Way]:
    brain = Brain()
    await house.models.use("learner", ["scripted"])
    monkeypatch.setattr(house.models, "stream", brain.stream)
    owner = await house.people.owner()
    key, _ = await house.people.new_api_key(owner, "test")
    api = create_api(house)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(api),
        base_url=BASE,
        headers={"Authorization": f"Bearer {key}"},
    ) as client:
        yield Way(house, await house.companion.life(owner), brain, client)
