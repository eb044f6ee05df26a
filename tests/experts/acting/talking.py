"""Turns with specialists for tests: the words, the reply, and what it made."""

from typing import Any

from tau.app import App
from tau.companion.events import ArtifactMade, Done, Event
from tau.companion.turn import Turn
from tau.companion.turn_input import TurnInput
from tau.ids import new_id
from tau.life.life import Life
from tau.memory import Message
from tests.companion.talking import events


async def say(
    app: App,
    life: Life,
    words: str,
    conversation: str | None = None,
    *,
    expert: str | None = "sketch",
    **more: Any,
) -> Turn:
    request = TurnInput(
        words=words,
        turn_id=more.pop("turn_id", None) or new_id(),
        conversation=conversation,
        expert=expert,
        **more,
    )
    return await app.companion.begin(life, request)


async def said(turn: Turn) -> tuple[str, list[Event]]:
    """Return the reply and the events, once it's done."""
    found = await events(turn)
    assert isinstance(found[-1], Done), found[-1]
    return turn.text, found


def made(found: list[Event]) -> ArtifactMade:
    (event,) = [each for each in found if isinstance(each, ArtifactMade)]
    return event


def reply_of(life: Life, turn: Turn) -> Message:
    return life.memory.messages.of_turn(turn.id)[-1]
