"""Cache of the profile in prompts, with the facts it contains.

`tau.facts.profile` selects the facts and writes the lines. A profile is built again when facts have
changed or a day has passed.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from weakref import WeakKeyDictionary

import msgspec

from tau.companion.events import RecalledFact
from tau.companion.prompt import PromptStyle
from tau.facts import Fact, Facts
from tau.facts.profile import build_profile, sanitize_text
from tau.facts.resolution import CARE
from tau.memory import Memory
from tau.memory.scope import Scope, default_scope

MAX_RECALLED_FACTS = 8
FACT_FLOOR = 0.3
"""Share of what is asked, weighted by rarity, that a fact must say to be recalled for it."""


class PromptProfile(msgspec.Struct, frozen=True):
    """The profile as a prompt contains it, and the facts it is made from."""

    text: str = ""
    facts: tuple[Fact, ...] = ()
    name: str = ""
    """What the person is called, if it is known."""

    def recalled(
        self, memory: Memory, words: str, now: float, scope: Scope | None = None
    ) -> list[RecalledFact]:
        """Return the facts that `words` are about, best first, as events of a turn show them."""
        known = {fact.id for fact in self.facts}
        found = memory.search_facts(words, now, MAX_RECALLED_FACTS, floor=FACT_FLOOR, scope=scope)
        return [
            RecalledFact(
                id=fact.id,
                text=fact.text,
                about=fact.about,
                said_on=fact.said_on,
                sources=list(fact.sources),
            )
            for fact in found
            if fact.id in known
        ]


_NAMED = re.compile(r"(?:Name: |Called |Wants to be called |名字：|叫|希望被叫作)(.{1,40})")
_CacheKey = tuple[int, date, int, str, Scope]
"""What a profile depends on: the version of the facts, the day, its budget and heading, and what
may be read."""
_cache: WeakKeyDictionary[Facts, dict[str, tuple[_CacheKey, PromptProfile]]] = WeakKeyDictionary()


def load_profile(
    facts: Facts, style: PromptStyle, now: datetime, scope: Scope | None = None
) -> PromptProfile:
    """Return the profile at `now` for prompts of this style, of what `scope` lets read."""
    scope = scope or default_scope()
    key = (facts.changes, now.date(), style.profile_tokens, style.profile_heading, scope)
    of_experts = _cache.setdefault(facts, {})
    kept = of_experts.get(scope.expert)
    if kept is None or kept[0] != key:
        kept = of_experts[scope.expert] = (key, _render(facts, style, now, scope))
    return kept[1]


def _readable(facts: Facts, at: float, scope: Scope) -> Iterator[Fact]:
    """Yield what is believed and may be read; what waits from `care` is believed there."""
    yield from (fact for fact in facts.current(at) if scope.reads_fact(fact))
    if scope.expert == CARE:
        for fact in facts.waiting():
            if fact.expert == CARE:
                yield msgspec.structs.replace(fact, state="current")


def _render(facts: Facts, style: PromptStyle, now: datetime, scope: Scope) -> PromptProfile:
    at = now.timestamp()
    known = {fact.id: fact for fact in _readable(facts, at, scope)}
    built = build_profile(list(known.values()), at, now.tzinfo, style.profile_tokens)
    if not built.lines:
        return PromptProfile()
    names = dict.fromkeys(name for line in built.lines for name in line.facts)
    shown = tuple(known[name] for name in names)
    return PromptProfile(f"{style.profile_heading}\n{built.text}", shown, _first_name(shown))


def _first_name(facts: tuple[Fact, ...]) -> str:
    """Return what the person said they are called, or an empty string."""
    texts = (fact.text for fact in facts if fact.topic == "name" and not fact.about)
    found = next((match for text in texts if (match := _NAMED.fullmatch(text))), None)
    return sanitize_text(found[1]) if found else ""
