"""The ledger of usage: tokens and cost by day, person, key and model. It never holds a word.

Rows of a person go with the person. Rows older than `KEPT_DAYS` are deleted.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from tau.storage.database import Database
from tau.storage.schema import people, usage_days
from tau.usage.prices import Price

KEPT_DAYS = 400
"""A year, and the month before to compare with."""
_KEY_COLUMNS = ("day", "person", "key", "model")
_SUMS = (
    "requests",
    "prompt_tokens",
    "completion_tokens",
    "cached_tokens",
    "micros",
    "unpriced",
)


class UsagePlace(NamedTuple):
    """What a row of the ledger is about; no person: Tau's own work, no key: a device."""

    day: str
    person: str
    key: str
    model: str


class TokenSums(msgspec.Struct):
    """Requests and their tokens, still without a cost."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    """Those of the prompt that the endpoint still had."""

    def add(self, other: "TokenSums") -> None:
        """Add another's numbers to these."""
        self.requests += other.requests
        self.prompt_tokens += other.prompt_tokens
        self.completion_tokens += other.completion_tokens
        self.cached_tokens += other.cached_tokens

    def micros(self, price: Price) -> int:
        """Return what it cost, in millionths."""
        return price.micros(self.prompt_tokens, self.completion_tokens, self.cached_tokens)


class UsageRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the ledger; `unpriced` requests aren't in the cost."""

    day: str
    person: str
    key: str
    model: str
    requests: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    micros: int
    unpriced: int


class Ledger:
    """Reads the ledger, and deletes what is old."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rows(self, since: date, until: date, person: str | None = None) -> list[UsageRow]:
        """Return what was used from one day to another, both included; by one person if given."""
        table = usage_days.c
        wanted = sa.select(usage_days).where(
            table.day >= since.isoformat(), table.day <= until.isoformat()
        )
        if person is not None:
            wanted = wanted.where(table.person == person)
        ordered = wanted.order_by(table.day, table.person, table.key, table.model)
        found = await self._database.run(
            lambda c: [dict(row._mapping) for row in c.execute(ordered)],  # noqa: SLF001 - public
            read_only=True,
        )
        return [UsageRow(**row) for row in found]

    async def delete_old(self, now: float) -> None:
        """Delete the rows that are older than `KEPT_DAYS`, and those of people who are gone.

        A Tau of an earlier version, which knows nothing of these rows, leaves them.
        """
        oldest = datetime.fromtimestamp(now, UTC).date() - timedelta(days=KEPT_DAYS)
        table = usage_days.c
        is_orphan = sa.and_(table.person != "", table.person.not_in(sa.select(people.c.id)))
        statement = sa.delete(usage_days).where(sa.or_(table.day < oldest.isoformat(), is_orphan))
        await self._database.run(lambda c: c.execute(statement))


def day_of(now: float) -> str:
    """Return the day of a time in UTC, such as 2026-11-28."""
    return datetime.fromtimestamp(now, UTC).date().isoformat()


def write_sums(
    connection: sa.Connection, sums: Mapping[UsagePlace, TokenSums], prices: Mapping[str, Price]
) -> None:
    """Add sums to the ledger, inside a transaction; nothing of a person who was removed."""
    present = _lock_present(connection, {place.person for place in sums})
    rows = [
        _row(place, sums[place], prices.get(place.model))
        for place in sorted(sums)  # in one order, so that two nodes never wait for each other
        if not place.person or place.person in present
    ]
    if not rows:
        return
    insert: Any = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    statement = insert(usage_days)
    raised = {name: usage_days.c[name] + statement.excluded[name] for name in _SUMS}
    connection.execute(
        statement.on_conflict_do_update(index_elements=_KEY_COLUMNS, set_=raised), rows
    )


def _row(place: UsagePlace, added: TokenSums, price: Price | None) -> dict[str, Any]:
    cost = {"micros": 0, "unpriced": added.requests}
    if price is not None:
        cost = {"micros": added.micros(price), "unpriced": 0}
    return {**place._asdict(), **msgspec.structs.asdict(added), **cost}


def _lock_present(connection: sa.Connection, persons: Iterable[str]) -> set[str]:
    """Return which of these people there are; they stay until the transaction ends."""
    named = sorted(filter(None, persons))
    if not named:
        return set()
    held = sa.select(people.c.id).where(people.c.id.in_(named)).order_by(people.c.id)
    return set(connection.execute(held.with_for_update(read=True)).scalars())
