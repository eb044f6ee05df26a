"""The limits of API keys in the database, and what each key has used of them.

Every process counts in the same rows, so a limit holds for all nodes together. A request of a key
with limits costs one statement. Whether a key has any is read at most once in `FRESH_SECONDS`.
"""

import time
from collections.abc import Callable
from typing import Any

import msgspec
import sqlalchemy as sa

from tau.errors import QuotaExceeded, RateLimited
from tau.storage.database import Database
from tau.storage.notifications import Notification
from tau.storage.schema import key_limits
from tau.usage.key_limits import (
    MICRO,
    MINUTE_SECONDS,
    TOLERANCE_SECONDS,
    KeyLimits,
    KeyState,
    month_of,
    to_micros,
)

FRESH_SECONDS = 10.0
"""How long another process may take to notice that a key's limits have changed."""
_MOST_CACHED = 4096
_BUSY = "This API key has reached one of its limits; try again."


class LimitStore:
    """Reads, sets and enforces the limits of API keys, by the id of a key's slot."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`now` is the clock of a SQLite file; PostgreSQL has its own."""
        self._database = database
        self._now = now
        self._monotonic = monotonic
        self._cache: dict[str, tuple[float, KeyLimits | None]] = {}
        database.notifications.subscribe("slot", self._forget)

    async def of(self, key: str) -> KeyLimits | None:
        """Return the limits of a key, at most seconds old; `None` for a key without any."""
        kept = self._cache.get(key)
        if kept is not None and self._monotonic() - kept[0] < FRESH_SECONDS:
            return kept[1]
        state = (await self.states([key])).get(key)
        while len(self._cache) >= _MOST_CACHED:
            del self._cache[next(iter(self._cache))]
        self._cache[key] = (self._monotonic(), None if state is None else state.limits)
        return self._cache[key][1]

    async def states(self, keys: list[str]) -> dict[str, KeyState]:
        """Return the limits of several keys, and what they have used; keys without are left out."""

        def read(connection: sa.Connection) -> dict[str, KeyState]:
            now = clock_of(connection, self._now)
            statement = sa.select(key_limits).where(key_limits.c.slot.in_(keys))
            return {row.slot: _state(row, now) for row in connection.execute(statement)}

        return await self._database.run(read, read_only=True)

    async def set(self, key: str, limits: KeyLimits) -> None:
        """Set the limits of a key, and keep what it has used. Raises `BadInput`."""
        limits.check()
        row = _limits_row(limits)

        def write(connection: sa.Connection) -> None:
            changed = Notification("slot", name=key)
            self._database.notifications.notify(connection, changed)
            if limits.is_empty:
                connection.execute(sa.delete(key_limits).where(key_limits.c.slot == key))
                return
            update = sa.update(key_limits).where(key_limits.c.slot == key)
            until = _tokens_until(connection, limits.tokens_per_minute, self._now)
            if connection.execute(update.values(**row, tokens_until=until)).rowcount == 0:
                connection.execute(sa.insert(key_limits).values(slot=key, **row))

        await self._database.run(write)
        self._cache.pop(key, None)

    def _forget(self, notification: Notification) -> None:
        if notification.what == "resync":
            self._cache.clear()
        else:
            self._cache.pop(notification.name, None)

    async def admit(self, key: str) -> None:
        """Count a request of a key. Raises `RateLimited` and `QuotaExceeded`; then it isn't."""

        def count(connection: sa.Connection) -> RateLimited | QuotaExceeded | None:
            if connection.execute(_admission(connection, key, self._now)).rowcount:
                return None
            statement = sa.select(key_limits).where(key_limits.c.slot == key)
            row = connection.execute(statement).one_or_none()
            if row is None:
                return None
            now = clock_of(connection, self._now)
            return _state(row, now).refusal(now) or RateLimited(_BUSY)

        refused = await self._database.run(count)
        if refused is not None:
            raise refused


def charge(
    connection: sa.Connection, now: Callable[[], float], key: str, tokens: int, micros: int
) -> None:
    """Count what a key used, inside a transaction; a key without limits is left alone."""
    table = key_limits.c
    clock = _clock(connection, now)
    month = _month(connection, now)
    is_now = table.month == month
    statement = sa.update(key_limits).where(table.slot == key)
    connection.execute(
        statement.values(
            tokens_until=sa.case(
                (table.tokens_per_minute.is_(None), table.tokens_until),
                else_=_later(table.tokens_until, clock)
                + sa.literal(tokens * MINUTE_SECONDS, sa.Float(53)) / table.tokens_per_minute,
            ),
            month=month,
            month_tokens=sa.case((is_now, table.month_tokens + tokens), else_=tokens),
            month_micros=sa.case((is_now, table.month_micros + micros), else_=micros),
        )
    )


def _tokens_until(
    connection: sa.Connection, tokens_per_minute: int | None, now: Callable[[], float]
) -> sa.ColumnElement[float]:
    """Return when the allowance of tokens is full again if that many are allowed from now on.

    What it's overdrawn by stays the same in tokens, so that a higher limit makes up for it sooner.
    """
    table = key_limits.c
    clock = _clock(connection, now)
    if tokens_per_minute is None:
        return sa.literal(0.0, sa.Float(53))
    seconds = _later(table.tokens_until, clock) - clock
    used = seconds * sa.func.coalesce(table.tokens_per_minute, tokens_per_minute)
    return clock + used / sa.literal(float(tokens_per_minute), sa.Float(53))


def _admission(connection: sa.Connection, key: str, now: Callable[[], float]) -> sa.Update:
    """Return the statement that counts a request, if every limit leaves space for it."""
    table = key_limits.c
    clock = _clock(connection, now)
    interval = _minute() / table.requests_per_minute
    full = MINUTE_SECONDS + TOLERANCE_SECONDS
    is_over = table.month != _month(connection, now)  # what was used is of an earlier month
    return (
        sa.update(key_limits)
        .where(
            table.slot == key,
            sa.or_(
                table.requests_per_minute.is_(None),
                table.requests_until + interval - clock <= full,
            ),
            sa.or_(
                table.tokens_per_minute.is_(None),
                table.tokens_until - clock < MINUTE_SECONDS - TOLERANCE_SECONDS,
            ),
            sa.or_(
                table.tokens_per_month.is_(None),
                is_over,
                table.month_tokens < table.tokens_per_month,
            ),
            sa.or_(
                table.micros_per_month.is_(None),
                is_over,
                table.month_micros < table.micros_per_month,
            ),
        )
        .values(
            requests_until=sa.case(
                (table.requests_per_minute.is_(None), table.requests_until),
                else_=_later(table.requests_until, clock) + interval,
            )
        )
    )


def clock_of(connection: sa.Connection, now: Callable[[], float]) -> float:
    """Return the time by which limits are counted: that of the database where there are nodes."""
    if connection.dialect.name != "postgresql":
        return now()
    return float(connection.execute(sa.select(_clock(connection, now))).scalar_one())


def _clock(connection: sa.Connection, now: Callable[[], float]) -> sa.ColumnElement[float]:
    if connection.dialect.name != "postgresql":
        return sa.literal(now(), sa.Float(53))
    return sa.cast(sa.func.extract("epoch", sa.func.clock_timestamp()), sa.Float(53))


def _month(connection: sa.Connection, now: Callable[[], float]) -> sa.ColumnElement[int]:
    if connection.dialect.name != "postgresql":
        return sa.literal(month_of(now()), sa.Integer)
    in_utc = sa.func.timezone("UTC", sa.func.clock_timestamp())
    return sa.cast(sa.func.to_char(in_utc, "YYYYMM"), sa.Integer)


def _minute() -> sa.ColumnElement[float]:
    return sa.literal(MINUTE_SECONDS, sa.Float(53))


def _later(one: sa.ColumnElement[float], other: sa.ColumnElement[float]) -> sa.ColumnElement[float]:
    return sa.case((one > other, one), else_=other)


def _limits_row(limits: KeyLimits) -> dict[str, Any]:
    cost = limits.cost_per_month
    return {
        "requests_per_minute": limits.requests_per_minute,
        "tokens_per_minute": limits.tokens_per_minute,
        "tokens_per_month": limits.tokens_per_month,
        "micros_per_month": None if cost is None else to_micros(cost),
        "models": None if limits.models is None else msgspec.json.encode(limits.models).decode(),
    }


def _state(row: Any, now: float) -> KeyState:
    micros, models = row.micros_per_month, row.models
    limits = KeyLimits(
        requests_per_minute=row.requests_per_minute,
        tokens_per_minute=row.tokens_per_minute,
        tokens_per_month=row.tokens_per_month,
        cost_per_month=None if micros is None else micros / MICRO,
        models=None if models is None else msgspec.json.decode(models, type=tuple[str, ...]),
    )
    is_current = row.month == month_of(now)
    return KeyState(
        limits=limits,
        requests_until=row.requests_until,
        tokens_until=row.tokens_until,
        month_tokens=row.month_tokens if is_current else 0,
        month_micros=row.month_micros if is_current else 0,
    )
