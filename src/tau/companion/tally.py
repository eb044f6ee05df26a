"""What an import found, while it counts and when it is over."""

import msgspec

from tau.exchange import Note, Skipped

_MOST_TOLD = 1_000


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an import. `id` is `None` where nothing was written.

    `conversations`, `messages` and `facts` are new; `known` were here already. Of what was skipped
    at most the first thousand are told, `skipped_count` are all. `restored`: an export of Tau was
    put back whole, entry by entry.
    """

    id: str | None
    origin: str
    name: str
    conversations: int
    messages: int
    facts: int
    known: int
    skipped: tuple[Skipped, ...]
    skipped_count: int
    notes: tuple[Note, ...]
    restored: bool


class Tally:
    """Counts what an import finds. Those `_before` an earlier, stopped run of it wrote."""

    def __init__(self) -> None:
        self.conversations = self.messages = self.facts = self.known = 0
        self.conversations_before = self.messages_before = self.facts_before = 0
        self.skipped_count = 0
        self.restored = False
        self._skipped: list[Skipped] = []
        self._notes: list[Note] = []

    def skip(self, skipped: Skipped) -> None:
        """Take down what was not taken."""
        self.skipped_count += 1
        if len(self._skipped) < _MOST_TOLD:
            self._skipped.append(skipped)

    def note(self, note: Note) -> None:
        """Take down what should be known."""
        if len(self._notes) < _MOST_TOLD:
            self._notes.append(note)

    def report(self, import_id: str | None, origin: str, name: str) -> Report:
        """Return what was counted."""
        return Report(
            id=import_id,
            origin=origin,
            name=name,
            conversations=self.conversations,
            messages=self.messages,
            facts=self.facts,
            known=self.known,
            skipped=tuple(self._skipped),
            skipped_count=self.skipped_count,
            notes=tuple(self._notes),
            restored=self.restored,
        )
