"""Requests that write artifacts."""

from typing import Annotated

from pydantic import Field

from tau.journal.entries import ArtifactType
from tau.server.requests.fields import Id, NonEmptyText, RequestBody, ShortText

_Content = Annotated[NonEmptyText, Field(max_length=2_000_000)]


class CreateArtifactRequest(RequestBody):
    """A new artifact; `content` is JSON text, in the shape of its specialist."""

    type: ArtifactType
    content: _Content
    title: ShortText | None = None
    expert: Id | None = None
    conversation: Id | None = None


class ReviseArtifactRequest(RequestBody):
    """A new version, made from the version `after`, which must be the newest."""

    after: Id
    content: _Content
    title: ShortText | None = None


class UndoArtifactRequest(RequestBody):
    """Going back: before the version `after`, or to the version that is named."""

    after: Id
    version: Id | None = None


class ChangeArtifactRequest(RequestBody):
    """A new name, or archiving; what is left out stays."""

    title: ShortText | None = None
    archived: bool | None = None
