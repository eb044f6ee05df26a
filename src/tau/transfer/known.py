"""What is known of a person already, as far as merging a file asks for it."""

from tau.errors import BadInput, DamagedEntry, NotFound
from tau.journal.entries import (
    ChangeUndone,
    ClaimLearned,
    FactJudged,
    FileImported,
    UnknownEntry,
)
from tau.life.life import Life
from tau.life.text_validation import validated_message
from tau.memory import Conversation, Message
from tau.transfer.entry_keys import OwnEntry, entry_key


class KnownContent:
    """Read access to a life for merging; changes nothing."""

    def __init__(self, life: Life, *, include_forgotten: bool) -> None:
        """With `include_forgotten`, what the person forgot counts as new."""
        self._life = life
        self._include_forgotten = include_forgotten
        self._keys: set[str] = set()
        self._scanned_seq = 0

    def message(self, message_id: str) -> Message | None:
        """Return a message, if it is known."""
        return self._life.memory.messages.find(message_id)

    def conversation(self, conversation_id: str) -> Conversation | None:
        """Return a conversation, if it is known."""
        try:
            return self._life.memory.conversation(conversation_id)
        except NotFound:
            return None

    def has_fact(self, fact_id: str) -> bool:
        """Return whether a fact is known."""
        try:
            self._life.memory.facts.get(fact_id)
        except NotFound:
            return False
        return True

    def has_file(self, file_id: str) -> bool:
        """Return whether an attached file is known."""
        return self._life.memory.attachments.find(file_id) is not None

    def has_import(self, import_id: str) -> bool:
        """Return whether an import is recorded."""
        return any(known.id == import_id for known in self._life.memory.imports.all())

    def unfinished_import(self, origin: str, name: str) -> FileImported | None:
        """Return an unfinished import of the same file, to resume it."""
        for known in self._life.memory.imports.all():
            if (known.origin, known.name) == (origin, name) and not known.finished:
                return known
        return None

    def is_excluded(self, name: str) -> bool:
        """Return whether the person forgot the item of this id, so that it is left out."""
        return not self._include_forgotten and self._life.has_tombstone(name)

    def fits(self, text: str) -> bool:
        """Return whether a message of this text may be kept."""
        try:
            validated_message(text, self._life.max_message_bytes)
        except BadInput:
            return False
        return True

    def has_entry(self, key: str) -> bool:
        """Return whether the journal holds an entry of this key, as of the last `scan_journal`."""
        return key in self._keys

    async def scan_journal(self) -> None:
        """Read the keys of the claims and judgements that were written since the last scan."""
        if self._life.memory.last == self._scanned_seq:
            return
        async for record in self._life.read(self._scanned_seq):
            self._scanned_seq = record.seq
            if isinstance(record, DamagedEntry):
                continue
            entry = record.entry
            if isinstance(
                entry, ClaimLearned | FactJudged | ChangeUndone | OwnEntry | UnknownEntry
            ):
                self._keys.add(entry_key(entry, record.raw))
