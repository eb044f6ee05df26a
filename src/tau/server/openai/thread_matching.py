"""Where a client's history goes on: clients of the OpenAI and Inflection shapes send all of it.

Tau keeps conversations itself, so it finds the one that the history belongs to: the message before
the person's last words is the one that this conversation ended with. A history that is known no
further back begins a conversation, and what came before the words is written down in it.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from tau.companion.companion import Companion
from tau.companion.turn import Turn
from tau.errors import BadInput
from tau.journal.entries import By
from tau.life.private import PRIVATE_PREFIX
from tau.memory import Message
from tau.server.auth import Present

_RECENT = 50
"""How many conversations are looked at, newest first."""
_KEPT = 200
"""How many earlier messages of an unknown history are written down."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a client's history."""

    by: By
    text: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the words go: after a conversation's end, instead of a message, or asked again."""

    conversation: str | None
    edits: str | None = None
    retries: str | None = None


def find_place(here: Present, lines: Sequence[Line]) -> Place | None:
    """Return where the last of `lines` belongs; `None` if no recent conversation fits."""
    if len(lines) < 2:
        return None
    words, before = lines[-1], lines[-2]
    recent = [
        one.id
        for one in here.conversations()
        if not one.archived and not one.id.startswith(PRIVATE_PREFIX)
    ][:_RECENT]
    threads = {conversation: here.thread(conversation) for conversation in recent}
    for conversation, thread in threads.items():
        if _ends_with(thread, before):
            return Place(conversation)
    for conversation, thread in threads.items():
        following = _following(thread, before)
        if following is not None:
            if _same(following.text, words.text):
                return Place(conversation, retries=following.id)
            return Place(conversation, edits=following.id)
    return None


def _ends_with(thread: Sequence[Message], line: Line) -> bool:
    last = next((one for one in reversed(thread) if one.by == line.by), None)
    if last is None or not _same(last.text, line.text):
        return False
    return line.by == "person" or last is thread[-1]


def _following(thread: Sequence[Message], line: Line) -> Message | None:
    """Return the person's message right after the one that `line` tells."""
    for message, after in itertools.pairwise(thread):
        spoken = message.by == line.by == "tau" and after.by == "person"
        if spoken and _same(message.text, line.text):
            return after
    return None


def _same(one: str, other: str) -> bool:
    return one.split() == other.split()


async def begin_turn(
    companion: Companion,
    here: Present,
    lines: Sequence[Line],
    *,
    conversation: str | None = None,
    instructions: str | None = None,
) -> Turn:
    """Let the companion answer the last of `lines`, in `conversation` or where they belong.

    Raises `BadInput` if the last of them is not the person's, `NotFound` for an unknown
    conversation.
    """
    if not lines or lines[-1].by != "person":
        raise BadInput("The last message must hold the person's words.")
    words = here.life.checked(lines[-1].text)
    place = Place(conversation) if conversation is not None else find_place(here, lines)
    if place is None:
        place = Place(await _write_down(here, lines[-1 - _KEPT : -1]))
    if place.retries is not None:
        return await companion.retry(here.life, place.retries, instructions=instructions)
    return await companion.turn(
        here.life, place.conversation, words, edits=place.edits, instructions=instructions
    )


async def _write_down(here: Present, earlier: Sequence[Line]) -> str | None:
    """Begin a conversation with what was said before; `None` if that is nothing."""
    said = [line for line in earlier if line.text.strip()]
    if not said:
        return None
    conversation = (await here.life.begin()).id
    for line in said:
        await here.life.note(conversation, line.text, by=line.by, at=line.at)
    return conversation
