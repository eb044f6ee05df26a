"""Timestamps as other products write them."""

from datetime import UTC, datetime
from typing import Any

from tau.clock import date_time, is_in_calendar

_LARGEST_SECONDS = 1e11  # the year 5138: a larger number counts something smaller than seconds
_UNITS = 4  # seconds, milliseconds, microseconds, nanoseconds


def parse_timestamp(value: Any) -> float | None:
    """Return seconds since 1970 (UTC), or `None` if `value` is no timestamp.

    Takes numbers and digits (seconds to nanoseconds, by their size) and ISO 8601 with or
    without a zone; without one it is UTC. Products that do not know a time write zero, and a time
    that no calendar has is none.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _parse_number(value)
    if isinstance(value, str):
        return _parse_text(value.strip())
    return None


def _parse_number(value: float) -> float | None:
    try:
        seconds = float(value)
    except OverflowError:
        return None
    if seconds == 0:
        return None
    for _ in range(_UNITS):
        if abs(seconds) < _LARGEST_SECONDS:
            return seconds if is_in_calendar(seconds) else None
        seconds /= 1000
    return None


def _parse_text(text: str) -> float | None:
    if len(text) > 64:
        return None
    try:
        return _parse_number(float(text))
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        return None
    seconds = (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    return seconds if is_in_calendar(seconds) else None


def format_timestamp(seconds: float) -> str:
    """Return a timestamp as ISO 8601 in UTC, such as `2024-06-01T10:00:00Z`."""
    return date_time(seconds, UTC).isoformat(timespec="auto").replace("+00:00", "Z")
