"""Registry of turns: those in progress, and the last finished ones of each person."""

import asyncio
from collections import OrderedDict

from tau.companion.turn import Turn
from tau.errors import Unavailable
from tau.life.life import Life, LifeListener

_MAX_FINISHED_TURNS = 64  # per person, for devices that reconnect


class TurnRegistry(LifeListener):
    """The turns of every person, by their ids."""

    def __init__(self) -> None:
        self._turns: dict[str, OrderedDict[str, Turn]] = {}
        self._closed = False

    def add(self, person: str, turn: Turn) -> None:
        """Keep a turn; of many finished ones the oldest is dropped."""
        turns = self._turns.setdefault(person, OrderedDict())
        turns[turn.id] = turn
        while len(turns) > _MAX_FINISHED_TURNS and next(iter(turns.values())).finished:
            turns.popitem(last=False)

    def find(self, person: str, turn_id: str) -> Turn | None:
        """Return a turn of a person, in progress or finished, or `None`."""
        turns = self._turns.get(person)
        return turns.get(turn_id) if turns else None

    def refuse_new(self) -> None:
        """Begin no more turns: Tau is about to end. Those that are known can still be watched."""
        self._closed = True

    def require_open(self) -> None:
        """Raise `Unavailable` if no more turns begin."""
        if self._closed:
            raise Unavailable("Tau is restarting; please try again in a moment.")

    async def wait_for_an_end(self, seconds: float) -> bool:
        """Wait until a turn in progress ends, at most for `seconds`; return whether there was one.

        New ones aren't seen while this waits.
        """
        active = [turn for person in self._turns for turn in self.active(person)]
        endings = [asyncio.create_task(turn.ended()) for turn in active]
        if endings:
            await asyncio.wait(endings, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for ending in endings:
            ending.cancel()
        return bool(endings)

    def active(self, person: str) -> list[Turn]:
        """Return the turns of a person that are in progress."""
        return [turn for turn in self._turns.get(person, {}).values() if not turn.finished]

    async def stop(self, person: str, conversations: set[str]) -> None:
        """Stop the turns of some conversations and return when they have ended."""
        active = [turn for turn in self.active(person) if turn.conversation in conversations]
        for turn in active:
            turn.stop()
        for turn in active:
            await turn.ended()

    async def stop_replies(self, person: str, message: str) -> None:
        """Stop the replies to a message and return when they have ended."""
        active = [turn for turn in self.active(person) if turn.message == message]
        for turn in active:
            turn.stop()
        for turn in active:
            await turn.ended()

    def interrupt_all(self) -> None:
        """Interrupt every turn because Tau itself ends."""
        for person in self._turns:
            self.interrupted(person)

    def interrupted(self, person: str) -> None:
        """Interrupt the turns of a person, and keep what was said so far."""
        for turn in self.active(person):
            turn.interrupt()

    def forgotten(self, life: Life) -> None:
        """Drop finished turns: their events may quote what was erased.

        One that is requested later is rebuilt from the journal.
        """
        turns = self._turns.get(life.person, OrderedDict())
        for name in [name for name, turn in turns.items() if turn.finished]:
            del turns[name]

    def private_ended(self, person: str, conversation: str) -> None:
        """Stop and drop the turns of a private conversation."""
        turns = self._turns.get(person, OrderedDict())
        for turn in [turn for turn in turns.values() if turn.conversation == conversation]:
            turn.stop()
            del turns[turn.id]

    def unloaded(self, person: str) -> None:
        """Stop and drop the turns of a person."""
        for turn in self._turns.pop(person, {}).values():
            turn.stop()

    async def removed(self, person: str) -> None:
        """Stop and drop the turns of a person, and return when they have ended."""
        turns = list(self._turns.get(person, {}).values())
        self.unloaded(person)
        for turn in turns:
            await turn.ended()

    def is_working_on(self, person: str) -> bool:
        """Return whether a turn of a person is in progress."""
        return bool(self.active(person))

    def is_replying(self, person: str, conversation: str) -> bool:
        """Return whether a turn of a conversation is in progress."""
        return any(turn.conversation == conversation for turn in self.active(person))
