"""The report of an import, and the counter that makes it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import msgspec

from tau.journal.entries import ClaimLearned, MessageAdded, RawEntry, Topic, Trust, decode
from tau.transfer.formats import ImportNote, SkippedItem

_MAX_LISTED = 1_000


class PreviewFact(msgspec.Struct, frozen=True):
    """A fact that Tau would learn from an import, and whether it would wait for a decision."""

    text: str
    topic: Topic
    trust: Trust


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """The result of an import. `id` is `None` where nothing was written.

    `conversations`, `messages` and `facts` are new; `known` were here already; `forgotten` were
    left out because the person forgot them before. `skipped` lists at most the first thousand items
    that were left out, and `skipped_count` counts all. `restored`: an export of Tau was put back
    whole, entry by entry. `learned` is what a dry run expects Tau to learn.
    """

    id: str | None
    origin: str
    name: str
    conversations: int
    messages: int
    facts: int
    known: int
    forgotten: int
    skipped: tuple[SkippedItem, ...]
    skipped_count: int
    notes: tuple[ImportNote, ...]
    restored: bool
    learned: tuple[PreviewFact, ...] = ()


@dataclass(slots=True)
class ImportCounts:
    """What an import found. The counts `_before` are of an earlier, stopped run of it."""

    conversations: int = 0
    messages: int = 0
    facts: int = 0
    known: int = 0
    forgotten: int = 0
    """Messages and claims that were left out, since the person forgot them before."""
    skipped: int = 0
    conversations_before: int = 0
    messages_before: int = 0
    facts_before: int = 0


class ImportCounter:
    """Counts what an import finds. It can go back to the last commit."""

    def __init__(self) -> None:
        self.counts = ImportCounts()
        self.restored = False
        """Whether entries of Tau's own export went back to their places."""
        self._skipped: list[SkippedItem] = []
        self._notes: list[ImportNote] = []
        self._conversations: set[str] = set()
        self.commit()

    def add_skipped(self, skipped: SkippedItem) -> None:
        """Count something that is left out."""
        self.counts.skipped += 1
        if len(self._skipped) < _MAX_LISTED:
            self._skipped.append(skipped)

    def add_note(self, note: ImportNote) -> None:
        """List something that the person should know."""
        if len(self._notes) < _MAX_LISTED:
            self._notes.append(note)

    def add_written(self, entries: Iterable[RawEntry]) -> None:
        """Count the messages, conversations and claims among entries of Tau's own export."""
        for entry in entries:
            match None if entry.raw is None else decode(entry.raw):
                case MessageAdded(conversation=conversation):
                    self.counts.messages += 1
                    self.counts.conversations += conversation not in self._conversations
                    self._conversations.add(conversation)
                case ClaimLearned():
                    self.counts.facts += 1

    def commit(self) -> None:
        """Keep what was counted for good."""
        self._committed = replace(self.counts)
        self._committed_lengths = (len(self._skipped), len(self._notes))

    def rollback(self) -> None:
        """Count as if nothing had been found since the last commit."""
        self.counts = replace(self._committed)
        skipped, notes = self._committed_lengths
        del self._skipped[skipped:], self._notes[notes:]

    def report(
        self,
        import_id: str | None,
        origin: str,
        name: str,
        learned: tuple[PreviewFact, ...] = (),
    ) -> ImportReport:
        """Return what was counted."""
        counts = self.counts
        return ImportReport(
            id=import_id,
            origin=origin,
            name=name,
            conversations=counts.conversations,
            messages=counts.messages,
            facts=counts.facts,
            known=counts.known,
            forgotten=counts.forgotten,
            skipped=tuple(self._skipped),
            skipped_count=counts.skipped,
            notes=tuple(self._notes),
            restored=self.restored,
            learned=learned,
        )
