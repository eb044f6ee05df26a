"""The health of the server."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class HealthOut:
    """Whether Tau answers."""

    status: Literal["ok"]
    version: str
    uptime_seconds: float
