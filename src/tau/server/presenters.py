"""Conversion of messages, conversations, facts and passages to the API's responses."""

import time
from collections.abc import Iterable

from tau.care.helplines import HelpLine
from tau.companion.care_step import HelpOffer
from tau.companion.notes import notes_of
from tau.errors import NotFound
from tau.facts import Fact
from tau.facts.facts import find_replaced
from tau.life.fact_editing import FactEditor
from tau.life.private import is_private
from tau.memory import Conversation, Message, Passage
from tau.memory.thread_versions import versions
from tau.server.attachment_presenters import attachments_out, sources_out
from tau.server.auth import CurrentPerson
from tau.server.schemas.care import HelpLineOut, HelpOut
from tau.server.schemas.conversations import ConversationOut
from tau.server.schemas.facts import FactOut
from tau.server.schemas.memory import PassageOut
from tau.server.schemas.messages import (
    FactSummaryOut,
    MadeArtifactOut,
    MessageOut,
    NoteOut,
    RecalledMessageOut,
)


def message_out(current: CurrentPerson, message: Message) -> MessageOut:
    """Return a message with its versions and the messages that were recalled for it."""
    siblings = versions(current.life.memory_of(message.conversation).conversations, message)
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
        facts=_recalled_facts(current, message),
        notes=_notes(current, message),
        origin=message.origin,
        imported=message.imported,
        cut=message.cut,
        instead_of=message.instead_of,
        help=help_out(current.care.offer_of(message)),
        expert=message.expert,
        attachments=attachments_out(current, message),
        sources=sources_out(current, message),
        artifact=_made_artifact(current, message),
        version=siblings.index(message.id) + 1,
        versions=siblings,
    )


def _made_artifact(current: CurrentPerson, message: Message) -> MadeArtifactOut | None:
    """Return what a reply made, if it's still there."""
    if message.by != "tau" or message.artifact is None:
        return None
    try:
        made = current.life.memory.artifacts.get(message.artifact)
    except NotFound:  # forgotten since
        return None
    return MadeArtifactOut(id=made.id, type=made.type, title=made.title)


def help_out(offer: HelpOffer | None) -> HelpOut | None:
    """Return the help that was offered with a message."""
    if offer is None:
        return None
    return HelpOut(
        level=int(offer.signal.level),
        kind=offer.signal.kind,
        about=offer.signal.about,
        country=offer.help.country,
        emergency=offer.help.emergency,
        lines=[help_line_out(line) for line in offer.help.lines],
        text=offer.card,
        language=offer.language,
    )


def help_line_out(line: HelpLine) -> HelpLineOut:
    """Return a help line."""
    return HelpLineOut(
        name=line.name,
        number=line.number,
        text=line.text,
        url=line.url,
        hours=line.hours,
        languages=list(line.languages),
        for_kinds=list(line.for_kinds),
    )


def _find_message(current: CurrentPerson, message_id: str) -> Message | None:
    try:
        return current.message(message_id)
    except NotFound:  # forgotten since
        return None


def _recalled_facts(current: CurrentPerson, message: Message) -> list[FactSummaryOut]:
    """Return the current facts that a reply recalled; of an older one, those of its passages."""
    if message.facts:
        found = (current.life.memory.facts.find(name) for name in message.facts)
        return _summaries(current, (fact for fact in found if fact is not None))
    return known_facts(current, message.recalled) if message.channel is None else []


def _notes(current: CurrentPerson, message: Message) -> list[NoteOut]:
    """Return what was learned from the message that a reply answers, and questions about it."""
    if not current.can_see(message.conversation):
        return []
    return [
        NoteOut(
            kind=note.kind,
            fact=note.fact,
            topic=note.topic,
            about=note.about,
            text=note.text,
            replaces=note.replaces,
            question=note.question,
        )
        for note in notes_of(current.life.memory, message)
    ]


def known_facts(current: CurrentPerson, sources: Iterable[str]) -> list[FactSummaryOut]:
    """Return the current facts that have one of these messages as a source."""
    known = current.life.memory.facts
    found = {fact.id: fact for source in sources for fact in known.of_message(source)}
    return _summaries(current, found.values())


def _summaries(current: CurrentPerson, facts: Iterable[Fact]) -> list[FactSummaryOut]:
    now, editor = time.time(), FactEditor(current.life)
    return [
        FactSummaryOut(
            id=fact.id,
            text=fact.text,
            state=fact.at(now).state,
            revision=editor.revision(fact),
        )
        for fact in facts
        if fact.is_current(now)
    ]


def fact_out(current: CurrentPerson, fact: Fact) -> FactOut:
    """Return a fact as the API shows it."""
    replaced = find_replaced(current.life.memory.facts, fact)
    return FactOut(
        id=fact.id,
        topic=fact.topic,
        about=fact.about,
        text=fact.text,
        state=fact.state,
        trust=fact.trust,
        confirmed=fact.confirmed,
        asks=fact.asks,
        replaces=replaced.text if replaced else None,
        said_on=fact.said_on,
        last_said_on=fact.last_said_on,
        valid_from=fact.valid_from,
        valid_from_precision=fact.valid_from_precision,
        valid_to=fact.valid_to,
        due=fact.due,
        sources=list(fact.sources),
        learned_by=fact.learned_by,
        corrects=fact.corrects,
        superseded_by=fact.superseded_by,
        revision=FactEditor(current.life).revision(fact),
        expert=fact.expert,
    )


def recalled_out(message: Message) -> RecalledMessageOut:
    """Return a message as evidence for a reply or a fact."""
    return RecalledMessageOut(
        message=message.id,
        conversation=message.conversation,
        by=message.by,
        speaker=message.speaker,
        text=message.text,
        at=message.at,
    )


def passage_out(current: CurrentPerson, passage: Passage) -> PassageOut:
    """Return a passage with its neighbours."""
    return PassageOut(
        message=message_out(current, passage.message),
        score=passage.score,
        reasons=list(passage.reasons),
        before=message_out(current, passage.before) if passage.before else None,
        after=message_out(current, passage.after) if passage.after else None,
    )


def conversation_out(conversation: Conversation, live_turn: str | None = None) -> ConversationOut:
    """Return a conversation with its turn in progress."""
    return ConversationOut(
        id=conversation.id,
        title=conversation.title,
        started_at=conversation.started_at,
        updated_at=conversation.updated_at,
        archived=conversation.archived,
        count=conversation.count,
        private=is_private(conversation.id),
        expert=conversation.expert,
        live_turn=live_turn,
    )
