"""A question that somebody waits for goes before messages that nobody waits for."""

import asyncio
from collections.abc import Sequence

import pytest

from tau.app import App
from tau.companion import Companion, Life
from tau.models import Embedded

pytestmark = pytest.mark.anyio


async def test_new_messages_wait_for_the_question_to_be_embedded(
    house: App, companion: Companion, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = await life.begin()
    await life.note(told.id, "an early message")
    companion.remember_soon(life)
    await companion.embedded()

    asked: list[str] = []
    may_answer = asyncio.Event()
    really = house.models.embed

    async def embed(name: str, texts: Sequence[str]) -> Embedded:
        asked.extend(texts)
        if texts[0] == "a question":
            await may_answer.wait()
        return await really(name, texts)

    monkeypatch.setattr(house.models, "embed", embed)
    asking = asyncio.create_task(life.search("a question"))
    await asyncio.sleep(0)
    await life.note(told.id, "a late message")
    companion.remember_soon(life)
    for _ in range(20):
        await asyncio.sleep(0)
    assert asked == ["a question"]
    may_answer.set()
    await asking
    await companion.embedded()
    assert asked == ["a question", "a late message"]
