"""Events of a turn: one union with the tag `type`.

The web app's types are generated from the OpenAPI description of these. Every event has an `id`
that counts from 1 within its turn, so that a device that lost its connection resumes after the last
event it received.
"""

from typing import Literal

import msgspec

from tau.journal.entries import ArtifactType, Author, Cut, Topic, Usage


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    id: int


class RecalledPassage(msgspec.Struct, frozen=True, kw_only=True):
    """A message recalled for a reply, with its conversation, its score and why it was recalled."""

    message: str
    conversation: str
    by: Author
    speaker: str | None
    text: str
    at: float
    score: float
    reasons: list[str]


class RecalledFact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact in the prompt that these words are about, with its sources."""

    id: str
    text: str
    about: str
    said_on: float
    sources: list[str]


class RecalledPart(msgspec.Struct, frozen=True, kw_only=True):
    """A passage of an attached file that a reply had, and where it is from.

    `page` counts from 1 in a PDF, else it's 0 and `place` says where ("Budget, rows 2-40").
    """

    attachment: str
    part: int
    name: str
    page: int
    place: str
    text: str


class Accepted(_Event, frozen=True, kw_only=True, tag="accepted"):
    """The person's words are in the journal (or, in private, in memory)."""

    turn: str
    conversation: str
    message: str


class OfferedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A help line as a card shows it. `text` says how to write to it; "" and none: not known."""

    name: str
    number: str | None
    text: str | None
    url: str
    hours: str
    languages: list[str]


class HelpOffered(_Event, frozen=True, kw_only=True, tag="help"):
    """Somebody may be in danger: where to find help. It comes before the reply's first token.

    `level` is 2 (thoughts, harm to oneself) or 3 (acute); `about` is who is in danger: the person
    (`self`) or somebody else (`other`). `country` is none if it isn't known. `text` is the whole
    card as plain text, in `language` ("en" or "zh").
    """

    level: int
    kind: str
    about: str
    country: str | None
    emergency: str
    lines: list[OfferedLine]
    text: str
    language: str
    fixed: bool
    """Whether the reply will be Tau's own fixed text, which names the same help."""


class NoticeGiven(_Event, frozen=True, kw_only=True, tag="notice"):
    """A reminder that Tau is an AI, for the person to read. It's not a part of the conversation."""

    text: str


class SpecialistSuggested(_Event, frozen=True, kw_only=True, tag="suggested"):
    """A specialist could help with these words: `question` is for the person.

    Nothing happens by itself. Retry the message, or say the next one, with this `expert`; care
    begins a conversation of its own.
    """

    expert: str
    question: str


class Recalled(_Event, frozen=True, kw_only=True, tag="recalled"):
    """What was recalled for these words: passages, facts and passages of files; all may be empty.

    The profile is in every prompt; of its facts only those that these words are about are listed.
    """

    passages: list[RecalledPassage]
    facts: list[RecalledFact] = []
    parts: list[RecalledPart] = []


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something that changed in what Tau knows, or a question about it.

    `asks`: the fact waits, and `question` asks whether it counts; approve or reject it. `replaced`:
    the fact took the place of `replaces`; reject it to undo that. `learned`: the fact is new.
    """

    kind: Literal["asks", "replaced", "learned"]
    fact: str
    message: str = ""
    """The person's message that it was first learned from."""
    topic: Topic
    about: str
    text: str
    replaces: str | None = None
    """The text of the fact that it replaced, or would replace."""
    question: str = ""


class Notes(_Event, frozen=True, kw_only=True, tag="notes"):
    """What was learned since Tau's last reply, and what the person is asked about it."""

    notes: list[Note]


class Forgetting(_Event, frozen=True, kw_only=True, tag="forgetting"):
    """The person asked to forget something: what would go. Nothing is erased yet.

    Send `messages` and `facts` to `POST /api/memory/forget` once the person confirms.
    """

    about: str
    messages: list[str]
    facts: list[str]


class Working(_Event, frozen=True, kw_only=True, tag="working"):
    """What a specialist is doing, for the person to read while they wait. It's kept nowhere."""

    text: str


class ArtifactMade(_Event, frozen=True, kw_only=True, tag="artifact"):
    """The reply made or changed an artifact, which is in the journal with it."""

    artifact: str
    version: str
    artifact_type: ArtifactType
    title: str


class Answering(_Event, frozen=True, kw_only=True, tag="answering"):
    """A model has begun to answer; `instead_of` is the chosen one if that one couldn't."""

    model: str
    instead_of: str | None = None


class Thought(_Event, frozen=True, kw_only=True, tag="thought"):
    """A piece of what the model thinks before it replies. It isn't part of the reply nor kept."""

    text: str


class Delta(_Event, frozen=True, kw_only=True, tag="delta"):
    """A piece of the reply."""

    text: str


class Revised(_Event, frozen=True, kw_only=True, tag="revised"):
    """The reply so far is `text` instead of the deltas before.

    It is empty if what came turned out to be a thought, or the reply without the loop it ended in.
    """

    text: str


class Done(_Event, frozen=True, kw_only=True, tag="done"):
    """The reply is complete, or was stopped by the person; it is in the journal.

    `cut` is `repetition` if Tau ended the reply because it repeated itself.
    """

    message: str
    status: Literal["complete", "stopped"]
    model: str
    usage: Usage | None = None
    cut: Cut | None = None


class Failed(_Event, frozen=True, kw_only=True, tag="failed"):
    """The reply failed. `sentence` is for the person; `message` is the partial reply that was kept.

    `code` is that of an error (`tau.errors`), or `stopped` (by the person, before anything was
    said), or `interrupted` (Tau ended before the reply did).
    """

    code: str
    sentence: str
    message: str | None = None
    retry_after_seconds: float | None = None
    """How long the models ask to be left alone, if that's why."""


Event = (
    Accepted
    | HelpOffered
    | NoticeGiven
    | SpecialistSuggested
    | Recalled
    | Forgetting
    | Working
    | ArtifactMade
    | Answering
    | Thought
    | Delta
    | Revised
    | Notes
    | Done
    | Failed
)
"""`done` and `failed` are last in a turn."""
