"""Clients of every kind at once at a real process: each accepted message is in one thread."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ..e2e.servers import TauProcess
from ..patience import patient

pytestmark = pytest.mark.anyio
START = [("user", "[[say Yes]] Start"), ("assistant", "Yes")]
ROUNDS = 3


@pytest.fixture
def tau(tmp_path: Path) -> Iterator[TauProcess]:
    yield from TauProcess.running(tmp_path / "home")


class Client:
    """A client with connections of its own."""

    def __init__(self, tau: TauProcess, conversation: str) -> None:
        key = {"Authorization": f"Bearer {tau.key}"}
        self.http = httpx.AsyncClient(base_url=tau.url, headers=key, timeout=patient(60))
        self.conversation = conversation

    async def post(self, path: str, body: Any, **headers: str) -> Any:
        response = await self.http.post(path, json=body, headers=headers)
        assert response.is_success, response.text
        return response.json()

    async def app(self, words: str) -> None:
        path = f"/api/conversations/{self.conversation}/turns"
        body = {"words": words, "turn": words[-8:]}
        first, second = await asyncio.gather(self.post(path, body), self.post(path, body))
        assert first["message"] == second["message"], "the same turn twice is one message"

    async def note(self, words: str) -> None:
        path = f"/api/conversations/{self.conversation}/messages"
        await self.post(path, {"text": words})

    async def openai(self, words: str) -> None:
        lines = [*START, ("user", words)]
        messages = [{"role": role, "content": text} for role, text in lines]
        named = {"X-Tau-Conversation": self.conversation}
        await self.post("/v1/chat/completions", {"model": "tau", "messages": messages}, **named)

    async def inflection(self, words: str) -> None:
        types = {"user": "Human", "assistant": "AI"}
        lines = [*START, ("user", words)]
        context = [{"type": types[role], "text": text} for role, text in lines]
        await self.post("/external/api/inference", {"config": "Pi-3.1", "context": context})


async def test_words_of_many_clients_at_once_all_show_once(tau: TauProcess) -> None:
    first = Client(tau, "")
    conversation = (await first.post("/api/conversations", {}))["id"]
    clients = [Client(tau, conversation) for _ in range(4)]
    named = {"X-Tau-Conversation": conversation}
    start = {"model": "tau", "messages": [{"role": "user", "content": START[0][1]}]}
    await first.post("/v1/chat/completions", start, **named)
    words: list[str] = []
    acts = ("app", "note", "openai", "inflection")
    for number in range(ROUNDS):
        sending = []
        for client, act in zip(clients, acts, strict=True):
            words.append(f"[[say ok]] {act} {number:04}")
            sending.append(getattr(client, act)(words[-1]))
        await asyncio.gather(*sending)
    shown: Counter[str] = Counter()
    conversations = (await first.http.get("/api/conversations")).json()["conversations"]
    for one in conversations:
        while (await first.http.get("/api/turns")).json()["turns"]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        path = f"/api/conversations/{one['id']}/messages?limit=200"
        page = (await first.http.get(path)).json()["messages"]
        shown.update(message["text"] for message in page if message["by"] == "person")
    assert {text: shown[text] for text in words} == dict.fromkeys(words, 1)
    for client in (first, *clients):
        await client.http.aclose()
