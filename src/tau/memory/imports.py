"""Imports that a memory knows of: one report for each file, in its current state."""

import msgspec

from tau.journal.entries import FileImported


class ImportHistory:
    """The entries about imports themselves, not about what they contained."""

    def __init__(self) -> None:
        self.by_seq: dict[int, FileImported] = {}

    def add(self, seq: int, entry: FileImported) -> None:
        """Keep what an entry says about an import."""
        self.by_seq[seq] = entry

    def remove(self, seq: int) -> None:
        """Remove what the entry `seq` says, if it is about an import."""
        self.by_seq.pop(seq, None)

    def load(self, raw: bytes) -> None:
        """Add entries that a snapshot kept. Raises `msgspec.MsgspecError` for anything else."""
        self.by_seq.update(msgspec.msgpack.decode(raw, type=list[tuple[int, FileImported]]))

    def all(self) -> list[FileImported]:
        """Return every import in its current state, oldest first."""
        return list({each.id: each for each in self.by_seq.values()}.values())

    def entries_of(self, import_id: str) -> list[int]:
        """Return the `seq` of the entries about an import."""
        return [seq for seq, each in self.by_seq.items() if each.id == import_id]
