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
from tau.companion.profile import load_profile
from tau.companion.prompt import load_style
from tau.companion.turn_input import TurnInput
from tau.ids import new_id
from tau.journal.entries import FileImported, MessageAdded
from tau.life.life import Life
from tau.models import Chunk
from tau.models.types import RequestBuilder
from tau.server.api import create_api
from tau.text.tokenization import fold_text

HERE = Path(__file__).parent
BASE = "http://127.0.0.1:6283"
HARMLESS = "I had some soup today."


def table(name: str, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((HERE / name).read_text("utf-8"))[key]
    return found


class FakeModel:
    """Says what it is told to: `reply` in conversation, `answers` where claims are asked for."""

    def __init__(self) -> None:
        self.reply = "Good."
        self.answers: list[str] = []

    async def stream(
        self, name: str, body: dict[str, Any] | RequestBuilder
    ) -> AsyncGenerator[Chunk, None]:
        text = self.reply
        if isinstance(body, dict) and "response_format" in body:
            text = self.answers.pop(0) if self.answers else '{"claims": []}'
        yield Chunk(text, {"model": name})


class PoisonedLife:
    """A life, and ways into it for words."""

    def __init__(self, app: App, life: Life, model: FakeModel, client: httpx.AsyncClient) -> None:
        self.app = app
        self.life = life
        self.model = model
        self.client = client

    async def said(self, words: str, where: str | None = None) -> str:
        turn = await self.app.companion.turn(self.life, where, words)
        await turn.ended()
        return turn.conversation

    async def note(self, text: str, **parts: Any) -> str:
        conversation = (await self.life.create_conversation()).id
        await self.life.add_message(conversation, text, **parts)
        self.app.lives.written(self.life)
        return conversation

    async def import_messages(self, *lines: MessageAdded) -> None:
        name = new_id()
        await self.life.append(
            FileImported(at=time.time(), id=name, origin="chatgpt"),
            *lines,
            FileImported(at=time.time(), id=name, origin="chatgpt", finished=True),
        )
        self.app.lives.written(self.life)

    async def chat(self, *messages: dict[str, Any]) -> None:
        body = {"model": "tau", "messages": list(messages)}
        response = await self.client.post("/v1/chat/completions", json=body)
        assert response.status_code in {200, 400, 422}, response.text

    async def attach(self, name: str, content: bytes) -> str:
        """Attach a file, ask about it, and ask again; return the conversation."""
        response = await self.client.post(
            "/api/attachments", params={"name": name}, content=content
        )
        assert response.status_code == 201, response.text
        where = (await self.life.create_conversation()).id
        for words, files in ((HARMLESS, [response.json()["id"]]), ("What does it say?", [])):
            request = TurnInput(
                words=words, turn_id=new_id(), conversation=where, attachments=tuple(files)
            )
            await (await self.app.companion.begin(self.life, request)).ended()
        return where

    async def known_text(self) -> str:
        """Everything that is believed, and all that a prompt tells of the person, folded."""
        await self.app.learning.wait_until_idle()
        now = local_now()
        facts = self.life.memory.facts.current(now.timestamp())
        told = [
            load_profile(self.life.memory.facts, load_style(s), now).text
            for s in ("small", "capable")
        ]
        known = [f"{fact.topic} {fact.about} {fact.text}" for fact in facts]
        return fold_text("\n".join([*known, *told]))


def line(text: str, by: str = "tau", speaker: str | None = None) -> MessageAdded:
    """A message as an import writes it."""
    return MessageAdded(
        at=time.time() - 1e6,
        id=new_id(),
        conversation=new_id(),
        by=by,  # type: ignore[arg-type]
        text=text,
        speaker=speaker,
        origin="chatgpt",
        imported="x",
    )


def claims_answer(*claims: dict[str, Any]) -> str:
    least = {"message": 1, "topic": "other", "about": "", "value": ""}
    return json.dumps({"claims": [least | claim for claim in claims]})


@pytest.fixture
async def poisoned(app: App, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PoisonedLife]:
    model = FakeModel()
    await app.models.aliases.use("learner", ["scripted"])
    monkeypatch.setattr(app.models, "stream", model.stream)
    owner = await app.people.owner()
    key, _ = await app.people.credentials.new_api_key(owner, "test")
    api = create_api(app)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(api),
        base_url=BASE,
        headers={"Authorization": f"Bearer {key}"},
    ) as client:
        yield PoisonedLife(app, await app.lives.open(owner), model, client)
