"""Turns for tests: a whole one, its events, and the first piece of a reply."""

from tau.companion.companion import Companion
from tau.companion.events import Event, Failed
from tau.companion.turn import Turn
from tau.life.life import Life


async def events(turn: Turn) -> list[Event]:
    """Return every event of a turn."""
    return [event async for event in turn.events()]


async def spoken(companion: Companion, life: Life, conversation: str | None, words: str) -> Turn:
    """Say words; returns when the turn has ended."""
    turn = await companion.turn(life, conversation, words)
    await turn.ended()
    return turn


async def until_text(turn: Turn) -> None:
    """Wait for the first piece of the reply."""
    async for batch in turn.batches():
        if turn.text or isinstance(batch[-1], Failed):
            return
