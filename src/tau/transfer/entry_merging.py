"""Merging Tau's own export into another journal: from its entries and what is known to entries.

Only what has a name of its own is merged: messages, claims and judgements that are new, and the
titles of conversations that they begin. What refers to places in the journal (what was forgotten,
what was read for claims) and whether learning is paused stay behind. Claims wait for a decision,
and judgements, check-ins, what was made with specialists and what only a newer Tau knows are left
out, unless the person trusts the file: whose export it is says only the file itself. What
specialists may read, and which skills are approved, is never taken from a file: a scope could be
wider there than the person has made it here.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from tau.attachments.reading import MAX_CHARACTERS
from tau.journal.entries import (
    ArtifactChanged,
    ArtifactRevised,
    ChangeUndone,
    CheckedIn,
    ClaimLearned,
    ConversationChanged,
    EditDecided,
    FactJudged,
    FileAttached,
    FileImported,
    MessageAdded,
    QuestionnaireAnswered,
    RawEntry,
    ScopeChanged,
    SkillJudged,
    UnknownEntry,
    decode,
)
from tau.transfer.entry_bounds import MAX_CLAIMS, TOO_MANY_CLAIMS
from tau.transfer.entry_keys import KeyedEntry, entry_key
from tau.transfer.formats import ImportNote, SkippedItem, TauExportEntry
from tau.transfer.formats.tau_export import ORIGIN
from tau.transfer.import_record import ImportRecord
from tau.transfer.known import KnownContent
from tau.transfer.report import ImportCounter
from tau.transfer.rollback import RollbackSet

SCOPES_STAY = "what they may read, and which skills are approved, stays as it is here"
_SCOPES = "scopes"


class EntryMerge:
    """Merges entries of an export, and counts what it leaves out."""

    def __init__(
        self, known: KnownContent, record: ImportRecord, counter: ImportCounter, *, trust: bool
    ) -> None:
        self._known = known
        self._record = record
        self._counter = counter
        self._trust = trust  # whether the export's claims and judgements count as the person's own
        self.seen = RollbackSet()
        """Messages by id and other entries by key."""
        self.created = RollbackSet()
        """Conversations and imports that this file begins."""

    def entries(self, lines: Iterable[TauExportEntry]) -> list[RawEntry]:
        """Return the entries of what is new in some lines."""
        return [RawEntry(raw) for line in lines if (raw := self._merge(line)) is not None]

    def _merge(self, line: TauExportEntry) -> bytes | None:
        """Return the entry of a line as it is to be written, or `None` if it is left out."""
        if line.raw is None:
            return None
        match decode(line.raw):
            case MessageAdded() as message:
                return self._merge_message(message, line.raw)
            case ConversationChanged(id=conversation):
                return self._merge_conversation(conversation, line.raw)
            case (FileImported() | FileAttached()) as file:
                return self._merge_file(file, line.raw)
            case (
                ClaimLearned()
                | FactJudged()
                | ChangeUndone()
                | ArtifactRevised()
                | ArtifactChanged()
                | EditDecided()
                | CheckedIn()
                | QuestionnaireAnswered()
                | UnknownEntry()
            ) as entry:
                return self._merge_keyed(entry, line.raw)
            case ScopeChanged() | SkillJudged():
                self._note_scopes()
            case _:
                pass
        return None

    def _note_scopes(self) -> None:
        """Say once that scopes and approvals stay as they are."""
        if _SCOPES not in self.seen:
            self.seen.add(_SCOPES)
            self._counter.add_note(ImportNote("specialists", SCOPES_STAY))

    def _merge_message(self, message: MessageAdded, raw: bytes) -> bytes | None:
        if message.id in self.seen or self._known.message(message.id) is not None:
            self._counter.counts.known += 1
            return None
        if self._known.is_excluded(message.id):
            self._counter.counts.forgotten += 1
            return None
        self.seen.add(message.id)
        if not self._is_known_conversation(message.conversation):
            self.created.add(message.conversation)
        changes: dict[str, Any] = {}
        if not message.origin:
            changes["origin"] = ORIGIN
        if not message.imported:
            changes["imported"] = self._record.use()
        return _with_fields(raw, changes)

    def _merge_file(self, file: FileImported | FileAttached, raw: bytes) -> bytes | None:
        """Return the entry of an imported or an attached file; bytes come later, if they do."""
        if isinstance(file, FileImported):
            return self._merge_import(file, raw)
        if file.id in self.seen or self._known.has_file(file.id):
            return None
        if self._known.is_excluded(file.id):
            return None
        if sum(len(part.text) for part in file.parts) > MAX_CHARACTERS:
            self._counter.add_skipped(SkippedItem("a file", "it is too long"))
            return None
        self.seen.add(file.id)
        return raw

    def _merge_conversation(self, conversation: str, raw: bytes) -> bytes | None:
        if self._is_known_conversation(conversation) or self._known.is_excluded(conversation):
            return None
        self.created.add(conversation)
        return raw

    def _merge_import(self, imported: FileImported, raw: bytes) -> bytes | None:
        """Return the record of an import, which has two entries: at its start and at its end."""
        key = entry_key(imported, raw)
        if key not in self.created and self._known.has_import(imported.id):
            return None
        self.created.add(key)
        self.seen.add(key)
        return raw

    def _merge_keyed(self, entry: KeyedEntry, raw: bytes) -> bytes | None:
        key = entry_key(entry, raw)
        if key in self.seen or self._known.has_entry(key):
            return None
        if isinstance(entry, ClaimLearned) and self._known.is_excluded(entry.id):
            self._counter.counts.forgotten += 1
            return None
        if isinstance(entry, ClaimLearned) and self._counter.counts.facts >= MAX_CLAIMS:
            self._counter.add_skipped(SkippedItem("a claim", TOO_MANY_CLAIMS))
            return None
        self.seen.add(key)
        if isinstance(entry, ClaimLearned):
            return self._merge_claim(entry, raw)
        if not self._trust:
            is_decision = isinstance(entry, FactJudged | ChangeUndone)
            what = "a decision" if is_decision else "an entry"
            self._counter.add_skipped(SkippedItem(what, "it counts only if you trust the file"))
            return None
        return raw

    def _merge_claim(self, learned: ClaimLearned, raw: bytes) -> bytes:
        changes: dict[str, Any] = {"said_seq": None}  # a place in the other journal
        if not learned.imported:
            changes["imported"] = self._record.use()
        if not self._trust:
            changes |= {"trust": "waiting", "by": "import", "corrects": None, "asks": None}
        return _with_fields(raw, changes)

    def _is_known_conversation(self, conversation_id: str) -> bool:
        """Return whether a conversation was there before this import."""
        conversation = self._known.conversation(conversation_id)
        if conversation is None or conversation_id in self.created:
            return False
        last = None if conversation.last is None else self._known.message(conversation.last)
        return last is None or not self._record.is_current(last.imported)


def _with_fields(raw: bytes, changes: dict[str, Any]) -> bytes:
    """Return an encoded entry with some fields set; `None` takes a field away."""
    if not changes:
        return raw
    fields: dict[str, Any] = msgspec.msgpack.decode(raw)
    fields |= changes
    return msgspec.msgpack.encode({name: each for name, each in fields.items() if each is not None})
