"""The current time of this machine, and its time zone."""

import os
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path


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
