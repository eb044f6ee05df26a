"""File formats of other products and of Tau's own export.

Readers turn a file into items, one after another, without holding the file in memory. They know
nothing of the journal, of what is known already, or of whose file it is.
"""

from tau.transfer.formats.import_items import (
    ImportedClaim,
    ImportedConversation,
    ImportedMessage,
    ImportItem,
    ImportNote,
    SkippedItem,
    TauExportEntry,
    TauExportHeader,
)
from tau.transfer.formats.reader import ImportReader

__all__ = [
    "ImportItem",
    "ImportNote",
    "ImportReader",
    "ImportedClaim",
    "ImportedConversation",
    "ImportedMessage",
    "SkippedItem",
    "TauExportEntry",
    "TauExportHeader",
]
