"""Requests about specialists and their scopes."""

from typing import Annotated

from pydantic import Field

from tau.journal.entries import Topic
from tau.server.requests.fields import Id, RequestBody

_Text = Annotated[str, Field(max_length=262_144)]


class ChangeScopeRequest(RequestBody):
    """What a specialist may read and learn, and whether it's on; what is left out stays.

    `topics` are those of the facts that it may read; `null` means all. `experts` are the
    specialists whose conversations it may recall; its own it always may.
    """

    topics: Annotated[list[Topic], Field(max_length=50)] | None = None
    experts: Annotated[list[Id], Field(max_length=60)] | None = None
    learns: bool | None = None
    enabled: bool | None = None


class JudgeSkillRequest(RequestBody):
    """Approval of a skill of one's own, as it was shown."""

    digest: Id
    approved: bool = True


class AddSkillRequest(RequestBody):
    """A skill's folder: its name, and its text files by their paths in it."""

    name: Id
    files: Annotated[dict[Id, _Text], Field(min_length=1, max_length=64)]
