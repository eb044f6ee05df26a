"""Keys by which an entry of Tau's export is recognised in another journal."""

from hashlib import blake2b

from tau.journal.entries import (
    ArtifactChanged,
    ArtifactRevised,
    ChangeUndone,
    CheckedIn,
    ClaimLearned,
    EditDecided,
    FactJudged,
    FileImported,
    QuestionnaireAnswered,
    UnknownEntry,
)

_Nameless = ArtifactChanged | EditDecided | UnknownEntry
OwnEntry = ArtifactRevised | ArtifactChanged | EditDecided | CheckedIn | QuestionnaireAnswered
"""Entries that only the person writes, or a specialist for them."""
KeyedEntry = ClaimLearned | FactJudged | ChangeUndone | FileImported | OwnEntry | UnknownEntry
"""Entries that have a name of their own, or are named by their bytes."""


def entry_key(entry: KeyedEntry, raw: bytes) -> str:
    """Return the key of an entry, encoded as `raw`."""
    if isinstance(entry, _Nameless):
        return blake2b(raw, digest_size=16).hexdigest()
    name = entry.target if isinstance(entry, ChangeUndone) else entry.id
    return f"{type(entry).__name__} {name}"
