"""Cache of the profile in prompts, with the facts it contains.

`tau.facts.profile` selects the facts and writes the lines. A profile is built again when facts have
changed or a day has passed.
"""

from datetime import date, datetime
from weakref import WeakKeyDictionary

import msgspec

from tau.companion.events import RecalledFact
from tau.companion.prompt import PromptStyle
from tau.facts import Fact, Facts
from tau.facts.profile import build_profile


class PromptProfile(msgspec.Struct, frozen=True):
    """The profile as a prompt contains it, and the facts it is made from."""

    text: str = ""
    facts: tuple[Fact, ...] = ()

    def recalled(self) -> list[RecalledFact]:
        """Return the facts as the events of a turn show them."""
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
"""What a profile depends on: the version of the facts, the day, its budget and heading."""
_cache: WeakKeyDictionary[Facts, tuple[_CacheKey, PromptProfile]] = WeakKeyDictionary()


def load_profile(facts: Facts, style: PromptStyle, now: datetime) -> PromptProfile:
    """Return the profile at `now` for prompts of this style."""
    key = (facts.changes, now.date(), style.profile_tokens, style.profile_heading)
    kept = _cache.get(facts)
    if kept is None or kept[0] != key:
        kept = _cache[facts] = (key, _render(facts, style, now))
    return kept[1]


def _render(facts: Facts, style: PromptStyle, now: datetime) -> PromptProfile:
    at = now.timestamp()
    known = {fact.id: fact for fact in facts.current(at)}
    built = build_profile(list(known.values()), at, now.tzinfo, style.profile_tokens)
    if not built.lines:
        return PromptProfile()
    names = dict.fromkeys(name for line in built.lines for name in line.facts)
    return PromptProfile(
        f"{style.profile_heading}\n{built.text}", tuple(known[name] for name in names)
    )
