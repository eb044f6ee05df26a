"""Keys by which an entry of Tau's export is recognised in another journal."""

from hashlib import blake2b

from tau.journal.entries import (
    ArtifactRevised,
    ChangeUndone,
    CheckedIn,
    ClaimLearned,
    FactJudged,
    FileImported,
    QuestionnaireAnswered,
    UnknownEntry,
)

OwnEntry = ArtifactRevised | CheckedIn | QuestionnaireAnswered
"""Entries that only the person writes, or a specialist for them."""
KeyedEntry = ClaimLearned | FactJudged | ChangeUndone | FileImported | OwnEntry | UnknownEntry
"""Entries that have a name of their own; one of an unknown kind is named by its bytes."""


def entry_key(entry: KeyedEntry, raw: bytes) -> str:
    """Return the key of an entry, encoded as `raw`."""
    if isinstance(entry, UnknownEntry):
        return blake2b(raw, digest_size=16).hexdigest()
    name = entry.target if isinstance(entry, ChangeUndone) else entry.id
    return f"{type(entry).__name__} {name}"
