"""Artifacts: what was made with specialists, and its versions."""

from dataclasses import dataclass

from tau.journal.entries import Author
from tau.server.schemas.experts import ArtifactSummaryOut


@dataclass(frozen=True, slots=True)
class VersionOut:
    """A version without its content; `cause` is what led to it, such as `edited` or `undone`."""

    id: str
    title: str
    parent: str | None
    by: Author
    cause: str
    at: float


@dataclass(frozen=True, slots=True)
class ArtifactOut:
    """An artifact with the content of one version, as JSON text."""

    artifact: ArtifactSummaryOut
    version: VersionOut
    content: str


@dataclass(frozen=True, slots=True)
class ArtifactPage:
    """Artifacts, the one that was revised last first; `next` goes into `after` to read on."""

    artifacts: list[ArtifactSummaryOut]
    next: str | None


@dataclass(frozen=True, slots=True)
class VersionList:
    """All versions of an artifact, oldest first."""

    versions: list[VersionOut]
