"""The present moment, as this machine has it."""

from datetime import datetime


def local_now() -> datetime:
    """Return the present moment in the time zone of this machine."""
    return datetime.now().astimezone()
