"""Merging another product's file: from what it says and what is known to entries.

An item becomes entries whose identifiers follow from those of the file, so that a file that is
imported twice adds only what is new. Knows nothing of reading files or writing the journal.
"""

from collections.abc import Container, Iterable, Iterator

from tau.ids import derived_id
from tau.journal.entries import Claim, ClaimLearned, ConversationChanged, Entry, MessageAdded
from tau.transfer.entry_bounds import MAX_CLAIMS, MAX_FIELD_CHARACTERS, TOO_MANY_CLAIMS
from tau.transfer.formats import (
    ImportedClaim,
    ImportedConversation,
    ImportedMessage,
    ImportItem,
    ImportNote,
    SkippedItem,
)
from tau.transfer.formats.text_values import display_title, shorten
from tau.transfer.import_record import ImportRecord
from tau.transfer.known import KnownContent
from tau.transfer.report import ImportCounter
from tau.transfer.rollback import RollbackSet


class ContentMerge:
    """Merges conversations and claims, and counts what it finds."""

    def __init__(
        self,
        known: KnownContent,
        record: ImportRecord,
        counter: ImportCounter,
        *,
        trust: bool,
    ) -> None:
        self._known = known
        self._record = record
        self._counter = counter
        self._trust = trust
        self.written = RollbackSet()
        """Ids written in this run; in a dry run nothing else knows of them."""

    def entries(self, items: Iterable[ImportItem]) -> list[Entry]:
        """Return the entries of what is new in some items."""
        return [entry for item in items for entry in self._item_entries(item)]

    def _item_entries(self, item: ImportItem) -> list[Entry]:
        match item:
            case ImportedConversation():
                return self._conversation_entries(item)
            case ImportedClaim():
                return self._claim_entries(item)
            case SkippedItem():
                self._counter.add_skipped(item)
            case ImportNote():
                self._counter.add_note(item)
        return []

    # --- conversations --------------------------------------------------------------------

    def _conversation_entries(self, talk: ImportedConversation) -> list[Entry]:
        conversation = derived_id(talk.origin, talk.id)
        is_new = conversation not in self.written and self._known.conversation(conversation) is None
        forgotten = self._forgotten_messages(talk)
        dropped = self._too_long_messages(talk) | forgotten
        entries: list[Entry] = list(self._message_entries(talk, conversation, dropped, is_new))
        if not entries:
            return []
        self._counter.counts.conversations += 1
        if is_new:
            keeps_title = not forgotten and not self._known.is_excluded(conversation)
            title = talk.title if keeps_title else None
            entries.insert(0, _conversation_entry(talk, conversation, dropped, title))
        self.written.add(conversation)
        return entries

    def _message_entries(
        self,
        talk: ImportedConversation,
        conversation: str,
        dropped: dict[str, str | None],
        is_new: bool,
    ) -> list[MessageAdded]:
        entries: list[MessageAdded] = []
        earlier = 0
        local = None if is_new else self._last_local_message(conversation)
        for message in talk.messages:
            if message.id in dropped:
                continue
            message_id = derived_id(talk.origin, talk.id, message.id)
            if self._is_known_message(message_id):
                self._counter.counts.known += 1
                earlier += self._is_from_earlier_run(message_id)
                continue
            parent = _kept_ancestor(message, dropped)
            above = None if parent is None else derived_id(talk.origin, talk.id, parent)
            if local is not None and (above is None or above not in self.written):
                above = local
            self.written.add(message_id)
            entries.append(self._message_entry(talk, message, message_id, conversation, above))
        self._counter.counts.messages += len(entries)
        self._counter.counts.messages_before += earlier
        if not entries:
            self._counter.counts.conversations_before += bool(earlier)
        return entries

    def _message_entry(
        self,
        talk: ImportedConversation,
        message: ImportedMessage,
        message_id: str,
        conversation: str,
        parent: str | None,
    ) -> MessageAdded:
        return MessageAdded(
            at=message.at,
            id=message_id,
            conversation=conversation,
            by=message.by,
            text=message.text,
            speaker=message.speaker,
            parent=parent,
            model=message.model,
            origin=talk.origin,
            imported=self._record.use(),
        )

    def _too_long_messages(self, talk: ImportedConversation) -> dict[str, str | None]:
        """Return the messages that are too long to be kept, with their parents."""
        dropped: dict[str, str | None] = {}
        for message in talk.messages:
            if not self._known.fits(message.text):
                dropped[message.id] = message.parent
                size = len(message.text.encode())
                reason = f"one of its messages is too long ({size:,} bytes)"
                self._counter.add_skipped(SkippedItem(display_title(talk.title), reason))
        return dropped

    def _forgotten_messages(self, talk: ImportedConversation) -> dict[str, str | None]:
        """Return the messages that were forgotten before, with their parents."""
        forgotten: dict[str, str | None] = {}
        for message in talk.messages:
            message_id = derived_id(talk.origin, talk.id, message.id)
            if self._known.is_excluded(message_id) and self._known.message(message_id) is None:
                forgotten[message.id] = message.parent
        self._counter.counts.forgotten += len(forgotten)
        return forgotten

    def _is_known_message(self, message_id: str) -> bool:
        return message_id in self.written or self._known.message(message_id) is not None

    def _is_from_earlier_run(self, message_id: str) -> bool:
        """Return whether an earlier run of this import wrote a message."""
        known = None if message_id in self.written else self._known.message(message_id)
        return known is not None and self._record.is_current(known.imported)

    def _last_local_message(self, conversation: str) -> str | None:
        """Return the last message of a conversation if it was written in Tau since.

        What a newer file adds then follows it, so that it hides nothing that was written here.
        """
        found = None if conversation in self.written else self._known.conversation(conversation)
        if found is None or found.last is None:
            return None
        last = self._known.message(found.last)
        return found.last if last is not None and last.origin is None else None

    # --- claims ---------------------------------------------------------------------------

    def _claim_entries(self, item: ImportedClaim) -> list[Entry]:
        claim_id = derived_id(item.origin, item.id)
        names = (claim_id, item.id)
        if claim_id in self.written or any(map(self._known.has_fact, names)):
            self._counter.counts.known += 1
            return []
        if any(map(self._known.is_excluded, names)):
            self._counter.counts.forgotten += 1
            return []
        if problem := self._claim_problem(item.claim):
            self._counter.add_skipped(SkippedItem(f"a memory of {item.origin}", problem))
            return []
        self.written.add(claim_id)
        self._counter.counts.facts += 1
        learned = ClaimLearned(
            at=item.at,
            id=claim_id,
            claim=item.claim,
            sources=tuple(self._sources(item)),
            trust="own" if self._trust else "waiting",
            by="import",
            imported=self._record.use(),
        )
        return [learned]

    def _claim_problem(self, claim: Claim) -> str | None:
        """Return why a claim can't be kept, or `None` if it can."""
        texts = (claim.text, claim.about, claim.slot, claim.value)
        if any(len(text) > MAX_FIELD_CHARACTERS for text in texts):
            return "it is too long"
        return TOO_MANY_CLAIMS if self._counter.counts.facts >= MAX_CLAIMS else None

    def _sources(self, item: ImportedClaim) -> Iterator[str]:
        for origin, conversation, message in item.sources:
            for message_id in (derived_id(origin, conversation, message), message):
                if self._known.message(message_id) is not None:
                    yield message_id
                    break


def _kept_ancestor(message: ImportedMessage, dropped: dict[str, str | None]) -> str | None:
    """Return the nearest message above that is kept."""
    parent = message.parent
    while parent is not None and parent in dropped:
        parent = dropped[parent]
    return parent


def _conversation_entry(
    talk: ImportedConversation, conversation: str, dropped: Container[str], title: str | None
) -> ConversationChanged:
    """Return the entry that names a conversation: by `title` or its first words."""
    kept = (message for message in talk.messages if message.id not in dropped)
    first = next((message.text for message in kept if message.speaker is None), "")
    return ConversationChanged(
        at=talk.at,
        id=conversation,
        title=title or shorten(first) or None,
        archived=True if talk.archived else None,
    )
