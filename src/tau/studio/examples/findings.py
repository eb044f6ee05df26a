"""What checks find in examples."""

from typing import Literal

import msgspec

FindingKind = Literal[
    "unreadable",
    "too few",
    "empty answer",
    "empty input",
    "duplicate",
    "near duplicate",
    "contradiction",
    "near contradiction",
    "inconsistent value",
    "leak",
    "near leak",
    "personal data",
    "control string",
    "too long",
    "rare answer",
    "one answer",
    "licence",
    "not compared",
]
Severity = Literal["error", "warning"]


class CheckFinding(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a check found. With an `error`, the examples can't be used as they are."""

    kind: FindingKind
    severity: Severity
    examples: tuple[str, ...]
    """Ids of the examples that it's about; those to compare side by side are all of them."""
    detail: str
    """A sentence for people, without what the examples say."""
    source: str = ""
    """The id of the source that it's about, if it's about one."""


class CheckReport(msgspec.Struct, frozen=True):
    """What all checks found, and how much of everything there is."""

    findings: tuple[CheckFinding, ...]
    counts: dict[str, int]
    """`examples`, `test`, `answers`, and the examples concerned by each kind of finding."""

    @property
    def has_errors(self) -> bool:
        """Whether something must be decided before the examples can be used."""
        return any(finding.severity == "error" for finding in self.findings)
