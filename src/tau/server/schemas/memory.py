"""Search results, and how much a person's memory holds."""

from dataclasses import dataclass, field

from tau.server.schemas.attachments import FoundPartOut
from tau.server.schemas.experts import ArtifactSummaryOut
from tau.server.schemas.messages import MessageOut


@dataclass(frozen=True, slots=True)
class PassageOut:
    """A message that was found, why it was found, and the messages around it."""

    message: MessageOut
    score: float
    reasons: list[str]
    before: MessageOut | None
    after: MessageOut | None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The messages, artifacts and passages of files that were found, each best first."""

    passages: list[PassageOut]
    artifacts: list[ArtifactSummaryOut] = field(default_factory=list)
    parts: list[FoundPartOut] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LifeOut:
    """How much a person's memory holds.

    `conversations` includes archived ones. `messages` counts both sides, including versions that
    were replaced. `facts` counts current facts.
    """

    conversations: int
    messages: int
    facts: int
