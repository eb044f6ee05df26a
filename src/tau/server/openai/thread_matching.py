"""Matching of a client's message history with a conversation.

Clients of the OpenAI and Inflection APIs send the whole history with each request. Tau keeps
conversations itself, so it looks for the one whose last message is the one before the person's last
words. An unknown history begins a new conversation, and its earlier messages are recorded there.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from tau.companion.companion import Companion
from tau.companion.turn import Turn
from tau.errors import BadInput
from tau.journal.entries import Author
from tau.life.private import PRIVATE_PREFIX
from tau.life.text_validation import validated_message
from tau.memory import Message
from tau.server.auth import CurrentPerson

_MAX_CONVERSATIONS = 50
"""How many conversations are compared, newest first."""
_MAX_RECORDED_MESSAGES = 200
"""How many earlier messages of an unknown history are recorded."""


@dataclass(frozen=True, slots=True)
class HistoryMessage:
    """One message of a client's history."""

    by: Author
    text: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class ThreadMatch:
    """Where words belong: at a conversation's end, in place of a message, or as a retry of one."""

    conversation: str | None
    edits: str | None = None
    retries: str | None = None


def match_thread(current: CurrentPerson, lines: Sequence[HistoryMessage]) -> ThreadMatch | None:
    """Return where the last of `lines` belongs, or `None` if no recent conversation matches."""
    if len(lines) < 2:
        return None
    words, before = lines[-1], lines[-2]
    recent = [
        one.id
        for one in current.conversations()
        if not one.archived and not one.id.startswith(PRIVATE_PREFIX)
    ][:_MAX_CONVERSATIONS]
    threads = {conversation: current.thread(conversation) for conversation in recent}
    for conversation, thread in threads.items():
        if _ends_with(thread, before):
            return ThreadMatch(conversation)
    for conversation, thread in threads.items():
        following = _next_message(thread, before)
        if following is not None:
            if _is_same_text(following.text, words.text):
                return ThreadMatch(conversation, retries=following.id)
            return ThreadMatch(conversation, edits=following.id)
    return None


def _ends_with(thread: Sequence[Message], line: HistoryMessage) -> bool:
    last = next((one for one in reversed(thread) if one.by == line.by), None)
    if last is None or not _is_line_of(last, line, thread):
        return False
    return line.by == "person" or last is thread[-1]


def _next_message(thread: Sequence[Message], line: HistoryMessage) -> Message | None:
    """Return the person's message right after the one that matches `line`."""
    for message, after in itertools.pairwise(thread):
        spoken = message.by == line.by == "tau" and after.by == "person"
        if spoken and _is_line_of(message, line, thread):
            return after
    return None


def _is_line_of(message: Message, line: HistoryMessage, thread: Sequence[Message]) -> bool:
    """Return whether a client's line is a message; a card of help may stand before a reply."""
    said, sent = message.text.split(), line.text.split()
    if said == sent:
        return True
    if message.by != "tau" or not said or sent[-len(said) :] != said:
        return False
    answered = next((each for each in thread if each.id == message.parent), None)
    return answered is not None and answered.care is not None


def _is_same_text(one: str, other: str) -> bool:
    return one.split() == other.split()


async def begin_turn(
    companion: Companion,
    current: CurrentPerson,
    lines: Sequence[HistoryMessage],
    *,
    conversation: str | None = None,
    instructions: str | None = None,
    channel: str = "openai",
) -> Turn:
    """Begin a turn with the last of `lines`, in `conversation` or where they belong.

    Raises `BadInput` if the last line is not the person's, `NotFound` for an unknown
    conversation.
    """
    if not lines or lines[-1].by != "person":
        raise BadInput("The last message must be the person's.")
    words = validated_message(lines[-1].text, current.life.max_message_bytes)
    if conversation is not None:
        current.require_visible(conversation)
    place = ThreadMatch(conversation) if conversation is not None else match_thread(current, lines)
    if place is None:
        place = ThreadMatch(
            await _record_history(current, lines[-1 - _MAX_RECORDED_MESSAGES : -1], channel)
        )
    if place.retries is not None:
        return await companion.retry(current.life, place.retries, instructions=instructions)
    return await companion.turn(
        current.life,
        place.conversation,
        words,
        edits=place.edits,
        instructions=instructions,
        channel=channel,
    )


async def _record_history(
    current: CurrentPerson, earlier: Sequence[HistoryMessage], channel: str
) -> str | None:
    """Begin a conversation with the earlier messages; `None` if there are none."""
    said = [line for line in earlier if line.text.strip()]
    if not said:
        return None
    conversation = (await current.life.create_conversation()).id
    for line in said:
        await current.life.add_message(
            conversation, line.text, by=line.by, at=line.at, channel=channel
        )
    return conversation
