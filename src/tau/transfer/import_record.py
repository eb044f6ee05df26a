"""The journal's record of an import: which file, and what came of it."""

import time

import msgspec

from tau.journal.entries import FileImported


class ImportRecord:
    """The entry that begins an import, written with the first entry that names the import."""

    def __init__(self, import_id: str) -> None:
        self._new_id = import_id
        self._entry: FileImported | None = None
        self._is_written = False
        self._origin = self._name = ""

    @property
    def id(self) -> str | None:
        """The id of the import, once something of it is written; an older one if it was resumed."""
        return self._entry.id if self._entry is not None else None

    def open(self, origin: str, name: str, unfinished: FileImported | None) -> None:
        """Set the file that is imported; `unfinished` is an import of it to resume."""
        self._origin, self._name = origin, name
        self._entry, self._is_written = unfinished, unfinished is not None

    def use(self) -> str:
        """Return the id for an entry of this import, beginning the import where that is due."""
        if self._entry is None:
            self._entry = FileImported(
                at=time.time(), id=self._new_id, origin=self._origin, name=self._name
            )
        return self._entry.id

    def is_current(self, imported: str | None) -> bool:
        """Return whether `imported` is the id of this import."""
        return imported is not None and imported == self.id

    def unwritten(self) -> list[FileImported]:
        """Return the entry that begins the import, if it is still to be written."""
        return [self._entry] if self._entry is not None and not self._is_written else []

    def written(self) -> None:
        """Note that what `unwritten` returned is in the journal."""
        self._is_written = self._entry is not None

    def finished(self, **counts: int) -> FileImported | None:
        """Return the entry that ends the import, if it began."""
        if self._entry is None:
            return None
        return msgspec.structs.replace(self._entry, at=time.time(), finished=True, **counts)

    def commit(self) -> None:
        """Keep the state of now: nothing is needed for it."""

    def rollback(self) -> None:
        """Drop an entry that was not written: what it began with may not be new any more."""
        if not self._is_written:
            self._entry = None
