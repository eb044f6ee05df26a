"""Facts that a specialist may read while it acts."""

import re
import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tau.experts.skills.library import built_in_skills
from tau.facts import Fact
from tau.life.life import Life

_NAMED = re.compile(r"^(?P<role>[^:：]{1,40})[:：]\s*(?P<name>\S.{0,80})$")
_SEVERAL = re.compile(r",| and |、|和")


class NamedPerson(NamedTuple):
    """Who somebody is to the person, by a fact: “Landlord: Mr Vogel”."""

    name: str
    fact: str
    said_on: float


def readable_facts(life: Life, expert: str) -> Iterator[Fact]:
    """Yield the facts that are believed now and that a built-in specialist may read."""
    scope = life.memory.scopes.of(expert, built_in_skills()[expert].scope)
    current = life.memory.facts.current(time.time()) if scope.enabled else []
    return (fact for fact in current if scope.reads_fact(fact))


def find_person(facts: Iterable[Fact], role: str) -> NamedPerson | None:
    """Return the one person who has a role, such as “landlord”; none if there are several."""
    wanted, found = role.casefold(), list[NamedPerson]()
    for fact in facts:
        named = _NAMED.match(fact.text) if not fact.about else None
        if named and named["role"].casefold() == wanted and not _SEVERAL.search(named["name"]):
            found.append(NamedPerson(named["name"], fact.id, fact.last_said_on))
    return found[0] if len({one.name for one in found}) == 1 else None
