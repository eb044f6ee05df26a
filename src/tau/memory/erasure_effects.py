"""Consequences of an erasure: what follows for facts, conversations and imports.

Functions of what is to be erased; they read a memory and change nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tau.journal.entries import (
    ChangeUndone,
    ClaimLearned,
    ConversationChanged,
    Entry,
    FactJudged,
)
from tau.memory.memory import Memory
from tau.memory.messages import Message


@dataclass(slots=True)
class Erased:
    """What a plan erases so far, from one memory."""

    memory: Memory
    chosen: dict[str, Message] = field(default_factory=dict)
    """The messages that were named, of either side, and their other versions."""
    replies: dict[str, Message] = field(default_factory=dict)
    claims: dict[str, tuple[int, ClaimLearned]] = field(default_factory=dict)
    titles: dict[int, ConversationChanged] = field(default_factory=dict)
    """By the `seq` of the entry with the title, the same entry without it."""

    def holds(self, message_id: str) -> bool:
        """Return whether a message is erased."""
        return message_id in self.chosen or message_id in self.replies

    def messages(self) -> tuple[Message, ...]:
        """Return all messages that are erased."""
        return (*self.chosen.values(), *self.replies.values())


def unsupported_facts(erased: Erased) -> list[str]:
    """Return the facts of which no claim is left."""
    every: Counter[str] = Counter()
    erased_claims: Counter[str] = Counter()
    for _, entry in erased.memory.facts.entries():
        if isinstance(entry, ClaimLearned) and (fact := erased.memory.facts.find(entry.id)):
            every[fact.id] += 1
            erased_claims[fact.id] += entry.id in erased.claims
    return [name for name, count in erased_claims.items() if count == every[name]]


def judgements(erased: Erased) -> Iterator[int]:
    """Yield the entries that judge or undo claims which are erased."""
    names = set(erased.claims)
    for seq, entry in erased.memory.facts.entries():
        if isinstance(entry, FactJudged) and entry.fact in names:
            names.add(entry.id)
            yield seq
        elif isinstance(entry, ChangeUndone) and entry.target in names:
            yield seq


def empty_conversations(erased: Erased) -> dict[str, list[int]]:
    """Return the conversations of which no message is left, with all their entries."""
    names = {one.conversation for one in erased.messages()}
    return {
        name: erased.memory.conversations.entries_of(name)
        for name in names
        if all(
            erased.holds(message.id) for message in erased.memory.conversations.all_messages(name)
        )
    }


def imported_ids(erased: Erased, emptied: Iterable[str]) -> dict[str, None]:
    """Return the ids of what is erased and was imported: messages, claims, conversations."""
    said = erased.messages()
    messages = [one for one in said if one.imported is not None]
    begun = {one.conversation for one in messages}
    named = {*emptied, *(title.id for title in erased.titles.values())}
    claims = (learned for _, learned in erased.claims.values())
    names = dict.fromkeys(one.id for one in messages)
    names |= dict.fromkeys(each.id for each in claims if each.imported is not None)
    return names | dict.fromkeys(name for name in sorted(named) if name in begun)


def still_archived(erased: Erased, emptied: dict[str, list[int]]) -> list[Entry]:
    """Return what else an erased title's entry said, to be written again."""
    titles = erased.titles.values()
    return [one for one in titles if one.archived is not None and one.id not in emptied]
