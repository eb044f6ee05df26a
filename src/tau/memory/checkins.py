"""Check-ins and answered questionnaires that a memory knows of, by the time they are about."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from tau.errors import NotFound
from tau.journal.entries import CheckedIn, QuestionnaireAnswered

CheckInEntry = CheckedIn | QuestionnaireAnswered
_E = TypeVar("_E", CheckedIn, QuestionnaireAnswered)


class CheckIns:
    """How a person said that they were, and what they answered. An id counts once."""

    def __init__(self) -> None:
        self._by_seq: dict[int, CheckInEntry] = {}
        self._seqs: dict[str, int] = {}

    def add(self, seq: int, entry: CheckInEntry) -> None:
        """Keep an entry."""
        if entry.id not in self._seqs:
            self._by_seq[seq] = entry
            self._seqs[entry.id] = seq

    def remove(self, seq: int) -> None:
        """Remove the entry at `seq`, if it is one of these."""
        entry = self._by_seq.pop(seq, None)
        if entry is not None:
            del self._seqs[entry.id]

    def moods(self) -> list[CheckedIn]:
        """Return the check-ins, oldest first."""
        return _by_time(one for one in self._by_seq.values() if isinstance(one, CheckedIn))

    def questionnaires(self) -> list[QuestionnaireAnswered]:
        """Return the answered questionnaires, oldest first."""
        return _by_time(
            one for one in self._by_seq.values() if isinstance(one, QuestionnaireAnswered)
        )

    def seq(self, entry_id: str) -> int:
        """Return the `seq` of an entry. Raises `NotFound`."""
        found = self._seqs.get(entry_id)
        if found is None:
            raise NotFound("There is no such check-in.")
        return found

    def between(self, since: float, until: float) -> list[int]:
        """Return the `seq` of what was said from `since` on and before `until`."""
        return [seq for seq, one in self._by_seq.items() if since <= one.at < until]

    def entries(self) -> list[tuple[int, CheckInEntry]]:
        """Return every entry with its `seq`."""
        return list(self._by_seq.items())

    def load(self, raw: bytes) -> None:
        """Add entries that a snapshot kept. Raises `msgspec.MsgspecError` for anything else."""
        for seq, entry in msgspec.msgpack.decode(raw, type=list[tuple[int, CheckInEntry]]):
            self.add(seq, entry)


def _by_time(entries: Iterable[_E]) -> list[_E]:
    return sorted(entries, key=lambda one: one.at)
