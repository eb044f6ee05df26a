"""Limits of an API key, and what is refused under them. Pure.

Requests and tokens a minute are allowances that fill up again at an even pace (the generic cell
rate algorithm, ITU-T I.371): what counts is the moment at which an allowance is full again, so one
number per key and allowance is enough, in the database, for any number of processes. What a month
may use is a sum that begins anew with each calendar month in UTC.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from tau.errors import BadInput, QuotaExceeded, RateLimited

MINUTE_SECONDS = 60.0
MICRO = 1_000_000
"""Amounts of money are counted in millionths."""
TOLERANCE_SECONDS = 0.001
"""Of comparisons of times, which are binary fractions."""
_LARGEST = 10**12
_MOST_MODELS = 50


class KeyLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of an API key; `None` is no limit.

    `cost_per_month` is in the currency of the prices, and `models` are the names that requests may
    use: `tau`, aliases and models.
    """

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    tokens_per_month: int | None = None
    cost_per_month: float | None = None
    models: tuple[str, ...] | None = None

    @property
    def counts(self) -> bool:
        """Whether anything has to be counted."""
        return any(each is not None for each in self._amounts())

    @property
    def is_empty(self) -> bool:
        """Whether nothing is limited."""
        return self.models is None and not self.counts

    def check(self) -> None:
        """Raise `BadInput` unless a key can have these limits."""
        if any(each is not None and not 0 < each <= _LARGEST for each in self._amounts()):
            raise BadInput("A limit has to be more than zero; leave it out for no limit.")
        if self.cost_per_month is not None and to_micros(self.cost_per_month) == 0:
            raise BadInput("A budget is at least a millionth; leave it out for no limit.")
        if self.models is not None and not 1 <= len(self.models) <= _MOST_MODELS:
            raise BadInput(f"Name 1 to {_MOST_MODELS} models, or leave them out to allow all.")

    def _amounts(self) -> Sequence[float | None]:
        return (
            self.requests_per_minute,
            self.tokens_per_minute,
            self.tokens_per_month,
            self.cost_per_month,
        )


NO_LIMITS = KeyLimits()


class KeyState(msgspec.Struct, frozen=True, kw_only=True):
    """What a key has used of its limits. Times are seconds since 1970, by the database's clock."""

    limits: KeyLimits
    requests_until: float = 0.0
    """When the allowance of requests is full again."""
    tokens_until: float = 0.0
    """When the allowance of tokens is full again; it may be overdrawn by the last answer."""
    month_tokens: int = 0
    month_micros: int = 0
    """Tokens and millionths of cost of the present month."""

    def refusal(self, now: float) -> RateLimited | QuotaExceeded | None:
        """Return why a request at `now` is refused, or `None`."""
        limits, monthly = self.limits, seconds_to_next_month(now)
        if limits.tokens_per_month is not None and self.month_tokens >= limits.tokens_per_month:
            return QuotaExceeded("This API key has used up its tokens of this month.", monthly)
        cost = limits.cost_per_month
        if cost is not None and self.month_micros >= to_micros(cost):
            return QuotaExceeded("This API key has used up its budget of this month.", monthly)
        if limits.requests_per_minute is not None:
            space = MINUTE_SECONDS - MINUTE_SECONDS / limits.requests_per_minute
            wait = self.requests_until - now - space
            if wait > TOLERANCE_SECONDS:
                count = limits.requests_per_minute
                return RateLimited(f"This API key may make {count} requests a minute.", wait)
        if limits.tokens_per_minute is not None:
            wait = self.tokens_until - now - MINUTE_SECONDS
            if wait > -TOLERANCE_SECONDS:
                count = limits.tokens_per_minute
                return RateLimited(f"This API key may use {count} tokens a minute.", wait)
        return None


def month_of(now: float) -> int:
    """Return the calendar month of a time in UTC, such as 202611."""
    date = datetime.fromtimestamp(now, UTC)
    return date.year * 100 + date.month


def seconds_to_next_month(now: float) -> float:
    """Return how long the calendar month in UTC still lasts."""
    date = datetime.fromtimestamp(now, UTC)
    year, month = (date.year + 1, 1) if date.month == 12 else (date.year, date.month + 1)
    return datetime(year, month, 1, tzinfo=UTC).timestamp() - now


def to_micros(amount: float) -> int:
    """Return an amount of money in millionths."""
    return round(amount * MICRO)
