"""Requests that begin a turn."""

from pydantic import Field

from tau.server.requests.fields import Id, NonEmptyText, RequestBody

MAX_ATTACHMENTS = 10


class TurnRequest(RequestBody):
    """The person's words; `turn` is an idempotency key."""

    words: NonEmptyText
    turn: Id | None = None
    edits: Id | None = None
    """The person's message that these words replace."""
    model: Id | None = None
    expert: Id | None = None
    """The specialist to reply, or `talk` for none; without it, that of the conversation."""
    artifact: Id | None = None
    """The artifact that is open beside the conversation: the words may be about it."""
    attachments: list[Id] = Field(default_factory=list, max_length=MAX_ATTACHMENTS)
    """Ids of files that come with the words."""


class RetryRequest(RequestBody):
    """Another reply to the same words."""

    turn: Id | None = None
    model: Id | None = None
    expert: Id | None = None
    """The specialist to reply, or `talk` for none; without it, the one it was said to."""
