"""The header `Retry-After` of a refusal (RFC 9110, section 10.2.3). Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

STATUSES = frozenset({429, 503})
LONGEST_SECONDS = 3600.0
"""An endpoint that asks for more is asked again after this, in case it was wrong."""


def retry_after_seconds(status: int, headers: Mapping[str, str], now: float) -> float | None:
    """Return how long an endpoint asks to be left alone, `None` if it doesn't say.

    A date is compared with the endpoint's own clock (`Date`), else with `now`, in seconds since
    1970.
    """
    given = headers.get("Retry-After", "").strip()
    if status not in STATUSES or not given:
        return None
    if given.isascii() and given.isdecimal():
        return min(float(given[:12]), LONGEST_SECONDS)
    until = _timestamp(given)
    if until is None:
        return None
    seen = _timestamp(headers.get("Date", ""))
    return min(max(until - (now if seen is None else seen), 0.0), LONGEST_SECONDS)


def _timestamp(date: str) -> float | None:
    try:
        parsed = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError):
        return None
    known: datetime = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return known.timestamp()
