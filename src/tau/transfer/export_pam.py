"""Export of a person's facts as Portable AI Memory, which other products read."""

import time
from collections.abc import AsyncIterator

from tau import __version__
from tau.errors import NotFound
from tau.life.life import Life
from tau.transfer.formats import pam


async def export_pam(life: Life) -> AsyncIterator[bytes]:
    """Yield a memory store with the facts that are or were current."""
    facts = life.memory.facts.all()
    sources: dict[str, pam.FactSource] = {}
    for name in {source for fact in facts for source in fact.sources}:
        try:
            message = life.memory.message(name)
        except NotFound:
            continue  # it was forgotten since
        conversation = life.memory.conversation(message.conversation)
        sources[name] = pam.FactSource(
            name, message.conversation, conversation.title, conversation.started_at
        )
    yield pam.render_store(
        facts, sources, owner=life.person, system=f"tau/{__version__}", now=time.time()
    )
