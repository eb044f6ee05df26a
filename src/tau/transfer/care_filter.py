"""What an export leaves out unless the person wants it in: everything of reflective support."""

from tau.errors import DamagedEntry
from tau.facts import Facts
from tau.facts.resolution import CARE
from tau.journal.entries import (
    ArtifactChanged,
    ArtifactRevised,
    CheckedIn,
    ClaimLearned,
    ConversationChanged,
    EditDecided,
    EntriesForgotten,
    FileAttached,
    MessageAdded,
    QuestionnaireAnswered,
    Record,
)
from tau.journal.export import JournalReader


class CareFilter:
    """Says of each record whether it belongs to reflective support.

    A fact from there that the person approved for other specialists belongs to all.
    """

    def __init__(self) -> None:
        self._conversations: set[str] = set()
        self._artifacts: set[str] = set()
        self._facts = Facts()

    @classmethod
    async def read(cls, journal: JournalReader) -> "CareFilter":
        """Return the filter for a journal, which is read once for it."""
        made = cls()
        async for record in journal.read():
            if not isinstance(record, DamagedEntry):
                made._add(record)
        return made

    def __call__(self, record: Record) -> bool:
        """Return whether a record is left out."""
        match record.entry:
            case (
                MessageAdded(conversation=name)
                | ConversationChanged(id=name)
                | FileAttached(conversation=name)
            ):
                return name in self._conversations
            case (
                ArtifactRevised(artifact=name)
                | ArtifactChanged(artifact=name)
                | EditDecided(artifact=name)
            ):
                return name in self._artifacts
            case ClaimLearned(id=name, expert="care"):
                fact = self._facts.find(name)
                return fact is None or fact.state in ("waiting", "rejected")
            case entry:
                return isinstance(entry, CheckedIn | QuestionnaireAnswered)

    def _add(self, record: Record) -> None:
        match record.entry:
            case MessageAdded(expert=expert, conversation=name) if expert == CARE:
                self._conversations.add(name)
            case ArtifactRevised(expert=expert, artifact=name) if expert == CARE:
                self._artifacts.add(name)
            case EntriesForgotten(targets=targets):
                self._facts.forget(targets)
            case _:
                self._facts.apply(record)
