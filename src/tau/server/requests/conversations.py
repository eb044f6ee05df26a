"""Requests about conversations and their messages."""

from typing import Annotated

from pydantic import Field

from tau.journal.entries import Author
from tau.server.requests.fields import Id, NonEmptyText, RequestBody, ShortText, Timestamp


class CreateConversationRequest(RequestBody):
    """A conversation to begin."""

    title: ShortText | None = None
    private: bool = False


class UpdateConversationRequest(RequestBody):
    """Changes to a conversation; fields left out stay as they are."""

    title: ShortText | None = None
    archived: bool | None = None


class AddMessageRequest(RequestBody):
    """A message to add without a reply, for instance one from another product."""

    text: NonEmptyText
    by: Author = "person"
    at: Timestamp | None = None
    """When it was said: an ISO date-time, or seconds since 1970; now if left out."""
    speaker: ShortText | None = None


class MessageIdsRequest(RequestBody):
    """Messages to forget, all in one conversation or in several."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=1000)]
