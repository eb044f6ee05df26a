"""A question that somebody waits for goes before messages that nobody waits for."""

import asyncio
from collections.abc import Sequence

import pytest

from tau.app import App
from tau.companion.companion import Companion
from tau.life.life import Life
from tau.models import Embedded

pytestmark = pytest.mark.anyio


async def test_new_messages_wait_for_the_question_to_be_embedded(
    app: App, companion: Companion, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = await life.create_conversation()
    await life.add_message(told.id, "an early message")
    app.lives.written(life)
    await app.embedding.wait_until_idle()

    asked: list[str] = []
    may_answer = asyncio.Event()
    really = app.models.embed

    async def embed(name: str, texts: Sequence[str], _kind: str = "passage") -> Embedded:
        asked.extend(texts)
        if texts[0] == "a question":
            await may_answer.wait()
        return await really(name, texts)

    monkeypatch.setattr(app.models, "embed", embed)
    asking = asyncio.create_task(life.search("a question"))
    await asyncio.sleep(0)
    await life.add_message(told.id, "a late message")
    app.lives.written(life)
    for _ in range(20):
        await asyncio.sleep(0)
    assert asked == ["a question"]
    may_answer.set()
    await asking
    await app.embedding.wait_until_idle()
    assert asked == ["a question", "a late message"]
