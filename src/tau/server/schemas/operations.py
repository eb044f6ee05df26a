"""The health of the server."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class HealthOut:
    """Whether Tau answers."""

    status: Literal["ok", "draining"]
    """`draining`: it ends once the replies in progress have ended, and takes no new ones."""
    version: str
    uptime_seconds: float
