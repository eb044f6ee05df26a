"""The portrait as a prompt tells it, and as the events of a turn do.

What is known is chosen and put into lines by `tau.memory.facts.portrait`. Pure.
"""

from datetime import datetime

import msgspec

from tau.companion.events import RecalledFact
from tau.companion.prompt import Style
from tau.memory.facts import Fact, Facts
from tau.memory.facts.portrait import portrait


class Shown(msgspec.Struct, frozen=True):
    """What a prompt tells of the person, and the facts that it tells by that."""

    text: str = ""
    facts: tuple[Fact, ...] = ()

    def recalled(self) -> list[RecalledFact]:
        """Return the facts as the events of a turn tell them."""
        return [
            RecalledFact(
                id=fact.id,
                text=fact.text,
                about=fact.about,
                said_on=fact.said_on,
                sources=list(fact.sources),
            )
            for fact in self.facts
        ]


def shown(facts: Facts, style: Style, now: datetime) -> Shown:
    """Return what is known of the person at `now`, as a prompt of this style tells it."""
    at = now.timestamp()
    known = {fact.id: fact for fact in facts.current(at)}
    told = portrait(list(known.values()), at, now.tzinfo, style.portrait_tokens)
    if not told.lines:
        return Shown()
    names = dict.fromkeys(name for line in told.lines for name in line.facts)
    return Shown(f"{style.portrait_heading}\n{told.text}", tuple(known[name] for name in names))
