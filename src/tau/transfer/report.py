"""What an import found, while it counts and when it is over."""

import msgspec

from tau.journal.entries import Topic, Trust
from tau.transfer.formats import ImportNote, SkippedItem

_MAX_LISTED = 1_000
_COUNTS = (
    "conversations",
    "messages",
    "facts",
    "known",
    "conversations_before",
    "messages_before",
    "facts_before",
    "skipped_count",
    "forgotten",
)


class PreviewFact(msgspec.Struct, frozen=True):
    """A fact that an import would let Tau learn, and whether it would wait for the person."""

    text: str
    topic: Topic
    trust: Trust


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an import. `id` is `None` where nothing was written.

    `conversations`, `messages` and `facts` are new; `known` were here already; `forgotten` were
    left out, since the person forgot them before. Of what was skipped at most the first thousand
    are told, `skipped_count` are all. `restored`: an export of Tau was put back whole, entry by
    entry. `learned` is what a dry run foresees.
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


class RollbackSet:
    """Names that were met; those since `settle` can be taken back."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._uncommitted: list[str] = []

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def add(self, name: str) -> None:
        """Mark a name."""
        if name not in self._names:
            self._names.add(name)
            self._uncommitted.append(name)

    def commit(self) -> None:
        """Keep every mark for good."""
        self._uncommitted.clear()

    def rollback(self) -> None:
        """Unmark what was marked since `settle`."""
        self._names.difference_update(self._uncommitted)
        self._uncommitted.clear()


class ImportCounter:
    """Counts what an import finds. Those `_before` an earlier, stopped run of it wrote."""

    def __init__(self) -> None:
        self.conversations = self.messages = self.facts = self.known = 0
        self.conversations_before = self.messages_before = self.facts_before = 0
        self.skipped_count = 0
        self.forgotten = 0
        """Messages and claims that were left out, since they were forgotten before."""
        self.restored = False
        self._skipped: list[SkippedItem] = []
        self._notes: list[ImportNote] = []
        self.commit()

    def add_skipped(self, skipped: SkippedItem) -> None:
        """Take down what was not taken."""
        self.skipped_count += 1
        if len(self._skipped) < _MAX_LISTED:
            self._skipped.append(skipped)

    def note(self, note: ImportNote) -> None:
        """Take down what should be known."""
        if len(self._notes) < _MAX_LISTED:
            self._notes.append(note)

    def commit(self) -> None:
        """Keep what was counted for good."""
        self._committed_counts = {name: getattr(self, name) for name in _COUNTS}
        self._committed_lengths = (len(self._skipped), len(self._notes))

    def rollback(self) -> None:
        """Count as if nothing had been found since `settle`."""
        for name, count in self._committed_counts.items():
            setattr(self, name, count)
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
        return ImportReport(
            id=import_id,
            origin=origin,
            name=name,
            conversations=self.conversations,
            messages=self.messages,
            facts=self.facts,
            known=self.known,
            forgotten=self.forgotten,
            skipped=tuple(self._skipped),
            skipped_count=self.skipped_count,
            notes=tuple(self._notes),
            restored=self.restored,
            learned=learned,
        )
