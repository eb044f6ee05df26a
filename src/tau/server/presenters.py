"""How what a life holds is told over the API. Pure: from the domain's structs to the shapes."""

import time
from collections.abc import Iterable

from tau.errors import NotFound
from tau.life.fact_editing import FactEditor, state_of
from tau.life.private import PRIVATE_PREFIX
from tau.memory import Conversation, Message, Passage
from tau.server.auth import CurrentPerson
from tau.server.schemas.shapes import (
    ConversationOut,
    FactSummaryOut,
    MessageOut,
    PassageOut,
    RecalledMessageOut,
)


def message_out(current: CurrentPerson, message: Message) -> MessageOut:
    """Return a message, with what was recalled for it spelled out."""
    return MessageOut(
        id=message.id,
        conversation=message.conversation,
        by=message.by,
        speaker=message.speaker,
        text=message.text,
        at=message.at,
        parent=message.parent,
        turn=message.turn,
        status=message.status,
        model=message.model,
        recalled=[
            recalled_out(found)
            for id_ in message.recalled
            if (found := _find_message(current, id_))
        ],
        facts=known_facts(current, message.recalled) if message.recalled else [],
        origin=message.origin,
        imported=message.imported,
    )


def _find_message(current: CurrentPerson, message_id: str) -> Message | None:
    try:
        return current.message(message_id)
    except NotFound:  # forgotten since
        return None


def known_facts(current: CurrentPerson, sources: Iterable[str]) -> list[FactSummaryOut]:
    """Return what is held to be true now and has one of these messages as a source."""
    now, memories = time.time(), FactEditor(current.life)
    known = current.life.memory.facts
    found = {fact.id: fact for source in sources for fact in known.of_message(source)}
    return [
        FactSummaryOut(
            id=fact.id,
            text=fact.text,
            state=state_of(fact, now),
            revision=memories.revision(fact),
        )
        for fact in found.values()
        if fact.is_current(now)
    ]


def recalled_out(message: Message) -> RecalledMessageOut:
    """Return a message as what speaks for a reply or a fact."""
    return RecalledMessageOut(
        message=message.id,
        conversation=message.conversation,
        by=message.by,
        speaker=message.speaker,
        text=message.text,
        at=message.at,
    )


def passage_out(current: CurrentPerson, passage: Passage) -> PassageOut:
    """Return a found passage with its neighbours."""
    return PassageOut(
        message=message_out(current, passage.message),
        score=passage.score,
        reasons=list(passage.reasons),
        before=message_out(current, passage.before) if passage.before else None,
        after=message_out(current, passage.after) if passage.after else None,
    )


def conversation_out(conversation: Conversation, live_turn: str | None = None) -> ConversationOut:
    """Return a conversation and the turn that is in the making there."""
    return ConversationOut(
        id=conversation.id,
        title=conversation.title,
        started_at=conversation.started_at,
        updated_at=conversation.updated_at,
        archived=conversation.archived,
        count=conversation.count,
        private=conversation.id.startswith(PRIVATE_PREFIX),
        live_turn=live_turn,
    )
