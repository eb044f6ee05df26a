"""Requests about facts."""

from typing import Annotated

from pydantic import Field

from tau.life.fact_editing import MAX_FACT_CHARACTERS
from tau.server.requests.fields import Id, NonEmptyText, RequestBody

FactText = Annotated[NonEmptyText, Field(max_length=MAX_FACT_CHARACTERS)]
Revision = Annotated[int, Field(ge=0, le=2**53)]


class AddFactRequest(RequestBody):
    """Something to add to memory directly."""

    text: FactText


class CorrectFactRequest(RequestBody):
    """The corrected text; `revision` is that of the fact the person looked at."""

    text: FactText
    revision: Revision | None = None


class FactRevisionRequest(RequestBody):
    """The `revision` of the fact the person looked at; without it, any revision is changed."""

    revision: Revision | None = None


class FactIdsRequest(RequestBody):
    """Facts to approve or reject in one step."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=1000)]
