"""Notes of a reply: what was learned since the last one, and what the person is asked about it."""

from collections.abc import Iterable, Iterator

from tau.companion.events import Note, Notes
from tau.companion.turn import Turn
from tau.companion.turn_input import OWN_CHANNEL
from tau.facts import Fact, Facts
from tau.facts.facts import claims_after, find_replaced
from tau.facts.resolution import CARE
from tau.journal.entries import ClaimLearned
from tau.life.life import Life
from tau.life.private import is_private
from tau.memory import Memory, Message
from tau.text.languages import is_chinese

MAX_NOTES = 6
"""More aren't shown with one reply; the list of facts has all of them."""
_ORDER = ("asks", "replaced", "learned")
_OWN_CHANNELS = frozenset({OWN_CHANNEL, None})
_QUESTIONS = {
    False: ("Shall I always do this?", "Shall I replace “{}”?", "Does this count?"),
    True: ("要我以后一直这样做吗？", "要用它替换“{}”吗？", "要记住这一点吗？"),
}
"""For a standing instruction, a fact that replaces another, and any other; in Chinese or not."""


def publish_notes(life: Life, turn: Turn, message: Message) -> None:
    """Publish the notes of the reply to `message`, if there are any and the person sees them."""
    if is_private(turn.conversation) or message.channel not in _OWN_CHANNELS:
        return
    if notes := collect_notes(life.memory, _last_reply_seq(life.memory)):
        turn.publish(Notes(id=turn.next_event_id, notes=notes))


def collect_notes(memory: Memory, after: int) -> list[Note]:
    """Return what was learned from the person's words after the entry `after`."""
    learned = (one for _, one in claims_after(memory.facts, after) if _is_news(memory, one))
    return _arranged(_notes(memory.facts, learned))


def notes_of(memory: Memory, reply: Message) -> list[Note]:
    """Return what was learned from the message that a reply answers, and is still open to undo.

    What was rejected or replaced since isn't shown, nor what the person confirmed.
    """
    if not _shows_notes(reply) or reply.parent is None:
        return []
    facts = memory.facts
    learned = (fact for fact in facts.of_message(reply.parent) if fact.sources[0] == reply.parent)
    return _arranged(note for fact in learned if (note := _standing_note(facts, fact)))


def _standing_note(facts: Facts, fact: Fact) -> Note | None:
    """Return the question about a fact, or what was learned, unless the person decided it."""
    if fact.state == "current" and fact.trust == "stated":
        return _learned(facts, fact)
    return _question(facts, fact)


def _notes(facts: Facts, learned: Iterable[ClaimLearned]) -> Iterator[Note]:
    for one in learned:
        fact = facts.find(one.id)
        if fact is None:
            continue
        if note := _question(facts, fact):
            yield note
        elif fact.id == one.id and fact.state == "current":  # not said before
            yield _learned(facts, fact)


def _question(facts: Facts, fact: Fact) -> Note | None:
    if not fact.asks:
        return None
    standing = find_replaced(facts, fact)
    return _note("asks", fact, [standing] if standing else [])


def _learned(facts: Facts, fact: Fact) -> Note:
    before = facts.replaced_by(fact.id)
    return _note("replaced" if before else "learned", fact, before[-1:])


def _note(kind: str, fact: Fact, replaced: list[Fact]) -> Note:
    old = replaced[0].text if replaced else None
    always, instead, other = _QUESTIONS[is_chinese(fact.text)]
    question = always if fact.topic == "instruction" else instead.format(old) if old else other
    return Note(
        kind=kind,  # type: ignore[arg-type]
        fact=fact.id,
        message=fact.sources[0] if fact.sources else "",
        topic=fact.topic,
        about=fact.about,
        text=fact.text,
        replaces=old,
        question=question if kind == "asks" else "",
    )


def _arranged(notes: Iterable[Note]) -> list[Note]:
    """Return one note per fact, questions first."""
    unique = {note.fact: note for note in notes}
    return sorted(unique.values(), key=lambda note: _ORDER.index(note.kind))[:MAX_NOTES]


def _is_news(memory: Memory, learned: ClaimLearned) -> bool:
    """Return whether a claim was extracted from what the person said here."""
    if learned.by in {"person", "import"} or learned.imported is not None:
        return False
    if learned.expert == CARE:  # shown on the page of facts alone, not in a conversation
        return False
    sources = [memory.messages.find(source) for source in learned.sources]
    return all(one is not None and one.imported is None for one in sources)


def _last_reply_seq(memory: Memory) -> int:
    """Return the `seq` of Tau's last reply in one of its own interfaces."""
    for message in reversed(memory.messages.by_row):
        if message is not None and _shows_notes(message):
            return message.seq
    return 0


def _shows_notes(message: Message) -> bool:
    """Return whether a message is a reply that notes were shown with."""
    own = message.imported is None and message.channel in _OWN_CHANNELS
    return own and message.is_reply and message.turn is not None
