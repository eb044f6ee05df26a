"""Exchange: the files in which people bring their past and take it away.

Readers turn a file into pieces, one after another and without holding the file in memory. This room
knows nothing of the journal, of what is here already, or of who asks.
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
