"""The portrait as a prompt tells it, and as the events of a turn do.

What is known is chosen and put into lines by `tau.facts.profile`. A portrait is made anew
when facts have changed or a day has passed, and else kept: many turns see the same.
"""

from datetime import date, datetime
from weakref import WeakKeyDictionary

import msgspec

from tau.companion.events import RecalledFact
from tau.companion.prompt import PromptStyle
from tau.facts import Fact, Facts
from tau.facts.profile import build_profile


class PromptProfile(msgspec.Struct, frozen=True):
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


_CacheKey = tuple[int, date, int, str]
"""Of what a portrait is made: the change of facts, the day, its budget and its heading."""
_cache: WeakKeyDictionary[Facts, tuple[_CacheKey, PromptProfile]] = WeakKeyDictionary()


def load_profile(facts: Facts, style: PromptStyle, now: datetime) -> PromptProfile:
    """Return what is known of the person at `now`, as a prompt of this style tells it."""
    key = (facts.changes, now.date(), style.portrait_tokens, style.portrait_heading)
    kept = _cache.get(facts)
    if kept is None or kept[0] != key:
        kept = _cache[facts] = (key, _render(facts, style, now))
    return kept[1]


def _render(facts: Facts, style: PromptStyle, now: datetime) -> PromptProfile:
    at = now.timestamp()
    known = {fact.id: fact for fact in facts.current(at)}
    told = build_profile(list(known.values()), at, now.tzinfo, style.portrait_tokens)
    if not told.lines:
        return PromptProfile()
    names = dict.fromkeys(name for line in told.lines for name in line.facts)
    return PromptProfile(
        f"{style.portrait_heading}\n{told.text}", tuple(known[name] for name in names)
    )
