"""The vocabulary of what is known of a person: facts, their portrait, and forgetting."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tau.journal.entries import Topic, Trust
from tau.life.fact_editing import MAX_FACT_CHARACTERS, FactState
from tau.server.schemas.shapes import Id, NonEmptyText, RecalledMessageOut, Schema, Timestamp

FactText = Annotated[NonEmptyText, Field(max_length=MAX_FACT_CHARACTERS)]
Revision = Annotated[int, Field(ge=0, le=2**53)]
FactIds = Annotated[list[Id], Field(min_length=1, max_length=1000)]


class FactOut(Schema):
    """Something held to be true, or once held so; times are seconds since 1970.

    `said_on` is when it was first said, `valid_from` and `valid_to` when it holds, `due` when a
    plan is to happen. `sources` are the messages that say so; `learned_by` is `rules`, `person`,
    `import` or the name of a model. `revision` goes back with a change, so that two tabs do not
    overwrite each other.
    """

    id: str
    topic: Topic
    about: str
    text: str
    state: FactState
    confirmed: bool
    said_on: float
    last_said_on: float
    valid_from: float | None
    valid_to: float | None
    due: float | None
    sources: list[str]
    learned_by: str
    corrects: str | None
    superseded_by: str | None
    revision: int


class FactPage(Schema):
    """Facts, those said last first, or for words those that fit best; `next` goes into `after`."""

    facts: list[FactOut]
    next: str | None


class FactList(Schema):
    """Facts as they stand now."""

    facts: list[FactOut]


class ClaimOut(Schema):
    """One time that a fact was said, read or told."""

    id: str
    text: str
    at: float
    by: str
    trust: Trust
    sources: list[str]
    imported: str | None


class FactDetailOut(Schema):
    """A fact with all that speaks for it.

    `history` is what it took the place of and what took its place, itself included, oldest first.
    """

    fact: FactOut
    history: list[FactOut]
    claims: list[ClaimOut]
    sources: list[RecalledMessageOut]


class AddFactRequest(Schema):
    """Something to tell memory directly."""

    text: FactText


class CorrectFactRequest(Schema):
    """What is right; `revision` is that of the fact when it was looked at."""

    text: FactText
    revision: Revision | None = None


class FactRevisionRequest(Schema):
    """The `revision` of a fact when it was looked at; without it, it is changed in any case."""

    revision: Revision | None = None


class FactIdsRequest(Schema):
    """Facts to judge in one step."""

    ids: FactIds


class UndoFactOut(Schema):
    """What stands in the place of what was undone; nothing, where it was only told."""

    fact: FactOut | None


class ProfileLineOut(Schema):
    """A line of the portrait, with the facts it is made of and the messages that say so."""

    text: str
    facts: list[str]
    sources: list[str]


class ProfileOut(Schema):
    """What stands first in every prompt."""

    lines: list[ProfileLineOut]


class TimelineEntryOut(Schema):
    """One date of a fact: it was or became so, it ended, or it is planned for then."""

    at: float
    what: Literal["began", "ended", "planned"]
    fact: FactOut


class TimelinePage(Schema):
    """Dates of facts, newest first; `next` goes into `after` to read on."""

    moments: list[TimelineEntryOut]
    next: str | None


class UpdateLearningRequest(Schema):
    """Whether learning is to pause. What is said meanwhile is never learned from."""

    paused: bool


class LearningOut(Schema):
    """Whether learning is paused, and how much is known and waits for a word."""

    paused: bool
    current: int
    waiting: int


_TARGETS = ("since", "conversation", "import_id", "messages", "facts")


class ForgetRequest(Schema):
    """What to forget for good: a time, a conversation, an import, messages, or facts.

    Exactly one of them. `until` goes with `since`; without it, everything up to now goes. With
    `dry_run` nothing is erased: the answer tells what would go.
    """

    since: Timestamp | None = None
    until: Timestamp | None = None
    conversation: Id | None = None
    import_id: Id | None = None
    messages: FactIds | None = None
    facts: FactIds | None = None
    dry_run: bool = False

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(getattr(self, kind) is not None for kind in _TARGETS) != 1:
            raise ValueError(f"name exactly one of {', '.join(_TARGETS)}")
        if self.until is not None and self.since is None:
            raise ValueError("until needs since")
        return self


class ForgetPreviewItem(Schema):
    """One thing that goes, or that stays and may say the same (`elsewhere`)."""

    what: Literal["message", "reply", "fact", "title", "elsewhere"]
    id: str
    text: str
    at: float | None


class ForgetOut(Schema):
    """What went or, with `dry_run`, what would go.

    `replies` are Tau's that answer or repeat it; `titles` conversations that lose their title;
    `conversations` those that go whole; `elsewhere` messages of the person's that stay and may say
    the same. `preview` tells of a hundred of each at most, and only with `dry_run`.
    """

    dry_run: bool
    messages: int
    replies: int
    facts: int
    titles: int
    conversations: int
    elsewhere: int
    preview: list[ForgetPreviewItem] = Field(default_factory=list)
