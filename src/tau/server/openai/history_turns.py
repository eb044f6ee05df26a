"""Turns of clients that send their whole history: where they belong, and how they begin."""

from collections.abc import Sequence
from itertools import islice

import msgspec

from tau.companion.care_step import joined
from tau.companion.turn import Turn
from tau.companion.turn_input import EarlierMessage, TurnInput, validated_turn_id
from tau.errors import BadInput
from tau.life.text_validation import validated_message
from tau.memory import Message
from tau.models.caller import COMPANION_NAME, require_permitted
from tau.server.auth import CurrentPerson
from tau.server.openai.client_prompts import unwrap_question
from tau.server.openai.message_files import MessageFiles
from tau.server.openai.thread_matching import ThreadMatch, match_thread
from tau.server.state import AppState

_MAX_CONVERSATIONS = 50
"""How many conversations are compared, newest first."""
_MAX_EARLIER_MESSAGES = 200
"""How many messages of a history are compared, and recorded if it's unknown."""


async def begin_turn(
    app_state: AppState,
    current: CurrentPerson,
    lines: Sequence[EarlierMessage],
    *,
    conversation: str | None = None,
    instructions: str | None = None,
    channel: str = "openai",
    files: MessageFiles | None = None,
) -> Turn:
    """Begin a turn with the last of `lines`, in `conversation` or where they belong.

    `files` came with the last of `lines`; words that are there already have theirs.

    A question that a client wrapped in documents is the words; the documents are for this turn
    only. Raises `BadInput` if the last line is not the person's, `NotFound` for an unknown
    conversation, `ModelNotPermitted` for a key that may not use the companion.
    """
    require_permitted(COMPANION_NAME)
    if not lines or lines[-1].by != "person":
        raise BadInput("The last message must be the person's.")
    companion, life = app_state.companion, current.life
    text = lines[-1].text
    if wrapped := unwrap_question(text):
        text, instructions = wrapped.question, joined(instructions, wrapped.prompt)
    words = validated_message(text, life.max_message_bytes)
    if conversation is not None:
        current.require_visible(conversation)
    earlier = tuple(
        EarlierMessage(line.by, validated_message(line.text, life.max_message_bytes), line.at)
        for line in [line for line in lines[:-1] if line.text.strip()][-_MAX_EARLIER_MESSAGES:]
    )
    request = TurnInput(
        words=words,
        turn_id=validated_turn_id(None),
        conversation=conversation,
        instructions=instructions,
        channel=channel,
        history=earlier,
    )
    if conversation or not any(line.by == "person" for line in earlier):
        return await _begin(app_state, current, request, files)  # nothing to look for
    # One at a time: the next request finds what this one writes.
    async with app_state.history_lock(life):
        place = _place(app_state, current, earlier, words, channel)
        if place is None:
            return await _begin(app_state, current, request, files)
        if place.repeats is not None and life.message(place.repeats).channel == channel:
            return companion.turn_of(life, place.repeats)
        if place.retries is not None:
            return await companion.retry(life, place.retries, instructions=instructions)
        changes = {"conversation": place.conversation, "edits": place.edits}
        request = msgspec.structs.replace(request, **changes)
        return await _begin(app_state, current, request, files)


async def _begin(
    app_state: AppState, current: CurrentPerson, request: TurnInput, files: MessageFiles | None
) -> Turn:
    """Begin a turn with files, which are discarded if it can't begin."""
    if files is None:
        return await app_state.companion.begin(current.life, request)
    ids = await files.receive()
    try:
        request = msgspec.structs.replace(request, attachments=ids)
        return await app_state.companion.begin(current.life, request)
    except BaseException:
        await files.discard(ids)
        raise


def _place(
    app_state: AppState,
    current: CurrentPerson,
    earlier: Sequence[EarlierMessage],
    words: str,
    channel: str,
) -> ThreadMatch | None:
    def is_current(message: Message) -> bool:
        """Whether a message is answered, or was since this request came, or is of others."""
        turn = current.life.turn(message.turn) if message.turn else []
        if message.channel not in {None, channel}:
            return True  # sent elsewhere: this client never saw it, so it doesn't edit it
        came_later = any(each.at > current.arrived_at for each in turn)
        return came_later or app_state.companion.is_awaited(current.life, message)

    conversations = current.life.memory.conversations.newest_first()
    recent = (one.id for one in conversations if not one.archived)
    threads = {name: current.thread(name) for name in islice(recent, _MAX_CONVERSATIONS)}
    return match_thread(threads, earlier, words, is_current)
