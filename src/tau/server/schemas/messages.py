"""Messages, and the facts known from them."""

from dataclasses import dataclass, field
from typing import Literal

from tau.facts.types import FactState
from tau.journal.entries import ArtifactType, Author, Cut, Status, Topic
from tau.server.schemas.attachments import AttachmentOut, FileSourceOut
from tau.server.schemas.care import HelpOut


@dataclass(frozen=True, slots=True)
class RecalledMessageOut:
    """A message that was recalled for a reply, or that a fact rests on."""

    message: str
    conversation: str
    by: Author
    speaker: str | None
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class FactSummaryOut:
    """A fact that is current; send `revision` back with a change."""

    id: str
    text: str
    state: FactState
    revision: int


@dataclass(frozen=True, slots=True)
class NoteOut:
    """Something that was learned, or a question about it.

    `asks`: the fact waits, and `question` asks whether it counts; approve or reject it. `replaced`:
    the fact took the place of `replaces`; reject it to undo that. `learned`: the fact is new.
    """

    kind: Literal["asks", "replaced", "learned"]
    fact: str
    topic: Topic
    about: str
    text: str
    replaces: str | None
    question: str


@dataclass(frozen=True, slots=True)
class MadeArtifactOut:
    """An artifact that a reply made or changed."""

    id: str
    type: ArtifactType
    title: str


@dataclass(frozen=True, slots=True)
class MessageOut:
    """One message of either side; `at` is in seconds since 1970.

    `recalled` lists the messages that were recalled for a reply and still exist; `facts` lists the
    facts that were, if they're still current. `notes` of a reply are what was learned from the
    message it answers and still stands, and what the person is asked about it.
    """

    id: str
    conversation: str
    by: Author
    speaker: str | None
    text: str
    at: float
    parent: str | None
    turn: str | None
    status: Status
    model: str | None
    recalled: list[RecalledMessageOut]
    facts: list[FactSummaryOut]
    notes: list[NoteOut]
    origin: str | None = None
    """The format of the imported file (`chatgpt`, ...); none for a message written in Tau."""
    imported: str | None = None
    """The id of the import that added it."""
    cut: Cut | None = None
    """Why Tau ended the reply early: it repeated itself."""
    instead_of: str | None = None
    """The chosen model, if it couldn't answer and `model` did."""
    help: HelpOut | None = None
    """The help that was offered with it, if any."""
    expert: str | None = None
    """The specialist it was said to, or that replied; none in plain talk."""
    attachments: list[AttachmentOut] = field(default_factory=list)
    """The files that came with it and weren't forgotten."""
    sources: list[FileSourceOut] = field(default_factory=list)
    """The passages of files that a reply had."""
    artifact: MadeArtifactOut | None = None
    """What the reply made or changed with a specialist, unless it was forgotten."""
    version: int = 1
    """Which of the `versions` it is, counted from 1 (1 of 3)."""
    versions: list[str] = field(default_factory=list)
    """The ids of what follows the same message, oldest first and itself included: what an edit or
    another reply replaced. `POST /api/messages/{message_id}/show` shows one of them."""


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Messages of the visible thread, oldest first.

    `earlier` goes into `before` to read the messages above, `later` into `after` to read those
    below; both are none at the ends of the thread.
    """

    messages: list[MessageOut]
    earlier: str | None
    later: str | None
