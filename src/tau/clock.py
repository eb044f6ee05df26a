"""The current time of this machine."""

from datetime import datetime


def local_now() -> datetime:
    """Return the current time in the time zone of this machine."""
    return datetime.now().astimezone()
