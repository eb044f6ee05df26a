"""The items that readers find in import files, shared by all formats."""

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
    """A whole conversation.

    Parents come before their children, and the thread of the last message is the visible one. `at`
    is when the conversation began; `id` is that of the file.
    """

    origin: str
    id: str
    title: str | None
    at: float
    messages: tuple[ImportedMessage, ...]
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
    """First line of Tau's own export: whose journal it is."""

    person: str


class TauExportEntry(msgspec.Struct, frozen=True):
    """An entry of Tau's own export at its place; `raw` is `None` where it was erased or damaged."""

    seq: int
    at: float
    raw: bytes | None


class SkippedItem(msgspec.Struct, frozen=True):
    """An item that was left out: where it is and why, and never what was said."""

    where: str
    reason: str


class ImportNote(msgspec.Struct, frozen=True):
    """Something to know about a file, although nothing was left out."""

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
