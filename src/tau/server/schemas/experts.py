"""Specialists: what they are, what they may read, and what they made last."""

from dataclasses import dataclass, field

from tau.journal.entries import ArtifactType, Topic


@dataclass(frozen=True, slots=True)
class ScopeOut:
    """What a specialist may read: facts of `topics` (none: of all) and messages of `experts`.

    `learns` is whether facts are learned from what is said to it.
    """

    topics: list[Topic] | None
    experts: list[str]
    learns: bool
    enabled: bool


@dataclass(frozen=True, slots=True)
class ArtifactSummaryOut:
    """An artifact without its content."""

    id: str
    type: ArtifactType
    title: str
    expert: str | None
    conversation: str | None
    archived: bool
    created_at: float
    updated_at: float
    newest: str
    """The id of its newest version."""
    versions: int


@dataclass(frozen=True, slots=True)
class ExpertOut:
    """A specialist; `talk` is plain talk, which is no specialist.

    `own` is a skill of the person's own: it's used once `approved`, and `problem` says what is
    wrong with it. `body` is how it's to behave, with hidden characters spelled out; `warnings` say
    where they are. `artifacts` are what was made with it last; those of `care` aren't listed.
    """

    name: str
    description: str
    own: bool
    approved: bool
    scope: ScopeOut
    changed: bool
    """Whether the scope differs from the one that it came with."""
    writes: list[str]
    artifact: ArtifactType | None
    artifacts: list[ArtifactSummaryOut]
    problem: str = ""
    digest: str = ""
    license: str = ""
    compatibility: str = ""
    body: str = ""
    files: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ExpertList:
    """The specialists: plain talk first, then those that ship with Tau, then one's own."""

    experts: list[ExpertOut]
