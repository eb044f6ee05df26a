"""Cache of whose slot an id names. A slot never changes hands, so an entry can't become wrong."""

import sqlalchemy as sa

from tau.storage import schema
from tau.storage.database import Database

_MOST = 16_384


class SlotOwners:
    """A bounded cache from a slot's id to its person's. Slots that don't exist aren't kept."""

    def __init__(self, database: Database, *, most: int = _MOST) -> None:
        self._database = database
        self._most = most
        self._persons: dict[str, str] = {}

    async def person_of(self, slot_id: str) -> str | None:
        """Return whose slot that is, or `None`. Raises `StoreUnavailable`."""
        known = self._persons.get(slot_id)
        if known is not None:
            return known
        statement = sa.select(schema.slots.c.person).where(schema.slots.c.id == slot_id)
        found = await self._database.run(
            lambda connection: connection.execute(statement).scalar(), read_only=True
        )
        if found is None:
            return None
        person = str(found)
        while len(self._persons) >= self._most:
            del self._persons[next(iter(self._persons))]
        self._persons[slot_id] = person
        return person
