"""Events of a turn: one union with the tag `type`.

The web app's types are generated from the OpenAPI description of these. Every event has an `id`
that counts from 1 within its turn, so that a device that lost its connection resumes after the last
event it received.
"""

from typing import Literal

import msgspec

from tau.journal.entries import Author, Cut, Usage


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
    """A fact about the person in the prompt, with its sources."""

    id: str
    text: str
    about: str
    said_on: float
    sources: list[str]


class Accepted(_Event, frozen=True, kw_only=True, tag="accepted"):
    """The person's words are in the journal (or, in private, in memory)."""

    turn: str
    conversation: str
    message: str


class Recalled(_Event, frozen=True, kw_only=True, tag="recalled"):
    """What the prompt contains: passages recalled for these words, and facts; both may be empty."""

    passages: list[RecalledPassage]
    facts: list[RecalledFact] = []
    """The facts of the profile, which are in every prompt."""


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


Event = Accepted | Recalled | Answering | Thought | Delta | Revised | Done | Failed
"""`done` and `failed` are last in a turn."""
