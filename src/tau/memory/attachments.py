"""Attached files of a memory: what they are, and the passages of their text.

A part of a memory. The text is kept compressed; the index of its words is made at the first search.
What a file says are the words of others: nothing here counts as said.
"""

import itertools
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec
import numpy as np

from tau.errors import NotFound
from tau.journal.entries import AttachedPart, FileAttached
from tau.memory.lexical import LexicalIndex

_Parts = list[AttachedPart]


class FoundPart(NamedTuple):
    """A passage of a file that has words of a question."""

    file: FileAttached
    """Without its text."""
    number: int
    """Of the passage within its file, from 0."""
    part: AttachedPart
    score: float
    """BM25, which counts only beside others of the same question."""
    share: float
    """How much of the question's weight its words have, from 0 to 1."""


class _StoredFile(msgspec.Struct, frozen=True, array_like=True):
    entry: FileAttached
    packed: bytes
    count: int


class Attachments:
    """All files that were attached to the messages of one memory, by id."""

    def __init__(self) -> None:
        self._files: dict[str, _StoredFile] = {}
        self._seqs: dict[int, str] = {}
        self._messages: dict[str, list[str]] = {}
        """The messages that name a file, oldest first."""
        self._index: _PartIndex | None = None

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._files)

    # --- the fold -------------------------------------------------------------------------

    def add(self, seq: int, entry: FileAttached) -> None:
        """Keep a file. One with a known id is not added again."""
        if entry.id in self._files:
            return
        packed = zlib.compress(msgspec.msgpack.encode(entry.parts))
        kept = msgspec.structs.replace(entry, parts=())
        self._keep(seq, _StoredFile(kept, packed, len(entry.parts)))
        if self._index is not None:
            self._index.add(entry.id, entry.parts)

    def link(self, message: str, files: Iterable[str]) -> None:
        """Take note that a message names files."""
        for file in files:
            self._messages.setdefault(file, []).append(message)

    def unlink(self, message: str, files: Iterable[str]) -> None:
        """Take note that a message was forgotten."""
        for file in files:
            self._messages[file].remove(message)
            if not self._messages[file]:
                del self._messages[file]

    def forget(self, seqs: Iterable[int]) -> None:
        """Remove the files whose entries are at `seqs`."""
        for seq in seqs:
            file = self._seqs.pop(seq, None)
            if file is not None:
                if self._index is not None:
                    self._index.remove(file, self.parts(file))
                del self._files[file]

    def entries(self) -> list[tuple[int, _StoredFile]]:
        """Return every file with the `seq` of its entry."""
        return [(seq, self._files[each]) for seq, each in self._seqs.items()]

    def load(self, raw: bytes) -> None:
        """Add files that a snapshot kept. Raises `msgspec.MsgspecError` for anything else."""
        for seq, stored in msgspec.msgpack.decode(raw, type=list[tuple[int, _StoredFile]]):
            self._keep(seq, stored)

    # --- reading --------------------------------------------------------------------------

    def all(self) -> list[FileAttached]:
        """Return all files without their text, oldest first."""
        return [self._files[file].entry for file in self._seqs.values()]

    def find(self, file: str) -> FileAttached | None:
        """Return a file without its text, or `None` where it was forgotten."""
        stored = self._files.get(file)
        return None if stored is None else stored.entry

    def get(self, file: str) -> FileAttached:
        """Return a file without its text. Raises `NotFound`."""
        found = self.find(file)
        if found is None:
            raise NotFound("There is no such attachment.")
        return found

    def seq(self, file: str) -> int:
        """Return the `seq` of a file's entry. Raises `NotFound`."""
        self.get(file)
        return next(seq for seq, each in self._seqs.items() if each == file)

    def parts(self, file: str) -> _Parts:
        """Return the passages of a file, in their order; none if it was forgotten."""
        stored = self._files.get(file)
        if stored is None:
            return []
        return msgspec.msgpack.decode(zlib.decompress(stored.packed), type=_Parts)

    def part(self, file: str, index: int) -> AttachedPart | None:
        """Return one passage of a file, if it's there."""
        parts = self.parts(file)
        return parts[index] if 0 <= index < len(parts) else None

    def count(self, file: str) -> int:
        """Return how many passages a file has; 0 if it was forgotten."""
        stored = self._files.get(file)
        return 0 if stored is None else stored.count

    def messages_of(self, file: str) -> list[str]:
        """Return the messages that name a file, oldest first."""
        return list(self._messages.get(file, ()))

    def search(
        self, asked: Mapping[str, float], readable: Callable[[str], bool], limit: int
    ) -> Iterator[FoundPart]:
        """Yield the passages with words of a question, best first, of files that may be read.

        `asked` are its terms with what each weighs.
        """
        if not self._files or limit <= 0:
            return
        if self._index is None:
            self._index = _PartIndex()
            for file in self._files:
                self._index.add(file, self.parts(file))
        opened: dict[str, _Parts] = {}
        best = (found for found in self._index.best(asked) if readable(found[0]))
        for file, index, score, share in itertools.islice(best, limit):
            if file not in opened:
                opened[file] = self.parts(file)
            yield FoundPart(self._files[file].entry, index, opened[file][index], score, share)

    def _keep(self, seq: int, stored: _StoredFile) -> None:
        self._files[stored.entry.id] = stored
        self._seqs[seq] = stored.entry.id


class _PartIndex:
    """The words of all passages; a row each, also for those that were forgotten."""

    def __init__(self) -> None:
        self._lexical = LexicalIndex()
        self._rows: list[tuple[str, int]] = []
        self._first: dict[str, int] = {}

    def add(self, file: str, parts: Iterable[AttachedPart]) -> None:
        self._first[file] = len(self._rows)
        for index, part in enumerate(parts):
            self._lexical.add(part.text)
            self._rows.append((file, index))

    def remove(self, file: str, parts: Iterable[AttachedPart]) -> None:
        first = self._first.pop(file)
        for index, part in enumerate(parts):
            self._lexical.remove(first + index, part.text)

    def best(self, asked: Mapping[str, float]) -> Iterator[tuple[str, int, float, float]]:
        """Yield the file, the passage, its score and its share of the question, best first."""
        scores = self._lexical.scores(asked)
        weights = {term: weight * self._lexical.idf(term) for term, weight in asked.items()}
        whole = sum(weights.values()) or 1.0
        rows = np.flatnonzero(scores > 0)
        for row in rows[np.argsort(-scores[rows], kind="stable")].tolist():
            held = sum(
                weight for term, weight in weights.items() if self._lexical.contains(row, term)
            )
            yield *self._rows[row], float(scores[row]), held / whole
