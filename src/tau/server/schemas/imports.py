"""Imports of files from other products, or from Tau."""

from dataclasses import dataclass
from typing import Literal

from tau.journal.entries import Topic, Trust


@dataclass(frozen=True, slots=True)
class SkippedItemOut:
    """Something in a file that was skipped or deserves a note: where it is, and why."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class PreviewFactOut:
    """A fact that an import would add; `waiting` means that it would need the person's approval."""

    text: str
    topic: Topic
    trust: Trust


@dataclass(frozen=True, slots=True)
class ImportOut:
    """One import.

    `unfinished`: Tau stopped, or lost the file, before all of it was read; import it again to
    continue. `conversations`, `messages` and `facts` count what it added, `known` what was there
    already, `forgotten` what was left out because the person had forgotten it. `skipped` and
    `notes` are listed until something is forgotten or the memory is unloaded, `skipped_count`
    always. `learned` belongs to a dry run: at most two hundred facts that the file would add, by
    its own claims and by rules applied to the person's own messages, the most recent first. It is
    listed as long as `skipped`, and no longer once the file was imported. While `held` is true, the
    file can be imported without being sent again.
    """

    id: str
    name: str
    origin: str
    state: Literal["running", "done", "stopped", "failed", "unfinished"]
    sentence: str
    at: float
    bytes_done: int
    bytes_total: int
    conversations: int
    messages: int
    facts: int
    known: int
    forgotten: int
    skipped_count: int
    skipped: list[SkippedItemOut]
    notes: list[SkippedItemOut]
    dry_run: bool
    restored: bool
    learned: list[PreviewFactOut]
    held: bool


@dataclass(frozen=True, slots=True)
class ImportList:
    """Imports, newest first."""

    imports: list[ImportOut]
