"""Messages and facts that tests of the API begin with."""

import time
from typing import Any

from tau.ids import new_id
from tau.journal.entries import Claim, ClaimLearned
from tau.life.life import Life

from ..conftest import Person

FACTS = "/api/memory/facts"


async def life_of(person: Person, api: Any) -> Life:
    life: Life = await api.state.app_state.lives.open(person.unlocked)
    return life


async def learn(life: Life, text: str, *sources: str, **more: Any) -> str:
    claim = Claim(
        topic=more.pop("topic", "home"),
        text=text,
        slot=more.pop("slot", ""),
        value=text.lower(),
        due=more.pop("due", None),
        valid_to=more.pop("valid_to", None),
    )
    parts = {"at": time.time(), "id": new_id(), "claim": claim, "sources": sources}
    learned = ClaimLearned(**(parts | more))
    await life._journal.append(learned)
    return learned.id


async def note(person: Person, text: str, conversation: str | None = None) -> str:
    where = conversation or await person.begin()
    noted = await person.post(f"/api/conversations/{where}/messages", {"text": text})
    return str(noted["id"])


async def listed(person: Person, **query: Any) -> list[str]:
    return [fact["text"] for fact in (await person.get(FACTS, **query))["facts"]]
