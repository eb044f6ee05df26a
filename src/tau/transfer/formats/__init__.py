"""Exchange: the files in which people bring their past and take it away.

Readers turn a file into pieces, one after another and without holding the file in memory. This room
knows nothing of the journal, of what is here already, or of who asks.
"""

from tau.transfer.formats.pieces import Line, Note, OwnHeader, OwnLine, Piece, Skipped, Talk, Told
from tau.transfer.formats.reading import Reading

__all__ = ["Line", "Note", "OwnHeader", "OwnLine", "Piece", "Reading", "Skipped", "Talk", "Told"]
