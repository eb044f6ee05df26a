"""What a reader finds in a file: the shared vocabulary of all formats."""

import msgspec

from tau.journal.entries import Author, Claim


class ImportedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message of either side; `id` and `parent` are those of the file."""

    id: str
    by: Author
    text: str
    at: float
    parent: str | None = None
    speaker: str | None = None
    model: str | None = None


class ImportedConversation(msgspec.Struct, frozen=True, kw_only=True):
    """A whole conversation. Parents stand before their children; the last line is the one shown.

    `at` is when it began; `id` is that of the file.
    """

    origin: str
    id: str
    title: str | None
    at: float
    lines: tuple[ImportedMessage, ...]
    archived: bool = False


class ImportedClaim(msgspec.Struct, frozen=True, kw_only=True):
    """A claim that a file holds itself, not a message. `at` is when it was made.

    `sources` are the messages it names, as (origin, conversation, message) of the file.
    """

    origin: str
    id: str
    at: float
    claim: Claim
    sources: tuple[tuple[str, str, str], ...] = ()


class TauExportHeader(msgspec.Struct, frozen=True):
    """The first line of Tau's own export: whose journal it was."""

    person: str


class TauExportEntry(msgspec.Struct, frozen=True):
    """An entry of Tau's own export at its place; `raw` is `None` where it was erased or damaged."""

    seq: int
    at: float
    raw: bytes | None


class SkippedItem(msgspec.Struct, frozen=True):
    """Something that was not taken: where it stands, and why. Never what was said."""

    where: str
    reason: str


class ImportNote(msgspec.Struct, frozen=True):
    """Something the person should know of a file, although nothing is lost by it."""

    where: str
    text: str


ImportItem = (
    ImportedConversation
    | ImportedClaim
    | TauExportHeader
    | TauExportEntry
    | SkippedItem
    | ImportNote
)
