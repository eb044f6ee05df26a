"""Findings: what a check marks in a document."""

from typing import Literal

import msgspec

FindingKind = Literal[
    "spelling", "grammar", "style", "readability", "typography", "missing", "memory"
]
FindingOrigin = Literal["harper", "rule", "style", "memory"]
"""Who says so: Harper, a rule of Tau's, the person's own style, or what they said before."""


class TextFinding(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place in a block that a check marks: the characters `start` to `end`.

    `block` is empty for what concerns the whole document. `replacements` are what could stand
    there. `fact` is the fact that a finding rests on, and `said_on` when that was said.
    """

    rule: str
    kind: FindingKind
    message: str
    block: str = ""
    start: int = 0
    end: int = 0
    replacements: tuple[str, ...] = ()
    by: FindingOrigin = "rule"
    fact: str = ""
    said_on: float | None = None

    def at(self, block: str, offset: int = 0) -> "TextFinding":
        """Return the finding in that block, moved by so many characters."""
        return msgspec.structs.replace(
            self, block=block, start=self.start + offset, end=self.end + offset
        )
