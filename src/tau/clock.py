"""The current time of this machine, its time zone, and the times that Tau can name as dates."""

import math
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from pathlib import Path

EARLIEST_TIME = -30_610_224_000.0
"""The first second of the year 1000, in seconds since 1970."""
LATEST_TIME = 221_845_391_999.0
"""The last second of the year 8999: spans of time that follow stay in the calendar."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def is_in_calendar(at: float) -> bool:
    """Return whether `at` is a number of seconds since 1970 that Tau takes for a time."""
    return EARLIEST_TIME <= at <= LATEST_TIME


def nearest_time(at: float) -> float:
    """Return `at`, or the nearest time in the calendar; 1970 for what is no number."""
    if math.isnan(at):
        return 0.0
    return min(max(at, EARLIEST_TIME), LATEST_TIME)


def date_time(at: float, zone: tzinfo | None = None) -> datetime:
    """Return a time in seconds since 1970 as a date in `zone`, or in that of this machine.

    It never raises: old journals and other programs hold times that no calendar has, and the
    nearest one that has a date takes their place.
    """
    return (_EPOCH + timedelta(seconds=nearest_time(at))).astimezone(zone)


def local_now() -> datetime:
    """Return the current time in the time zone of this machine."""
    return datetime.now().astimezone()


def local_zone_name(
    environ: Mapping[str, str] | None = None, link: Path = Path("/etc/localtime")
) -> str:
    """Return the IANA name of this machine's time zone; "" where it isn't known.

    It's in the variable `TZ`, or in the target of `/etc/localtime`.
    """
    named = (os.environ if environ is None else environ).get("TZ", "").lstrip(":")
    if named:
        return named
    try:
        return _zone_of_file(link.parent / link.readlink())
    except OSError:
        return ""


@lru_cache(maxsize=1)
def _zone_of_file(target: Path) -> str:
    _, found, name = target.resolve().as_posix().partition("/zoneinfo/")
    return name if found else ""
