"""The profile that comes first in every prompt, and the timeline of facts."""

from dataclasses import dataclass
from typing import Literal

from tau.server.schemas.facts import FactOut


@dataclass(frozen=True, slots=True)
class ProfileLineOut:
    """A line of the profile, with the facts and messages it is made from."""

    text: str
    facts: list[str]
    sources: list[str]


@dataclass(frozen=True, slots=True)
class ProfileOut:
    """The profile that comes first in every prompt."""

    lines: list[ProfileLineOut]


@dataclass(frozen=True, slots=True)
class TimelineEntryOut:
    """One date of a fact: when it began or ended, or for when it is planned."""

    at: float
    what: Literal["began", "ended", "planned"]
    fact: FactOut


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Dates of facts, newest first; `next` goes into `after` to read on."""

    moments: list[TimelineEntryOut]
    next: str | None
