"""Specialists in a turn: who replies, how they're to behave, and what they may read.

What a specialist is, `tau.experts` knows; a turn needs only its name, its instructions and its
scope. What is said to `care` has conversations of its own, so that nothing of it stands in another
specialist's thread.
"""

from typing import Protocol

from tau.care.answers import language_of
from tau.companion.acts import ActingSpecialists
from tau.companion.events import SpecialistSuggested
from tau.companion.turn import Turn
from tau.companion.turn_input import OWN_CHANNEL
from tau.errors import BadInput, NotFound
from tau.facts.resolution import CARE, TALK
from tau.life.life import Life
from tau.life.private import is_private
from tau.memory import Memory, Message
from tau.memory.scope import Scope

_QUESTIONS = {
    "writing": {"en": "Shall we work on this as a document?", "zh": "要把它当作一份文稿来写吗？"},
    "sketch": {"en": "Shall we draw this as a plan?", "zh": "要把它画成平面图吗？"},
    CARE: {"en": "Would you like a quiet place for this?", "zh": "想换个安静的地方慢慢说吗？"},
}
_OWN_QUESTION = {
    "en": "Shall we use your skill “{name}” for this?",
    "zh": "要用你的技能“{name}”来做吗？",
}
_CARE_APART = "Reflective support has conversations of its own: start a new one."
_CARE_STAYS = "This conversation belongs to reflective support: start a new one for anything else."


class Specialist(Protocol):
    """One who replies: `instructions` say how it's to behave, `scope` what it may read."""

    @property
    def name(self) -> str:
        """Its name, such as `writing`."""
        ...

    @property
    def instructions(self) -> str:
        """Text for the prompt; its first paragraph alone is for small models."""
        ...

    @property
    def scope(self) -> Scope:
        """What it may read of this person."""
        ...


class Specialists(ActingSpecialists, Protocol):
    """The specialists that there are."""

    async def get(self, memory: Memory, name: str) -> Specialist:
        """Return a specialist of one person. Raises `NotFound`, `BadInput` if it can't be used."""
        ...

    async def suggest(self, memory: Memory, words: str) -> str | None:
        """Return the specialist that words in plain talk ask for, if one clearly is."""
        ...


async def find_specialist(
    life: Life, conversation: str | None, named: str | None, specialists: Specialists | None
) -> Specialist | None:
    """Return who replies: the one that is named, or that of the conversation; none in plain talk.

    Raises `NotFound` and `BadInput`.
    """
    name = named
    if name is None and conversation is not None:
        name = life.memory_of(conversation).conversation(conversation).expert
    if name in (None, TALK):
        return None
    if specialists is None:
        raise NotFound("There is no such specialist.")
    return await specialists.get(life.memory, str(name))


async def suggest_specialist(
    life: Life, turn: Turn, words: Message, specialists: Specialists | None
) -> None:
    """Publish the specialist that words in plain talk ask for, if one clearly is."""
    if specialists is None or is_private(turn.conversation) or words.channel != OWN_CHANNEL:
        return
    name = await specialists.suggest(life.memory, words.text)
    if name is not None:
        question = _QUESTIONS.get(name, _OWN_QUESTION)[language_of(words.text)].format(name=name)
        turn.publish(SpecialistSuggested(id=turn.next_event_id, expert=name, question=question))


def require_fitting(life: Life, conversation: str | None, expert: str | None) -> None:
    """Raise `BadInput` if words to a specialist don't belong in a conversation."""
    if conversation is None:
        return
    known = life.memory_of(conversation).conversation(conversation)
    if known.last is None or (known.expert == CARE) == (expert == CARE):
        return
    raise BadInput(_CARE_STAYS if known.expert == CARE else _CARE_APART)
