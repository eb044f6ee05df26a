"""The law of conversations, for any interleaving of what several clients do at once.

Every message that was accepted is in exactly one thread. It stays visible unless somebody edited,
asked for another reply or chose a version after it came, and then it's below a version of a
message that shows. A turn id is one message.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tau.app import open_app
from tau.companion.companion import Companion
from tau.companion.events import Done
from tau.companion.turn import Turn
from tau.life.life import Life
from tau.life.versions import show_version
from tau.memory.thread_versions import versions
from tau.settings import Settings

delays = st.integers(0, 12)
"""How many rounds of the event loop a client lets pass before it acts."""
places = st.integers(0, 30)
"""Which of the messages or turns that are known so far, counted from the newest."""
replies = st.sampled_from(("[[say yes]]", "[[tokens 3]]", "[[pace 1]] [[tokens 4]]", "[[die]]"))


@dataclass
class Acts:
    """What hid messages: the `seq` up to which each act may have hidden something."""

    bounds: list[int] = field(default_factory=list)
    edits: set[str] = field(default_factory=set)
    """Ids of turns that replaced a message."""


class Clients(RuleBasedStateMachine):
    """Clients of one conversation. Rules collect what they do; `at_once` lets them do it."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.home = Path(tempfile.mkdtemp(prefix="tau-laws-"))
        self.stack = AsyncExitStack()
        self.waiting: list[Callable[[], Awaitable[None]]] = []
        self.words: dict[str, str] = {}
        """The words of every accepted turn, by its id."""
        self.notes: dict[str, str] = {}
        self.turns: list[Turn] = []
        self.acts = Acts()
        self.number = 0

    @initialize(kept=st.sampled_from((True, True, False)))
    def start(self, kept: bool) -> None:
        async def start() -> tuple[Companion, Life, str]:
            settings = Settings(home=self.home, model="scripted", embedder="scripted-embedder")
            app = await self.stack.enter_async_context(open_app(settings, environ={}))
            life = await app.lives.open(await app.people.owner())
            return app.companion, life, (await life.create_conversation(private=not kept)).id

        self.companion, self.life, self.conversation = self.runner.run(start())

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()
        shutil.rmtree(self.home)

    # --- what clients do ----------------------------------------------------------------------

    @rule(delay=delays, says=replies, same=st.booleans())
    def say(self, delay: int, says: str, same: bool) -> None:
        self.number += not same
        name, words = f"t{self.number}", f"{says} words {self.number}"
        self._do(delay, lambda: self._turn(name, words))

    @rule(delay=delays, place=places)
    def edit(self, delay: int, place: int) -> None:
        self.number += 1
        name, words = f"t{self.number}", f"edited {self.number}"

        async def edit() -> None:
            if own := [m.id for m in self._messages() if m.by == "person"]:
                self.acts.edits.add(name)
                await self._turn(name, words, edits=own[-1 - place % len(own)])

        self._do(delay, edit)

    @rule(delay=delays)
    def note(self, delay: int) -> None:
        self.number += 1
        text = f"note {self.number}"

        async def note() -> None:
            self.notes[(await self.life.add_message(self.conversation, text)).id] = text

        self._do(delay, note)

    @rule(delay=delays, place=places)
    def retry(self, delay: int, place: int) -> None:
        async def retry() -> None:
            if own := [m.id for m in self._messages() if m.by == "person"]:
                turn = await self.companion.retry(self.life, own[-1 - place % len(own)])
                self.acts.bounds.append(self._memory().last)
                self.turns.append(turn)

        self._do(delay, retry)

    @rule(delay=delays, place=places)
    def stop(self, delay: int, place: int) -> None:
        async def stop() -> None:
            if self.turns:
                self.turns[-1 - place % len(self.turns)].stop()

        self._do(delay, stop)

    @rule(delay=delays, place=places)
    def choose(self, delay: int, place: int) -> None:
        async def choose() -> None:
            if known := self._messages():
                chosen = known[-1 - place % len(known)].id
                await show_version(self.life, chosen)
                self.acts.bounds.append(self._memory().last)

        self._do(delay, choose)

    @rule()
    def at_once(self) -> None:
        async def run() -> None:
            async with asyncio.TaskGroup() as group:
                for act in self.waiting:
                    group.create_task(act())  # type: ignore[arg-type]
            for turn in self.turns:
                await turn.ended()

        self.runner.run(run())
        self.waiting.clear()

    # --- the law ------------------------------------------------------------------------------

    @invariant()
    def every_turn_is_one_message(self) -> None:
        said = [m for m in self._messages() if m.by == "person" and m.turn in self.words]
        assert {m.turn: m.text for m in said} == self.words
        assert len(said) == len(self.words)
        texts = {m.id: m.text for m in self._messages()}
        assert self.notes.items() <= texts.items()

    @invariant()
    def only_an_act_hides_what_came_before_it(self) -> None:
        edits = [m.seq for m in self._messages() if m.turn in self.acts.edits and m.by == "person"]
        bound = max([0, *self.acts.bounds, *edits])
        for message in self._messages():
            answered = self._memory().messages.of_turn(message.turn or "")
            hidden_words = message.by == "tau" and answered and not answered[0].visible
            assert message.visible or message.seq <= bound or hidden_words or self._retried(message)

    @invariant()
    def what_is_hidden_is_below_a_version_of_what_shows(self) -> None:
        if not self.waiting and hasattr(self, "conversation"):
            memory, hidden = self._memory(), [m for m in self._messages() if not m.visible]
            for message in hidden:
                top = message
                while top.parent is not None and not memory.message(top.parent).visible:
                    top = memory.message(top.parent)
                others = map(memory.message, versions(memory.conversations, top))
                assert sum(other.visible for other in others) == 1

    @invariant()
    def what_was_done_is_kept(self) -> None:
        for turn in self.turns:
            if turn.finished and isinstance(done := turn._events[-1], Done):
                assert self.life.message(done.message).text == turn.text

    # --- helpers ------------------------------------------------------------------------------

    def _do(self, delay: int, act: Callable[[], Awaitable[None]]) -> None:
        async def later() -> None:
            for _ in range(delay):
                await asyncio.sleep(0)
            await act()

        self.waiting.append(later)

    async def _turn(self, name: str, words: str, **asked: Any) -> None:
        turn = await self.companion.turn(self.life, self.conversation, words, turn_id=name, **asked)
        self.words[name] = self.life.message(turn.message).text
        self.turns.append(turn)

    def _memory(self) -> Any:
        return self.life.memory_of(self.conversation)

    def _messages(self) -> Any:
        if not hasattr(self, "conversation"):
            return []
        return self._memory().conversations.all_messages(self.conversation)

    def _retried(self, message: Any) -> bool:
        """Whether a reply was replaced by another to the same words, asked for at the same time."""
        return message.by == "tau" and any(
            other.by == "tau" and other.parent == message.parent and other.seq > message.seq
            for other in self._messages()
        )


TestClients = Clients.TestCase
TestClients.settings = hypothesis_settings(max_examples=25, stateful_step_count=25)
