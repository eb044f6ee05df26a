"""Ids of facts as people type them: the first characters are enough."""

from collections.abc import Sequence

from tau.client.client import Client
from tau.errors import BadInput, NotFound
from tau.server.schemas.facts import FactOut

_MIN_ID_LENGTH = 4
"""Characters of an id that are shown at least."""
ID_CONTEXT = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
"""Context settings of commands that take ids: some ids begin with a dash and are not options."""


async def all_facts(client: Client) -> list[FactOut]:
    """Return every fact, in any state."""
    return await client.memory.facts(state="all")


async def find_facts(client: Client, names: Sequence[str]) -> list[FactOut]:
    """Return the facts whose ids start like this. Raises `NotFound`, `BadInput` if ambiguous."""
    everything = await all_facts(client)
    found: list[FactOut] = []
    for name in names:
        fitting = [one for one in everything if one.id.startswith(name)]
        fitting = [one for one in fitting if one.id == name] or fitting
        if not fitting:
            raise NotFound(f"There's no memory {name}; see tau memory list --state all.")
        if len(fitting) > 1:
            ids = ", ".join(sorted(one.id for one in fitting)[:5])
            raise BadInput(f"More than one memory starts with {name}: {ids}.")
        found += fitting
    return found


def short_ids(facts: Sequence[FactOut]) -> dict[str, str]:
    """Return the shortest unique beginning of each id."""
    ids = sorted(fact.id for fact in facts)
    short: dict[str, str] = {}
    for place, name in enumerate(ids):
        others = ids[max(0, place - 1) : place] + ids[place + 1 : place + 2]
        length = _MIN_ID_LENGTH
        while length < len(name) and any(other.startswith(name[:length]) for other in others):
            length += 1
        short[name] = name[:length]
    return short
