"""What a turn tells everybody who watches it: one union, told apart by `type`.

The front end's types are generated from the server's OpenAPI description of these. Every event has
an `id` that counts from 1 within its turn, so that a device that dropped off resumes after the last
one it saw.
"""

from typing import Literal

import msgspec

from tau.journal.entries import Author, Usage


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    id: int


class RecalledPassage(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was said before and came to mind, with where it stands and why it came."""

    message: str
    conversation: str
    by: Author
    speaker: str | None
    text: str
    at: float
    score: float
    reasons: list[str]


class RecalledFact(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is known of the person, with the messages that say so."""

    id: str
    text: str
    about: str
    said_on: float
    sources: list[str]


class Accepted(_Event, frozen=True, kw_only=True, tag="accepted"):
    """The person's words are in the journal (or, in private, in memory): they cannot be lost."""

    turn: str
    conversation: str
    message: str


class Recalled(_Event, frozen=True, kw_only=True, tag="recalled"):
    """What came to mind before the reply, and what is known anyway; either may be empty."""

    passages: list[RecalledPassage]
    facts: list[RecalledFact] = []
    """The facts that the prompt tells whatever is asked: the portrait."""


class Delta(_Event, frozen=True, kw_only=True, tag="delta"):
    """A piece of the reply."""

    text: str


class Done(_Event, frozen=True, kw_only=True, tag="done"):
    """The reply is whole, or was stopped by the person; it is in the journal."""

    message: str
    status: Literal["complete", "stopped"]
    model: str
    usage: Usage | None = None


class Failed(_Event, frozen=True, kw_only=True, tag="failed"):
    """No (whole) reply came. `sentence` is for the person; `message` is the partial reply kept.

    `code` is that of an error (`tau.errors`), or `stopped` (by the person, before anything was
    said), or `interrupted` (Tau ended before the reply did).
    """

    code: str
    sentence: str
    message: str | None = None


Event = Accepted | Recalled | Delta | Done | Failed
"""`done` and `failed` are last in a turn."""
