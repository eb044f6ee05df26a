"""The law of private conversations: whatever clients do as one ends, nothing of it is left."""

import asyncio
from collections.abc import Awaitable
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tau.app import App, open_app
from tau.companion.turn import Turn
from tau.errors import BadInput, NotFound
from tau.life.life import Life
from tau.settings import Settings
from tau.storage import schema

delays = st.integers(0, 12)
"""How many rounds of the event loop a client lets pass before it acts."""
ACTS = ("say", "say slowly", "say what fails", "tell of danger", "edit", "note", "retry", "stop")
SAID = {
    "say": "I live in Lima. [[say yes]]",
    "say slowly": "My cat is called Miso. [[pace 1]] [[tokens 4]]",
    "say what fails": "Forget that I live in Lima. [[die after 1]]",
    "tell of danger": "I want to kill myself. [[say I hear you]]",
}


class Clients:
    """Clients of one private conversation, each of which does one thing."""

    def __init__(self, app: App, life: Life, conversation: str) -> None:
        self.app = app
        self.life = life
        self.conversation = conversation
        self.turns: list[Turn] = []

    async def act(self, what: str, delay: int) -> None:
        """Do something after a while; one that comes too late is told so."""
        for _ in range(delay):
            await asyncio.sleep(0)
        with suppress(NotFound, BadInput):
            await self._act(what)

    async def end(self, delay: int) -> None:
        for _ in range(delay):
            await asyncio.sleep(0)
        self.life.private.end(self.conversation)

    async def _act(self, what: str) -> None:
        companion, life, here = self.app.companion, self.life, self.conversation
        known = life.memory_of(here).conversations.thread(here)
        own = [message.id for message in known if message.is_from_person]
        if what in SAID:
            self.turns.append(await companion.turn(life, here, SAID[what]))
        elif what == "note":
            await life.add_message(here, "I work as a baker.")
        elif what == "stop":
            for turn in self.turns:
                turn.stop()
        elif own and what == "edit":
            self.turns.append(await companion.turn(life, here, SAID["say"], edits=own[-1]))
        elif own:
            self.turns.append(await companion.retry(life, own[-1]))


async def play(app: App, life: Life, acts: list[tuple[str, int]], end: int) -> None:
    clients = Clients(app, life, (await life.create_conversation(private=True)).id)
    works: list[Awaitable[None]] = [clients.act(what, delay) for what, delay in acts]
    await asyncio.gather(*works, clients.end(end))
    for turn in clients.turns:
        await turn.ended()
    await app.learning.wait_until_idle()

    count = sa.select(sa.func.count()).select_from(schema.entries)
    assert await app.database.run(lambda c: c.execute(count).scalar_one(), read_only=True) == 0
    assert life.memory.last == len(life.private) == 0
    assert app.companion.active_turns(life) == []
    for turn in clients.turns:
        with pytest.raises(NotFound):
            app.companion.find_turn(life, turn.id)
    with pytest.raises(NotFound):
        life.memory_of(clients.conversation)


def test_nothing_is_left_whatever_happens_as_it_ends(tmp_path: Path) -> None:
    @given(st.lists(st.tuples(st.sampled_from(ACTS), delays), max_size=8), delays)
    @hypothesis_settings(max_examples=100)
    def law(acts: list[tuple[str, int]], end: int) -> None:
        runner.run(play(app, life, acts, end))

    async def start() -> tuple[App, Life]:
        settings = Settings(home=tmp_path, model="scripted", embedder="scripted-embedder")
        app = await stack.enter_async_context(open_app(settings, environ={}))
        return app, await app.lives.open(await app.people.owner())

    stack = AsyncExitStack()
    with asyncio.Runner() as runner:
        app, life = runner.run(start())
        try:
            law()
        finally:
            runner.run(stack.aclose())
